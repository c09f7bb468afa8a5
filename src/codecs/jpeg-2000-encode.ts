/** Frames to JPEG 2000 lossless (1.2.840.10008.1.2.4.90; PS3.5 section 8.2.4) by OpenJPEG, whose encoder is a build of its own. */
import type { ImageDescription } from '../pixels/image.ts'

const quiet = () => {}
/** Loaded by the first frame: few peers ask for it. */
const load = async () => {
  const { default: factory } = await import('@cornerstonejs/codec-openjpeg/wasmjs')
  return factory({ print: quiet, printErr: quiet })
}
let module: ReturnType<typeof load> | undefined

const MOST_DECOMPOSITIONS = 5

/** Why an image cannot be written so: where this build gives wrong samples or traps, besides what HTJ2K's obstacles are. */
export function jpeg2000Obstacle({ bitsAllocated, signed, rows, columns }: ImageDescription): string | undefined {
  if (signed && bitsAllocated === 8) return 'signed samples of 8 bits'
  return Math.min(rows, columns) < 2 ? 'an image of one row or column' : undefined
}

/** @param samples  little endian, colour by pixel */
export async function encodeJpeg2000(samples: Uint8Array, image: ImageDescription): Promise<Uint8Array<ArrayBuffer>> {
  const { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, signed, photometricInterpretation } = image
  module ??= load()
  const { J2KEncoder } = await module
  const encoder = new J2KEncoder()
  try {
    const into = encoder.getDecodedBuffer({
      width: columns,
      height: rows,
      bitsPerSample: bitsStored,
      componentCount: samplesPerPixel,
      isSigned: signed,
      isUsingColorTransform: photometricInterpretation === 'RGB',
    })
    if (bitsAllocated === 16 && bitsStored <= 8)
      for (let at = 0; at < into.length; at += 1) into[at] = samples[at * 2] ?? 0
    else into.set(samples)
    encoder.setQuality(true, 0)
    encoder.setDecompositions(Math.min(MOST_DECOMPOSITIONS, Math.floor(Math.log2(Math.min(rows, columns)))))
    encoder.encode()
    return new Uint8Array(encoder.getEncodedBuffer())
  } finally {
    encoder.delete()
  }
}
