/** Until when a study must be kept, by which law, and what that rests on. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { retentionQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Mark } from '../ui/Mark.tsx'
import { ErrorState, SkeletonRows } from '../ui/states.tsx'
import { KnownFacts } from './KnownFacts.tsx'
import styles from './Retention.module.css'
import { assumptions, maximumSentence, retentionSentence, sourceOf, standsSentence } from './retention-words.ts'

export function Retention({ study, patient }: { readonly study: string; readonly patient: string }) {
  const session = useSession()
  const { data, error, refetch } = useQuery(retentionQuery(study))
  if (data === undefined)
    return error ? (
      <ErrorState error={error} what="how long it is kept" onRetry={() => void refetch()} />
    ) : (
      <SkeletonRows rows={2} />
    )
  const assumed = assumptions(data)
  return (
    <div className={styles.card}>
      <p className={styles.sentence}>
        {data.holds.length > 0 && <Mark tone="warn">Legal hold</Mark>} {retentionSentence(data)}
      </p>
      {mayDo(session, 'hold.place') && (
        <p className={styles.source}>
          <Link to="/compliance" search={{ hold: study }}>
            {data.holds.length > 0 ? 'Place another hold on it' : 'Place a legal hold on it'}
          </Link>
        </p>
      )}
      {mayDo(session, 'erasure.record') && patient !== '' && (
        <p className={styles.source}>
          <Link to="/compliance" search={{ erase: patient }}>
            Record that the patient asked for erasure
          </Link>
        </p>
      )}
      {data.configured && data.governing.length > 0 && (
        <>
          <ul className={styles.rules}>
            {data.governing.map((rule) => (
              <li key={rule.id}>
                <strong>{rule.title}</strong>
                <span className={styles.source}>{sourceOf(rule)}</span>
                {rule.note !== '' && <span className={styles.source}>{rule.note}</span>}
              </li>
            ))}
          </ul>
          <p className={styles.source}>Not reviewed by your counsel: verify before relying on it.</p>
        </>
      )}
      {data.destroyBy !== null && <p className={styles.source}>{maximumSentence(data.destroyBy)}</p>}
      {data.stands && <p className={styles.source}>{standsSentence(data.stands)}</p>}
      {data.configured && assumed.length > 0 && (
        <details>
          <summary>What was assumed</summary>
          <ul>
            {assumed.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </details>
      )}
      {mayDo(session, 'retention.see') && (
        <details>
          <summary>What people said</summary>
          <KnownFacts study={study} patient={patient} />
        </details>
      )}
    </div>
  )
}
