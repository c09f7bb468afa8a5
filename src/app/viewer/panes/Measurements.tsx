/**
 * The measurements of the frame that stands there, drawn over it with their numbers. Each end is a handle for pointer and
 * keys: arrows move it by a pixel of the picture, with Alt by half of one.
 */
import type { KeyboardEvent, PointerEvent } from 'react'
import type { Placed } from '../measure/drawing.ts'
import { POINTS, type Point } from '../measure/measurement.ts'
import { wordsOf } from '../measure/words.ts'
import { type Area, toScreen } from '../model/view.ts'
import type { Scene } from '../surface/surface.ts'
import styles from './Measurements.module.css'

export interface MeasurementsProps {
  readonly drawn: Scene
  readonly area: Area
  readonly placed: readonly Placed[]
  readonly begun: Placed | undefined
  readonly selected: number | undefined
  readonly onHandle: (id: number, point: number, at: Point, begins: boolean) => void
  /** A pointer's place in the window as a point of the picture. */
  readonly pointOf: (clientX: number, clientY: number) => Point
  readonly onSelect: (id: number) => void
}

/** What a press of an arrow moves, right and down on the screen. */
const ARROWS: Readonly<Record<string, Point>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
}

export function Measurements(props: MeasurementsProps) {
  const { area, placed, begun, selected } = props
  const scale = window.devicePixelRatio
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing over the picture is no fieldset
    <svg className={styles.layer} role="group" aria-label="Measurements" data-measurements={placed.length}>
      {[...placed, ...(begun ? [begun] : [])].map((one) => (
        <OneMeasurement
          key={one.id}
          {...props}
          one={one}
          scale={scale}
          area={area}
          isSelected={one.id === selected}
          isBegun={one === begun}
        />
      ))}
    </svg>
  )
}

interface OneProps extends MeasurementsProps {
  readonly one: Placed
  readonly scale: number
  readonly isSelected: boolean
  readonly isBegun: boolean
}

function OneMeasurement({ drawn, area, one, scale, isSelected, isBegun, onHandle, pointOf, onSelect }: OneProps) {
  const { view, frame } = drawn
  const onScreen = (point: Point): Point => {
    const [x, y] = toScreen(view, frame.image, area, point)
    return [x / scale, y / scale]
  }
  const points = one.points.map(onScreen)
  const says = [
    ...(one.kind === 'arrow' ? [one.lesion.comment || one.lesion.name] : []),
    ...(isBegun ? wordsIfWhole(one, frame) : wordsOf(one, frame, one.kept?.measured)),
  ]
  const [anchorX, anchorY] = points.reduce((low, point) => (point[1] > low[1] ? point : low), points[0] ?? [0, 0])

  function move(at: number, event: PointerEvent<SVGCircleElement>) {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
    onHandle(one.id, at, pointOf(event.clientX, event.clientY), event.currentTarget.dataset['moved'] === undefined)
    event.currentTarget.dataset['moved'] = ''
  }

  function press(at: number, event: KeyboardEvent) {
    const step = ARROWS[event.key]
    const point = points[at]
    const stored = one.points[at]
    if (!step || !point || !stored || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    // Along the screen's directions, but by pixels of the picture.
    const rect = event.currentTarget.closest('[data-viewport]')?.getBoundingClientRect()
    if (!rect) return
    const there = pointOf(rect.left + point[0] + step[0], rect.top + point[1] + step[1])
    const length = event.altKey ? 0.5 : 1
    const unit = ([x, y]: Point): Point => (Math.abs(x) > Math.abs(y) ? [Math.sign(x), 0] : [0, Math.sign(y)])
    const [dx, dy] = unit([there[0] - stored[0], there[1] - stored[1]])
    onHandle(one.id, at, [stored[0] + dx * length, stored[1] + dy * length], true)
  }

  return (
    <g
      className={styles.one}
      data-selected={isSelected}
      data-measure={one.kind}
      data-lesion={one.lesion.name}
      data-says={says.join(' · ')}
    >
      <path className={styles.halo} d={pathOf(one.kind, points)} />
      <path className={styles.line} d={pathOf(one.kind, points)} />
      <text className={styles.says} x={anchorX + 14} y={anchorY + 20}>
        {!isBegun && one.kind !== 'arrow' && <tspan className={styles.name}>{one.lesion.name} · </tspan>}
        {says.map((line, at) => (
          <tspan key={line} x={at === 0 && one.kind !== 'arrow' ? undefined : anchorX + 14} dy={at === 0 ? 0 : '1.3em'}>
            {line}
          </tspan>
        ))}
      </text>
      {!isBegun &&
        points.map(([x, y], at) => (
          // biome-ignore lint/a11y/useSemanticElements: a button cannot stand in a drawing
          <circle
            // biome-ignore lint/suspicious/noArrayIndexKey: the ends have no other name
            key={at}
            className={styles.handle}
            cx={x}
            cy={y}
            r={12}
            role="button"
            tabIndex={0}
            data-handle=""
            aria-label={`${says.join(', ')}: point ${at + 1} of ${points.length}, arrows move it`}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId)
              event.currentTarget.focus({ preventScroll: true })
              delete event.currentTarget.dataset['moved']
            }}
            onPointerMove={(event) => move(at, event)}
            onPointerUp={(event) => event.currentTarget.releasePointerCapture(event.pointerId)}
            onFocus={() => onSelect(one.id)}
            onKeyDown={(event) => press(at, event)}
          />
        ))}
      {points.map(([x, y], at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the ends have no other name
        <circle key={at} className={styles.dot} cx={x} cy={y} r={4} />
      ))}
    </g>
  )
}

/** While it is drawn, only what has all its points has numbers. */
const wordsIfWhole = (one: Placed, frame: Scene['frame']): readonly string[] =>
  one.points.length >= (one.kind === 'bidirectional' ? 2 : POINTS[one.kind])
    ? wordsOf(one.kind === 'bidirectional' ? { ...one, kind: 'length' } : one, frame)
    : []

export function pathOf(kind: Placed['kind'], points: readonly Point[]): string {
  const [first = [0, 0], second = first, third, fourth] = points
  switch (kind) {
    case 'ellipse': {
      const [rx, ry] = [Math.abs(second[0] - first[0]) / 2, Math.abs(second[1] - first[1]) / 2]
      const [left, middle] = [Math.min(first[0], second[0]), (first[1] + second[1]) / 2]
      return `M${left} ${middle}a${rx} ${ry} 0 1 0 ${rx * 2} 0a${rx} ${ry} 0 1 0 ${-rx * 2} 0`
    }
    case 'bidirectional':
    case 'cobb':
      return `M${first.join(' ')}L${second.join(' ')}${third && fourth ? `M${third.join(' ')}L${fourth.join(' ')}` : ''}`
    case 'freehand':
      return `M${points.map((point) => point.join(' ')).join('L')}Z`
    case 'probe':
      return `M${first[0] - 8} ${first[1]}h16M${first[0]} ${first[1] - 8}v16`
    case 'arrow': {
      // The head at the first point: two barbs of 12 pixels.
      const angle = Math.atan2(second[1] - first[1], second[0] - first[0])
      const barb = (turn: number) =>
        `${first[0] + 12 * Math.cos(angle + turn)} ${first[1] + 12 * Math.sin(angle + turn)}`
      return `M${second.join(' ')}L${first.join(' ')}M${barb(0.45)}L${first.join(' ')}L${barb(-0.45)}`
    }
    default:
      return `M${first.join(' ')}L${second.join(' ')}${third ? `L${third.join(' ')}` : ''}`
  }
}
