/** Was this image altered? Each object of a study held against the entry of its arrival. */
import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { IntegrityReport } from '../../api/answers.ts'
import { ask } from '../http/client.ts'
import { integrityQuery } from '../http/queries.ts'
import { Mark, type Tone } from '../ui/Mark.tsx'
import { Page, Section } from '../ui/page.tsx'
import { ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatDate, formatMoment } from '../words/dates.ts'
import { counted, formatBytes } from '../words/numbers.ts'
import { Acts, Answer, Checkpoint, Downloads, Entry } from './Answer.tsx'
import styles from './Questions.module.css'

const VERDICTS: Readonly<Record<IntegrityReport['verdict'], readonly [Tone, string]>> = {
  unaltered: ['good', 'Not altered'],
  unread: ['warn', 'Not read again yet'],
  altered: ['bad', 'Altered'],
  destroyed: ['warn', 'Destroyed'],
}

export function IntegrityPage() {
  const { study } = useParams({ from: '/shell/integrity/$study' })
  const client = useQueryClient()
  const report = useQuery(integrityQuery(study))
  const { data } = report
  const again = useMutation({
    mutationFn: () => ask(`/api/studies/${study}/integrity?read=yes`, IntegrityReport),
    onSuccess: (read) => client.setQueryData(integrityQuery(study).queryKey, read),
  })
  return (
    <Page
      title="Was this image altered?"
      about={
        <>
          {data && [data.studyDate === '' ? '' : formatDate(data.studyDate), data.modalities.join(', ')].join(' ')}{' '}
          {data?.patient && `· patient ${data.patient.id}`}
          <span className={styles.dim}>{study}</span>
        </>
      }
      actions={
        data && (
          <>
            {data.instances.length > 0 && (
              <Button onClick={() => again.mutate()} loading={again.isPending}>
                Read every object again
              </Button>
            )}
            <Downloads path={`/api/studies/${study}/integrity`} />
          </>
        )
      }
    >
      {report.error ? (
        <ErrorState error={report.error} what="the report" onRetry={() => void report.refetch()} />
      ) : data === undefined ? (
        <SkeletonRows rows={6} />
      ) : (
        <>
          <InlineError error={again.error} />
          <Answer
            tone={VERDICTS[data.verdict][0]}
            verdict={VERDICTS[data.verdict][1]}
            answer={data.answer}
            at={data.at}
          />
          {data.instances.length > 0 && <Objects report={data} />}
          {data.places.length > 0 && <Places report={data} />}
          <Acts title="What touched it" acts={data.acts} none="Nothing but its arrival" />
          <p className={styles.note}>
            {counted(data.entries, 'entry', 'entries')} of the log {data.entries === 1 ? 'is' : 'are'} about this study;
            looks at it are told by who saw the patient’s images.
          </p>
          <Checkpoint text={data.checkpoint} />
        </>
      )}
    </Page>
  )
}

const LOGGED: Readonly<Record<IntegrityReport['instances'][number]['logged'], readonly [Tone, string]>> = {
  same: ['good', 'same'],
  other: ['bad', 'another'],
  absent: ['bad', 'no entry'],
  erased: ['warn', 'entry erased'],
}
const READING = { good: ['good', 'same'], bad: ['bad', 'not the same'], none: ['plain', 'not yet'] } as const

function Objects({ report: { instances } }: { readonly report: IntegrityReport }) {
  return (
    <Section title={counted(instances.length, 'object')}>
      <div className={table.frame}>
        <table className={`${table.table} ${styles.row}`}>
          <thead>
            <tr>
              <th scope="col">Object</th>
              <th scope="col">Received</th>
              <th scope="col">Fingerprint (SHA-256)</th>
              <th scope="col">As in the log</th>
              <th scope="col">Read again</th>
              <th scope="col">Entry</th>
            </tr>
          </thead>
          <tbody>
            {instances.map((one) => (
              <tr key={one.n}>
                <th scope="row" className={styles.uid}>
                  {one.instance}
                  <span className={styles.dim}>
                    {formatBytes(one.bytes)}, {one.kept}
                    {one.version > 1 && `, version ${one.version}`}
                    {one.rejected && ', out of sight'}
                    {one.again > 0 && `, sent again ${counted(one.again, 'time')}`}
                  </span>
                </th>
                <td>
                  <span className={styles.when}>{formatMoment(one.received)}</span>
                  <span className={styles.dim}>
                    {one.from} at {one.address}
                  </span>
                </td>
                <td className={styles.uid}>{one.ds}</td>
                <td>
                  <Mark tone={LOGGED[one.logged][0]}>{LOGGED[one.logged][1]}</Mark>
                </td>
                <td>
                  <Mark tone={READING[one.reading.result][0]}>{READING[one.reading.result][1]}</Mark>
                  {one.reading.at !== '' && <span className={styles.dim}>{formatMoment(one.reading.at)}</span>}
                </td>
                <td className={styles.number}>
                  <Entry n={one.n} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

const Places = ({ report: { places } }: { readonly report: IntegrityReport }) => (
  <Section title="Where it is kept">
    <div className={table.frame}>
      <table className={`${table.table} ${styles.row}`}>
        <thead>
          <tr>
            <th scope="col">Place</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {places.map(({ place, state, says }) => (
            <tr key={place}>
              <th scope="row">{place}</th>
              <td>
                <Mark tone={state === 'good' ? 'good' : 'warn'}>{state}</Mark> {says}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </Section>
)
