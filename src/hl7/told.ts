/**
 * What a message asks for: by its type and trigger event, as a table (HL7 v2.5.1 chapters 3, 4 and 7). Pure: what becomes
 * of it is the archive's affair.
 */
import { ArchiveError } from '../base/errors.ts'
import { parseDateTime, spanOf } from '../dicom/date-time.ts'
import { type ContactTold, contactOf } from './contacts.ts'
import { type OrderTold, ordersOf } from './orders.ts'
import { type Identifier, type PersonTold, personOf, priorPatient } from './persons.ts'
import type { Read } from './reading.ts'

export interface Told {
  /** `ADT^A08`. */
  readonly type: string
  readonly persons: readonly PersonTold[]
  readonly orders: readonly OrderTold[]
  readonly relations: readonly RelationTold[]
  /** Of the patient's contacts with the house; none when it says nothing of them. */
  readonly contacts?: readonly ContactTold[]
}

/** Two identifiers that are one person from here on, or no more. */
export interface RelationTold {
  readonly op: 'merge' | 'link' | 'unlink'
  readonly from: Identifier
  readonly into: Identifier
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

/** Admitted, discharged, registered, or what is known of the visit or the person changed. */
const CONTACT_EVENTS: ReadonlySet<string> = new Set(['A01', 'A03', 'A04', 'A08', 'A31'])
const PERSON_EVENTS: ReadonlySet<string> = new Set(['A01', 'A04', 'A05', 'A08', 'A28', 'A31'])
/** HL7 v2.5.1 chapter 3: MRG names a patient who is given up for the one of the PID before it (A46, A47: the number changed). */
const MERGE_EVENTS: ReadonlySet<string> = new Set(['A18', 'A34', 'A36', 'A40', 'A46', 'A47'])
/** Two PIDs that are one person (A24), or are not (A37). */
const LINK_EVENTS: Readonly<Record<string, 'link' | 'unlink'>> = { A24: 'link', A37: 'unlink' }
/**
 * Moves of visits and numbers from one patient to another, and merges of numbers nothing here goes by: not followed, and a
 * silent yes would mix patients up.
 */
const MOVE_EVENTS: ReadonlySet<string> = new Set(['A30', 'A39', 'A43', 'A44', 'A45'])
/** Merges in one message; an engine sends one, a nightly clean-up some tens. */
const MOST_MERGES = 200

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
  const contact = kind === 'ADT' && CONTACT_EVENTS.has(event) ? contactOf(read) : undefined
  const nothing: Told = { type, persons: [], orders: [], relations: [], ...(contact && { contacts: [contact] }) }
  switch (kind) {
    case 'ADT':
      if (PERSON_EVENTS.has(event)) return { ...nothing, persons: [onePerson(read)] }
      if (MERGE_EVENTS.has(event)) return { ...nothing, ...mergesOf(read) }
      if (LINK_EVENTS[event] !== undefined) return { ...nothing, ...linkOf(read, LINK_EVENTS[event]) }
      if (MOVE_EVENTS.has(event))
        throw new ArchiveError('HL7_UNSUPPORTED', { what: 'moves of visits and numbers between patients' })
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

/** Each MRG belongs to the PID before it. */
function mergesOf(read: Read): Pick<Told, 'persons' | 'relations'> {
  const persons: PersonTold[] = []
  const relations: RelationTold[] = []
  let kept: PersonTold | undefined
  for (const segment of read.segments) {
    if (segment.name === 'PID') {
      kept = personOf(segment)
      if (kept === undefined) throw missing('a patient identifier (PID-3)')
      persons.push(kept)
    }
    if (segment.name !== 'MRG') continue
    const from = kept && priorPatient(segment, kept.patient)
    if (kept === undefined || from === undefined) throw missing('the identifier that is given up (MRG-1)')
    if (sameIdentifier(from, kept.patient)) throw missing('two different patients: PID-3 and MRG-1 are the same')
    relations.push({ op: 'merge', from, into: kept.patient })
    if (relations.length > MOST_MERGES) throw missing(`an end after ${MOST_MERGES} merges`)
  }
  if (relations.length === 0) throw missing('an MRG segment')
  return { persons, relations }
}

function linkOf(read: Read, op: 'link' | 'unlink'): Pick<Told, 'persons' | 'relations'> {
  const persons = read.segments.filter(({ name }) => name === 'PID').map(personOf)
  const [one, other] = persons
  if (one === undefined || other === undefined || persons.length > 2)
    throw missing('two PID segments, each with a patient identifier (PID-3)')
  if (sameIdentifier(one.patient, other.patient)) throw missing('two different patients: both PID-3 are the same')
  return { persons: [one, other], relations: [{ op, from: one.patient, into: other.patient }] }
}

const sameIdentifier = (one: Identifier, other: Identifier): boolean =>
  one.id === other.id && one.issuer === other.issuer

const missing = (what: string): ArchiveError => new ArchiveError('HL7_CONTENT', { what })
