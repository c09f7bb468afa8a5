import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { diskFiles } from '../../storage/files/disk.ts'
import type { Files } from '../../storage/files/files.ts'
import { makeMirror, openMirrorPlace } from './places.ts'

const ARCHIVE = 'an-archive'

describe('the folder of a mirror', () => {
  let folder: string
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'clearkeep-places-')), 'mirror')
  })
  afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

  const attached = async (files: Files = diskFiles(), archive = ARCHIVE) =>
    (await openMirrorPlace(files, folder, { archive, keys: '' }, 'main')).attached()

  it('is away while it is not there or empty, ours with our mark, and another’s with theirs or with other things', async () => {
    expect(await attached()).toBe('away')
    mkdirSync(folder)
    expect(await attached()).toBe('away')
    await makeMirror(diskFiles(), folder, { archive: ARCHIVE, keys: '' })
    expect(await attached()).toBe('good')
    expect(await attached(diskFiles(), 'another')).toBe('foreign')
    rmSync(folder, { recursive: true })
    mkdirSync(folder)
    writeFileSync(join(folder, 'holiday.jpg'), '')
    expect(await attached()).toBe('foreign')
  })

  it('that is mounted while it is looked at is not taken for another’s', async () => {
    const disk = diskFiles()
    await makeMirror(disk, folder, { archive: ARCHIVE, keys: '' })
    let looks = 0
    const mounting: Files = {
      ...disk,
      size: (path) => {
        looks += path.endsWith('.json') ? 1 : 0
        return looks === 1 ? Promise.resolve(undefined) : disk.size(path)
      },
    }
    expect(await attached(mounting)).toBe('good')
  })
})
