/** Who saw this patient's images, and to whom they were given. Looking here is itself an entry of the log. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { AccessReport } from '../../api/access.ts'
import { accessQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Mark } from '../ui/Mark.tsx'
import { Page, Section } from '../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { counted, formatCount } from '../words/numbers.ts'
import styles from './AccessPage.module.css'
import { didInWords } from './did.ts'

export function AccessPage() {
  const { patient } = useParams({ from: '/shell/access/$patient' })
  const report = useQuery(accessQuery(patient))
  const session = useSession()
  const path = `/api/patients/${patient}`
  return (
    <Page
      title="Who saw this patient’s images"
      about={
        report.data ? (
          <>
            Patient {report.data.patient.id}
            {report.data.patient.issuer !== '' && ` (${report.data.patient.issuer})`}:{' '}
            {counted(report.data.acts, 'act')} from {formatMoment(report.data.first)} to{' '}
            {formatMoment(report.data.last)}, this look among them.
          </>
        ) : (
          'Looking here is itself an entry of the log.'
        )
      }
      actions={
        <>
          <Button component="a" variant="default" href={`${path}/access.pdf`} download>
            Paper (PDF)
          </Button>
          <Button component="a" variant="default" href={`${path}/access.ndjson`} download>
            With proofs (NDJSON)
          </Button>
          {mayDo(session, 'evidence') && (
            <Button component="a" variant="default" href={`${path}/evidence`} download>
              Evidence pack
            </Button>
          )}
        </>
      }
    >
      {report.error ? (
        <ErrorState error={report.error} what="the report" onRetry={() => void report.refetch()} />
      ) : report.data === undefined ? (
        <SkeletonRows rows={8} />
      ) : (
        <>
          <Section
            title={counted(report.data.people.length, 'person or system', 'people and systems')}
            actions={
              <Button component="a" size="compact-md" variant="default" href={`${path}/access.csv`} download>
                Download as CSV
              </Button>
            }
          >
            <People report={report.data} />
            <p className={styles.note}>
              <Link to="/audit" search={{ patient: report.data.patient.id }}>
                Every act, one by one
              </Link>
            </p>
          </Section>
          <Section
            title="To whom they were given"
            actions={
              <Button component="a" size="compact-md" variant="default" href={`${path}/disclosures.csv`} download>
                Download as CSV
              </Button>
            }
          >
            <Disclosures report={report.data} />
          </Section>
        </>
      )}
    </Page>
  )
}

function People({ report: { people } }: { readonly report: AccessReport }) {
  return (
    <div className={`${table.frame} ${styles.frame}`}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Who</th>
            <th scope="col">Did</th>
            <th scope="col">First and last</th>
            <th scope="col">Studies</th>
            <th scope="col">From</th>
          </tr>
        </thead>
        <tbody>
          {people.map((one) => (
            <tr key={one.actor}>
              <th scope="row" className={styles.who}>
                {one.who}
                <span className={styles.dim}>{one.roles.join(', ') || kindOf(one.actor)}</span>
              </th>
              <td>
                {one.refused > 0 && <Mark tone="warn">{counted(one.refused, 'refusal')}</Mark>} {didInWords(one)}
              </td>
              <td className={styles.when}>
                {formatMoment(one.first)}
                <span className={styles.dim}>{formatMoment(one.last)}</span>
              </td>
              <td className={styles.number}>{formatCount(one.studies.length)}</td>
              <td>{one.addresses.join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const kindOf = (actor: string): string =>
  actor.startsWith('ae:') ? 'device' : actor.startsWith('sys:') ? 'the archive itself' : 'account'

function Disclosures({ report: { disclosures, since } }: { readonly report: AccessReport }) {
  return (
    <>
      <p className={styles.note}>
        Accounting of disclosures (45 CFR 164.528) since {formatMoment(since)}. Which of them were treatment, payment or
        operations, and need not be accounted for, a person says: acts do not state a purpose yet.
      </p>
      {disclosures.length === 0 ? (
        <EmptyState icon="check" title="Given to nobody" small>
          In these six years no act took images of this patient out of the archive.
        </EmptyState>
      ) : (
        <div className={table.frame}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Recipient</th>
                <th scope="col">What</th>
                <th scope="col">By</th>
                <th scope="col">Entry</th>
              </tr>
            </thead>
            <tbody>
              {disclosures.map(({ n, ts, recipient, what, by, succeeded, study }) => (
                <tr key={n}>
                  <td className={styles.when}>{formatMoment(ts)}</td>
                  <td>{recipient}</td>
                  <td>
                    {!succeeded && <Mark tone="warn">not all of it</Mark>} {what}
                    {study !== '' && !what.includes(study) && <span className={styles.dim}>study {study}</span>}
                  </td>
                  <td>{by}</td>
                  <td className={styles.number}>{n}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}
