/** A step of a disposition takes a reason, which the log keeps; an approval is signed. */
import { Button, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { Disposition } from '../../api/dispositions.ts'
import { ReasonField } from '../ui/ReasonField.tsx'
import { type Signature, SignatureFields, UNSIGNED, useMustSign } from '../ui/SignatureFields.tsx'
import { InlineError } from '../ui/states.tsx'
import { counted } from '../words/numbers.ts'

export interface DispositionStepFormProps {
  readonly step: 'approve' | 'end'
  readonly of: Disposition
  readonly error: unknown
  readonly pending: boolean
  readonly onSend: (reason: string, signature: Signature) => void
}

export function DispositionStepForm({ step, of, error, pending, onSend }: DispositionStepFormProps) {
  const [reason, setReason] = useState('')
  const [signature, setSignature] = useState(UNSIGNED)
  const signs = useMustSign() && step === 'approve'
  const what = counted(of.studies.length, 'study', 'studies')
  const about =
    step === 'end'
      ? `Disposition ${of.id}, ${what}: what is not destroyed yet is kept, and shown again.`
      : of.state === 'proposed'
        ? `Disposition ${of.id}, ${what}: somebody with the privacy role has to approve it after you.`
        : `Disposition ${of.id}, ${what}: with this it is hidden, and destroyed once it has cooled off. It can be called off until then.`
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onSend(reason, signature)
      }}
    >
      <Stack>
        <Text>{about}</Text>
        <ReasonField
          description="What you looked at, and why. It is kept in the audit log."
          value={reason}
          onChange={setReason}
          most={2000}
        />
        {signs && <SignatureFields value={signature} onChange={setSignature} error={error} />}
        <InlineError error={error} />
        <Button
          type="submit"
          {...(step === 'approve' && { color: 'red' })}
          loading={pending}
          disabled={reason.trim() === '' || (signs && signature.password === '')}
        >
          {step === 'end' ? 'Call it off' : 'Approve the destruction'}
        </Button>
      </Stack>
    </form>
  )
}
