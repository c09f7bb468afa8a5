/**
 * The certificate of a destruction (compliance specification 2.6): what was destroyed, by which rule, who wanted it, and
 * the acts that say so, each with its proof in the log. Whoever has the log's key can check it without us.
 */
import type { TransparencyLog } from '../../ledger/log/log.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { TombstonesTable } from '../../storage/sql/schema.ts'
import type { SiteRulesSource } from '../rules/site-rules.ts'
import { dispositionRow, eventAt } from './disposition.queries.ts'
import type { CopyGone, Tombstone } from './disposition-rows.ts'

export interface Certificate {
  readonly v: 1
  readonly certificate: 'destruction'
  readonly tombstone: Omit<Tombstone, 'v' | 'op'>
  /** Why it was proposed, and what was shown for what the law wants first. */
  readonly reason: string
  readonly papers: { readonly [step: string]: string }
  /** The rules that reached furthest, as the site adopted them. */
  readonly law: readonly { readonly id: string; readonly title: string; readonly source: string }[]
  /** What was done to each copy; null while some may be left. */
  readonly done: { readonly at: string; readonly copies: readonly CopyGone[] } | null
  /** What a lock holds, readable, and until when: it is destroyed then. '' when nothing is held so. */
  readonly waits: string
  /** Which copies this archive knows nothing of. */
  readonly beyond: string
  /** The acts: leaf and body as the log has them, the body's salt, and the proof (C2SP tlog-proof). */
  readonly acts: readonly {
    readonly n: number
    readonly leaf: string
    readonly body: string
    readonly salt: string
    readonly proof: string
  }[]
}

/** Its files are the database's own: what we delete in it is gone from it, and from them when they are written anew. */
const POSTGRES =
  ' The index is in PostgreSQL: its rows were deleted and vacuumed; what pages and the write-ahead log still have of them ends when these are used again, at once by VACUUM FULL, a checkpoint and the removal of old segments of the log.'

const BEYOND =
  'Backups, exports, evidence packs and what other systems were sent are not this archive’s: the report of who saw the images and to whom they were given lists them.'

export async function certificateOf(
  {
    db,
    ledger,
    site,
  }: {
    readonly db: Database
    readonly ledger: Pick<TransparencyLog, 'proof' | 'sign'>
    readonly site: SiteRulesSource
  },
  row: TombstonesTable,
  waits: string,
): Promise<Certificate | undefined> {
  const event = await eventAt(db, Number(row.id))
  const disposition = await dispositionRow(db, Number(row.disposition_id))
  if (event === undefined || disposition === undefined) return undefined
  await ledger.sign()
  const { v: _, op: __, ...tombstone } = (JSON.parse(event.body) as { readonly disposition: Tombstone }).disposition
  const acts = []
  for (const n of [row.id, row.done].map(Number).filter((one) => one > 0)) {
    const act = await eventAt(db, n)
    const proof = await ledger.proof(n)
    if (act !== undefined && proof !== undefined)
      acts.push({ n, leaf: act.leaf, body: act.body, salt: act.salt, proof })
  }
  const law: Certificate['law'][number][] = []
  for (const id of tombstone.governing) {
    const rule = await site.find(id)
    if (rule !== undefined) law.push({ id, title: rule.title, source: rule.source })
  }
  return {
    v: 1,
    certificate: 'destruction',
    tombstone,
    reason: disposition.reason,
    papers: JSON.parse(disposition.papers) as Record<string, string>,
    law,
    done: Number(row.done) > 0 ? { at: row.done_at, copies: JSON.parse(row.copies) as CopyGone[] } : null,
    waits,
    beyond: db.dialect === 'postgres' ? `${BEYOND}${POSTGRES}` : BEYOND,
    acts,
  }
}
