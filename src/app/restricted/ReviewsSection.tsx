/** What a privacy officer looks at afterwards: emergencies, and images of who is watched. */
import { Button, SegmentedControl } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Review } from '../../api/restrictions.ts'
import { ask } from '../http/client.ts'
import { reviewsQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import styles from './Restricted.module.css'
import { ReviewForm } from './ReviewForm.tsx'
import { reviewInWords } from './restricted-words.ts'

export function ReviewsSection() {
  const session = useSession()
  const queries = useQueryClient()
  const [all, setAll] = useState(false)
  const [looking, setLooking] = useState<Review>()
  const reviews = useQuery(reviewsQuery(!all))
  const answer = useMutation({
    mutationFn: ({ id, outcome, words }: { id: number; outcome: 'justified' | 'unjustified'; words: string }) =>
      ask(`/api/reviews/${id}`, Review, { method: 'POST', body: { outcome, words } }),
    onSuccess: () => {
      setLooking(undefined)
      void queries.invalidateQueries({ queryKey: ['reviews'] })
    },
  })
  const me = session?.user?.name ?? ''
  return (
    <Section
      title="To look at"
      actions={
        <SegmentedControl
          aria-label="Which entries"
          value={all ? 'all' : 'waiting'}
          onChange={(value) => setAll(value === 'all')}
          data={[
            { value: 'waiting', label: 'Waiting' },
            { value: 'all', label: 'All' },
          ]}
        />
      }
    >
      {reviews.error ? (
        <ErrorState error={reviews.error} what="what is to be looked at" onRetry={() => void reviews.refetch()} />
      ) : reviews.data === undefined ? (
        <SkeletonRows rows={3} height={64} />
      ) : reviews.data.reviews.length === 0 ? (
        <EmptyState icon="check" title="Nothing to look at" small>
          Emergencies, and images opened of somebody who is watched, wait here for you.
        </EmptyState>
      ) : (
        <div className={table.frame}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col">When</th>
                <th scope="col">State</th>
                <th scope="col">
                  <span className="hidden-visually">What can be done</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {reviews.data.reviews.map((review) => (
                <tr key={review.id}>
                  <td className={styles.top}>
                    <strong>{reviewInWords(review)}</strong>
                    {review.reason !== '' && <span className={styles.dim}>{review.reason}</span>}
                    {review.times > 1 && (
                      <span className={styles.dim}>{review.times} emergencies of this person in ninety days</span>
                    )}
                    <Link to="/audit" search={{ who: review.who }} className={styles.dim}>
                      What {review.who} did, in the log
                    </Link>
                  </td>
                  <td className={styles.top}>{formatMoment(review.at)}</td>
                  <td className={styles.top}>
                    <State review={review} />
                  </td>
                  <td className={`${styles.top} ${table.actions}`}>
                    {review.reviewed === null && review.who !== me && mayDo(session, 'review') && (
                      <Button
                        size="compact-sm"
                        variant="default"
                        onClick={() => {
                          answer.reset()
                          setLooking(review)
                        }}
                        aria-label={`Look at it: entry ${review.id}`}
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
      )}
      <Dialog opened={looking !== undefined} onClose={() => setLooking(undefined)} title="Was it justified?">
        {looking && (
          <ReviewForm
            review={looking}
            error={answer.error}
            pending={answer.isPending}
            onSend={(outcome, words) => answer.mutate({ id: looking.id, outcome, words })}
          />
        )}
      </Dialog>
    </Section>
  )
}

function State({ review: { reviewed, dueOn } }: { readonly review: Review }) {
  if (reviewed === null) {
    const late = dueOn < new Date().toISOString().slice(0, 10)
    return <Mark tone={late ? 'bad' : 'warn'}>{late ? `Overdue since ${dueOn}` : `By ${dueOn}`}</Mark>
  }
  return (
    <>
      {reviewed.outcome === 'justified' ? <Mark tone="good">Justified</Mark> : <Mark tone="bad">Not justified</Mark>}
      <span className={styles.dim}>
        {formatMoment(reviewed.at)} by {reviewed.by}: {reviewed.words}
      </span>
    </>
  )
}
