import type { StudyRow } from '../../api/studies.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { ageOn, formatDate, formatMoment, formatSex, formatTime } from '../words/dates.ts'
import { counted, formatBytes } from '../words/numbers.ts'
import { formatPersonName } from '../words/person-name.ts'
import styles from './StudyFacts.module.css'

/** Who, when, what: the facts a person checks before trusting the images. */
export function StudyFacts({ study }: { readonly study: StudyRow }) {
  const age = ageOn(study.birthDate, study.studyDate)
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['Patient number', study.issuer ? `${study.patientId} (${study.issuer})` : study.patientId],
    ...(study.receivedAs === null
      ? []
      : ([
          [
            'Received as',
            [formatPersonName(study.receivedAs.name).main, study.receivedAs.id].filter(Boolean).join(', '),
          ],
        ] as const)),
    ['Birth date', formatDate(study.birthDate)],
    ['Sex, age at study', [formatSex(study.sex), age].filter(Boolean).join(', ')],
    ['Study date', [formatDate(study.studyDate), formatTime(study.studyTime)].filter(Boolean).join(', ')],
    ['Modality', study.modalities.join(', ')],
    ['Accession', study.accession],
    ['Content', `${counted(study.series, 'series', 'series')}, ${counted(study.instances, 'object')}`],
    ['Size as received', formatBytes(study.bytes)],
    ['Last received', formatMoment(study.receivedLast)],
  ]
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt className={styles.name}>{name}</dt>
          <dd className={styles.value}>{value || <span className={styles.none}>not given</span>}</dd>
        </div>
      ))}
      <div className={styles.wide}>
        <dt className={styles.name}>Study Instance UID</dt>
        <dd className={styles.uid}>
          <code>{study.study}</code>
          <CopyButton compact text={study.study} />
        </dd>
      </div>
    </dl>
  )
}
