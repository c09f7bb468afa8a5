/**
 * Destruction of one study: the tombstone, then every copy, then what was done to each.
 *
 * A study goes only when all it has is sealed and nothing of it is left in the inbox, so there is one place to empty. The
 * tombstone is journaled alone, after a last look: a hold that was journaled before it wins, and so does anything that
 * arrived since the study was looked at. From the tombstone on there is only forward: after a crash the rest is done at
 * the next start.
 */
import { createHash } from 'node:crypto'
import type { Context } from '../../base/context.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import type { Uid } from '../../dicom/uid.ts'
import type { Removal } from '../../storage/objects/object-store.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { DispositionStudiesTable, DispositionsTable, TombstonesTable } from '../../storage/sql/schema.ts'
import type { Copy } from '../../vault/copies/places.ts'
import type { Inbox } from '../../vault/inbox/inbox.ts'
import { objectId, objectPath } from '../../vault/ocfl/paths.ts'
import type { Acts } from '../acts.ts'
import type { JournalWriter } from '../journal-writer.ts'
import { patientOf } from '../read.queries.ts'
import type { Sealing } from '../sealing.ts'
import type { StudyLock } from '../study-locks.ts'
import { dispositionRow, everythingOf, type InstanceHere, purge } from './disposition.queries.ts'
import { type CopyGone, type Destroyed, manifestOf, type Tombstone } from './disposition-rows.ts'
import type { WhyNot } from './due.ts'
import { tell } from './telling.ts'

export interface DestroyParts {
  readonly db: Database
  /** Every place the vault is kept in. */
  readonly copies: readonly Copy[]
  readonly lock: StudyLock
  readonly inbox: Pick<Inbox, 'roll'>
  readonly writer: Pick<JournalWriter, 'act'>
  readonly sealing: Pick<Sealing, 'seal' | 'release'>
  /** Shared with sealing: studies whose bytes are being removed. */
  readonly barred: Set<string>
  readonly whyNot: WhyNot
  readonly itself: Context
  readonly acts: Pick<Acts, 'event'>
  /** A study is gone from everywhere, and its checkpoint is not signed yet. Must not wait or fail. */
  readonly destroyed: () => void
  /** By tombstone: what waits for a day, since a lock holds it. Learned again after a restart. */
  readonly waiting: Map<number, Waiting>
}

export interface Waiting {
  readonly until: string
  /** '' where nobody can read it any more. */
  readonly why: string
  /** What was removed already. */
  readonly gone: readonly CopyGone[]
}

/** Is everything of it in the vault and nowhere else? */
const isSealed = (all: readonly InstanceHere[]): boolean =>
  all.length > 0 && all.every((one) => Number(one.sealed) === 1 && Number(one.segment) <= 0 && one.spool === '')

const notDue = (study: string, why: string) => new ArchiveError('DISPOSITION_NOT_DUE', { study, why })

/**
 * Writes the study's tombstone; `removeCopies` does the rest.
 *
 * @throws {ArchiveError} `DISPOSITION_NOT_DUE` when something stands in the way: nothing was done then
 */
export async function buryStudy(
  parts: DestroyParts,
  disposition: DispositionsTable,
  { study_uid: study }: DispositionStudiesTable,
): Promise<void> {
  const { db, writer, whyNot, itself, barred } = parts
  const due = await whyNot(study)
  if (due.why !== undefined) throw notDue(study, due.why)
  const all = await sealedWhole(parts, study)
  const instances: readonly Destroyed[] = all.map((one) => [Number(one.id), one.series_uid, one.sop_uid, one.ds])
  const at = itself.now().toISOString()
  const fact: Tombstone = {
    v: 1,
    op: 'destroy',
    disposition: Number(disposition.id),
    study,
    studyDate: due.row.study_date,
    modalities: due.row.modalities,
    series: new Set(all.map(({ series_uid }) => series_uid)).size,
    instances,
    bytes: all.reduce((sum, { length }) => sum + Number(length), 0),
    manifest: createHash('sha256').update(manifestOf(instances)).digest('hex'),
    eligibleOn: due.eligibleOn,
    governing: due.governing,
    rules: due.rules,
    holdsChecked: at,
    proposed: { by: disposition.proposed_by, at: disposition.proposed_at },
    approved: [
      { by: disposition.first_by, at: disposition.first_at },
      { by: disposition.second_by, at: disposition.second_at },
    ],
    at,
  }
  /** Nothing is journaled between this and the tombstone. */
  const lastLook = async (): Promise<void> => {
    if ((await dispositionRow(db, fact.disposition))?.ended_at !== '') throw notDue(study, 'it was called off')
    const again = await whyNot(study)
    if (again.why !== undefined) throw notDue(study, again.why)
    if (again.rules !== fact.rules) throw notDue(study, 'other rules were adopted just now')
    const still = await everythingOf(db, study)
    if (!isSealed(still) || still.map(({ id }) => Number(id)).join() !== instances.map(([n]) => n).join())
      throw notDue(study, 'something arrived for it')
  }
  barred.add(study)
  try {
    await tell(writer, itself, { study, patient: await patientOf(db, study) }, fact, lastLook)
  } catch (thrown) {
    // Of what could not be written it is not known whether it counts: it stays barred until the next start has looked.
    if (asArchiveError(thrown).code === 'DISPOSITION_NOT_DUE') barred.delete(study)
    throw thrown
  }
}

/** Brings what these studies have in the inbox into the vault. @throws {ArchiveError} `DISPOSITION_NOT_DUE` of one that cannot be sealed */
export async function sealStudies(
  { db, inbox, sealing, itself, acts }: Pick<DestroyParts, 'db' | 'inbox' | 'sealing' | 'itself' | 'acts'>,
  studies: readonly string[],
): Promise<void> {
  const open: Uid[] = []
  for (const study of studies) if (!isSealed(await everythingOf(db, study))) open.push(study as Uid)
  if (open.length === 0) return
  inbox.roll()
  for await (const { study, outcome, why } of sealing.seal(itself, open))
    if (outcome === 'failed') throw notDue(study, why ?? 'it could not be sealed')
  // A segment is given back once there is another after it.
  await acts.event(itself, { type: 'heartbeat', action: 'E', outcome: 0, detail: {} }, 'now')
  await sealing.release()
}

/** Everything of a study, once it lies in the vault and nowhere else. */
async function sealedWhole(parts: DestroyParts, study: string): Promise<readonly InstanceHere[]> {
  await sealStudies(parts, [study])
  const all = await everythingOf(parts.db, study)
  if (!isSealed(all)) throw notDue(study, 'a part of it still lies in the inbox, beside what is not sealed')
  return all
}

/** Removes what a tombstone is of, wherever it lies, and journals that it is gone. May be called again after a crash. */
export async function removeCopies(parts: DestroyParts, tombstone: TombstonesTable): Promise<void> {
  const { db, copies, lock, writer, itself, barred } = parts
  const study = tombstone.study_uid
  barred.add(study)
  const removal: Removal = { because: 'disposition', evidence: `the tombstone of leaf ${tombstone.id}` }
  const gone: CopyGone[] = []
  const held: { readonly until: string; readonly why: string }[] = []
  const folder = `${objectPath(objectId(study))}/`
  // A copy that is away now is removed when it is back: until then the study is not destroyed.
  await lock(study, async () => {
    for (const copy of copies) {
      const method = copy.encrypted?.() === true ? 'crypto-erase' : 'clear'
      try {
        gone.push({ where: copy.name, method, objects: await copy.store.removeAll(folder, removal) })
      } catch (thrown) {
        const error = asArchiveError(thrown)
        if (error.code !== 'OBJECT_LOCKED') throw thrown
        const [objects, until] = [Number(error.facts['objects']), String(error.facts['until'])]
        // Without its key it is destroyed, whatever a store must keep of it. Else it is not, until that day.
        if (method === 'clear' || error.facts['readable'] === 'yes')
          held.push({ until, why: `${objects} objects in ${copy.name} are locked until ${until}` })
        else
          gone.push({ where: copy.name, method, objects: Number(error.facts['removed']), locked: { objects, until } })
      }
    }
  })
  // What was removed before, while a lock held the rest, counts too.
  const before =
    parts.waiting.get(Number(tombstone.id))?.gone ??
    (tombstone.copies === '' ? [] : (JSON.parse(tombstone.copies) as readonly CopyGone[]))
  const [longest] = held.sort((one, other) => (one.until > other.until ? -1 : 1))
  if (longest !== undefined) {
    parts.waiting.set(Number(tombstone.id), { ...longest, gone: counted(gone, before) })
    return
  }
  const left = gone.flatMap(({ locked }) => locked?.until ?? []).sort()
  if (left[0] === undefined) parts.waiting.delete(Number(tombstone.id))
  else parts.waiting.set(Number(tombstone.id), { until: left[0], why: '', gone: counted(gone, before) })
  await purge(db)
  await tell(
    writer,
    itself,
    { study },
    {
      v: 1,
      op: 'done',
      disposition: Number(tombstone.disposition_id),
      tombstone: Number(tombstone.id),
      study,
      copies: [...counted(gone, before), { where: 'index', method: 'clear', objects: Number(tombstone.instances) }],
      at: itself.now().toISOString(),
    },
  )
  barred.delete(study)
  parts.destroyed()
}

const counted = (gone: readonly CopyGone[], before: readonly CopyGone[]): readonly CopyGone[] =>
  gone.map((one) => ({
    ...one,
    objects: one.objects + (before.find(({ where }) => where === one.where)?.objects ?? 0),
  }))
