/** A file written beside its name and renamed: whoever reads it finds the old one or the new one, whole. */
import { dirname } from 'node:path'
import type { Bytes } from '../../base/bytes.ts'
import type { Files } from './files.ts'

/** @param durable  synced with its folder, which must be there */
export async function replaceFile(files: Files, path: string, bytes: Bytes, durable: boolean): Promise<void> {
  const beside = `${path}.new`
  if ((await files.size(beside)) !== undefined) await files.remove(beside)
  const file = await files.create(beside)
  try {
    await file.append([bytes])
    if (durable) await file.sync()
  } finally {
    await file.close()
  }
  await files.rename(beside, path)
  if (durable) await files.syncFolder(dirname(path))
}
