/** Three planes through one series, at right angles, which move and turn together (MPR); slabs of them (MIP). */
import { Button, NativeSelect } from '@mantine/core'
import { useMemo, useState } from 'react'
import { createPortal } from 'react-dom'
import type { Slab, SlabMode } from '../../../pixels/volume.ts'
import { useShortcuts } from '../../shell/keys.ts'
import { ErrorState } from '../../ui/states.tsx'
import type { FrameStore } from '../frames/frame-store.ts'
import type { FrameSet } from '../model/frame-sets.ts'
import type { View } from '../model/view.ts'
import { presetsFor, type Voi } from '../model/voi.ts'
import { voiOf } from '../panes/pane-state.ts'
import { useStage } from '../panes/stage.ts'
import toolbar from '../panes/Toolbar.module.css'
import { WindowFields } from '../panes/WindowFields.tsx'
import styles from './Mpr.module.css'
import { MprPane, type ReadyVolume, SLABS, TITLES, WHOLE } from './MprPane.tsx'
import { begin, PLANES, type PlaneName, scrolled, turned } from './planes.ts'
import { useVolume } from './use-volume.ts'

export interface MprViewProps {
  readonly set: FrameSet
  readonly store: FrameStore
  /** Back to the series as it came. */
  readonly onLeave: () => void
}

export function MprView({ set, store, onLeave }: MprViewProps) {
  const volume = useVolume(set, store)
  if (volume.state === 'refused')
    return (
      <div className={styles.refused} role="alert" data-mpr-refused="">
        <p>No planes can be computed from this series: {volume.why}.</p>
        <Button variant="default" onClick={onLeave}>
          Back to the series
        </Button>
      </div>
    )
  if (volume.state === 'failed') return <ErrorState error={volume.error} what="the volume" onRetry={volume.retry} />
  if (volume.state === 'reading')
    return (
      <div className={styles.refused} role="status">
        <p>
          Reading slice {volume.read} of {volume.of}…
        </p>
        <progress aria-label="Slices read" max={volume.of} value={volume.read} />
      </div>
    )
  return <Planes volume={volume} onLeave={onLeave} />
}

const THICKNESSES = [0, 2, 5, 10, 20, 40]
const TURN = 5

function Planes({ volume, onLeave }: { readonly volume: ReadyVolume; readonly onLeave: () => void }) {
  const { geometry, sample, notes } = volume
  const { tools } = useStage()
  const [crossing, setCrossing] = useState(() => begin(geometry))
  const [active, setActive] = useState<PlaneName>('axial')
  const [slab, setSlab] = useState<Slab>({ mode: 'max', thickness: 0 })
  const [ownVoi, setVoi] = useState<Voi>()
  const [views, setViews] = useState(WHOLE)
  const voi = useMemo(() => voiOf({ voi: ownVoi, range: volume }, sample), [ownVoi, volume, sample])
  const presets = presetsFor(sample.facts, sample.tables, sample.ref.object.modality, volume)
  const step = Math.max(Math.min(geometry.step, ...geometry.pixel), 0.5)

  const scroll = (name: PlaneName, steps: number) => setCrossing((now) => scrolled(geometry, now, name, steps * step))
  const turn = (degrees: number) => setCrossing((now) => turned(now, active, degrees))
  const change = (name: PlaneName, by: (view: View) => View) => setViews((all) => ({ ...all, [name]: by(all[name]) }))
  const thicker = (by: number) => {
    const at = Math.max(0, THICKNESSES.indexOf(slab.thickness))
    setSlab({ ...slab, thickness: THICKNESSES[Math.max(0, Math.min(THICKNESSES.length - 1, at + by))] ?? 0 })
  }
  function reset() {
    setCrossing(begin(geometry))
    setSlab({ mode: 'max', thickness: 0 })
    setVoi(undefined)
    setViews(WHOLE)
  }
  useShortcuts('Three planes', [
    { keys: ['ArrowDown'], does: 'Plane on', run: () => scroll(active, 1) },
    { keys: ['ArrowUp'], does: 'Plane back', run: () => scroll(active, -1) },
    { keys: ['Shift+PageDown'], does: 'Ten planes on', run: () => scroll(active, 10) },
    { keys: ['Shift+PageUp'], does: 'Ten planes back', run: () => scroll(active, -10) },
    { keys: ['Shift+ArrowRight'], does: 'Turn the other two planes clockwise', run: () => turn(TURN) },
    { keys: ['Shift+ArrowLeft'], does: 'Turn them the other way', run: () => turn(-TURN) },
    { keys: ['Shift+ArrowUp'], does: 'Thicker slab', run: () => thicker(1) },
    { keys: ['Shift+ArrowDown'], does: 'Thinner slab', run: () => thicker(-1) },
    { keys: ['Space'], does: 'Straight, through the middle, as it began', run: reset },
    ...presets.map(({ says, ...preset }, at) => ({
      keys: [String(at + 1)],
      does: says,
      run: () => setVoi(preset),
    })),
  ])
  const bar = (
    <div className={toolbar.bar} role="toolbar" aria-label="Tools of the three planes">
      <span className={toolbar.group}>
        <NativeSelect
          size="xs"
          aria-label="Thickness of the slab"
          value={String(slab.thickness)}
          onChange={({ currentTarget: { value } }) => setSlab({ ...slab, thickness: Number(value) })}
          data={THICKNESSES.map((one) => ({ value: String(one), label: one === 0 ? 'One plane' : `${one} mm slab` }))}
        />
        <NativeSelect
          size="xs"
          aria-label="What of the slab is shown"
          value={slab.mode}
          onChange={({ currentTarget: { value } }) => setSlab({ ...slab, mode: value as SlabMode })}
          data={Object.entries(SLABS).map(([value, label]) => ({ value, label }))}
        />
      </span>
      <span className={toolbar.group}>
        <NativeSelect
          size="xs"
          aria-label="Window"
          value=""
          onChange={({ currentTarget: { value } }) => {
            const chosen = presets[Number(value)]
            if (value !== '' && chosen) setVoi({ ...chosen })
          }}
          data={[
            { value: '', label: 'Windows' },
            ...presets.map(({ says }, at) => ({ value: String(at), label: says })),
          ]}
        />
        <WindowFields voi={voi} onChange={setVoi} />
      </span>
      <span className={toolbar.group}>
        <Button size="compact-sm" variant="default" onClick={() => turn(-TURN)}>
          Turn left
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => turn(TURN)}>
          Turn right
        </Button>
        <Button size="compact-sm" variant="default" onClick={reset}>
          As it began
        </Button>
        <Button size="compact-sm" variant="default" onClick={onLeave}>
          Back to the series
        </Button>
      </span>
    </div>
  )
  return (
    <div className={styles.planes}>
      {tools && createPortal(bar, tools)}
      {PLANES.map((name) => (
        <MprPane
          key={name}
          name={name}
          volume={volume}
          crossing={crossing}
          slab={slab}
          voi={voi}
          view={views[name]}
          active={name === active}
          onActive={() => setActive(name)}
          onCentre={(centre) => setCrossing((now) => ({ ...now, centre }))}
          onScroll={(steps) => scroll(name, steps)}
          onVoi={setVoi}
          onView={(by) => change(name, by)}
        />
      ))}
      <div className={styles.words}>
        <p>
          {TITLES[active]} is active. Drag to move the point where the planes meet; the wheel scrolls; Shift with the
          left and right arrow turns the other two.
        </p>
        <p>
          Computed on the processor from {geometry.slices} slices, {geometry.step.toFixed(2)} mm apart. For orientation:
          measure on the images as they came.
        </p>
        {notes.map((note) => (
          <p key={note} data-volume-note="">
            {note}
          </p>
        ))}
      </div>
    </div>
  )
}
