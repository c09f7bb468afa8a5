/** What was proposed for destruction: three people, a cooling-off, and what is left of it. */
import { Button, Group } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Disposition } from '../../api/dispositions.ts'
import { ask } from '../http/client.ts'
import { dispositionsQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { type Signature, signed } from '../ui/SignatureFields.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import styles from './Compliance.module.css'
import { DispositionStepForm } from './DispositionStepForm.tsx'
import { DispositionStudies } from './DispositionStudies.tsx'
import { approves, deedsInWords, nextInWords, STATES } from './disposition-words.ts'

type Step = 'approve' | 'end'

interface Taken {
  readonly step: Step
  readonly of: Disposition
  readonly reason: string
  readonly signature: Signature
}

const pathOf = (step: Step, { state }: Disposition): string =>
  step === 'end' ? 'end' : `approve/${state === 'proposed' ? 'first' : 'second'}`

export function DispositionSection() {
  const session = useSession()
  const queries = useQueryClient()
  const dispositions = useQuery(dispositionsQuery)
  const [step, setStep] = useState<{ readonly step: Step; readonly of: Disposition }>()
  const take = useMutation({
    mutationFn: ({ step: name, of, reason, signature }: Taken) =>
      ask(`/api/dispositions/${of.id}/${pathOf(name, of)}`, Disposition, {
        method: 'POST',
        body: { reason, ...signed(signature) },
      }),
    onSuccess: () => {
      setStep(undefined)
      void queries.invalidateQueries({ queryKey: dispositionsQuery.queryKey })
      void queries.invalidateQueries({ queryKey: ['rejections'] })
    },
  })
  const may = {
    first: mayDo(session, 'disposition.approve.first'),
    second: mayDo(session, 'disposition.approve.second'),
    end: mayDo(session, 'disposition.end'),
  }
  return (
    <Section title="Destruction">
      <p className={styles.note}>
        One person proposes what is due, two others approve it, and it cools off. A legal hold placed before the last
        moment wins. Studies are proposed from the calendar below.
      </p>
      {dispositions.error ? (
        <ErrorState error={dispositions.error} what="what was proposed" onRetry={() => void dispositions.refetch()} />
      ) : dispositions.data === undefined ? (
        <SkeletonRows rows={3} height={64} />
      ) : dispositions.data.dispositions.length === 0 ? (
        <EmptyState icon="check" title="Nothing was proposed for destruction" small>
          Nothing is ever destroyed by a machine alone.
        </EmptyState>
      ) : (
        <div className={table.frame}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">No.</th>
                <th scope="col">Why</th>
                <th scope="col">Studies</th>
                <th scope="col">State</th>
                <th scope="col">
                  <span className="hidden-visually">What can be done</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {dispositions.data.dispositions.map((of) => (
                <Row
                  key={of.id}
                  of={of}
                  approvable={approves(of, session?.user?.name ?? '', may)}
                  endable={may.end && !['destroyed', 'ended'].includes(of.state)}
                  onStep={(name) => {
                    take.reset()
                    setStep({ step: name, of })
                  }}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Dialog
        opened={step !== undefined}
        onClose={() => setStep(undefined)}
        title={step?.step === 'end' ? 'Call it off' : 'Approve the destruction'}
      >
        {step && (
          <DispositionStepForm
            {...step}
            error={take.error}
            pending={take.isPending}
            onSend={(reason, signature) => take.mutate({ ...step, reason, signature })}
          />
        )}
      </Dialog>
    </Section>
  )
}

function Row({
  of,
  approvable,
  endable,
  onStep,
}: {
  readonly of: Disposition
  readonly approvable: boolean
  readonly endable: boolean
  readonly onStep: (step: Step) => void
}) {
  const next = nextInWords(of)
  return (
    <tr className={of.state === 'ended' ? styles.over : undefined}>
      <td className={styles.top}>{of.id}</td>
      <td className={styles.top}>
        {of.reason}
        {deedsInWords(of).map((words) => (
          <span key={words} className={styles.dim}>
            {words}
          </span>
        ))}
        {Object.entries(of.papers).map(([paper, words]) => (
          <span key={paper} className={styles.dim}>
            {paper}: {words}
          </span>
        ))}
      </td>
      <td className={styles.top}>
        <DispositionStudies of={of} />
      </td>
      <td className={styles.top}>
        <Mark tone={STATES[of.state].tone}>{STATES[of.state].label}</Mark>
        {next !== '' && <span className={styles.dim}>{next}</span>}
      </td>
      <td className={`${styles.top} ${table.actions}`}>
        <Group gap="xs" justify="flex-end" wrap="nowrap">
          {approvable && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => onStep('approve')}
              aria-label={`Approve: disposition ${of.id}`}
            >
              Approve
            </Button>
          )}
          {endable && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => onStep('end')}
              aria-label={`Call off: disposition ${of.id}`}
            >
              Call off
            </Button>
          )}
        </Group>
      </td>
    </tr>
  )
}
