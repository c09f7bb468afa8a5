/**
 * Sealing a study into every copy there is: what is written goes to the vault and to the mirrors that have all of the study
 * so far; then each is read back against the inventory, and what one lacks is written. A mirror that is away, or fails,
 * holds nothing up: it is said which, and it is brought up later.
 */
import { mirrored } from '../../storage/objects/mirrored.ts'
import type { Copy } from '../copies/places.ts'
import { reconcile } from '../copies/reconcile.ts'
import type { SealAnswer, SealOrder } from './order.ts'
import { type SealParts, sealStudy } from './seal-study.ts'

/** What the log has of inventories is not known here; a sidecar vouches for its own, and the log is asked in the next look. */
const NOT_ASKED: ReadonlyMap<number, string> = new Map()

/** @param mirrors  besides `parts.store`, which is the vault's own */
export async function sealAndCopy(
  parts: SealParts,
  vault: Copy,
  mirrors: readonly Copy[],
  order: SealOrder,
): Promise<SealAnswer> {
  const there: Copy[] = []
  for (const mirror of mirrors) if ((await mirror.attached()) === 'good') there.push(mirror)
  const before = there.length === 0 ? undefined : await look([vault, ...there], order.study)
  let store = vault.store
  for (const mirror of there) if (!before?.has(mirror.name)) store = mirrored(store, mirror.store)
  const answer = await sealStudy({ ...parts, store }, order)
  const after = there.length === 0 ? undefined : await look([vault, ...there], order.study, answer.version)
  return {
    ...answer,
    behind: mirrors.filter((one) => !there.includes(one) || after?.has(one.name)).map(({ name }) => name),
  }
}

/** Copies that lack something of the study still, after what could be written was. */
async function look(copies: readonly Copy[], study: string, since?: number): Promise<ReadonlySet<string>> {
  const options = { copies, sealed: NOT_ASKED, look: 'names', ...(since !== undefined && { since }) } as const
  const { findings, known } = await reconcile(options, study)
  return new Set(known ? findings.filter(({ from }) => from === undefined).map(({ copy }) => copy) : [])
}
