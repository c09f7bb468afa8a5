/** Who is restricted or watched, and who is let in. */
import { Button, Stack } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Restriction } from '../../api/restrictions.ts'
import { ask } from '../http/client.ts'
import { restrictionsQuery } from '../http/queries.ts'
import { mayDo, useSession } from '../http/session.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Section } from '../ui/page.tsx'
import { ReasonField } from '../ui/ReasonField.tsx'
import { EmptyState, ErrorState, InlineError, SkeletonRows } from '../ui/states.tsx'
import table from '../ui/table.module.css'
import { formatMoment } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'
import styles from './Restricted.module.css'
import { RestrictionForm } from './RestrictionForm.tsx'
import { admitsInWords, subjectInWords } from './restricted-words.ts'

export function RestrictionsSection() {
  const session = useSession()
  const queries = useQueryClient()
  const restrictions = useQuery(restrictionsQuery)
  const [placing, setPlacing] = useState(false)
  const [lifting, setLifting] = useState<Restriction>()
  const [reason, setReason] = useState('')
  const changed = () => {
    setPlacing(false)
    setLifting(undefined)
    void queries.invalidateQueries({ queryKey: restrictionsQuery.queryKey })
  }
  const lift = useMutation({
    mutationFn: ({ id }: Restriction) =>
      ask(`/api/restrictions/${id}/lift`, Restriction, { method: 'POST', body: { reason } }),
    onSuccess: changed,
  })
  const may = mayDo(session, 'restriction.manage')
  return (
    <Section
      title="Restricted and watched"
      actions={may && <Button onClick={() => setPlacing(true)}>Restrict or watch</Button>}
    >
      {restrictions.error ? (
        <ErrorState error={restrictions.error} what="restrictions" onRetry={() => void restrictions.refetch()} />
      ) : restrictions.data === undefined ? (
        <SkeletonRows rows={3} height={64} />
      ) : restrictions.data.restrictions.length === 0 ? (
        <EmptyState icon="hidden" title="Nobody is restricted" small>
          Everybody whose role reads images sees every patient. Restrict a member of the staff, a public figure, or
          whatever a psychiatric ward makes.
        </EmptyState>
      ) : (
        <div className={table.frame}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">Of</th>
                <th scope="col">Who is let in</th>
                <th scope="col">Placed</th>
                <th scope="col">State</th>
                <th scope="col">
                  <span className="hidden-visually">Lift</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {restrictions.data.restrictions.map((one) => (
                <tr key={one.id}>
                  <td className={styles.top}>
                    <strong>{subjectInWords(one)}</strong>
                    <span className={styles.dim}>{one.reason}</span>
                    {one.lifted === null && (
                      <span className={styles.dim}>covers {counted(one.covers, 'study', 'studies')} now</span>
                    )}
                  </td>
                  <td className={styles.top}>{one.level === 'watched' ? 'everybody' : admitsInWords(one.admits)}</td>
                  <td className={styles.top}>
                    {formatMoment(one.placed.at)}
                    <span className={styles.dim}>by {one.placed.by}</span>
                  </td>
                  <td className={styles.top}>
                    {one.lifted !== null ? (
                      <>
                        <Mark>Lifted</Mark>
                        <span className={styles.dim}>
                          {formatMoment(one.lifted.at)} by {one.lifted.by}: {one.lifted.reason}
                        </span>
                      </>
                    ) : one.level === 'watched' ? (
                      <Mark tone="accent">Watched</Mark>
                    ) : (
                      <Mark tone="warn">Restricted</Mark>
                    )}
                  </td>
                  <td className={`${styles.top} ${table.actions}`}>
                    {may && one.lifted === null && (
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={`Lift restriction ${one.id}`}
                        onClick={() => {
                          lift.reset()
                          setReason('')
                          setLifting(one)
                        }}
                      >
                        Lift
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Dialog opened={placing} onClose={() => setPlacing(false)} title="Restrict or watch" size="lg">
        <RestrictionForm onPlaced={changed} />
      </Dialog>
      <Dialog opened={lifting !== undefined} onClose={() => setLifting(undefined)} title="Lift the restriction">
        {lifting && (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              lift.mutate(lifting)
            }}
          >
            <Stack>
              <p>{subjectInWords(lifting)}: from then on everybody sees again what they saw before.</p>
              <ReasonField value={reason} onChange={setReason} most={2000} />
              <InlineError error={lift.error} />
              <Button type="submit" loading={lift.isPending} disabled={reason.trim() === ''}>
                Lift it
              </Button>
            </Stack>
          </form>
        )}
      </Dialog>
    </Section>
  )
}
