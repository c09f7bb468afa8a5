/**
 * Decodes one frame here and now, in whatever thread this is: the codec for a transfer syntax is loaded on first need.
 *
 * The codestream's own header is compared with the data set before a decoder sees it, and what comes out must have the
 * size of the image. `open.ts` runs this in workers that can be thrown away.
 */
import { ArchiveError } from '../base/errors.ts'
import { type Codec, type TransferSyntax, transferSyntax } from '../dicom/transfer-syntaxes.ts'
import { readCodestream } from '../pixels/codestream.ts'
import { frameLength, nativeFrameLength } from '../pixels/frame.ts'
import type { DecodedFrame, ImageDescription } from '../pixels/image.ts'
import { decodeDeflated } from './deflate.ts'
import { decodeNative } from './native.ts'
import { decodeRle } from './rle.ts'

export type Decode = (encoded: Uint8Array, image: ImageDescription, frame: number) => Promise<DecodedFrame>

const as = (bytes: Uint8Array, image: ImageDescription, planarConfiguration: 0 | 1): DecodedFrame => ({
  bytes,
  photometricInterpretation: image.photometricInterpretation,
  planarConfiguration,
})

/** One codec a file; those that hold WebAssembly are imported when the first frame needs them. */
const DECODERS: Partial<Readonly<Record<Codec, Decode>>> = {
  native: async (encoded, image, frame) => as(decodeNative(encoded, image, frame), image, image.planarConfiguration),
  deflate: async (encoded, image, frame) => as(decodeDeflated(encoded, image, frame), image, image.planarConfiguration),
  rle: async (encoded, image, frame) => as(decodeRle(encoded, image, frame), image, 0),
  jpeg: async (encoded, image, frame) => (await import('./jpeg.ts')).decode(encoded, image, frame),
  'jpeg-lossless': async (encoded, image, frame) => (await import('./jpeg.ts')).decode(encoded, image, frame),
  'jpeg-ls': async (encoded, image, frame) => (await import('./jpeg-ls.ts')).decode(encoded, image, frame),
  'jpeg-2000': async (encoded, image, frame) => (await import('./jpeg-2000.ts')).decode(encoded, image, frame),
  htj2k: async (encoded, image, frame) => (await import('./htj2k.ts')).decode(encoded, image, frame),
  'jpeg-xl': async (encoded, image, frame) => (await import('./jpeg-xl.ts')).decode(encoded, image, frame),
}

/** Kinds of codestream a codec's decoder may be given; syntaxes without one have no header to compare. */
const KINDS: Partial<Readonly<Record<Codec, readonly string[]>>> = {
  jpeg: ['jpeg', 'jpeg-lossless'],
  'jpeg-lossless': ['jpeg-lossless', 'jpeg'],
  'jpeg-ls': ['jpeg-ls'],
  'jpeg-2000': ['jpeg-2000', 'htj2k'],
  htj2k: ['htj2k', 'jpeg-2000'],
  'jpeg-xl': ['jpeg-xl'],
}

/** Of one decoded frame, in bytes: what a worker's memory can be asked to hold. */
const LARGEST_FRAME = 1024 ** 3

/** @throws {ArchiveError} `PIXELS_UNSUPPORTED`, `PIXELS_DAMAGED`; whatever else a codec throws leaves it unusable */
export async function decodeFrame(encoded: Uint8Array, image: ImageDescription, frame: number): Promise<DecodedFrame> {
  const syntax = transferSyntax(image.transferSyntax)
  checkFrame(encoded, image, frame, syntax)
  const decode = DECODERS[syntax.codec]
  if (decode === undefined) throw unsupported(syntax, 'it holds no single frames')
  const decoded = await decode(encoded, image, frame)
  const plain = syntax.codec === 'native' || syntax.codec === 'deflate'
  const expected = plain ? nativeFrameLength(image) : frameLength(image)
  if (decoded.bytes.length !== expected)
    throw damaged(frame, `it decodes to ${decoded.bytes.length} bytes where ${expected} were expected`)
  return decoded
}

/** Everything that can be known to be wrong before a decoder is started. */
export function checkFrame(encoded: Uint8Array, image: ImageDescription, frame: number, syntax: TransferSyntax): void {
  if (!syntax.image || DECODERS[syntax.codec] === undefined) throw unsupported(syntax, 'it holds no single frames')
  if (frameLength(image) > LARGEST_FRAME)
    throw unsupported(syntax, `a frame of ${frameLength(image)} bytes is too large`)
  if (image.rows === 0 || image.columns === 0) throw damaged(frame, 'the image has no rows or columns')
  if (encoded.length === 0) throw damaged(frame, 'it is empty')
  const kinds = KINDS[syntax.codec]
  if (kinds === undefined) return
  if (image.bitsAllocated % 8 !== 0 && image.bitsAllocated !== 1)
    throw unsupported(syntax, `samples of ${image.bitsAllocated} bits`)
  const codestream = readCodestream(encoded)
  if (codestream === undefined) throw damaged(frame, 'no codestream header can be read')
  if (!kinds.includes(codestream.kind)) throw damaged(frame, `it is ${codestream.kind}, not ${syntax.codec}`)
  const { columns, rows, components = image.samplesPerPixel, bits = 0 } = codestream
  if (columns !== image.columns || rows !== image.rows)
    throw damaged(frame, `it is ${columns} by ${rows}, the data set says ${image.columns} by ${image.rows}`)
  if (components !== image.samplesPerPixel)
    throw damaged(frame, `it has ${components} components, the data set says ${image.samplesPerPixel}`)
  if (bits > image.bitsAllocated) throw damaged(frame, `its ${bits} bits do not fit into ${image.bitsAllocated}`)
}

const damaged = (frame: number, why: string): ArchiveError => new ArchiveError('PIXELS_DAMAGED', { frame, why })

const unsupported = (syntax: TransferSyntax, why: string): ArchiveError =>
  new ArchiveError('PIXELS_UNSUPPORTED', { transferSyntax: syntax.uid, why })
