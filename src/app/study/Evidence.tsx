/** Takes evidence out: what was received, who did what with it, and the proofs, in one file with its own verifier. */
import { Button, Group } from '@mantine/core'
import type { StudyRow } from '../../api/studies.ts'
import { Icon } from '../ui/icons.tsx'
import styles from './Retention.module.css'

export function Evidence({ study }: { readonly study: StudyRow }) {
  return (
    <div className={styles.card}>
      <p className={styles.sentence}>
        One ZIP with every object as it was received, every act about it with its proof, until when it is kept and why,
        a report to print, and a verifier that needs neither this archive nor a network. It names the patient and the
        people who acted: taking one out is an entry of the log.
      </p>
      <Group>
        <Button
          component="a"
          variant="default"
          href={`/api/studies/${study.study}/evidence`}
          download
          leftSection={<Icon name="download" size={16} />}
        >
          Evidence of this study
        </Button>
        {study.patient !== '' && (
          <Button
            component="a"
            variant="default"
            href={`/api/patients/${study.patient}/evidence`}
            download
            leftSection={<Icon name="download" size={16} />}
          >
            Of everything about the patient
          </Button>
        )}
        {study.patient !== '' && (
          <Button
            component="a"
            variant="default"
            href={`/api/patients/${study.patient}/capsule`}
            download
            leftSection={<Icon name="download" size={16} />}
          >
            Time capsule of the patient
          </Button>
        )}
      </Group>
    </div>
  )
}
