/**
 * Pictures of one frame each as one moving GIF (GIF89a; PS3.18 Table 8.7.4-1 has it for images of several frames): the
 * blocks of each are taken over, its palette made its own. Nothing is encoded anew.
 */
import { type Bytes, concat } from '../base/bytes.ts'

interface Still {
  readonly width: number
  readonly height: number
  readonly palette: Bytes
  /** Power of two of the palette's length, less one. */
  readonly paletteBits: number
  /** From the image's own place in the file on: minimum code size and data. */
  readonly data: Bytes
  readonly left: number
  readonly top: number
  readonly columns: number
  readonly rows: number
  readonly interlaced: boolean
}

const u16 = (value: number): readonly number[] => [value & 0xff, value >> 8]

/**
 * @param stills   each a GIF of one picture, all of one size
 * @param delayMs  how long each is shown; a tenth of a second when it is not known
 * @throws {RangeError} when one of them is no GIF
 */
export function movingGif(stills: readonly Bytes[], delayMs = 100): Uint8Array<ArrayBuffer> {
  const read = stills.map(readStill)
  const [first] = read
  if (first === undefined) throw new RangeError('no picture')
  const delay = Math.max(2, Math.round(delayMs / 10))
  const screen = Uint8Array.from([...ascii('GIF89a'), ...u16(first.width), ...u16(first.height), 0x70, 0, 0])
  // Shown again and again, as every viewer of clips does.
  const loop = Uint8Array.from([0x21, 0xff, 11, ...ascii('NETSCAPE2.0'), 3, 1, 0, 0, 0])
  const frames = read.flatMap(({ left, top, columns, rows, paletteBits, palette, interlaced, data }) => [
    Uint8Array.from([0x21, 0xf9, 4, 0x04, ...u16(delay), 0, 0]),
    Uint8Array.from([
      0x2c,
      ...u16(left),
      ...u16(top),
      ...u16(columns),
      ...u16(rows),
      0x80 | (interlaced ? 0x40 : 0) | paletteBits,
    ]),
    palette,
    data,
  ])
  return concat([screen, loop, ...frames, Uint8Array.of(0x3b)])
}

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0))

function readStill(bytes: Bytes): Still {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0) !== 0x47494638) throw new RangeError('it is no GIF')
  const flags = view.getUint8(10)
  let palette = bytes.subarray(13, 13 + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0))
  let paletteBits = flags & 7
  let at = 13 + palette.length
  // Extensions are of the picture alone: comments, or how it was made.
  while (view.getUint8(at) === 0x21) at = afterBlocks(view, at + 2)
  if (view.getUint8(at) !== 0x2c) throw new RangeError('it holds no picture')
  const [left, top, columns, rows] = [1, 3, 5, 7].map((offset) => view.getUint16(at + offset, true))
  const own = view.getUint8(at + 9)
  at += 10
  if (own & 0x80) {
    paletteBits = own & 7
    palette = bytes.subarray(at, at + 3 * 2 ** (paletteBits + 1))
    at += palette.length
  }
  const end = afterBlocks(view, at + 1)
  return {
    width: view.getUint16(6, true),
    height: view.getUint16(8, true),
    palette,
    paletteBits,
    data: bytes.subarray(at, end),
    left: left ?? 0,
    top: top ?? 0,
    columns: columns ?? 0,
    rows: rows ?? 0,
    interlaced: (own & 0x40) !== 0,
  }
}

/** Behind a list of sub-blocks. */
function afterBlocks(view: DataView, start: number): number {
  let at = start
  for (let length = view.getUint8(at); length > 0; length = view.getUint8(at)) at += length + 1
  return at + 1
}
