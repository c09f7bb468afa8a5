/** Studies of the calendar, proposed for destruction. What was assumed about one is looked at one by one. */
import { Button, Checkbox, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Disposition, type ProposeDisposition } from '../../api/dispositions.ts'
import type { DueStudies } from '../../api/retention.ts'
import { ask } from '../http/client.ts'
import { dispositionsQuery } from '../http/queries.ts'
import { ReasonField } from '../ui/ReasonField.tsx'
import { InlineError } from '../ui/states.tsx'
import { formatDate } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'

type Due = DueStudies['studies'][number]

export function ProposeForm({
  studies,
  onProposed,
}: {
  readonly studies: readonly Due[]
  readonly onProposed: () => void
}) {
  const { data } = useQuery(dispositionsQuery)
  const [reason, setReason] = useState('')
  const [looked, setLooked] = useState<readonly string[]>([])
  const [papers, setPapers] = useState<Readonly<Record<string, string>>>({})
  const propose = useMutation({
    mutationFn: (body: ProposeDisposition) => ask('/api/dispositions', Disposition, { method: 'POST', body }),
    onSuccess: onProposed,
  })
  const assumed = studies.filter((one) => one.assumed)
  const steps = data?.preSteps ?? []
  const ready =
    reason.trim() !== '' &&
    looked.length === assumed.length &&
    steps.every(({ id }) => (papers[id] ?? '').trim() !== '')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        propose.mutate({
          reason,
          studies: studies.map(({ study }) => study),
          acknowledged: [...looked],
          papers: { ...papers },
        })
      }}
    >
      <Stack>
        <Text>
          {counted(studies.length, 'study', 'studies')}. Two others have to approve it; nothing happens before.
        </Text>
        <ReasonField
          description="It is kept in the audit log and stands on the certificate."
          value={reason}
          onChange={setReason}
          most={2000}
        />
        {assumed.length > 0 && (
          <Checkbox.Group
            label="Something was assumed about these"
            description="Look at each study's page: what was assumed stands under “Kept until”."
            value={[...looked]}
            onChange={setLooked}
          >
            <Stack gap="xs" mt="xs">
              {assumed.map((one) => (
                <Checkbox
                  key={one.study}
                  value={one.study}
                  label={`I have looked at ${[formatDate(one.studyDate), one.modalities.join(' '), one.description].filter(Boolean).join(' · ')}`}
                />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
        {steps.map(({ id, wants }) => (
          <TextInput
            key={id}
            label={`The law wants ${wants}`}
            description="Name the paper and where it is."
            value={papers[id] ?? ''}
            onChange={({ currentTarget: { value } }) => setPapers((before) => ({ ...before, [id]: value }))}
            maxLength={500}
            required
            withAsterisk={false}
          />
        ))}
        <InlineError error={propose.error} />
        <Button type="submit" color="red" loading={propose.isPending} disabled={!ready}>
          Propose for destruction
        </Button>
      </Stack>
    </form>
  )
}
