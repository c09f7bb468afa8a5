/** A new restriction: of a patient, a study, or whatever has an institution, a source or a code; and who is let in. */
import { Button, Checkbox, Group, NativeSelect, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type PlaceRestriction, Restriction } from '../../api/restrictions.ts'
import { ask } from '../http/client.ts'
import { ReasonField } from '../ui/ReasonField.tsx'
import { InlineError } from '../ui/states.tsx'
import { KINDS, namesIn } from './restricted-words.ts'

type Kind = Restriction['kind']
const ROLES = ['radiologist', 'clinician', 'technologist', 'records', 'privacy', 'service', 'auditor'] as const

const SUBJECTS: Readonly<Record<Exclude<Kind, 'patient'>, readonly [label: string, says: string]>> = {
  study: ['Study Instance UID', 'It may be of a study that has not come yet.'],
  institution: ['Institution Name', 'As the images have it (0008,0080), letter by letter.'],
  source: ['AE title', 'Of the device that sends.'],
  code: ['Confidentiality code', 'As the images have it (0040,1008).'],
}

export function RestrictionForm({ onPlaced }: { readonly onPlaced: () => void }) {
  const [draft, setDraft] = useState({ subject: '', id: '', issuer: '', accounts: '', devices: '', reason: '' })
  const [kind, setKind] = useState<Kind>('patient')
  const [level, setLevel] = useState<Restriction['level']>('restricted')
  const [roles, setRoles] = useState<string[]>(['privacy'])
  const place = useMutation({
    mutationFn: (body: PlaceRestriction) => ask('/api/restrictions', Restriction, { method: 'POST', body }),
    onSuccess: onPlaced,
  })
  const field = (name: keyof typeof draft) => ({
    value: draft[name],
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      setDraft((before) => ({ ...before, [name]: value })),
  })
  const admits = { accounts: namesIn(draft.accounts), roles, devices: namesIn(draft.devices) }
  const someone = admits.accounts.length + admits.roles.length + admits.devices.length > 0
  const ready =
    draft.reason.trim() !== '' &&
    (kind === 'patient' ? draft.id.trim() !== '' : draft.subject.trim() !== '') &&
    (level === 'watched' || someone)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        place.mutate({
          kind,
          level,
          reason: draft.reason,
          ...(kind === 'patient'
            ? { patient: { id: draft.id, issuer: draft.issuer } }
            : { subject: draft.subject.trim() }),
          ...(level === 'restricted' && { admits }),
        })
      }}
    >
      <Stack>
        <NativeSelect
          label="Of"
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value as Kind)}
          data={Object.entries(KINDS).map(([value, label]) => ({ value, label }))}
        />
        {kind === 'patient' ? (
          <Group grow align="start">
            <TextInput label="Patient ID" maxLength={64} required withAsterisk={false} {...field('id')} />
            <TextInput label="Issuer (optional)" maxLength={64} {...field('issuer')} />
          </Group>
        ) : (
          <TextInput
            label={SUBJECTS[kind][0]}
            description={SUBJECTS[kind][1]}
            maxLength={200}
            required
            withAsterisk={false}
            {...field('subject')}
          />
        )}
        <SegmentedControl
          aria-label="How"
          value={level}
          onChange={(value) => setLevel(value === 'watched' ? 'watched' : 'restricted')}
          data={[
            { value: 'restricted', label: 'Only these see it' },
            { value: 'watched', label: 'Everybody sees it, each look is looked at' },
          ]}
        />
        {level === 'restricted' && (
          <>
            <TextInput
              label="Accounts that are let in"
              description="Login names, parted by commas."
              maxLength={2000}
              {...field('accounts')}
            />
            <Checkbox.Group label="Roles that are let in" value={roles} onChange={setRoles}>
              <Group mt="xs">
                {ROLES.map((role) => (
                  <Checkbox key={role} value={role} label={role} />
                ))}
              </Group>
            </Checkbox.Group>
            <TextInput
              label="Devices that are let in"
              description="AE titles, parted by commas; * is every listed device. A modality without entry has no worklist entry for the patient."
              maxLength={2000}
              {...field('devices')}
            />
          </>
        )}
        <ReasonField
          value={draft.reason}
          onChange={(reason) => setDraft((before) => ({ ...before, reason }))}
          most={2000}
        />
        <InlineError error={place.error} />
        <Button type="submit" loading={place.isPending} disabled={!ready}>
          {level === 'watched' ? 'Watch' : 'Restrict'}
        </Button>
      </Stack>
    </form>
  )
}
