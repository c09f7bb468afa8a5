/**
 * What a message says of a patient's contacts with the house, and of a death: PID-29, PV1-44 and PV1-45 (HL7 v2.5.1 chapter 3).
 * They decide for how long images are kept.
 */
import { normaliseDate } from '../dicom/date-time.ts'
import { type Identifier, personOf } from './persons.ts'
import type { Read } from './reading.ts'

export interface ContactTold {
  readonly patient: Identifier
  /** YYYYMMDD, of those the message states. */
  readonly death?: string
  readonly lastSeen?: string
  readonly discharge?: string
}

/** Undefined when it says nothing of the kind. */
export function contactOf(read: Read): ContactTold | undefined {
  const pid = read.first('PID')
  const patient = pid && personOf(pid)?.patient
  if (patient === undefined) return undefined
  const day = (text: string | undefined): string => normaliseDate((text ?? '').slice(0, 8))
  const visit = read.first('PV1')
  const [death, admitted, discharge] = [pid?.text('deathTime'), visit?.text('admitted'), visit?.text('discharged')].map(
    day,
  )
  const lastSeen = [admitted ?? '', discharge ?? ''].sort().at(-1)
  const told = { ...(death && { death }), ...(lastSeen && { lastSeen }), ...(discharge && { discharge }) }
  return Object.keys(told).length === 0 ? undefined : { patient, ...told }
}
