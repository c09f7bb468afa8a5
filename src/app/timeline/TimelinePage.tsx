/** A patient over time: every study in its lane at its day, and two of them to be looked at side by side. */
import { Button, Checkbox } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useRouter, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Timeline as TimelineShape } from '../../api/record.ts'
import { priorsQuery, timelineQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { useShortcuts } from '../shell/keys.ts'
import { Icon } from '../ui/icons.tsx'
import { PatientName } from '../ui/PatientName.tsx'
import { Page, useTitle } from '../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx'
import { formatDate, formatSex } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'
import { type LaneKind, lanesOf } from './lanes.ts'
import { PairBar } from './PairBar.tsx'
import styles from './Timeline.module.css'
import { Timeline } from './Timeline.tsx'
import { TimelineList } from './TimelineList.tsx'
import { ZOOMS, type Zoom } from './time-scale.ts'

export interface TimelineSearch {
  readonly lanes?: LaneKind | undefined
  readonly zoom?: Zoom | undefined
  /** Without it: a list on narrow screens. */
  readonly view?: 'list' | 'timeline' | undefined
  /** Day in the middle of what is in sight, YYYYMMDD. */
  readonly at?: string | undefined
  /** Two studies to compare. */
  readonly a?: string | undefined
  readonly b?: string | undefined
  /** The lane that is followed, alone. */
  readonly only?: string | undefined
  /** Only this kind of examination: `CT`, `MR` … */
  readonly kind?: string | undefined
  /** Only studies with a report. */
  readonly reports?: 'yes' | undefined
}

export function TimelinePage() {
  const { patient } = useParams({ from: '/shell/p/$patient' })
  const timeline = useQuery(timelineQuery(patient))
  useTitle('Patient')
  if (timeline.data) return <Loaded key={patient} timeline={timeline.data} />
  return (
    <div className={styles.waiting}>
      {timeline.error ? (
        <ErrorState error={timeline.error} what="this patient" whole onRetry={() => void timeline.refetch()} />
      ) : (
        <SkeletonRows rows={6} height={92} heading="Patient" />
      )}
    </div>
  )
}

function Loaded({ timeline }: { readonly timeline: TimelineShape }) {
  const { patient, studies: all, contradictions, rejected } = timeline
  const session = useSession()
  const search: TimelineSearch = useSearch({ from: '/shell/p/$patient' })
  const navigate = useNavigate({ from: '/p/$patient' })
  const kind = search.lanes ?? 'region'
  const zoom = search.zoom ?? 'all'
  const router = useRouter()
  const change = (next: Partial<TimelineSearch>) => {
    // What was scrolled to is noted a moment later: by then one may be on the way to a study.
    if (!/^\/p\//.test(router.latestLocation.pathname)) return
    void navigate({ search: (now: TimelineSearch) => ({ ...now, ...next }), replace: true, resetScroll: false })
  }
  const open = (study: string, prior?: string) =>
    void navigate({ to: '/v/$study', params: { study }, search: { series: undefined, image: undefined, prior } })
  const step = (by: number) =>
    change({ zoom: ZOOMS[Math.max(0, Math.min(ZOOMS.length - 1, ZOOMS.indexOf(zoom) + by))] })
  // The same lists as long as nothing else is asked for: another list is another scale, and moves what is in sight.
  const families = useMemo(() => [...new Set(all.flatMap((study) => study.families))].sort(), [all])
  const some = useMemo(
    () =>
      all.filter(
        (study) =>
          (search.kind === undefined || study.families.includes(search.kind)) &&
          (search.reports === undefined || study.reports),
      ),
    [all, search.kind, search.reports],
  )
  const everyLane = useMemo(() => lanesOf(some, kind), [some, kind])
  const followed = everyLane.find(({ name }) => name === search.only)
  const lanes = useMemo(() => (followed ? [followed] : everyLane), [followed, everyLane])
  const studies = followed ? followed.studies : some
  const chosen =
    studies.find(({ study }) => study === search.a) ??
    studies.findLast(({ studyDate }) => studyDate !== '') ??
    studies[0]
  const other = all.find(({ study }) => study === search.b && study !== chosen?.study)
  const narrow = useMediaQuery('(max-width: 48em)') ?? false
  const list = (search.view ?? (narrow ? 'list' : 'timeline')) === 'list'
  const priors = useQuery({ ...priorsQuery(chosen?.study ?? ''), enabled: chosen !== undefined })
  const beside = other?.study ?? priors.data?.priors[0]?.study.study

  useShortcuts('Patient', [
    { keys: ['+'], does: 'Closer', run: () => step(1) },
    { keys: ['-'], does: 'Farther', run: () => step(-1) },
    {
      keys: ['m'],
      does: 'Lanes by region or by modality',
      run: () => change({ lanes: kind === 'region' ? 'modality' : undefined }),
    },
    { keys: ['l'], does: 'Timeline or list', run: () => change({ view: list ? 'timeline' : 'list' }) },
    {
      keys: ['f'],
      does: 'Follow the lane of A, or show all lanes',
      run: () =>
        change({
          only: followed ? undefined : everyLane.find((lane) => chosen && lane.studies.includes(chosen))?.name,
        }),
    },
    { keys: ['u'], does: 'Back to the worklist', run: () => void navigate({ to: '/' }) },
  ])

  const first = all.find(({ studyDate }) => studyDate !== '')?.studyDate.slice(0, 4)
  const last = all.findLast(({ studyDate }) => studyDate !== '')?.studyDate.slice(0, 4)
  const about = [
    formatSex(patient.sex),
    patient.birthDate && `born ${formatDate(patient.birthDate)}`,
    patient.issuer ? `${patient.id} (${patient.issuer})` : patient.id,
    counted(all.length, 'study', 'studies') + (first ? `, ${first === last ? first : `${first} to ${last}`}` : ''),
  ].filter(Boolean)
  return (
    <Page
      title="Patient timeline"
      about={
        <>
          <div className={styles.patient}>
            <PatientName value={patient.name} wrap />
          </div>
          <div>{about.join(' · ')}</div>
          {rejected > 0 && <div>{counted(rejected, 'study', 'studies')} rejected, and not shown</div>}
          {patient.otherNames.length > 0 && <div>Also written: {patient.otherNames.join(', ')}</div>}
          {patient.otherIds.length > 0 && (
            <div>
              Also known as{' '}
              {patient.otherIds.map(({ id, issuer }) => (issuer === '' ? id : `${id} (${issuer})`)).join(', ')}
            </div>
          )}
        </>
      }
      actions={
        <>
          {mayDo(session, 'evidence') && (
            <Button
              component="a"
              variant="default"
              href={`/api/patients/${patient.key}/capsule`}
              download
              leftSection={<Icon name="download" size={16} />}
              title="Every study with its originals and a page that shows them without this archive. Taking it out is an entry of the log."
            >
              Time capsule
            </Button>
          )}
          {mayDo(session, 'identity.see') && (
            <Button
              variant="default"
              renderRoot={(props) => <Link to="/persons/$patient" params={{ patient: patient.key }} {...props} />}
            >
              Identity
            </Button>
          )}
          {mayDo(session, 'audit.see') && (
            <Button
              variant="default"
              renderRoot={(props) => <Link to="/access/$patient" params={{ patient: patient.key }} {...props} />}
            >
              Who saw it
            </Button>
          )}
          <Button
            variant="default"
            renderRoot={(props) => (
              <Link to="/" search={{ q: patient.id, modality: undefined, date: undefined }} {...props} />
            )}
          >
            In the worklist
          </Button>
        </>
      }
    >
      {contradictions.length > 0 && (
        <p className={styles.warning} role="status">
          These studies have {contradictions.join(' and ')} under one number: perhaps they are of two persons. Priors
          are not offered across them.
        </p>
      )}
      <div className={styles.controls}>
        <Choice
          legend="Lanes"
          value={kind}
          options={[
            ['region', 'Region'],
            ['modality', 'Modality'],
          ]}
          onChange={(lanes) => change({ lanes: lanes === 'region' ? undefined : lanes })}
        />
        {!list && (
          <Choice
            legend="Zoom"
            value={zoom}
            options={[
              ['all', 'All'],
              ['years', 'Years'],
              ['months', 'Months'],
              ['days', 'Days'],
            ]}
            onChange={(next) => change({ zoom: next === 'all' ? undefined : next })}
          />
        )}
        <Choice
          legend="Shown as"
          value={list ? 'list' : 'timeline'}
          options={[
            ['timeline', 'Timeline'],
            ['list', 'List'],
          ]}
          onChange={(view) => change({ view })}
        />
        {families.length > 1 && (
          <Choice
            legend="Kind"
            value={search.kind !== undefined && families.includes(search.kind) ? search.kind : 'all'}
            options={[['all', 'All'], ...families.map((family) => [family, family] as const)]}
            onChange={(next) => change({ kind: next === 'all' ? undefined : next })}
          />
        )}
        {all.some((study) => study.reports) && (
          <Checkbox
            label="Only with reports"
            checked={search.reports === 'yes'}
            onChange={({ currentTarget: { checked } }) => change({ reports: checked ? 'yes' : undefined })}
          />
        )}
        {followed && (
          <Button variant="subtle" size="compact-md" onClick={() => change({ only: undefined })}>
            {followed.name} only: show all lanes
          </Button>
        )}
      </div>
      {some.length === 0 && (
        <EmptyState small icon="info" title="No study of this patient is of that kind.">
          <Button variant="default" size="compact-md" onClick={() => change({ kind: undefined, reports: undefined })}>
            Show all {all.length}
          </Button>
        </EmptyState>
      )}
      {all.length === 1 && (
        <EmptyState small icon="info" title="This is the first record here: nothing earlier to compare it with." />
      )}
      {chosen && (
        <PairBar
          key={chosen.study}
          chosen={chosen}
          other={other}
          birthDate={patient.birthDate}
          onCompare={(prior) => open(chosen.study, prior)}
          onOpen={() => open(chosen.study)}
          onSwap={(prior) => change({ a: prior, b: chosen.study })}
          onClear={other && (() => change({ b: undefined }))}
        />
      )}
      {studies.length === 0 ? null : list ? (
        <TimelineList
          lanes={lanes}
          birthDate={patient.birthDate}
          chosen={chosen?.study}
          other={beside}
          onChoose={(a) => change({ a, b: search.b === a ? undefined : search.b })}
          onOther={(b) => change({ b })}
        />
      ) : (
        <Timeline
          studies={studies}
          lanes={lanes}
          zoom={zoom}
          at={search.at}
          birthDate={patient.birthDate}
          followed={followed?.name}
          onFollow={(only) => change({ only })}
          chosen={chosen?.study}
          other={beside}
          onChoose={(a) => change({ a, b: search.b === a ? undefined : search.b })}
          onOther={(b) => change({ b })}
          onOpen={open}
          onCloser={(at) => change({ at, zoom: ZOOMS[Math.min(ZOOMS.length - 1, ZOOMS.indexOf(zoom) + 1)] })}
          onMoved={(at) => change({ at })}
        />
      )}
    </Page>
  )
}

interface ChoiceProps<Value extends string> {
  readonly legend: string
  readonly value: Value
  readonly options: readonly (readonly [Value, string])[]
  readonly onChange: (value: Value) => void
}

/** Radio buttons in a row: a choice of few. */
function Choice<Value extends string>({ legend, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <fieldset className={styles.choice}>
      <legend>{legend}</legend>
      {options.map(([option, says]) => (
        <label key={option} data-on={option === value}>
          <input
            type="radio"
            name={legend}
            className="hidden-visually"
            checked={option === value}
            onChange={() => onChange(option)}
          />
          {says}
        </label>
      ))}
    </fieldset>
  )
}
