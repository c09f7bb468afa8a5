/**
 * Tells audit repositories of every act, as DICOM audit messages over syslog, beside everything else: one that is slow, away
 * or mistaken holds up nothing.
 *
 * The ledger is the spool: nothing is queued and nothing kept twice. For each repository `DATA/reports/NAME.json` has the
 * number of leaves it has been told of, written and synced after a connection was finished in good order; all later
 * leaves are told again. So each is told at least once, in order, and memory is flat however long a repository is away.
 */
import { join } from 'node:path'
import { asArchiveError } from '../../base/errors.ts'
import { type Files, makeFolderDurably } from '../../storage/files/files.ts'
import { replaceFile } from '../../storage/files/replace.ts'
import { type AuditSource, auditMessage } from '../audit/message.ts'
import type { Body } from '../audit/values.ts'
import { dial, type ReportingTls, type Repository } from './link.ts'
import { type SyslogOrigin, syslogMessage } from './syslog.ts'

/** What is known of a repository. */
export interface RepositoryState {
  readonly name: string
  readonly address: string
  /** Leaves it has been told of, from the first one on. */
  readonly told: number
  /** Leaves it has not been told of yet. */
  readonly waiting: number
  /** When it last took some; '' for not since the start. */
  readonly at: string
  /** Why it cannot be told, and since when; '' when it can. */
  readonly problem: string
  readonly since: string
}

/** An event as the index holds it. */
export interface ReportedEvent {
  readonly n: number
  readonly type: string
  readonly ts: string
  /** The body's exact text. */
  readonly body: string
  /** Of its study, when the event names none. */
  readonly patient: { readonly id: string; readonly issuer: string } | undefined
}

export interface ReportingOptions {
  readonly repositories: readonly Repository[]
  readonly tls: ReportingTls
  readonly source: AuditSource
  readonly origin: SyslogOrigin
  /** First wait after a failure, in milliseconds; twice as long after each further one, up to `mostRetryMs`. */
  readonly retryMs: number
  readonly mostRetryMs: number
  /** How long acts gather before they are told. */
  readonly gatherMs: number
}

/** Nobody is told. */
export const NO_REPORTING: ReportingOptions = {
  repositories: [],
  tls: {},
  source: { id: 'clearkeep', site: '', aeTitle: '', host: '' },
  origin: { host: '', process: 0, messageId: '' },
  retryMs: 1000,
  mostRetryMs: 60_000,
  gatherMs: 1000,
}

export interface ReportingParts {
  readonly files: Files
  readonly folder: string
  /** Leaves there are. */
  readonly leaves: () => Promise<number>
  /** Synced events from this number on, in order, so many at most. */
  readonly events: (from: number, most: number) => Promise<readonly ReportedEvent[]>
  readonly now: () => Date
  readonly log: { info(facts: object, message: string): void; warn(facts: object, message: string): void }
  readonly options: ReportingOptions
}

export interface Reporting {
  /** Acts were journaled. */
  nudge(): void
  state(): Promise<readonly RepositoryState[]>
  /** Breaks off: what was under way is told again after the next start. */
  close(): Promise<void>
}

/** Messages over one connection: whatever goes wrong, so many are told twice at most. */
const MOST_MESSAGES = 1000
const PAGE = 100

export async function openReporting(parts: ReportingParts): Promise<Reporting> {
  const { options, files, folder } = parts
  if (options.repositories.length > 0) await makeFolderDurably(files, folder)
  const stop = new AbortController()
  const desks = await Promise.all(options.repositories.map((one) => openDesk(parts, one, stop.signal)))
  for (const desk of desks) desk.nudge()
  return {
    nudge: () => {
      for (const desk of desks) desk.nudge()
    },
    state: async () => {
      const leaves = desks.length === 0 ? 0 : await parts.leaves()
      return desks.map(({ state }) => ({ ...state(), waiting: Math.max(0, leaves - state().told) }))
    },
    close: async () => {
      stop.abort()
      await Promise.all(desks.map((desk) => desk.closed()))
    },
  }
}

interface Desk {
  nudge(): void
  state(): Omit<RepositoryState, 'waiting'>
  closed(): Promise<void>
}

async function openDesk(parts: ReportingParts, to: Repository, signal: AbortSignal): Promise<Desk> {
  const { files, folder, log, now, options } = parts
  const { retryMs, mostRetryMs, gatherMs } = options
  const path = join(folder, `${to.name}.json`)
  const address = `syslog-${to.transport}://${to.host.includes(':') ? `[${to.host}]` : to.host}:${to.port}`
  const keep = (told: number) => {
    const text = JSON.stringify({ told, at: now().toISOString() })
    return replaceFile(files, path, new TextEncoder().encode(`${text}\n`), true)
  }

  const leaves = await parts.leaves()
  const kept = await readTold(files, path)
  let told = kept ?? (to.from === 'now' ? leaves : 0)
  if (told > leaves) {
    // An older backup was put back: numbers are given anew, and what they now stand for must be told.
    log.warn({ repository: to.name, told, leaves }, 'an audit repository was told of more than there is')
    told = leaves
  }
  if (told !== kept) await keep(told)

  let [at, problem, since] = ['', '', '']
  let failures = 0
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let again = false

  /** One connection. @returns whether there is more to tell */
  const session = async (): Promise<boolean> => {
    let page = await parts.events(told, PAGE)
    if (page.length === 0) return false
    const link = await dial(to, options.tls, signal)
    let next = told
    try {
      const end = told + MOST_MESSAGES
      while (page.length > 0 && next < end) {
        for (const event of page) {
          signal.throwIfAborted()
          await link.send(messageOf(event, options))
          next = event.n + 1
        }
        page = await parts.events(next, PAGE)
      }
      await link.finish()
    } finally {
      link.close()
    }
    await keep(next)
    told = next
    at = now().toISOString()
    if (problem !== '') log.info({ repository: to.name, told }, 'an audit repository takes messages again')
    ;[problem, since] = ['', '']
    failures = 0
    return page.length > 0
  }

  const run = async (): Promise<void> => {
    try {
      again = false
      while (await session());
    } catch (thrown) {
      if (signal.aborted) return
      const error = asArchiveError(thrown)
      const why = String(error.facts['why'] ?? error.fact)
      if (why !== problem) log.warn({ repository: to.name, why }, 'an audit repository cannot be told')
      if (problem === '') since = now().toISOString()
      problem = why
      failures += 1
    }
  }
  const arm = (wait: number): void => {
    if (signal.aborted) return
    timer = setTimeout(() => {
      timer = undefined
      running = run().finally(() => {
        running = undefined
        if (problem !== '') arm(Math.min(mostRetryMs, retryMs * 2 ** Math.min(failures - 1, 20)))
        else if (again) arm(gatherMs)
      })
    }, wait)
    timer.unref()
  }

  return {
    nudge: () => {
      if (running !== undefined) again = true
      // One that is away is tried again when its wait is over, and not for every act.
      else if (timer === undefined) arm(gatherMs)
    },
    state: () => ({ name: to.name, address, told, at, problem, since }),
    closed: async () => {
      clearTimeout(timer)
      await running
      clearTimeout(timer)
    },
  }
}

function messageOf(event: ReportedEvent, { source, origin }: ReportingOptions) {
  const { n, patient } = event
  return syslogMessage(auditMessage({ n, body: bodyOf(event), patient }, source), origin)
}

/** A body that was erased says nothing any more; that the act was stays true. */
function bodyOf({ type, ts, body }: ReportedEvent): Body {
  try {
    return JSON.parse(body) as Body
  } catch {
    return { type, ts }
  }
}

/** Undefined when there is no such file, or it is not ours: then everything is told again, which loses nothing. */
async function readTold(files: Files, path: string): Promise<number | undefined> {
  if ((await files.size(path)) === undefined) return undefined
  const file = await files.open(path)
  try {
    const { told } = JSON.parse(new TextDecoder().decode(await file.read(0, file.size))) as { told?: unknown }
    return Number.isSafeInteger(told) && Number(told) >= 0 ? Number(told) : undefined
  } catch {
    return undefined
  } finally {
    await file.close()
  }
}
