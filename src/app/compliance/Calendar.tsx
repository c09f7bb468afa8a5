/** What may be considered when, by the site's rules or, to see what they would change, by others. */
import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { RetentionCalendar } from '../../api/retention.ts'
import { calendarQuery, type OtherRules } from '../http/queries.ts'
import { Section } from '../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { counted, formatBytes, formatCount } from '../words/numbers.ts'
import styles from './Compliance.module.css'
import { byYear, differences, type Year } from './calendar-words.ts'
import { Due } from './Due.tsx'

export function Calendar() {
  const calendar = useQuery(calendarQuery({}))
  return (
    <Section title="Retention calendar">
      {calendar.error ? (
        <ErrorState error={calendar.error} what="the calendar" onRetry={() => void calendar.refetch()} />
      ) : calendar.data === undefined ? (
        <SkeletonRows rows={6} />
      ) : (
        <>
          <Rules calendar={calendar.data} />
          <Figures calendar={calendar.data} />
          <Years calendar={calendar.data} />
          <Governing calendar={calendar.data} />
          <WhatIf now={calendar.data} />
        </>
      )}
    </Section>
  )
}

function Rules({ calendar: { jurisdictions, institution } }: { readonly calendar: RetentionCalendar }) {
  return (
    <p className={styles.note}>
      {jurisdictions.length === 0
        ? 'This archive has not been told whose law it is under (retention.jurisdictions): everything is kept without end.'
        : `By the rules of ${jurisdictions.join(', ')}${institution === '' ? ', the kind of institution not stated' : ` for ${institution}`}. Not reviewed by your counsel: verify before relying on them.`}
    </p>
  )
}

function Figures({ calendar }: { readonly calendar: RetentionCalendar }) {
  const { all, due, later, indefinite, undetermined, held } = calendar
  const cards = [
    ['Studies', all],
    ['May be considered today', due],
    ['On a later day', later],
    ['Without end', indefinite],
    ['Until more is known', undetermined],
    ['On legal hold', held],
  ] as const
  return (
    <dl className={styles.cards}>
      {cards.map(([name, { studies, bytes }]) => (
        <div key={name} className={styles.card}>
          <dt>{name}</dt>
          <dd>
            <span className={styles.figure}>{formatCount(studies)}</span>
            <span className={styles.dim}>{formatBytes(bytes)}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Years({ calendar }: { readonly calendar: RetentionCalendar }) {
  const years = byYear(calendar)
  const [shown, setShown] = useState<string>()
  if (years.length === 0)
    return (
      <EmptyState icon="document" title="Nothing falls due" small>
        No study here has a day from which it might be considered.
      </EmptyState>
    )
  const most = Math.max(...years.map(({ studies }) => studies))
  return (
    <div className={table.frame}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col" className={styles.number}>
              Studies
            </th>
            <th scope="col">
              <span className="hidden-visually">Share</span>
            </th>
            <th scope="col" className={styles.number}>
              Bytes as received
            </th>
            <th scope="col">
              <span className="hidden-visually">List</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {years.map((year) => (
            <YearRows
              key={year.year}
              year={year}
              most={most}
              today={calendar.today}
              open={shown === year.year}
              onOpen={() => setShown(shown === year.year ? undefined : year.year)}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function YearRows({
  year: { year, studies, bytes },
  most,
  today,
  open,
  onOpen,
}: {
  readonly year: Year
  readonly most: number
  readonly today: string
  readonly open: boolean
  readonly onOpen: () => void
}) {
  const name = year === '' ? 'Today' : year
  return (
    <>
      <tr>
        <th scope="row">{name}</th>
        <td className={styles.number}>{formatCount(studies)}</td>
        <td>
          <span className={styles.share} aria-hidden>
            <span className={styles.track}>
              <span className={styles.bar} style={{ width: `${(100 * studies) / most}%` }} />
            </span>
          </span>
        </td>
        <td className={styles.number}>{formatBytes(bytes)}</td>
        <td className={table.actions}>
          <Button
            size="compact-sm"
            variant="default"
            aria-expanded={open}
            onClick={onOpen}
            aria-label={`${open ? 'Close' : 'List'}: ${name}`}
          >
            {open ? 'Close' : 'List'}
          </Button>
        </td>
      </tr>
      {open && (
        <tr>
          <td colSpan={5}>
            <Due span={spanOf(year, today)} />
          </td>
        </tr>
      )}
    </>
  )
}

/** The days of a row: what is due today, or the year from tomorrow on. */
function spanOf(year: string, today: string): { readonly from?: string; readonly until: string } {
  const next = new Date(`${today}T00:00:00Z`)
  next.setUTCDate(next.getUTCDate() + 1)
  const tomorrow = next.toISOString().slice(0, 10)
  if (year === '') return { until: tomorrow }
  const first = `${year}-01-01`
  return { from: first < tomorrow ? tomorrow : first, until: `${Number(year) + 1}-01-01` }
}

function Governing({ calendar: { governing } }: { readonly calendar: RetentionCalendar }) {
  if (governing.length === 0) return null
  return (
    <div className={`${table.frame} ${styles.gap}`}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Rule that reaches furthest</th>
            <th scope="col" className={styles.number}>
              Studies
            </th>
          </tr>
        </thead>
        <tbody>
          {governing.map(({ id, title, source, studies }) => (
            <tr key={id}>
              <td>
                {title}
                <span className={styles.dim}>
                  {source} ({id})
                </span>
              </td>
              <td className={styles.number}>{formatCount(studies)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** What other rules would change, before anybody writes them into the configuration. */
function WhatIf({ now }: { readonly now: RetentionCalendar }) {
  const [draft, setDraft] = useState({ jurisdictions: now.jurisdictions.join(', '), institution: now.institution })
  const [asked, setAsked] = useState<OtherRules>()
  const other = useQuery({ ...calendarQuery(asked ?? {}), enabled: asked !== undefined })
  const send = (event: FormEvent) => {
    event.preventDefault()
    setAsked(draft)
  }
  return (
    <div className={styles.gap}>
      <h3>What if</h3>
      <form className={styles.whatIf} onSubmit={send} aria-label="What other rules would change">
        <TextInput
          label="Jurisdictions"
          placeholder="us, us-ca"
          value={draft.jurisdictions}
          onChange={({ currentTarget: { value } }) => setDraft((before) => ({ ...before, jurisdictions: value }))}
        />
        <TextInput
          label="Institution"
          placeholder="hospital"
          value={draft.institution}
          onChange={({ currentTarget: { value } }) => setDraft((before) => ({ ...before, institution: value }))}
        />
        <Button type="submit" variant="default" loading={other.isFetching}>
          See what it would change
        </Button>
      </form>
      <div aria-live="polite">
        {asked !== undefined && other.error && (
          <ErrorState error={other.error} what="what it would change" onRetry={() => void other.refetch()} />
        )}
        {asked !== undefined && other.data && <Difference now={now} then={other.data} />}
      </div>
    </div>
  )
}

function Difference({ now, then }: { readonly now: RetentionCalendar; readonly then: RetentionCalendar }) {
  const says = differences(now, then)
  return (
    <>
      {says.length === 0 ? (
        <p>It would change no study’s status. Dates may be others.</p>
      ) : (
        <ul>
          {says.map((words) => (
            <li key={words} className={styles.changed}>
              {words}
            </li>
          ))}
        </ul>
      )}
      <p className={styles.note}>
        Of {counted(then.all.studies, 'study', 'studies')}. Nothing was changed: rules are set in the configuration.
      </p>
    </>
  )
}
