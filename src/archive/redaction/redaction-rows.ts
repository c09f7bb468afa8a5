/**
 * Redaction of events as the journal has it: proposed, approved by another person, carried out in steps that name the events,
 * and done. The step says which digest each group of the journal has without them: the chain of digests goes over the step.
 */
import { canonicalJson } from '../../base/canonical-json.ts'
import type { EventStatements } from '../../ledger/events.queries.ts'
import type { CompiledQuery } from '../../storage/sql/compiled.ts'
import type { FactRecord } from '../../vault/inbox/records.ts'
import { column } from '../column.ts'
import type { RedactionStatements } from './redaction.queries.ts'

/** A group of the journal, and its digest without the events erased so far. */
export type ErasedDigest = readonly [segment: number, group: number, digest: string]

interface Deed {
  readonly v: 1
  readonly by: string
  readonly at: string
}

/** The text of an `erase` fact, and the member `redaction` of its event's body. `by` is a login name. */
export type RedactionFact =
  | (Deed & { readonly op: 'propose'; readonly until: string; readonly reason: string })
  | (Deed & { readonly op: 'approve' | 'end'; readonly redaction: number; readonly reason: string })
  | (Deed & {
      readonly op: 'erase'
      readonly redaction: number
      /** Numbers of the events, as runs from … to. */
      readonly runs: readonly (readonly [from: number, to: number])[]
      readonly groups: readonly ErasedDigest[]
    })
  | (Deed & { readonly op: 'done'; readonly redaction: number; readonly events: number })

export const redactionText = (fact: RedactionFact): string => canonicalJson(JSON.parse(JSON.stringify(fact)))

/** `[3, 4, 5, 9]` → `[[3, 5], [9, 9]]`. */
export function runsOf(numbers: readonly number[]): (readonly [number, number])[] {
  const runs: [number, number][] = []
  for (const n of numbers) {
    const last = runs.at(-1)
    if (last !== undefined && last[1] === n - 1) last[1] = n
    else runs.push([n, n])
  }
  return runs
}

export function numbersOf(runs: readonly (readonly [number, number])[]): number[] {
  const numbers: number[] = []
  for (const [from, to] of runs) for (let n = from; n <= to; n += 1) numbers.push(n)
  return numbers
}

/** Events in one statement. */
const CHUNK = 1000

export function redactionRows(
  statements: RedactionStatements,
  events: EventStatements,
  { n, text }: FactRecord,
): readonly CompiledQuery[] {
  const fact = JSON.parse(text) as RedactionFact
  const { at } = fact
  const by = column(fact.by)
  switch (fact.op) {
    case 'propose':
      return [
        statements.insertRedaction({
          id: n,
          until: fact.until,
          reason: column(fact.reason),
          proposed_by: by,
          proposed_at: at,
        }),
      ]
    case 'approve':
      return [statements.setRedaction(fact.redaction, { approved_by: by, approved_at: at })]
    case 'end':
      return [
        statements.setRedaction(fact.redaction, { ended_by: by, ended_at: at, ended_reason: column(fact.reason) }),
      ]
    case 'erase': {
      const numbers = numbersOf(fact.runs)
      const rows: CompiledQuery[] = []
      for (let from = 0; from < numbers.length; from += CHUNK)
        rows.push(events.eraseEvents(numbers.slice(from, from + CHUNK)))
      return [...rows, ...events.eraseSalts(), statements.addErased(fact.redaction, numbers.length)]
    }
    case 'done':
      return [statements.setRedaction(fact.redaction, { done_at: at })]
  }
}
