/** Several pictures of one study: each tile has a set of its own, the active one takes keys and what the strip gives. */
import { useState, useSyncExternalStore } from 'react'
import type { StudyRow } from '../../api/studies.ts'
import { useShortcuts } from '../shell/keys.ts'
import { openTileLink } from './compare/tiles.ts'
import type { FrameStore } from './frames/frame-store.ts'
import { gridOf, type Layout } from './layouts.ts'
import type { FrameSet } from './model/frame-sets.ts'
import { Pane } from './panes/Pane.tsx'
import styles from './Viewer.module.css'
import type { Instances } from './viewer-queries.ts'

export interface TilesProps {
  readonly layout: Layout
  /** Of each tile; undefined for one that has nothing to show. */
  readonly sets: readonly (FrameSet | undefined)[]
  readonly store: FrameStore
  readonly study: StudyRow
  readonly instances: Instances
  readonly active: number
  readonly onActive: (tile: number) => void
  /** Where the first tile begins. */
  readonly startAt: number | undefined
}

export function Tiles({ layout, sets, store, study, instances, active, onActive, startAt }: TilesProps) {
  const [link] = useState(openTileLink)
  const together = useSyncExternalStore(link.subscribe, link.isOn)
  useShortcuts('Pictures', [
    { keys: ['y'], does: 'Same places together: on and off', run: () => link.set(!together) },
    {
      keys: ['Alt+ArrowRight'],
      does: 'Next picture takes the keys',
      run: () => onActive((active + 1) % sets.length),
    },
    {
      keys: ['Alt+ArrowLeft'],
      does: 'Picture before takes the keys',
      run: () => onActive((active + sets.length - 1) % sets.length),
    },
  ])
  const { rows, columns } = gridOf(layout)
  return (
    <div
      className={styles.tiles}
      data-layout={layout}
      data-together={together}
      style={{
        gridTemplate: `repeat(${rows}, minmax(0, 1fr)) / repeat(${columns}, minmax(0, 1fr))`,
      }}
    >
      {sets.map((set, tile) => (
        <section
          // biome-ignore lint/suspicious/noArrayIndexKey: a tile is its place
          key={tile}
          className={styles.tile}
          aria-label={`Picture ${tile + 1} of ${sets.length}`}
          data-tile={tile}
          data-active={tile === active}
        >
          {set ? (
            <Pane
              set={set}
              store={store}
              study={study}
              instances={instances}
              startAt={tile === 0 ? startAt : undefined}
              linked={{
                joint: link.joint(tile),
                name: `tile ${tile + 1}`,
                label: `Image ${tile + 1}`,
                active: tile === active,
                onActive: () => onActive(tile),
              }}
            />
          ) : (
            <p className={styles.waiting}>Choose a series for this place.</p>
          )}
        </section>
      ))}
    </div>
  )
}
