import { formatPersonName } from '../words/person-name.ts'
import styles from './PatientName.module.css'

/** A person's name with its forms in other scripts beside it. */
export function PatientName({ value, wrap = false }: { readonly value: string; readonly wrap?: boolean }) {
  const { main, also } = formatPersonName(value)
  return (
    <span className={wrap ? styles.wrap : styles.line} dir="auto">
      <bdi className={styles.main}>{main}</bdi>
      {also.map((name) => (
        <bdi key={name} className={styles.also}>
          {name}
        </bdi>
      ))}
    </span>
  )
}
