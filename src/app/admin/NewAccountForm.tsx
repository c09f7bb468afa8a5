import { Button, Checkbox, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { CreatedAccount } from '../../api/session.ts'
import type { Role } from '../../base/context.ts'
import { ask } from '../http/client.ts'
import { InlineError } from '../ui/states.tsx'

const ROLES: readonly (readonly [role: Role, says: string])[] = [
  ['radiologist', 'Radiologist: reads and stores'],
  ['clinician', 'Clinician: reads'],
  ['technologist', 'Technologist: reads and stores, sees conflicts'],
  ['records', 'Records: reads, stores, places legal holds'],
  ['privacy', 'Privacy officer: reads the audit log, releases legal holds'],
  ['service', 'Service: a program that reads and stores'],
  ['auditor', 'Auditor: reads the audit log, sees no images; no other role'],
  ['administrator', 'Administrator: devices and accounts, sees no images; no other role'],
]

/** Roles that go with no other: choosing one takes the others away, and the other way round. */
const ALONE = ['administrator', 'auditor']

function together(chosen: readonly string[], before: readonly string[]): string[] {
  const added = chosen.find((role) => !before.includes(role))
  if (added === undefined) return [...chosen]
  return ALONE.includes(added) ? [added] : chosen.filter((role) => !ALONE.includes(role))
}

export function NewAccountForm({ onMade }: { readonly onMade: (account: CreatedAccount) => void }) {
  const [name, setName] = useState('')
  const [roles, setRoles] = useState<string[]>(['clinician'])
  const make = useMutation({
    mutationFn: () => ask('/api/accounts', CreatedAccount, { method: 'POST', body: { name: name.trim(), roles } }),
    onSuccess: onMade,
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        make.mutate()
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          description="What the person types at login."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="off"
          required
          withAsterisk={false}
          data-autofocus
        />
        <Checkbox.Group label="Roles" value={roles} onChange={(chosen) => setRoles(together(chosen, roles))}>
          <Stack gap="xs" mt="xs">
            {ROLES.map(([role, says]) => (
              <Checkbox key={role} value={role} label={says} />
            ))}
          </Stack>
        </Checkbox.Group>
        <InlineError error={make.error} />
        <Button type="submit" loading={make.isPending} disabled={name.trim() === '' || roles.length === 0}>
          Make the account
        </Button>
      </Stack>
    </form>
  )
}
