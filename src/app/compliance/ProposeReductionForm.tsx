/** To let a date go that stands: one person proposes it, with the paper it rests on. */
import { Button, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Reduction } from '../../api/known.ts'
import { ask } from '../http/client.ts'
import { ReasonField } from '../ui/ReasonField.tsx'
import { InlineError } from '../ui/states.tsx'

export function ProposeReductionForm({ onProposed }: { readonly onProposed: () => void }) {
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
