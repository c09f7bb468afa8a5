/** Every object of the study, series by series, with what the archive knows of how it came and how it is kept. */
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { InstanceRow, SeriesRow } from '../../api/studies.ts'
import { instancesQuery } from '../http/queries.ts'
import { ErrorState, SkeletonRows } from '../ui/states.tsx'
import { counted } from '../words/numbers.ts'
import { ObjectRow } from './ObjectRow.tsx'
import styles from './ObjectsTable.module.css'

const STEP = 50

export interface ObjectsTableProps {
  readonly study: string
  readonly series: readonly SeriesRow[]
  /** For who may take an object out of sight. */
  readonly onReject?: (object: InstanceRow) => void
}

export function ObjectsTable({ study, series, onReject }: ObjectsTableProps) {
  const objects = useQuery(instancesQuery(study))
  const bySeries = useMemo(() => group(objects.data?.instances ?? []), [objects.data])
  if (objects.error)
    return <ErrorState error={objects.error} what="the objects" onRetry={() => void objects.refetch()} />
  if (!objects.data) return <SkeletonRows rows={5} height={36} />
  return series.map((one) => (
    <SeriesObjects
      key={one.series}
      study={study}
      title={[one.number, one.modality, one.description].filter((part) => part !== null && part !== '').join(' · ')}
      objects={bySeries.get(one.series) ?? []}
      open={series.length === 1}
      {...(onReject && { onReject })}
    />
  ))
}

interface SeriesObjectsProps {
  readonly study: string
  readonly title: string
  readonly objects: readonly InstanceRow[]
  readonly open: boolean
  readonly onReject?: (object: InstanceRow) => void
}

function SeriesObjects({ study, title, objects, open, onReject }: SeriesObjectsProps) {
  const [shown, setShown] = useState(STEP)
  const [isOpen, setOpen] = useState(open)
  const marked = objects.filter((object) => !object.current || object.version > 1).length
  return (
    <details className={styles.series} open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={styles.summary}>
        <span className={styles.title}>{title}</span>
        <span className={styles.dim}>
          {counted(objects.length, 'object')}
          {marked > 0 && ` · ${marked} with versions`}
        </span>
      </summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className={styles.scroll} tabIndex={0} aria-label={`Objects of series ${title}`}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">No.</th>
                <th scope="col">Kind</th>
                <th scope="col">Transfer syntax</th>
                <th scope="col">Matrix</th>
                <th scope="col">Size</th>
                <th scope="col">Digest of the data set</th>
                <th scope="col">Received</th>
                <th scope="col">Marks</th>
                <th scope="col">Original</th>
                {onReject && <th scope="col">Reject</th>}
              </tr>
            </thead>
            <tbody>
              {objects.slice(0, shown).map((object) => (
                <ObjectRow
                  key={`${object.instance} ${object.version}`}
                  study={study}
                  object={object}
                  {...(onReject && { onReject })}
                />
              ))}
            </tbody>
          </table>
          {objects.length > shown && (
            <button type="button" className={styles.more} onClick={() => setShown(shown + 10 * STEP)}>
              Show more ({shown} of {objects.length})
            </button>
          )}
        </section>
      )}
    </details>
  )
}

function group(objects: readonly InstanceRow[]): Map<string, InstanceRow[]> {
  const groups = new Map<string, InstanceRow[]>()
  for (const object of objects) {
    const one = groups.get(object.series)
    if (one) one.push(object)
    else groups.set(object.series, [object])
  }
  for (const one of groups.values())
    one.sort(
      (a, b) => (a.number ?? 0) - (b.number ?? 0) || a.instance.localeCompare(b.instance) || a.version - b.version,
    )
  return groups
}
