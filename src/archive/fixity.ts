/**
 * Fixity: is what is kept still what came? A study's object is looked at in every copy, a bad file set aside and written
 * again from a good one, both journaled. What no copy has in good state is named to the instance and the byte, once, and
 * stays named until it is found good.
 *
 * This file judges one study; when which is looked at is `fixity-pass.ts`.
 */
import { createHash } from 'node:crypto'
import type { Json } from '../base/canonical-json.ts'
import type { Context } from '../base/context.ts'
import { asArchiveError } from '../base/errors.ts'
import type { Uid } from '../dicom/uid.ts'
import type { Database } from '../storage/sql/database.ts'
import { type Copy, VAULT } from '../vault/copies/places.ts'
import { type Finding, type Reconciled, type ReconcileParts, reconcile } from '../vault/copies/reconcile.ts'
import { objectId, objectPath } from '../vault/ocfl/paths.ts'
import type { Acts } from './acts.ts'
import type { DamagedFile, FixityReport, HarmedInstance } from './archive.ts'
import { packedIn, sealedInventories } from './fixity.queries.ts'
import type { Locate } from './locate.ts'
import { patientOf } from './read.queries.ts'
import type { StudyLock } from './study-locks.ts'
import { tierOf } from './tiers/tiers.queries.ts'

export interface FixityParts {
  readonly db: Database
  /** The vault first. */
  readonly copies: readonly Copy[]
  /** Where studies are that were moved there, in place of the vault's own folder. */
  readonly cold?: Copy
  readonly locate: Locate
  readonly acts: Pick<Acts, 'event'>
  readonly lock: StudyLock
  readonly now: () => Date
  readonly mayGoFrom: (study: string) => Promise<MayGo>
  readonly complain?: (facts: object, message: string) => void
}

/** The first day the rules let a study go, YYYY-MM-DD; that there is none yet; that it is not here any more. */
export type MayGo = string | 'not yet' | 'gone'

export interface Fixity {
  /**
   * Looks at a study in every copy and mends what it can.
   *
   * @param pace  told of bytes read, and may hold the reader up
   */
  check(
    context: Context,
    study: string,
    look: ReconcileParts['look'],
    pace?: ReconcileParts['pace'],
  ): Promise<FixityReport>
  /** Locks what was sealed and read back just now, in every copy that locks but these. Under the study's lock. */
  secure(study: string, behind: readonly string[]): Promise<void>
  /** Journals what was mended before the archive was open. */
  tellMended(context: Context, found: Reconciled): Promise<void>
  /** What no copy had in good state when it was last looked at. */
  readonly damaged: readonly DamagedFile[]
  /** Files written again since the start. */
  readonly mended: number
  /** What was known before a restart. */
  remember(damaged: readonly DamagedFile[]): void
}

const DAY_MS = 86_400_000
/** Files an event names, at most: the first ones. */
const NAMED = 100

export function openFixity(parts: FixityParts): Fixity {
  const { db, acts, lock, now } = parts
  const damaged = new Map<string, DamagedFile>()
  let mended = 0

  const check: Fixity['check'] = async (context, study, look, pace) => {
    const copies: Copy[] = []
    let all = parts.copies
    const { findings, bytes } = await lock(study, async () => {
      all = await copiesOf(study)
      for (const copy of all) if ((await copy.attached()) === 'good') copies.push(copy)
      const sealed = await sealedInventories(db, study)
      // It was destroyed, perhaps a moment ago: nothing is missing.
      if (sealed.size === 0) return { findings: [], bytes: 0 }
      const found = await reconcile({ copies, sealed, look, ...(pace && { pace }) }, study)
      for (const copy of copies)
        if (found.findings.every((one) => one.copy !== copy.name || one.from !== undefined)) await lockIn(copy, study)
      return found
    })
    const bad = findings.filter((one) => isDamage(one, all[0]?.name))
    const lost = lostIn(copies, findings)
    const files: DamagedFile[] = []
    for (const [file, of] of lost) files.push(await named(study, file, of))

    const known = [...damaged.values()].filter((one) => one.study === study)
    const news = files.filter(({ file }) => !damaged.has(`${study} ${file}`))
    // A look at names says nothing of bytes, so it clears nothing either.
    if (look === 'bytes') for (const { file } of known) damaged.delete(`${study} ${file}`)
    for (const one of files) damaged.set(`${study} ${one.file}`, one)
    mended += bad.filter(({ from }) => from !== undefined).length

    await tell(context, study, bad, news)
    const copied = findings.filter((one) => one.from !== undefined && !bad.includes(one)).length
    // What could not be written though there is a good copy, and what is not there to be written.
    const unwritten = findings.filter(({ from, name }) => from === undefined && !lost.has(name))
    const away = all.filter((copy) => !copies.includes(copy))
    const behind = new Set([...unwritten, ...away.map(({ name: copy }) => ({ copy }))].map(({ copy }) => copy))
    return {
      study: study as Uid,
      outcome: files.length > 0 ? 'damaged' : behind.size > 0 ? 'behind' : bad.length > 0 ? 'mended' : 'good',
      findings: bad,
      damaged: files,
      copied,
      behind: [...behind],
      problems: Object.fromEntries(
        unwritten.flatMap(({ copy, problem }) => (problem === undefined ? [] : [[copy, problem]])),
      ),
      bytes,
    }
  }

  /** Where a study has to be: what went to the cold store has to be there, and not in the vault's own folder. */
  const copiesOf = async (study: string): Promise<readonly Copy[]> => {
    const { cold, copies } = parts
    return cold !== undefined && (await tierOf(db, study))?.tier === 'cold' ? [cold, ...copies.slice(1)] : copies
  }

  /** What was found good is locked, for the days of the copy, and not beyond the day it may go. */
  const lockIn = async ({ name, store, lockDays }: Copy, study: string): Promise<void> => {
    if (lockDays === undefined) return
    const end = new Date(now().getTime() + lockDays * DAY_MS)
    try {
      const from = await parts.mayGoFrom(study)
      if (from === 'gone') return
      const until = from === 'not yet' || from > end.toISOString() ? end : new Date(`${from}T00:00:00Z`)
      if (until > now()) await store.lock?.(`${objectPath(objectId(study))}/`, until)
    } catch (thrown) {
      parts.complain?.({ copy: name, study, error: asArchiveError(thrown).code }, 'a study could not be locked')
    }
  }

  /** Which instances the damage reaches: each is made again and its digest compared, from whatever copy gives it. */
  const named = async (study: string, file: string, findings: readonly Finding[]): Promise<DamagedFile> => {
    const harmed: HarmedInstance[] = []
    for (const row of await packedIn(db, file))
      if (!(await comesBack(row)))
        harmed.push({
          series: row.series_uid as Uid,
          instance: row.sop_uid as Uid,
          version: row.version,
          start: row.start,
          end: row.start + row.length,
        })
    return {
      study: study as Uid,
      file,
      copies: findings.map(({ copy, flaw }) => ({ copy, flaw })),
      harmed,
      foundAt: damaged.get(`${study} ${file}`)?.foundAt ?? now().toISOString(),
    }
  }

  const comesBack = async (row: { readonly id: number; readonly ds: string; readonly ds_start: number }) => {
    try {
      const { original } = await parts.locate({ id: row.id })
      const hash = createHash('sha256')
      for await (const piece of original.read({ start: row.ds_start, end: original.length })) hash.update(piece)
      return hash.digest('hex') === row.ds
    } catch {
      return false
    }
  }

  /** PREMIS has these as fixity check and replacement; the alarm is PS3.15 A.5.3.11. */
  const tell = async (context: Context, study: string, bad: readonly Finding[], news: readonly DamagedFile[]) => {
    const repaired = bad.filter(({ from }) => from !== undefined)
    if (repaired.length === 0 && news.length === 0) return
    const patient = await patientOf(db, study)
    const about = { study, ...(patient !== '' && { patient }) }
    const fileJson = ({ copy, name, flaw, from, aside }: Finding): Json => ({
      copy,
      file: name,
      flaw,
      ...(from !== undefined && { from }),
      ...(aside !== undefined && { aside }),
    })
    const found = bad.filter((one) => one.from !== undefined || news.some(({ file }) => file === one.name))
    await acts.event(
      context,
      {
        type: 'study.damage',
        action: 'R',
        outcome: news.length > 0 ? 12 : 4,
        ...about,
        detail: {
          files: found.length,
          lost: news.length,
          found: found.slice(0, NAMED).map(fileJson),
          harmed: news
            .flatMap(({ file, harmed }) => harmed.map(({ instance, start, end }) => ({ file, instance, start, end })))
            .slice(0, NAMED),
        },
      },
      'now',
    )
    if (repaired.length > 0)
      await acts.event(
        context,
        {
          type: 'study.repair',
          action: 'U',
          outcome: 0,
          ...about,
          detail: { files: repaired.length, mended: repaired.slice(0, NAMED).map(fileJson) },
        },
        'now',
      )
  }

  return {
    check,
    secure: async (study, behind) => {
      for (const copy of parts.copies)
        if (copy.lockDays !== undefined && !behind.includes(copy.name) && (await copy.attached()) === 'good')
          await lockIn(copy, study)
    },
    tellMended: (context, { study, findings }) => {
      const bad = findings.filter((one) => isDamage(one))
      mended += bad.filter(({ from }) => from !== undefined).length
      return tell(context, study, bad, [])
    },
    get damaged() {
      return [...damaged.values()]
    },
    get mended() {
      return mended
    },
    remember: (files) => {
      for (const one of files) damaged.set(`${one.study} ${one.file}`, one)
    },
  }
}

/** What a mirror has not got yet is no damage to it; the first is the one that always has everything: the vault, or the cold store. */
const isDamage = ({ copy, flaw }: Finding, first: string = VAULT): boolean =>
  flaw === 'altered' || flaw === 'unreadable' || (flaw === 'missing' && copy === first)

/** Files that no copy has in good state, and what is wrong with each copy of them. */
function lostIn(copies: readonly Copy[], findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const byFile = Map.groupBy(findings, ({ name }) => name)
  return new Map(
    [...byFile].filter(([, of]) => of.length === copies.length && of.every(({ from }) => from === undefined)),
  )
}
