/**
 * `tiered(vault, cold)`: studies that nobody looks at lie in a cheaper store. One that goes there is carried whole, each
 * file of its object read back there, and every received file made again from it; only then is the move journaled, and only
 * then is the vault's own folder emptied of it. One that is wanted again is carried back in the same way.
 *
 * What is asked is written down before anything of it is done, so a restart goes on where a crash came: in the store that is
 * being filled lies what is whole already, and a study counts as moved when the journal says so and not before.
 */
import type { Context } from '../../base/context.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import type { FrameDecoder } from '../../codecs/frame-decoder.ts'
import type { Files } from '../../storage/files/files.ts'
import type { ObjectStore } from '../../storage/objects/object-store.ts'
import type { Database } from '../../storage/sql/database.ts'
import { type Carried, carry, dropSuperseded, proveReceived } from '../../vault/copies/carry.ts'
import { AWAY, type Copy } from '../../vault/copies/places.ts'
import type { Acts } from '../acts.ts'
import { sealedInventories } from '../fixity.queries.ts'
import type { Log } from '../journal-writer.ts'
import type { StudyLock } from '../study-locks.ts'
import { type Asked, type AskedKind, openAsked } from './asked.ts'
import { keepStub } from './stubs.ts'
import { type TierFact, tierText } from './tier-rows.ts'
import { dropping, markDropped, tierOf, unsealedOf } from './tiers.queries.ts'

export interface TiersParts {
  readonly db: Database
  /** The vault's own folder first, then mirrors. */
  readonly copies: readonly Copy[]
  readonly cold: Copy
  /** Inventories and `study.json` of what is in the cold store, kept here. */
  readonly stubs: ObjectStore
  readonly decoder: Pick<FrameDecoder, 'decode'>
  readonly acts: Pick<Acts, 'event'>
  readonly lock: StudyLock
  /** Studies whose bytes are being destroyed. */
  readonly barred: ReadonlySet<string>
  readonly files: Files
  /** Where what is asked is written down. */
  readonly path: string
  readonly now: () => Date
  readonly log: Log
  readonly itself: Context
  /** How long is waited before something that failed is tried again, in milliseconds. */
  readonly retryMs: number
  /** Holds moves to the cold store up: nobody waits for them. */
  readonly pace?: (bytes: number) => Promise<void>
}

export interface Recall {
  readonly study: string
  readonly asked: string
  /** Bytes of its object, and how many are back. */
  readonly bytes: number
  readonly done: number
  /** Until it is here, with what waits before it. */
  readonly seconds: number
  /** Why it did not come the last time it was tried, in words; '' when nothing was wrong. */
  readonly problem: string
}

export interface Tiers {
  /** Is it in the cold store and nowhere to be read at once? */
  isCold(study: string): Promise<boolean>
  /** Puts a study in line to come back. @returns how that stands; undefined: it is here */
  ask(study: string): Promise<Recall | undefined>
  /** Waits until it is here. @throws what kept it from coming back */
  recall(study: string, signal?: AbortSignal): Promise<void>
  /** Puts a study in line for the cold store. */
  askMove(study: string): Promise<void>
  /** Moves it now. @returns what was carried; undefined: it is there, or not all of it is sealed */
  move(context: Context, study: string): Promise<Carried | undefined>
  /** What waits to come back, the next one first. */
  readonly recalls: readonly Recall[]
  readonly moving: number
  close(): Promise<void>
}

/** Before anything was carried back: what a disk behind a slow line gives. */
const FIRST_GUESS = 10_000_000
const LOOK_MS = 30_000

export async function openTiers(parts: TiersParts): Promise<Tiers> {
  const { db, copies, cold, stubs, acts, lock, barred, now, log, itself } = parts
  const [vault, ...mirrors] = copies
  if (vault === undefined) throw new ArchiveError('DEFECT', { what: 'an archive without a vault' })
  const stop = new AbortController()
  const asked = await openAsked(parts.files, parts.path, now)
  const problems = new Map<string, string>()
  const sizes = new Map<string, number>()
  /** What is coming back just now. */
  let coming: { readonly study: string; done: number; readonly began: number } | undefined
  let bytesPerSecond = FIRST_GUESS
  const waiting = new Map<string, Set<{ done: () => void; failed: (thrown: unknown) => void }>>()

  const mustBeThere = async (place: Copy): Promise<void> => {
    const state = await place.attached()
    if (state !== 'good') throw new ArchiveError('COPY_AWAY', { folder: place.name, why: AWAY[state] })
  }
  const there = async (places: readonly Copy[]): Promise<readonly Copy[]> => {
    const good: Copy[] = []
    for (const place of places) if ((await place.attached()) === 'good') good.push(place)
    return good
  }

  const journal = async (
    context: Context,
    op: TierFact['op'],
    study: string,
    to: Copy,
    carried: Carried,
    received: number,
  ): Promise<void> => {
    const fact: TierFact = { v: 1, op, study, copy: to.name, ...carried, received, at: now().toISOString() }
    const happening = {
      type: 'study.tier',
      action: 'U',
      outcome: 0,
      study,
      detail: { tier: { ...fact } },
    } as const
    await acts.event(context, happening, 'now', { type: 'tier', text: tierText(fact) })
  }

  /** SHA-512 of the inventory of its newest version, as the log has it. */
  const newest = async (study: string): Promise<string> => {
    const sealed = await sealedInventories(db, study)
    return sealed.get(Math.max(0, ...sealed.keys())) ?? ''
  }

  const move = (context: Context, study: string): Promise<Carried | undefined> =>
    lock(study, async () => {
      if (barred.has(study) || (await tierOf(db, study))?.tier === 'cold' || (await unsealedOf(db, study)) > 0)
        return undefined
      const sealed = await sealedInventories(db, study)
      if (sealed.size === 0) return undefined
      await mustBeThere(cold)
      await mustBeThere(vault)
      const { pace = async () => {} } = parts
      const held = async (bytes: number) => {
        stop.signal.throwIfAborted()
        await pace(bytes)
      }
      const carried = await carry({ from: [vault, ...(await there(mirrors))], to: cold, sealed, pace: held }, study)
      const received = await proveReceived(cold, study, parts.decoder.decode, held)
      await keepStub(cold.store, stubs, study)
      await journal(context, 'cold', study, cold, carried, received)
      await drop(study)
      return carried
    })

  /** Takes out of the vault's own folder what the cold store was proved to have. Under the study's lock. */
  const drop = async (study: string): Promise<void> => {
    const row = await tierOf(db, study)
    if (row?.tier !== 'cold') return
    const evidence = `every received digest proved from it, leaf ${row.moved_n}`
    await dropSuperseded(vault.store, cold, study, await newest(study), evidence)
    await db.write((tx) => tx.batch([markDropped(db, study, 1)]))
  }

  const bringBack = (study: string): Promise<void> =>
    lock(study, async () => {
      const row = await tierOf(db, study)
      if (row?.tier !== 'cold' || barred.has(study)) return
      const mine = { study, done: 0, began: performance.now() }
      coming = mine
      try {
        await mustBeThere(vault)
        const sources = await there([cold, ...mirrors])
        // From here on the vault's folder has something of it again.
        await db.write((tx) => tx.batch([markDropped(db, study, 0)]))
        const pace = async (bytes: number) => {
          stop.signal.throwIfAborted()
          mine.done += bytes
        }
        const sealed = await sealedInventories(db, study)
        const carried = await carry({ from: sources, to: vault, sealed, pace }, study).catch(
          async (thrown: unknown) => {
            // What was restored from a backup is here already; else it is missed because the store is away.
            await mustBeThere(cold)
            throw thrown
          },
        )
        const seconds = (performance.now() - mine.began) / 1000
        if (carried.bytes > 100_000 && seconds > 0) bytesPerSecond = (bytesPerSecond + carried.bytes / seconds) / 2
        await journal(itself, 'hot', study, vault, carried, 0)
        await dropSuperseded(stubs, vault, study, carried.inventory, 'each file of the study read back there')
      } finally {
        coming = undefined
      }
    })

  const recallOf = ({ study, at }: Asked, before: number): Recall => {
    const bytes = sizes.get(study) ?? 0
    const done = coming?.study === study ? Math.min(coming.done, bytes) : 0
    return {
      study,
      asked: at,
      bytes,
      done,
      seconds: Math.max(1, Math.ceil((before + bytes - done) / bytesPerSecond)),
      problem: problems.get(study) ?? '',
    }
  }
  const recalls = (): readonly Recall[] => {
    let before = 0
    return asked.of('recall').map((one) => {
      const recall = recallOf(one, before)
      before += recall.bytes - recall.done
      return recall
    })
  }

  const settle = (study: string, how: (one: { done: () => void; failed: (thrown: unknown) => void }) => void): void => {
    for (const one of waiting.get(study) ?? []) how(one)
    waiting.delete(study)
  }

  /** Carries out what is asked of a kind, one after the other; what fails is tried again later, after the others. */
  const work = async (kind: AskedKind, one: (study: string) => Promise<unknown>): Promise<void> => {
    const failed = new Map<string, number>()
    while (!stop.signal.aborted) {
      const next = asked.of(kind).find(({ study }) => (failed.get(study) ?? 0) <= performance.now())
      if (next === undefined) {
        await asked.wait(Math.min(parts.retryMs, LOOK_MS), stop.signal)
        continue
      }
      const { study } = next
      try {
        await one(study)
        await asked.done(kind, study)
        problems.delete(study)
        failed.delete(study)
        if (kind === 'recall') settle(study, ({ done }) => done())
      } catch (thrown) {
        if (stop.signal.aborted) return
        const error = asArchiveError(thrown)
        failed.set(study, performance.now() + parts.retryMs)
        problems.set(study, error.message)
        log.error({ study, error: error.code }, `a study could not be moved (${kind})`)
        if (kind === 'recall') settle(study, (waiter) => waiter.failed(error))
      }
    }
  }

  /** What a crash left in the vault's folder of studies that went. */
  const sweep = async (): Promise<void> => {
    const recalled = new Set(asked.of('recall').map(({ study }) => study))
    for (const study of await dropping(db, 1000))
      if (!recalled.has(study) && !stop.signal.aborted && (await vault.attached()) === 'good')
        await lock(study, () => drop(study))
  }

  for (const { study } of asked.of('recall')) sizes.set(study, (await tierOf(db, study))?.bytes ?? 0)
  const running = Promise.all([
    work('recall', bringBack),
    (async () => {
      await sweep().catch((thrown: unknown) =>
        log.error({ error: asArchiveError(thrown).code }, 'what has moved to the cold store could not be removed here'),
      )
      await work('move', (study) => move(itself, study))
    })(),
  ])

  const ask = async (study: string): Promise<Recall | undefined> => {
    const row = await tierOf(db, study)
    if (row?.tier !== 'cold') return undefined
    sizes.set(study, row.bytes)
    await asked.put('recall', study)
    return recalls().find((one) => one.study === study)
  }

  return {
    isCold: async (study) => (await tierOf(db, study))?.tier === 'cold',
    ask,
    recall: async (study, signal) => {
      if ((await ask(study)) === undefined) return
      let mine: { done: () => void; failed: (thrown: unknown) => void } | undefined
      const aborted = () => mine?.failed(signal?.reason)
      try {
        await new Promise<void>((done, failed) => {
          mine = { done, failed }
          waiting.set(study, (waiting.get(study) ?? new Set()).add(mine))
          signal?.addEventListener('abort', aborted)
          // It came between the look and the wait.
          void tierOf(db, study).then((row) => row?.tier !== 'cold' && done(), failed)
        })
      } finally {
        signal?.removeEventListener('abort', aborted)
        if (mine !== undefined) waiting.get(study)?.delete(mine)
      }
    },
    askMove: async (study) => {
      await asked.put('move', study)
    },
    move,
    get recalls() {
      return recalls()
    },
    get moving() {
      return asked.of('move').length
    },
    close: async () => {
      stop.abort(new ArchiveError('STORE_BUSY'))
      for (const study of waiting.keys()) settle(study, ({ failed }) => failed(new ArchiveError('STORE_BUSY')))
      await running
    },
  }
}
