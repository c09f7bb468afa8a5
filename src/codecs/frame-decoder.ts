/**
 * Decoding frames off the main thread: a pool of workers, each thrown away after a trap or a time-out.
 */
import type { DecodedFrame, ImageDescription } from '../pixels/image.ts'

export interface FrameDecoder {
  /**
   * Decodes one compressed (or native) frame.
   *
   * @param encoded  the frame's codestream: its fragments joined
   * @param frame    number from 1, for the message
   * @throws {ArchiveError} `PIXELS_UNSUPPORTED`, `PIXELS_DAMAGED`
   */
  decode(encoded: Uint8Array, image: ImageDescription, frame: number): Promise<DecodedFrame>
  close(): Promise<void>
}
