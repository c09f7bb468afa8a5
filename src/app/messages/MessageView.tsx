/** One message: its text, segment by segment, and the way to say that somebody has looked at it. */
import { Button, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Message } from '../../api/workflow.ts'
import { ask } from '../http/client.ts'
import { messageQuery } from '../http/queries.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { ReasonField } from '../ui/ReasonField.tsx'
import { ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import { formatMoment } from '../words/dates.ts'
import styles from './Messages.module.css'
import { ANSWERS } from './message-words.ts'

export interface MessageViewProps {
  readonly id: number
  readonly maySettle: boolean
  readonly onSettled: () => void
}

export function MessageView({ id, maySettle, onSettled }: MessageViewProps) {
  const { data, error, refetch } = useQuery(messageQuery(id))
  if (error) return <ErrorState error={error} what="this message" onRetry={() => void refetch()} />
  if (data === undefined) return <SkeletonRows rows={6} height={28} />
  return (
    <Stack>
      <Text>
        {ANSWERS[data.outcome]}
        {data.why && `: ${data.why}`} {data.note && `Note: ${data.note}.`}
      </Text>
      <ol className={styles.segments}>
        {data.segments.map((segment, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: segments repeat and never change
          <li key={at}>
            <code>{segment}</code>
          </li>
        ))}
      </ol>
      <CopyButton text={data.segments.join('\n')} label="Copy the message" />
      {data.settled !== null && (
        <Text c="dimmed">
          Looked at by {data.settled.by}, {formatMoment(data.settled.at)}: {data.settled.reason}
        </Text>
      )}
      {data.attention && maySettle && <SettleForm id={id} onSettled={onSettled} />}
    </Stack>
  )
}

function SettleForm({ id, onSettled }: Pick<MessageViewProps, 'id' | 'onSettled'>) {
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const settle = useMutation({
    mutationFn: () => ask(`/api/messages/${id}/settle`, Message, { method: 'POST', body: { reason } }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['messages'] })
      onSettled()
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        settle.mutate()
      }}
    >
      <Stack>
        <ReasonField label="What was done about it" value={reason} onChange={setReason} most={2000} />
        <InlineError error={settle.error} />
        <Button type="submit" loading={settle.isPending} disabled={reason.trim() === ''}>
          It was looked at
        </Button>
      </Stack>
    </form>
  )
}
