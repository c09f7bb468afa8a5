/** One of the three planes: its picture, the lines in which the others cut it, and what moves them. */
import { useEffect, useMemo, useRef, useState } from 'react'
import type { CutPlane, Slab, Vector, Volume } from '../../../pixels/volume.ts'
import { useShortcuts } from '../../shell/keys.ts'
import { formatNumber } from '../../words/numbers.ts'
import type { ShownFrame } from '../frames/frame-source.ts'
import { cornersOf } from '../model/corners.ts'
import { lettersOf } from '../model/orientation.ts'
import { FIT, toPicture, toScreen, type View, zoomAt } from '../model/view.ts'
import { dragged, type Voi } from '../model/voi.ts'
import overlay from '../panes/Overlay.module.css'
import { useSurface } from '../panes/use-surface.ts'
import type { Scene } from '../surface/surface.ts'
import styles from './Mpr.module.css'
import { type Crossing, lineOf, obliquityOf, PLANES, type PlaneName, pixelOf, planeOf, pointOf } from './planes.ts'
import type { VolumeState } from './use-volume.ts'

export type ReadyVolume = Extract<VolumeState, { state: 'ready' }>

export interface MprPaneProps {
  readonly name: PlaneName
  readonly volume: ReadyVolume
  readonly crossing: Crossing
  readonly slab: Slab
  readonly voi: Voi
  readonly view: View
  readonly active: boolean
  readonly onActive: () => void
  readonly onCentre: (centre: Vector) => void
  readonly onScroll: (steps: number) => void
  readonly onVoi: (voi: Voi) => void
  readonly onView: (change: (view: View) => View) => void
}

interface Cut {
  readonly plane: CutPlane
  readonly values: Volume['values']
}

const ZOOM_STEP = 1.25

export const TITLES: Readonly<Record<PlaneName, string>> = { axial: 'Axial', coronal: 'Coronal', sagittal: 'Sagittal' }

export function MprPane(props: MprPaneProps) {
  const { name, volume, crossing, slab, voi, view, active } = props
  const { geometry, cutter, sample } = volume
  const element = useRef<HTMLDivElement>(null)
  const plane = useMemo(() => planeOf(geometry, crossing, name), [geometry, crossing, name])
  const [cut, setCut] = useState<Cut>()
  useEffect(() => cutter.cut(name, plane, slab, (values) => setCut({ plane, values })), [cutter, name, plane, slab])
  const frame = useMemo(() => cut && frameOf(cut, volume), [cut, volume])
  const scene = useMemo((): Scene | undefined => frame && { frame, voi, invert: false, view }, [frame, voi, view])
  const { area, drawn, kind } = useSurface(element, scene)
  const shown = drawn && cut && drawn.frame === frame && cut.plane === plane
  const scale = window.devicePixelRatio
  const drag = useRef<{ readonly button: number; x: number; y: number; voi: Voi }>(undefined)

  const onPicture = (event: { readonly clientX: number; readonly clientY: number }) => {
    const box = element.current?.getBoundingClientRect()
    if (!box || !frame) return undefined
    const at = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale] as const
    return toPicture(view, frame.image, area, at)
  }
  const centre = (event: { readonly clientX: number; readonly clientY: number }) => {
    const at = onPicture(event)
    if (at && cut) props.onCentre(pointOf(cut.plane, at))
  }
  // React listens to wheels passively; the page must not scroll under the picture.
  const wheel = useRef<(event: WheelEvent) => void>(undefined)
  useEffect(() => {
    wheel.current = (event) => {
      event.preventDefault()
      const box = element.current?.getBoundingClientRect()
      if (!event.ctrlKey || !frame || !box) return props.onScroll(Math.sign(event.deltaY))
      const from = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2] as const
      const factor = event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP
      props.onView((now) => zoomAt(now, frame.image, area, factor, [from[0] * scale, from[1] * scale]))
    }
  })
  useEffect(() => {
    const on = element.current?.parentElement
    const call = (event: WheelEvent) => wheel.current?.(event)
    on?.addEventListener('wheel', call, { passive: false })
    return () => on?.removeEventListener('wheel', call)
  }, [])

  const zoom = (factor: number) => frame && props.onView((now) => zoomAt(now, frame.image, area, factor, [0, 0]))
  useShortcuts(
    `${TITLES[name]} plane`,
    active
      ? [
          { keys: ['+'], does: 'Larger', run: () => zoom(ZOOM_STEP) },
          { keys: ['-'], does: 'Smaller', run: () => zoom(1 / ZOOM_STEP) },
          { keys: ['='], does: 'Fit', run: () => props.onView(() => FIT) },
        ]
      : [],
  )

  const letters = lettersOf([...plane.right, ...plane.down])
  const corners = useMemo(() => cornersOf(sample.ref), [sample])
  const turnedBy = obliquityOf(crossing, name)
  const [cx, cy] = pixelOf(plane, crossing.centre)
  return (
    <section
      className={styles.pane}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the picture takes keys and pointers
      tabIndex={0}
      aria-label={`${TITLES[name]} plane`}
      data-mpr={name}
      data-active={active}
      data-state={shown ? 'shown' : 'loading'}
      data-centre={crossing.centre.map((one) => one.toFixed(2)).join('\\')}
      data-turned={turnedBy}
      data-renderer={kind}
      data-size={`${plane.columns}x${plane.rows}`}
      onFocus={props.onActive}
      onContextMenu={(event) => event.preventDefault()}
      onPointerDown={(event) => {
        props.onActive()
        event.currentTarget.setPointerCapture(event.pointerId)
        drag.current = { button: event.button, x: event.clientX, y: event.clientY, voi }
        if (event.button === 0) centre(event)
      }}
      onPointerMove={(event) => {
        const from = drag.current
        if (!from) return
        if (from.button === 0) centre(event)
        else if (from.button === 2) props.onVoi(dragged(from.voi, event.clientX - from.x, event.clientY - from.y))
        else {
          const [right, down] = [(event.clientX - from.x) * scale, (event.clientY - from.y) * scale]
          from.x = event.clientX
          from.y = event.clientY
          props.onView((now) => ({ ...now, pan: [now.pan[0] + right, now.pan[1] + down] }))
        }
      }}
      onPointerUp={() => {
        drag.current = undefined
      }}
    >
      <div ref={element} className={styles.surface} />
      {drawn && cut && (
        <svg className={styles.lines} aria-hidden="true">
          {PLANES.filter((other) => other !== name).map((other) => {
            const [dx, dy] = lineOf(crossing, name, other)
            const ends = [-2000, 2000].map((far) =>
              toScreen(view, drawn.frame.image, area, [cx + dx * far, cy + dy * far]).map((one) => one / scale),
            )
            return (
              <line
                key={other}
                className={styles[other]}
                x1={ends[0]?.[0]}
                y1={ends[0]?.[1]}
                x2={ends[1]?.[0]}
                y2={ends[1]?.[1]}
              />
            )
          })}
        </svg>
      )}
      <div className={overlay.overlay} aria-hidden="true">
        <div className={overlay.topLeft}>
          {corners.topLeft.map((line) => (
            <div key={line} dir="auto">
              {line}
            </div>
          ))}
        </div>
        <div className={overlay.bottomLeft}>
          <div className={overlay.processed} data-computed="">
            COMPUTED: {TITLES[name]}
            {turnedBy > 0 && `, oblique by ${turnedBy}°`}
            {slab.thickness > 0 && `, ${SLABS[slab.mode]} of ${formatNumber(slab.thickness)} mm`}
            <br />
            from {geometry.slices} slices; not an image as it came
          </div>
          <div>
            W {formatNumber(voi.width)} L {formatNumber(voi.center)} {sample.facts.rescale?.unit ?? ''}
          </div>
        </div>
        <span className={overlay.left}>{letters.left}</span>
        <span className={overlay.right}>{letters.right}</span>
        <span className={overlay.top}>{letters.top}</span>
        <span className={overlay.bottom}>{letters.bottom}</span>
      </div>
    </section>
  )
}

export const SLABS: Readonly<Record<Slab['mode'], string>> = {
  max: 'maximum (MIP)',
  min: 'minimum (MinIP)',
  mean: 'mean',
}

/** What was cut, as a frame that surfaces can draw. */
function frameOf({ plane, values }: Cut, { sample, least, greatest }: ReadyVolume): ShownFrame {
  const { columns, rows, right, down, origin, pixel } = plane
  return {
    ref: sample.ref,
    facts: {
      ...sample.facts,
      position: [...origin],
      orientation: [...right, ...down],
      spacing: [pixel, pixel],
    },
    image: { ...sample.image, columns, rows, aspect: 1 },
    tables: [],
    pixels: { kind: 'values', data: values, least, greatest },
  }
}

export const WHOLE: Readonly<Record<PlaneName, View>> = { axial: FIT, coronal: FIT, sagittal: FIT }
