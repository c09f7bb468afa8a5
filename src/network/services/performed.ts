/**
 * Modality Performed Procedure Step as SCP (PS3.4 Annex F): N-CREATE when a modality begins, N-SET as it goes on and
 * ends. Each is answered when it is durable; what follows for the worklist is the archive's affair.
 */
import { randomUUID } from 'node:crypto'
import type { Archive } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import { UIDS } from '../../dicom/dictionary.ts'
import { type DicomJson, toDicomJson } from '../../dicom/json.ts'
import { readWhole } from '../../dicom/reader.ts'
import { uid } from '../../dicom/uid.ts'
import { COMMAND_FIELD } from '../dimse/commands.ts'
import type { Operation } from '../dimse/exchange.ts'
import { STATUS } from '../dimse/statuses.ts'
import { dataSetOf } from './data-set-of.ts'
import { contextOf, type Performed, type Service } from './service.ts'

export const isPerformed = (abstractSyntax: string): boolean => abstractSyntax === UIDS.ModalityPerformedProcedureStep

/** A step names its instances: some tens of thousands. */
const MAX_STEP = 16 * 1024 * 1024

const invalid = (why: string) => new ArchiveError('MPPS_INVALID', { why })

async function attributesOf({ dataSet, context }: Operation) {
  const bytes = await dataSetOf(dataSet, MAX_STEP, invalid)
  const { transferSyntax } = context
  return toDicomJson(readWhole(bytes, { format: { transferSyntax }, keepUpTo: bytes.length }).dataSet)
}

/** Told of what was taken, before the modality is answered. */
export type Taken = (kind: 'create' | 'set', sop: string, attributes: DicomJson) => void

export function createService(archive: Pick<Archive, 'createProcedure'>, taken: Taken, now: () => Date): Service {
  return {
    commandField: COMMAND_FIELD['N-CREATE-RQ'],
    act: 'store',
    serves: isPerformed,
    perform: async (operation, peer): Promise<Performed> => {
      // PS3.7 10.1.5.1.4: who asks without a UID is given one.
      const given = operation.command.affectedSopInstanceUid ?? ''
      const sop = uid(given === '' ? `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}` : given)
      const attributes = await attributesOf(operation)
      await archive.createProcedure(contextOf(peer, operation, now), { sop, aet: peer.callingAet, attributes })
      taken('create', sop, attributes)
      return { response: { status: STATUS.success, affectedSopInstanceUid: sop }, outcome: 'performed' }
    },
  }
}

export function setService(archive: Pick<Archive, 'setProcedure'>, taken: Taken, now: () => Date): Service {
  return {
    commandField: COMMAND_FIELD['N-SET-RQ'],
    act: 'store',
    serves: isPerformed,
    perform: async (operation, peer): Promise<Performed> => {
      const sop = uid(operation.command.requestedSopInstanceUid ?? '')
      const attributes = await attributesOf(operation)
      await archive.setProcedure(contextOf(peer, operation, now), { sop, aet: peer.callingAet, attributes })
      taken('set', sop, attributes)
      return { response: { status: STATUS.success, affectedSopInstanceUid: sop }, outcome: 'performed' }
    },
  }
}
