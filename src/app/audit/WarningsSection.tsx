/** What lookouts warned of, to be looked at by a person. */
import { Button, SegmentedControl, Stack } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Warning } from '../../api/lookouts.ts'
import { ask } from '../http/client.ts'
import { warningsQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { ReasonField } from '../ui/ReasonField.tsx'
import { EmptyState, ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import styles from './AuditPage.module.css'
import { warningInWords } from './lookout-words.ts'

type Shown = 'waiting' | 'mine' | 'all'

export function WarningsSection() {
  const session = useSession()
  const queries = useQueryClient()
  const [shown, setShown] = useState<Shown>('waiting')
  const [looking, setLooking] = useState<Warning>()
  const [words, setWords] = useState('')
  const found = useInfiniteQuery(warningsQuery({ mine: shown !== 'all', waiting: shown === 'waiting' }))
  const settle = useMutation({
    mutationFn: ({ id }: Warning) =>
      ask(`/api/lookouts/warnings/${id}/settle`, Warning, { method: 'POST', body: { words: words.trim() } }),
    onSuccess: () => {
      setLooking(undefined)
      setWords('')
      void queries.invalidateQueries({ queryKey: ['lookouts'] })
    },
  })
  const me = session?.user?.name ?? ''
  const warnings = found.data?.pages.flatMap((page) => page.warnings)
  return (
    <Section
      title="Warnings"
      actions={
        <SegmentedControl
          aria-label="Which warnings"
          value={shown}
          onChange={(value) => setShown(value as Shown)}
          data={[
            { value: 'waiting', label: 'Waiting for me' },
            { value: 'mine', label: 'All of mine' },
            { value: 'all', label: 'Everybody’s' },
          ]}
        />
      }
    >
      {found.error ? (
        <ErrorState error={found.error} what="warnings" onRetry={() => void found.refetch()} />
      ) : warnings === undefined ? (
        <SkeletonRows rows={3} height={56} />
      ) : warnings.length === 0 ? (
        <EmptyState icon="check" title="No warnings" small>
          What a lookout finds from now on waits here.
        </EmptyState>
      ) : (
        <>
          <div className={table.frame}>
            <table className={table.table}>
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">What</th>
                  <th scope="col">Patient</th>
                  <th scope="col">Entry</th>
                  <th scope="col">State</th>
                  <th scope="col">
                    <span className="hidden-visually">What can be done</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {warnings.map((warning) => (
                  <tr key={warning.id}>
                    <td className={`${styles.when} ${styles.top}`}>
                      <time dateTime={warning.at} title={warning.at}>
                        {formatMoment(warning.at)}
                      </time>
                    </td>
                    <td className={styles.top}>
                      <strong>{warningInWords(warning)}</strong>
                      <span className={styles.dim}>{warning.lookout.name}</span>
                      <Link to="/audit" search={{ who: warning.who }} className={styles.link}>
                        What {warning.who} did
                      </Link>
                    </td>
                    <td className={`${styles.patient} ${styles.top}`}>{warning.patient?.id}</td>
                    <td className={styles.top}>
                      <a className={styles.link} href={`/api/log/proof/${warning.entry}`} title="Its proof, as a file">
                        {warning.entry}
                      </a>
                    </td>
                    <td className={styles.top}>
                      {warning.settled === null ? (
                        <Mark tone="warn">Waiting</Mark>
                      ) : (
                        <>
                          <Mark tone="good">Looked at</Mark>
                          <span className={styles.dim}>
                            {formatMoment(warning.settled.at)} by {warning.settled.by}: {warning.settled.words}
                          </span>
                        </>
                      )}
                    </td>
                    <td className={`${styles.top} ${table.actions}`}>
                      {warning.settled === null && warning.who !== me && mayDo(session, 'lookout.manage') && (
                        <Button
                          size="compact-sm"
                          variant="default"
                          onClick={() => {
                            settle.reset()
                            setWords('')
                            setLooking(warning)
                          }}
                          aria-label={`Look at it: warning ${warning.id}`}
                        >
                          Look at it
                        </Button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {found.hasNextPage && (
            <Button
              className={styles.more}
              variant="default"
              loading={found.isFetchingNextPage}
              onClick={() => void found.fetchNextPage()}
            >
              Show older
            </Button>
          )}
        </>
      )}
      <Dialog opened={looking !== undefined} onClose={() => setLooking(undefined)} title="What did you find?">
        {looking && (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              if (words.trim() !== '') settle.mutate(looking)
            }}
          >
            <Stack>
              <p>
                {warningInWords(looking)} ({looking.lookout.name})
              </p>
              <ReasonField label="What you found" value={words} onChange={setWords} most={2000} />
              <InlineError error={settle.error} />
              <Button type="submit" loading={settle.isPending} disabled={words.trim() === ''}>
                Looked at
              </Button>
            </Stack>
          </form>
        )}
      </Dialog>
    </Section>
  )
}
