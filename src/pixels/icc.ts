/**
 * Colour spaces a picture may be asked in (PS3.18 section 8.3.5.1.5), as ICC profiles of matrix and curve (ICC.1:2001 section
 * 6.3.1.2) made here from their published primaries, and sRGB samples turned into them.
 */
import type { Bytes } from '../base/bytes.ts'

export type ColourSpace = 'srgb' | 'adobergb' | 'rommrgb' | 'displayp3'

type Matrix = readonly (readonly [number, number, number])[]

interface Space {
  readonly description: string
  /** Columns of X, Y and Z of red, green and blue, adapted to D50 (Bradford). */
  readonly primaries: Matrix
  readonly toLinear: (encoded: number) => number
  readonly fromLinear: (linear: number) => number
}

/** IEC 61966-2-1. */
const SRGB_CURVE = {
  toLinear: (encoded: number) => (encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4),
  fromLinear: (linear: number) => (linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055),
}
/** Adobe RGB (1998) section 4.3.4.2: 2 51/256. */
const ADOBE = 563 / 256
/** ISO 22028-2: linear near black. */
const TOE = 1 / 512

const SPACES: Readonly<Record<ColourSpace, Space>> = {
  srgb: {
    description: 'sRGB',
    primaries: [
      [0.4360747, 0.3850649, 0.1430804],
      [0.2225045, 0.7168786, 0.0606169],
      [0.0139322, 0.0971045, 0.7141733],
    ],
    ...SRGB_CURVE,
  },
  adobergb: {
    description: 'Adobe RGB (1998) compatible',
    primaries: [
      [0.6097559, 0.2052401, 0.149224],
      [0.3111242, 0.625656, 0.0632197],
      [0.0194811, 0.0608902, 0.7448387],
    ],
    toLinear: (encoded) => encoded ** ADOBE,
    fromLinear: (linear) => linear ** (1 / ADOBE),
  },
  rommrgb: {
    description: 'ROMM RGB',
    primaries: [
      [0.7976749, 0.1351917, 0.0313534],
      [0.2880402, 0.7118741, 0.0000857],
      [0, 0, 0.82521],
    ],
    toLinear: (encoded) => (encoded < 16 * TOE ? encoded / 16 : encoded ** 1.8),
    fromLinear: (linear) => (linear < TOE ? linear * 16 : linear ** (1 / 1.8)),
  },
  displayp3: {
    description: 'Display P3',
    primaries: [
      [0.5151187, 0.2919778, 0.1571035],
      [0.2411892, 0.6922441, 0.0665668],
      [-0.0010505, 0.0418791, 0.7840713],
    ],
    ...SRGB_CURVE,
  },
}

export const isColourSpace = (name: string): name is ColourSpace => Object.hasOwn(SPACES, name)

// --- samples --------------------------------------------------------------------------------

/** Samples of sRGB, eight bits and three to a pixel, in another space; what it does not reach is cut off. */
export function fromSrgb(bytes: Bytes, space: ColourSpace): Uint8Array<ArrayBuffer> {
  if (space === 'srgb') return new Uint8Array(bytes)
  const { primaries, fromLinear } = SPACES[space]
  const turn = product(inverse(primaries), SPACES.srgb.primaries)
  const linear = Float64Array.from({ length: 256 }, (_, value) => SRGB_CURVE.toLinear(value / 255))
  const encoded = Uint8Array.from({ length: 4096 }, (_, at) => Math.round(fromLinear(at / 4095) * 255))
  const out = new Uint8Array(bytes.length)
  for (let at = 0; at + 2 < bytes.length; at += 3) {
    const [r, g, b] = [linear[bytes[at] ?? 0] ?? 0, linear[bytes[at + 1] ?? 0] ?? 0, linear[bytes[at + 2] ?? 0] ?? 0]
    for (const [row, [x, y, z]] of turn.entries())
      out[at + row] = encoded[Math.round(Math.min(1, Math.max(0, x * r + y * g + z * b)) * 4095)] ?? 0
  }
  return out
}

const product = (a: Matrix, b: Matrix): Matrix =>
  a.map(([x, y, z]) => {
    const of = (column: 0 | 1 | 2) => x * (b[0]?.[column] ?? 0) + y * (b[1]?.[column] ?? 0) + z * (b[2]?.[column] ?? 0)
    return [of(0), of(1), of(2)]
  })

function inverse([[a, b, c] = [1, 0, 0], [d, e, f] = [0, 1, 0], [g, h, i] = [0, 0, 1]]: Matrix): Matrix {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
  return [
    [(e * i - f * h) / determinant, (c * h - b * i) / determinant, (b * f - c * e) / determinant],
    [(f * g - d * i) / determinant, (a * i - c * g) / determinant, (c * d - a * f) / determinant],
    [(d * h - e * g) / determinant, (b * g - a * h) / determinant, (a * e - b * d) / determinant],
  ]
}

// --- profiles -------------------------------------------------------------------------------

const HEADER = 128
const CURVE_POINTS = 1024
const D50 = [0.9642, 1, 0.8249] as const
/** Of all profiles made here, so that they are the same bytes always: 2026-01-01 00:00. */
const CREATED = [2026, 1, 1, 0, 0, 0]

/** The profile of a space. */
export function profileOf(space: ColourSpace): Uint8Array<ArrayBuffer> {
  const { description, primaries, toLinear } = SPACES[space]
  const column = (at: 0 | 1 | 2) => xyz(primaries.map((row) => row[at]))
  const trc = curve(toLinear)
  const tags: readonly (readonly [signature: string, data: Uint8Array])[] = [
    ['desc', textDescription(description)],
    ['cprt', ascii(`text\0\0\0\0No copyright, use freely.\0`)],
    ['wtpt', xyz(D50)],
    ['rXYZ', column(0)],
    ['gXYZ', column(1)],
    ['bXYZ', column(2)],
    ['rTRC', trc],
    ['gTRC', trc],
    ['bTRC', trc],
  ]
  // Curves that are alike stand once.
  const placed = new Map<Uint8Array, number>()
  let end = HEADER + 4 + tags.length * 12
  for (const [, data] of tags) {
    if (placed.has(data)) continue
    placed.set(data, end)
    end += data.length + ((4 - (data.length % 4)) % 4)
  }
  const out = new Uint8Array(end)
  const view = new DataView(out.buffer)
  view.setUint32(0, end)
  view.setUint32(8, 0x02400000)
  out.set(ascii('mntrRGB XYZ '), 12)
  for (const [at, part] of CREATED.entries()) view.setUint16(24 + at * 2, part)
  out.set(ascii('acsp'), 36)
  for (const [at, value] of D50.entries()) view.setInt32(68 + at * 4, Math.round(value * 65536))
  view.setUint32(HEADER, tags.length)
  for (const [at, [signature, data]] of tags.entries()) {
    const entry = HEADER + 4 + at * 12
    out.set(ascii(signature), entry)
    view.setUint32(entry + 4, placed.get(data) ?? 0)
    view.setUint32(entry + 8, data.length)
    out.set(data, placed.get(data) ?? 0)
  }
  return out
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0))

function xyz(values: readonly number[]): Uint8Array {
  const out = new Uint8Array(20)
  out.set(ascii('XYZ '))
  for (const [at, value] of values.entries()) new DataView(out.buffer).setInt32(8 + at * 4, Math.round(value * 65536))
  return out
}

function curve(toLinear: (encoded: number) => number): Uint8Array {
  const out = new Uint8Array(12 + CURVE_POINTS * 2)
  const view = new DataView(out.buffer)
  out.set(ascii('curv'))
  view.setUint32(8, CURVE_POINTS)
  for (let at = 0; at < CURVE_POINTS; at += 1)
    view.setUint16(12 + at * 2, Math.round(toLinear(at / (CURVE_POINTS - 1)) * 65535))
  return out
}

/** ICC.1:2001 6.5.17: ASCII; the Unicode and Macintosh texts are empty. */
function textDescription(text: string): Uint8Array {
  const out = new Uint8Array(12 + text.length + 1 + 4 + 4 + 2 + 1 + 67)
  out.set(ascii('desc'))
  new DataView(out.buffer).setUint32(8, text.length + 1)
  out.set(ascii(text), 12)
  return out
}
