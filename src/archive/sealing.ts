/**
 * When what was received goes from the inbox into the vault, and what is journaled then.
 *
 * A study whose instances have stopped coming is handed to the sealer, one study at a time. What it answers was proved;
 * the archive journals the fact with its leaf and points the index at the vault. A study that cannot be sealed stays in
 * the inbox, whole; after three tries it is kept as received, without a codec.
 */
import type { Context } from '../base/context.ts'
import { pseudonym } from '../base/context.ts'
import { ArchiveError, asArchiveError } from '../base/errors.ts'
import type { Uid } from '../dicom/uid.ts'
import type { TransparencyLog } from '../ledger/log/log.ts'
import type { ObjectStore } from '../storage/objects/object-store.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Inbox } from '../vault/inbox/inbox.ts'
import type { Sealer } from '../vault/seal/open.ts'
import type { SealAnswer, SealItem, SealOrder, SealSeries } from '../vault/seal/order.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Archive, SealReport, StorageReport } from './archive.ts'
import { sealedInventories } from './fixity.queries.ts'
import type { JournalWriter, Log } from './journal-writer.ts'
import type { Mirrors } from './mirrors.ts'
import { patientOf } from './read.queries.ts'
import { sealedRows, sealFact } from './sealed-rows.ts'
import {
  keptBytes,
  releasedSegment,
  releasedSpool,
  sealedSegments,
  sealedSpools,
  studiesDue,
  unsealedInstances,
  unsealedTotals,
} from './sealing.queries.ts'
import type { StudyLock } from './study-locks.ts'

export interface SealingOptions {
  /** Seal by itself, without being told. */
  readonly automatic: boolean
  /** Nothing came for so long, in seconds (`seal.quietSeconds`). */
  readonly quietSeconds: number
}

export interface SealingParts {
  readonly db: Database
  readonly vault: ObjectStore
  readonly sealer: Sealer
  readonly lock: StudyLock
  readonly mirrors: Pick<Mirrors, 'owe' | 'sealed' | 'settled' | 'bringUp'>
  readonly writer: JournalWriter
  readonly acts: Acts
  readonly inbox: Inbox
  readonly ledger: Pick<TransparencyLog, 'sign' | 'state'>
  readonly now: () => Date
  readonly log: Log
  readonly itself: Context
  readonly options: SealingOptions
  /** Studies whose bytes are being destroyed: what came for them since waits. */
  readonly barred: ReadonlySet<string>
  /** Writes what is bad of a study's object again from another copy. @returns whether something was */
  readonly mend: (study: string) => Promise<boolean>
  /** Brings a study back from the cold store: the next version of its object is written beside the others. */
  readonly recall?: (study: string) => Promise<void>
}

export interface Sealing extends Pick<Archive, 'seal'> {
  /** Gives back the room of what is sealed. */
  release(): Promise<void>
  storage(context: Context): Promise<Omit<StorageReport, 'fixity' | 'copies' | 'tiers'>>
  close(): Promise<void>
}

const LOOK_EVERY_MS = 10_000
/** Product section 5: at twelve hours of age, whatever still comes; late arrivals at most hourly. */
const OLDEST_SECONDS = 12 * 3600
const LATE_SECONDS = 3600
const TRIES = 3
const AT_ONCE = 50
const SEALED = {
  because: 'superseded',
  evidence: 'in the vault, every received digest proved by reading it back',
} as const
const DISK: ReadonlySet<string> = new Set(['COPY_AWAY', 'STORE_WRITE_FAILED', 'STORE_NO_SPACE'])
const LAST = '9999-12-31T23:59:59.999Z'

export function openSealing(parts: SealingParts): Sealing {
  const { db, inbox, vault, sealer, lock, mirrors, writer, acts, ledger, now, log, itself, options, barred } = parts
  const { node } = inbox
  const failures = new Map<string, number>()
  /** The newest leaf that says a study is sealed; what came before this start is older than any checkpoint it needs. */
  let lastSeal = ledger.state.leaves - 1
  let closed = false
  let running: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  const one = async (context: Context, study: string): Promise<SealReport> => {
    const series = barred.has(study) ? [] : await orderOf(db, node, study)
    if (series.length === 0) return { study: study as Uid, outcome: 'nothing', instances: 0, received: 0, kept: 0 }
    const created = now().toISOString()
    const sealed = Math.max(0, ...(await sealedInventories(db, study)).keys())
    const order: SealOrder = { study, created, series, sealed, verbatim: (failures.get(study) ?? 0) >= TRIES }
    try {
      if (sealed > 0) await parts.recall?.(study)
      const answer = await lock(study, async () => {
        await mirrors.owe(study)
        const sealed = await sealer.seal(order).catch(async (thrown: unknown) => {
          // A version that a crash kept from being journaled is looked at by nothing else: another copy may have it good.
          if (asArchiveError(thrown).code !== 'VAULT_DAMAGED' || !(await parts.mend(study))) throw thrown
          return sealer.seal(order)
        })
        await journal(context, sealed)
        await mirrors.sealed(study, sealed.behind ?? [])
        return sealed
      })
      failures.delete(study)
      return {
        study: study as Uid,
        outcome: 'sealed',
        instances: answer.received.instances,
        received: answer.received.bytes,
        kept: answer.kept.bytes,
      }
    } catch (thrown) {
      const { code, message } = asArchiveError(thrown)
      // A disk that is away or full says nothing against the codecs.
      if (!DISK.has(code)) failures.set(study, (failures.get(study) ?? 0) + 1)
      if (!closed) log.error({ error: code, tries: failures.get(study) }, 'a study could not be sealed')
      return { study: study as Uid, outcome: 'failed', instances: 0, received: 0, kept: 0, why: message }
    }
  }

  const journal = async (context: Context, answer: SealAnswer): Promise<void> => {
    const { study, version, inventory, received, kept } = answer
    const ts = now().toISOString()
    const text = sealFact(answer, ts)
    const rows = await sealedRows(vault, text)
    const patient = await patientOf(db, study)
    const { principal, client } = context
    await writer.act(
      {
        kind: 'act',
        event: {
          type: 'study.seal',
          ts,
          action: 'U',
          outcome: 0,
          actor: pseudonym(principal),
          study,
          ...(patient !== '' && { patient }),
          detail: { version, inventory, instances: received.instances, bytes: received.bytes, kept: kept.bytes },
        },
        who: { principal, client },
        fact: { type: 'seal', text },
      },
      'now',
      rows,
    )
    lastSeal = ledger.state.leaves - 1
  }

  const ago = (seconds: number): string => new Date(now().getTime() - seconds * 1000).toISOString()
  const due = (all: boolean) =>
    studiesDue(
      db,
      node,
      all
        ? { quietSince: LAST, lateQuietSince: LAST, oldest: LAST }
        : {
            quietSince: ago(options.quietSeconds),
            lateQuietSince: ago(Math.max(options.quietSeconds, LATE_SECONDS)),
            oldest: ago(OLDEST_SECONDS),
          },
      AT_ONCE,
    )

  /**
   * Gives the inbox's room back, where everything is sealed, every mirror has it, and a checkpoint covers the leaves that
   * say so. All copies were re-read before, and recovery finds there what the inbox has no more.
   */
  const release = async (): Promise<void> => {
    if (!mirrors.settled) await mirrors.bringUp()
    if (!mirrors.settled) return
    if (ledger.state.signed <= lastSeal) await ledger.sign()
    if (ledger.state.signed <= lastSeal) return
    for (const { id, spool } of await sealedSpools(db, node, AT_ONCE)) {
      if (closed) return
      await inbox.dropSpool(spool, SEALED)
      await db.write((tx) => tx.batch([releasedSpool(db, id)]))
    }
    for (const segment of await sealedSegments(db, node, AT_ONCE)) {
      if (closed) return
      if ((await inbox.thin(segment, SEALED)) === undefined) continue
      await db.write((tx) => tx.batch([releasedSegment(db, node, segment)]))
    }
  }

  const look = async (): Promise<void> => {
    for (const { study_uid } of await due(false)) {
      if (closed) return
      await one(itself, study_uid)
    }
    await release()
  }
  const again = (): void => {
    if (closed || !options.automatic) return
    timer = setTimeout(() => {
      running = look()
        .catch((thrown: unknown) =>
          log.error({ error: asArchiveError(thrown).code }, 'looking for studies to seal failed'),
        )
        .finally(again)
    }, LOOK_EVERY_MS).unref()
  }
  again()

  return {
    seal: async function* (context: Context, studies: readonly Uid[] | 'all'): AsyncIterable<SealReport> {
      await admit(acts, context, 'seal')
      if (studies !== 'all') {
        for (const study of studies) yield await one(context, study)
        return release()
      }
      const tried = new Set<string>()
      for (;;) {
        const next = (await due(true)).filter(({ study_uid }) => !tried.has(study_uid))
        if (next.length === 0) return release()
        for (const { study_uid } of next) {
          if (closed) throw new ArchiveError('STORE_BUSY')
          tried.add(study_uid)
          yield await one(context, study_uid)
        }
      }
    },
    release,
    storage: async (context: Context) => {
      await admit(acts, context, 'storage.see')
      const [kept, waiting] = await Promise.all([keptBytes(db), unsealedTotals(db)])
      return { kept, waiting }
    },
    close: async () => {
      closed = true
      clearTimeout(timer)
      await sealer.close()
      await running
    },
  }
}

async function orderOf(db: Database, node: string, study: string): Promise<readonly SealSeries[]> {
  const series = new Map<string, { modality: string; items: SealItem[] }>()
  for (const row of await unsealedInstances(db, node, study)) {
    const of = series.get(row.series_uid) ?? { modality: named(row.modality ?? ''), items: [] }
    series.set(row.series_uid, of)
    of.items.push({
      n: Number(row.id),
      sopClass: row.sop_class_uid,
      instance: row.sop_uid,
      version: Number(row.version),
      transferSyntax: row.transfer_syntax,
      origin: row.origin,
      receivedAt: row.received_at,
      source: row.source,
      leniencies: JSON.parse(row.leniencies) as string[],
      ds: row.ds,
      length: Number(row.length),
      dsStart: Number(row.ds_start),
      placement: {
        segment: Number(row.segment),
        spool: row.spool,
        start: Number(row.start),
        length: Number(row.length),
      },
    })
  }
  return [...series].map(([uid, of]) => ({ series: uid, ...of }))
}

/** A modality as part of a file's name. */
const named = (modality: string): string => modality.replace(/[^A-Za-z0-9]/g, '').slice(0, 16)
