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
import { PreferPrior } from './compare/PreferPrior.tsx'
import { PriorSide } from './compare/PriorSide.tsx'
import { SyncBar } from './compare/SyncBar.tsx'
import { usePrior } from './compare/use-prior.ts'
import { gridOf, LAYOUTS, type Layout } from './layouts.ts'
import { BookContext, useNewBook } from './measure/book.ts'
import type { FrameSet } from './model/frame-sets.ts'
import { keyImagesOf } from './model/key-objects.ts'
import { withSavedViews } from './model/saved-view-sets.ts'
import { MprView } from './mpr/MprView.tsx'
import { Pane } from './panes/Pane.tsx'
import { openPairBoard, openPlaneBoard, type PanelName, StageContext, useKeyMarks } from './panes/stage.ts'
import { SeriesStrip } from './SeriesStrip.tsx'
import { Tiles } from './Tiles.tsx'
import { inOrder, type SeriesSets, useFrameSets } from './use-frame-sets.ts'
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
    readonly layout?: Layout | undefined
  }
}

export function Viewer({ study, series, instances, wanted }: ViewerProps) {
  const navigate = useNavigate()
  const store = useFrameStore()
  const ordered = useMemo(() => inOrder(series), [series])
  const firstSeries = ordered.some((one) => one.series === wanted.series) ? wanted.series : ordered[0]?.series
  const asKept = useFrameSets(study.study, ordered, instances, firstSeries)
  const all = useSavedViews(asKept)

  // The set of each place, as far as a person chose one.
  const [chosen, setChosen] = useState<ReadonlyMap<number, string>>(new Map())
  const [tile, setTile] = useState(0)
  const [tools, setTools] = useState<HTMLElement | null>(null)
  const [side, setSide] = useState<HTMLElement | null>(null)
  const [panel, setPanel] = useState<PanelName>()
  const [planes] = useState(openPlaneBoard)
  const [link] = useState(openLink)
  const [pair] = useState(() => openPairBoard(link))
  const book = useNewBook(study.study)

  const ofStudy = all.flatMap((one) => one.sets ?? [])
  const { marked, set: keyImages } = useKeyImages(asKept)
  const marks = useKeyMarks()
  const sets = keyImages ? [...ofStudy, keyImages] : ofStudy
  const ofSeries = all.find((one) => one.series.series === firstSeries)
  const set = sets.find(({ key }) => key === chosen.get(0)) ?? holding(ofSeries?.sets ?? [], wanted.image)
  const choice = usePrior(study, wanted.prior)
  const [active, setActive] = useState<Side>('a')
  const comparing = wanted.prior !== undefined
  const layout = comparing ? '1x1' : (wanted.layout ?? '1x1')
  const placed = tilesOf(set, ofStudy, sets, chosen, layout)
  const at = Math.min(tile, placed.length - 1)
  const here = placed[at]

  /** Puts a set where the active picture is; of a study alone, in the address too. */
  function choose(next: FrameSet | undefined) {
    if (!next) return
    setChosen(new Map([...chosen, [at, next.key]]))
    if (at === 0) go({ series: next.series, image: undefined })
  }
  function go(change: Partial<ViewerProps['wanted']>) {
    const { series, image, prior, layout } = { ...wanted, ...change }
    void navigate({
      to: '/v/$study',
      params: { study: study.study },
      search: { series, image, prior, layout },
      replace: true,
    })
  }
  const show = (next: Layout) => go({ layout: next === '1x1' ? undefined : next, prior: undefined })
  const step = (by: number) => show(LAYOUTS[(LAYOUTS.indexOf(layout) + by + LAYOUTS.length) % LAYOUTS.length] ?? '1x1')
  const following = (by: number) => sets[sets.findIndex(({ key }) => key === here?.key) + by]
  const stage = useMemo(
    () => ({ tools, side, panel, setPanel, planes, keyImages: marked, marks, pair }),
    [tools, side, panel, planes, marked, marks, pair],
  )

  useShortcuts('Viewer', [
    { keys: ['PageDown', 'j'], does: 'Next series', run: () => choose(following(1)) },
    { keys: ['PageUp', 'k'], does: 'Series before', run: () => choose(following(-1)) },
    {
      keys: ['Escape'],
      does: 'Back to the study page',
      run: () => void navigate({ to: '/s/$study', params: { study: study.study } }),
    },
    { keys: ['.'], does: 'More pictures side by side', run: () => step(1) },
    { keys: [','], does: 'Fewer pictures side by side', run: () => step(-1) },
    {
      keys: ['Shift+x'],
      does: 'Three planes through the series, and back',
      run: () => show(layout === 'mpr' ? '1x1' : 'mpr'),
    },
    { keys: ['g w'], does: 'Go to the worklist', run: () => void navigate({ to: '/' }) },
    { keys: ['f'], does: 'Full screen on and off', run: toggleFullScreen },
    { keys: ['?'], does: 'Keys of this screen', run: openHelp },
  ])

  return (
    <BookContext value={book}>
      <StageContext value={stage}>
        <div className={styles.viewer} data-comparing={comparing} data-panel={panel !== undefined}>
          <ViewerHeader
            study={study}
            comparing={comparing}
            onPrior={comparing ? choice.close : choice.next}
            layout={layout}
            onLayout={show}
          />
          <section ref={setTools} className={styles.tools} aria-label="Tools" />
          <SeriesStrip
            all={all}
            store={store}
            chosen={here?.key}
            keyImages={keyImages}
            marked={marked}
            onChoose={choose}
          />
          <main className={comparing ? `${styles.main} ${compare.pair}` : styles.main}>
            {comparing && (
              <div key="bar" className={compare.bar}>
                <span role="status" data-reasons="">
                  {choice.says}
                </span>
                {choice.prior && <PreferPrior study={study.study} prior={choice.prior} priors={choice.priors} />}
                {choice.prior && <SyncBar link={link} />}
              </div>
            )}
            <section
              key="a"
              className={compare.side}
              aria-label="Current study"
              data-active={comparing && active === 'a'}
            >
              {comparing && <PaneHeader letter="A" study={study} when="current" />}
              <div className={compare.picture}>
                {set && store && layout === 'mpr' ? (
                  <MprView key={set.key} set={set} store={store} onLeave={() => show('1x1')} />
                ) : set && store && layout !== '1x1' ? (
                  <Tiles
                    layout={layout}
                    sets={placed}
                    store={store}
                    study={study}
                    instances={instances}
                    active={at}
                    onActive={setTile}
                    startAt={startIn(set, wanted.image)}
                  />
                ) : set && store ? (
                  <Pane
                    set={set}
                    store={store}
                    study={study}
                    instances={instances}
                    startAt={startIn(set, wanted.image)}
                    linked={
                      comparing
                        ? {
                            joint: link.joints.a,
                            name: 'a',
                            label: 'Current image',
                            active: active === 'a',
                            onActive: () => setActive('a'),
                          }
                        : undefined
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
          <aside
            ref={setSide}
            className={styles.panel}
            aria-label={panel === undefined ? undefined : 'Panel'}
            hidden={panel === undefined}
          />
        </div>
      </StageContext>
    </BookContext>
  )
}

/** States of the study as the images they show; the same as long as the same sets are there. */
function useSavedViews(all: readonly SeriesSets[]): readonly SeriesSets[] {
  const signature = all.map(({ sets, error }) => (error ? '!' : (sets?.length ?? '-'))).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was received does not change; sets only come
  const shown = useMemo(() => {
    const of = all.flatMap((one) => one.sets ?? [])
    return new Map(all.map(({ series, sets }) => [series.series, sets && withSavedViews(sets, of)]))
  }, [signature])
  return all.map((one) => ({ ...one, sets: shown.get(one.series.series) ?? one.sets }))
}

/** The same as long as the same sets are there. */
function useKeyImages(all: readonly SeriesSets[]) {
  const signature = all.map(({ sets }) => sets?.length ?? '-').join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was received does not change; sets only come
  return useMemo(() => keyImagesOf(all.flatMap((one) => one.sets ?? [])), [signature])
}

/** What stands in each place: what was chosen for it, else the sets after the first in order. */
function tilesOf(
  first: FrameSet | undefined,
  ofStudy: readonly FrameSet[],
  sets: readonly FrameSet[],
  chosen: ReadonlyMap<number, string>,
  layout: Layout,
): readonly (FrameSet | undefined)[] {
  const { rows, columns } = gridOf(layout)
  const images = ofStudy.filter(({ frames, savedView }) => frames.length > 0 && !savedView)
  const from = images.findIndex(({ key }) => key === first?.key)
  return Array.from({ length: rows * columns }, (_, at) =>
    at === 0
      ? first
      : (sets.find(({ key }) => key === chosen.get(at)) ?? images[(Math.max(0, from) + at) % images.length]),
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
