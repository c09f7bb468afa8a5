/** One run of a cornerstone decoder: its buffers are views on the module's memory and its objects are freed by hand. */
import type { DecodedFrame } from '../pixels/image.ts'

export function runDecoder<Decoder extends CornerstoneDecoder>(
  decoder: Decoder,
  encoded: Uint8Array,
  take: (decoder: Decoder, bytes: Uint8Array) => DecodedFrame,
): DecodedFrame {
  try {
    decoder.getEncodedBuffer(encoded.length).set(encoded)
    decoder.decode()
    // Copied at once: the view is void as soon as the module's memory grows or the decoder is deleted.
    return take(decoder, decoder.getDecodedBuffer().slice())
  } finally {
    decoder.delete()
  }
}
