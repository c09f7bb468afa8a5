/**
 * Storage commitment, push model, as SCP (PS3.4 Annex J): takes the N-ACTION, keeps it where no crash reaches it, and
 * answers. What is kept is looked at and told afterwards (`commitment-reports.ts`), once the answer has left.
 */
import type { Archive } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { Commitments } from '../../compliance/commitments.ts'
import { UIDS } from '../../dicom/dictionary.ts'
import { COMMAND_FIELD } from '../dimse/commands.ts'
import type { Operation } from '../dimse/exchange.ts'
import { STATUS } from '../dimse/statuses.ts'
import { ACTION, readRequest } from './commitment-data.ts'
import { dataSetOf } from './data-set-of.ts'
import { contextOf, type Performed, type Service } from './service.ts'

export const isCommitted = (abstractSyntax: string): boolean => abstractSyntax === UIDS.StorageCommitmentPushModel

/** What asks on the association that a request came by. */
export type Ask = Pick<Operation, 'ask' | 'context'>

const MAX_REQUEST = 16 * 1024 * 1024

export function commitmentService(
  archive: Pick<Archive, 'commit'>,
  commitments: Pick<Commitments, 'add'>,
  /** Told of what is to be looked at, and of the association it was asked on. */
  taken: (device: string, transaction: string, by: Ask) => void,
  now: () => Date,
): Service {
  return {
    commandField: COMMAND_FIELD['N-ACTION-RQ'],
    act: 'store',
    serves: isCommitted,
    perform: async (operation, peer): Promise<Performed> => {
      const { requestedSopInstanceUid = '', actionTypeId = 0 } = operation.command
      const context = contextOf(peer, operation, now)
      if (requestedSopInstanceUid !== UIDS.StorageCommitmentPushModelInstance || actionTypeId !== ACTION.request)
        throw new ArchiveError('COMMIT_NO_ACTION', {
          action: actionTypeId,
          instance: requestedSopInstanceUid.slice(0, 64),
        })
      const bytes = await dataSetOf(
        operation.dataSet,
        MAX_REQUEST,
        (why) => new ArchiveError('COMMIT_INVALID', { why }),
      )
      const { transaction, asked } = readRequest(bytes, operation.context.transferSyntax)
      await archive.commit(context, transaction, [])
      commitments.add(
        {
          device: peer.callingAet,
          transaction,
          address: peer.address,
          asked: asked.map(({ sopClass, instance }) => [sopClass, instance] as const),
        },
        now(),
      )
      return {
        response: { status: STATUS.success, actionTypeId },
        outcome: 'committed',
        answered: () => taken(peer.callingAet, transaction, operation),
      }
    },
  }
}
