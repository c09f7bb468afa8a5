/** The validator's view of a disk: every name there is, those that begin with a dot and empty folders too. */
import type { Files } from '../../../storage/files/files.ts'
import type { ObjectFiles } from './object.ts'

const PIECE = 1024 * 1024

export function objectFilesOf(files: Pick<Files, 'list' | 'open'>): ObjectFiles {
  return {
    list: (folder) => files.list(folder),
    read: async function* (path) {
      const file = await files.open(path)
      try {
        for (let at = 0; at < file.size; at += PIECE) yield await file.read(at, Math.min(at + PIECE, file.size))
      } finally {
        await file.close()
      }
    },
  }
}
