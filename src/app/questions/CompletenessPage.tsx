/** Is the record complete, of a patient or of a time? Every arrival held against what is here and what was destroyed. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import type { CompletenessReport } from '../../api/answers.ts'
import { momentOf } from '../audit/audit-filter.ts'
import { completenessQuery } from '../http/queries.ts'
import { Mark, type Tone } from '../ui/Mark.tsx'
import { Page, Section } from '../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { formatCount } from '../words/numbers.ts'
import { Acts, Answer, Checkpoint, Downloads, Entry } from './Answer.tsx'
import styles from './Questions.module.css'

const VERDICTS: Readonly<Record<CompletenessReport['verdict'], readonly [Tone, string]>> = {
  complete: ['good', 'Complete'],
  open: ['warn', 'Complete, with matters to look at'],
  incomplete: ['bad', 'Not complete'],
}

export function PatientCompletenessPage() {
  const { patient } = useParams({ from: '/shell/complete/$patient' })
  return <Completeness path={`/api/patients/${patient}/completeness`} search="" />
}

export function PeriodCompletenessPage() {
  const { from, to } = useSearch({ from: '/shell/complete' })
  const [since, until] = [momentOf(from, 0), momentOf(to, 1)]
  if (since === undefined || until === undefined)
    return (
      <Page title="Is the record complete?">
        <EmptyState icon="search" title="Of which time?">
          <Link to="/questions">Say from when to when</Link>
        </EmptyState>
      </Page>
    )
  return <Completeness path="/api/completeness" search={`?${new URLSearchParams({ from: since, until })}`} />
}

function Completeness({ path, search }: { readonly path: string; readonly search: string }) {
  const report = useQuery(completenessQuery(`${path}${search}`))
  const { data } = report
  return (
    <Page
      title="Is the record complete?"
      about={
        data && (
          <>
            {data.patient === null ? 'All that came' : `Patient ${data.patient.id}`}, {formatMoment(data.from)} to{' '}
            {formatMoment(data.until)}
          </>
        )
      }
      actions={data && <Downloads path={path} search={search} />}
    >
      {report.error ? (
        <ErrorState error={report.error} what="the report" onRetry={() => void report.refetch()} />
      ) : data === undefined ? (
        <SkeletonRows rows={6} />
      ) : (
        <>
          <Answer
            tone={VERDICTS[data.verdict][0]}
            verdict={VERDICTS[data.verdict][1]}
            answer={data.answer}
            at={data.at}
          />
          <Studies report={data} />
          <Acts title="To look at" acts={data.incidents} none="No conflict, refusal, rejection or damage" />
          <Expected report={data} />
          <Log report={data} />
          <Checkpoint text={data.checkpoint} />
        </>
      )}
    </Page>
  )
}

function Studies({
  report: { patient, studies, totals, destroyed, truncated },
}: {
  readonly report: CompletenessReport
}) {
  return (
    <Section title={patient === null ? 'Studies of which something is to be said' : 'Studies'}>
      <div className={table.frame}>
        <table className={`${table.table} ${styles.row}`}>
          <thead>
            <tr>
              <th scope="col">Study</th>
              <th scope="col" className={styles.number}>
                Received
              </th>
              <th scope="col" className={styles.number}>
                Here
              </th>
              <th scope="col" className={styles.number}>
                Destroyed
              </th>
              <th scope="col" className={styles.number}>
                Missing
              </th>
              <th scope="col" className={styles.number}>
                Out of sight
              </th>
              <th scope="col" className={styles.number}>
                Conflicts
              </th>
            </tr>
          </thead>
          <tbody>
            {studies.map((one) => (
              <tr key={one.study}>
                <th scope="row" className={styles.uid}>
                  {one.study}
                  {destroyed
                    .filter(({ study }) => study === one.study)
                    .map(({ tombstone, at, done }) => (
                      <span key={tombstone} className={styles.dim}>
                        {done ? 'destroyed' : 'being destroyed since'} {formatMoment(at)}, entry <Entry n={tombstone} />
                      </span>
                    ))}
                </th>
                <Count of={one.received} />
                <Count of={one.here} />
                <Count of={one.destroyed} />
                <td className={styles.number}>
                  {one.missing.length + one.unlogged.length === 0 ? (
                    '0'
                  ) : (
                    <Mark tone="bad">{formatCount(one.missing.length + one.unlogged.length)}</Mark>
                  )}
                </td>
                <Count of={one.rejected} />
                <Count of={one.conflicts} />
              </tr>
            ))}
            <tr>
              <th scope="row">All {formatCount(totals.studies)}</th>
              <Count of={totals.received} />
              <Count of={totals.here} />
              <Count of={totals.destroyed} />
              <Count of={totals.missing + totals.unlogged} />
              <Count of={totals.rejected} />
              <Count of={totals.conflicts} />
            </tr>
          </tbody>
        </table>
      </div>
      {truncated && <p className={styles.note}>There are more studies than are listed here; the sums are of all.</p>}
    </Section>
  )
}

const Count = ({ of }: { readonly of: number }) => <td className={styles.number}>{formatCount(of)}</td>

function Expected({ report: { expected } }: { readonly report: CompletenessReport }) {
  return (
    <Section title="How many there should be">
      {expected.length === 0 ? (
        <EmptyState icon="info" title="No sender has asked whether its images are kept" small>
          Modalities that ask for storage commitment say so how many they sent.
        </EmptyState>
      ) : (
        <div className={table.frame}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Who asked</th>
                <th scope="col">Asked for</th>
                <th scope="col">Kept</th>
                <th scope="col">Entry</th>
              </tr>
            </thead>
            <tbody>
              {expected.map((one) => (
                <tr key={one.n}>
                  <td className={styles.when}>{formatMoment(one.at)}</td>
                  <td>{one.by}</td>
                  <Count of={one.expected} />
                  <Count of={one.found} />
                  <td className={styles.number}>
                    <Entry n={one.n} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}

function Log({ report: { log, outages } }: { readonly report: CompletenessReport }) {
  return (
    <Section title="The log of this time">
      <p className={styles.note}>
        {log.entries === 0
          ? 'No entry.'
          : `Entries ${log.first} to ${log.last}: ${formatCount(log.entries)} of ${formatCount(log.last - log.first + 1)} are there, ${log.gaps === 0 ? 'so none is missing' : `${formatCount(log.gaps)} are missing`}.`}
      </p>
      {outages.length === 0 ? (
        <p className={styles.note}>The archive ran all the time.</p>
      ) : (
        <div className={table.frame}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">Did not run from</th>
                <th scope="col">To</th>
                <th scope="col">How it ended</th>
              </tr>
            </thead>
            <tbody>
              {outages.map(({ from, until, orderly }) => (
                <tr key={until}>
                  <td className={styles.when}>{formatMoment(from)}</td>
                  <td className={styles.when}>{formatMoment(until)}</td>
                  <td>{orderly ? 'It was stopped.' : 'It broke off: what was acknowledged before is there.'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}
