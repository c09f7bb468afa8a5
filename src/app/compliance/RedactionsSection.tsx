/** What old entries of the audit log told, erased: one person proposes it, another approves it. */
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Redaction } from '../../api/redactions.ts'
import { redactionsQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'
import { formatMoment } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'
import styles from './Compliance.module.css'
import { Deed } from './Deed.tsx'
import { AskedFor, DeskTable } from './DeskTable.tsx'
import { ProposeRedactionForm } from './ProposeRedactionForm.tsx'
import { type RedactionStep, redactionSteps } from './redaction-words.ts'
import { type DeskStep, StepCell, StepDialog } from './steps.tsx'

const stepOf = (name: RedactionStep, { id, until }: Redaction): DeskStep => ({
  path: `/api/redactions/${id}/${name}`,
  most: 2000,
  ...(name === 'approve'
    ? {
        title: 'Erase what these entries told',
        about: `What entries before ${formatMoment(until)} told is erased at once, and there is no way back. Backups made before have it until they are made again.`,
        send: 'Erase',
        signs: true,
        grave: true,
      }
    : { title: 'Call the redaction off', about: 'The entries stay as they are.', send: 'Call it off' }),
})

export function RedactionsSection({ id }: { readonly id: string }) {
  const redactions = useQuery(redactionsQuery)
  const session = useSession()
  const queries = useQueryClient()
  const [proposing, setProposing] = useState(false)
  const [step, setStep] = useState<DeskStep>()
  const changed = () => {
    setProposing(false)
    setStep(undefined)
    void queries.invalidateQueries({ queryKey: redactionsQuery.queryKey })
  }
  const may = { approve: mayDo(session, 'redaction.approve'), end: mayDo(session, 'redaction.propose') }
  return (
    <Section
      id={id}
      title="Old entries of the audit log"
      actions={
        may.end && (
          <Button variant="default" onClick={() => setProposing(true)}>
            Propose to erase
          </Button>
        )
      }
    >
      <AskedFor query={redactions} what="redactions">
        {(data) =>
          data.redactions.length === 0 ? (
            <EmptyState icon="document" title="Nothing was erased of the log" small>
              What entries told is erased once it is old enough, by two people. That there was an entry, and its proof,
              stay.
            </EmptyState>
          ) : (
            <DeskTable
              label="Old entries of the audit log"
              columns={['Entries before', 'Proposed', 'State']}
              rows={data.redactions}
              row={(redaction) => (
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
                  <StepCell
                    of={`redaction ${redaction.id}`}
                    steps={redactionSteps(redaction, session?.user?.name ?? '', may).map(({ step: name, label }) => ({
                      label,
                      waits: name === 'approve',
                      onTake: () => setStep(stepOf(name, redaction)),
                    }))}
                  />
                </tr>
              )}
            />
          )
        }
      </AskedFor>
      <Dialog opened={proposing} onClose={() => setProposing(false)} title="Propose to erase what old entries told">
        <ProposeRedactionForm onProposed={changed} />
      </Dialog>
      <StepDialog step={step} onClose={() => setStep(undefined)} onDone={changed} />
    </Section>
  )
}

function State({ redaction: { approved, ended, events, doneAt } }: { readonly redaction: Redaction }) {
  if (ended !== null)
    return (
      <>
        <Mark>Called off</Mark>
        <Deed deed={ended} />
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
