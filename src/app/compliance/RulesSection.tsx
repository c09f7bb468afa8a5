/** The rules studies are kept by: those that count, those that wait for another person, and those that counted once. */
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { RuleAdoption, SiteRules } from '../../api/retention.ts'
import { rulesQuery } from '../http/queries.ts'
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
import { ProposeRulesForm } from './ProposeRulesForm.tsx'
import { choiceInWords, type RuleStep, stepsOf, WAITS } from './rule-words.ts'
import { type DeskStep, StepCell, StepDialog } from './steps.tsx'

const STEPS: Readonly<Record<RuleStep, Pick<DeskStep, 'title' | 'about' | 'signs'>>> = {
  first: {
    title: 'Approve the rules',
    about: 'They replace others and may bring dates forward. A third person, with the privacy role, adopts them.',
    signs: true,
  },
  second: {
    title: 'Adopt the rules',
    about: 'Studies are kept by them from now on. Nothing is removed.',
    signs: true,
  },
  end: { title: 'End the proposal', about: 'The rules that count stay as they are.' },
}

const stepOf = (name: RuleStep, adoption: RuleAdoption): DeskStep => ({
  ...STEPS[name],
  about: (
    <>
      Rules {adoption.id}, <strong>{choiceInWords(adoption)}</strong>. {STEPS[name].about}
    </>
  ),
  send: STEPS[name].title,
  path: `/api/retention/rules/${adoption.id}/${name === 'end' ? 'end' : `approve/${name}`}`,
  most: 2000,
})

export function RulesSection({ id }: { readonly id: string }) {
  const rules = useQuery(rulesQuery)
  const session = useSession()
  const queries = useQueryClient()
  const [proposing, setProposing] = useState(false)
  const [step, setStep] = useState<DeskStep>()
  const may = mayDo(session, 'rules.propose')
  const changed = () => {
    setProposing(false)
    setStep(undefined)
    void queries.invalidateQueries({ queryKey: ['retention'] })
  }
  return (
    <Section
      id={id}
      title="Rules of retention"
      actions={
        may && (
          <Button disabled={rules.data === undefined} onClick={() => setProposing(true)}>
            Propose rules
          </Button>
        )
      }
    >
      <AskedFor query={rules} what="the rules of retention">
        {(data) => <Adoptions rules={data} onStep={(name, adoption) => setStep(stepOf(name, adoption))} />}
      </AskedFor>
      <Dialog opened={proposing} onClose={() => setProposing(false)} title="Propose rules of retention" size="lg">
        {rules.data && <ProposeRulesForm rules={rules.data} onProposed={changed} />}
      </Dialog>
      <StepDialog step={step} onClose={() => setStep(undefined)} onDone={changed} />
    </Section>
  )
}

function Adoptions({
  rules: { adoptions },
  onStep,
}: {
  readonly rules: SiteRules
  readonly onStep: (step: RuleStep, adoption: RuleAdoption) => void
}) {
  const present = adoptions.filter(({ state }) => ['proposed', 'approved', 'in force'].includes(state))
  const past = adoptions.filter(({ state }) => state === 'replaced' || state === 'ended')
  return (
    <>
      {adoptions.every(({ state }) => state !== 'in force') && (
        <EmptyState icon="document" title="No rules yet: everything is kept without end" small>
          One person proposes whose law the archive is under, another with the privacy role adopts it. Nothing can be
          destroyed before.
        </EmptyState>
      )}
      {present.length > 0 && <AdoptionTable adoptions={present} onStep={onStep} />}
      {adoptions.some(({ state }) => state === 'in force') && (
        <p className={`${styles.note} ${styles.gap}`}>
          Of all that count the longest wins. Not reviewed by your counsel: verify before relying on them.
        </p>
      )}
      {past.length > 0 && (
        <details className={styles.gap}>
          <summary>Earlier ones ({past.length})</summary>
          <AdoptionTable adoptions={past} onStep={onStep} />
        </details>
      )}
    </>
  )
}

function AdoptionTable({
  adoptions,
  onStep,
}: {
  readonly adoptions: readonly RuleAdoption[]
  readonly onStep: (step: RuleStep, adoption: RuleAdoption) => void
}) {
  const session = useSession()
  const may = {
    first: mayDo(session, 'rules.approve.first'),
    second: mayDo(session, 'rules.approve.second'),
    end: mayDo(session, 'rules.propose'),
  }
  return (
    <DeskTable
      label="Rules of retention"
      columns={['No.', 'Whose law', 'Proposed', 'State']}
      rows={adoptions}
      row={(one) => (
        <tr key={one.id} className={one.state === 'ended' || one.state === 'replaced' ? styles.over : undefined}>
          <td className={styles.top}>{one.id}</td>
          <td className={styles.top}>
            <strong>{choiceInWords(one)}</strong>
            {one.mode === 'compliance' && <span className={styles.dim}>locked for ever (compliance mode)</span>}
            <Rules adoption={one} />
          </td>
          <td className={styles.top}>
            {formatMoment(one.proposed.at)}
            <span className={styles.dim}>
              by {one.proposed.by}: {one.reason}
            </span>
            {one.instead && <span className={styles.dim}>instead of those before</span>}
          </td>
          <td className={styles.top}>
            <State adoption={one} />
          </td>
          <StepCell
            of={`rules ${one.id}`}
            steps={stepsOf(one, session?.user?.name ?? '', may).map((step) => ({
              label: labelOf(step, one, session?.user?.name),
              waits: step !== 'end',
              onTake: () => onStep(step, one),
            }))}
          />
        </tr>
      )}
    />
  )
}

function labelOf(step: RuleStep, { proposed }: RuleAdoption, me: string | undefined): string {
  if (step === 'end') return proposed.by === me ? 'Withdraw' : 'Refuse'
  return step === 'first' ? 'Approve' : 'Adopt'
}

function Rules({ adoption: { rules } }: { readonly adoption: RuleAdoption }) {
  return (
    <details>
      <summary className={styles.more}>{counted(rules.length, 'rule')}</summary>
      <ul>
        {rules.map(({ id, title, keep, source }) => (
          <li key={id}>
            {title}
            <span className={styles.dim}>
              {keep} · {source} ({id})
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}

function State({ adoption: { state, first, adopted, ended, replacedAt } }: { readonly adoption: RuleAdoption }) {
  return (
    <>
      {state === 'in force' ? (
        <Mark tone="good">Counts</Mark>
      ) : state === 'proposed' || state === 'approved' ? (
        <Mark tone="warn">{WAITS[state]}</Mark>
      ) : (
        <Mark>{state === 'replaced' ? 'Replaced' : 'Not adopted'}</Mark>
      )}
      <Deed deed={first} what="approved" />
      <Deed deed={adopted} what="adopted" />
      <Deed deed={ended} />
      {replacedAt !== null && <span className={styles.dim}>{formatMoment(replacedAt)}</span>}
    </>
  )
}
