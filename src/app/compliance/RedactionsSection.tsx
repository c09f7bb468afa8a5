/** What old entries of the audit log told, erased: one person proposes it, another approves it. */
import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Redaction } from '../../api/redactions.ts'
import { ask } from '../http/client.ts'
import { redactionsQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { ReasonField } from '../ui/ReasonField.tsx'
import { EmptyState, ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'
import styles from './Compliance.module.css'

type Step = 'approve' | 'end'

export function RedactionsSection() {
  const redactions = useQuery(redactionsQuery)
  const session = useSession()
  const queries = useQueryClient()
  const [proposing, setProposing] = useState(false)
  const [step, setStep] = useState<{ readonly step: Step; readonly redaction: Redaction }>()
  const [day, setDay] = useState('')
  const [reason, setReason] = useState('')
  const changed = () => {
    setProposing(false)
    setStep(undefined)
    setReason('')
    void queries.invalidateQueries({ queryKey: redactionsQuery.queryKey })
  }
  const propose = useMutation({
    mutationFn: () =>
      ask('/api/redactions', Redaction, { method: 'POST', body: { until: `${day}T00:00:00.000Z`, reason } }),
    onSuccess: changed,
  })
  const take = useMutation({
    mutationFn: ({ step: name, redaction }: { step: Step; redaction: Redaction }) =>
      ask(`/api/redactions/${redaction.id}/${name}`, Redaction, { method: 'POST', body: { reason } }),
    onSuccess: changed,
  })
  const begin = (name: Step, redaction: Redaction) => {
    take.reset()
    setReason('')
    setStep({ step: name, redaction })
  }
  const me = session?.user?.name ?? ''
  return (
    <Section
      title="Old entries of the audit log"
      actions={
        mayDo(session, 'redaction.propose') && (
          <Button
            variant="default"
            onClick={() => {
              propose.reset()
              setReason('')
              setProposing(true)
            }}
          >
            Propose to erase
          </Button>
        )
      }
    >
      {redactions.error ? (
        <ErrorState error={redactions.error} what="redactions" onRetry={() => void redactions.refetch()} />
      ) : redactions.data === undefined ? (
        <SkeletonRows rows={2} height={64} />
      ) : redactions.data.redactions.length === 0 ? (
        <EmptyState icon="document" title="Nothing was erased of the log" small>
          What entries told is erased once it is old enough, by two people. That there was an entry, and its proof,
          stay.
        </EmptyState>
      ) : (
        <div className={table.frame}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">Entries before</th>
                <th scope="col">Proposed</th>
                <th scope="col">State</th>
                <th scope="col">
                  <span className="hidden-visually">What can be done</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {redactions.data.redactions.map((redaction) => (
                <tr key={redaction.id}>
                  <td className={styles.top}>
                    {formatMoment(redaction.until)}
                    <span className={styles.dim}>{redaction.reason}</span>
                  </td>
                  <td className={styles.top}>
                    {formatMoment(redaction.proposed.at)}
                    <span className={styles.dim}>by {redaction.proposed.by}</span>
                  </td>
                  <td className={styles.top}>
                    <State redaction={redaction} />
                  </td>
                  <td className={`${styles.top} ${table.actions}`}>
                    {redaction.approved === null && redaction.ended === null && (
                      <Group gap="xs" justify="flex-end" wrap="nowrap">
                        {mayDo(session, 'redaction.approve') && redaction.proposed.by !== me && (
                          <Button
                            size="compact-sm"
                            variant="default"
                            onClick={() => begin('approve', redaction)}
                            aria-label={`Approve redaction ${redaction.id}`}
                          >
                            Approve
                          </Button>
                        )}
                        {mayDo(session, 'redaction.propose') && (
                          <Button
                            size="compact-sm"
                            variant="default"
                            onClick={() => begin('end', redaction)}
                            aria-label={`${redaction.proposed.by === me ? 'Withdraw' : 'Refuse'} redaction ${redaction.id}`}
                          >
                            {redaction.proposed.by === me ? 'Withdraw' : 'Refuse'}
                          </Button>
                        )}
                      </Group>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Dialog opened={proposing} onClose={() => setProposing(false)} title="Propose to erase what old entries told">
        <form
          onSubmit={(event) => {
            event.preventDefault()
            propose.mutate()
          }}
        >
          <Stack>
            <p>
              Logins, searches, looks and what was given out, before this day. Arrivals, holds, destructions and
              whatever a legal hold covers are kept. Another person has to approve it.
            </p>
            <TextInput
              type="date"
              label="Entries before"
              required
              withAsterisk={false}
              value={day}
              onChange={(event) => setDay(event.currentTarget.value)}
            />
            <ReasonField value={reason} onChange={setReason} most={2000} />
            <InlineError error={propose.error} />
            <Button type="submit" loading={propose.isPending} disabled={day === '' || reason.trim() === ''}>
              Propose it
            </Button>
          </Stack>
        </form>
      </Dialog>
      <Dialog
        opened={step !== undefined}
        onClose={() => setStep(undefined)}
        title={step?.step === 'approve' ? 'Erase what these entries told' : 'Call the redaction off'}
      >
        {step && (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              take.mutate(step)
            }}
          >
            <Stack>
              {step.step === 'approve' && (
                <p>
                  It is carried out at once, and there is no way back. Backups made before have the entries until they
                  are made again.
                </p>
              )}
              <ReasonField value={reason} onChange={setReason} most={2000} />
              <InlineError error={take.error} />
              <Button
                type="submit"
                {...(step.step === 'approve' && { color: 'red' })}
                loading={take.isPending}
                disabled={reason.trim() === ''}
              >
                {step.step === 'approve' ? 'Erase' : 'Call it off'}
              </Button>
            </Stack>
          </form>
        )}
      </Dialog>
    </Section>
  )
}

function State({ redaction: { approved, ended, events, doneAt } }: { readonly redaction: Redaction }) {
  if (ended !== null)
    return (
      <>
        <Mark>Called off</Mark>
        <span className={styles.dim}>
          {formatMoment(ended.at)} by {ended.by}: {ended.reason}
        </span>
      </>
    )
  if (approved === null) return <Mark tone="warn">Waits for another person</Mark>
  return (
    <>
      {doneAt === '' ? <Mark tone="warn">Going on</Mark> : <Mark tone="good">Erased</Mark>}
      <span className={styles.dim}>
        {counted(events, 'entry', 'entries')}, approved {formatMoment(approved.at)} by {approved.by}
      </span>
    </>
  )
}
