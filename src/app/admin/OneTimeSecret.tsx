import { Button } from '@mantine/core'
import { CopyButton } from '../ui/CopyButton.tsx'
import styles from './OneTimeSecret.module.css'

export interface OneTimeSecretProps {
  readonly title: string
  readonly secret: string
  readonly onClose: () => void
}

/** A secret that is shown once and never again. */
export function OneTimeSecret({ title, secret, onClose }: OneTimeSecretProps) {
  return (
    <section className={styles.box} role="status">
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.text}>It is shown this once. Copy it now and hand it over by a safe way.</p>
      <div className={styles.line}>
        <code className={styles.secret}>{secret}</code>
        <CopyButton text={secret} />
        <Button variant="subtle" onClick={onClose}>
          Done
        </Button>
      </div>
    </section>
  )
}
