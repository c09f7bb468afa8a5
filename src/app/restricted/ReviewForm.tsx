/** What came out when somebody looked at an entry: justified or not, and why. */
import { Button, Group, Stack } from '@mantine/core'
import { useState } from 'react'
import type { Review } from '../../api/restrictions.ts'
import { ReasonField } from '../ui/ReasonField.tsx'
import { InlineError } from '../ui/states.tsx'
import { reviewInWords } from './restricted-words.ts'

export function ReviewForm({
  review,
  error,
  pending,
  onSend,
}: {
  readonly review: Review
  readonly error: unknown
  readonly pending: boolean
  readonly onSend: (outcome: 'justified' | 'unjustified', words: string) => void
}) {
  const [words, setWords] = useState('')
  const empty = words.trim() === ''
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (!empty) onSend('justified', words.trim())
      }}
    >
      <Stack>
        <p>
          {reviewInWords(review)}
          {review.reason === '' ? '.' : `: “${review.reason}”`}
        </p>
        <ReasonField label="What you found" value={words} onChange={setWords} most={2000} />
        <InlineError error={error} />
        <Group>
          <Button type="submit" loading={pending} disabled={empty}>
            It was justified
          </Button>
          <Button
            color="red"
            variant="outline"
            loading={pending}
            disabled={empty}
            onClick={() => onSend('unjustified', words.trim())}
          >
            It was not
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
