/**
 * Is everything that was received still here, and is the ledger what it was? Checked from the files alone, without an
 * index and without a server; nothing is written. Each step says what it looked at, and goes on after what it finds.
 *
 * The journal is the middle: payloads are held against the digests in it, bodies and leaves against each other, the
 * log's files and checkpoints against its leaves, and the vault against its records.
 */
import { join } from 'node:path'
import { asArchiveError } from '../base/errors.ts'
import { type OpenStep, openStep, type StepReport } from '../base/findings.ts'
import type { FrameDecoder } from '../codecs/frame-decoder.ts'
import { openLeafCheck } from '../ledger/check-leaves.ts'
import { type LogCheck, openLogCheck } from '../ledger/log/check-log.ts'
import { openLogFiles } from '../ledger/log/log-files.ts'
import type { Files } from '../storage/files/files.ts'
import { diskObjects } from '../storage/objects/disk.ts'
import type { ObjectStore } from '../storage/objects/object-store.ts'
import { type CheckedStudy, checkVault } from '../vault/check-vault.ts'
import { type Inbox, openInbox } from '../vault/inbox/inbox.ts'
import type { InstanceHeader, JournalRecord } from '../vault/inbox/records.ts'
import type { SealFact } from './sealed-rows.ts'

export interface VerifyParts {
  readonly files: Files
  /** A data folder, or a copy of one. */
  readonly data: string
  readonly decoder: FrameDecoder
  readonly keys: readonly string[]
  readonly checkpoints: readonly { readonly from: string; readonly text: string }[]
  readonly progress?: (bytes: number) => void
}

/** What of an instance's record the vault's word is held against. */
interface Recorded {
  readonly ds: string
  readonly instance: string
  readonly study: string
}

export async function verifyData(parts: VerifyParts): Promise<readonly StepReport[]> {
  const files = unwriting(parts.files)
  const vaultStep = openStep('The vault: inventories, packs, and every received file made again')
  const sealed = await lookIntoVault(parts, files, vaultStep)

  const steps = {
    journal: openStep('The journal: segments, groups, records, and payloads against the digests of their arrival'),
    leaves: openStep('Leaves: their numbers, times, and what they commit to'),
    log: openStep('The log: entries and tiles against the leaves, checkpoints against their roots'),
    both: openStep('Journal and vault against each other'),
  }
  const inbox = await openInbox({ files, folder: join(parts.data, 'inbox'), node: '', archiveId: '' })
  try {
    const log = await openLogCheck({
      store: openLogFiles(files, join(parts.data, 'log'), join(parts.data, 'keys')),
      keys: parts.keys,
      checkpoints: parts.checkpoints,
      step: steps.log,
    })
    await walkJournal(parts, inbox, log, steps, sealed)
    await log.end()
  } finally {
    await inbox.close()
  }
  return [steps.journal, steps.leaves, steps.log, vaultStep, steps.both].map((step) => step.report())
}

type Steps = Readonly<Record<'journal' | 'leaves' | 'log' | 'both', OpenStep>>

async function walkJournal(
  { progress }: VerifyParts,
  inbox: Inbox,
  log: LogCheck,
  steps: Steps,
  sealed: Sealed,
): Promise<void> {
  const leaves = openLeafCheck(steps.leaves)
  /** Instances of the group whose ingest leaves have not been seen yet; the leaf follows its record. */
  const arrived = new Map<number, InstanceHeader>()
  const named = new Set<string>()
  const elsewhere = async (header: InstanceHeader): Promise<boolean> => {
    const one = sealed.instances.get(header.n)
    if (one?.ds === header.ds) {
      steps.journal.count('payloads in the vault')
      return true
    }
    steps.journal.find(
      `instance ${header.instance} of study ${header.study} (leaf ${header.n}): its payload has not the digest it had on arrival, and the vault has it not`,
    )
    named.add(`${header.n}`)
    return false
  }

  for await (const { records } of inbox.replay(undefined, elsewhere)) {
    steps.journal.count('groups')
    for (const { record, elsewhere: gone } of records) {
      if (record.kind === 'instance') {
        steps.journal.count('instances')
        if (!gone) steps.journal.count('payloads in the inbox')
        progress?.(gone ? 0 : record.header.length)
        arrived.set(record.header.n, record.header)
        sealed.seen(record.header, steps.both)
      } else await takeOther(record, steps, leaves, log, arrived, sealed)
    }
  }
  for (const { segment, at, why } of inbox.damage)
    if (named.size === 0 || why !== 'a payload does not verify')
      steps.journal.find(`segment ${segment}, byte ${at}: ${why}`)
  for (const header of arrived.values())
    steps.leaves.find(
      `instance ${header.instance} of study ${header.study}: no leaf ${header.n} says that it was received`,
    )
  sealed.end(steps.both)
}

async function takeOther(
  record: Exclude<JournalRecord, { kind: 'instance' }>,
  steps: Steps,
  leaves: ReturnType<typeof openLeafCheck>,
  log: LogCheck,
  arrived: Map<number, InstanceHeader>,
  sealed: Sealed,
): Promise<void> {
  if (record.kind === 'fact') {
    steps.journal.count('facts')
    if (record.type === 'seal') sealed.fact(record.text, steps.both)
    return
  }
  const { type, body } = leaves.feed(record)
  await log.feed(record)
  if (type !== 'obj.ingest') return
  const header = arrived.get(record.n)
  arrived.delete(record.n)
  if (header === undefined) {
    steps.leaves.find(`leaf ${record.n} says that an instance was received, and the journal has no record of it`)
    return
  }
  if (body !== undefined && body['ds'] !== header.ds)
    steps.leaves.find(
      `instance ${header.instance} of study ${header.study} (leaf ${record.n}): the leaf commits to another content than the journal has. The object was replaced`,
    )
}

// --- the vault ------------------------------------------------------------------------

/** What the vault says it has, to be held against the journal. */
class Sealed {
  readonly instances = new Map<number, Recorded>()
  readonly #studies = new Map<string, CheckedStudy['inventories']>()
  readonly #unseen = new Set<number>()

  add({ study, inventories, instances }: CheckedStudy): void {
    this.#studies.set(study, inventories)
    for (const { n, ds, instance } of instances) {
      this.instances.set(n, { ds, instance, study })
      this.#unseen.add(n)
    }
  }

  seen({ n, ds, study, instance }: InstanceHeader, step: OpenStep): void {
    const one = this.instances.get(n)
    if (one === undefined) return
    this.#unseen.delete(n)
    if (one.ds === ds && one.study === study && one.instance === instance) step.count('instances')
    else
      step.find(
        `instance ${instance} of study ${study} (leaf ${n}): the vault has another content under this number than was received`,
      )
  }

  fact(text: string, step: OpenStep): void {
    const { study, version, inventory } = JSON.parse(text) as SealFact
    const there = this.#studies.get(study)?.get(version)
    if (there === inventory) step.count('sealed versions')
    else if (there === undefined) step.find(`study ${study}: version v${version} was sealed and is not in the vault`)
    else step.find(`study ${study}: the inventory of v${version} is another than the one that was sealed`)
  }

  end(step: OpenStep): void {
    for (const n of this.#unseen) {
      const { instance, study } = this.instances.get(n) ?? { instance: '', study: '' }
      step.find(`instance ${instance} of study ${study} (leaf ${n}) is in the vault, and the journal never received it`)
    }
  }
}

async function lookIntoVault(parts: VerifyParts, files: Files, step: OpenStep): Promise<Sealed> {
  const sealed = new Sealed()
  const folder = join(parts.data, 'vault')
  let vault: ObjectStore
  try {
    vault = await diskObjects(files, folder, folder)
    await files.list(folder)
  } catch {
    step.leave('the vault: there is none here')
    return sealed
  }
  const { decode } = parts.decoder
  for await (const study of checkVault({
    vault,
    decode,
    step,
    ...(parts.progress && { progress: parts.progress }),
  }))
    sealed.add(study)
  return sealed
}

/** The files as they are: whatever would change one does nothing, or fails. */
function unwriting(files: Files): Files {
  const refuse = async (): Promise<never> => {
    throw asArchiveError(new Error('verifying changes nothing'))
  }
  const nothing = async (): Promise<void> => {}
  return {
    ...files,
    makeFolder: nothing,
    rewrite: nothing,
    syncFolder: nothing,
    create: refuse,
    rename: refuse,
    link: refuse,
    remove: nothing,
    removeFolder: async () => false,
  }
}
