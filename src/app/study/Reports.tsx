/** Reports of the study that came by HL7, the last one open; shown only where there is one. */
import { useQuery } from '@tanstack/react-query'
import type { StudyReport } from '../../api/reports.ts'
import { reportsQuery } from '../http/queries.ts'
import { Mark, type Tone } from '../ui/Mark.tsx'
import { PatientName } from '../ui/PatientName.tsx'
import { Section } from '../ui/page.tsx'
import { ErrorState } from '../ui/states.tsx'
import { formatMoment } from '../words/dates.ts'
import styles from './Reports.module.css'

const STATES: Readonly<Record<StudyReport['status'], readonly [words: string, tone: Tone]>> = {
  preliminary: ['Preliminary', 'warn'],
  final: ['Final', 'good'],
  corrected: ['Corrected', 'accent'],
  cancelled: ['Withdrawn', 'bad'],
  other: ['State not told', 'plain'],
}

export function Reports({ study }: { readonly study: string }) {
  const { data, error, refetch } = useQuery(reportsQuery(study))
  if (error)
    return (
      <Section title="Report">
        <ErrorState error={error} what="the report" onRetry={() => void refetch()} />
      </Section>
    )
  const [last, ...earlier] = data?.reports ?? []
  if (last === undefined) return
  return (
    <Section title="Report">
      <Report report={last} />
      {earlier.map((report) => (
        <details key={report.message} className={styles.earlier}>
          <summary>
            Earlier: {STATES[report.status][0]}, {formatMoment(report.written || report.at)}
          </summary>
          <Report report={report} />
        </details>
      ))}
    </Section>
  )
}

function Report({ report }: { readonly report: StudyReport }) {
  const [words, tone] = STATES[report.status]
  return (
    <article className={styles.report}>
      <p className={styles.head}>
        <Mark tone={tone}>{words}</Mark> <strong>{report.title || 'Report'}</strong>
        <span className={styles.dim}>
          {formatMoment(report.written || report.at)}
          {report.by !== '' && (
            <>
              , by <PatientName value={report.by} />
            </>
          )}
        </span>
      </p>
      {report.sections.length === 0 && <p className={styles.dim}>It has no text; the message is under Messages.</p>}
      {report.sections.map(({ heading, text }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: sections repeat and never change
        <section key={at}>
          {heading !== '' && <h3 className={styles.heading}>{heading}</h3>}
          <p className={styles.text}>{text}</p>
        </section>
      ))}
    </article>
  )
}
