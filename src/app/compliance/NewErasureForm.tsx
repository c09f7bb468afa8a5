/** Records that a patient asked for erasure: who, when, and how it was made sure. */
import { Button, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Erasure, type RecordErasure } from '../../api/erasure.ts'
import type { StudyRow } from '../../api/studies.ts'
import { ask } from '../http/client.ts'
import { newestQuery } from '../http/queries.ts'
import { InlineError } from '../ui/states.tsx'
import { personNameText } from '../words/person-name.ts'

export function NewErasureForm({
  patient,
  onRecorded,
}: {
  /** The key of the patient one came from. */
  readonly patient: string | undefined
  readonly onRecorded: () => void
}) {
  const [draft, setDraft] = useState({ key: patient ?? '', askedOn: '', askedBy: '', identity: '' })
  const [words, setWords] = useState('')
  const rows = useQuery({
    ...newestQuery({ q: words }, true),
    enabled: patient === undefined && words.trim().length > 1,
  })
  const found = patientsIn(rows.data?.studies ?? [])
  const record = useMutation({
    mutationFn: (body: RecordErasure) => ask('/api/erasures', Erasure, { method: 'POST', body }),
    onSuccess: onRecorded,
  })
  const field = (name: keyof typeof draft) => ({
    value: draft[name],
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      setDraft((before) => ({ ...before, [name]: value })),
    required: true,
    withAsterisk: false,
  })
  const ready = Object.values(draft).every((value) => value.trim() !== '')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        record.mutate({ ...draft, patient: draft.key, studies: [] })
      }}
    >
      <Stack>
        {patient === undefined ? (
          <Select
            label="Patient"
            description="A part of the name, or the patient ID."
            data={found.map((one) => ({ value: one.patient, label: labelOf(one) }))}
            filter={({ options }) => options}
            searchable
            searchValue={words}
            onSearchChange={setWords}
            value={draft.key === '' ? null : draft.key}
            onChange={(key) => setDraft((before) => ({ ...before, key: key ?? '' }))}
            nothingFoundMessage={words.trim().length < 2 ? 'Type a part of the name or the ID.' : 'No such patient.'}
            required
            withAsterisk={false}
            data-autofocus
          />
        ) : (
          <Text>All studies of the patient one came from. It has to be answered within a month.</Text>
        )}
        <TextInput type="date" label="Asked on" {...field('askedOn')} />
        <TextInput
          label="Who asked, and how"
          description="The patient, a representative, by letter, in person. No name is needed."
          maxLength={250}
          {...field('askedBy')}
        />
        <TextInput
          label="How the identity was made sure"
          description="Which paper was seen, and by whom."
          maxLength={250}
          {...field('identity')}
        />
        <InlineError error={record.error} />
        <Button type="submit" loading={record.isPending} disabled={!ready}>
          Record the request
        </Button>
      </Stack>
    </form>
  )
}

/** Each patient of these studies once. */
const patientsIn = (studies: readonly StudyRow[]): readonly StudyRow[] => [
  ...new Map(studies.filter(({ patient }) => patient !== '').map((study) => [study.patient, study])).values(),
]

const labelOf = ({ patientName, patientId }: StudyRow): string =>
  [personNameText(patientName), patientId].filter((part) => part !== '').join(' · ')
