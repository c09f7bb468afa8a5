/**
 * Decoding frames off the main thread, and what is made of them: a pool of workers, each thrown away after a trap or a time-out.
 */
import type { Uid } from '../dicom/uid.ts'
import type { DecodedFrame, ImageDescription } from '../pixels/image.ts'
import type { PictureOptions, Rendering } from '../pixels/rendering.ts'
import type { EncodedFrame } from './encode.ts'

export interface FrameDecoder {
  /**
   * Decodes one compressed (or native) frame.
   *
   * @param encoded  the frame's codestream: its fragments joined
   * @param frame    number from 1, for the message
   * @throws {ArchiveError} `PIXELS_UNSUPPORTED`, `PIXELS_DAMAGED`
   */
  decode(encoded: Uint8Array, image: ImageDescription, frame: number): Promise<DecodedFrame>
  /**
   * Decodes one frame and makes a JPEG, PNG or GIF of it.
   *
   * @param encoded  as for `decode`; a native frame's samples, little endian
   * @throws {ArchiveError} `PIXELS_UNSUPPORTED`, `PIXELS_DAMAGED`
   */
  picture(
    encoded: Uint8Array,
    image: ImageDescription,
    frame: number,
    rendering: Rendering,
    options: PictureOptions,
  ): Promise<Uint8Array>
  /**
   * Decodes one frame and encodes it again without loss; what is given was decoded once more and is equal.
   *
   * @param encoded  as for `picture`
   * @throws {ArchiveError} `PIXELS_UNSUPPORTED`, `PIXELS_DAMAGED`
   */
  encode(encoded: Uint8Array, image: ImageDescription, frame: number, target: Uid): Promise<EncodedFrame>
  close(): Promise<void>
}
