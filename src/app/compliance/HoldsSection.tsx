/** Legal holds: placed by one person, released by two. */
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { Hold } from '../../api/holds.ts'
import { holdsQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { useShortcuts } from '../shell/keys.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'
import { formatMoment } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'
import styles from './Compliance.module.css'
import { Deed } from './Deed.tsx'
import { AskedFor, DeskTable } from './DeskTable.tsx'
import { type HoldStep, holdSteps, scopeInWords, searchInWords } from './hold-words.ts'
import { NewHoldForm } from './NewHoldForm.tsx'
import { type DeskStep, StepCell, StepDialog } from './steps.tsx'

const STEPS: Readonly<Record<HoldStep, Pick<DeskStep, 'title' | 'about' | 'send' | 'signs'>>> = {
  ask: {
    title: 'Ask for the release',
    about: 'The hold lasts until another person, with the privacy role, releases it.',
    send: 'Ask for the release',
  },
  keep: {
    title: 'Keep the hold',
    about: 'The hold goes on, and the release that was asked for is off.',
    send: 'Keep the hold',
  },
  release: {
    title: 'Release the hold',
    about: 'Its studies go back to the dates the law gives them. Nothing is removed.',
    send: 'Release the hold',
    signs: true,
  },
}

const stepOf = (name: HoldStep, { id, matter }: Hold): DeskStep => ({
  ...STEPS[name],
  about: (
    <>
      Hold {id}, <strong>{matter}</strong>. {STEPS[name].about}
    </>
  ),
  path: `/api/holds/${id}/${name}`,
  most: 2000,
})

export function HoldsSection({ id }: { readonly id: string }) {
  const holds = useQuery(holdsQuery)
  const session = useSession()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { hold: study } = useSearch({ from: '/shell/compliance' })
  const [placing, setPlacing] = useState(study !== undefined)
  const [step, setStep] = useState<DeskStep>()
  const changed = () => {
    setPlacing(false)
    setStep(undefined)
    void navigate({ to: '/compliance', search: {}, replace: true })
    void queries.invalidateQueries({ queryKey: holdsQuery.queryKey })
    void queries.invalidateQueries({ queryKey: ['retention'] })
  }
  const may = { place: mayDo(session, 'hold.place'), release: mayDo(session, 'hold.release') }
  useShortcuts('Legal holds', may.place ? [{ keys: ['n'], does: 'place a hold', run: () => setPlacing(true) }] : [])
  return (
    <Section
      id={id}
      title="Legal holds"
      actions={may.place && <Button onClick={() => setPlacing(true)}>Place a hold</Button>}
    >
      <AskedFor query={holds} what="the legal holds">
        {(data) =>
          data.holds.length === 0 ? (
            <EmptyState icon="lock" title="No legal holds" small>
              A hold keeps studies whatever their date, until two people release it.
            </EmptyState>
          ) : (
            <DeskTable
              label="Legal holds"
              columns={['No.', 'Matter', 'Holds', 'Placed', 'State']}
              rows={data.holds}
              row={(hold) => (
                <tr key={hold.id} className={hold.released ? styles.over : undefined}>
                  <td className={styles.top}>{hold.id}</td>
                  <td className={styles.top}>
                    <strong>{hold.matter}</strong>
                    <span className={styles.dim}>{hold.reason}</span>
                  </td>
                  <td className={styles.top}>
                    <Scope hold={hold} />
                  </td>
                  <td className={styles.top}>
                    {formatMoment(hold.placed.at)}
                    <span className={styles.dim}>by {hold.placed.by}</span>
                  </td>
                  <td className={styles.top}>
                    <State hold={hold} />
                  </td>
                  <StepCell
                    of={`hold ${hold.id}`}
                    steps={holdSteps(hold, session?.user?.name ?? '', may).map(({ step: name, label, waits }) => ({
                      label,
                      waits,
                      onTake: () => setStep(stepOf(name, hold)),
                    }))}
                  />
                </tr>
              )}
            />
          )
        }
      </AskedFor>
      <Dialog opened={placing} onClose={changed} title="Place a legal hold" size="lg">
        <NewHoldForm study={study} onPlaced={changed} />
      </Dialog>
      <StepDialog step={step} onClose={() => setStep(undefined)} onDone={changed} />
    </Section>
  )
}

function Scope({ hold }: { readonly hold: Hold }) {
  const [only, ...others] = hold.studies
  return (
    <>
      {scopeInWords(hold)}
      {only !== undefined && others.length === 0 && (
        <Link to="/s/$study" params={{ study: only }} className={styles.dim}>
          Open the study
        </Link>
      )}
      {hold.search && <span className={styles.dim}>{searchInWords(hold.search)}</span>}
      {!hold.released && <span className={styles.dim}>covers {counted(hold.covers, 'study', 'studies')} now</span>}
    </>
  )
}

function State({ hold: { asked, released } }: { readonly hold: Hold }) {
  if (released)
    return (
      <>
        <Mark>Released</Mark>
        <span className={styles.dim}>
          {formatMoment(released.at)}, asked for by {asked?.by}, released by {released.by}
        </span>
      </>
    )
  if (asked)
    return (
      <>
        <Mark tone="warn">Release asked for</Mark>
        <Deed deed={asked} />
      </>
    )
  return <Mark tone="good">Holds</Mark>
}
