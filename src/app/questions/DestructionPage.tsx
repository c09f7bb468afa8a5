/** Was it destroyed lawfully? Each thing the law wants, and what the log says of it. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { DestructionAnswer } from '../../api/answers.ts'
import { destructionQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Mark, type Tone } from '../ui/Mark.tsx'
import { Page, Section } from '../ui/page.tsx'
import { ErrorState, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { Acts, Answer, Checkpoint, Downloads, Entry } from './Answer.tsx'
import styles from './Questions.module.css'

const VERDICTS: Readonly<Record<DestructionAnswer['verdict'], readonly [Tone, string]>> = {
  lawful: ['good', 'Destroyed lawfully'],
  unlawful: ['bad', 'Not shown to be lawful'],
  'going on': ['warn', 'Going on'],
  here: ['good', 'Not destroyed'],
}

export function DestructionPage() {
  const { study } = useParams({ from: '/shell/destruction/$study' })
  const answer = useQuery(destructionQuery(study))
  const { data } = answer
  return (
    <Page
      title="Was it destroyed lawfully?"
      about={
        <>
          {data?.patient && `Patient ${data.patient.id}`}
          <span className={styles.dim}>{study}</span>
        </>
      }
      actions={data && <Downloads path={`/api/studies/${study}/destruction`} />}
    >
      {answer.error ? (
        <ErrorState error={answer.error} what="the answer" onRetry={() => void answer.refetch()} />
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
          {data.destructions.map((one) => (
            <Destruction key={one.tombstone} one={one} />
          ))}
          <Acts title="What was done" acts={data.acts} none="No act of destruction or of a hold names it" />
          <Checkpoint text={data.checkpoint} />
        </>
      )}
    </Page>
  )
}

const HELD: Readonly<Record<'yes' | 'no' | 'not yet', readonly [Tone, string]>> = {
  yes: ['good', 'shown'],
  no: ['bad', 'not shown'],
  'not yet': ['warn', 'not yet'],
}

function Destruction({ one }: { readonly one: DestructionAnswer['destructions'][number] }) {
  const session = useSession()
  return (
    <Section
      title={`Destroyed ${formatMoment(one.at)}`}
      actions={
        mayDo(session, 'disposition.see') && (
          <Button
            component="a"
            size="compact-md"
            variant="default"
            href={`/api/tombstones/${one.tombstone}/certificate`}
          >
            Certificate
          </Button>
        )
      }
    >
      <div className={table.frame}>
        <table className={`${table.table} ${styles.row}`}>
          <thead>
            <tr>
              <th scope="col">What the law wants</th>
              <th scope="col">Shown</th>
              <th scope="col">By what</th>
              <th scope="col">Entries</th>
            </tr>
          </thead>
          <tbody>
            {one.steps.map(({ what, held, fact, entries }) => (
              <tr key={what}>
                <th scope="row">{what}</th>
                <td>
                  <Mark tone={HELD[held][0]}>{HELD[held][1]}</Mark>
                </td>
                <td className={styles.uid}>{fact}</td>
                <td className={styles.number}>
                  {entries.map((n, at) => (
                    <span key={n}>
                      {at > 0 && ', '}
                      <Entry n={n} />
                    </span>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {one.law.map(({ id, title, source }) => (
        <p key={id} className={styles.note}>
          {title} <span className={styles.dim}>{source}</span>
        </p>
      ))}
    </Section>
  )
}
