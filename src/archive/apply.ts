/**
 * Brings the index past groups that are durable already: recovery's, a rebuild's, and those the index once refused.
 */
import type { Writer } from '../storage/sql/database.ts'
import { readIndexState } from './group-state.ts'
import { type ApplicableGroup, type Projector, project } from './project.ts'

/**
 * @param nextN  the ledger number the index expects next
 * @returns the one it expects afterwards
 */
export async function applyGroups(
  tx: Writer,
  projector: Projector,
  groups: readonly ApplicableGroup[],
  nextN: number,
): Promise<number> {
  if (groups.length === 0) return nextN
  const keys = groups.flatMap(({ applicables }) =>
    applicables.flatMap(({ record }) => (record.kind === 'instance' ? [record.header] : [])),
  )
  const state = await readIndexState(tx, projector, keys)
  const projected = project(projector, state, groups, nextN)
  await tx.batch(projected.statements)
  return projected.nextN
}
