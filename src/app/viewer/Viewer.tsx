/** The viewer of one study: series on the left, the image on the right, identity above. It arranges; panes show. */
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import type { SeriesRow, StudyRow } from '../../api/studies.ts'
import { openHelp } from '../shell/help-state.ts'
import { useShortcuts } from '../shell/keys.ts'
import { ErrorState } from '../ui/states.tsx'
import { type FrameStore, openFrameStore } from './frames/frame-store.ts'
import type { FrameSet } from './model/frame-sets.ts'
import { Pane } from './panes/Pane.tsx'
import { SeriesStrip } from './SeriesStrip.tsx'
import { inOrder, useFrameSets } from './use-frame-sets.ts'
import styles from './Viewer.module.css'
import { ViewerHeader } from './ViewerHeader.tsx'
import type { Instances } from './viewer-queries.ts'

export interface ViewerProps {
  readonly study: StudyRow
  readonly series: readonly SeriesRow[]
  readonly instances: Instances
  /** What the address asks for. */
  readonly wanted: { readonly series?: string | undefined; readonly image?: string | undefined }
}

export function Viewer({ study, series, instances, wanted }: ViewerProps) {
  const navigate = useNavigate()
  const store = useFrameStore()
  const ordered = useMemo(() => inOrder(series), [series])
  const firstSeries = ordered.some((one) => one.series === wanted.series) ? wanted.series : ordered[0]?.series
  const all = useFrameSets(study.study, ordered, instances, firstSeries)
  const [chosen, setChosen] = useState<string>()

  const sets = all.flatMap((one) => one.sets ?? [])
  const ofSeries = all.find((one) => one.series.series === firstSeries)
  const set = sets.find(({ key }) => key === chosen) ?? holding(ofSeries?.sets ?? [], wanted.image)
  const at = set ? sets.findIndex(({ key }) => key === set.key) : -1

  function choose(next: FrameSet | undefined) {
    if (!next) return
    setChosen(next.key)
    void navigate({
      to: '/v/$study',
      params: { study: study.study },
      search: { series: next.series, image: undefined },
      replace: true,
    })
  }

  useShortcuts('Viewer', [
    { keys: ['PageDown', 'j'], does: 'Next series', run: () => choose(sets[at + 1]) },
    { keys: ['PageUp', 'k'], does: 'Series before', run: () => choose(sets[at - 1]) },
    {
      keys: ['Escape'],
      does: 'Back to the study page',
      run: () => void navigate({ to: '/s/$study', params: { study: study.study } }),
    },
    { keys: ['g w'], does: 'Go to the worklist', run: () => void navigate({ to: '/' }) },
    { keys: ['f'], does: 'Full screen on and off', run: toggleFullScreen },
    { keys: ['?'], does: 'Keys of this screen', run: openHelp },
  ])

  return (
    <div className={styles.viewer}>
      <ViewerHeader study={study} />
      <SeriesStrip all={all} store={store} chosen={set?.key} onChoose={choose} />
      <main className={styles.main}>
        {set && store ? (
          <Pane set={set} store={store} study={study} instances={instances} startAt={startIn(set, wanted.image)} />
        ) : ofSeries?.error ? (
          <ErrorState error={ofSeries.error} what="this series" onRetry={ofSeries.retry} />
        ) : (
          <p className={styles.waiting} role="status">
            Reading the series…
          </p>
        )}
      </main>
    </div>
  )
}

/** The set that holds the image asked for, else the first one. */
function holding(sets: readonly FrameSet[], image: string | undefined): FrameSet | undefined {
  const found =
    image === undefined ? undefined : sets.find((set) => indexOf(set, image) >= 0 || set.document?.sop === image)
  return found ?? sets[0]
}

function startIn(set: FrameSet, image: string | undefined): number | undefined {
  const found = image === undefined ? -1 : indexOf(set, image)
  return found < 0 ? undefined : found
}

const indexOf = (set: FrameSet, image: string) => set.frames.findIndex(({ object }) => object.sop === image)

function useFrameStore(): FrameStore | undefined {
  const [store, setStore] = useState<FrameStore>()
  useEffect(() => {
    const opened = openFrameStore()
    setStore(opened)
    return () => opened.close()
  }, [])
  return store
}

function toggleFullScreen(): void {
  const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()
  done.catch(() => undefined)
}
