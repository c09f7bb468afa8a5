import type { ReactNode } from 'react'
import type { Status } from '../../api/admin.ts'
import { Mark } from '../ui/Mark.tsx'
import { formatBytes, formatCount } from '../words/numbers.ts'
import styles from './ConnectionsPage.module.css'

/** The archive at a glance; dashes until the first answer. */
export function StatusCards({ status }: { readonly status: Status | undefined }) {
  const cards: readonly (readonly [name: string, value: ReactNode])[] = [
    [
      'Receiving',
      status && (status.accepting ? <Mark tone="good">Accepting</Mark> : <Mark tone="bad">Refusing: no space</Mark>),
    ],
    ['Studies', status && formatCount(status.studies)],
    ['Objects', status && formatCount(status.instances)],
    ['Kept', status && formatBytes(status.bytes)],
    ['Free space', status && formatBytes(status.freeBytes)],
    [
      'Damage found',
      status && (status.damage === 0 ? <Mark tone="good">None</Mark> : <Mark tone="bad">{status.damage}</Mark>),
    ],
  ]
  return (
    <dl className={styles.cards} aria-busy={status === undefined}>
      {cards.map(([name, value]) => (
        <div key={name} className={styles.card}>
          <dt className={styles.dim}>{name}</dt>
          <dd className={`${styles.figure} ${styles.state}`} style={{ margin: 0 }}>
            {value ?? '–'}
          </dd>
        </div>
      ))}
    </dl>
  )
}
