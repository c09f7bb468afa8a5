/** Modality Worklist as SCP (PS3.4 Annex K): C-FIND of the scheduled procedure steps the archive was told of. */
import { setImmediate } from 'node:timers/promises'
import type { Archive } from '../../archive/archive.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import { UIDS } from '../../dicom/dictionary.ts'
import { COMMAND_FIELD } from '../dimse/commands.ts'
import { STATUS } from '../dimse/statuses.ts'
import { dataSetOf } from './data-set-of.ts'
import { contextOf, type Performed, type Service } from './service.ts'
import { readWorklistIdentifier, unmatched, worklistAnswer } from './worklist-identifier.ts'

const MAX_IDENTIFIER = 1024 * 1024
/** Answers between two looks at what else the sockets bring, a C-CANCEL among it. */
const BREATH = 20

export const isScheduled = (abstractSyntax: string): boolean =>
  abstractSyntax === UIDS.ModalityWorklistInformationModelFind

export function worklistService(archive: Pick<Archive, 'scheduled'>, now: () => Date): Service {
  return {
    commandField: COMMAND_FIELD['C-FIND-RQ'],
    act: 'find',
    serves: isScheduled,
    perform: async (operation, peer): Promise<Performed> => {
      const { transferSyntax } = operation.context
      const invalid = (why: string) => new ArchiveError('IDENTIFIER_INVALID', { why })
      const asked = readWorklistIdentifier(await dataSetOf(operation.dataSet, MAX_IDENTIFIER, invalid), transferSyntax)
      try {
        const { items, truncated } = await archive
          .scheduled(contextOf(peer, operation, now), asked)
          .catch((thrown: unknown) => {
            const error = asArchiveError(thrown)
            throw error.code === 'BAD_REQUEST' ? invalid(error.fact) : error
          })
        for (const [index, item] of items.entries()) {
          if (index % BREATH === BREATH - 1) await setImmediate()
          operation.signal.throwIfAborted()
          const status = unmatched(asked.matches, item) ? STATUS.pendingKeysNotSupported : STATUS.pending
          await operation.pending({ status }, worklistAnswer(item, asked, transferSyntax))
        }
        if (truncated) throw new ArchiveError('FIND_TOO_MANY', { count: items.length })
        return { response: { status: STATUS.success }, outcome: 'found' }
      } catch (thrown) {
        if (!operation.signal.aborted) throw thrown
        return { response: { status: STATUS.cancelled }, outcome: 'found' }
      }
    },
  }
}
