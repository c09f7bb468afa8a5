/**
 * Search parameters of ImagingStudy and Patient (FHIR R4 13.1.5, 8.1.8) as questions to finding: the same matching, the same
 * permission and the same event as QIDO-RS. What is not in the tables is refused, not passed over.
 */
import { z } from 'zod'
import type { Match, Query } from '../../archive/archive.ts'
import type { Tag } from '../../dicom/data-set.ts'
import { T } from '../../dicom/dictionary.ts'
import { FORMATS, span, tokens, value, values, wrong } from './parameters.ts'
import { issuerOf, type PatientIdentity } from './patient-id.ts'
import { DICOM_CODES, DICOM_UIDS } from './resources.ts'

interface Parameter {
  readonly type: string
  readonly says: string
}
type Parameters = Readonly<Record<string, Parameter>>

export const STUDY_PARAMETERS = {
  _id: { type: 'token', says: 'Study Instance UID.' },
  _lastUpdated: { type: 'date', says: 'When the last object of the study came.' },
  identifier: { type: 'token', says: 'urn:dicom:uid|urn:oid:UID, or an accession number without a system.' },
  patient: { type: 'reference', says: 'Patient/ID, as the studies have it.' },
  subject: { type: 'reference', says: 'As patient.' },
  'patient.identifier': { type: 'token', says: 'Patient ID; with a system, of that issuer.' },
  started: { type: 'date', says: 'Study Date, a day or less precise.' },
  modality: { type: 'token', says: 'Of any series of the study.' },
  series: { type: 'token', says: 'Series Instance UID.' },
  instance: { type: 'token', says: 'SOP Instance UID.' },
  'dicom-class': { type: 'token', says: 'SOP Class UID of any object of the study.' },
  status: { type: 'token', says: 'All are available.' },
} as const satisfies Parameters

export const PATIENT_PARAMETERS = {
  _id: { type: 'token', says: 'The id of the resource.' },
  _lastUpdated: { type: 'date', says: 'When the last object of their newest study came.' },
  identifier: { type: 'token', says: 'Patient ID; with a system, of that issuer.' },
  name: { type: 'string', says: 'How any word of the name begins.' },
  family: { type: 'string', says: 'How the family name begins.' },
  birthdate: { type: 'date', says: 'A day or less precise.' },
  gender: { type: 'token', says: 'male, female or other.' },
} as const satisfies Parameters

const COUNT = 20
const COUNT_AT_MOST = 100
const paging = {
  _count: z.coerce.number().int().min(1).max(COUNT_AT_MOST).default(COUNT),
  _format: FORMATS,
  /** Stands in the `next` links. */
  after: z.string().max(1000).optional(),
}

export const ImagingStudySearch = z.strictObject({
  _id: value.optional(),
  _lastUpdated: values.optional(),
  identifier: value.optional(),
  patient: value.optional(),
  subject: value.optional(),
  'patient.identifier': value.optional(),
  'patient:identifier': value.optional(),
  'subject.identifier': value.optional(),
  'subject:identifier': value.optional(),
  started: values.optional(),
  modality: value.optional(),
  series: value.optional(),
  instance: value.optional(),
  'dicom-class': value.optional(),
  status: value.optional(),
  _sort: z.enum(['-started', 'started']).default('-started'),
  ...paging,
})
export type ImagingStudySearch = z.output<typeof ImagingStudySearch>

export const PatientSearch = z.strictObject({
  _id: value.optional(),
  _lastUpdated: values.optional(),
  identifier: value.optional(),
  name: value.optional(),
  family: value.optional(),
  birthdate: values.optional(),
  gender: value.optional(),
  ...paging,
})
export type PatientSearch = z.output<typeof PatientSearch>

/** A question, or that nothing can match. */
export type Question = Query | 'nothing'

/** What comes back beside what every study answer holds. */
const INCLUDE: readonly Tag[] = [T.ModalitiesInStudy]

const exactly = (name: string, text: string): string => {
  if (/[*?\\]/.test(text)) throw wrong(`${name} has a sign that is no part of a value`)
  return text
}
const uids = (name: string, text: string): string =>
  tokens(text)
    .map(({ code }) => exactly(name, code.replace(/^urn:oid:/, '')))
    .join('\\')

/** The one of several names for the same thing that is given. */
function oneOf<Names extends string>(given: Readonly<Partial<Record<Names, unknown>>>, names: readonly Names[]) {
  const found = names.flatMap((name) => (given[name] === undefined ? [] : [String(given[name])]))
  if (found.length > 1) throw wrong(`${names.join(' and ')} are the same question`)
  return found[0]
}

/** Days as a range of DA: `20200301-20200331`. */
function days(name: string, given: string | readonly string[]): string {
  const dates = [given].flat()
  if (dates.some((date) => date.includes('T')))
    throw wrong(`${name} takes days: studies have no time zone of their own`)
  const { from, until } = span(dates)
  const digits = (moment: string) => moment.slice(0, 10).replaceAll('-', '')
  const last = until === undefined ? '' : digits(new Date(Date.parse(until) - 86_400_000).toISOString())
  return `${from === undefined ? '' : digits(from)}-${last}`
}

export const patientMatches = ({ id, issuer }: PatientIdentity): Match[] => [
  { path: [T.PatientID], value: id },
  { path: [T.IssuerOfPatientID], value: issuer === '' ? '""' : issuer },
]

/** @param name  of the parameter */
function identifierMatches(name: string, text: string): Match[] | 'nothing' {
  const [token, another] = tokens(text)
  if (token === undefined || another !== undefined) throw wrong(`${name} takes one value`)
  const id = exactly(name, token.code)
  if (token.system === undefined) return [{ path: [T.PatientID], value: id }]
  const issuer = issuerOf(token.system)
  return issuer === undefined ? 'nothing' : patientMatches({ id, issuer: exactly(name, issuer) })
}

/** @param whoIs  whom the id of a Patient stands for; undefined: nobody */
export async function studyQuestion(
  search: ImagingStudySearch,
  raw: string,
  whoIs: (id: string) => Promise<PatientIdentity | undefined>,
): Promise<Question> {
  const matches: Match[] = []
  const add = (path: Tag, text: string) => matches.push({ path: [path], value: text })

  if (search._id !== undefined) add(T.StudyInstanceUID, uids('_id', search._id))
  if (search.identifier !== undefined) {
    const found = tokens(search.identifier)
    const isUid = ({ system, code }: { system: string | undefined; code: string }) =>
      system === DICOM_UIDS || code.startsWith('urn:oid:')
    if (found.every(isUid)) {
      if (search._id !== undefined) throw wrong('_id and identifier are the same question')
      add(T.StudyInstanceUID, uids('identifier', found.map(({ code }) => code).join(',')))
    } else {
      if (found.some((token) => isUid(token))) throw wrong('identifier takes UIDs or accession numbers, not both')
      if (found.some(({ system }) => system !== undefined && system !== '')) return 'nothing'
      add(T.AccessionNumber, found.map(({ code }) => exactly('identifier', code)).join('\\'))
    }
  }
  const patient = oneOf(search, ['patient', 'subject'])
  const identifier = oneOf(search, [
    'patient.identifier',
    'patient:identifier',
    'subject.identifier',
    'subject:identifier',
  ])
  if (patient !== undefined && identifier !== undefined)
    throw wrong('patient and patient.identifier are the same question')
  if (patient !== undefined) {
    const who = await whoIs(patient.replace(/^.*Patient\//, ''))
    if (who === undefined) return 'nothing'
    matches.push(...patientMatches(who))
  }
  if (identifier !== undefined) {
    const of = identifierMatches('patient.identifier', identifier)
    if (of === 'nothing') return 'nothing'
    matches.push(...of)
  }
  if (search.started !== undefined) add(T.StudyDate, days('started', search.started))
  if (search.modality !== undefined) {
    const found = tokens(search.modality).filter(({ system = DICOM_CODES }) => system === DICOM_CODES)
    if (found.length === 0) return 'nothing'
    add(T.ModalitiesInStudy, found.map(({ code }) => exactly('modality', code)).join('\\'))
  }
  if (search.series !== undefined) add(T.SeriesInstanceUID, uids('series', search.series))
  if (search.instance !== undefined) add(T.SOPInstanceUID, uids('instance', search.instance))
  if (search['dicom-class'] !== undefined) add(T.SOPClassUID, uids('dicom-class', search['dicom-class']))
  if (search.status !== undefined && !tokens(search.status).some(({ code }) => code === 'available')) return 'nothing'
  return {
    ...questionOf(matches, search, raw),
    ...(search._sort === 'started' && { oldestFirst: true }),
  }
}

const SEXES: Readonly<Record<string, string>> = { male: 'M', female: 'F', other: 'O' }

export async function patientQuestion(
  search: PatientSearch,
  raw: string,
  whoIs: (id: string) => Promise<PatientIdentity | undefined>,
): Promise<Question> {
  const matches: Match[] = []
  const add = (path: Tag, text: string) => matches.push({ path: [path], value: text })
  if (search._id !== undefined) {
    if (search.identifier !== undefined) throw wrong('_id and identifier are the same question')
    const who = await whoIs(search._id)
    if (who === undefined) return 'nothing'
    matches.push(...patientMatches(who))
  }
  if (search.identifier !== undefined) {
    const of = identifierMatches('identifier', search.identifier)
    if (of === 'nothing') return 'nothing'
    matches.push(...of)
  }
  const name = oneOf(search, ['name', 'family'])
  if (name !== undefined) add(T.PatientName, `${exactly('name', name)}*`)
  if (search.birthdate !== undefined) add(T.PatientBirthDate, days('birthdate', search.birthdate))
  if (search.gender !== undefined) {
    const sexes = tokens(search.gender).flatMap(({ code }) => SEXES[code] ?? [])
    if (sexes.length === 0) return 'nothing'
    add(T.PatientSex, sexes.join('\\'))
  }
  return { ...questionOf(matches, search, raw), fuzzy: search.name !== undefined, onePerPatient: true }
}

function questionOf(
  matches: readonly Match[],
  { _count, _lastUpdated, after }: Pick<PatientSearch, '_count' | '_lastUpdated' | 'after'>,
  raw: string,
): Query {
  return {
    level: 'study',
    matches,
    include: INCLUDE,
    fuzzy: false,
    limit: _count,
    ...(_lastUpdated !== undefined && { received: span([_lastUpdated].flat()) }),
    ...(after !== undefined && { after }),
    raw,
  }
}
