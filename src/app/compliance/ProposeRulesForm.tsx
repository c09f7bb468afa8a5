/** Rules of retention proposed: chosen, tried on the calendar, and sent to those who adopt them. */
import { Button, Checkbox, Stack, Switch } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type ProposeRules, RuleAdoption, type SiteRules } from '../../api/retention.ts'
import { ask } from '../http/client.ts'
import { ReasonField } from '../ui/ReasonField.tsx'
import { InlineError } from '../ui/states.tsx'
import { type Choice, RuleChoice } from './RuleChoice.tsx'
import { WhatIf } from './WhatIf.tsx'

export function ProposeRulesForm({
  rules,
  onProposed,
}: {
  readonly rules: SiteRules
  readonly onProposed: () => void
}) {
  const newest = rules.adoptions.find(({ state }) => state === 'in force')
  const [choice, setChoice] = useState<Choice>({
    jurisdictions: newest?.jurisdictions ?? [],
    institution: newest?.institution ?? '',
    instead: false,
  })
  const [optIn, setOptIn] = useState<readonly string[]>([])
  const [locked, setLocked] = useState(false)
  const [reason, setReason] = useState('')
  const propose = useMutation({
    mutationFn: (body: ProposeRules) => ask('/api/retention/rules', RuleAdoption, { method: 'POST', body }),
    onSuccess: onProposed,
  })
  const recommended = rules.shipped
    .filter(({ set }) => choice.jurisdictions.includes(set))
    .flatMap((set) => set.recommended)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        propose.mutate({
          jurisdictions: [...choice.jurisdictions],
          institution: choice.institution,
          instead: choice.instead,
          optIn: optIn.filter((id) => recommended.some((rule) => rule.id === id)),
          mode: locked ? 'compliance' : 'governance',
          reason,
        })
      }}
    >
      <Stack>
        <RuleChoice rules={rules} value={choice} onChange={setChoice} />
        {recommended.length > 0 && (
          <Checkbox.Group
            label="Recommendations that count too"
            description="No law, but what a professional body recommends."
            value={[...optIn]}
            onChange={setOptIn}
          >
            <Stack gap="xs" mt="xs">
              {recommended.map(({ id, title }) => (
                <Checkbox key={id} value={id} label={title} />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
        <WhatIf choice={choice} />
        <Switch
          label="Lock them for ever"
          description="Compliance mode: nobody can replace these rules again, not even three people together."
          checked={locked}
          onChange={({ currentTarget: { checked } }) => setLocked(checked)}
        />
        <ReasonField value={reason} onChange={setReason} most={2000} />
        <InlineError error={propose.error} />
        <Button type="submit" loading={propose.isPending} disabled={reason.trim() === ''}>
          Propose these rules
        </Button>
      </Stack>
    </form>
  )
}
