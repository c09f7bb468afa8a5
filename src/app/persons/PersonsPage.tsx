/** Merges and links that HL7 told of and that a person must look at, each with what is known of the two side by side. */
import { Button, SegmentedControl, Stack } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type IdentityReview, Person, Settled } from '../../api/identity.ts'
import { ask } from '../http/client.ts'
import { identityReviewsQuery } from '../http/queries.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Page } from '../ui/page.tsx'
import { ReasonField } from '../ui/ReasonField.tsx'
import { EmptyState, ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import { TableFrame } from '../ui/TableFrame.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { formatCount } from '../words/numbers.ts'
import { FactsTable } from './FactsTable.tsx'
import styles from './Persons.module.css'
import { BACK, patientNumber, whyInWords } from './person-words.ts'

export function PersonsPage() {
  const [open, setOpen] = useState(true)
  const [shown, setShown] = useState<IdentityReview>()
  const reviews = useQuery(identityReviewsQuery(open))
  const waiting = reviews.data?.open ?? 0
  return (
    <Page
      title="Persons"
      about="Merges and links of patients that could not be followed, or whose facts contradict each other. To merge or link two patients yourself, open Identity on a patient’s timeline."
      actions={
        <SegmentedControl
          aria-label="Which questions"
          value={open ? 'open' : 'all'}
          onChange={(value) => setOpen(value === 'open')}
          data={[
            { value: 'open', label: `To be decided${waiting > 0 ? ` (${formatCount(waiting)})` : ''}` },
            { value: 'all', label: 'All' },
          ]}
        />
      }
    >
      {reviews.error ? (
        <ErrorState error={reviews.error} what="the questions about persons" onRetry={() => void reviews.refetch()} />
      ) : reviews.data === undefined ? (
        <SkeletonRows rows={6} height={56} />
      ) : reviews.data.reviews.length === 0 ? (
        <EmptyState icon="check" title={open ? 'Nothing is to be decided' : 'Nothing had to be decided yet'}>
          Merges and links come by HL7 (ADT A40, A47, A24), once hl7.port is set in the configuration.
        </EmptyState>
      ) : (
        <ReviewTable reviews={reviews.data.reviews} onOpen={setShown} />
      )}
      <Dialog opened={shown !== undefined} onClose={() => setShown(undefined)} title="One person?" size="lg">
        {shown && (
          <Review review={shown} mayChange={reviews.data?.mayChange === true} onDone={() => setShown(undefined)} />
        )}
      </Dialog>
    </Page>
  )
}

function ReviewTable({
  reviews,
  onOpen,
}: {
  readonly reviews: readonly IdentityReview[]
  readonly onOpen: (review: IdentityReview) => void
}) {
  return (
    <TableFrame label="Questions about persons">
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Patients</th>
            <th scope="col">Why</th>
            <th scope="col">State</th>
            <th scope="col">
              <span className="hidden-visually">Open</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {reviews.map((review) => (
            <tr key={review.review}>
              <td className={styles.when}>
                {formatMoment(review.at)}
                <span className={styles.dim}>{review.by.split('|').filter(Boolean).join(', ')}</span>
              </td>
              <td>
                {patientNumber(review.from)}
                {review.from.key !== review.into.key && (
                  <span className={styles.dim}>into {patientNumber(review.into)}</span>
                )}
              </td>
              <td>{whyInWords(review)}</td>
              <td>
                {review.settled !== null ? (
                  <Mark tone="plain">Settled</Mark>
                ) : (
                  <Mark tone="warn">{stateInWords(review)}</Mark>
                )}
              </td>
              <td className={table.actions}>
                <Button
                  size="compact-md"
                  variant="default"
                  aria-label={`Open the question about ${patientNumber(review.from)}`}
                  onClick={() => onOpen(review)}
                >
                  Open
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

function stateInWords({ followed, from, into }: IdentityReview): string {
  if (from.key === into.key) return 'Doubtful'
  return followed ? 'Done, and doubtful' : 'Not done'
}

function Review({
  review,
  mayChange,
  onDone,
}: {
  readonly review: IdentityReview
  readonly mayChange: boolean
  readonly onDone: () => void
}) {
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const settle = useMutation({
    mutationFn: async ({ takeBack }: { readonly takeBack: boolean }) => {
      const { kind, from, into } = review
      const body = { op: BACK[kind], from: from.key, into: into.key, reason }
      if (takeBack) await ask('/api/identity/relations', Person, { method: 'POST', body })
      return ask(`/api/identity/reviews/${review.review}/settle`, Settled, { method: 'POST', body: { reason } })
    },
    onSuccess: () => {
      void queries.invalidateQueries()
      onDone()
    },
  })
  const person = (one: IdentityReview['from']) => (
    <Button
      variant="subtle"
      renderRoot={(props) => <Link to="/persons/$patient" params={{ patient: one.key }} {...props} />}
    >
      Identity of {patientNumber(one)}
    </Button>
  )
  const waits = review.settled === null && mayChange
  const oneNumber = review.from.key === review.into.key
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        settle.mutate({ takeBack: false })
      }}
    >
      <Stack>
        <p>{whyInWords(review)}</p>
        <FactsTable keys={[review.from, review.into]} />
        <div className={styles.ways}>
          {person(review.from)}
          {!oneNumber && person(review.into)}
        </div>
        {review.settled !== null && (
          <p className={styles.dim}>
            Settled by {review.settled.by}, {formatMoment(review.settled.at)}: {review.settled.reason}
          </p>
        )}
        {waits && (
          <>
            <ReasonField label="What was found out" value={reason} onChange={setReason} most={2000} />
            <InlineError error={settle.error} />
            <div className={styles.ways}>
              <Button type="submit" loading={settle.isPending} disabled={reason.trim() === ''}>
                {oneNumber ? 'It was looked at' : review.followed ? 'They are one person' : 'Leave it as it is'}
              </Button>
              {review.followed && !oneNumber && (
                <Button
                  variant="default"
                  disabled={reason.trim() === '' || settle.isPending}
                  onClick={() => settle.mutate({ takeBack: true })}
                >
                  Take the {review.kind} back
                </Button>
              )}
            </div>
          </>
        )}
      </Stack>
    </form>
  )
}
