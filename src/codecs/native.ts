/** Native frames: as stored but for the byte order (PS3.5 sections 8.1.1 and A.4.11). */
import { ArchiveError } from '../base/errors.ts'
import { transferSyntax } from '../dicom/transfer-syntaxes.ts'
import { nativeFrameLength } from '../pixels/frame.ts'
import type { ImageDescription } from '../pixels/image.ts'

/** @throws {ArchiveError} `PIXELS_DAMAGED` when there are fewer bytes than the image has; padding is taken off */
export function decodeNative(encoded: Uint8Array, image: ImageDescription, frame: number): Uint8Array {
  const length = nativeFrameLength(image)
  if (encoded.length < length)
    throw new ArchiveError('PIXELS_DAMAGED', {
      frame,
      why: `it has ${encoded.length} bytes where ${length} were expected`,
    })
  const bytes = encoded.subarray(0, length)
  const width = image.bitsAllocated >> 3
  if (transferSyntax(image.transferSyntax).littleEndian || width < 2) return bytes
  const turned = bytes.slice()
  for (let at = 0; at + width <= turned.length; at += width) turned.subarray(at, at + width).reverse()
  return turned
}
