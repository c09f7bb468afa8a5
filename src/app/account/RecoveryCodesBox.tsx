/** Recovery codes, shown this once: to be put away on paper. */
import { Button } from '@mantine/core'
import { CopyButton } from '../ui/CopyButton.tsx'
import styles from './Factor.module.css'

export interface RecoveryCodesBoxProps {
  readonly codes: readonly string[]
  readonly onDone: () => void
}

export function RecoveryCodesBox({ codes, onDone }: RecoveryCodesBoxProps) {
  return (
    <section className={styles.form} role="status">
      <h3 className={styles.heading}>Your recovery codes</h3>
      <p className={styles.text}>
        They are shown this once. Each lets you in one time in place of a code of the app: print them, or keep them
        where the phone is not.
      </p>
      <ul className={styles.codes}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className={styles.line}>
        <CopyButton text={codes.join('\n')} />
        <Button onClick={onDone}>I have put them away</Button>
      </div>
    </section>
  )
}
