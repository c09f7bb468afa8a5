/** The earlier study beside the current one: its set that fits the one shown, its date, and why it was brought. */
import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { SeriesRow, StudyRow } from '../../../api/studies.ts'
import { instancesQuery, studyQuery } from '../../http/queries.ts'
import { ErrorState } from '../../ui/states.tsx'
import { ageOn } from '../../words/dates.ts'
import type { FrameSet } from '../model/frame-sets.ts'
import { Pane } from '../panes/Pane.tsx'
import { inOrder, useFrameSets } from '../use-frame-sets.ts'
import { useFrameStore } from '../use-frame-store.ts'
import type { Instances } from '../viewer-queries.ts'
import styles from './Compare.module.css'
import type { Link } from './link.ts'
import { PaneHeader } from './PaneHeader.tsx'
import { pairOf } from './pairing.ts'

export interface PriorSideProps {
  readonly current: StudyRow
  /** What is shown of the current study. */
  readonly set: FrameSet
  readonly prior: string
  readonly link: Link
  readonly active: boolean
  readonly onActive: () => void
}

export function PriorSide(props: PriorSideProps) {
  const page = useQuery(studyQuery(props.prior))
  const objects = useQuery(instancesQuery(props.prior))
  const error = page.error ?? objects.error
  if (error)
    return (
      <ErrorState
        error={error}
        what="the prior"
        onRetry={() => void Promise.all([page.refetch(), objects.refetch()])}
      />
    )
  if (!page.data || !objects.data) return <Waiting />
  // Whoever typed the address, or whatever changed meanwhile: two patients never stand side by side.
  if (page.data.study.patient !== props.current.patient || page.data.study.patient === '')
    return (
      <p className={styles.refused} role="alert">
        This study is not of the same patient. It is not shown beside the current one.
      </p>
    )
  return <Loaded {...props} study={page.data.study} series={page.data.series} instances={objects.data.instances} />
}

const Waiting = () => (
  <p className={styles.waiting} role="status">
    Opening the prior…
  </p>
)

interface LoadedProps extends PriorSideProps {
  readonly study: StudyRow
  readonly series: readonly SeriesRow[]
  readonly instances: Instances
}

function Loaded({ current, set, link, active, onActive, study, series, instances }: LoadedProps) {
  const store = useFrameStore()
  const ordered = useMemo(() => inOrder(series), [series])
  const all = useFrameSets(study.study, ordered, instances, undefined)
  // By hand, for as long as the current set stays: a pair that was chosen sticks.
  const [byHand, setByHand] = useState<ReadonlyMap<string, string>>(new Map())
  const settled = all.every(({ sets, error }) => sets !== undefined || error)
  const sets = settled ? all.flatMap((one) => one.sets ?? []) : []
  const paired = sets.find(({ key }) => key === byHand.get(set.key)) ?? pairOf(set, sets)
  const before = ageOn(study.studyDate, current.studyDate)
  return (
    <>
      <PaneHeader letter="B" study={study} when={before === '' ? '' : `${before} before`}>
        {sets.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label="Series of the prior"
            value={paired?.key ?? ''}
            onChange={({ currentTarget: { value } }) => setByHand(new Map([...byHand, [set.key, value]]))}
            data={all.flatMap(({ series: one, sets: own }) =>
              (own ?? [])
                .filter(({ frames }) => frames.length > 0)
                .map(({ key, frames }) => ({
                  value: key,
                  label: `${one.number ?? ''} ${one.description || 'No description'} (${frames.length})`.trim(),
                })),
            )}
          />
        )}
      </PaneHeader>
      <div className={styles.picture}>
        {!settled || !store ? (
          <Waiting />
        ) : paired ? (
          <Pane
            set={paired}
            store={store}
            study={study}
            instances={instances}
            startAt={undefined}
            linked={{ joint: link.joints.b, name: 'b', label: 'Prior image', active, onActive }}
          />
        ) : (
          <p className={styles.waiting} role="status">
            The prior holds no image.
          </p>
        )}
      </div>
    </>
  )
}
