/** The viewer of one study: series on the left, the image on the right, identity above. It arranges; panes show. */
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { SeriesRow, StudyRow } from '../../api/studies.ts'
import { openHelp } from '../shell/help-state.ts'
import { useShortcuts } from '../shell/keys.ts'
import { ErrorState } from '../ui/states.tsx'
import compare from './compare/Compare.module.css'
import { openLink, type Side } from './compare/link.ts'
import { PaneHeader } from './compare/PaneHeader.tsx'
import { PriorSide } from './compare/PriorSide.tsx'
import { SyncBar } from './compare/SyncBar.tsx'
import { usePrior } from './compare/use-prior.ts'
import type { FrameSet } from './model/frame-sets.ts'
import { Pane } from './panes/Pane.tsx'
import { SeriesStrip } from './SeriesStrip.tsx'
import { inOrder, useFrameSets } from './use-frame-sets.ts'
import { useFrameStore } from './use-frame-store.ts'
import styles from './Viewer.module.css'
import { ViewerHeader } from './ViewerHeader.tsx'
import type { Instances } from './viewer-queries.ts'

export interface ViewerProps {
  readonly study: StudyRow
  readonly series: readonly SeriesRow[]
  readonly instances: Instances
  /** What the address asks for. */
  readonly wanted: {
    readonly series?: string | undefined
    readonly image?: string | undefined
    readonly prior?: string | undefined
  }
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
  const choice = usePrior(study, wanted.prior)
  const [link] = useState(openLink)
  const [active, setActive] = useState<Side>('a')
  const comparing = wanted.prior !== undefined
  const at = set ? sets.findIndex(({ key }) => key === set.key) : -1

  function choose(next: FrameSet | undefined) {
    if (!next) return
    setChosen(next.key)
    void navigate({
      to: '/v/$study',
      params: { study: study.study },
      search: { series: next.series, image: undefined, prior: wanted.prior },
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
    <div className={styles.viewer} data-comparing={comparing}>
      <ViewerHeader study={study} comparing={comparing} onPrior={comparing ? choice.close : choice.next} />
      <SeriesStrip all={all} store={store} chosen={set?.key} onChoose={choose} />
      <main className={comparing ? `${styles.main} ${compare.pair}` : styles.main}>
        {comparing && (
          <div key="bar" className={compare.bar}>
            <span role="status" data-reasons="">
              {choice.says}
            </span>
            {choice.prior && <SyncBar link={link} />}
          </div>
        )}
        <section key="a" className={compare.side} aria-label="Current study" data-active={comparing && active === 'a'}>
          {comparing && <PaneHeader letter="A" study={study} when="current" />}
          <div className={compare.picture}>
            {set && store ? (
              <Pane
                set={set}
                store={store}
                study={study}
                instances={instances}
                startAt={startIn(set, wanted.image)}
                linked={
                  comparing ? { link, side: 'a', active: active === 'a', onActive: () => setActive('a') } : undefined
                }
              />
            ) : ofSeries?.error ? (
              <ErrorState error={ofSeries.error} what="this series" onRetry={ofSeries.retry} />
            ) : (
              <p className={styles.waiting} role="status">
                Reading the series…
              </p>
            )}
          </div>
        </section>
        {comparing && (
          <section key="b" className={compare.side} aria-label="Prior study" data-active={active === 'b'}>
            {choice.error ? (
              <ErrorState error={choice.error} what="the priors" onRetry={choice.retry} />
            ) : (
              choice.prior &&
              set && (
                <PriorSide
                  key={choice.prior}
                  current={study}
                  set={set}
                  prior={choice.prior}
                  link={link}
                  active={active === 'b'}
                  onActive={() => setActive('b')}
                />
              )
            )}
          </section>
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

function toggleFullScreen(): void {
  const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()
  done.catch(() => undefined)
}
