/** To erase what old entries of the log told: one person proposes from which day on back. */
import { Button, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Redaction } from '../../api/redactions.ts'
import { ask } from '../http/client.ts'
import { ReasonField } from '../ui/ReasonField.tsx'
import { InlineError } from '../ui/states.tsx'

export function ProposeRedactionForm({ onProposed }: { readonly onProposed: () => void }) {
  const [day, setDay] = useState('')
  const [reason, setReason] = useState('')
  const propose = useMutation({
    mutationFn: () =>
      ask('/api/redactions', Redaction, { method: 'POST', body: { until: `${day}T00:00:00.000Z`, reason } }),
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
        <p>
          Logins, searches, looks and what was given out, before this day. Arrivals, holds, destructions and whatever a
          legal hold covers are kept. Another person has to approve it.
        </p>
        <TextInput
          type="date"
          label="Entries before"
          required
          withAsterisk={false}
          value={day}
          onChange={({ currentTarget }) => setDay(currentTarget.value)}
        />
        <ReasonField value={reason} onChange={setReason} most={2000} />
        <InlineError error={propose.error} />
        <Button type="submit" loading={propose.isPending} disabled={day === '' || reason.trim() === ''}>
          Propose it
        </Button>
      </Stack>
    </form>
  )
}
