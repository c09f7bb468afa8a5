/** Whose images these are, always in sight; the way back; and what the viewer is not for. */
import { ActionIcon } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { StudyRow } from '../../api/studies.ts'
import { openHelp } from '../shell/help-state.ts'
import { Icon } from '../ui/icons.tsx'
import { PatientName } from '../ui/PatientName.tsx'
import { ageOn, formatDate, isoDate } from '../words/dates.ts'
import styles from './Viewer.module.css'

export function ViewerHeader({ study }: { readonly study: StudyRow }) {
  const age = ageOn(study.birthDate, study.studyDate)
  return (
    <header className={styles.header}>
      <Link to="/s/$study" params={{ study: study.study }} className={styles.close} aria-label="Back to the study page">
        <Icon name="back" size={20} />
      </Link>
      <h1 className={styles.identity}>
        <span className="hidden-visually">Viewer: </span>
        <PatientName value={study.patientName} />
        <span className={styles.dim}>{[study.sex, age, study.patientId].filter(Boolean).join(' · ')}</span>
      </h1>
      <div className={styles.what}>
        <span className={styles.description}>{study.description || study.modalities.join(' ')}</span>
        <time className={styles.dim} dateTime={isoDate(study.studyDate)}>
          {formatDate(study.studyDate)}
        </time>
      </div>
      <span className={styles.warning}>
        <Icon name="conflict" size={14} />
        Not for primary diagnosis
      </span>
      <ActionIcon variant="subtle" color="gray" size={36} aria-label="Help: keys of this screen" onClick={openHelp}>
        <Icon name="help" />
      </ActionIcon>
    </header>
  )
}
