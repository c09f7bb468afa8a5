/** Makes one person of two patient IDs: which is given up, or both stay in use; what contradicts itself has to be confirmed. */
import { Button, Checkbox, Radio, Stack } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Person, type PersonKey, type Relate } from '../../api/identity.ts'
import { ask } from '../http/client.ts'
import { identityQuery } from '../http/queries.ts'
import { ReasonField } from '../ui/ReasonField.tsx'
import { ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import { FactsTable } from './FactsTable.tsx'
import { contradict, factsInWords, patientNumber } from './person-words.ts'

export interface RelateFormProps {
  /** The patient whose page it is, and the key of the other. */
  readonly here: PersonKey
  readonly other: string
  readonly onDone: () => void
}

export function RelateForm({ here, other, onDone }: RelateFormProps) {
  const { data, error, refetch } = useQuery(identityQuery(other))
  if (error) return <ErrorState error={error} what="the other patient" onRetry={() => void refetch()} />
  if (data === undefined) return <SkeletonRows rows={5} height={32} />
  const there = data.keys.find(({ key }) => key === data.person)
  return there && <Form here={here} there={there} onDone={onDone} />
}

type Way = 'keep-here' | 'keep-there' | 'link'

function Form({
  here,
  there,
  onDone,
}: {
  readonly here: PersonKey
  readonly there: PersonKey
  readonly onDone: () => void
}) {
  const [way, setWay] = useState<Way>('keep-here')
  const [reason, setReason] = useState('')
  const [sure, setSure] = useState(false)
  const against = contradict(here, there)
  const relate = useMutation({
    mutationFn: (body: Relate) => ask('/api/identity/relations', Person, { method: 'POST', body }),
    onSuccess: onDone,
  })
  const [one, other] = [patientNumber(here), patientNumber(there)]
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const [from, into] = way === 'keep-there' ? [here.key, there.key] : [there.key, here.key]
        relate.mutate({ op: way === 'link' ? 'link' : 'merge', from, into, reason, sure })
      }}
    >
      <Stack>
        <FactsTable keys={[here, there]} />
        <Radio.Group label="What is to be done" value={way} onChange={(value) => setWay(value as Way)}>
          <Stack gap="xs" mt="xs">
            <Radio value="keep-here" label={`Merge: ${one} is kept, ${other} is given up`} />
            <Radio value="keep-there" label={`Merge: ${other} is kept, ${one} is given up`} />
            <Radio value="link" label="Link: both stay in use" />
          </Stack>
        </Radio.Group>
        <ReasonField value={reason} onChange={setReason} most={2000} />
        {against.length > 0 && (
          <Checkbox
            checked={sure}
            onChange={(event) => setSure(event.currentTarget.checked)}
            label={`They are one person although their ${factsInWords(against)} differ`}
          />
        )}
        <InlineError error={relate.error} />
        <Button
          type="submit"
          loading={relate.isPending}
          disabled={reason.trim() === '' || (against.length > 0 && !sure)}
        >
          {way === 'link' ? 'Link the two' : 'Merge the two'}
        </Button>
      </Stack>
    </form>
  )
}
