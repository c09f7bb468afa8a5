/**
 * How an association ended, in words for people and logs.
 */
import type { EventName, State } from './machine.ts'
import { type AssociateRj, abortInWords, type ControlPdu, rejectionInWords } from './pdu.ts'

export interface Ending {
  readonly how: 'released' | 'rejected' | 'aborted' | 'lost' | 'timed out' | 'nothing asked'
  readonly by: 'us' | 'peer'
  readonly why: string
}

/** The one reason the service provider itself has to reject (AE-6): PS3.8 Table 9-21, source 2, reason 2. */
export const PROTOCOL_VERSION_NOT_SUPPORTED: AssociateRj = { type: 'A-ASSOCIATE-RJ', result: 1, source: 2, reason: 2 }

export interface LastEvent {
  readonly name: EventName
  readonly before: State
  readonly after: State
  readonly pdu: ControlPdu | undefined
  /** Given with an abort of ours, or by the reader. */
  readonly why: string | undefined
  /** What the system said of the connection; may be empty. */
  readonly socketError: string
}

/** What the event that led to Sta1 or Sta13 says about the association. */
export function endingOf({ name, before, after, pdu, why, socketError }: LastEvent): Ending {
  if (name === 'Evt14') return { how: 'released', by: 'peer', why: '' }
  if (name === 'Evt13' && after === 'Sta1') return { how: 'released', by: 'us', why: '' }
  if (name === 'Evt15') return { how: 'aborted', by: 'us', why: why ?? '' }
  if (name === 'Evt17') {
    const how = before === 'Sta2' ? 'nothing asked' : 'lost'
    return { how, by: 'peer', why: socketError || 'the connection was closed' }
  }
  if (name === 'Evt18') return { how: 'timed out', by: 'us', why: 'no association request came' }
  if (pdu?.type === 'A-ASSOCIATE-RJ' && name === 'Evt8')
    return { how: 'rejected', by: 'us', why: rejectionInWords(pdu) }
  if (pdu?.type === 'A-ASSOCIATE-RJ' && before === 'Sta5')
    return { how: 'rejected', by: 'peer', why: rejectionInWords(pdu) }
  if (pdu?.type === 'A-ABORT') return { how: 'aborted', by: 'peer', why: abortInWords(pdu) }
  if (name === 'Evt6' && before === 'Sta2')
    return { how: 'rejected', by: 'us', why: rejectionInWords(PROTOCOL_VERSION_NOT_SUPPORTED) }
  return { how: 'aborted', by: 'us', why: why ?? `${pdu?.type ?? 'P-DATA-TF'} came when it could not` }
}

/** `released by the peer`, `aborted by us: it was silent for 300 seconds`. */
export function endingInWords({ how, by, why }: Ending): string {
  if (how === 'nothing asked' || how === 'timed out') return `${how}: ${why}`
  const who = by === 'us' ? 'us' : 'the peer'
  return why === '' ? `${how} by ${who}` : `${how} by ${who}: ${why}`
}
