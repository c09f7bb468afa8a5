/** Studies a person may consider from a day in a span on. Those that are due today may be proposed for destruction. */
import { Button, Checkbox } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { DueStudies } from '../../api/retention.ts'
import { dispositionsQuery, dueQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { ErrorState, SkeletonRows } from '../ui/states.tsx'
import { formatDate } from '../words/dates.ts'
import { counted, formatBytes, formatCount } from '../words/numbers.ts'
import styles from './Compliance.module.css'
import { ProposeForm } from './ProposeForm.tsx'

type Study = DueStudies['studies'][number]

const named = (study: Study): string =>
  [formatDate(study.studyDate), study.modalities.join(' '), study.description].filter(Boolean).join(' · ')

export function Due({ span }: { readonly span: { readonly from?: string; readonly until: string } }) {
  const due = useQuery(dueQuery(span))
  const session = useSession()
  const queries = useQueryClient()
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [proposing, setProposing] = useState(false)
  if (due.error) return <ErrorState error={due.error} what="these studies" onRetry={() => void due.refetch()} />
  if (due.data === undefined) return <SkeletonRows rows={3} />
  // What has no beginning is due already.
  const may = span.from === undefined && mayDo(session, 'disposition.propose')
  const toggle = (study: string) =>
    setChosen((before) => (before.includes(study) ? before.filter((one) => one !== study) : [...before, study]))
  return (
    <>
      <table className={styles.years}>
        <thead>
          <tr>
            {may && (
              <th scope="col">
                <span className="hidden-visually">Choose</span>
              </th>
            )}
            <th scope="col">From</th>
            <th scope="col">Study</th>
            <th scope="col" className={styles.number}>
              Size
            </th>
            <th scope="col">By</th>
          </tr>
        </thead>
        <tbody>
          {due.data.studies.map((study) => (
            <tr key={study.study}>
              {may && (
                <td>
                  <Checkbox
                    aria-label={`Choose ${named(study)}`}
                    checked={chosen.includes(study.study)}
                    onChange={() => toggle(study.study)}
                  />
                </td>
              )}
              <td>{formatDate(study.eligibleOn.replaceAll('-', ''))}</td>
              <td>
                <Link to="/s/$study" params={{ study: study.study }}>
                  {named(study)}
                </Link>
              </td>
              <td className={styles.number}>{formatBytes(study.bytes)}</td>
              <td>
                {study.governing.join(', ')}
                {study.assumed && <span className={styles.dim}>something was assumed: look at it</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {due.data.truncated && (
        <p className={styles.note}>There are more than these {formatCount(due.data.studies.length)}.</p>
      )}
      {may && due.data.studies.length > 0 && (
        <p className={styles.note}>
          <Button variant="default" disabled={chosen.length === 0} onClick={() => setProposing(true)}>
            {chosen.length === 0
              ? 'Propose for destruction…'
              : `Propose ${counted(chosen.length, 'study', 'studies')} for destruction…`}
          </Button>
        </p>
      )}
      <Dialog opened={proposing} onClose={() => setProposing(false)} title="Propose for destruction" size="lg">
        {proposing && (
          <ProposeForm
            studies={due.data.studies.filter(({ study }) => chosen.includes(study))}
            onProposed={() => {
              setProposing(false)
              setChosen([])
              void queries.invalidateQueries({ queryKey: dispositionsQuery.queryKey })
              void queries.invalidateQueries({ queryKey: ['retention'] })
            }}
          />
        )}
      </Dialog>
    </>
  )
}
