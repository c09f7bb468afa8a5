/** The data set of a request that is read whole, which is never an object: an identifier, the information of an action. */
import type { ByteStream, Bytes } from '../../base/bytes.ts'
import type { ArchiveError } from '../../base/errors.ts'

/** @throws what `wrong` makes of it */
export async function dataSetOf(
  stream: ByteStream | undefined,
  most: number,
  wrong: (why: string) => ArchiveError,
): Promise<Bytes> {
  if (stream === undefined) throw wrong('there is none')
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const bytes of stream) {
    length += bytes.length
    if (length > most) throw wrong(`it is longer than ${most} bytes`)
    pieces.push(Uint8Array.from(bytes))
  }
  return Buffer.concat(pieces)
}
