/** What a saved view draws on its picture, and what it covers. */

import { outlineOf } from '../../../pixels/outline.ts'
import type { Graphic, Point, Presentation, Shutter, Units } from '../../../pixels/presentation.ts'
import { type Area, toScreen } from '../model/view.ts'
import type { Scene } from '../surface/surface.ts'
import styles from './SavedMarks.module.css'

export interface SavedMarksProps {
  readonly presentation: Presentation
  readonly drawn: Scene
  readonly area: Area
  /** Shutters stay when the facts on the image are taken away: they are of the picture. */
  readonly marks: boolean
}

type Placer = (units: Units, point: Point) => Point

export function SavedMarks({ presentation, drawn, area, marks }: SavedMarksProps) {
  const { image } = drawn.frame
  const scale = window.devicePixelRatio
  const shown = presentation.area ?? { left: 0, top: 0, right: image.columns, bottom: image.rows }
  const onPicture = ([x, y]: Point): Point => {
    const [across, down] = toScreen(drawn.view, image, area, [x, y])
    return [across / scale, down / scale]
  }
  // Fractions are of what the state shows, as it is turned; the picture may have been moved since.
  const at: Placer = (units, point) => onPicture(units === 'PIXEL' ? point : inImage(point, presentation, shown))
  const all = { wide: area.width / scale, high: area.height / scale }
  return (
    <svg
      className={styles.layer}
      aria-hidden="true"
      data-saved-marks={presentation.graphics.length}
      data-shutters={presentation.shutters.length}
    >
      {presentation.shutters.map((shutter, index) => (
        <path
          // biome-ignore lint/suspicious/noArrayIndexKey: shutters have no other name
          key={index}
          fillRule="evenodd"
          fill={grey(presentation.shutterShade)}
          d={`M0 0H${all.wide}V${all.high}H0Z${openingOf(shutter, onPicture)}`}
        />
      ))}
      {marks &&
        presentation.graphics.map((graphic, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: graphics have no other name
          <Mark key={index} graphic={graphic} at={at} />
        ))}
    </svg>
  )
}

function Mark({ graphic, at }: { readonly graphic: Graphic; readonly at: Placer }) {
  const colour = grey(graphic.shade)
  const edge = grey(graphic.shade > 0.5 ? 0 : 1)
  if (graphic.kind !== 'TEXT') {
    const path = outlineOf(graphic, at)
    return (
      <>
        <path className={styles.edge} stroke={edge} d={path} />
        <path className={styles.line} stroke={colour} fill={graphic.filled ? colour : 'none'} d={path} />
      </>
    )
  }
  const { box, anchor, lines, justify } = graphic
  const from = box && at(box.units, box.from)
  const to = box && at(box.units, box.to)
  const point = anchor && at(anchor.units, anchor.at)
  const corner: Point | undefined = from && to && [Math.min(from[0], to[0]), Math.min(from[1], to[1])]
  const [left, top] = corner ?? (point ? [point[0] + 8, point[1] - 8] : [8, 8])
  const width = from && to ? Math.abs(to[0] - from[0]) : 0
  const x = justify === 'CENTER' ? left + width / 2 : justify === 'RIGHT' ? left + width : left
  const textAnchor = justify === 'CENTER' ? 'middle' : justify === 'RIGHT' ? 'end' : 'start'
  return (
    <>
      {point && anchor?.visible && (
        <path className={styles.line} stroke={colour} d={`M${point.join(' ')}L${left} ${top}`} />
      )}
      <text className={styles.text} fill={colour} stroke={edge} x={x} y={top} textAnchor={textAnchor}>
        {lines.map((line, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines may repeat and have no other name
          <tspan key={row} x={x} dy="1.2em">
            {line}
          </tspan>
        ))}
      </text>
    </>
  )
}

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** A fraction of what is shown as a point of the image: mirrored back, then turned back. */
function inImage([x, y]: Point, { rotation, flipped }: Presentation, { left, top, right, bottom }: Box): Point {
  const a = flipped ? 1 - x : x
  const [u, v] =
    rotation === 90 ? [y, 1 - a] : rotation === 180 ? [1 - a, 1 - y] : rotation === 270 ? [1 - y, a] : [a, y]
  return [left + u * (right - left), top + v * (bottom - top)]
}

function openingOf(shutter: Shutter, at: (point: Point) => Point): string {
  const corners: readonly Point[] =
    shutter.kind === 'rectangle'
      ? [
          [shutter.left, shutter.top],
          [shutter.right, shutter.top],
          [shutter.right, shutter.bottom],
          [shutter.left, shutter.bottom],
        ]
      : shutter.kind === 'polygon'
        ? shutter.vertices
        : Array.from({ length: 72 }, (_, step): Point => {
            const angle = (step * Math.PI) / 36
            const [x, y] = shutter.center
            return [x + shutter.radius * Math.cos(angle), y + shutter.radius * Math.sin(angle)]
          })
  return `M${corners.map((corner) => at(corner).join(' ')).join('L')}Z`
}

const grey = (shade: number): string => {
  const level = Math.round(Math.min(1, Math.max(0, shade)) * 255)
  return `rgb(${level} ${level} ${level})`
}
