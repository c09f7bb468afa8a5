/**
 * What a compressed frame says of itself in its first bytes: size, components, depth, colour.
 *
 * Read before any decoder is started: a decoder given a header with other dimensions than the data set's wastes memory
 * and minutes on damaged data, and some never come back. Only markers are read here, no entropy-coded data.
 * JPEG: ISO 10918-1 Annex B; JPEG-LS: ISO 14495-1 Annex C; JPEG 2000: ISO 15444-1 Annex A; HTJ2K: ISO 15444-15;
 * JPEG XL: ISO 18181-1 section D.
 */
import type { Bytes } from '../base/bytes.ts'

export type CodestreamKind = 'jpeg' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k' | 'jpeg-xl'

export interface Codestream {
  readonly kind: CodestreamKind
  readonly columns: number
  readonly rows: number
  /** Undefined where the header does not say plainly (JPEG XL). */
  readonly components: number | undefined
  readonly bits: number | undefined
  /** JPEG 2000 only: the others do not say. */
  readonly signed: boolean | undefined
  /**
   * The model of three components: `ybr` when they are luminance and chrominance in the codestream. A JPEG 2000 decoder
   * undoes its own transform and gives RGB; a JPEG decoder may leave it.
   */
  readonly colour: 'ybr' | 'rgb' | undefined
  /** Is any component sampled more coarsely than the frame's grid, as chrominance often is? */
  readonly subsampled: boolean
}

/** Undefined when the bytes begin no codestream of these kinds, or end before its header does. */
export function readCodestream(bytes: Bytes): Codestream | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 4) return undefined
  try {
    const first = view.getUint16(0)
    if (first === 0xffd8) return readJpeg(view)
    if (first === 0xff4f) return readJpeg2000(view, 0)
    if (first === 0xff0a) return readJpegXl(bytes, 2)
    if (view.getUint32(0) === 12) return readBoxes(bytes, view)
    return undefined
  } catch (thrown) {
    // The header runs over the end of the bytes.
    if (thrown instanceof RangeError) return undefined
    throw thrown
  }
}

/** SOF markers and what they begin; hierarchical and arithmetic ones are named so that they can be refused. */
function kindOfFrame(marker: number): CodestreamKind | undefined {
  if (marker === 0xf7) return 'jpeg-ls'
  if (marker === 0xc3 || marker === 0xc7 || marker === 0xcb || marker === 0xcf) return 'jpeg-lossless'
  const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
  return isFrame ? 'jpeg' : undefined
}

function readJpeg(view: DataView): Codestream | undefined {
  let jfif = false
  let adobe: number | undefined
  let at = 2
  while (at + 4 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      at += 1
      continue
    }
    const length = view.getUint16(at + 2)
    if (length < 2) return undefined
    const kind = kindOfFrame(marker)
    if (kind !== undefined) return readFrameHeader(view, at + 4, kind, jfif, adobe)
    if (marker === 0xe0 && length >= 7) jfif = view.getUint32(at + 4) === 0x4a464946
    if (marker === 0xee && length >= 14 && view.getUint32(at + 4) === 0x41646f62) adobe = view.getUint8(at + 15)
    if (marker === 0xda || marker === 0xd9) return undefined
    at += 2 + length
  }
  return undefined
}

function readFrameHeader(
  view: DataView,
  at: number,
  kind: CodestreamKind,
  jfif: boolean,
  adobe: number | undefined,
): Codestream {
  const components = view.getUint8(at + 5)
  const ids: number[] = []
  let subsampled = false
  const sampling = view.getUint8(at + 7)
  for (let component = 0; component < components; component += 1) {
    ids.push(view.getUint8(at + 6 + component * 3))
    if (view.getUint8(at + 7 + component * 3) !== sampling) subsampled = true
  }
  return {
    kind,
    bits: view.getUint8(at),
    rows: view.getUint16(at + 1),
    columns: view.getUint16(at + 3),
    components,
    signed: undefined,
    colour: components === 3 ? jpegColour(kind, ids, subsampled, jfif, adobe) : undefined,
    subsampled,
  }
}

/** As the IJG library guesses it: JFIF is YCbCr, Adobe says, else by the components' names. */
function jpegColour(
  kind: CodestreamKind,
  ids: readonly number[],
  subsampled: boolean,
  jfif: boolean,
  adobe: number | undefined,
): 'ybr' | 'rgb' | undefined {
  if (adobe !== undefined) return adobe === 0 ? 'rgb' : 'ybr'
  if (subsampled) return 'ybr'
  if (String.fromCharCode(...ids) === 'RGB') return 'rgb'
  // Lossless processes have no transform of their own, and writers put JFIF before anything.
  if (kind !== 'jpeg') return undefined
  return jfif ? 'ybr' : undefined
}

const SOC_SIZ = 0xff4fff51

function readJpeg2000(view: DataView, start: number): Codestream | undefined {
  if (view.getUint32(start) !== SOC_SIZ) return undefined
  const siz = start + 4
  const components = view.getUint16(siz + 36)
  if (components === 0) return undefined
  const depth = view.getUint8(siz + 38)
  const [across = 1, down = 1] = [view.getUint8(siz + 39), view.getUint8(siz + 40)]
  if (across === 0 || down === 0) return undefined
  let subsampled = false
  for (let component = 0; component < components; component += 1)
    if (view.getUint8(siz + 39 + component * 3) !== 1 || view.getUint8(siz + 40 + component * 3) !== 1)
      subsampled = true
  const markers = readMarkers(view, siz + view.getUint16(siz))
  return {
    kind: markers.highThroughput ? 'htj2k' : 'jpeg-2000',
    // Of the first component, which may be sampled more coarsely than the reference grid.
    columns: Math.ceil(view.getUint32(siz + 4) / across) - Math.ceil(view.getUint32(siz + 12) / across),
    rows: Math.ceil(view.getUint32(siz + 8) / down) - Math.ceil(view.getUint32(siz + 16) / down),
    components,
    bits: (depth & 0x7f) + 1,
    signed: depth >= 0x80,
    colour: components === 3 ? (markers.transform ? 'ybr' : 'rgb') : undefined,
    subsampled,
  }
}

/** CAP with the bit of Part 15 makes it HTJ2K; COD says whether components are transformed. */
function readMarkers(view: DataView, from: number): { readonly highThroughput: boolean; readonly transform: boolean } {
  let highThroughput = false
  let transform = false
  for (let at = from; at + 4 <= view.byteLength; ) {
    const marker = view.getUint16(at)
    if (marker === 0xff90 || marker < 0xff00) break
    if (marker === 0xff50) highThroughput = (view.getUint32(at + 4) & 0x0002_0000) !== 0
    if (marker === 0xff52) transform = view.getUint8(at + 8) !== 0
    const length = view.getUint16(at + 2)
    if (length < 2) break
    at += 2 + length
  }
  return { highThroughput, transform }
}

/** JP2, JPH and JPEG XL files: boxes, of which one holds the codestream. DICOM wants it bare; files are met anyway. */
function readBoxes(bytes: Bytes, view: DataView): Codestream | undefined {
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at)
    const type = view.getUint32(at + 4)
    const header = length === 1 ? 16 : 8
    if (type === 0x6a703263) return readJpeg2000(view, at + header) // jp2c
    if (type === 0x6a786c63) return readJpegXl(bytes, at + header + 2) // jxlc
    if (type === 0x6a786c70) return readJpegXl(bytes, at + header + 6) // jxlp: a part number first
    if (length === 0) return undefined
    const size = length === 1 ? view.getUint32(at + 8) * 0x1_0000_0000 + view.getUint32(at + 12) : length
    if (size < header) return undefined
    at += size
  }
  return undefined
}

/** Width by height for the ratios 1 to 7 (ISO 18181-1 Table D.1). */
const RATIOS: readonly (readonly [number, number])[] = [
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
]

/** `at` is behind the signature FF 0A. Bits are taken from the lowest of each byte. */
function readJpegXl(bytes: Bytes, at: number): Codestream | undefined {
  let bit = at * 8
  const take = (count: number): number => {
    let value = 0
    for (let taken = 0; taken < count; taken += 1, bit += 1) {
      const byte = bytes[bit >> 3]
      if (byte === undefined) throw new RangeError('end of the bytes')
      value += ((byte >> (bit & 7)) & 1) * 2 ** taken
    }
    return value
  }
  const side = (): number => 1 + take([9, 13, 18, 30][take(2)] ?? 0)
  const small = take(1) === 1
  const rows = small ? (take(5) + 1) * 8 : side()
  const ratio = RATIOS[take(3) - 1]
  const columns = ratio === undefined ? (small ? (take(5) + 1) * 8 : side()) : Math.floor((rows * ratio[0]) / ratio[1])
  return {
    kind: 'jpeg-xl',
    columns,
    rows,
    components: undefined,
    bits: undefined,
    signed: undefined,
    colour: undefined,
    subsampled: false,
  }
}
