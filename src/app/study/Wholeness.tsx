/** Is the study whole? Only said when a modality told what it made, or when slices are missing between others. */
import { useQuery } from '@tanstack/react-query'
import type { SeriesRow } from '../../api/studies.ts'
import { wholenessQuery } from '../http/queries.ts'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { ErrorState } from '../ui/states.tsx'
import styles from './Retention.module.css'
import { wholenessInWords } from './wholeness-words.ts'

export function Wholeness({ study, series }: { readonly study: string; readonly series: readonly SeriesRow[] }) {
  const { data, error, refetch } = useQuery(wholenessQuery(study))
  if (error)
    return (
      <Section title="Completeness">
        <ErrorState error={error} what="whether it is whole" onRetry={() => void refetch()} />
      </Section>
    )
  const said = data && wholenessInWords(data, series)
  if (said === undefined) return
  return (
    <Section title="Completeness">
      <div className={styles.card}>
        <p className={styles.sentence}>
          <Mark tone={said.tone}>{said.mark}</Mark> {said.sentence}
        </p>
        {said.details.length > 0 && (
          <ul className={styles.rules}>
            {said.details.map((detail) => (
              <li key={detail}>{detail}</li>
            ))}
          </ul>
        )}
      </div>
    </Section>
  )
}
