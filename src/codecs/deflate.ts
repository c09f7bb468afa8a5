/** Deflated Image Frame Compression (PS3.5 section A.4.12): each frame a deflate stream of its native bytes. */
import { inflateRawSync } from 'node:zlib'
import { ArchiveError } from '../base/errors.ts'
import { nativeFrameLength } from '../pixels/frame.ts'
import type { ImageDescription } from '../pixels/image.ts'

/** @throws {ArchiveError} `PIXELS_DAMAGED` */
export function decodeDeflated(encoded: Uint8Array, image: ImageDescription, frame: number): Uint8Array {
  const length = nativeFrameLength(image)
  try {
    // One byte of padding may follow a frame of odd length.
    const bytes = inflateRawSync(encoded, { maxOutputLength: length + 1 })
    return new Uint8Array(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, length))
  } catch (cause) {
    throw new ArchiveError('PIXELS_DAMAGED', { frame, why: 'it does not inflate to the size of the image' }, { cause })
  }
}
