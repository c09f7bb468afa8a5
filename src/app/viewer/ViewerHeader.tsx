/** Whose images these are, always in sight; the way back; and what the viewer is not for. */
import { ActionIcon, Button, Menu } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { StudyRow } from '../../api/studies.ts'
import { openHelp } from '../shell/help-state.ts'
import { Icon } from '../ui/icons.tsx'
import { PatientName } from '../ui/PatientName.tsx'
import { ageOn, formatDate, isoDate } from '../words/dates.ts'
import { LAYOUTS, type Layout, layoutSign, layoutWords } from './layouts.ts'
import styles from './Viewer.module.css'

export interface ViewerHeaderProps {
  readonly study: StudyRow
  readonly comparing: boolean
  /** Brings the relevant prior, or takes it away. */
  readonly onPrior: () => void
  readonly layout: Layout
  readonly onLayout: (layout: Layout) => void
}

export function ViewerHeader({ study, comparing, onPrior, layout, onLayout }: ViewerHeaderProps) {
  const age = ageOn(study.birthDate, study.studyDate)
  return (
    <header className={styles.header}>
      <Link to="/s/$study" params={{ study: study.study }} className={styles.close} aria-label="Back to the study page">
        <Icon name="back" size={20} />
      </Link>
      <h1 className={styles.identity}>
        <span className="hidden-visually">Viewer: </span>
        {study.patient === '' ? (
          <PatientName value={study.patientName} />
        ) : (
          <Link
            to="/p/$patient"
            params={{ patient: study.patient }}
            search={{ a: study.study }}
            className={styles.patient}
            title="Timeline of the patient"
          >
            <PatientName value={study.patientName} />
          </Link>
        )}
        <span className={styles.dim}>{[study.sex, age, study.patientId].filter(Boolean).join(' · ')}</span>
      </h1>
      <div className={styles.what}>
        <span className={styles.description}>{study.description || study.modalities.join(' ')}</span>
        <time className={styles.dim} dateTime={isoDate(study.studyDate)}>
          {formatDate(study.studyDate)}
        </time>
      </div>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Icon name="grid" size={16} />}
            title="Layout (, and .)"
          >
            {layoutSign(layout)}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Pictures side by side</Menu.Label>
          {LAYOUTS.map((one) => (
            <Menu.Item
              key={one}
              onClick={() => onLayout(one)}
              leftSection={one === layout && !comparing ? <Icon name="check" size={14} /> : <span />}
              rightSection={layoutSign(one)}
            >
              {layoutWords[one]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button
        size="compact-sm"
        variant={comparing ? 'filled' : 'default'}
        aria-pressed={comparing}
        title="Relevant prior beside it (p)"
        onClick={onPrior}
      >
        Prior
      </Button>
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
