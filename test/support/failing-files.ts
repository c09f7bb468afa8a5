/**
 * The file layer of the disk with faults to switch on: a disk that is full, a sync that fails. What fails, fails as the
 * system would report it.
 */
import { diskFiles } from '../../src/storage/files/disk.ts'
import type { AppendFile, Files } from '../../src/storage/files/files.ts'

export interface Faults {
  /** Appends fail as on a full disk, after writing half of what they were given. */
  full: boolean
  /** The next so many syncs of journal segments fail; the data may or may not be on the disk. */
  failingSyncs: number
  /** Free bytes to report instead of the disk's. */
  free: number | undefined
}

export interface FailingFiles {
  readonly files: Files
  readonly faults: Faults
}

const fault = (code: string): Error => Object.assign(new Error(`${code}: as the test wants it`), { code })

export function failingFiles(disk: Files = diskFiles()): FailingFiles {
  const faults: Faults = { full: false, failingSyncs: 0, free: undefined }
  const failing = (file: AppendFile): AppendFile => ({
    get path() {
      return file.path
    },
    get size() {
      return file.size
    },
    append: async (parts) => {
      if (!faults.full) return file.append(parts)
      const all = Buffer.concat(parts)
      await file.append([all.subarray(0, all.length >> 1)])
      throw fault('ENOSPC')
    },
    sync: async () => {
      if (faults.failingSyncs > 0 && file.path.endsWith('.journal')) {
        faults.failingSyncs -= 1
        throw fault('EIO')
      }
      await file.sync()
    },
    skip: (bytes) => file.skip(bytes),
    read: (start, end) => file.read(start, end),
    close: () => file.close(),
  })
  const files: Files = {
    ...disk,
    create: async (path) => failing(await disk.create(path)),
    space: async (path) => {
      const space = await disk.space(path)
      return { ...space, free: faults.free ?? space.free }
    },
  }
  return { files, faults }
}
