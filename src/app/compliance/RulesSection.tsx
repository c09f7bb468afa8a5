/** The rules studies are kept by: those that count, those that wait for another person, and those that counted once. */
import { Button, Group, Stack } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { RuleAdoption, type SiteRules } from '../../api/retention.ts'
import { ask } from '../http/client.ts'
import { rulesQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { ReasonField } from '../ui/ReasonField.tsx'
import { SignatureFields, signed, UNSIGNED, useMustSign } from '../ui/SignatureFields.tsx'
import { EmptyState, ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'
import styles from './Compliance.module.css'
import { ProposeRulesForm } from './ProposeRulesForm.tsx'
import { choiceInWords, type RuleStep, stepsOf, WAITS } from './rule-words.ts'

interface Taken {
  readonly step: RuleStep
  readonly adoption: RuleAdoption
}

export function RulesSection() {
  const rules = useQuery(rulesQuery)
  const session = useSession()
  const queries = useQueryClient()
  const [proposing, setProposing] = useState(false)
  const [taken, setTaken] = useState<Taken>()
  const may = mayDo(session, 'rules.propose')
  const changed = () => {
    setProposing(false)
    setTaken(undefined)
    void queries.invalidateQueries({ queryKey: ['retention'] })
  }
  return (
    <Section
      title="Rules of retention"
      actions={
        may && (
          <Button disabled={rules.data === undefined} onClick={() => setProposing(true)}>
            Propose rules
          </Button>
        )
      }
    >
      {rules.error ? (
        <ErrorState error={rules.error} what="the rules of retention" onRetry={() => void rules.refetch()} />
      ) : rules.data === undefined ? (
        <SkeletonRows rows={2} height={64} />
      ) : (
        <Adoptions rules={rules.data} onStep={(step, adoption) => setTaken({ step, adoption })} />
      )}
      <Dialog opened={proposing} onClose={() => setProposing(false)} title="Propose rules of retention" size="lg">
        {rules.data && <ProposeRulesForm rules={rules.data} onProposed={changed} />}
      </Dialog>
      <Dialog opened={taken !== undefined} onClose={() => setTaken(undefined)} title={taken ? TITLES[taken.step] : ''}>
        {taken && <RulesStepForm {...taken} onDone={changed} />}
      </Dialog>
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
    <div className={table.frame}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">No.</th>
            <th scope="col">Whose law</th>
            <th scope="col">Proposed</th>
            <th scope="col">State</th>
            <th scope="col">
              <span className="hidden-visually">What can be done</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {adoptions.map((one) => (
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
              <td className={`${styles.top} ${table.actions}`}>
                <Group gap="xs" justify="flex-end" wrap="nowrap">
                  {stepsOf(one, session?.user?.name ?? '', may).map((step) => (
                    <Button
                      key={step}
                      size="compact-sm"
                      variant="default"
                      onClick={() => onStep(step, one)}
                      aria-label={`${labelOf(step, one, session?.user?.name)}: rules ${one.id}`}
                    >
                      {labelOf(step, one, session?.user?.name)}
                    </Button>
                  ))}
                </Group>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
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
  const told = (deed: { readonly by: string; readonly at: string } | null, what: string) =>
    deed && (
      <span className={styles.dim}>
        {what} {formatMoment(deed.at)} by {deed.by}
      </span>
    )
  return (
    <>
      {state === 'in force' ? (
        <Mark tone="good">Counts</Mark>
      ) : state === 'proposed' || state === 'approved' ? (
        <Mark tone="warn">{WAITS[state]}</Mark>
      ) : (
        <Mark>{state === 'replaced' ? 'Replaced' : 'Not adopted'}</Mark>
      )}
      {told(first, 'approved')}
      {told(adopted, 'adopted')}
      {ended && (
        <span className={styles.dim}>
          {formatMoment(ended.at)} by {ended.by}: {ended.reason}
        </span>
      )}
      {replacedAt !== null && <span className={styles.dim}>{formatMoment(replacedAt)}</span>}
    </>
  )
}

const TITLES: Readonly<Record<RuleStep, string>> = {
  first: 'Approve the rules',
  second: 'Adopt the rules',
  end: 'End the proposal',
}
const ABOUT: Readonly<Record<RuleStep, string>> = {
  first: 'They replace others and may bring dates forward. A third person, with the privacy role, adopts them.',
  second: 'Studies are kept by them from now on. Nothing is removed.',
  end: 'The rules that count stay as they are.',
}
const SENDS: Readonly<Record<RuleStep, string>> = {
  first: 'Approve the rules',
  second: 'Adopt the rules',
  end: 'End the proposal',
}

function RulesStepForm({ step, adoption, onDone }: Taken & { readonly onDone: () => void }) {
  const [reason, setReason] = useState('')
  const [signature, setSignature] = useState(UNSIGNED)
  const signs = useMustSign() && step !== 'end'
  const take = useMutation({
    mutationFn: () =>
      ask(`/api/retention/rules/${adoption.id}/${step === 'end' ? 'end' : `approve/${step}`}`, RuleAdoption, {
        method: 'POST',
        body: { reason, ...signed(signature) },
      }),
    onSuccess: onDone,
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        take.mutate()
      }}
    >
      <Stack>
        <p>
          Rules {adoption.id}, <strong>{choiceInWords(adoption)}</strong>. {ABOUT[step]}
        </p>
        <ReasonField value={reason} onChange={setReason} most={2000} />
        {signs && <SignatureFields value={signature} onChange={setSignature} error={take.error} />}
        <InlineError error={take.error} />
        <Button
          type="submit"
          loading={take.isPending}
          disabled={reason.trim() === '' || (signs && signature.password === '')}
        >
          {SENDS[step]}
        </Button>
      </Stack>
    </form>
  )
}
