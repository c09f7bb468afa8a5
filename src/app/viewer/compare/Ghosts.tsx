/** Ghosts of the other study's lesions over the picture, and the way to say that one is the same here. */
import { useSyncExternalStore } from 'react'
import { useBook } from '../measure/book.ts'
import type { Place } from '../measure/drawing.ts'
import { planeOfFrame } from '../model/slice-plane.ts'
import { type Area, toScreen } from '../model/view.ts'
import { pathOf } from '../panes/Measurements.tsx'
import { useStage } from '../panes/stage.ts'
import type { Scene } from '../surface/surface.ts'
import styles from './Ghosts.module.css'
import { ghostsOn, type Tier } from './ghosts.ts'

export interface GhostsProps {
  readonly pane: string
  readonly study: string
  readonly drawn: Scene
  readonly area: Area
  readonly place: Place
}

const TIERS: Readonly<Record<Tier, string>> = {
  'frame of reference': 'same frame of reference',
  'linked slice': 'linked at slice, about here',
  'table position': 'by table position, not registered',
}
/** Where a slice does not say how thick it is, mm. */
const USUAL_THICKNESS = 3

export function Ghosts({ pane, study, drawn, area, place }: GhostsProps) {
  const { pair } = useStage()
  const { state, dispatch } = useBook()
  const offset = useSyncExternalStore(pair.subscribe, () => pair.offsetTo(pane))
  const others = useSyncExternalStore(pair.subscribe, () => pair.others(pane))
  const plane = planeOfFrame(drawn.frame.ref, drawn.frame.facts)
  if (!plane || others.length === 0) return null
  const thickness = drawn.frame.facts.sliceThickness ?? USUAL_THICKNESS
  const ghosts = ghostsOn({ study, plane, thickness, all: state.all, others, offset })
  const scale = window.devicePixelRatio
  return (
    <>
      {ghosts.map(({ of, points, tier }) => {
        const at = points.map((point): readonly [number, number] => {
          const [x, y] = toScreen(drawn.view, drawn.frame.image, area, point)
          return [x / scale, y / scale]
        })
        const [left, top] = at.reduce((low, point) => (point[1] > low[1] ? point : low), at[0] ?? [0, 0])
        return (
          <div key={of.id}>
            <svg className={styles.layer} aria-hidden="true">
              <path className={styles.ghost} d={pathOf(of.kind, at)} />
            </svg>
            <button
              type="button"
              className={styles.same}
              data-ghost={of.lesion.name}
              data-tier={tier}
              style={{ left: left + 12, top: top + 12 }}
              title={`${of.lesion.name} of the other study: ${TIERS[tier]}`}
              onPointerDown={(event) => event.stopPropagation()}
              onClick={() => dispatch({ type: 'place', kind: of.kind, place, lesion: of.lesion, points })}
            >
              {of.lesion.name}: the same lesion here
              <span className={styles.tier}>{TIERS[tier]}</span>
            </button>
          </div>
        )
      })}
    </>
  )
}
