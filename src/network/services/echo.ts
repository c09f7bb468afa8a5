/**
 * C-ECHO as SCP (PS3.7 section 9.1.5, PS3.4 Annex A): says that we are here. Any caller who got an association may ask.
 */
import { UIDS } from '../../dicom/dictionary.ts'
import { COMMAND_FIELD } from '../dimse/commands.ts'
import { STATUS } from '../dimse/statuses.ts'
import type { Service } from './service.ts'

export const isEcho = (abstractSyntax: string): boolean => abstractSyntax === UIDS.Verification

export const echoService: Service = {
  commandField: COMMAND_FIELD['C-ECHO-RQ'],
  act: 'echo',
  serves: isEcho,
  // (0000,1000) does not belong in this response.
  perform: async () => ({
    response: { status: STATUS.success, affectedSopInstanceUid: undefined },
    outcome: 'echo',
  }),
}
