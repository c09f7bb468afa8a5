/**
 * The second question of an audit: was this image altered? Every object of a study is held against the entry of its
 * arrival and, when it is asked for, read again from wherever it is kept. Asking is itself an act.
 */
import { createHash } from 'node:crypto'
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { EventType } from '../../ledger/event.ts'
import type { TransparencyLog } from '../../ledger/log/log.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import type { Answers, InstanceIntegrity, IntegrityReport } from '../answers.ts'
import { tombstonesOfStudy } from '../disposition/disposition.queries.ts'
import { instanceRecord } from '../instance-record.ts'
import type { CopyState, FixityState } from '../kept.ts'
import type { Locate } from '../locate.ts'
import { rejectedIds } from '../rejections.queries.ts'
import { openGuard } from '../restrictions/guard.ts'
import { summaryOf } from '../worklist.queries.ts'
import {
  type ActRow,
  actsOfTypes,
  arrivalsOf,
  countActsOf,
  type KeptRow,
  keptOf,
  patientNamed,
} from './questions.queries.ts'
import { type Body, bodyOf, counted, lastCheckpoint, list, member, moment, told, words } from './telling.ts'

export interface IntegrityParts {
  readonly db: Database
  readonly acts: Acts
  readonly ledger: Pick<TransparencyLog, 'sign' | 'state' | 'years' | 'checkpoint'>
  readonly locate: Locate
  readonly fixity: () => FixityState
  readonly copies: () => readonly CopyState[]
  /** Told of a study of which something was read that is not what came. */
  readonly harmed: (study: string) => void
}

/** What may have touched an image; arrivals are told object by object. */
const TOUCHING: readonly EventType[] = [
  'obj.receipt',
  'obj.conflict',
  'obj.reject',
  'obj.restore',
  'study.seal',
  'study.damage',
  'study.repair',
  'hold.place',
  'hold.release',
  'disp.candidate',
  'disp.approve',
  'disp.cancel',
  'tombstone',
  'disp.destroy',
  'aud.110101',
]
/** Acts looked at for one study. */
const MOST_ACTS = 100_000

/** In the body of the act that asked: what was read again, and the leaves of arrival of what was not what came. */
interface Read {
  readonly objects: number
  /** The last leaf that was looked at. */
  readonly upTo: number
  readonly bad: readonly number[]
}
/** Bad ones an act names, at most. */
const NAMED = 1000

export function openIntegrity(parts: IntegrityParts): Pick<Answers, 'integrity'> {
  const { db, acts, ledger, locate } = parts

  /** The leaves of arrival of those that do not come back. */
  const readAgain = async (context: Context, rows: readonly KeptRow[]): Promise<Read> => {
    const bad: number[] = []
    for (const row of rows) {
      context.signal.throwIfAborted()
      if (!(await comesBack(locate, row))) bad.push(Number(row.id))
    }
    return { objects: rows.length, upTo: Math.max(-1, ...rows.map(({ id }) => Number(id))), bad: bad.slice(0, NAMED) }
  }

  return {
    integrity: async (context, study, read) => {
      await admit(acts, context, 'audit.see')
      await openGuard({ db, acts }).study(context, study)
      const before = await keptOf(db, study)
      const patient = await patientNamed(db, study)
      const reading = read ? await readAgain(context, before) : undefined
      if (reading !== undefined && reading.bad.length > 0) parts.harmed(study)
      await acts.event(
        context,
        {
          type: 'aud.110101',
          action: 'R',
          outcome: (reading?.bad.length ?? 0) > 0 ? 8 : 0,
          study,
          ...(patient !== '' && { patient }),
          detail: { what: 'integrity report', ...(reading && { read: { ...reading } }) },
        },
        'now',
      )
      await ledger.sign()
      const upTo = ledger.state.signed - 1
      const [rows, arrivals, touching, entries, summary, tombstones] = await Promise.all([
        keptOf(db, study),
        arrivalsOf(db, study),
        actsOfTypes(db, { study }, TOUCHING, { upTo, limit: MOST_ACTS }),
        countActsOf(db, study, upTo),
        summaryOf(db, study),
        tombstonesOfStudy(db, study),
      ])
      if (rows.length === 0 && tombstones.length === 0 && arrivals.size === 0)
        throw new ArchiveError('NOT_FOUND', { what: `study ${study}` })
      const rejected = await rejectedIds(
        db,
        rows.map(({ id }) => Number(id)),
      )
      const again = receiptsOf(touching)
      const readings = readingsOf(study, touching, parts.fixity())
      const instances = rows.map((row): InstanceIntegrity => {
        const record = instanceRecord(row)
        const arrival = arrivals.get(record.id)
        const body = bodyOf(arrival ?? '')
        const source = JSON.parse(record.source) as Body
        return {
          n: record.id,
          series: record.key.series,
          instance: record.key.instance,
          version: record.version,
          current: record.current,
          received: record.receivedAt,
          from: words(source['callingAet']) || words(member(body, 'actor')['name']) || words(source['actor']),
          address: words(source['address']),
          door: words(source['door']),
          bytes: record.length,
          ds: record.ds,
          logged: loggedAs(record, arrival),
          again: again.get(record.key.instance) ?? 0,
          rejected: rejected.has(record.id),
          kept: Number(row.sealed) === 0 ? 'inbox' : Number(row.recipe_length) > 0 ? 'vault, compressed' : 'vault',
          reading: readings(row),
        }
      })
      const report = {
        study,
        patientKey: summary?.patient_key || patient,
        studyDate: summary?.study_date ?? tombstones[0]?.study_date ?? '',
        modalities: (summary?.modalities ?? tombstones[0]?.modalities ?? '').split('\\').filter((one) => one !== ''),
        at: context.now().toISOString(),
        instances,
        acts: touching.filter(({ type }) => type !== 'aud.110101' && type !== 'obj.receipt').map(told),
        entries,
        places: placesOf(parts.copies(), rows),
        checkpoint: lastCheckpoint(ledger),
      }
      return { ...report, ...verdictOf(instances, tombstones[0]?.written_at ?? '') }
    },
  }
}

async function comesBack(locate: Locate, row: Pick<KeptRow, 'id' | 'ds' | 'ds_start'>): Promise<boolean> {
  try {
    const { original } = await locate({ id: Number(row.id) })
    const hash = createHash('sha256')
    for await (const piece of original.read({ start: Number(row.ds_start), end: original.length })) hash.update(piece)
    return hash.digest('hex') === row.ds
  } catch {
    return false
  }
}

/** The digest and the name in the entry of its arrival, held against what the archive says it has. */
function loggedAs(
  { ds, key }: ReturnType<typeof instanceRecord>,
  arrival: string | undefined,
): InstanceIntegrity['logged'] {
  if (arrival === undefined) return 'absent'
  if (arrival === '') return 'erased'
  const body = bodyOf(arrival)
  const object = (list(body, 'objects')[0] ?? {}) as Body
  const same =
    body['ds'] === ds &&
    object['studyUid'] === key.study &&
    object['seriesUid'] === key.series &&
    list(object, 'instanceUids')[0] === key.instance
  return same ? 'same' : 'other'
}

/** How often the same content of an instance came again. */
function receiptsOf(acts: readonly ActRow[]): ReadonlyMap<string, number> {
  const again = new Map<string, number>()
  for (const { type, body } of acts) {
    if (type !== 'obj.receipt') continue
    const [instance] = list((list(bodyOf(body), 'objects')[0] ?? {}) as Body, 'instanceUids')
    again.set(words(instance), (again.get(words(instance)) ?? 0) + 1)
  }
  return again
}

/**
 * When each was last read again and found what. Sealing makes every original again and compares it; a pass over everything
 * holds each file of the vault against its digest; and this report reads when it is asked to.
 */
function readingsOf(
  study: string,
  acts: readonly ActRow[],
  { began, ended, damaged }: FixityState,
): (row: KeptRow) => InstanceIntegrity['reading'] {
  const seals = acts.filter(({ type }) => type === 'study.seal')
  const reads = acts.flatMap(({ type, ts, body }) => {
    const read = type === 'aud.110101' ? bodyOf(body)['read'] : undefined
    return read === undefined ? [] : [{ at: ts, ...(read as Read) }]
  })
  const harmed = new Map(
    damaged
      .filter((file) => file.study === study)
      .flatMap(({ harmed: of, foundAt }) => of.map(({ instance, version }) => [`${instance} ${version}`, foundAt])),
  )
  return ({ id, sealed, sop_uid, version }) => {
    const n = Number(id)
    const sealedAt = Number(sealed) === 1 ? (seals.find((seal) => Number(seal.n) > n)?.ts ?? '') : ''
    const passed = sealedAt !== '' && ended >= began && began > sealedAt ? ended : ''
    const read = reads.findLast(({ upTo }) => upTo >= n)
    const bad = harmed.get(`${sop_uid} ${Number(version)}`)
    const at = [sealedAt, passed, read?.at ?? '', bad ?? ''].reduce((last, one) => (one > last ? one : last))
    if (at === '') return { result: 'none', at: '' }
    if (read !== undefined && at === read.at) return { result: read.bad.includes(n) ? 'bad' : 'good', at }
    return { result: bad === undefined ? 'good' : 'bad', at }
  }
}

function placesOf(copies: readonly CopyState[], rows: readonly KeptRow[]): IntegrityReport['places'] {
  const waiting = rows.filter(({ sealed }) => Number(sealed) === 0).length
  return [
    ...(waiting > 0
      ? [{ place: 'inbox', state: 'good', says: `${counted(waiting, 'object')} wait here to be sealed` }]
      : []),
    ...(waiting < rows.length ? copies.map(({ copy, state, says }) => ({ place: copy, state, says })) : []),
  ]
}

function verdictOf(
  instances: readonly InstanceIntegrity[],
  destroyedAt: string,
): Pick<IntegrityReport, 'verdict' | 'answer'> {
  const all = instances.length
  if (all === 0)
    return {
      verdict: 'destroyed',
      answer: `This study was destroyed on ${moment(destroyedAt)}. Whether that was lawful is another question; its answer is beside this one.`,
    }
  const wrong = instances.filter(
    ({ logged, reading }) => logged === 'other' || logged === 'absent' || reading.result === 'bad',
  ).length
  if (wrong > 0)
    return {
      verdict: 'altered',
      answer: `${counted(wrong, 'object')} of ${all.toLocaleString('en')} ${wrong === 1 ? 'is' : 'are'} not as received. The table names ${wrong === 1 ? 'it' : 'them'}.`,
    }
  const unread = instances.filter(({ reading }) => reading.result === 'none').length
  const versions = instances.filter(({ version }) => version > 1).length
  const beside =
    versions === 0
      ? ''
      : ` ${counted(versions, 'object')} came with other content under a name that was taken: both are kept, and the first is shown.`
  if (unread > 0)
    return {
      verdict: 'unread',
      answer: `Nothing was altered as far as the log knows: each of ${counted(all, 'object')} has the fingerprint taken when it arrived. ${counted(unread, 'object')} ${unread === 1 ? 'has' : 'have'} not been read again since; have ${unread === 1 ? 'it' : 'them'} read now to be sure.${beside}`,
    }
  const oldest = instances.reduce((first, { reading }) => (reading.at < first ? reading.at : first), '~')
  return {
    verdict: 'unaltered',
    answer: `Not altered: each of ${counted(all, 'object')} is bit for bit what was received. The last reading of each was on ${moment(oldest)} or later, and gave the fingerprint taken when it arrived.${beside}`,
  }
}
