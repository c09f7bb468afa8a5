/**
 * C-GET and C-MOVE as SCP (PS3.4 Annex C.4.2 and C.4.3): one core of sub-operations, two ways for the objects to go. Each is
 * sent as it is stored when the peer takes that, else in Explicit or Implicit VR Little Endian; nothing is ever compressed
 * with loss for the way.
 *
 * Counts are told while it goes on, C-CANCEL is heard between objects, and what failed is named at the end.
 */
import type { Archive, InstanceRecord, Scope } from '../../archive/archive.ts'
import { FilesInTurn } from '../../archive/file-out.ts'
import type { Bytes } from '../../base/bytes.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import { dataSet, element } from '../../dicom/build.ts'
import { tagText } from '../../dicom/data-set.ts'
import { T, UIDS } from '../../dicom/dictionary.ts'
import type { Uid } from '../../dicom/uid.ts'
import { encodeElements } from '../../dicom/writer.ts'
import { COMMAND_FIELD, type CommandSet, PRIORITY } from '../dimse/commands.ts'
import type { AcceptedContext, Operation } from '../dimse/exchange.ts'
import { STATUS, type StatusClass, statusClass } from '../dimse/statuses.ts'
import { asReceiver } from '../receiver.ts'
import { dataSetOf } from './data-set-of.ts'
import { choose, type Destination, dataSetOfFile, Link, sendOver } from './link.ts'
import { readWanted } from './retrieve-identifier.ts'
import { contextOf, type Performed, type Service } from './service.ts'

export type RetrieveArchive = Pick<Archive, 'instances' | 'file' | 'find' | 'inSight' | 'record'>

export interface MoveOptions {
  readonly aeTitle: string
  /** By AE title; asked with each C-MOVE. */
  readonly destination: (aet: string) => Destination | undefined
}

const GET: ReadonlyMap<string, 'patient' | 'study'> = new Map([
  [UIDS.PatientRootQueryRetrieveInformationModelGet, 'patient'],
  [UIDS.StudyRootQueryRetrieveInformationModelGet, 'study'],
  [UIDS.PatientStudyOnlyQueryRetrieveInformationModelGet, 'patient'],
])
const MOVE: ReadonlyMap<string, 'patient' | 'study'> = new Map([
  [UIDS.PatientRootQueryRetrieveInformationModelMove, 'patient'],
  [UIDS.StudyRootQueryRetrieveInformationModelMove, 'study'],
  [UIDS.PatientStudyOnlyQueryRetrieveInformationModelMove, 'patient'],
])

export const isGot = (abstractSyntax: string): boolean => GET.has(abstractSyntax)
export const isMoved = (abstractSyntax: string): boolean => MOVE.has(abstractSyntax)

const MAX_IDENTIFIER = 8 * 1024 * 1024
/** Studies of a patient, at most. */
const MOST_STUDIES = 10_000
/** Counts are told this often, in milliseconds. */
const TELL_EVERY = 500

export function getService(archive: RetrieveArchive, now: () => Date): Service {
  return {
    commandField: COMMAND_FIELD['C-GET-RQ'],
    act: 'read',
    serves: isGot,
    perform: async (operation, peer) => {
      const context = contextOf(peer, operation, now)
      const records = await wanted(archive, context, operation, GET)
      const byClass = new Map<string, AcceptedContext[]>()
      for (const accepted of operation.contexts.values()) {
        const of = byClass.get(accepted.abstractSyntax) ?? []
        byClass.set(accepted.abstractSyntax, [...of, accepted])
      }
      const files = new FilesInTurn(archive, context, records)
      const send = async (record: InstanceRecord): Promise<StatusClass> => {
        const chosen = choose(byClass.get(record.sopClass) ?? [], record)
        if (chosen === undefined) return 'failure'
        const command: CommandSet = {
          commandField: COMMAND_FIELD['C-STORE-RQ'],
          affectedSopClassUid: record.sopClass,
          affectedSopInstanceUid: record.key.instance,
          priority: PRIORITY.medium,
        }
        const { bytes } = await files.of(record, chosen.form)
        const reply = await operation.ask(chosen.context.id, command, dataSetOfFile(bytes))
        return statusClass(reply.command.status ?? STATUS.processingFailure)
      }
      try {
        return await perform(archive, context, operation, records, send, peer.callingAet)
      } finally {
        await files.end()
      }
    },
  }
}

export function moveService(archive: RetrieveArchive, { aeTitle, destination }: MoveOptions, now: () => Date): Service {
  return {
    commandField: COMMAND_FIELD['C-MOVE-RQ'],
    act: 'read',
    serves: isMoved,
    perform: async (operation, peer) => {
      const aet = (operation.command.moveDestination ?? '').trim()
      const to = destination(aet)
      if (to === undefined) throw new ArchiveError('NET_DESTINATION', { aet: aet.slice(0, 16) })
      const context = contextOf(peer, operation, now)
      const asked = await wanted(archive, context, operation, MOVE)
      // Who asks may see them; where they go must be on the list too, else they are as if they were not here.
      const studies = [...new Set(asked.map(({ key }) => key.study))]
      const seen = await archive.inSight(asReceiver(context, aet), studies)
      const records = asked.filter(({ key }) => seen.has(key.study))
      for (const study of studies) if (!seen.has(study)) await withheld(archive, context, study, aet)
      const files = new FilesInTurn(archive, context, records)
      const link = new Link(to, aeTitle, records, operation.signal)
      const send = async (record: InstanceRecord): Promise<StatusClass> => {
        const answer = await sendOver(link, record, (form) => files.of(record, form), {
          aet: peer.callingAet,
          messageId: operation.messageId,
        })
        return answer?.is ?? 'failure'
      }
      try {
        return await perform(archive, context, operation, records, send, to.aet)
      } finally {
        await files.end()
        await link.close()
      }
    },
  }
}

/** PS3.15 A.5.3.11: what is restricted was to go where it may not. */
const withheld = (archive: Pick<Archive, 'record'>, context: Context, study: string, to: string): Promise<void> =>
  archive.record(
    context,
    {
      type: 'aud.110113',
      action: 'E',
      outcome: 4,
      study,
      detail: { act: 'moving of restricted images', because: `${to} is not on the list of those who see them`, to },
    },
    'soon',
  )

type SubOperations = Pick<
  CommandSet,
  | 'numberOfRemainingSuboperations'
  | 'numberOfCompletedSuboperations'
  | 'numberOfFailedSuboperations'
  | 'numberOfWarningSuboperations'
>

// --- the core ---------------------------------------------------------------------------

async function wanted(
  archive: RetrieveArchive,
  context: Context,
  operation: Operation,
  models: ReadonlyMap<string, 'patient' | 'study'>,
): Promise<readonly InstanceRecord[]> {
  const root = models.get(operation.context.abstractSyntax) ?? 'study'
  const asked = readWanted(await identifierOf(operation), operation.context.transferSyntax, root)
  const scopes: readonly Scope[] =
    asked.kind === 'scopes' ? asked.scopes : await studiesOf(archive, context, asked.matches)
  const records: InstanceRecord[] = []
  for (const scope of scopes)
    try {
      records.push(...(await archive.instances(context, scope)))
    } catch (thrown) {
      // What is not there is no match, and no failure (PS3.4 C.4.2.1.5).
      if (!(thrown instanceof ArchiveError && thrown.code === 'NOT_FOUND')) throw thrown
    }
  return records
}

async function studiesOf(
  archive: RetrieveArchive,
  context: Context,
  matches: Parameters<RetrieveArchive['find']>[1]['matches'],
): Promise<readonly Scope[]> {
  const { results } = await archive.find(context, {
    level: 'study',
    matches,
    include: [T.StudyInstanceUID],
    fuzzy: false,
    limit: MOST_STUDIES,
    raw: JSON.stringify(matches.map(({ value }) => value)),
  })
  return results.flatMap((result) => {
    const study = result[tagText(T.StudyInstanceUID)]?.Value?.[0]
    return typeof study === 'string' ? [{ study: study as Uid }] : []
  })
}

async function perform(
  archive: RetrieveArchive,
  context: Context,
  operation: Operation,
  records: readonly InstanceRecord[],
  send: (record: InstanceRecord) => Promise<StatusClass>,
  to: string,
): Promise<Performed> {
  const counts = { completed: 0, failed: 0, warning: 0 }
  const failed: string[] = []
  let cause: ArchiveError | undefined
  let told = 0
  const sub = (): SubOperations => ({
    numberOfRemainingSuboperations: Math.min(
      0xffff,
      records.length - counts.completed - counts.failed - counts.warning,
    ),
    numberOfCompletedSuboperations: Math.min(0xffff, counts.completed),
    numberOfFailedSuboperations: Math.min(0xffff, counts.failed),
    numberOfWarningSuboperations: Math.min(0xffff, counts.warning),
  })
  for (const record of records) {
    if (operation.signal.aborted) break
    if (Date.now() - told > TELL_EVERY) {
      told = Date.now()
      await operation.pending({ status: STATUS.pending, ...sub() })
    }
    try {
      const is = await send(record)
      if (is === 'success') counts.completed += 1
      else if (is === 'warning') counts.warning += 1
      else {
        counts.failed += 1
        failed.push(record.key.instance)
      }
    } catch (thrown) {
      if (operation.signal.aborted) break
      cause = asArchiveError(thrown)
      counts.failed += 1
      failed.push(record.key.instance)
    }
  }
  await transferred(archive, context, records, counts, to)
  const { remaining, status } = outcome(operation, records.length, counts)
  const dataSetBytes =
    failed.length === 0
      ? undefined
      : [encodeElements(dataSet([element(T.FailedSOPInstanceUIDList, failed)]), operation.context.transferSyntax)]
  const { numberOfRemainingSuboperations, ...finished } = sub()
  return {
    response: {
      status,
      ...finished,
      // PS3.7 9.1.4.1.6: only of a cancelled one.
      ...(remaining ? { numberOfRemainingSuboperations } : {}),
      ...(cause !== undefined &&
        status !== STATUS.success && { errorComment: cause.fact.replace(/[^\x20-\x5b\x5d-\x7e]/g, '?').slice(0, 64) }),
    },
    dataSet: dataSetBytes,
    outcome: status === STATUS.subOperationsFailed ? 'refused' : 'retrieved',
  }
}

function outcome(
  { signal }: Operation,
  all: number,
  { completed, failed, warning }: { readonly completed: number; readonly failed: number; readonly warning: number },
): { readonly remaining: boolean; readonly status: number } {
  if (signal.aborted && completed + failed + warning < all) return { remaining: true, status: STATUS.cancelled }
  if (failed === 0 && warning === 0) return { remaining: false, status: STATUS.success }
  return { remaining: false, status: failed === all ? STATUS.subOperationsFailed : STATUS.someSubOperationsFailed }
}

/** PS3.15 A.5.3.7: what left for where, one event a study. */
async function transferred(
  archive: RetrieveArchive,
  context: Context,
  records: readonly InstanceRecord[],
  counts: { readonly completed: number; readonly failed: number; readonly warning: number },
  to: string,
): Promise<void> {
  const studies = new Map<string, number>()
  for (const { key } of records) studies.set(key.study, (studies.get(key.study) ?? 0) + 1)
  for (const [study, instances] of studies)
    await archive.record(
      context,
      {
        type: 'aud.110104',
        action: 'R',
        outcome: counts.failed === 0 ? 0 : 4,
        study,
        detail: { to, instances, ...counts },
      },
      'soon',
    )
}

const identifierOf = ({ dataSet: bytes }: Operation): Promise<Bytes> =>
  dataSetOf(bytes, MAX_IDENTIFIER, (why) => new ArchiveError('IDENTIFIER_INVALID', { why }))
