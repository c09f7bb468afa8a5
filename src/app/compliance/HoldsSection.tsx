/** Legal holds: placed by one person, released by two. */
import { Button, Group } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Hold } from '../../api/holds.ts'
import { ask } from '../http/client.ts'
import { holdsQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { type Signature, signed } from '../ui/SignatureFields.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'
import styles from './Compliance.module.css'
import { scopeInWords, searchInWords } from './hold-words.ts'
import { NewHoldForm } from './NewHoldForm.tsx'
import { type Step, StepForm } from './StepForm.tsx'

export function HoldsSection() {
  const holds = useQuery(holdsQuery)
  const session = useSession()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { hold: study } = useSearch({ from: '/shell/compliance' })
  const [placing, setPlacing] = useState(study !== undefined)
  const [step, setStep] = useState<{ readonly step: Step; readonly hold: Hold }>()
  const changed = () => {
    setPlacing(false)
    setStep(undefined)
    void navigate({ to: '/compliance', search: {}, replace: true })
    void queries.invalidateQueries({ queryKey: holdsQuery.queryKey })
    void queries.invalidateQueries({ queryKey: ['retention'] })
  }
  const take = useMutation({
    mutationFn: ({ step: name, hold, reason, signature }: Taken) =>
      ask(`/api/holds/${hold.id}/${name}`, Hold, { method: 'POST', body: { reason, ...signed(signature) } }),
    onSuccess: changed,
  })
  const may = mayDo(session, 'hold.place')
  return (
    <Section title="Legal holds" actions={may && <Button onClick={() => setPlacing(true)}>Place a hold</Button>}>
      {holds.error ? (
        <ErrorState error={holds.error} what="the legal holds" onRetry={() => void holds.refetch()} />
      ) : holds.data === undefined ? (
        <SkeletonRows rows={3} height={64} />
      ) : holds.data.holds.length === 0 ? (
        <EmptyState icon="lock" title="No legal holds" small>
          A hold keeps studies whatever their date, until two people release it.
        </EmptyState>
      ) : (
        <HoldTable
          holds={holds.data.holds}
          me={session?.user?.name ?? ''}
          acts={{ ask: may, keep: may, release: mayDo(session, 'hold.release') }}
          onStep={(name, hold) => {
            take.reset()
            setStep({ step: name, hold })
          }}
        />
      )}
      <Dialog opened={placing} onClose={changed} title="Place a legal hold" size="lg">
        <NewHoldForm study={study} onPlaced={changed} />
      </Dialog>
      <Dialog opened={step !== undefined} onClose={() => setStep(undefined)} title={step ? TITLES[step.step] : ''}>
        {step && (
          <StepForm
            step={step.step}
            hold={step.hold}
            error={take.error}
            pending={take.isPending}
            onSend={(reason, signature) => take.mutate({ ...step, reason, signature })}
          />
        )}
      </Dialog>
    </Section>
  )
}

interface Taken {
  readonly step: Step
  readonly hold: Hold
  readonly reason: string
  readonly signature: Signature
}

const TITLES: Readonly<Record<Step, string>> = {
  ask: 'Ask for the release',
  keep: 'Keep the hold',
  release: 'Release the hold',
}

function HoldTable({
  holds,
  me,
  acts,
  onStep,
}: {
  readonly holds: readonly Hold[]
  readonly me: string
  readonly acts: Readonly<Record<Step, boolean>>
  readonly onStep: (step: Step, hold: Hold) => void
}) {
  return (
    <div className={table.frame}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">No.</th>
            <th scope="col">Matter</th>
            <th scope="col">Holds</th>
            <th scope="col">Placed</th>
            <th scope="col">State</th>
            <th scope="col">
              <span className="hidden-visually">What can be done</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {holds.map((hold) => (
            <tr key={hold.id} className={hold.released ? styles.over : undefined}>
              <td className={styles.top}>{hold.id}</td>
              <td className={styles.top}>
                <strong>{hold.matter}</strong>
                <span className={styles.dim}>{hold.reason}</span>
              </td>
              <td className={styles.top}>
                {scopeInWords(hold)}
                {hold.studies.length === 1 && hold.studies[0] !== undefined && (
                  <Link to="/s/$study" params={{ study: hold.studies[0] }} className={styles.dim}>
                    Open the study
                  </Link>
                )}
                {hold.search && <span className={styles.dim}>{searchInWords(hold.search)}</span>}
                {!hold.released && (
                  <span className={styles.dim}>covers {counted(hold.covers, 'study', 'studies')} now</span>
                )}
              </td>
              <td className={styles.top}>
                {formatMoment(hold.placed.at)}
                <span className={styles.dim}>by {hold.placed.by}</span>
              </td>
              <td className={styles.top}>
                <State hold={hold} />
              </td>
              <td className={`${styles.top} ${table.actions}`}>
                <Steps hold={hold} me={me} acts={acts} onStep={onStep} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
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
        <span className={styles.dim}>
          {formatMoment(asked.at)} by {asked.by}: {asked.reason}
        </span>
      </>
    )
  return <Mark tone="good">Holds</Mark>
}

function Steps({
  hold,
  me,
  acts,
  onStep,
}: {
  readonly hold: Hold
  readonly me: string
  readonly acts: Readonly<Record<Step, boolean>>
  readonly onStep: (step: Step, hold: Hold) => void
}) {
  if (hold.released) return null
  const button = (step: Step, label: string) => (
    <Button
      size="compact-sm"
      variant="default"
      onClick={() => onStep(step, hold)}
      aria-label={`${label}: hold ${hold.id}`}
    >
      {label}
    </Button>
  )
  if (!hold.asked) return acts.ask ? button('ask', 'Ask for release') : null
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      {acts.keep && button('keep', hold.asked.by === me ? 'Withdraw' : 'Keep it')}
      {acts.release && hold.asked.by !== me && button('release', 'Release')}
    </Group>
  )
}
