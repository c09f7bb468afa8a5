/** What may be considered when, by the site's rules. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { RetentionCalendar } from '../../api/retention.ts'
import { calendarQuery } from '../http/queries.ts'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatBytes, formatCount } from '../words/numbers.ts'
import styles from './Compliance.module.css'
import { byYear, maximumInWords, type Year } from './calendar-words.ts'
import { AskedFor } from './DeskTable.tsx'
import { Due } from './Due.tsx'

export function Calendar({ id }: { readonly id: string }) {
  const calendar = useQuery(calendarQuery({}))
  return (
    <Section id={id} title="Retention calendar">
      <AskedFor query={calendar} what="the calendar">
        {(data) => (
          <>
            <Maximum calendar={data} />
            <Figures calendar={data} />
            <Years calendar={data} />
            <Governing calendar={data} />
          </>
        )}
      </AskedFor>
    </Section>
  )
}

function Maximum({ calendar }: { readonly calendar: RetentionCalendar }) {
  const words = maximumInWords(calendar)
  return words === undefined ? null : (
    <p className={styles.note}>
      <Mark tone="warn">Maximum</Mark> {words} People propose them for destruction as any other.
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
