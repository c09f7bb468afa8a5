/**
 * Holds new entries of the log against the lookouts that last, in the order of the log, beside everything else: nothing
 * waits for it. Each entry is looked at once, when it is in the index; where no lookout lasts nothing is read.
 *
 * Where it stands is kept in `DATA/cache/lookouts.json`, which may be lost: then it begins where the oldest lookout was saved, and
 * what it warned of it does not warn of again.
 */
import { join } from 'node:path'
import type { Json } from '../../base/canonical-json.ts'
import type { Context } from '../../base/context.ts'
import { firstSince } from '../../ledger/audit.queries.ts'
import { countLeaves } from '../../ledger/events.queries.ts'
import { whoOf } from '../../ledger/sentence.ts'
import { splitPatientKey } from '../../ledger/subject.ts'
import { type Files, makeFolderDurably } from '../../storage/files/files.ts'
import { replaceFile } from '../../storage/files/replace.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { Acts } from '../acts.ts'
import { keysOf } from '../persons/persons.queries.ts'
import { entriesBetween, hasWarned, type LookedAtRow, lastingLookouts, lastWarned } from './lookout.queries.ts'
import { type Counting, counting, type Entry, fits, type LookoutAsk } from './lookout.ts'
import { askOf, journalLookout } from './lookouts.ts'

interface Kept {
  readonly id: number
  readonly since: number
  readonly ask: LookoutAsk
  /** Of each person, by pseudonym. */
  readonly counts: Map<string, Counting>
}

export interface WatchKeeper {
  /** Entries were journaled. */
  nudge(): void
  /** A lookout was saved or stopped. */
  changed(): void
  close(): Promise<void>
}

const PAGE = 500
const GATHER_MS = 300
const RETRY_MS = 5000
const KEEP_MS = 10_000

export async function openWatchKeeper(parts: {
  readonly db: Database
  readonly acts: Pick<Acts, 'event'>
  /** As whom it warns. */
  readonly itself: Context
  readonly files: Files
  readonly folder: string
  readonly complain: (facts: object, message: string) => void
}): Promise<WatchKeeper> {
  const { db, acts, itself, files, folder, complain } = parts
  const path = join(folder, 'lookouts.json')
  await makeFolderDurably(files, folder)

  let kept: readonly Kept[] = []
  /** The first entry that was not looked at. */
  let at = 0
  let keptAt = -1
  let keptWhen = 0
  let stale = false
  let closed = false
  let again = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  kept = await load(kept)
  at = await begin()

  /** Lookouts that last; what was counted for those nobody changed goes on. */
  async function load(before: readonly Kept[]): Promise<readonly Kept[]> {
    return (await lastingLookouts(db)).map((row) => {
      const [id, since] = [Number(row.id), Number(row.since_n)]
      const same = before.find((one) => one.id === id && one.since === since)
      return same ?? { id, since, ask: askOf(row), counts: new Map() }
    })
  }

  async function begin(): Promise<number> {
    const leaves = await countLeaves(db)
    const read = await readAt(files, path)
    // An older backup was put back: numbers are given anew.
    const known = read !== undefined && read <= leaves ? read : undefined
    const oldest = Math.min(...kept.map(({ since }) => since + 1), leaves)
    const start = known === undefined ? oldest : Math.max(known, oldest)
    // What a threshold counts lies before that: it is counted again, and not warned of.
    const span = Math.max(0, ...kept.map(({ ask }) => ask.threshold?.minutes ?? 0)) * 60_000
    if (span === 0) return start
    const warm = await firstSince(db, new Date(itself.now().getTime() - span).toISOString())
    await look(Math.max(oldest, Math.min(start, warm ?? start)), start, false)
    return start
  }

  const keep = async (): Promise<void> => {
    if (keptAt === at || kept.length === 0) return
    await replaceFile(files, path, new TextEncoder().encode(`${JSON.stringify({ at })}\n`), false)
    keptAt = at
    keptWhen = performance.now()
  }

  /** Entries of a span, in order. */
  async function look(from: number, end: number, warns: boolean): Promise<void> {
    const all = kept.some(({ ask }) => ask.types.length === 0)
    const types = all ? [] : [...new Set(kept.flatMap(({ ask }) => ask.types))]
    for (let next = from; next < end && !closed; ) {
      const rows = await entriesBetween(db, { from: next, end, types, limit: PAGE })
      const entries = entriesOf(
        db,
        rows,
        kept.some(({ ask }) => ask.patients.length > 0),
      )
      for await (const { entry, who } of entries)
        for (const one of kept) if (entry.n > one.since && fits(one.ask, entry)) await meet(one, entry, who, warns)
      next = rows.length < PAGE ? end : Number(rows.at(-1)?.n) + 1
      if (warns) at = next
    }
  }

  async function meet(one: Kept, entry: Entry, who: string, warns: boolean): Promise<void> {
    const { id, ask, counts } = one
    let seen = 1
    if (ask.threshold !== null) {
      const count = counts.get(entry.actor) ?? counting(ask.threshold)
      counts.set(entry.actor, count)
      seen = count.add(entry)
      if (counts.size > 1000) for (const [actor, of] of counts) if (of.stale(entry.ts)) counts.delete(actor)
      if (seen <= ask.threshold.more) return
    }
    if (!warns || (await hasWarned(db, id, entry.n))) return
    if (ask.threshold !== null) {
      // Once a span: who goes on is warned of again when it is over.
      const last = await lastWarned(db, id, entry.actor)
      if (last !== '' && Date.parse(entry.ts) - Date.parse(last) < ask.threshold.minutes * 60_000) return
    }
    const { n, ts, type, actor, patient, study } = entry
    await journalLookout(
      acts,
      itself,
      {
        v: 1,
        op: 'warn',
        lookout: id,
        name: ask.name,
        entry: n,
        ts,
        type,
        actor,
        who,
        patient,
        study,
        seen,
        by: 'archive',
        at: itself.now().toISOString(),
      },
      { patient, study },
    )
  }

  const run = async (): Promise<void> => {
    again = false
    if (stale) {
      stale = false
      kept = await load(kept)
    }
    const end = await countLeaves(db)
    if (kept.length === 0) at = end
    else await look(Math.max(at, Math.min(...kept.map(({ since }) => since + 1))), end, true)
    if (performance.now() - keptWhen > KEEP_MS) await keep()
  }

  const arm = (wait: number): void => {
    if (closed || timer !== undefined) return
    timer = setTimeout(() => {
      timer = undefined
      let wrong = false
      running = run()
        .catch((thrown: unknown) => {
          wrong = true
          complain({ error: String(thrown) }, 'entries of the log could not be held against the lookouts')
        })
        .finally(() => {
          running = undefined
          if (wrong) arm(RETRY_MS)
          else if (again) arm(GATHER_MS)
        })
    }, wait)
    timer.unref()
  }
  const nudge = (): void => {
    if (running !== undefined) again = true
    else arm(GATHER_MS)
  }
  if (kept.length > 0) nudge()

  return {
    nudge: () => {
      if (kept.length > 0) nudge()
    },
    changed: () => {
      stale = true
      nudge()
    },
    close: async () => {
      closed = true
      clearTimeout(timer)
      await running
      await keep().catch((thrown: unknown) => complain({ error: String(thrown) }, 'where lookouts stand was not kept'))
    },
  }
}

/** With every ID of the person, where lookouts ask for patients: one look for each patient of a page. */
async function* entriesOf(
  db: Database,
  rows: readonly LookedAtRow[],
  byPatient: boolean,
): AsyncGenerator<{ readonly entry: Entry; readonly who: string }> {
  const ids = new Map<string, ReadonlySet<string>>()
  for (const { n, ts, type, actor, study_uid: study, patient_key: patient, body } of rows) {
    if (byPatient && patient !== '' && !ids.has(patient))
      ids.set(patient, new Set((await keysOf(db, patient)).map((key) => splitPatientKey(key)?.id ?? '')))
    const said = JSON.parse(body) as { readonly [key: string]: Json | undefined }
    yield {
      who: whoOf(said),
      entry: {
        n: Number(n),
        ts,
        type,
        actor,
        study,
        patient,
        patientIds: ids.get(patient) ?? NOBODY,
        failed: said['outcome'] !== 0,
        purpose: typeof said['purposeOfUse'] === 'string' ? said['purposeOfUse'] : '',
      },
    }
  }
}

const NOBODY: ReadonlySet<string> = new Set()

async function readAt(files: Files, path: string): Promise<number | undefined> {
  if ((await files.size(path)) === undefined) return undefined
  const file = await files.open(path)
  try {
    const { at } = JSON.parse(new TextDecoder().decode(await file.read(0, file.size))) as { at?: unknown }
    return Number.isSafeInteger(at) && Number(at) >= 0 ? Number(at) : undefined
  } catch {
    return undefined
  } finally {
    await file.close()
  }
}
