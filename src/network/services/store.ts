/**
 * C-STORE as SCP (PS3.4 Annex B, PS3.7 section 9.1.1): hands the data set, as it comes, to the archive, and answers when
 * the archive says that it is durable and findable.
 *
 * Levels, as we say them when asked (PS3.4 B.3.1): storage level 2, every attribute is kept; signature level 3, bits are
 * preserved; nothing is coerced.
 */
import type { Archive } from '../../archive/archive.ts'
import type { Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { isStorageSopClass, registeredUid } from '../../dicom/dictionary.ts'
import { isUsableUid, uid } from '../../dicom/uid.ts'
import { COMMAND_FIELD } from '../dimse/commands.ts'
import { STATUS } from '../dimse/statuses.ts'
import { contextOf, type Performed, type Service } from './service.ts'

/** PS3.6 Table A-1: what a SOP class says of itself in Common Extended Negotiation (PS3.4 B.3.1.3). */
const STORAGE_SERVICE_CLASS = '1.2.840.10008.4.2'
/** Below it every UID is the standard's own; one we do not know there may be any service. */
const DICOM_ROOT = '1.2.840.10008.'
/** Below it the standard's SOP classes for storage are numbered, so one that is newer than our tables is one of them. */
const STORAGE_ROOT = '1.2.840.10008.5.1.4.1.1.'

export interface StoreOptions {
  /** Keep objects of SOP classes that are not in our tables: private ones and those newer than we are. */
  readonly acceptUnknownSopClasses: boolean
}

/** Is it stored here? Whatever is known to be something else is not. */
export function isStored(
  abstractSyntax: string,
  options: StoreOptions,
  common?: { readonly serviceClass: string },
): boolean {
  if (isStorageSopClass(abstractSyntax)) return true
  if (registeredUid(abstractSyntax) !== undefined) return false
  if (common !== undefined) return common.serviceClass === STORAGE_SERVICE_CLASS
  if (!options.acceptUnknownSopClasses || !isUsableUid(abstractSyntax)) return false
  return !abstractSyntax.startsWith(DICOM_ROOT) || abstractSyntax.startsWith(STORAGE_ROOT)
}

/** PS3.4 Table B.3-2: level of support 2, reserved, digital signature level 3, reserved, no coercion, reserved. */
export const STORE_EXTENDED: Bytes = Uint8Array.of(2, 0, 3, 0, 0, 0)

export function storeService(archive: Pick<Archive, 'receive'>, options: StoreOptions, now: () => Date): Service {
  return {
    commandField: COMMAND_FIELD['C-STORE-RQ'],
    act: 'store',
    serves: (abstractSyntax, common) => isStored(abstractSyntax, options, common),
    perform: async (operation, peer): Promise<Performed> => {
      const { command, dataSet } = operation
      const sopClass = command.affectedSopClassUid ?? ''
      const sopInstance = command.affectedSopInstanceUid ?? ''
      if (dataSet === undefined) throw new ArchiveError('DICOM_NOT_DICOM', { why: 'the C-STORE holds no data set' })
      if (sopClass === '') throw new ArchiveError('DICOM_NO_UID', { attribute: 'AffectedSOPClassUID' })
      if (sopInstance === '') throw new ArchiveError('DICOM_NO_UID', { attribute: 'AffectedSOPInstanceUID' })
      // The class that counts is the command's, which the archive compares with the data set's. Departure: it may differ
      // from the context's, since PS3.4 B.4.2.1 sends a specialised class as its general one and devices mix the two up.
      const receipt = await archive.receive(contextOf(peer, operation, now), {
        door: 'c-store',
        bytes: dataSet,
        stream: {
          transferSyntax: uid(operation.context.transferSyntax),
          commandSet: operation.commandBytes,
          sopClass,
          sopInstance,
          callingAet: peer.callingAet,
          calledAet: peer.calledAet,
          ...(peer.implementationClassUid === undefined ? {} : { implementationClassUid: peer.implementationClassUid }),
          ...(peer.implementationVersion === undefined ? {} : { implementationVersion: peer.implementationVersion }),
        },
      })
      return { response: { status: STATUS.success }, outcome: receipt.outcome }
    },
  }
}
