/** What waits for a destination: objects it refused, and the way to try all again or to give those up. */
import { Button, Stack } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type DestinationRow, QueueStepped } from '../../api/routing.ts'
import { ask } from '../http/client.ts'
import { stuckQuery } from '../http/queries.ts'
import { ReasonField } from '../ui/ReasonField.tsx'
import { ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import { TableFrame } from '../ui/TableFrame.tsx'
import table from '../ui/table.module.css'
import { counted } from '../words/numbers.ts'
import styles from './Routing.module.css'
import { stateInWords } from './routing-words.ts'

export interface QueueViewProps {
  readonly destination: DestinationRow
  readonly mayManage: boolean
  readonly onDone: () => void
}

export function QueueView({ destination, mayManage, onDone }: QueueViewProps) {
  const queries = useQueryClient()
  const stuck = useQuery(stuckQuery(destination.name))
  const [reason, setReason] = useState('')
  const step = useMutation({
    mutationFn: (what: 'retry' | 'drop') =>
      ask(`/api/routing/destinations/${encodeURIComponent(destination.name)}/${what}`, QueueStepped, {
        method: 'POST',
        body: { reason },
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['routing'] })
      onDone()
    },
  })
  const ready = reason.trim() !== '' && !step.isPending
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        step.mutate('retry')
      }}
    >
      <Stack>
        <p>{stateInWords(destination)}</p>
        {stuck.error ? (
          <ErrorState error={stuck.error} what="what was refused" onRetry={() => void stuck.refetch()} />
        ) : stuck.data === undefined ? (
          <SkeletonRows rows={3} height={40} />
        ) : (
          stuck.data.objects.length > 0 && (
            <TableFrame label="Refused objects">
              <table className={table.table}>
                <thead>
                  <tr>
                    <th scope="col">Object</th>
                    <th scope="col">Why it was refused</th>
                  </tr>
                </thead>
                <tbody>
                  {stuck.data.objects.map((one) => (
                    <tr key={one.instance}>
                      <td>
                        <Link to="/s/$study" params={{ study: one.study }}>
                          <code>{one.instance}</code>
                        </Link>
                        <span className={styles.dim}>{counted(one.attempts, 'attempt')}</span>
                      </td>
                      <td>{one.why}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </TableFrame>
          )
        )}
        {mayManage && (
          <>
            <ReasonField value={reason} onChange={setReason} most={2000} />
            <InlineError error={step.error} />
            <div className={styles.ways}>
              <Button type="submit" loading={step.isPending} disabled={!ready}>
                Try all of it now
              </Button>
              {destination.stuck > 0 && (
                <Button variant="default" disabled={!ready} onClick={() => step.mutate('drop')}>
                  Give up what was refused
                </Button>
              )}
            </div>
          </>
        )}
      </Stack>
    </form>
  )
}
