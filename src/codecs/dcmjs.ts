/** The native codecs of dcmjs-codecs: one WebAssembly module for all, told about the image before it decodes or encodes. */
import codecs from 'dcmjs-codecs'
import type { ImageDescription } from '../pixels/image.ts'
import type { DecoderOutput } from './samples.ts'

const { NativeCodecs, Context, log } = codecs
log.setLevel('silent')
const ready = NativeCodecs.initializeAsync()

export async function native(
  decoder: 'decodeJpeg' | 'decodeJpeg2000' | 'decodeJpegXl',
  encoded: Uint8Array,
  image: ImageDescription,
  parameters: { readonly convertColorspaceToRgb?: boolean },
): Promise<DecoderOutput> {
  await ready
  const { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, signed } = image
  const context = new Context({
    width: columns,
    height: rows,
    bitsAllocated,
    bitsStored,
    samplesPerPixel,
    pixelRepresentation: signed ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: image.photometricInterpretation,
    encodedBuffer: encoded,
  })
  const result = NativeCodecs[decoder](context, parameters)
  const bytes = result.getDecodedBuffer()
  return {
    bytes: bytes === undefined ? new Uint8Array(0) : bytes.slice(),
    width: bitsAllocated >> 3,
    signed: false,
    planar: result.getPlanarConfiguration() === 1,
  }
}

/**
 * The codestream of a frame, in memory of its own; its encoders are not trusted more than any other (`encode.ts`).
 *
 * @param samples  little endian, colour by pixel
 */
export async function nativeEncode(
  encoder: 'encodeJpeg' | 'encodeJpegLs' | 'encodeJpegXl',
  samples: Uint8Array,
  image: ImageDescription,
  parameters: { readonly lossy: false; readonly predictor?: number; readonly pointTransform?: number },
): Promise<Uint8Array<ArrayBuffer>> {
  await ready
  const { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, signed } = image
  const context = new Context({
    width: columns,
    height: rows,
    bitsAllocated,
    bitsStored,
    samplesPerPixel,
    pixelRepresentation: signed ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: image.photometricInterpretation,
    decodedBuffer: samples,
  })
  return new Uint8Array(NativeCodecs[encoder](context, parameters).getEncodedBuffer() ?? [])
}
