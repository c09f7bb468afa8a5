import { Link } from '@tanstack/react-router'
import type { SeriesRow } from '../../api/studies.ts'
import { EmptyState } from '../ui/states.tsx'
import { counted, formatBytes } from '../words/numbers.ts'
import styles from './SeriesList.module.css'

export interface SeriesListProps {
  readonly study: string
  readonly series: readonly SeriesRow[]
}

/** The series as cards; each leads into the viewer. */
export function SeriesList({ study, series }: SeriesListProps) {
  if (series.length === 0)
    return (
      <EmptyState title="Nothing of this study is shown" small>
        All of it was rejected, and is kept.
      </EmptyState>
    )
  return (
    <ol className={styles.list}>
      {series.map((one) => (
        <li key={one.series}>
          <Link className={styles.card} to="/v/$study" params={{ study }} search={{ series: one.series }}>
            <span className={styles.modality}>{one.modality || '–'}</span>
            <span className={styles.words}>
              <span className={styles.title}>
                {one.number !== null && <span className={styles.number}>{one.number}</span>}
                {one.description || 'No description'}
              </span>
              <span className={styles.dim}>
                {[one.bodyPart, counted(one.instances, 'object'), formatBytes(one.bytes)].filter(Boolean).join(' · ')}
              </span>
            </span>
          </Link>
        </li>
      ))}
    </ol>
  )
}
