/** Whose images a pane shows, of which day, and how long before the current ones. */
import type { ReactNode } from 'react'
import type { StudyRow } from '../../../api/studies.ts'
import { PatientName } from '../../ui/PatientName.tsx'
import { formatDate, isoDate } from '../../words/dates.ts'
import styles from './Compare.module.css'

export interface PaneHeaderProps {
  readonly letter: 'A' | 'B'
  readonly study: StudyRow
  readonly when: string
  readonly children?: ReactNode
}

export function PaneHeader({ letter, study, when, children }: PaneHeaderProps) {
  return (
    <header className={styles.head} data-side={letter}>
      <span className={styles.letter}>{letter}</span>
      <div className={styles.who}>
        <h2 className={styles.when}>
          <time dateTime={isoDate(study.studyDate)}>{formatDate(study.studyDate) || 'No date'}</time>
          {when && <strong> · {when}</strong>}
        </h2>
        <div className={styles.dim}>
          {study.description || study.modalities.join(' ')} · <PatientNameInline value={study.patientName} />{' '}
          {study.patientId}
        </div>
      </div>
      {children}
    </header>
  )
}

const PatientNameInline = ({ value }: { readonly value: string }) => (
  <span className={styles.name}>
    <PatientName value={value} wrap />
  </span>
)
