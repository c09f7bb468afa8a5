/** Dates that stand although a study is known better now: let go by three people, or kept. */
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Reduction } from '../../api/known.ts'
import { reductionsQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { throughInWords } from '../study/known-words.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'
import styles from './Compliance.module.css'
import { Deed } from './Deed.tsx'
import { AskedFor, DeskTable } from './DeskTable.tsx'
import { ProposeReductionForm } from './ProposeReductionForm.tsx'
import { type ReductionStep, reductionSteps, STATES } from './reduction-words.ts'
import { type DeskStep, StepCell, StepDialog } from './steps.tsx'

const LABELS: Readonly<Record<ReductionStep, string>> = { first: 'Approve', second: 'Let it go', end: 'Keep it' }
const TITLES: Readonly<Record<ReductionStep, string>> = {
  first: 'Approve it',
  second: 'Let the date go',
  end: 'Keep the date',
}
const FOLLOWS: Readonly<Record<ReductionStep, string>> = {
  first: 'Somebody with the privacy role has to approve it after you.',
  second: 'With this the study is kept as long as the rules say, by what is known now. Nothing is removed.',
  end: 'The date goes on standing.',
}

const stepOf = (name: ReductionStep, { id, study, floor }: Reduction): DeskStep => ({
  title: TITLES[name],
  about: `Study ${study}, which stands ${throughInWords(floor)}. ${FOLLOWS[name]}`,
  send: TITLES[name],
  path: `/api/retention/reductions/${id}/${name === 'end' ? 'end' : `approve/${name}`}`,
  most: 250,
  signs: name !== 'end',
})

export function ReductionsSection({ id }: { readonly id: string }) {
  const session = useSession()
  const queries = useQueryClient()
  const reductions = useQuery(reductionsQuery)
  const [proposing, setProposing] = useState(false)
  const [step, setStep] = useState<DeskStep>()
  const changed = () => {
    setProposing(false)
    setStep(undefined)
    void queries.invalidateQueries({ queryKey: ['retention'] })
    void queries.invalidateQueries({ queryKey: ['study'] })
  }
  const may = {
    first: mayDo(session, 'reduction.approve.first'),
    second: mayDo(session, 'reduction.approve.second'),
    end: mayDo(session, 'reduction.propose'),
  }
  return (
    <Section
      id={id}
      title="Dates that stand"
      actions={may.end && <Button onClick={() => setProposing(true)}>Let a date go</Button>}
    >
      <p className={styles.note}>
        When more becomes known about a study and it could go earlier than promised, the promised date stands. One
        person proposes to let it go, two others approve.
      </p>
      <AskedFor query={reductions} what="these dates">
        {(data) =>
          data.reductions.length === 0 ? (
            <EmptyState icon="lock" title="No date is to be let go" small>
              What stands is said on the page of each study, under “Kept until”.
            </EmptyState>
          ) : (
            <DeskTable
              label="Dates that stand"
              columns={['No.', 'Study', 'Why', 'State']}
              rows={data.reductions}
              row={(of) => (
                <tr key={of.id} className={of.state === 'ended' ? styles.over : undefined}>
                  <td className={styles.top}>{of.id}</td>
                  <td className={styles.top}>
                    Stands {throughInWords(of.floor)}
                    <Link to="/s/$study" params={{ study: of.study }} className={styles.dim}>
                      {of.study}
                    </Link>
                  </td>
                  <td className={styles.top}>
                    {of.reason}
                    <span className={styles.dim}>It rests on: {of.evidence}</span>
                    <Deed deed={of.proposed} what="proposed" />
                  </td>
                  <td className={styles.top}>
                    <Mark tone={STATES[of.state].tone}>{STATES[of.state].label}</Mark>
                    <Deed deed={of.first} what="approved" />
                    <Deed deed={of.adopted} what="let go" />
                    <Deed deed={of.ended} />
                  </td>
                  <StepCell
                    of={`reduction ${of.id}`}
                    steps={reductionSteps(of, session?.user?.name ?? '', may).map((name) => ({
                      label: LABELS[name],
                      waits: name !== 'end',
                      onTake: () => setStep(stepOf(name, of)),
                    }))}
                  />
                </tr>
              )}
            />
          )
        }
      </AskedFor>
      <Dialog opened={proposing} onClose={() => setProposing(false)} title="Let a date go">
        <ProposeReductionForm onProposed={changed} />
      </Dialog>
      <StepDialog step={step} onClose={() => setStep(undefined)} onDone={changed} />
    </Section>
  )
}
