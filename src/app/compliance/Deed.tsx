/** Who did something, when, and why: a line under what it is about. */
import { formatMoment } from '../words/dates.ts'
import styles from './Compliance.module.css'

export interface DeedProps {
  /** Null: nobody did. */
  readonly deed: { readonly by: string; readonly at: string; readonly reason?: string } | null
  /** `approved`. */
  readonly what?: string
}

export function Deed({ deed, what }: DeedProps) {
  if (deed === null) return null
  return (
    <span className={styles.dim}>
      {what && `${what} `}
      {formatMoment(deed.at)} by {deed.by}
      {deed.reason && `: ${deed.reason}`}
    </span>
  )
}
