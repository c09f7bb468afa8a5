/** What a screen shows when there is nothing, not yet, or not at all. */
import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { asRequestError } from '../http/client.ts'
import { CopyButton } from './CopyButton.tsx'
import { Icon, type IconName } from './icons.tsx'
import styles from './states.module.css'

export interface EmptyStateProps {
  readonly icon?: IconName
  readonly title: string
  /** Within a section, beside other content. */
  readonly small?: boolean
  readonly children?: ReactNode
}

/** Nothing here: says why, and what to do next. */
export function EmptyState({ icon = 'image', title, small = false, children }: EmptyStateProps) {
  return (
    <div className={small ? `${styles.state} ${styles.smallState}` : styles.state}>
      <span className={styles.icon}>
        <Icon name={icon} size={small ? 18 : 30} />
      </span>
      {small ? <p className={styles.title}>{title}</p> : <h2 className={styles.title}>{title}</h2>}
      {children && <div className={styles.text}>{children}</div>}
    </div>
  )
}

export interface ErrorStateProps {
  readonly error: unknown
  readonly onRetry?: (() => void) | undefined
  /** What was to be shown: `the worklist`. */
  readonly what: string
  /** It stands in place of the whole screen, whose heading it then is. */
  readonly whole?: boolean
}

/** A failure: what happened, what to do, the request's id, and two ways on. */
export function ErrorState({ error, onRetry, what, whole = false }: ErrorStateProps) {
  const Heading = whole ? 'h1' : 'h2'
  const { problem, status } = asRequestError(error)
  const details = [
    `Clearkeep could not show ${what}.`,
    `${problem.code} (${status || 'no answer'}): ${problem.fact} ${problem.remedy}`,
    problem.request && `Request ${problem.request}`,
    `${new Date().toISOString()} ${location.pathname}`,
  ]
    .filter(Boolean)
    .join('\n')
  return (
    <div className={`${styles.state} ${styles.error}`} role="alert">
      <span className={styles.icon}>
        <Icon name="conflict" size={30} />
      </span>
      <Heading className={styles.title}>Could not show {what}</Heading>
      <p className={styles.text}>
        {problem.fact} {problem.remedy}
      </p>
      <p className={styles.small}>
        {problem.code}
        {problem.request && (
          <>
            {' · request '}
            <code>{problem.request}</code>
          </>
        )}
      </p>
      <div className={styles.ways}>
        {onRetry && (
          <Button onClick={onRetry} leftSection={<Icon name="refresh" size={16} />}>
            Retry
          </Button>
        )}
        <CopyButton text={details} label="Copy details" />
      </div>
    </div>
  )
}

/** An error beside what it concerns: a form, a row. */
export function InlineError({ error }: { readonly error: unknown }) {
  if (error === null || error === undefined) return null
  const { problem } = asRequestError(error)
  return (
    <p role="alert" className={styles.inline}>
      <Icon name="conflict" size={16} />
      <span>
        {problem.fact} {problem.remedy}
      </span>
    </p>
  )
}

/** Grey rows in the shape of what comes. */
export interface SkeletonRowsProps {
  readonly rows?: number
  readonly height?: number
  /** Of a screen that has no heading before it has its data: what comes. */
  readonly heading?: string
}

export function SkeletonRows({ rows = 8, height = 44, heading }: SkeletonRowsProps) {
  return (
    <div aria-busy="true" className={styles.skeletons}>
      {heading && <h1 className="hidden-visually">{heading}</h1>}
      <span className="hidden-visually" role="status">
        Loading
      </span>
      {Array.from({ length: rows }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows without content have no other name
        <div key={at} className={styles.skeleton} style={{ height, opacity: 1 - at / (rows + 2) }} aria-hidden="true">
          <span style={{ width: `${30 + ((at * 37) % 25)}%` }} />
          <span style={{ width: `${12 + ((at * 23) % 14)}%` }} />
        </div>
      ))}
    </div>
  )
}
