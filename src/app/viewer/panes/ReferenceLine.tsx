/** Where the slice of the active pane lies in this one. */
import { useSyncExternalStore } from 'react'
import { cutOf, planeOfFrame } from '../model/slice-plane.ts'
import { type Area, toScreen } from '../model/view.ts'
import type { Scene } from '../surface/surface.ts'
import styles from './Measurements.module.css'
import { useStage } from './stage.ts'

export interface ReferenceLineProps {
  readonly pane: string
  readonly drawn: Scene
  readonly area: Area
}

export function ReferenceLine({ pane, drawn, area }: ReferenceLineProps) {
  const { planes } = useStage()
  const other = useSyncExternalStore(planes.subscribe, () => planes.other(pane))
  const own = planeOfFrame(drawn.frame.ref, drawn.frame.facts)
  const cut = own && other && cutOf(own, other)
  if (!cut) return null
  const scale = window.devicePixelRatio
  const [from, to] = cut.map((point) => toScreen(drawn.view, drawn.frame.image, area, point).map((one) => one / scale))
  return (
    <svg
      className={styles.layer}
      aria-hidden="true"
      data-reference-line={cut.map((point) => point.join(',')).join(' ')}
    >
      <line className={styles.reference} x1={from?.[0]} y1={from?.[1]} x2={to?.[0]} y2={to?.[1]} />
    </svg>
  )
}
