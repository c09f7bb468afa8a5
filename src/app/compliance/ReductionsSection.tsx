/** Dates that stand although a study is known better now: let go by three people, or kept. */
import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Reduction } from '../../api/known.ts'
import { ask } from '../http/client.ts'
import { reductionsQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { throughInWords } from '../study/known-words.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { ReasonField } from '../ui/ReasonField.tsx'
import { SignatureFields, signed, UNSIGNED, useMustSign } from '../ui/SignatureFields.tsx'
import { EmptyState, ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import styles from './Compliance.module.css'
import { type ReductionStep, reductionSteps, STATES } from './reduction-words.ts'

interface Taken {
  readonly step: ReductionStep
  readonly of: Reduction
}

export function ReductionsSection() {
  const session = useSession()
  const queries = useQueryClient()
  const reductions = useQuery(reductionsQuery)
  const [proposing, setProposing] = useState(false)
  const [taken, setTaken] = useState<Taken>()
  const changed = () => {
    setProposing(false)
    setTaken(undefined)
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
      title="Dates that stand"
      actions={may.end && <Button onClick={() => setProposing(true)}>Let a date go</Button>}
    >
      <p className={styles.note}>
        When more becomes known about a study and it could go earlier than promised, the promised date stands. One
        person proposes to let it go, two others approve.
      </p>
      {reductions.error ? (
        <ErrorState error={reductions.error} what="these dates" onRetry={() => void reductions.refetch()} />
      ) : reductions.data === undefined ? (
        <SkeletonRows rows={2} height={64} />
      ) : reductions.data.reductions.length === 0 ? (
        <EmptyState icon="lock" title="No date is to be let go" small>
          What stands is said on the page of each study, under “Kept until”.
        </EmptyState>
      ) : (
        <div className={table.frame}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">No.</th>
                <th scope="col">Study</th>
                <th scope="col">Why</th>
                <th scope="col">State</th>
                <th scope="col">
                  <span className="hidden-visually">What can be done</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {reductions.data.reductions.map((of) => (
                <Row
                  key={of.id}
                  of={of}
                  steps={reductionSteps(of, session?.user?.name ?? '', may)}
                  onStep={(step) => setTaken({ step, of })}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Dialog opened={proposing} onClose={() => setProposing(false)} title="Let a date go">
        <ProposeReductionForm onProposed={changed} />
      </Dialog>
      <Dialog opened={taken !== undefined} onClose={() => setTaken(undefined)} title={taken ? TITLES[taken.step] : ''}>
        {taken && <ReductionStepForm {...taken} onDone={changed} />}
      </Dialog>
    </Section>
  )
}

function Row({
  of,
  steps,
  onStep,
}: {
  readonly of: Reduction
  readonly steps: readonly ReductionStep[]
  readonly onStep: (step: ReductionStep) => void
}) {
  const told = (deed: { readonly by: string; readonly at: string } | null, what: string) =>
    deed && (
      <span className={styles.dim}>
        {what} {formatMoment(deed.at)} by {deed.by}
      </span>
    )
  return (
    <tr className={of.state === 'ended' ? styles.over : undefined}>
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
        {told(of.proposed, 'proposed')}
      </td>
      <td className={styles.top}>
        <Mark tone={STATES[of.state].tone}>{STATES[of.state].label}</Mark>
        {told(of.first, 'approved')}
        {told(of.adopted, 'let go')}
        {of.ended && (
          <span className={styles.dim}>
            {formatMoment(of.ended.at)} by {of.ended.by}: {of.ended.reason}
          </span>
        )}
      </td>
      <td className={`${styles.top} ${table.actions}`}>
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          {steps.map((step) => (
            <Button
              key={step}
              size="compact-sm"
              variant="default"
              onClick={() => onStep(step)}
              aria-label={`${LABELS[step]}: reduction ${of.id}`}
            >
              {LABELS[step]}
            </Button>
          ))}
        </Group>
      </td>
    </tr>
  )
}

const LABELS: Readonly<Record<ReductionStep, string>> = { first: 'Approve', second: 'Let it go', end: 'Keep it' }
const TITLES: Readonly<Record<ReductionStep, string>> = {
  first: 'Approve it',
  second: 'Let the date go',
  end: 'Keep the date',
}
const ABOUT: Readonly<Record<ReductionStep, string>> = {
  first: 'Somebody with the privacy role has to approve it after you.',
  second: 'With this the study is kept as long as the rules say, by what is known now. Nothing is removed.',
  end: 'The date goes on standing.',
}

function ProposeReductionForm({ onProposed }: { readonly onProposed: () => void }) {
  const [study, setStudy] = useState('')
  const [evidence, setEvidence] = useState('')
  const [reason, setReason] = useState('')
  const propose = useMutation({
    mutationFn: () =>
      ask('/api/retention/reductions', Reduction, {
        method: 'POST',
        body: { study: study.trim(), evidence, reason },
      }),
    onSuccess: onProposed,
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        propose.mutate()
      }}
    >
      <Stack>
        <TextInput
          label="Study Instance UID"
          value={study}
          onChange={({ currentTarget }) => setStudy(currentTarget.value)}
          maxLength={64}
          required
          withAsterisk={false}
          data-autofocus
        />
        <TextInput
          label="It rests on"
          description="The paper, and where it is."
          value={evidence}
          onChange={({ currentTarget }) => setEvidence(currentTarget.value)}
          maxLength={250}
          required
          withAsterisk={false}
        />
        <ReasonField value={reason} onChange={setReason} most={250} />
        <InlineError error={propose.error} />
        <Button
          type="submit"
          loading={propose.isPending}
          disabled={[study, evidence, reason].some((text) => text.trim() === '')}
        >
          Propose to let it go
        </Button>
      </Stack>
    </form>
  )
}

function ReductionStepForm({ step, of, onDone }: Taken & { readonly onDone: () => void }) {
  const [reason, setReason] = useState('')
  const [signature, setSignature] = useState(UNSIGNED)
  const signs = useMustSign() && step !== 'end'
  const take = useMutation({
    mutationFn: () =>
      ask(`/api/retention/reductions/${of.id}/${step === 'end' ? 'end' : `approve/${step}`}`, Reduction, {
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
          Study {of.study}, which stands {throughInWords(of.floor)}. {ABOUT[step]}
        </p>
        <ReasonField value={reason} onChange={setReason} most={250} />
        {signs && <SignatureFields value={signature} onChange={setSignature} error={take.error} />}
        <InlineError error={take.error} />
        <Button
          type="submit"
          loading={take.isPending}
          disabled={reason.trim() === '' || (signs && signature.password === '')}
        >
          {TITLES[step]}
        </Button>
      </Stack>
    </form>
  )
}
