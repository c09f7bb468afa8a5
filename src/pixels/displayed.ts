/**
 * The part of a frame that is shown, turned and mirrored (PS3.4 N.2.6, PS3.3 C.10.4 and C.10.6): the pixels of it, and where a
 * point of the image or of what is shown goes in the picture. Shutters too, which are of the image.
 */
import type { Bytes } from '../base/bytes.ts'
import type { DisplayedArea, Point, Shutter, Units } from './presentation.ts'

/** What is shown of an image, in whole pixels of it. */
export interface Shown {
  readonly left: number
  readonly top: number
  readonly columns: number
  readonly rows: number
  /** Degrees clockwise; then mirrored when `flipped`. */
  readonly rotation: 0 | 90 | 180 | 270
  readonly flipped: boolean
}

/** Pixels a side of what is cut out, however little of it is image. */
const LARGEST_SIDE = 16_384

export function shownOf(
  image: { readonly rows: number; readonly columns: number },
  area: DisplayedArea | undefined,
  rotation: Shown['rotation'],
  flipped: boolean,
): Shown {
  const left = Math.floor(area?.left ?? 0)
  const top = Math.floor(area?.top ?? 0)
  const side = (from: number, to: number) => Math.max(1, Math.min(LARGEST_SIDE, Math.ceil(to) - from))
  return {
    left,
    top,
    columns: side(left, area?.right ?? image.columns),
    rows: side(top, area?.bottom ?? image.rows),
    rotation,
    flipped,
  }
}

const isTurned = ({ rotation }: Shown): boolean => rotation === 90 || rotation === 270

/** Columns and rows of the picture before it is scaled. */
export const sizeOf = (shown: Shown): { readonly columns: number; readonly rows: number } =>
  isTurned(shown) ? { columns: shown.rows, rows: shown.columns } : { columns: shown.columns, rows: shown.rows }

/** Where a point of what is shown, from its own corner, goes when it is turned and mirrored. */
function turnedPoint(shown: Shown, [x, y]: Point): Point {
  const { columns, rows, rotation, flipped } = shown
  const [a, b] =
    rotation === 90
      ? [rows - y, x]
      : rotation === 180
        ? [columns - x, rows - y]
        : rotation === 270
          ? [y, columns - x]
          : [x, y]
  return [flipped ? sizeOf(shown).columns - a : a, b]
}

/**
 * Where a point goes in a picture of this size.
 *
 * @param units  PIXEL: of the image, from the corner of its first; DISPLAY: a fraction of the picture (PS3.3 C.10.5.1.1)
 */
export function placed(
  shown: Shown,
  picture: { readonly width: number; readonly height: number },
  units: Units,
  point: Point,
): Point {
  if (units === 'DISPLAY') return [point[0] * picture.width, point[1] * picture.height]
  const { columns, rows } = sizeOf(shown)
  const [x, y] = turnedPoint(shown, [point[0] - shown.left, point[1] - shown.top])
  return [(x * picture.width) / columns, (y * picture.height) / rows]
}

/** The pixels of what is shown, turned; where there is no image it is black. */
export function cutAndTurned(
  bytes: Bytes,
  image: { readonly rows: number; readonly columns: number },
  channels: 1 | 3,
  shown: Shown,
): Uint8Array<ArrayBuffer> {
  const { columns, rows } = sizeOf(shown)
  const out = new Uint8Array(columns * rows * channels)
  const { left, top, rotation, flipped } = shown
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const a = flipped ? columns - 1 - column : column
      const [x, y] =
        rotation === 90
          ? [row, shown.rows - 1 - a]
          : rotation === 180
            ? [shown.columns - 1 - a, shown.rows - 1 - row]
            : rotation === 270
              ? [shown.columns - 1 - row, a]
              : [a, row]
      const [sourceX, sourceY] = [x + left, y + top]
      if (sourceX < 0 || sourceY < 0 || sourceX >= image.columns || sourceY >= image.rows) continue
      const from = (sourceY * image.columns + sourceX) * channels
      const to = (row * columns + column) * channels
      for (let channel = 0; channel < channels; channel += 1) out[to + channel] = bytes[from + channel] ?? 0
    }
  return out
}

/** Closes the shutters: what lies outside any of them has one shade (PS3.3 C.7.6.11). In place. */
export function closeShutters(
  bytes: Uint8Array,
  image: { readonly rows: number; readonly columns: number },
  channels: 1 | 3,
  shutters: readonly Shutter[],
  shade: number,
): void {
  if (shutters.length === 0) return
  const value = Math.round(shade * 255)
  for (let row = 0; row < image.rows; row += 1)
    for (let column = 0; column < image.columns; column += 1)
      if (!shutters.every((shutter) => isOpen(shutter, column + 0.5, row + 0.5))) {
        const at = (row * image.columns + column) * channels
        bytes.fill(value, at, at + channels)
      }
}

function isOpen(shutter: Shutter, x: number, y: number): boolean {
  if (shutter.kind === 'rectangle')
    return x > shutter.left && x < shutter.right && y > shutter.top && y < shutter.bottom
  if (shutter.kind === 'circle') return Math.hypot(x - shutter.center[0], y - shutter.center[1]) <= shutter.radius
  let inside = false
  const { vertices } = shutter
  for (const [at, [x1, y1]] of vertices.entries()) {
    const [x2, y2] = vertices[(at + 1) % vertices.length] ?? [x1, y1]
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside
  }
  return inside
}
