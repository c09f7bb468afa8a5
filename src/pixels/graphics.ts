/**
 * Graphics and text of a presentation state, and lines of text in the corners, as an SVG image of the picture's size. Lines
 * have a dark edge, so that they are seen on any ground.
 */
import { placed, type Shown } from './displayed.ts'
import { ADVANCE, LEADING, letterPath, spelt, widthOf } from './lettering.ts'
import { linesThrough, pathNumber as number, outlineOf, type Shape } from './outline.ts'
import type { Graphic, Point } from './presentation.ts'

export interface Corners {
  readonly topLeft: readonly string[]
  readonly topRight: readonly string[]
  readonly bottomLeft: readonly string[]
}

export interface Overlay {
  readonly graphics: readonly Graphic[]
  readonly corners: Corners | undefined
}

interface Size {
  readonly width: number
  readonly height: number
}

/** Undefined when there is nothing to draw. */
export function overlaySvg({ graphics, corners }: Overlay, shown: Shown, size: Size): string | undefined {
  const drawn = [
    ...graphics.map((graphic) =>
      graphic.kind === 'TEXT' ? textOf(graphic, shown, size) : shapeOf(graphic, shown, size),
    ),
    corners === undefined ? '' : cornersOf(corners, size),
  ].join('')
  if (drawn === '') return undefined
  const { width, height } = size
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${drawn}</svg>`
}

/** Of a point of a letter, in pixels: seven of them high to be read in a small picture and not to be lost in a large one. */
const letterSize = ({ width, height }: Size): number => Math.max(1, Math.round(Math.min(width, height) / 400))
const lineWidth = ({ width, height }: Size): number => Math.max(1.5, Math.min(width, height) / 300)

const grey = (shade: number): string => {
  const value = Math.round(Math.min(1, Math.max(0, shade)) * 255)
  return `rgb(${value},${value},${value})`
}

/** A path twice: its edge, then itself. */
function stroked(path: string, shade: number, width: number, filled: boolean): string {
  const edge = grey(shade > 0.5 ? 0 : 1)
  const fill = filled ? grey(shade) : 'none'
  return (
    `<path d="${path}" fill="none" stroke="${edge}" stroke-opacity="0.6" stroke-width="${number(width * 2.5)}"/>` +
    `<path d="${path}" fill="${fill}" stroke="${grey(shade)}" stroke-width="${number(width)}"/>`
  )
}

function shapeOf(graphic: Shape, shown: Shown, size: Size): string {
  const width = lineWidth(size)
  const path = outlineOf(graphic, (units, point) => placed(shown, size, units, point), width * 4)
  return path === '' ? '' : stroked(path, graphic.shade, width, graphic.filled && graphic.kind !== 'POINT')
}

/** Letters with their edge. */
function lettered(text: string, left: number, top: number, size: number, shade: number): string {
  const path = letterPath(text, left, top, size)
  if (path === '') return ''
  const edge = grey(shade > 0.5 ? 0 : 1)
  return (
    `<path d="${path}" fill="${edge}" stroke="${edge}" stroke-width="${number(size)}" stroke-linejoin="round"/>` +
    `<path d="${path}" fill="${grey(shade)}"/>`
  )
}

function textOf(
  { lines: texts, box, justify, anchor, shade }: Extract<Graphic, { kind: 'TEXT' }>,
  shown: Shown,
  size: Size,
): string {
  const from = box && placed(shown, size, box.units, box.from)
  const to = box && placed(shown, size, box.units, box.to)
  const at = anchor && placed(shown, size, anchor.units, anchor.at)
  const longest = Math.max(1, ...texts.map(widthOf))
  // In its box it is as large as the box lets it be, and never smaller than can be read.
  const corners: Point | undefined = from && to ? [Math.min(from[0], to[0]), Math.min(from[1], to[1])] : undefined
  const [boxWidth, boxHeight] = from && to ? [Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])] : [0, 0]
  const usual = letterSize(size)
  const fitting = Math.min(boxWidth / longest, boxHeight / (texts.length * LEADING), usual * 2)
  const point = Math.max(usual, fitting || usual)
  const [left, top]: Point = corners ?? (at === undefined ? [0, 0] : [at[0] + point * 2, at[1] - (LEADING * point) / 2])
  const room = corners === undefined ? 0 : Math.max(0, boxWidth - longest * point)
  const written = texts
    .map((line, row) => {
      const slack = (longest - widthOf(line)) * point + room
      const shift = justify === 'RIGHT' ? slack : justify === 'CENTER' ? slack / 2 : 0
      return lettered(line, left + shift, top + row * LEADING * point, point, shade)
    })
    .join('')
  if (at === undefined || anchor?.visible !== true) return written
  const nearest: Point = [
    Math.min(Math.max(at[0], left), left + longest * point),
    Math.min(Math.max(at[1], top), top + texts.length * LEADING * point),
  ]
  return written + stroked(linesThrough([at, nearest], false), shade, lineWidth(size), false)
}

function cornersOf({ topLeft, topRight, bottomLeft }: Corners, size: Size): string {
  const point = letterSize(size)
  const margin = 4 * point
  const fits = Math.max(1, Math.floor((size.width - 2 * margin) / (ADVANCE * point)))
  const cut = (line: string) => [...spelt(line)].slice(0, fits).join('')
  const rows = (texts: readonly string[], left: (line: string) => number, top: number) =>
    texts.map((line, row) => lettered(cut(line), left(cut(line)), top + row * LEADING * point, point, 1)).join('')
  return (
    rows(topLeft, () => margin, margin) +
    rows(topRight, (line) => size.width - margin - widthOf(line) * point, margin) +
    rows(bottomLeft, () => margin, size.height - margin - bottomLeft.length * LEADING * point)
  )
}
