/**
 * The one sequencer and group committer: everything durable passes here, in one order.
 *
 * Arrivals and acts stand in line. A group is taken, decided in an open SQL transaction, appended to the journal and
 * synced while the index statements run, committed, and only then answered. The next group gathers meanwhile. A failed
 * sync rolls all of it back, and its ledger numbers are given again.
 *
 * Once the journal holds a group it is truth. Should the index then fail, the group is kept in hand and applied before
 * anything else, and after a restart recovery applies it: the index is never ahead of the journal, seldom behind it.
 */
import { toHex } from '../base/bytes.ts'
import { canonicalJson } from '../base/canonical-json.ts'
import { ArchiveError, asArchiveError } from '../base/errors.ts'
import { ulid } from '../base/ulid.ts'
import type { EventStatements } from '../ledger/events.queries.ts'
import type { Database, Writer } from '../storage/sql/database.ts'
import type { JournalPositionsTable } from '../storage/sql/schema.ts'
import type { AppendedGroup, Inbox } from '../vault/inbox/inbox.ts'
import type { JournalRecord } from '../vault/inbox/records.ts'
import { applyGroups } from './apply.ts'
import type { GroupFigures } from './archive.ts'
import {
  type ActItem,
  type ArrivalItem,
  type Chance,
  decide,
  type KnownVersion,
  type Sequence,
  tsOf,
  type Verdict,
} from './decide.ts'
import type { Description } from './description.ts'
import { readState } from './group-state.ts'
import type { IntakeStatements } from './intake.queries.ts'
import { type Applicable, type ApplicableGroup, project, type SealedRow } from './project.ts'
import { causeCode, writeFailure } from './space.ts'

export interface Sequenced {
  readonly outcome: 'stored' | 'already' | 'conflict'
  readonly version: number
}

/** An arrival in line. */
export interface StoreOrder {
  readonly item: ArrivalItem
  readonly description: Description
  /** Compares with versions under the same UID; runs outside the sequencer. */
  readonly compare: (versions: readonly KnownVersion[]) => Promise<ReadonlyMap<number, 'equal' | 'different'>>
  /** Throws the payload's spool file away when it turns out not to be needed. */
  readonly discard: () => Promise<void>
}

export interface JournalWriter {
  /**
   * Resolves when the object is durable and findable.
   * @throws {ArchiveError} `STORE_WRITE_FAILED`, `STORE_NO_SPACE`: not kept
   */
  store(order: StoreOrder): Promise<Sequenced>
  /** `now` resolves when synced, `soon` at once: synced within a second. */
  /** @param sealed  what the index learns from the act's fact */
  act(item: ActItem, when: 'now' | 'soon', sealed?: readonly SealedRow[]): Promise<void>
  /** True while the journal cannot be written. */
  readonly failing: boolean
  /** Writes what stands in line and takes no more. */
  close(): Promise<void>
}

export interface JournalWriterParts {
  readonly db: Database
  readonly inbox: Inbox
  readonly intake: IntakeStatements
  readonly events: EventStatements
  /** Where recovery left the ledger. */
  readonly sequence: Sequence
  readonly now: () => Date
  /** That many random bytes. */
  readonly random: (bytes: number) => Uint8Array
  readonly log: Log
  /** Told what a group holds as soon as it is synced: the transparency log follows. Must not wait or fail. */
  readonly synced?: (records: readonly JournalRecord[]) => void
  /** Told of each group that was committed or refused. */
  readonly grouped?: (figures: GroupFigures) => void
  /** An act that must come before any of this time, in a group of its own: the leaf that opens a year's log. */
  readonly before?: (ts: string) => ActItem | undefined
}

/** What the archive tells an operator; a part of pino's face. */
export interface Log {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

interface Waiting {
  readonly item: ArrivalItem | ActItem
  readonly order: StoreOrder | undefined
  readonly sealed?: readonly SealedRow[]
  readonly when: 'now' | 'soon'
  readonly resolve: (sequenced: Sequenced) => void
  readonly reject: (error: ArchiveError) => void
}

const GROUP_ITEMS = 256
const GROUP_BYTES = 32 * 1024 * 1024
/** How long acts of the kind `soon` gather before they make a group of their own, in milliseconds. */
const SOON = 400
/** Acts that may wait for a disk that does not take them; beyond, what they speak of is refused. */
const BACKLOG = 10_000
const APPLY_TRIES = 3

export function openJournalWriter(parts: JournalWriterParts): JournalWriter {
  const { db, inbox, intake, events, now, random, log } = parts
  const queue: Waiting[] = []
  /** Journaled, not yet in the index. */
  const behind: ApplicableGroup[] = []
  /** Spool files a failed group named: kept until a later group is durable, since the disk may hold that group after all. */
  const doubtful: (() => Promise<void>)[] = []
  let sequence = parts.sequence
  let soonWaiting = 0
  let failing = false
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  const draw = drawer(random)
  const chance: Chance = {
    node: inbox.node,
    salt: () => toHex(draw(32)),
    ulid: () => ulid(now().getTime(), draw(10)),
  }

  const enter = (waiting: Waiting, where: 'front' | 'back'): void => {
    if (where === 'front') queue.unshift(waiting)
    else queue.push(waiting)
    if (waiting.when === 'soon') {
      soonWaiting += 1
      timer ??= setTimeout(run, SOON)
    } else run()
  }

  function run(): void {
    clearTimeout(timer)
    timer = undefined
    running ??= (async () => {
      // One turn of the loop later, so that whoever arrives in the same moment rides along.
      await new Promise(setImmediate)
      let kept = true
      while (queue.length > 0) {
        // When it could not be kept, what it was to come before goes on without it.
        kept = await commit((kept ? turn() : undefined) ?? take())
        if (!kept && queue.every(({ when }) => when === 'soon')) break
      }
    })().finally(() => {
      running = undefined
      // Whoever was answered may have come again already, while this was still about to end.
      if (queue.some(({ when }) => when === 'now')) run()
      else if (queue.length > 0) timer ??= setTimeout(run, SOON)
    })
  }

  const turn = (): Waiting[] | undefined => {
    const [first] = queue
    const item = first && parts.before?.(tsOf(first.item))
    return item && [{ item, order: undefined, when: 'now', resolve: () => {}, reject: () => {} }]
  }

  const take = (): Waiting[] => {
    let bytes = 0
    let count = 0
    for (const { item } of queue) {
      if (count === GROUP_ITEMS || bytes > GROUP_BYTES) break
      const alone = item.kind === 'act' && item.check !== undefined
      if (alone && count > 0) break
      count += 1
      if (item.kind === 'arrival') bytes += item.header.length
      if (alone) break
    }
    const group = queue.splice(0, count)
    for (const { when } of group) if (when === 'soon') soonWaiting -= 1
    return group
  }

  /** Gives false when the journal did not take the group. */
  async function commit(group: readonly Waiting[]): Promise<boolean> {
    const [only] = group
    if (only?.item.kind === 'act' && only.item.check !== undefined) {
      try {
        // What the index has not seen the check could not see either.
        if (behind.length > 0 && !(await catchUp())) throw new ArchiveError('STORE_BUSY')
        behind.length = 0
        await only.item.check()
      } catch (thrown) {
        only.reject(asArchiveError(thrown))
        return true
      }
    }
    let journaled: ApplicableGroup | undefined
    let attempted = false
    let verdicts: readonly Verdict[] = []
    try {
      await db.write(async (tx) => {
        await applyBehind(tx)
        const items = group.map(({ item }) => item)
        const { index, state } = await readState(tx, { intake, events }, items)
        const decision = decide(state, items, sequence, chance)
        verdicts = decision.verdicts
        if (decision.records.length === 0) return

        attempted = true
        const appended = inbox.append(decision.records.map(({ record }) => record))
        const applicable = applicableGroup(decision.records, appended, group)
        const { statements } = project({ intake, events, node: inbox.node }, index, [applicable], sequence.nextN)
        const began = performance.now()
        const seconds = () => (performance.now() - began) / 1000
        const timed = <T>(work: Promise<T>, done: () => void) => work.finally(done)
        let [syncSeconds, indexSeconds] = [0, 0]
        const [durable, indexed] = await Promise.allSettled([
          timed(appended.durable, () => {
            syncSeconds = seconds()
          }),
          timed(tx.batch(statements), () => {
            indexSeconds = seconds()
          }),
        ])
        parts.grouped?.({ items: group.length, syncSeconds, indexSeconds, durable: durable.status === 'fulfilled' })
        if (durable.status === 'rejected') throw durable.reason
        journaled = applicable
        sequence = decision.after
        parts.synced?.(decision.records.map(({ record }) => record))
        if (indexed.status === 'rejected') throw indexed.reason
      })
    } catch (thrown) {
      if (journaled === undefined) {
        refuse(group, thrown, attempted)
        return false
      }
      behind.push(journaled)
      log.error(
        { error: asArchiveError(thrown).code, group: journaled.position.group },
        'the index did not take a group',
      )
      if (!(await catchUp())) {
        for (const waiting of group) waiting.reject(writeFailure(thrown))
        return true
      }
    }
    behind.length = 0
    if (journaled !== undefined) {
      failing = false
      for (const discard of doubtful.splice(0)) void discardQuietly(discard)
    }
    answer(group, verdicts)
    return true
  }

  const answer = (group: readonly Waiting[], verdicts: readonly Verdict[]): void => {
    // Backwards, so that those who go to the front again keep their order.
    for (let at = group.length - 1; at >= 0; at -= 1) {
      const waiting = group[at] as Waiting
      const verdict = verdicts[at]
      if (verdict === undefined || verdict.outcome === 'done') waiting.resolve({ outcome: 'stored', version: 0 })
      else if (verdict.outcome === 'wait') enter(waiting, 'front')
      else if (verdict.outcome === 'rejected') {
        if (waiting.order) void discardQuietly(waiting.order.discard)
        waiting.reject(new ArchiveError('STORE_REJECTED'))
      } else if (verdict.outcome === 'compare') void compareThenReturn(waiting, verdict.versions)
      else {
        if (verdict.outcome === 'already' && waiting.order) void discardQuietly(waiting.order.discard)
        waiting.resolve(verdict)
      }
    }
  }

  const compareThenReturn = async (waiting: Waiting, versions: readonly KnownVersion[]): Promise<void> => {
    const { item, order } = waiting
    if (item.kind !== 'arrival' || order === undefined) return
    try {
      const compared = new Map([...item.compared, ...(await order.compare(versions))])
      enter({ ...waiting, item: { ...item, compared } }, 'back')
    } catch (thrown) {
      void discardQuietly(order.discard)
      waiting.reject(asArchiveError(thrown))
    }
  }

  const refuse = (group: readonly Waiting[], thrown: unknown, attempted: boolean): void => {
    const error = writeFailure(thrown)
    if (!failing)
      log.error(
        { error: error.code, cause: causeCode(thrown), items: group.length },
        'a group could not be made durable',
      )
    failing = true
    for (let at = group.length - 1; at >= 0; at -= 1) {
      const waiting = group[at] as Waiting
      if (waiting.when === 'soon') {
        // The act happened and was answered: its leaf is written when the disk takes it.
        queue.unshift(waiting)
        soonWaiting += 1
        continue
      }
      if (waiting.order) {
        if (attempted) doubtful.push(waiting.order.discard)
        else void discardQuietly(waiting.order.discard)
      }
      waiting.reject(error)
    }
  }

  const discardQuietly = (discard: () => Promise<void>): Promise<void> =>
    discard().catch((thrown: unknown) => log.warn({ cause: causeCode(thrown) }, 'a spool file could not be removed'))

  /** Brings the index past groups the journal holds and it does not. */
  async function applyBehind(tx: Writer): Promise<void> {
    if (behind.length === 0) return
    const [rows = []] = await tx.batch([intake.position(inbox.node)])
    const reached = Number((rows as readonly JournalPositionsTable[])[0]?.group_number ?? 0)
    const missing = behind.filter(({ position }) => position.group > reached)
    await applyGroups(tx, { intake, events, node: inbox.node }, missing, 0)
  }

  async function catchUp(): Promise<boolean> {
    for (let attempt = 1; attempt <= APPLY_TRIES; attempt += 1) {
      try {
        await db.write(applyBehind)
        return true
      } catch (thrown) {
        log.error({ cause: causeCode(thrown), attempt }, 'the index is behind the journal')
      }
    }
    return false
  }

  return {
    store: (order) =>
      new Promise((resolve, reject) => {
        if (closed) reject(new ArchiveError('STORE_BUSY'))
        else enter({ item: order.item, order, when: 'now', resolve, reject }, 'back')
      }),
    act: (item, when, sealed) => {
      try {
        // What cannot be written must fail here, where only its caller is concerned, and not a group with others.
        canonicalJson({ ...item.event.detail, public: item.event.publicDetail })
      } catch (thrown) {
        return Promise.reject(asArchiveError(thrown))
      }
      if (closed) return Promise.reject(new ArchiveError('STORE_BUSY'))
      if (when === 'soon') {
        if (soonWaiting >= BACKLOG) return Promise.reject(new ArchiveError('STORE_WRITE_FAILED'))
        enter({ item, order: undefined, when, resolve: () => {}, reject: () => {} }, 'back')
        return Promise.resolve()
      }
      return new Promise((resolve, reject) =>
        enter({ item, order: undefined, ...(sealed && { sealed }), when, resolve: () => resolve(), reject }, 'back'),
      )
    },
    get failing() {
      return failing
    },
    close: async () => {
      closed = true
      if (queue.length > 0) run()
      await running
      clearTimeout(timer)
      for (const discard of doubtful.splice(0)) await discardQuietly(discard)
    },
  }
}

/** Random bytes a few at a time from larger draws: asking the system for each salt costs more than using it. */
function drawer(random: (bytes: number) => Uint8Array): (bytes: number) => Uint8Array {
  let pool = new Uint8Array(0)
  let at = 0
  return (bytes) => {
    if (at + bytes > pool.length) {
      pool = new Uint8Array(random(4096))
      at = 0
    }
    at += bytes
    return pool.subarray(at - bytes, at)
  }
}

function applicableGroup(
  records: readonly { readonly record: JournalRecord; readonly item: number }[],
  appended: AppendedGroup,
  group: readonly Waiting[],
): ApplicableGroup {
  const applicables = records.map(({ record, item }, at): Applicable => {
    const placement = appended.placements[at]
    const description = group[item]?.order?.description
    const sealed = group[item]?.sealed
    if (placement === undefined) throw new ArchiveError('DEFECT', { what: 'a journal record without a placement' })
    return {
      record,
      placement,
      ...(record.kind === 'instance' && description && { description }),
      ...(record.kind === 'fact' && sealed && { sealed }),
    }
  })
  return { applicables, position: appended.position }
}
