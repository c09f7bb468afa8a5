/** A step of a hold takes a reason, which the log keeps; the release is signed. */
import { Button, Stack } from '@mantine/core'
import { useState } from 'react'
import type { Hold } from '../../api/holds.ts'
import { ReasonField } from '../ui/ReasonField.tsx'
import { type Signature, SignatureFields, UNSIGNED, useMustSign } from '../ui/SignatureFields.tsx'
import { InlineError } from '../ui/states.tsx'

export type Step = 'ask' | 'keep' | 'release'

const ABOUT: Readonly<Record<Step, string>> = {
  ask: 'The hold lasts until another person, with the privacy role, releases it.',
  keep: 'The hold goes on, and the release that was asked for is off.',
  release: 'Its studies go back to the dates the law gives them. Nothing is removed.',
}
const SENDS: Readonly<Record<Step, string>> = {
  ask: 'Ask for the release',
  keep: 'Keep the hold',
  release: 'Release the hold',
}

export interface StepFormProps {
  readonly step: Step
  readonly hold: Hold
  readonly error: unknown
  readonly pending: boolean
  readonly onSend: (reason: string, signature: Signature) => void
}

export function StepForm({ step, hold, error, pending, onSend }: StepFormProps) {
  const [reason, setReason] = useState('')
  const [signature, setSignature] = useState(UNSIGNED)
  const signs = useMustSign() && step === 'release'
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onSend(reason, signature)
      }}
    >
      <Stack>
        <p>
          Hold {hold.id}, <strong>{hold.matter}</strong>. {ABOUT[step]}
        </p>
        <ReasonField value={reason} onChange={setReason} most={2000} />
        {signs && <SignatureFields value={signature} onChange={setSignature} error={error} />}
        <InlineError error={error} />
        <Button type="submit" loading={pending} disabled={reason.trim() === '' || (signs && signature.password === '')}>
          {SENDS[step]}
        </Button>
      </Stack>
    </form>
  )
}
