/**
 * When what is kept is read again: every study in every copy, and the journal, within so many days, at a rate that leaves
 * the disk to others. Where a pass has come to outlives a restart; a study that a reader found harmed comes first.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../base/context.ts'
import { asArchiveError } from '../base/errors.ts'
import type { Uid } from '../dicom/uid.ts'
import type { Files } from '../storage/files/files.ts'
import { replaceFile } from '../storage/files/replace.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Inbox } from '../vault/inbox/inbox.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Archive, DamagedFile, FixityReport, FixityState } from './archive.ts'
import { isSealed, sealedStudies } from './fixity.queries.ts'
import type { Fixity } from './fixity.ts'
import type { Log } from './journal-writer.ts'

export interface FixityOptions {
  /** Everything is read again after so many days (`fixity.days`); 0: only when asked. */
  readonly days: number
  /** Bytes a second, at most, of the passes that come by themselves (`fixity.bytesPerSecond`). */
  readonly bytesPerSecond: number
  /** How often it is looked whether a pass is due, in milliseconds. */
  readonly lookMs?: number
}

export interface FixityPassParts {
  readonly db: Database
  readonly fixity: Fixity
  readonly inbox: Inbox
  readonly acts: Acts
  readonly files: Files
  /** Where a pass has come to: written beside the data, and lost without harm. */
  readonly path: string
  readonly now: () => Date
  readonly log: Log
  readonly itself: Context
  readonly options: FixityOptions
}

export interface FixityPass extends Pick<Archive, 'fixity'> {
  readonly state: FixityState
  /** Has a study looked at next: somebody read it and it was not what came. */
  soon(study: string): void
  close(): Promise<void>
}

interface Kept {
  readonly v: 1
  /** When this was first asked: a new archive is not read again in its first day. */
  readonly since: string
  readonly began: string
  readonly ended: string
  /** The last study that was looked at; '' before the first, and between passes. */
  readonly at: string
  readonly studies: number
  readonly bytes: number
  readonly damaged: readonly DamagedFile[]
}

const DAY_MS = 86_400_000
const LOOK_EVERY_MS = 10_000
const AT_ONCE = 100
/** How often where it has come to is written down. */
const KEEP_EVERY_MS = 30_000
const NONE: Kept = { v: 1, since: '', began: '', ended: '', at: '', studies: 0, bytes: 0, damaged: [] }

export async function openFixityPass(parts: FixityPassParts): Promise<FixityPass> {
  const { db, fixity, inbox, acts, files, now, log, itself, options } = parts
  const { lookMs = LOOK_EVERY_MS } = options
  const stop = new AbortController()
  const harmed = new Set<string>()
  let kept = await readKept(files, parts.path)
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let keptAt = 0
  fixity.remember(kept.damaged)

  const keep = async (change: Partial<Kept>, now_: boolean): Promise<void> => {
    kept = { ...kept, ...change, damaged: fixity.damaged }
    if (!now_ && performance.now() - keptAt < KEEP_EVERY_MS) return
    keptAt = performance.now()
    const bytes = new TextEncoder().encode(`${JSON.stringify(kept)}\n`)
    await replaceFile(files, parts.path, bytes, false).catch((thrown: unknown) =>
      log.warn({ error: asArchiveError(thrown).code }, 'where the fixity pass has come to could not be written down'),
    )
  }

  const pace = pacer(options.bytesPerSecond, stop.signal)

  const one = async (context: Context, study: string, paced: boolean): Promise<FixityReport> => {
    const report = await fixity.check(context, study, 'bytes', paced ? pace : undefined)
    for (const { file, harmed: instances } of report.damaged)
      log.error({ study, file, instances: instances.length }, 'damaged in every copy')
    return report
  }

  /** The journal's own digests, payloads that only it has among them. */
  const journal = async (): Promise<void> => {
    const before = inbox.damage.length
    for await (const { records } of inbox.replay(undefined, ({ n }) => isSealed(db, n))) {
      if (stop.signal.aborted) return
      let bytes = 0
      for (const { record } of records) bytes += record.kind === 'instance' ? record.header.length : 1000
      await pace(bytes)
    }
    for (const { segment, at, why } of inbox.damage.slice(before)) {
      log.error({ segment, at, why }, 'the journal is damaged')
      await acts.event(itself, journalDamaged(segment, at, why), 'now')
    }
  }

  const look = async (): Promise<void> => {
    for (const study of harmed) {
      harmed.delete(study)
      await one(itself, study, false)
      await keep({}, true)
    }
    if (options.days === 0) return
    if (kept.since === '') await keep({ since: now().toISOString() }, true)
    const due =
      kept.began === ''
        ? now().getTime() - Date.parse(kept.since) >= DAY_MS
        : now().getTime() - Date.parse(kept.began) >= options.days * DAY_MS
    const going = kept.began > kept.ended
    if (!due && !going) return
    if (!going) {
      await keep({ began: now().toISOString(), at: '', studies: 0, bytes: 0 }, true)
      await journal()
    }
    for (;;) {
      const studies = await sealedStudies(db, kept.at, AT_ONCE)
      for (const study of studies) {
        if (stop.signal.aborted) return
        const { bytes } = await one(itself, study, true)
        await keep({ at: study, studies: kept.studies + 1, bytes: kept.bytes + bytes }, false)
        if (harmed.size > 0) return
      }
      if (studies.length === 0) break
    }
    if (stop.signal.aborted) return
    await keep({ ended: now().toISOString(), at: '' }, true)
    await acts.event(itself, passed(kept, fixity.damaged.length), 'now')
  }

  const again = (ms: number): void => {
    clearTimeout(timer)
    if (stop.signal.aborted || running !== undefined) return
    timer = setTimeout(() => {
      running = look()
        .catch((thrown: unknown) => log.error({ error: asArchiveError(thrown).code }, 'a fixity pass was broken off'))
        .finally(() => {
          running = undefined
          again(harmed.size > 0 ? 0 : lookMs)
        })
    }, ms).unref()
  }
  again(lookMs)

  return {
    get state() {
      const { began, ended, studies, bytes } = kept
      const next =
        options.days === 0 || began === '' ? '' : new Date(Date.parse(began) + options.days * DAY_MS).toISOString()
      return {
        days: options.days,
        began,
        ended,
        next,
        running: began > ended,
        studies,
        bytes,
        mended: fixity.mended,
        damaged: fixity.damaged,
      }
    },
    fixity: async function* (context: Context, studies: readonly Uid[] | 'all'): AsyncIterable<FixityReport> {
      await admit(acts, context, 'fixity')
      if (studies !== 'all') {
        for (const study of studies) yield await one(context, study, false)
        return keep({}, true)
      }
      const began = now().toISOString()
      const sum = { studies: 0, bytes: 0 }
      await journal()
      for (let after = ''; ; ) {
        const page = await sealedStudies(db, after, AT_ONCE)
        for (const study of page) {
          context.signal.throwIfAborted()
          const report = await one(context, study, false)
          sum.studies += 1
          sum.bytes += report.bytes
          yield report
        }
        const last = page.at(-1)
        if (last === undefined) break
        after = last
      }
      // It was a whole pass, so the next one is due so many days after it.
      await keep({ began, ended: now().toISOString(), at: '', ...sum }, true)
      await acts.event(context, passed(kept, fixity.damaged.length), 'now')
    },
    soon: (study) => {
      harmed.add(study)
      again(0)
    },
    close: async () => {
      stop.abort()
      clearTimeout(timer)
      await running
      if (kept.since !== '' || kept.began !== '') await keep({}, true)
    },
  }
}

const passed = ({ began, studies, bytes }: Kept, damaged: number) =>
  ({
    type: 'fixity.pass',
    action: 'R',
    outcome: damaged > 0 ? 12 : 0,
    detail: { began, studies, bytes, damaged },
  }) as const

/** PS3.15 A.5.3.11. */
const journalDamaged = (segment: number, at: number, why: string) =>
  ({
    type: 'aud.110113',
    action: 'E',
    outcome: 12,
    detail: { alert: 'the journal is damaged', segment, at, why },
  }) as const

/** Holds its caller up so that no more than so many bytes a second pass, over any few seconds. */
function pacer(bytesPerSecond: number, signal: AbortSignal): (bytes: number) => Promise<void> {
  let free = performance.now()
  return async (bytes) => {
    free = Math.max(free, performance.now() - 1000) + (bytes / bytesPerSecond) * 1000
    const wait = free - performance.now()
    if (wait > 5) await sleep(wait, undefined, { signal, ref: false }).catch(() => {})
    signal.throwIfAborted()
  }
}

async function readKept(files: Files, path: string): Promise<Kept> {
  const size = await files.size(path)
  if (size === undefined) return NONE
  const file = await files.open(path)
  try {
    const value = JSON.parse(new TextDecoder().decode(await file.read(0, size))) as Partial<Kept>
    return value.v === 1 ? { ...NONE, ...value } : NONE
  } catch {
    return NONE
  } finally {
    await file.close()
  }
}
