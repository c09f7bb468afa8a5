/**
 * Steps that people take at the desk: a button each, and the dialog that asks why. An approval is signed. What waits for
 * the person who looks is marked, so that one key leads to it.
 */
import { Button, Group, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { z } from 'zod'
import { ask } from '../http/client.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { ReasonField } from '../ui/ReasonField.tsx'
import { SignatureFields, signed, UNSIGNED, useMustSign } from '../ui/SignatureFields.tsx'
import { InlineError } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import styles from './Compliance.module.css'

export interface DeskStep {
  readonly title: string
  /** What it is about, and what follows from it. */
  readonly about: ReactNode
  /** What its button says. */
  readonly send: string
  /** Where it is posted to. */
  readonly path: string
  /** Characters a reason may have, as the route takes them. */
  readonly most: number
  readonly reason?: string
  readonly signs?: boolean
  /** It leads to something that cannot be undone. */
  readonly grave?: boolean
}

/** @param step undefined: none is being taken */
export function StepDialog({
  step,
  onClose,
  onDone,
}: {
  readonly step: DeskStep | undefined
  readonly onClose: () => void
  readonly onDone: () => void
}) {
  return (
    <Dialog opened={step !== undefined} onClose={onClose} title={step?.title ?? ''}>
      {step && <StepForm key={step.path} step={step} onDone={onDone} />}
    </Dialog>
  )
}

function StepForm({ step, onDone }: { readonly step: DeskStep; readonly onDone: () => void }) {
  const [reason, setReason] = useState('')
  const [signature, setSignature] = useState(UNSIGNED)
  const signs = useMustSign() && step.signs === true
  const take = useMutation({
    mutationFn: () => ask(step.path, z.unknown(), { method: 'POST', body: { reason, ...signed(signature) } }),
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
        <p>{step.about}</p>
        <ReasonField
          value={reason}
          onChange={setReason}
          most={step.most}
          {...(step.reason !== undefined && { description: step.reason })}
        />
        {signs && <SignatureFields value={signature} onChange={setSignature} error={take.error} />}
        <InlineError error={take.error} />
        <Button
          type="submit"
          {...(step.grave === true && { color: 'red' })}
          loading={take.isPending}
          disabled={reason.trim() === '' || (signs && signature.password === '')}
        >
          {step.send}
        </Button>
      </Stack>
    </form>
  )
}

export interface StepChoice {
  readonly label: string
  /** It waits for this person: an approval, a release. */
  readonly waits: boolean
  readonly onTake: () => void
}

/** The last cell of a row. @param of `hold 12` */
export function StepCell({
  of,
  steps,
  children,
}: {
  readonly of: string
  readonly steps: readonly StepChoice[]
  readonly children?: ReactNode
}) {
  return (
    <td className={`${styles.top} ${table.actions}`}>
      <Group gap="xs" justify="flex-end" wrap="nowrap">
        {children}
        {steps.map(({ label, waits, onTake }) => (
          <Button
            key={label}
            size="compact-sm"
            variant={waits ? 'light' : 'default'}
            onClick={onTake}
            aria-label={`${label}: ${of}`}
            {...(waits && { 'data-waits': 'me' })}
          >
            {label}
          </Button>
        ))}
      </Group>
    </td>
  )
}
