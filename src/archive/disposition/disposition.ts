/**
 * Lawful destruction (compliance specification 2.6): proposed by one person from what is due, approved by two others,
 * hidden while it cools off, and then destroyed, if nothing has come in between. Nothing is destroyed by a machine alone,
 * and nothing else in the house destroys what was received.
 */
import { type Context, nameOf } from '../../base/context.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import { preStepsOf } from '../../compliance/retention/pre-steps.ts'
import { uid } from '../../dicom/uid.ts'
import type { TransparencyLog } from '../../ledger/log/log.ts'
import { oneAtATime } from '../../storage/sql/one-at-a-time.ts'
import type { DispositionsTable, TombstonesTable } from '../../storage/sql/schema.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import type { Archive, Disposition, DispositionState, StudyTombstone } from '../archive.ts'
import type { Log } from '../journal-writer.ts'
import { patientNamed } from '../questions/questions.queries.ts'
import { patientOf } from '../read.queries.ts'
import { rejectionsOf } from '../rejections.queries.ts'
import { openGuard } from '../restrictions/guard.ts'
import type { SiteRulesSource } from '../rules/site-rules.ts'
import { certificateOf } from './certificate.ts'
import { buryStudy, type DestroyParts, removeCopies, sealStudies } from './destroy.ts'
import {
  approvedDispositions,
  dispositionRow,
  everythingOf,
  lockedTombstones,
  newestDispositions,
  openDispositionOf,
  studiesOf,
  tombstoneRow,
  tombstonesOf,
  tombstonesOfStudy,
  unfinishedTombstones,
} from './disposition.queries.ts'
import type { CopyGone, DispositionFact, ProposedStudy } from './disposition-rows.ts'
import { tell } from './telling.ts'

export interface DispositionOptions {
  /** Days between the second approval and the destruction. */
  readonly coolingDays: number
  /** Carry out by itself what is due. */
  readonly automatic: boolean
}

export interface DispositionParts extends DestroyParts {
  readonly acts: Acts
  readonly site: SiteRulesSource
  readonly hide: Pick<Archive, 'reject' | 'restore'>
  readonly log: Log
  readonly ledger: Pick<TransparencyLog, 'proof' | 'sign'>
  readonly options: DispositionOptions
}

export interface Dispositions
  extends Pick<
    Archive,
    | 'dispositions'
    | 'preSteps'
    | 'proposeDisposition'
    | 'approveDisposition'
    | 'endDisposition'
    | 'tombstones'
    | 'certificate'
  > {
  /** Finishes what a crash came into, and destroys what is due now. */
  carryOut(): Promise<void>
  close(): Promise<void>
}

const LOOK_EVERY_MS = 60_000
const DAY_MS = 86_400_000
const NEWEST = 200

export function openDispositions(parts: DispositionParts): Dispositions {
  const { db, writer, acts, itself, whyNot, site, hide, log, options, waiting } = parts
  // What a step rests on is read before it is journaled: no other step may come between.
  const inTurn = oneAtATime()
  const carrying = oneAtATime()
  /** Why a study that is due was not destroyed, as of the last look. */
  const stopped = new Map<string, string>()
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()

  const guard = openGuard({ db, acts })
  /** A study that was destroyed is not covered by itself any more; its patient is. */
  const mayLook = async (context: Context, study: string): Promise<void> => {
    await guard.study(context, study)
    await guard.patient(context, await patientNamed(db, study))
  }

  /** Whoever may not see one of its studies does not decide about it. @throws {ArchiveError} `NOT_FOUND` */
  const mayDecide = async (context: Context, id: number, studies: readonly string[]): Promise<void> => {
    if ((await guard.rows(context, [id], () => ({ studies }))).length === 0)
      throw new ArchiveError('NOT_FOUND', { what: `disposition ${id}` })
  }

  const known = async (id: number): Promise<DispositionsTable> => {
    const row = await dispositionRow(db, id)
    if (row === undefined) throw new ArchiveError('NOT_FOUND', { what: `disposition ${id}` })
    return row
  }
  const lasting = async (id: number): Promise<DispositionsTable> => {
    const row = await known(id)
    if (row.ended_at !== '') throw new ArchiveError('DISPOSITION_STATE', { disposition: id, why: 'was called off' })
    return row
  }
  const journal = async (context: Context, fact: DispositionFact, studies: readonly string[]): Promise<void> => {
    const [one] = studies.length === 1 ? studies : []
    await tell(writer, context, one === undefined ? {} : { study: one, patient: await patientOf(db, one) }, fact)
  }
  const uidsOf = async (id: number): Promise<readonly string[]> => (await studiesOf(db, id)).map((one) => one.study_uid)

  const view = async (row: DispositionsTable): Promise<Disposition> => {
    const [studies, tombstones] = await Promise.all([studiesOf(db, row.id), tombstonesOf(db, row.id)])
    const buried = new Map(tombstones.map((one) => [one.study_uid, one]))
    const deed = (by: string, at: string) => (at === '' ? undefined : { by, at })
    return {
      id: Number(row.id),
      reason: row.reason,
      papers: JSON.parse(row.papers) as Record<string, string>,
      rules: row.rules,
      state: stateOf(row, studies.length, tombstones),
      proposed: { by: row.proposed_by, at: row.proposed_at },
      first: deed(row.first_by, row.first_at),
      second: deed(row.second_by, row.second_at),
      destroyFrom: row.destroy_from,
      ended: row.ended_at === '' ? undefined : { by: row.ended_by, at: row.ended_at, reason: row.ended_reason },
      studies: studies.map((one) => {
        const tombstone = buried.get(one.study_uid)
        return {
          study: one.study_uid,
          eligibleOn: one.eligible_on,
          governing: one.governing.split(' ').filter((rule) => rule !== ''),
          acknowledged: one.acknowledged.split(' ').filter((flag) => flag !== ''),
          stopped:
            tombstone === undefined
              ? (stopped.get(one.study_uid) ?? '')
              : (waiting.get(Number(tombstone.id))?.why ?? ''),
          tombstone: tombstone && tombstoneView(tombstone),
        }
      }),
    }
  }

  /** Out of sight while it cools off, as other archives are told by the note (113039). */
  const hideStudies = async ({ id }: DispositionsTable): Promise<void> => {
    for (const study of await uidsOf(Number(id))) {
      const hidden = (await rejectionsOf(db, study, 50)).some(
        (one) => one.code === '113039' && one.restored_at === '' && one.reason === hiddenBy(id),
      )
      if (hidden || (await tombstonesOfStudy(db, study)).some((one) => Number(one.disposition_id) === Number(id)))
        continue
      await hide
        .reject(itself, { study: uid(study), code: '113039', reason: hiddenBy(id) })
        // All of it was rejected before.
        .catch((thrown: unknown) => {
          if (asArchiveError(thrown).code !== 'NOT_FOUND') throw thrown
        })
    }
  }
  const showStudies = async ({ id }: DispositionsTable): Promise<void> => {
    for (const study of await uidsOf(Number(id)))
      for (const one of await rejectionsOf(db, study, 50))
        if (one.restored_at === '' && one.reason === hiddenBy(id))
          await hide.restore(itself, Number(one.id), `Disposition ${id} was called off.`)
  }

  let looked = false
  /** What a lock holds is not tried again before its day. */
  const finish = async (): Promise<void> => {
    const now = itself.now().toISOString()
    for (const tombstone of await unfinishedTombstones(db))
      if ((waiting.get(Number(tombstone.id))?.until ?? '') <= now) await removeCopies(parts, tombstone)
    if (!looked)
      for (const { id, copies } of await lockedTombstones(db))
        for (const { locked } of JSON.parse(copies) as readonly CopyGone[])
          if (locked !== undefined && !waiting.has(Number(id)))
            waiting.set(Number(id), { until: locked.until, why: '', gone: JSON.parse(copies) as readonly CopyGone[] })
    looked = true
    for (const [id, { until, why }] of [...waiting])
      if (why === '' && until <= now) {
        const tombstone = await tombstoneRow(db, id)
        if (tombstone === undefined) continue
        // What came again lies where it lay: then what nobody can read any more stays beside it.
        if ((await everythingOf(db, tombstone.study_uid)).length === 0) await removeCopies(parts, tombstone)
      }
  }
  const carryOut = async (): Promise<void> => {
    await finish()
    for (const row of await approvedDispositions(db)) {
      if (closed) return
      await hideStudies(row)
      if (row.destroy_from > itself.now().toISOString()) continue
      const buried = new Set((await tombstonesOf(db, row.id)).map(({ study_uid }) => study_uid))
      const left = (await studiesOf(db, row.id)).filter(({ study_uid }) => !buried.has(study_uid))
      // All at once: what came together lies in the inbox together, and none of it is given back before all of it is sealed.
      await sealStudies(
        parts,
        left.map(({ study_uid }) => study_uid),
      ).catch(() => {}) // each says why when its turn comes
      for (const of of left) {
        if (closed) return
        try {
          await buryStudy(parts, row, of)
          stopped.delete(of.study_uid)
        } catch (thrown) {
          const error = asArchiveError(thrown)
          if (error.code !== 'DISPOSITION_NOT_DUE') throw thrown
          stopped.set(of.study_uid, String(error.facts['why']))
        }
        await finish()
      }
    }
  }
  const told = (thrown: unknown): void =>
    log.error({ error: asArchiveError(thrown).code }, 'a disposition could not be carried out')
  /** What is due is carried out then, and looked for again and again. */
  const again = (inMs = LOOK_EVERY_MS): void => {
    if (closed || !options.automatic) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      running = carrying(carryOut)
        .catch(told)
        .finally(() => again())
    }, inMs).unref()
  }
  again()
  if (options.automatic) running = carrying(finish).catch(told)

  return {
    dispositions: async (context) => {
      await admit(acts, context, 'disposition.see')
      const views = await Promise.all((await newestDispositions(db, NEWEST)).map(view))
      return guard.rows(context, views, ({ studies }) => ({
        studies: studies.map(({ study }) => study),
      }))
    },

    preSteps: async (context) => {
      await admit(acts, context, 'disposition.see')
      return preStepsOf((await site.now()).jurisdictions)
    },

    tombstones: async (context, study) => {
      await admit(acts, context, 'disposition.see')
      await mayLook(context, study)
      return (await tombstonesOfStudy(db, study)).map(tombstoneView)
    },

    certificate: async (context, id) => {
      await admit(acts, context, 'disposition.see')
      const row = await tombstoneRow(db, id)
      if (row !== undefined)
        await mayLook(context, row.study_uid).catch((thrown: unknown) => {
          // The number of a tombstone is not to tell of which study it is.
          throw asArchiveError(thrown).code === 'NOT_FOUND'
            ? new ArchiveError('NOT_FOUND', { what: `certificate ${id}` })
            : thrown
        })
      const waits = row && waiting.get(Number(row.id))?.why
      const certificate = row && (await certificateOf({ db, ledger: parts.ledger, site }, row, waits ?? ''))
      if (certificate === undefined) throw new ArchiveError('NOT_FOUND', { what: `certificate ${id}` })
      return certificate
    },

    proposeDisposition: async (context, { reason, studies, acknowledged, papers }) => {
      await admit(acts, context, 'disposition.propose')
      if (studies.length === 0) throw new ArchiveError('BAD_REQUEST', { why: 'it names no study' })
      const { jurisdictions, digest } = await site.now()
      for (const { id, wants } of preStepsOf(jurisdictions))
        if ((papers[id] ?? '').trim() === '')
          throw new ArchiveError('BAD_REQUEST', { why: `the law wants ${wants} first: name the paper as ${id}` })
      return inTurn(async () => {
        const proposed: ProposedStudy[] = []
        for (const study of new Set(studies)) {
          await guard.study(context, study)
          const due = await whyNot(study)
          const other = await openDispositionOf(db, study)
          const why = due.why ?? (other === undefined ? undefined : `it is in disposition ${other} already`)
          if (due.why !== undefined || why !== undefined) throw new ArchiveError('DISPOSITION_NOT_DUE', { study, why })
          if (due.assumed.length > 0 && !acknowledged.includes(study))
            throw new ArchiveError('DISPOSITION_NOT_DUE', {
              study,
              why: `something about it was assumed (${due.assumed.join(', ')}), and nobody has looked at that`,
            })
          proposed.push({ study, eligibleOn: due.eligibleOn, governing: due.governing, acknowledged: due.assumed })
        }
        const by = nameOf(context.principal)
        const at = context.now().toISOString()
        await journal(
          context,
          { v: 1, op: 'propose', reason, studies: proposed, papers, rules: digest, by, at },
          proposed.map(({ study }) => study),
        )
        const [newest] = await newestDispositions(db, 1)
        if (newest === undefined)
          throw new ArchiveError('DEFECT', { what: 'a disposition was journaled and is not there' })
        return view(newest)
      })
    },

    approveDisposition: async (context, id, which, reason) => {
      await admit(acts, context, `disposition.approve.${which}`)
      return inTurn(async () => {
        const row = await lasting(id)
        const by = nameOf(context.principal)
        const step = which === 'first' ? 1 : 2
        const refuse = (why: string) => new ArchiveError('DISPOSITION_STATE', { disposition: id, why })
        if (row.second_at !== '') throw refuse('was approved by two already')
        if (step === 1 && row.first_at !== '') throw refuse('was approved a first time already')
        if (step === 2 && row.first_at === '') throw refuse('has not been approved a first time')
        if ([row.proposed_by, row.first_by].includes(by)) throw new ArchiveError('DISPOSITION_SAME_PERSON')
        const studies = await uidsOf(id)
        await mayDecide(context, id, studies)
        for (const study of studies) {
          const { why } = await whyNot(study)
          if (why !== undefined) throw new ArchiveError('DISPOSITION_NOT_DUE', { study, why })
        }
        const now = context.now()
        const from = new Date(now.getTime() + options.coolingDays * DAY_MS).toISOString()
        const fact = { v: 1, op: 'approve', disposition: id, step, reason, by, at: now.toISOString() } as const
        await journal(context, step === 1 ? fact : { ...fact, destroyFrom: from }, studies)
        const after = await known(id)
        if (step === 2) {
          await hideStudies(after)
          again(Math.min(LOOK_EVERY_MS, options.coolingDays * DAY_MS))
        }
        return view(after)
      })
    },

    endDisposition: async (context, id, reason) => {
      await admit(acts, context, 'disposition.end')
      return inTurn(async () => {
        const row = await lasting(id)
        const [studies, tombstones] = await Promise.all([uidsOf(id), tombstonesOf(db, id)])
        await mayDecide(context, id, studies)
        if (tombstones.length === studies.length)
          throw new ArchiveError('DISPOSITION_STATE', { disposition: id, why: 'was carried out' })
        const by = nameOf(context.principal)
        await journal(
          context,
          { v: 1, op: 'end', disposition: id, reason, by, at: context.now().toISOString() },
          studies,
        )
        await showStudies(row)
        return view(await known(id))
      })
    },

    carryOut: () => carrying(carryOut),
    close: async () => {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}

const hiddenBy = (id: number): string => `Disposition ${id}`

function stateOf(row: DispositionsTable, studies: number, tombstones: readonly TombstonesTable[]): DispositionState {
  if (tombstones.length === studies)
    return tombstones.every(({ done }) => Number(done) > 0) ? 'destroyed' : 'destroying'
  if (row.ended_at !== '') return 'ended'
  if (tombstones.length > 0) return 'destroying'
  if (row.second_at !== '') return 'cooling'
  return row.first_at === '' ? 'proposed' : 'approved'
}

const tombstoneView = (row: TombstonesTable): StudyTombstone => ({
  id: Number(row.id),
  disposition: Number(row.disposition_id),
  study: row.study_uid,
  studyDate: row.study_date,
  modalities: row.modalities.split('\\').filter((one) => one !== ''),
  series: Number(row.series),
  instances: Number(row.instances),
  bytes: Number(row.bytes),
  manifest: row.manifest,
  at: row.written_at,
  done: Number(row.done),
  doneAt: row.done_at,
  copies: row.copies === '' ? [] : (JSON.parse(row.copies) as CopyGone[]),
})
