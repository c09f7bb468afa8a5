/**
 * What follows from statements that patient IDs are one person, or are not: decided once, when they are told, over what the
 * index knows then. The caller journals it and lets nothing come between.
 */
import type { Database } from '../../storage/sql/database.ts'
import { column } from '../column.ts'
import { contradictions, type Facts } from './facts.ts'
import type { IdentityChange, MovedKey, RelationRow, ReviewRow } from './person-rows.ts'
import { factsOf, type KeyFacts, keysOfAll, relationsOf } from './persons.queries.ts'
import { applied, type Change, judge, personsOf, type Relation, type Statement } from './relations.ts'

export interface Telling {
  /** The sender of a message, or who does it here. */
  readonly by: string
  /** When it was written, in microseconds since 1970. */
  readonly at: number
  /** RFC 3339: when it came. */
  readonly came: string
  readonly reason: string
}

export type Outcome = 'followed' | 'already' | 'late' | 'circle' | 'elsewhere'

export interface Decided {
  readonly change: IdentityChange
  /** One a statement. */
  readonly outcomes: readonly Outcome[]
}

export const NOTHING: IdentityChange = { relations: [], keys: [], reviews: [] }

export async function decideIdentity(
  db: Pick<Database, 'read'>,
  statements: readonly Statement[],
  { by, at, came, reason }: Telling,
): Promise<Decided> {
  const named = statements.flatMap(({ from, into }) => [from, into])
  const keys = [...new Set([...named, ...(await keysOfAll(db, named))])].sort()
  const rows = new Map((await relationsOf(db, keys)).map((row) => [nameOf(relationOf(row)), row as RelationRow]))
  const before = [...rows.values()].filter((row) => Number(row.active) === 1).map(relationOf)
  const written = new Map<string, RelationRow>()
  const reviews: ReviewRow[] = []
  const persons = personsOf(before, keys)
  let active: readonly Relation[] = before

  const told = column(by)
  const isLate = ({ from, into, op }: Statement): boolean =>
    [...rows.values()].some(
      (row) =>
        row.told_by === told &&
        Number(row.told_at) > at &&
        ((row.from_key === from && row.into_key === into) ||
          (row.from_key === into && row.into_key === from) ||
          (op === 'merge' && row.kind === 'merge' && row.from_key === from && Number(row.active) === 1)),
    )
  const write = ({ relation, active: holds }: Change): void => {
    const row: RelationRow = {
      from_key: relation.from,
      into_key: relation.into,
      kind: relation.kind,
      active: holds ? 1 : 0,
      told_by: told,
      told_at: at,
      changed_at: came,
      changed_by: told,
      reason: column(reason),
    }
    rows.set(nameOf(relation), row)
    written.set(nameOf(relation), row)
  }
  const review = ({ op, from, into }: Statement, why: ReviewRow['why'], followed: boolean): void => {
    const kind = op === 'link' || op === 'unlink' ? 'link' : 'merge'
    reviews.push({
      why,
      kind,
      from_key: from,
      into_key: into,
      followed: followed ? 1 : 0,
      told_by: told,
      raised_at: came,
    })
  }

  const outcomes: Outcome[] = []
  for (const statement of statements) {
    if (isLate(statement)) {
      outcomes.push('late')
      continue
    }
    const verdict = judge(active, statement)
    if (verdict.outcome === 'circle' || verdict.outcome === 'elsewhere') review(statement, verdict.outcome, false)
    if (verdict.changes !== undefined) {
      active = applied(active, verdict.changes)
      for (const change of verdict.changes) write(change)
      if (verdict.outcome === 'follow' && verdict.changes.some((change) => change.active)) {
        const [one, other] = [statement.from, statement.into].map((key) => factsOf(db, key, persons.get(key) ?? key))
        if (one && other && contradictions(asFacts(await one), asFacts(await other)).length > 0)
          review(statement, 'facts', true)
      }
    }
    outcomes.push(verdict.outcome === 'follow' ? 'followed' : verdict.outcome)
  }
  return { change: { relations: [...written.values()], keys: moved(before, active, keys), reviews }, outcomes }
}

export const asFacts = ({ name, birth_date, sex }: KeyFacts): Facts => ({ name, birthDate: birth_date, sex })

const relationOf = ({ from_key, into_key, kind }: RelationRow): Relation => ({ from: from_key, into: into_key, kind })
const nameOf = ({ from, into, kind }: Relation): string => `${kind} ${JSON.stringify([from, into])}`

/** Keys that belong to another person than before, or are alone no more, or again. */
function moved(before: readonly Relation[], after: readonly Relation[], keys: readonly string[]): readonly MovedKey[] {
  const [was, is] = [personsOf(before, keys), personsOf(after, keys)]
  const count = (persons: ReadonlyMap<string, string>) => Map.groupBy(persons.values(), (person) => person)
  const [had, has] = [count(was), count(is)]
  return keys.flatMap((key): MovedKey[] => {
    const [then, now] = [was.get(key) ?? key, is.get(key) ?? key]
    const [together, alone] = [(had.get(then)?.length ?? 1) > 1, (has.get(now)?.length ?? 1) === 1]
    return then === now && together === !alone ? [] : [{ key, was: then, person: now, alone }]
  })
}
