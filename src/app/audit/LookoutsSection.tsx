/** The lookouts there are: listed, saved, changed, stopped. */
import { Button, Checkbox, Group, Stack } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Lookout } from '../../api/lookouts.ts'
import { ask } from '../http/client.ts'
import { lookoutsQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { ReasonField } from '../ui/ReasonField.tsx'
import { EmptyState, ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'
import styles from './AuditPage.module.css'
import { LookoutForm } from './LookoutForm.tsx'
import { addresseesInWords, type Draft, draftOf, EMPTY, lookoutInWords } from './lookout-words.ts'

/** @param begin  a search that is to be saved; '' fields are those of an empty form */
export function LookoutsSection({ begin }: { readonly begin: Partial<Draft> | undefined }) {
  const session = useSession()
  const queries = useQueryClient()
  const lookouts = useQuery(lookoutsQuery)
  const [stoppedToo, setStoppedToo] = useState(false)
  const [editing, setEditing] = useState<{ readonly lookout?: number; readonly draft: Draft } | undefined>(
    begin === undefined ? undefined : { draft: { ...EMPTY, ...begin } },
  )
  const [stopping, setStopping] = useState<Lookout>()
  const [reason, setReason] = useState('')
  const changed = () => {
    setEditing(undefined)
    setStopping(undefined)
    void queries.invalidateQueries({ queryKey: ['lookouts'] })
  }
  const stop = useMutation({
    mutationFn: ({ id }: Lookout) =>
      ask(`/api/lookouts/${id}/stop`, Lookout, { method: 'POST', body: { reason: reason.trim() } }),
    onSuccess: changed,
  })
  const may = mayDo(session, 'lookout.manage')
  const all = lookouts.data?.lookouts
  const shown = all?.filter(({ stopped }) => stoppedToo || stopped === null)
  return (
    <Section
      title="Lookouts"
      actions={
        <Group>
          {all?.some(({ stopped }) => stopped !== null) && (
            <Checkbox
              label="Stopped ones too"
              checked={stoppedToo}
              onChange={(event) => setStoppedToo(event.currentTarget.checked)}
            />
          )}
          {may && <Button onClick={() => setEditing({ draft: EMPTY })}>New lookout</Button>}
        </Group>
      }
    >
      {lookouts.error ? (
        <ErrorState error={lookouts.error} what="lookouts" onRetry={() => void lookouts.refetch()} />
      ) : shown === undefined ? (
        <SkeletonRows rows={3} height={56} />
      ) : shown.length === 0 ? (
        <EmptyState icon="search" title="Nobody is on the lookout" small>
          A lookout is a search of the log that warns by itself: of whoever looks at a patient you name, of emergencies
          at night, of somebody who takes out more than others do.
        </EmptyState>
      ) : (
        <div className={table.frame}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">Lookout</th>
                <th scope="col">Warned</th>
                <th scope="col">Warnings</th>
                <th scope="col">Saved</th>
                <th scope="col">
                  <span className="hidden-visually">What can be done</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((one) => (
                <tr key={one.id}>
                  <td className={styles.top}>
                    <strong>{one.name}</strong>
                    <span className={styles.dim}>{lookoutInWords(one)}</span>
                  </td>
                  <td className={styles.top}>{addresseesInWords(one)}</td>
                  <td className={styles.top}>
                    {counted(one.all, 'warning')}
                    {one.waiting > 0 && (
                      <span className={styles.line}>
                        <Mark tone="warn">{one.waiting} waiting</Mark>
                      </span>
                    )}
                  </td>
                  <td className={styles.top}>
                    {formatMoment(one.saved.at)}
                    <span className={styles.dim}>by {one.saved.by}</span>
                    {one.stopped !== null && (
                      <span className={styles.dim}>
                        Stopped {formatMoment(one.stopped.at)} by {one.stopped.by}: {one.stopped.reason}
                      </span>
                    )}
                  </td>
                  <td className={`${styles.top} ${table.actions}`}>
                    {may && one.stopped === null && (
                      <Group gap="xs" wrap="nowrap">
                        <Button
                          size="compact-sm"
                          variant="default"
                          aria-label={`Change lookout ${one.name}`}
                          onClick={() => setEditing({ lookout: one.id, draft: draftOf(one) })}
                        >
                          Change
                        </Button>
                        <Button
                          size="compact-sm"
                          variant="default"
                          aria-label={`Stop lookout ${one.name}`}
                          onClick={() => {
                            stop.reset()
                            setReason('')
                            setStopping(one)
                          }}
                        >
                          Stop
                        </Button>
                      </Group>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Dialog
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
        title={editing?.lookout === undefined ? 'New lookout' : 'Change the lookout'}
        size="lg"
      >
        {editing && <LookoutForm lookout={editing.lookout} begin={editing.draft} onSaved={changed} />}
      </Dialog>
      <Dialog opened={stopping !== undefined} onClose={() => setStopping(undefined)} title="Stop the lookout">
        {stopping && (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              if (reason.trim() !== '') stop.mutate(stopping)
            }}
          >
            <Stack>
              <p>“{stopping.name}” warns no more. What it warned of stays.</p>
              <ReasonField value={reason} onChange={setReason} most={2000} />
              <InlineError error={stop.error} />
              <Button type="submit" loading={stop.isPending} disabled={reason.trim() === ''}>
                Stop it
              </Button>
            </Stack>
          </form>
        )}
      </Dialog>
    </Section>
  )
}
