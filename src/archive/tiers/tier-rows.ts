/**
 * A move of a study between the vault and the cold store as the journal has it, and what the index makes of it. What was
 * received does not change by it; where it lies does, and that has to be known when the index is lost.
 */
import { canonicalJson } from '../../base/canonical-json.ts'
import type { CompiledQuery } from '../../storage/sql/compiled.ts'
import type { FactRecord } from '../../vault/inbox/records.ts'
import { column } from '../column.ts'
import type { TierStatements } from './tiers.queries.ts'

/** The text of a `tier` fact, and the member `tier` of its event's body. */
export interface TierFact {
  readonly v: 1
  readonly op: 'cold' | 'hot'
  readonly study: string
  /** The copy it was proved in before: the cold store of `cold`, the vault of `hot`. */
  readonly copy: string
  /** The newest version of its object, and the SHA-512 of that version's inventory. */
  readonly version: number
  readonly inventory: string
  /** Files of the object read back there, their bytes, and received files made again from them with the digest of arrival. */
  readonly files: number
  readonly bytes: number
  readonly received: number
  readonly at: string
}

export const tierText = (fact: TierFact): string => canonicalJson({ ...fact })

export function tierRows(statements: TierStatements, { n, text }: FactRecord): readonly CompiledQuery[] {
  const { op, study, bytes, at } = JSON.parse(text) as TierFact
  return [statements.setTier({ study_uid: column(study), moved_n: n, tier: op, moved_at: at, bytes, dropped: 0 })]
}
