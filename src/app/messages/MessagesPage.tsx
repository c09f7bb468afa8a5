/** What the hospital's systems told by HL7, how each message was answered, and those a person should look at. */
import { Button, SegmentedControl } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { MessageRow } from '../../api/workflow.ts'
import { messagesQuery } from '../http/queries.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Page } from '../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { formatCount } from '../words/numbers.ts'
import styles from './Messages.module.css'
import { MessageView } from './MessageView.tsx'
import { ANSWERS, typeInWords } from './message-words.ts'

type Shown = 'attention' | 'all'

export function MessagesPage() {
  const [shown, setShown] = useState<Shown>('attention')
  const [open, setOpen] = useState<MessageRow>()
  const messages = useInfiniteQuery(messagesQuery(shown === 'attention'))
  const rows = messages.data?.pages.flatMap((page) => page.messages) ?? []
  const [first] = messages.data?.pages ?? []
  const waiting = first?.attention ?? 0
  return (
    <Page
      title="Messages"
      about="HL7 messages as they came. Each is kept before it is acknowledged; what cannot be followed waits here for somebody to look at it."
      actions={
        <SegmentedControl
          aria-label="Which messages"
          value={shown}
          onChange={(value) => setShown(value === 'all' ? 'all' : 'attention')}
          data={[
            { value: 'attention', label: `Need attention${waiting > 0 ? ` (${formatCount(waiting)})` : ''}` },
            { value: 'all', label: 'All' },
          ]}
        />
      }
    >
      {messages.error ? (
        <ErrorState error={messages.error} what="the messages" onRetry={() => void messages.refetch()} />
      ) : messages.data === undefined ? (
        <SkeletonRows rows={6} height={56} />
      ) : rows.length === 0 ? (
        shown === 'attention' ? (
          <EmptyState icon="check" title="No message needs attention">
            Every message could be followed, or somebody has looked at it.
          </EmptyState>
        ) : (
          <EmptyState icon="document" title="No messages yet">
            Set hl7.port in the configuration and let the interface engine send to it.
          </EmptyState>
        )
      ) : (
        <>
          <MessageTable rows={rows} onOpen={setOpen} />
          {messages.hasNextPage && (
            <Button
              variant="default"
              mt="md"
              loading={messages.isFetchingNextPage}
              onClick={() => void messages.fetchNextPage()}
            >
              Show older messages
            </Button>
          )}
        </>
      )}
      <Dialog opened={open !== undefined} onClose={() => setOpen(undefined)} title="Message" size="lg">
        {open && (
          <MessageView id={open.id} maySettle={first?.maySettle ?? false} onSettled={() => setOpen(undefined)} />
        )}
      </Dialog>
    </Page>
  )
}

function MessageTable({
  rows,
  onOpen,
}: {
  readonly rows: readonly MessageRow[]
  readonly onOpen: (message: MessageRow) => void
}) {
  return (
    <div className={table.frame}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">From</th>
            <th scope="col">Message</th>
            <th scope="col">Answer</th>
            <th scope="col">About</th>
            <th scope="col">
              <span className="hidden-visually">Open</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td className={styles.when}>{formatMoment(row.at)}</td>
              <td>
                {row.sender === '|' ? 'Unknown' : row.sender.split('|').filter(Boolean).join(', ')}
                <span className={styles.dim}>{row.address}</span>
              </td>
              <td>
                {typeInWords(row.type)}
                <span className={styles.dim}>{[row.type, row.control].filter(Boolean).join(' · ')}</span>
              </td>
              <td>
                <Mark tone={row.outcome === 'AA' ? 'good' : row.attention ? 'bad' : 'plain'}>
                  {ANSWERS[row.outcome]}
                </Mark>
                {(row.why || row.note) && <span className={styles.dim}>{row.why || row.note}</span>}
              </td>
              <td>
                {row.patient === null ? '–' : `Patient ${row.patient.id}`}
                {row.accession && <span className={styles.dim}>Accession {row.accession}</span>}
              </td>
              <td className={table.actions}>
                <Button
                  size="compact-md"
                  variant="default"
                  aria-label={`Open the message of ${formatMoment(row.at)}`}
                  onClick={() => onOpen(row)}
                >
                  Open
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
