/** A lookout, new or changed: who, whom, what, when, how often; and who is warned. */
import { Button, Checkbox, Group, MultiSelect, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Lookout, type SaveLookout } from '../../api/lookouts.ts'
import { ask } from '../http/client.ts'
import { InlineError } from '../ui/states.tsx'
import { KINDS } from './audit-filter.ts'
import { DAYS, type Draft, isReady, saving } from './lookout-words.ts'

/** The week begins on Monday. */
const WEEK = [1, 2, 3, 4, 5, 6, 0] as const
const LOOKED_FOR = Object.entries(KINDS)
  .filter(([type]) => !type.startsWith('lookout.') && type !== 'heartbeat')
  .map(([value, label]) => ({ value, label }))
  .sort((a, b) => a.label.localeCompare(b.label))

export function LookoutForm({
  lookout,
  begin,
  onSaved,
}: {
  /** Which one is changed; without, it is a new one. */
  readonly lookout?: number | undefined
  readonly begin: Draft
  readonly onSaved: () => void
}) {
  const [draft, setDraft] = useState(begin)
  const set = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }))
  const save = useMutation({
    mutationFn: (body: SaveLookout) =>
      ask(lookout === undefined ? '/api/lookouts' : `/api/lookouts/${lookout}`, Lookout, { method: 'POST', body }),
    onSuccess: onSaved,
  })
  const field = (name: 'name' | 'who' | 'patients' | 'from' | 'until' | 'more' | 'minutes' | 'accounts') => ({
    value: draft[name],
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) => set({ [name]: value }),
  })
  const box = (name: 'failed' | 'emergency' | 'hours' | 'counts') => ({
    checked: draft[name],
    onChange: ({ currentTarget: { checked } }: { currentTarget: { checked: boolean } }) => set({ [name]: checked }),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(saving(draft, Intl.DateTimeFormat().resolvedOptions().timeZone))
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          description="As warnings are called."
          maxLength={100}
          required
          withAsterisk={false}
          data-autofocus
          {...field('name')}
        />
        <MultiSelect
          label="What"
          placeholder={draft.types.length === 0 ? 'Anything' : ''}
          data={LOOKED_FOR}
          value={[...draft.types]}
          onChange={(types) => set({ types })}
          searchable
          clearable
          hidePickedOptions
        />
        <Group grow align="start">
          <TextInput label="Who" description="Login name or AE title; empty is anybody." {...field('who')} />
          <Textarea
            label="Patient IDs"
            description="Parted by commas; empty is any patient."
            autosize
            maxRows={4}
            {...field('patients')}
          />
        </Group>
        <Group>
          <Checkbox label="Only what failed or was refused" {...box('failed')} />
          <Checkbox label="Only in an emergency" {...box('emergency')} />
        </Group>
        <Checkbox label="Only outside working hours" {...box('hours')} />
        {draft.hours && (
          <>
            <Group grow>
              <TextInput type="time" label="Hours from" {...field('from')} />
              <TextInput type="time" label="Hours until" {...field('until')} />
            </Group>
            <Checkbox.Group
              label="Working days"
              value={[...draft.days]}
              onChange={(days) => set({ days: days as string[] })}
            >
              <Group mt="xs">
                {WEEK.map((day) => (
                  <Checkbox key={day} value={String(day)} label={DAYS[day]} />
                ))}
              </Group>
            </Checkbox.Group>
          </>
        )}
        <Checkbox label="Only when one person does it often" {...box('counts')} />
        {draft.counts && (
          <Group grow align="end">
            <TextInput label="More than" inputMode="numeric" {...field('more')} />
            <NativeSelect
              label="Counted"
              data={[
                { value: 'patients', label: 'patients' },
                { value: 'entries', label: 'entries' },
              ]}
              value={draft.of}
              onChange={(event) => set({ of: event.currentTarget.value === 'entries' ? 'entries' : 'patients' })}
            />
            <TextInput label="Within minutes" inputMode="numeric" {...field('minutes')} />
          </Group>
        )}
        <TextInput
          label="Also warned: accounts"
          description="Login names, parted by commas. You are warned anyhow."
          {...field('accounts')}
        />
        <Checkbox.Group
          label="Also warned: roles"
          value={[...draft.roles]}
          onChange={(roles) => set({ roles: roles as string[] })}
        >
          <Group mt="xs">
            <Checkbox value="privacy" label="every privacy officer" />
            <Checkbox value="auditor" label="every auditor" />
          </Group>
        </Checkbox.Group>
        <InlineError error={save.error} />
        <Button type="submit" loading={save.isPending} disabled={!isReady(draft)}>
          Save
        </Button>
      </Stack>
    </form>
  )
}
