/** Every act about some studies and a patient, each once: what evidence packs and reports of access are made of. */
import type { Database } from '../../storage/sql/database.ts'
import { type EvidenceEvent, eventsAbout } from './evidence.queries.ts'

const PAGE = 500

/**
 * Oldest first. An act names a study, or a patient, or both; some name only the study, so a patient's are those of every
 * study too. The lists are walked side by side: memory stays flat.
 *
 * @param upTo  the last ledger number that counts
 */
export async function* actsAbout(
  db: Database,
  { studies, patient }: { readonly studies: readonly string[]; readonly patient?: string },
  upTo: number,
): AsyncGenerator<EvidenceEvent> {
  const lists = [
    ...studies.map((study) => walk(db, { study }, upTo)),
    ...(patient === undefined ? [] : [walk(db, { patient }, upTo)]),
  ]
  const heads = await Promise.all(lists.map((list) => list.next()))
  for (let last = -1; ; ) {
    const next = heads.reduce<number | undefined>((least, { done, value }, at) => {
      if (done) return least
      const other = least === undefined ? undefined : heads[least]?.value
      return other === undefined || Number(value.n) < Number(other.n) ? at : least
    }, undefined)
    const event = next === undefined ? undefined : heads[next]?.value
    if (next === undefined || event === undefined) return
    if (Number(event.n) !== last) yield event
    last = Number(event.n)
    heads[next] = await (lists[next] as AsyncGenerator<EvidenceEvent, undefined>).next()
  }
}

async function* walk(
  db: Database,
  about: { readonly study: string } | { readonly patient: string },
  upTo: number,
): AsyncGenerator<EvidenceEvent, undefined> {
  for (let after = -1; ; ) {
    const page = await eventsAbout(db, about, { after, upTo, limit: PAGE })
    yield* page
    if (page.length < PAGE) return undefined
    after = Number(page.at(-1)?.n ?? 0)
  }
}
