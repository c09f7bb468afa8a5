/**
 * Brings the index up to the journal: after a crash the groups it has not seen, in a rebuild all of them.
 *
 * Nothing is decided again. What was decided stands in the records; payloads are read for what the index keeps, by the
 * code that read them when they came.
 */
import { asArchiveError } from '../base/errors.ts'
import type { FrameDecoder } from '../codecs/frame-decoder.ts'
import { eventStatements } from '../ledger/events.queries.ts'
import type { ObjectStore } from '../storage/objects/object-store.ts'
import type { Database } from '../storage/sql/database.ts'
import type { JournalPositionsTable } from '../storage/sql/schema.ts'
import type { Mend } from '../vault/copies/mender.ts'
import type { Inbox, RecoveredGroup } from '../vault/inbox/inbox.ts'
import type { FactRecord, InstanceHeader, JournalPosition } from '../vault/inbox/records.ts'
import { payloadOf, readPayload } from '../vault/payload.ts'
import type { SealFact } from '../vault/seal/order.ts'
import { applyGroups } from './apply.ts'
import { type Description, describe } from './description.ts'
import type { DispositionFact, Tombstone } from './disposition/disposition-rows.ts'
import { emptyTable, INDEX_TABLES, intakeStatements } from './intake.queries.ts'
import type { Log } from './journal-writer.ts'
import type { Applicable, ApplicableGroup, SealedRow } from './project.ts'
import { openVaultLookup, sealedRows, type VaultLookup } from './sealed-rows.ts'

export interface RecoveryParts {
  readonly db: Database
  readonly inbox: Inbox
  readonly vault: ObjectStore
  readonly decoder: FrameDecoder
  readonly log: Log
  /** Asked of a study that the vault does not give; not, when there is no other copy. */
  readonly mend?: Mend
}

export interface Recovered {
  /** The next ledger number to give. */
  readonly nextN: number
  readonly groups: number
  readonly instances: number
  /** Instances whose payload could not be read; they are kept, not indexed. */
  readonly unreadable: number
}

/** Records applied in one transaction. */
const BATCH = 512

export async function recover(parts: RecoveryParts): Promise<Recovered> {
  const { db, inbox, vault, decoder, mend } = parts
  const intake = intakeStatements(db.read)
  const projector = { intake, events: eventStatements(db.read), node: inbox.node }
  const [position] = (await db.read.executeQuery(intake.position(inbox.node))).rows as JournalPositionsTable[]
  const after = position && {
    segment: Number(position.segment),
    group: Number(position.group_number),
    end: Number(position.end_offset),
  }
  const so = { nextN: Number(position?.next_n ?? 0), groups: 0, instances: 0, unreadable: 0 }

  let gathered: ApplicableGroup[] = []
  let records = 0
  const apply = async (): Promise<void> => {
    const groups = gathered
    gathered = []
    records = 0
    if (groups.length > 0) so.nextN = await db.write((tx) => applyGroups(tx, projector, groups, so.nextN))
  }

  const inVault = openVaultLookup(vault, decoder, mend)
  const destroyed = await destroyedIn(inbox, after)
  const elsewhere = async (header: InstanceHeader) =>
    destroyed(header.study, header.n) || (await inVault(header)) !== undefined
  for await (const group of inbox.replay(after, elsewhere)) {
    const applicable = await read(parts, inVault, destroyed, group, so)
    // It takes rows out, so what came before it is there by then, and what comes after is not.
    const tombstone = group.records.some(({ record }) => record.kind === 'fact' && isTombstone(record))
    if (tombstone) await apply()
    gathered.push(applicable)
    if (tombstone) await apply()
    so.groups += 1
    records += group.records.length
    if (records >= BATCH) await apply()
  }
  await apply()
  return so
}

/** Empties the index and makes it again from the inbox. */
export async function rebuild(parts: RecoveryParts): Promise<Recovered> {
  await parts.db.write(async (tx) => {
    await tx.batch(INDEX_TABLES.map((table) => emptyTable(tx.query, table)))
  })
  return recover(parts)
}

const isTombstone = ({ type, text }: FactRecord): boolean =>
  type === 'dispose' && (JSON.parse(text) as DispositionFact).op === 'destroy'

/** Was what came under this number destroyed since? A tombstone comes after what it is of. */
async function destroyedIn(
  inbox: Inbox,
  after: JournalPosition | undefined,
): Promise<(study: string, n: number) => boolean> {
  const last = new Map<string, number>()
  for await (const fact of inbox.facts(after))
    if (isTombstone(fact)) last.set((JSON.parse(fact.text) as Tombstone).study, fact.n)
  return (study, n) => (last.get(study) ?? -1) > n
}

async function read(
  { inbox, vault, log, mend = async () => false }: RecoveryParts,
  inVault: VaultLookup,
  destroyed: (study: string, n: number) => boolean,
  group: RecoveredGroup,
  so: { instances: number; unreadable: number },
): Promise<ApplicableGroup> {
  const applicables: Applicable[] = []
  for (const { record, placement, elsewhere } of group.records) {
    if (record.kind !== 'instance') {
      const sealed =
        record.kind === 'fact' &&
        record.type === 'seal' &&
        !destroyed((JSON.parse(record.text) as SealFact).study, record.n)
          ? await sealedIn(vault, record.text, log, mend)
          : undefined
      applicables.push({ record, placement, ...(sealed && { sealed }) })
      continue
    }
    if (destroyed(record.header.study, record.header.n)) {
      applicables.push({ record, placement })
      continue
    }
    let description: Description | undefined
    try {
      const sealed = elsewhere ? await inVault(record.header) : undefined
      const read = () => readPayload(sealed ?? payloadOf(inbox, placement))
      description = describe(
        await read().catch(async (thrown: unknown) => {
          if (sealed === undefined || !(await mend(record.header.study))) throw thrown
          return read()
        }),
      )
      so.instances += 1
    } catch (thrown) {
      so.unreadable += 1
      log.error({ n: record.header.n, error: asArchiveError(thrown).code }, 'a stored instance could not be read')
    }
    applicables.push({ record, placement, ...(description && { description }) })
  }
  return { applicables, position: group.position }
}

/** What the vault cannot show stays unsealed in the index: the inbox has it, or it is reported as unreadable. */
async function sealedIn(
  vault: ObjectStore,
  text: string,
  log: Log,
  mend: Mend,
): Promise<readonly SealedRow[] | undefined> {
  try {
    return await sealedRows(vault, text)
  } catch (thrown) {
    const { study } = JSON.parse(text) as SealFact
    if (await mend(study)) return sealedIn(vault, text, log, async () => false)
    log.error({ error: asArchiveError(thrown).code }, 'a sealed study could not be read from the vault')
    return undefined
  }
}
