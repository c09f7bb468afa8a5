/**
 * The codecs the browser decodes with; runs in the decoding worker.
 *
 * Frames are fetched as stored when their syntax is here, since they are then smaller on the way; all other syntaxes
 * the archive decodes for us. An instance that trapped stays broken: whoever calls throws the worker away on any error.
 * The decoders accept damage in silence, so lengths are checked against what the metadata promises.
 */

import charlsWasm from '@cornerstonejs/codec-charls/decodewasm?url'
import charlsModule from '@cornerstonejs/codec-charls/decodewasmjs'
import openjpegWasm from '@cornerstonejs/codec-openjpeg/decodewasm?url'
import openjpegModule from '@cornerstonejs/codec-openjpeg/decodewasmjs'
import openjphWasm from '@cornerstonejs/codec-openjph/wasm?url'
import openjphModule from '@cornerstonejs/codec-openjph/wasmjs'

/** What the three modules have in common. */
interface WasmDecoder {
  getEncodedBuffer(length: number): Uint8Array
  getDecodedBuffer(): Uint8Array
  getFrameInfo(): {
    readonly width: number
    readonly height: number
    readonly bitsPerSample: number
    readonly componentCount: number
  }
  /** JPEG-LS only: 0 when the components stand one after the other. */
  getInterleaveMode?(): number
  decode(): void
}

export interface Decoded {
  readonly bytes: Uint8Array
  readonly columns: number
  readonly rows: number
  readonly components: number
  readonly bitsAllocated: 8 | 16
  readonly planar: boolean
}

type Decoder = () => Promise<WasmDecoder>

const once = (make: Decoder): Decoder => {
  let made: Promise<WasmDecoder> | undefined
  return () => {
    made ??= make()
    return made
  }
}

const htj2k = once(async () => new (await openjphModule({ locateFile: () => openjphWasm })).HTJ2KDecoder())
const jpeg2000 = once(async () => new (await openjpegModule({ locateFile: () => openjpegWasm })).J2KDecoder())
const jpegls = once(async () => new (await charlsModule({ locateFile: () => charlsWasm })).JpegLSDecoder())

const DECODERS: Readonly<Record<string, Decoder>> = {
  '1.2.840.10008.1.2.4.80': jpegls,
  '1.2.840.10008.1.2.4.81': jpegls,
  '1.2.840.10008.1.2.4.90': jpeg2000,
  '1.2.840.10008.1.2.4.91': jpeg2000,
  '1.2.840.10008.1.2.4.201': htj2k,
  '1.2.840.10008.1.2.4.202': htj2k,
  '1.2.840.10008.1.2.4.203': htj2k,
}

export async function decode(transferSyntax: string, encoded: Uint8Array): Promise<Decoded> {
  const make = DECODERS[transferSyntax]
  if (!make) throw new Error(`no decoder for ${transferSyntax}`)
  const decoder = await make()
  decoder.getEncodedBuffer(encoded.length).set(encoded)
  decoder.decode()
  const { width, height, bitsPerSample, componentCount } = decoder.getFrameInfo()
  const bytes = decoder.getDecodedBuffer().slice()
  const bitsAllocated = bitsPerSample <= 8 ? 8 : 16
  if (bytes.length === 0 || bytes.length !== (width * height * componentCount * bitsAllocated) / 8)
    throw new Error('the decoder gave a frame of the wrong length')
  const planar = componentCount > 1 && decoder.getInterleaveMode?.() === 0
  return { bytes, columns: width, rows: height, components: componentCount, bitsAllocated, planar }
}
