/** A new legal hold: on the study one came from, on studies by their UIDs, or on what a search finds now and later. */
import { Button, SegmentedControl, Stack, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Hold, type PlaceHold } from '../../api/holds.ts'
import { ask } from '../http/client.ts'
import { InlineError } from '../ui/states.tsx'
import { compactDate, uidsIn } from './hold-words.ts'

type Kind = 'studies' | 'search'

export function NewHoldForm({
  study,
  onPlaced,
}: {
  readonly study?: string | undefined
  readonly onPlaced: () => void
}) {
  const [kind, setKind] = useState<Kind>('studies')
  const [draft, setDraft] = useState({
    matter: '',
    reason: '',
    uids: study ?? '',
    words: '',
    modality: '',
    from: '',
    to: '',
  })
  const place = useMutation({
    mutationFn: (body: PlaceHold) => ask('/api/holds', Hold, { method: 'POST', body }),
    onSuccess: onPlaced,
  })
  const field = (name: keyof typeof draft) => ({
    value: draft[name],
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      setDraft((before) => ({ ...before, [name]: value })),
  })
  const uids = uidsIn(draft.uids)
  const searches = [draft.words, draft.modality, draft.from, draft.to].some((part) => part.trim() !== '')
  const ready =
    draft.matter.trim() !== '' && draft.reason.trim() !== '' && (kind === 'studies' ? uids.length > 0 : searches)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        place.mutate({
          matter: draft.matter,
          reason: draft.reason,
          ...(kind === 'studies'
            ? { studies: uids }
            : {
                search: {
                  words: draft.words,
                  ...(draft.modality.trim() !== '' && { modality: draft.modality.trim().toUpperCase() }),
                  ...(draft.from !== '' && { from: compactDate(draft.from) }),
                  ...(draft.to !== '' && { to: compactDate(draft.to) }),
                },
              }),
        })
      }}
    >
      <Stack>
        <TextInput
          label="Matter"
          description="The case, claim or request it is for."
          maxLength={200}
          required
          withAsterisk={false}
          data-autofocus
          {...field('matter')}
        />
        <Textarea
          label="Reason"
          description="Who asked for it and why. It is kept in the audit log."
          maxLength={2000}
          autosize
          minRows={2}
          required
          withAsterisk={false}
          {...field('reason')}
        />
        <SegmentedControl
          aria-label="What it holds"
          value={kind}
          onChange={(value) => setKind(value === 'search' ? 'search' : 'studies')}
          data={[
            { value: 'studies', label: 'Studies' },
            { value: 'search', label: 'What a search finds' },
          ]}
        />
        {kind === 'studies' ? (
          <Textarea
            label="Study Instance UIDs"
            description="One a line. A study that has not come yet may be named too."
            autosize
            minRows={2}
            maxRows={8}
            {...field('uids')}
          />
        ) : (
          <>
            <TextInput
              label="Words"
              description="As in the worklist: names, patient IDs, accession numbers, descriptions. What comes later and fits is held as well."
              maxLength={256}
              {...field('words')}
            />
            <TextInput label="Modality" maxLength={16} {...field('modality')} />
            <TextInput type="date" label="Study date from" {...field('from')} />
            <TextInput type="date" label="Study date to" {...field('to')} />
          </>
        )}
        <InlineError error={place.error} />
        <Button type="submit" loading={place.isPending} disabled={!ready}>
          Place the hold
        </Button>
      </Stack>
    </form>
  )
}
