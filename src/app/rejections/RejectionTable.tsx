/** What was taken out of sight, why and by whom; and the way back. */
import { Button, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Rejection, type Rejections } from '../../api/rejections.ts'
import { ask } from '../http/client.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { ReasonField } from '../ui/ReasonField.tsx'
import { InlineError } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'
import styles from './RejectionTable.module.css'
import { REASONS, rejectedInWords } from './rejection-words.ts'

export interface RejectionTableProps {
  readonly rejections: Rejections
  /** Is this the page of their study? */
  readonly ofStudy: boolean
}

export function RejectionTable({ rejections: { rejections, may }, ofStudy }: RejectionTableProps) {
  const [restoring, setRestoring] = useState<Rejection>()
  return (
    <>
      <div className={table.frame}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">What</th>
              <th scope="col">Why</th>
              <th scope="col">By</th>
              <th scope="col">
                <span className="hidden-visually">Take back</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rejections.map((one) => (
              <tr key={one.id}>
                <td className={styles.when}>{formatMoment(one.rejected.at)}</td>
                <td>
                  <Mark tone={one.restored === null ? 'warn' : 'plain'}>
                    {one.restored === null ? REASONS[one.code].label : 'Taken back'}
                  </Mark>{' '}
                  {counted(one.instances, 'object')}
                  {!ofStudy && (
                    <span className={styles.dim}>
                      <Link to="/s/$study" params={{ study: one.study }}>
                        Open the study
                      </Link>
                    </span>
                  )}
                </td>
                <td>
                  {one.reason || '–'}
                  {one.restored !== null && (
                    <span className={styles.dim}>
                      Taken back by {one.restored.by}, {formatMoment(one.restored.at)}: {one.restored.reason}
                    </span>
                  )}
                </td>
                <td>{one.rejected.by.replace(/^ae:/, '')}</td>
                <td className={table.actions}>
                  {one.restored === null && may.includes(one.code) && (
                    <Button size="compact-md" variant="default" onClick={() => setRestoring(one)}>
                      Take back
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Dialog opened={restoring !== undefined} onClose={() => setRestoring(undefined)} title="Take a rejection back">
        {restoring && <RestoreForm rejection={restoring} onDone={() => setRestoring(undefined)} />}
      </Dialog>
    </>
  )
}

function RestoreForm({ rejection, onDone }: { readonly rejection: Rejection; readonly onDone: () => void }) {
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const restore = useMutation({
    mutationFn: () => ask(`/api/rejections/${rejection.id}/restore`, Rejection, { method: 'POST', body: { reason } }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['rejections'] })
      void queries.invalidateQueries({ queryKey: ['study', rejection.study] })
      onDone()
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        restore.mutate()
      }}
    >
      <Stack>
        <Text>{rejectedInWords(rejection)}. It is shown again, here and to other systems.</Text>
        <ReasonField value={reason} onChange={setReason} most={1000} />
        <InlineError error={restore.error} />
        <Button type="submit" loading={restore.isPending} disabled={reason.trim() === ''}>
          Take it back
        </Button>
      </Stack>
    </form>
  )
}
