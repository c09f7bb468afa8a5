/** How the archive grows, when the disk is full at this rate, and what would change that. Nothing here changes anything. */
import { NativeSelect, NumberInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { z } from 'zod'
import type { Growth as GrowthShape } from '../../api/storage.ts'
import { growthQuery } from '../http/queries.ts'
import { ErrorState, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatDate } from '../words/dates.ts'
import { counted, formatBytes } from '../words/numbers.ts'
import styles from './Growth.module.css'
import { GrowthChart } from './GrowthChart.tsx'
import { daysOf, type Outlook, outlookOf, pastOf, stepsMissing, type WhatIf } from './outlook.ts'

type Figures = z.infer<typeof GrowthShape>

/** @param kept  what a received byte takes when it is kept, as sealing has shown so far */
export function Growth({ kept }: { readonly kept: number }) {
  const growth = useQuery(growthQuery)
  const { data } = growth
  return (
    <section aria-labelledby="growth" className={styles.section}>
      <h2 id="growth">Growth, and when the disk is full</h2>
      {data === undefined ? (
        growth.error ? (
          <ErrorState error={growth.error} what="how the archive grows" onRetry={() => void growth.refetch()} />
        ) : (
          <SkeletonRows rows={3} />
        )
      ) : stepsMissing(data) > 0 ? (
        <p className={styles.dim}>
          A forecast needs 14 whole days. {formatBytes(Math.max(0, data.free - data.reserve))} are free now; in{' '}
          {counted(stepsMissing(data), 'day')} this says how long they last.
        </p>
      ) : (
        <Known growth={data} kept={kept} />
      )}
    </section>
  )
}

const PERIODS: readonly (readonly [label: string, days: number | undefined])[] = [
  ['Everything that came', undefined],
  ['The last two years', 730],
  ['The last year', 365],
  ['The last three months', 91],
]

function Known({ growth, kept }: { readonly growth: Figures; readonly kept: number }) {
  const [period, setPeriod] = useState<string>(PERIODS[0]?.[0] ?? '')
  const [modality, setModality] = useState(growth.modalities[0]?.modality ?? '')
  const [factor, setFactor] = useState(1)
  const [room, setRoom] = useState(0)
  const days = PERIODS.find(([label]) => label === period)?.[1]
  const what: WhatIf = {
    ...(days !== undefined && { steps: Math.max(14, Math.round(days / daysOf(growth))) }),
    factors: { [modality]: factor },
    kept,
    room: room * 1e12,
  }
  const outlook = outlookOf(growth, what, new Date())
  if (outlook === undefined) return null
  return (
    <>
      <Verdict outlook={outlook} unit={growth.unit} free={Math.max(0, growth.free - growth.reserve + what.room)} />
      <fieldset className={styles.whatIf} aria-label="What if">
        <NativeSelect
          label="Made from"
          data={PERIODS.map(([label]) => label)}
          value={period}
          onChange={({ currentTarget }) => setPeriod(currentTarget.value)}
        />
        <NativeSelect
          label="What if, of"
          data={growth.modalities.map((one) => ({ value: one.modality, label: one.modality || 'Not stated' }))}
          value={modality}
          onChange={({ currentTarget }) => {
            setModality(currentTarget.value)
            setFactor(1)
          }}
        />
        <NumberInput
          label="… so many times as much"
          min={0}
          max={100}
          step={0.5}
          value={factor}
          onChange={(value) => setFactor(typeof value === 'number' ? value : 1)}
        />
        <NumberInput
          label="… and more disk, in TB"
          min={0}
          max={1_000_000}
          step={1}
          value={room}
          onChange={(value) => setRoom(typeof value === 'number' ? value : 0)}
        />
      </fieldset>
      <GrowthChart past={pastOf(growth, kept, 60)} ahead={outlook.ahead} />
      <Ahead outlook={outlook} />
      <p className={styles.dim}>
        A straight line through {counted(outlook.from, growth.unit)}
        {outlook.seasonal ? ', with the seasons of the year' : ''}; the band holds four times out of five, if what comes
        scatters as it did. Kept bytes are reckoned at {Math.round(kept * 100)} % of what comes.
      </p>
    </>
  )
}

function Verdict({ outlook, unit, free }: { readonly outlook: Outlook; readonly unit: string; readonly free: number }) {
  const { full, perStep, slope } = outlook
  const day = (iso: string | undefined): ReactNode =>
    iso === undefined ? (
      'more than ten years from now'
    ) : (
      <time dateTime={iso}>{formatDate(iso.replaceAll('-', ''))}</time>
    )
  return (
    <p>
      About {formatBytes(perStep)} a {unit}
      {Math.abs(slope) * 52 > perStep / 50 &&
        `, ${formatBytes(Math.abs(slope))} ${slope > 0 ? 'more' : 'less'} each ${unit}`}
      .{' '}
      {full.likely === undefined ? (
        <strong>At this rate {formatBytes(free)} of room last ten years and more.</strong>
      ) : (
        <>
          <strong>
            At this rate {formatBytes(free)} of room are full on {day(full.likely)}
          </strong>
          , four times out of five between {day(full.soonest)} and {day(full.latest)}.
        </>
      )}
    </p>
  )
}

function Ahead({ outlook }: { readonly outlook: Outlook }) {
  return (
    <details className={styles.details}>
      <summary>The year ahead as a table</summary>
      <div className={table.frame}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">By</th>
              <th scope="col">Least</th>
              <th scope="col">Expected to come</th>
              <th scope="col">Most</th>
            </tr>
          </thead>
          <tbody>
            {outlook.ahead.map(({ day, total }) => (
              <tr key={day}>
                <th scope="row">{formatDate(day.replaceAll('-', ''))}</th>
                <td>{formatBytes(total.low)}</td>
                <td>{formatBytes(total.mid)}</td>
                <td>{formatBytes(total.high)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
