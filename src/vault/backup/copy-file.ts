/** A file copied durably, digested as it passes; of a journal segment the holes stay holes. */
import { createHash, randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import type { Bytes } from '../../base/bytes.ts'
import { type Files, makeFolderDurably } from '../../storage/files/files.ts'

const PIECE = 1024 * 1024
/** What reads as zeros for so long is a hole, or may as well be one. */
const HOLE = 64 * 1024

export interface Copied {
  readonly length: number
  readonly sha256: string
}

/** Under the name only when it is whole; what was there is replaced. */
export async function copyFile(
  files: Files,
  from: string,
  to: string,
  advance: (bytes: number) => void = () => {},
): Promise<Copied> {
  const source = await files.open(from)
  try {
    const hash = createHash('sha256')
    const read = async function* (): AsyncGenerator<Bytes> {
      for (let at = 0; at < source.size; at += PIECE) {
        const bytes = await source.read(at, Math.min(at + PIECE, source.size))
        hash.update(bytes)
        advance(bytes.length)
        yield bytes
      }
    }
    await writeFile(files, to, read())
    return { length: source.size, sha256: hash.digest('hex') }
  } finally {
    await source.close()
  }
}

export async function writeFile(
  files: Files,
  to: string,
  pieces: AsyncIterable<Bytes> | Iterable<Bytes>,
): Promise<void> {
  await makeFolderDurably(files, dirname(to))
  const beside = `${to}.${randomBytes(4).toString('hex')}.new`
  const file = await files.create(beside)
  let held: Bytes | undefined
  try {
    for await (const piece of pieces)
      for (let at = 0; at < piece.length; at += HOLE) {
        // The last bytes are written whatever they are: a file does not end in a hole.
        if (held !== undefined) await put(file, held)
        held = piece.subarray(at, at + HOLE)
        if (held.length < HOLE) {
          await put(file, held)
          held = undefined
        }
      }
    if (held !== undefined) await file.append([held])
    await file.sync()
  } catch (thrown) {
    await file.close()
    await files.remove(beside)
    throw thrown
  }
  await file.close()
  await files.rename(beside, to)
  await files.syncFolder(dirname(to))
}

async function put(file: { append(parts: readonly Bytes[]): Promise<void>; skip(bytes: number): void }, bytes: Bytes) {
  if (bytes.length === HOLE && bytes.every((byte) => byte === 0)) file.skip(HOLE)
  else await file.append([bytes])
}
