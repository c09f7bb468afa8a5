/** What the log had and does not tell any more: entries erased by two people, by redaction, with the entries that name them. */
import type { Database } from '../../storage/sql/database.ts'
import type { ErasedEntries } from '../answers.ts'
import { newestRedactions } from '../redaction/redaction.queries.ts'
import { actsOfTypes } from './questions.queries.ts'
import { bodyOf, list, member, number } from './telling.ts'

/** Redactions, and steps of theirs of ten thousand entries each. */
const MOST = 1000
const MOST_STEPS = 10_000

export async function erasedEntries(db: Database, upTo: number): Promise<readonly ErasedEntries[]> {
  const redactions = (await newestRedactions(db, MOST)).filter(({ events }) => Number(events) > 0)
  if (redactions.length === 0) return []
  const steps = await actsOfTypes(db, { first: 0, last: upTo }, ['log.erase'], { upTo, limit: MOST_STEPS })
  return redactions.reverse().map((row) => {
    const own = steps.filter(({ body }) => number(member(bodyOf(body), 'redaction')['redaction']) === Number(row.id))
    const ends = own.flatMap(({ body }) => list(member(bodyOf(body), 'redaction'), 'runs') as [number, number][])
    return {
      redaction: Number(row.id),
      entries: Number(row.events),
      first: Math.min(...ends.map(([from]) => from)),
      last: Math.max(...ends.map(([, to]) => to)),
      steps: own.map(({ n }) => n),
      proposedBy: row.proposed_by,
      approvedBy: row.approved_by,
      approvedAt: row.approved_at,
      reason: row.reason,
    }
  })
}
