/**
 * Checks a data folder against itself and against what was kept elsewhere, with no server, no index and no lock: journal,
 * payloads, events, the yearly logs, the last checkpoint kept in `keys/`. Never writes, goes on after a finding, and
 * reads the journal once, in one piece of memory.
 *
 * What the log says is read before the journal is: on the folder of an archive that runs, the journal is then ahead of it.
 */
import { join } from 'node:path'
import { type Bytes, equalBytes } from '../base/bytes.ts'
import { asArchiveError } from '../base/errors.ts'
import { openSigningKey } from '../ledger/log/signing-key.ts'
import { readLeaf } from '../ledger/verify/event-check.ts'
import { type KeptCheckpoint, keptCheckpoint } from '../ledger/verify/kept-checkpoint.ts'
import {
  type CheckedLog,
  checkLog,
  entryReader,
  type LogTexts,
  quotes,
  readLogTexts,
  signatureStep,
} from '../ledger/verify/log-check.ts'
import { type LogFolder, namesIn, openLogFolder, type ReadableFiles, readText } from '../ledger/verify/read-log.ts'
import type { Report } from '../ledger/verify/report.ts'
import { growingTree, type Hash, leafHash } from '../proof/merkle.ts'
import type { VerifierKey } from '../proof/note.ts'
import { inspectInbox } from './inbox/inspect.ts'
import { type JournalSight, openRecordChecks } from './verify-records.ts'
import { verifyVault } from './verify-vault.ts'

export interface DataCheck {
  readonly files: ReadableFiles
  readonly data: string
  readonly keys: readonly VerifierKey[]
  readonly kept: readonly KeptCheckpoint[]
  readonly witnesses: readonly VerifierKey[]
  /** Whether an archive has the folder open. */
  readonly running: boolean
  readonly report: Report
  /** Told what the journal holds, before it is read, and as it is read. */
  readonly total: (bytes: number) => void
  readonly advance: (bytes: number) => void
  readonly signal: AbortSignal
}

/** One year's log, and what of the journal belongs to it. */
interface Year {
  readonly year: string
  readonly part: string
  readonly folder: LogFolder
  readonly texts: LogTexts
}

const KEPT = 'keys/log-checkpoint'
const utf8 = new TextEncoder()

export async function verifyData(check: DataCheck): Promise<void> {
  const { files, data, report } = check
  const years: Year[] = []
  for (const name of await namesIn(files, join(data, 'log'))) {
    if (!/^\d{4}\/$/.test(name)) continue
    const year = name.slice(0, -1)
    const folder = openLogFolder(files, join(data, 'log', year))
    const texts = await readLogTexts(folder)
    // A log that begins has its checkpoint within a second.
    if (!check.running || texts.checkpoint !== undefined) years.push({ year, part: `log/${year}`, folder, texts })
  }
  const own = await keptInKeys(check)
  const kept = own === undefined ? check.kept : [own, ...check.kept]

  const damage = report.open('journal', 'groups')
  const inbox = await inspectInbox(files, join(data, 'inbox'), (what) => damage.finding(what))
  try {
    check.total(inbox.bytes)
    const logs: (Year & { readonly log: CheckedLog })[] = []
    for (const one of years) {
      // The kept checkpoints are held against the journal below, which may have more than the log.
      const log = await checkLog({ ...one, keys: check.keys, kept: check.kept, witnesses: check.witnesses }, report)
      logs.push({ ...one, log })
    }
    signingKeyStep(check, logs)
    if (logs.length === 0)
      report.add(
        'log',
        'logs',
        check.running ? 'not checked' : 'failed',
        'there is no year’s log in log/ that has a checkpoint',
      )

    const vault = await verifyVault(files, join(data, 'vault'), check.running, report, join(data, 'vault-cold'))
    const checks = openRecordChecks(report, vault)
    const follow = followLogs(logs, kept, check.running, report)
    for await (const seen of inbox.records()) {
      if (check.signal.aborted) throw check.signal.reason
      checks.see(seen)
      if (seen.record.kind === 'event' || seen.record.kind === 'erased')
        await follow.leaf(seen.record.n, seen.record.leaf)
      check.advance(seen.record.kind === 'instance' ? seen.record.header.length : 0)
    }
    const { sight } = checks
    const unnamed = inbox.unnamed().length
    damage.end(
      `${inbox.end?.group ?? 0} groups in ${inbox.segments} segments, each with the digest of the one before; ${inbox.voidBytes} bytes were never part of it${
        unnamed === 0 ? '' : `; ${unnamed} spool files that no record names`
      }`,
    )
    checks.end()
    vault.end()
    follow.end(sight)
    report.add(
      'index',
      'index',
      'not checked',
      'it is a cache and is not looked at: clearkeep rebuild makes it from what was checked',
    )
  } finally {
    await inbox.close()
  }
}

async function keptInKeys({ files, data, report }: DataCheck): Promise<KeptCheckpoint | undefined> {
  const text = await readText(files, join(data, KEPT))
  if (text === undefined) {
    report.add(
      'keys',
      'last checkpoint',
      'not checked',
      `${KEPT} is not here: whether the log ends early is not known from it`,
    )
    return undefined
  }
  try {
    return keptCheckpoint(KEPT, text)
  } catch (thrown) {
    report.add('keys', 'last checkpoint', 'failed', `${KEPT}: ${asArchiveError(thrown).fact}`)
    return undefined
  }
}

/** Does the key the archive signs with give the signatures that count? Whoever has no right to read it need not. */
function signingKeyStep(
  { data, report }: DataCheck,
  logs: readonly { readonly part: string; readonly log: CheckedLog }[],
): void {
  let own: Bytes | undefined
  let why = 'it is not here'
  try {
    own = openSigningKey(join(data, 'keys'), false)?.publicKey
  } catch (thrown) {
    why = `it cannot be read: ${String(Reflect.get(Object(thrown), 'code'))}`
  }
  const step = report.open('keys', 'signing key')
  if (own === undefined) {
    step.leave(why)
    return
  }
  for (const { part, log } of logs)
    if (log.key !== undefined && !equalBytes(log.key.key, own)) step.finding(`it is not the one of ${part}`)
  step.end('it is the one that the logs were signed with')
}

/** Holds the journal's leaves, as they come, against the logs’ entries and against every checkpoint. */
function followLogs(
  logs: readonly (Year & { readonly log: CheckedLog })[],
  kept: readonly KeptCheckpoint[],
  running: boolean,
  report: Report,
) {
  const same = report.open('journal and log', 'leaves')
  const chain = report.open('journal and log', 'years')
  const roots = new Map<string, Hash>()
  const wanted = new Set(kept.map(({ origin, size }) => `${origin} ${size}`))
  for (const { log } of logs) if (log.checkpoint) wanted.add(`${log.checkpoint.origin} ${log.checkpoint.size}`)
  let current:
    | (Year & { readonly log: CheckedLog; readonly entry: (index: number) => Promise<Bytes | undefined> })
    | undefined
  let origin = ''
  let tree = growingTree()
  let compared = 0
  let beyond = 0
  let beyondSince = ''
  let lastTs = ''
  let next = 0
  let began: string | undefined

  return {
    async leaf(n: number, text: string): Promise<void> {
      const leaf = readLeaf(text)
      if (began === undefined && leaf?.type !== 'log.open') {
        chain.finding(`leaf ${n} comes first and opens no log`)
        began = logs[0]?.year ?? ''
        origin = logs[0]?.log.checkpoint?.origin ?? ''
        current = logs[0] && { ...logs[0], entry: entryReader(logs[0].folder, logs[0].log.checkpoint?.size ?? 0) }
      }
      if (leaf?.type === 'log.open') {
        const year = leaf.ts.slice(0, 4)
        if (began === undefined || year > began) {
          const { prev } = leaf.public
          if (began === undefined ? prev !== null : !quotes(prev, current?.log.checkpoint))
            chain.finding(
              began === undefined
                ? `leaf ${n} opens the first log and quotes a checkpoint of one before it`
                : `leaf ${n} opens the log of ${year} and does not quote the last checkpoint of log/${began}`,
            )
          began = year
          const log = logs.find((one) => one.year === year)
          if (log === undefined && !running)
            chain.finding(`leaf ${n} opens the log of ${year}, and there is no log/${year}`)
          current = log && { ...log, entry: entryReader(log.folder, log.log.checkpoint?.size ?? 0) }
          origin =
            typeof leaf.public['origin'] === 'string' ? leaf.public['origin'] : (log?.log.checkpoint?.origin ?? '')
          if (log !== undefined && log.log.first !== n)
            chain.finding(`log/${year} says it begins with leaf ${log.log.first}; in the journal it is leaf ${n}`)
          tree = growingTree()
        }
      }
      next = n + 1
      lastTs = leaf?.ts ?? lastTs
      const bytes = utf8.encode(text)
      tree.append(leafHash(bytes))
      const at = `${origin} ${tree.size}`
      if (wanted.has(at)) roots.set(at, tree.root())
      if (current === undefined) return
      const index = n - current.log.first
      if (index >= (current.log.checkpoint?.size ?? 0)) {
        beyond += 1
        if (beyondSince === '') beyondSince = leaf?.ts ?? ''
        return
      }
      const entry = await current.entry(index)
      compared += 1
      if (entry !== undefined && !equalBytes(entry, bytes))
        same.finding(`leaf ${n} (${leaf?.type ?? '?'}): the journal has another than ${current.part}`)
    },

    end(sight: JournalSight): void {
      for (const { log, part } of logs) {
        const due = log.first + (log.checkpoint?.size ?? 0)
        if (due > next) same.finding(`the journal ends with leaf ${next - 1}, and ${part} has leaves up to ${due - 1}`)
      }
      same.end(`${compared} leaves of the journal compared with the entries of the logs, byte for byte`)
      chain.end(
        `${logs.length} ${logs.length === 1 ? 'year' : 'years'}, each begun with the last checkpoint of the one before`,
      )
      for (const { log, part } of logs) if (log.checkpoint) rootStep(part, 'the journal gives its root', log.checkpoint)
      for (const one of kept) {
        const of = logs.find(({ log }) => log.checkpoint?.origin === one.origin)
        if (of === undefined)
          report.add(
            'journal',
            `extends ${one.where}`,
            'failed',
            `it is of ${one.origin}, and there is no such log here`,
          )
        else {
          if (one.where === KEPT) signatureStep('keys', `signature of ${KEPT}`, one, of.log.key, report)
          rootStep('journal', `extends ${one.where}`, one)
        }
      }
      unsigned(sight)
    },
  }

  function rootStep(
    part: string,
    what: string,
    { origin: of, size, root }: { origin: string; size: number; root: Bytes },
  ): void {
    const known = size === 0 ? growingTree().root() : roots.get(`${of} ${size}`)
    if (known === undefined)
      report.add(part, what, 'failed', `it covers ${size} leaves, and the journal does not have as many of it`)
    else if (equalBytes(known, root))
      report.add(part, what, 'passed', `the journal’s first ${size} leaves of it are the ones signed`)
    else report.add(part, what, 'failed', `the journal’s first ${size} leaves of it are not the ones signed`)
  }

  /** Leaves that no checkpoint covers: after an orderly end there are none, after a crash a second's worth. */
  function unsigned(sight: JournalSight): void {
    const step = report.open('journal and log', 'signed to the end')
    const fact = `the last ${beyond} leaves, from ${beyondSince} to ${lastTs}, are in no checkpoint`
    const late = Date.parse(lastTs) - Date.parse(beyondSince) > LATE_MS
    if (beyond === 0) step.end('the last checkpoint covers every leaf')
    else if (running) step.end(`${fact}: the archive is running and signs within a second`)
    else if (!sight.stopped && !late) step.end(`${fact}: it ended without a stop, and the next start signs them`)
    else {
      step.finding('the log was cut short, or an alarm or the disk kept it from being signed')
      step.end(`${fact}, though ${sight.stopped ? 'the archive was stopped in order' : 'it signs within a second'}`)
    }
  }
}

/** A log that is not signed for so long has stopped, or was cut short. */
const LATE_MS = 60_000
