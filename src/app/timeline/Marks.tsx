/** What is to be known of a study beside its images: a report, a legal hold, objects that were rejected. */
import type { RecordCard } from '../../api/record.ts'
import { Icon } from '../ui/icons.tsx'
import { counted } from '../words/numbers.ts'
import styles from './Timeline.module.css'

export function Marks({
  study: { reports, held, rejected },
  inWords = false,
}: {
  readonly study: RecordCard
  readonly inWords?: boolean
}) {
  const marks = [
    reports && (['document', 'Report'] as const),
    held && (['lock', 'Legal hold'] as const),
    rejected > 0 && (['hidden', `${counted(rejected, 'object')} rejected`] as const),
  ].filter((mark) => mark !== false)
  return marks.map(([icon, says]) => (
    <span key={says} className={styles.sign} title={says}>
      <Icon name={icon} size={13} />
      <span className={inWords ? undefined : 'hidden-visually'}>{says}</span>
    </span>
  ))
}
