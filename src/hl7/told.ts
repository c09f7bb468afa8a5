/**
 * What a message asks for: by its type and trigger event, as a table (HL7 v2.5.1 chapters 3, 4 and 7). Pure: what becomes
 * of it is the archive's affair.
 */
import { ArchiveError } from '../base/errors.ts'
import { parseDateTime, spanOf } from '../dicom/date-time.ts'
import { type OrderTold, ordersOf } from './orders.ts'
import { type PersonTold, personOf } from './persons.ts'
import type { Read } from './reading.ts'

export interface Told {
  /** `ADT^A08`. */
  readonly type: string
  readonly persons: readonly PersonTold[]
  readonly orders: readonly OrderTold[]
}

/** Who sends a message, and which one it is: what an acknowledgement and the list of messages need. */
export interface Header {
  /** MSH-3 and MSH-4 as `application|facility`. */
  readonly sender: string
  readonly receiver: string
  readonly type: string
  readonly controlId: string
  readonly processingId: string
  readonly version: string
  /** MSH-7 in microseconds since 1970 UTC, an offset that is not stated taken for 0; undefined when it is no time. */
  readonly at: number | undefined
}

/** In one message; a hospital sends one, and a panel some tens. */
const MOST_ORDERS = 1000

const PERSON_EVENTS: ReadonlySet<string> = new Set(['A01', 'A04', 'A05', 'A08', 'A28', 'A31'])
/** What makes one person of two numbers, or parts them: not done here, and a silent yes would mix patients up. */
const IDENTITY_EVENTS: ReadonlySet<string> = new Set(['A18', 'A24', 'A34', 'A36', 'A37', 'A40', 'A46', 'A47'])

export function headerOf(read: Read): Header {
  const msh = read.first('MSH')
  const text = (field: string, component?: number) => msh?.text(field, component) ?? ''
  const time = parseDateTime(text('messageTime'))
  return {
    sender: `${text('sendingApplication')}|${text('sendingFacility')}`,
    receiver: `${text('receivingApplication')}|${text('receivingFacility')}`,
    type: [text('messageType'), text('messageType', 2)].filter((part) => part !== '').join('^'),
    controlId: text('controlId'),
    processingId: text('processingId'),
    version: text('version'),
    at: time && spanOf(time).first,
  }
}

/**
 * @throws {ArchiveError} `HL7_UNSUPPORTED` for messages that nothing here is done with; `HL7_CONTENT` when what the
 *   message needs is missing in it
 */
export function toldBy(read: Read): Told {
  const { type, version } = headerOf(read)
  const [kind = '', event = ''] = type.split('^')
  if (version !== '' && !/^2(\.|$)/.test(version)) throw new ArchiveError('HL7_UNSUPPORTED', { what: 'this version' })
  const nothing: Told = { type, persons: [], orders: [] }
  switch (kind) {
    case 'ADT':
      if (PERSON_EVENTS.has(event)) return { ...nothing, persons: [onePerson(read)] }
      if (IDENTITY_EVENTS.has(event))
        throw new ArchiveError('HL7_UNSUPPORTED', { what: 'merges and links of patients' })
      return nothing
    case 'ORM':
    case 'OMI': {
      const persons = [onePerson(read)]
      const orders = ordersOf(read)
      if (orders.length === 0) throw missing('an ORC or OBR segment')
      if (orders.some(({ placer, filler, accession }) => placer === '' && filler === '' && !accession))
        throw missing('an order number (ORC-2 or ORC-3) or an accession number')
      if (orders.length > MOST_ORDERS) throw missing(`an end after ${MOST_ORDERS} orders`)
      return { ...nothing, persons, orders }
    }
    case 'ORU':
      return { ...nothing, persons: [onePerson(read)] }
    default:
      throw new ArchiveError('HL7_UNSUPPORTED', { what: 'messages of this type' })
  }
}

function onePerson(read: Read): PersonTold {
  const pid = read.first('PID')
  const person = pid && personOf(pid)
  if (person === undefined) throw missing('a patient identifier (PID-3)')
  return person
}

const missing = (what: string): ArchiveError => new ArchiveError('HL7_CONTENT', { what })
