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
  ['technologist', 'Technologist: stores, sees conflicts'],
  ['records', 'Records: reads, stores, sees conflicts'],
  ['privacy', 'Privacy: reads, sees conflicts'],
  ['administrator', 'Administrator: devices and accounts too'],
]

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
        <Checkbox.Group label="Roles" value={roles} onChange={setRoles}>
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
