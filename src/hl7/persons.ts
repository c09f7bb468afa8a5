/**
 * What a message says about a person: PID (HL7 v2.5.1 chapter 3), in DICOM's words (IHE Radiology TF-2, 4.12).
 * Of each text: undefined where the message says nothing, '' where it takes away what was said before.
 */
import { normaliseDate } from '../dicom/date-time.ts'
import { NULL, type ReadSegment, type Value } from './reading.ts'

export interface Identifier {
  readonly id: string
  /** The namespace of the assigning authority, or its universal ID; '' when neither is stated. */
  readonly issuer: string
}

export interface PersonTold {
  readonly patient: Identifier
  /** A PN (PS3.5 6.2). */
  readonly name?: string | undefined
  readonly birthDate?: string | undefined // YYYYMMDD
  readonly sex?: string | undefined // M, F, O
}

/** CX.5 of the identifiers that name a patient in the house that sends (HL7 table 0203), best first. */
const OWN = ['PI', 'MR', 'PT', '']

export const identifierOf = (value: Value): Identifier => ({
  id: value.text(1),
  issuer: value.text(4, 1) || value.text(4, 2),
})

function ranked(values: readonly Value[]): readonly Value[] {
  const rank = (value: Value): number => {
    const at = OWN.indexOf(value.text(5))
    return at < 0 ? OWN.length : at
  }
  return values
    .filter((value) => value.text(1) !== '' && value.text(1) !== NULL)
    .map((value, at) => ({ value, at }))
    .sort((a, b) => rank(a.value) - rank(b.value) || a.at - b.at)
    .map(({ value }) => value)
}

/** The patient of a PID segment; undefined when it names none. */
function patientOf(pid: ReadSegment): Identifier | undefined {
  const [own] = ranked(pid.values('identifiers'))
  if (own !== undefined) return identifierOf(own)
  // PID-2, of senders before 2.3.1.
  const id = pid.text('patientId')
  return id === '' || id === NULL ? undefined : { id, issuer: pid.text('patientId', 4) }
}

/**
 * The patient of a merge who is given up: of the prior identifiers (MRG-1, before 2.3.1 MRG-4) the one of the same issuer as
 * the one that is kept. Without an issuer, that one's is meant.
 */
export function priorPatient(mrg: ReadSegment, kept: Identifier): Identifier | undefined {
  const prior = ranked(mrg.values('identifiers')).map(identifierOf)
  const old = mrg.text('patientId')
  const own = prior.find(({ issuer }) => issuer === kept.issuer) ?? prior[0]
  const found = own ?? (old === '' || old === NULL ? undefined : { id: old, issuer: mrg.text('patientId', 4) })
  return found && { id: found.id, issuer: found.issuer || kept.issuer }
}

/** Undefined when no patient is named. */
export function personOf(pid: ReadSegment): PersonTold | undefined {
  const patient = patientOf(pid)
  if (patient === undefined) return undefined
  const birth = pid.text('birthTime')
  const sex = pid.text('sex')
  return {
    patient,
    name: nameOf(pid.values('name')),
    birthDate: told(birth, (text) => normaliseDate(text.slice(0, 8)) || undefined),
    sex: told(sex, (text) => SEX[text.toUpperCase()]),
  }
}

/** HL7 table 0001 to DICOM's three. */
const SEX: Readonly<Record<string, string>> = { M: 'M', F: 'F', O: 'O', A: 'O', N: 'O', U: '' }

/** Undefined for what is empty or makes no sense, '' for what is to be emptied. */
const told = (text: string, read: (text: string) => string | undefined): string | undefined =>
  text === '' ? undefined : text === NULL ? '' : read(text)

/** XPN.8 and the component groups of a PN; a repetition that does not say is alphabetic. */
const GROUP: Readonly<Record<string, number>> = { A: 0, '': 0, I: 1, P: 2 }
/** XPN.7 of names people go by, best first: legal, display; others only when there is nothing else. */
const NAME_TYPES = ['L', 'D', '']

/** XPN repetitions as one PN (PS3.5 6.2.1): alphabetic, ideographic, phonetic. */
export function nameOf(values: readonly Value[]): string | undefined {
  if (values.length === 0) return undefined
  if (values[0]?.text(1) === NULL) return ''
  const rank = (value: Value): number => {
    const at = NAME_TYPES.indexOf(value.text(7))
    return at < 0 ? NAME_TYPES.length : at
  }
  const groups = ['', '', '']
  for (const value of values.toSorted((a, b) => rank(a) - rank(b))) {
    const group = GROUP[value.text(8)] ?? 0
    // XPN: family, given, further, suffix, prefix. PN: family, given, middle, prefix, suffix.
    const written = personName([1, 2, 3, 5, 4].map((part) => value.text(part)))
    if (groups[group] === '') groups[group] = written
  }
  return groups.join('=').replace(/=+$/, '') || undefined
}

/** An XCN, such as a physician, as a PN; '' when none is named. */
export function providerOf(values: readonly Value[]): string {
  const [first] = values
  if (first === undefined) return ''
  return personName([2, 3, 4, 6, 5].map((part) => first.text(part)))
}

const personName = (parts: readonly string[]): string =>
  parts
    .map((part) => part.replace(/[\^=\\\p{Cc}]/gu, ' ').trim())
    .join('^')
    .replace(/\^+$/, '')
