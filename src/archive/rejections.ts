/**
 * Rejection (IHE Imaging Object Change Management; compliance specification 6): instances that are wrong are taken out of
 * sight and kept as they were received. A rejection note says which and why: another system's, or one made here and kept
 * beside what it names. Whoever may reject for a reason may take it back.
 */

import { concat } from '../base/bytes.ts'
import type { Json } from '../base/canonical-json.ts'
import { type Context, nameOf } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import { may } from '../compliance/access.ts'
import { UIDS } from '../dicom/dictionary.ts'
import { fromDicomJson } from '../dicom/from-json.ts'
import { metaGroup } from '../dicom/part10.ts'
import { type RejectionNote, rejectionNote } from '../dicom/rejection-note.ts'
import { EXPLICIT_LITTLE } from '../dicom/transfer-syntaxes.ts'
import { type InstanceKey, type Uid, uid } from '../dicom/uid.ts'
import { encodeElements } from '../dicom/writer.ts'
import type { EventType } from '../ledger/event.ts'
import type { Database } from '../storage/sql/database.ts'
import { oneAtATime } from '../storage/sql/one-at-a-time.ts'
import type { RejectionsTable } from '../storage/sql/schema.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Archive, Rejection } from './archive.ts'
import { instanceRecord } from './instance-record.ts'
import type { Intake } from './intake.ts'
import { momentIn, newUid } from './made-here.ts'
import { currentInstances, patientOf } from './read.queries.ts'
import { type RejectionFact, rejectionText } from './rejection-rows.ts'
import {
  instancesAsOf,
  membersOf,
  rejectedOf,
  rejectionOfNote,
  rejectionRow,
  rejectionsOf,
  studyAttributes,
  versionsNamed,
} from './rejections.queries.ts'
import { openGuard } from './restrictions/guard.ts'

const NEWEST = 200
const MOST_LISTED = 10_000

/** What intake asks about a rejection note. */
export interface NoteDesk {
  /**
   * Before it is stored.
   * @throws {ArchiveError} `NOTE_UNTRUSTED`, `NOTE_UNKNOWN`
   */
  check(context: Context, study: Uid, note: RejectionNote): Promise<void>
  /** Once it is durable: what it names is out of sight. A note that came before does nothing more. */
  apply(context: Context, key: InstanceKey, note: RejectionNote): Promise<void>
}

export interface RejectionParts {
  readonly db: Database
  readonly acts: Acts
  /** Devices whose notes are taken (`dicom.rejectionNotesFrom`). */
  readonly trusted: readonly string[]
}

export function openNoteDesk({ db, acts, trusted }: RejectionParts): NoteDesk {
  const inTurn = oneAtATime()
  return {
    check: async (context, study, { code, references }) => {
      const { principal } = context
      const facts = {
        rejection: code,
        trusted: principal.kind === 'device' && principal.known && trusted.includes(principal.aeTitle),
      }
      if (!may(principal, 'reject', facts).allowed)
        await admit(acts, context, 'reject', facts).catch((thrown: unknown) => {
          throw thrown instanceof ArchiveError && thrown.code === 'ACCESS_DENIED'
            ? new ArchiveError('NOTE_UNTRUSTED', { code })
            : thrown
        })
      if (references.length === 0) throw new ArchiveError('NOTE_UNKNOWN', { what: 'no instance' })
      const known = new Set(
        (
          await versionsNamed(
            db,
            references.map(({ instance }) => instance),
          )
        )
          .filter(({ study_uid }) => study_uid === study)
          .map(({ sop_uid }) => sop_uid),
      )
      const strange = references.filter((of) => of.study !== study || !known.has(of.instance)).length
      if (strange > 0)
        throw new ArchiveError('NOTE_UNKNOWN', {
          what: `${strange} of ${references.length} instances that are not in its study here`,
        })
    },
    apply: (context, { study, instance: note }, { code, reason, references }) =>
      inTurn(async () => {
        if ((await rejectionOfNote(db, note)) !== undefined) return
        const versions = await versionsNamed(db, [...references.map(({ instance }) => instance), note])
        await journal(acts, context, 'obj.reject', await patientOf(db, study), {
          v: 1,
          op: 'reject',
          study,
          code,
          reason,
          note,
          instances: versions.map(({ id }) => Number(id)),
          by: nameOf(context.principal),
          at: context.now().toISOString(),
        })
      }),
  }
}

export function openRejections(
  { db, acts }: Pick<RejectionParts, 'db' | 'acts'>,
  intake: Pick<Intake, 'receive'>,
  random: (bytes: number) => Uint8Array,
): Pick<Archive, 'rejections' | 'rejected' | 'reject' | 'restore' | 'instancesAsOf'> {
  const inTurn = oneAtATime()
  const guard = openGuard({ db, acts })
  const views = async (rows: readonly RejectionsTable[]): Promise<readonly Rejection[]> => {
    const members = await membersOf(
      db,
      rows.map(({ id }) => Number(id)),
    )
    return rows.map((row) => ({
      id: Number(row.id),
      code: row.code as Rejection['code'],
      study: uid(row.study_uid),
      note: row.note_uid,
      reason: row.reason,
      instances: members.get(Number(row.id)) ?? 0,
      rejected: { by: row.rejected_by, at: row.rejected_at },
      restored:
        row.restored_at === '' ? undefined : { by: row.restored_by, at: row.restored_at, reason: row.restored_reason },
    }))
  }
  const one = async (row: RejectionsTable | undefined): Promise<Rejection> => {
    const [view] = row === undefined ? [] : await views([row])
    if (view === undefined)
      throw new ArchiveError('DEFECT', { what: 'a rejection was journaled and is not in the index' })
    return view
  }
  const known = async (id: number): Promise<RejectionsTable> => {
    const row = await rejectionRow(db, id)
    if (row === undefined) throw new ArchiveError('NOT_FOUND', { what: `rejection ${id}` })
    return row
  }

  /** It is not said of which study it is. @throws {ArchiveError} `NOT_FOUND` */
  const mayLook = async (context: Context, row: RejectionsTable): Promise<void> => {
    const shown = await guard.rows(context, [row], ({ study_uid }) => ({ studies: [study_uid] }))
    if (shown.length === 0) throw new ArchiveError('NOT_FOUND', { what: `rejection ${row.id}` })
  }

  return {
    rejections: async (context, study) => {
      await admit(acts, context, 'rejected.see')
      return views(
        await guard.rows(context, await rejectionsOf(db, study, NEWEST), (row) => ({ studies: [row.study_uid] })),
      )
    },

    rejected: async (context, id) => {
      await admit(acts, context, 'rejected.see')
      await mayLook(context, await known(id))
      return (await rejectedOf(db, id, MOST_LISTED)).map(instanceRecord)
    },

    reject: async (context, { study, code, reason, series, instances }) => {
      await admit(acts, context, 'reject', { rejection: code })
      await guard.study(context, study)
      const rows = (await currentInstances(db, { study })).filter(
        (row) =>
          (series === undefined || series.includes(row.series_uid)) &&
          (instances === undefined || instances.includes(row.sop_uid)),
      )
      const missing = instances === undefined ? 0 : instances.length - rows.length
      if (rows.length === 0 || missing > 0)
        throw new ArchiveError('NOT_FOUND', { what: `what is to be rejected in study ${study}` })
      const instance = newUid(random)
      const { date, time } = momentIn(context.now())
      const note = rejectionNote({
        code,
        reason,
        references: rows.map((row) => ({
          study,
          series: uid(row.series_uid),
          instance: uid(row.sop_uid),
          sopClass: row.sop_class_uid,
        })),
        study: fromDicomJson(JSON.parse((await studyAttributes(db, study)) ?? '{}')),
        series: newUid(random),
        instance,
        date,
        time,
      })
      const sopClass = UIDS.KeyObjectSelectionDocumentStorage
      const meta = metaGroup({ sopClass, sopInstance: instance, transferSyntax: EXPLICIT_LITTLE.uid })
      const bytes = concat([meta, encodeElements(note, EXPLICIT_LITTLE.uid)])
      await intake.receive(context, { door: 'app', bytes: once(bytes) })
      return one(await rejectionOfNote(db, instance))
    },

    restore: async (context, id, reason) => {
      const before = await known(id)
      await admit(acts, context, 'reject', { rejection: before.code as Rejection['code'] })
      await mayLook(context, before)
      return inTurn(async () => {
        const row = await known(id)
        if (row.restored_at !== '')
          throw new ArchiveError('REJECTION_STATE', { rejection: id, why: 'was taken back already' })
        await journal(acts, context, 'obj.restore', await patientOf(db, row.study_uid), {
          v: 1,
          op: 'restore',
          study: row.study_uid,
          rejection: id,
          reason,
          by: nameOf(context.principal),
          at: context.now().toISOString(),
        })
        return one(await rejectionRow(db, id))
      })
    },

    instancesAsOf: async (context, study, asOf) => {
      await admit(acts, context, 'rejected.see')
      await guard.study(context, study)
      const rows = await instancesAsOf(db, study, asOf)
      if (rows.length === 0) throw new ArchiveError('NOT_FOUND', { what: `study ${study} as of ${asOf}` })
      return rows.map(instanceRecord)
    },
  }
}

async function journal(
  acts: Acts,
  context: Context,
  type: Extract<EventType, 'obj.reject' | 'obj.restore'>,
  patient: string,
  fact: RejectionFact,
): Promise<void> {
  const text = rejectionText(fact)
  await acts.event(
    context,
    {
      type,
      action: 'U',
      outcome: 0,
      study: fact.study,
      ...(patient !== '' && { patient }),
      detail: { rejection: JSON.parse(text) as Json },
    },
    'now',
    { type: 'reject', text },
  )
}

async function* once(bytes: Uint8Array<ArrayBuffer>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield bytes
}
