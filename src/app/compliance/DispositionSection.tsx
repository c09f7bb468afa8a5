/** What was proposed for destruction: three people, a cooling-off, and what is left of it. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Disposition } from '../../api/dispositions.ts'
import { dispositionsQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'
import { counted } from '../words/numbers.ts'
import styles from './Compliance.module.css'
import { AskedFor, DeskTable } from './DeskTable.tsx'
import { DispositionStudies } from './DispositionStudies.tsx'
import { type DispositionStep, deedsInWords, dispositionSteps, nextInWords, STATES } from './disposition-words.ts'
import { type DeskStep, StepCell, StepDialog } from './steps.tsx'

const FOLLOWS: Readonly<Record<DispositionStep, string>> = {
  first: 'somebody with the privacy role has to approve it after you.',
  second: 'with this it is hidden, and destroyed once it has cooled off. It can be called off until then.',
  end: 'what is not destroyed yet is kept, and shown again.',
}

const stepOf = (name: DispositionStep, { id, studies }: Disposition): DeskStep => ({
  title: name === 'end' ? 'Call it off' : 'Approve the destruction',
  about: `Disposition ${id}, ${counted(studies.length, 'study', 'studies')}: ${FOLLOWS[name]}`,
  send: name === 'end' ? 'Call it off' : 'Approve the destruction',
  path: `/api/dispositions/${id}/${name === 'end' ? 'end' : `approve/${name}`}`,
  most: 2000,
  reason: 'What you looked at, and why. It is kept in the audit log.',
  signs: name !== 'end',
  grave: name !== 'end',
})

export function DispositionSection({ id }: { readonly id: string }) {
  const session = useSession()
  const queries = useQueryClient()
  const dispositions = useQuery(dispositionsQuery)
  const [step, setStep] = useState<DeskStep>()
  const changed = () => {
    setStep(undefined)
    void queries.invalidateQueries({ queryKey: dispositionsQuery.queryKey })
    void queries.invalidateQueries({ queryKey: ['rejections'] })
  }
  const may = {
    first: mayDo(session, 'disposition.approve.first'),
    second: mayDo(session, 'disposition.approve.second'),
    end: mayDo(session, 'disposition.end'),
  }
  return (
    <Section id={id} title="Destruction">
      <p className={styles.note}>
        One person proposes what is due, two others approve it, and it cools off. A legal hold placed before the last
        moment wins. Studies are proposed from the calendar below.
      </p>
      <AskedFor query={dispositions} what="what was proposed">
        {(data) =>
          data.dispositions.length === 0 ? (
            <EmptyState icon="check" title="Nothing was proposed for destruction" small>
              Nothing is ever destroyed by a machine alone.
            </EmptyState>
          ) : (
            <DeskTable
              label="Destruction"
              columns={['No.', 'Why', 'Studies', 'State']}
              rows={data.dispositions}
              row={(of) => (
                <tr key={of.id} className={of.state === 'ended' ? styles.over : undefined}>
                  <td className={styles.top}>{of.id}</td>
                  <td className={styles.top}>
                    <Why of={of} />
                  </td>
                  <td className={styles.top}>
                    <DispositionStudies of={of} />
                  </td>
                  <td className={styles.top}>
                    <Mark tone={STATES[of.state].tone}>{STATES[of.state].label}</Mark>
                    <span className={styles.dim}>{nextInWords(of)}</span>
                  </td>
                  <StepCell
                    of={`disposition ${of.id}`}
                    steps={dispositionSteps(of, session?.user?.name ?? '', may).map((name) => ({
                      label: name === 'end' ? 'Call off' : 'Approve',
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
      <StepDialog step={step} onClose={() => setStep(undefined)} onDone={changed} />
    </Section>
  )
}

function Why({ of }: { readonly of: Disposition }) {
  const papers = Object.entries(of.papers).map(([paper, words]) => `${paper}: ${words}`)
  return (
    <>
      {of.reason}
      {[...deedsInWords(of), ...papers].map((words) => (
        <span key={words} className={styles.dim}>
          {words}
        </span>
      ))}
    </>
  )
}
