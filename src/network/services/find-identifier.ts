/**
 * Identifiers of C-FIND (PS3.4 C.4.1.1.3, C.4.1.3.1.1): the request's into a query of the archive, a result of the archive
 * into an answer's. Pure.
 */
import type { Level, Match, Query } from '../../archive/archive.ts'
import { COLUMN_KEYS, NOT_MATCHED } from '../../archive/keys.ts'
import { levelOf } from '../../archive/levels.ts'
import type { Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { group, type Tag, tagFromText, tagText } from '../../dicom/data-set.ts'
import { T } from '../../dicom/dictionary.ts'
import {
  type DicomJson,
  type DicomJsonElement,
  type DicomJsonValue,
  fromDicomJson,
  type PersonNameJson,
  toDicomJson,
} from '../../dicom/json.ts'
import { readWhole } from '../../dicom/reader.ts'
import { recoded } from '../../dicom/recode.ts'
import { isUsableUid, type Uid } from '../../dicom/uid.ts'
import { encodeElements } from '../../dicom/writer.ts'

export interface AskedFor {
  readonly query: Query
  /** The Query/Retrieve Level as the peer wrote it. */
  readonly level: string
  /** The keys, by tag: what each answer holds. */
  readonly keys: ReadonlyMap<Tag, DicomJsonElement>
  /** The Specific Character Set it was asked in; empty for the default one. */
  readonly characterSet: readonly string[]
  /** Some optional keys are neither matched nor answered: status FF01H. */
  readonly ignored: boolean
}

export type Root = 'patient' | 'study'

/** What was agreed on by extended negotiation (PS3.4 C.5.1.1); nothing without. */
export interface Negotiated {
  /** Unique keys above the level may be empty, lists or patterns, and keys of any level above are matched. */
  readonly relational: boolean
  /** A range of dates and one of times are one range of moments. */
  readonly combined: boolean
  readonly fuzzy: boolean
  /** Dates and times are in the zone the identifier states: see `find-zone.ts`. */
  readonly timezone?: boolean
}
const PLAIN: Negotiated = { relational: false, combined: false, fuzzy: false }

/**
 * PS3.4 C.6.1.1 and C.6.2.1. Patients are found through their studies: an archive knows of nobody it has no image of.
 */
const LEVELS: Readonly<Record<Root, Readonly<Record<string, Level>>>> = {
  patient: { PATIENT: 'study', STUDY: 'study', SERIES: 'series', IMAGE: 'instance' },
  study: { STUDY: 'study', SERIES: 'series', IMAGE: 'instance' },
}
const PATIENT = 'PATIENT'
/** The group of the patient's attributes (PS3.6). */
const PATIENT_GROUP = 0x0010
const DEPTH: Readonly<Record<Level, number>> = { study: 0, series: 1, instance: 2 }

/** Keys of a study that are counted over what lies below it. */
const OF_STUDIES: ReadonlySet<Tag> = new Set([T.ModalitiesInStudy, T.SOPClassesInStudy])
/** What tells where a match of a relational query is. */
const UNIQUE: readonly Tag[] = [T.StudyInstanceUID, T.SeriesInstanceUID]
const MATCHES_AT_MOST = 200

/** @throws {ArchiveError} `IDENTIFIER_INVALID`; `DICOM_*` when it is not a data set */
export function readIdentifier(
  bytes: Bytes,
  transferSyntax: string,
  root: Root = 'study',
  { relational, combined, fuzzy }: Negotiated = PLAIN,
): AskedFor {
  const { dataSet } = readWhole(bytes, { format: { transferSyntax }, keepUpTo: bytes.length })
  const identifier = toDicomJson(dataSet)
  const stated = textOf(identifier[tagText(T.QueryRetrieveLevel)])
  const level = LEVELS[root][stated]
  if (level === undefined) throw invalid(`QueryRetrieveLevel must be one of ${Object.keys(LEVELS[root]).join(', ')}`)
  const above = (tag: Tag, keyword: string): Uid | undefined =>
    relational ? undefined : uniqueKey(identifier, tag, keyword, stated)
  const study = level === 'study' ? undefined : above(T.StudyInstanceUID, 'StudyInstanceUID')
  const series = level === 'instance' ? above(T.SeriesInstanceUID, 'SeriesInstanceUID') : undefined

  const keys = new Map<Tag, DicomJsonElement>()
  const matches: Match[] = []
  let ignored = false
  for (const [name, element] of Object.entries(identifier)) {
    const tag = tagFromText(name)
    if (NOT_MATCHED.has(tag)) keys.set(tag, element)
    else if (DEPTH[keyLevel(tag)] > DEPTH[level] || (stated === PATIENT && group(tag) !== PATIENT_GROUP)) ignored = true
    else {
      keys.set(tag, element)
      if (tag === T.StudyInstanceUID && study !== undefined) continue
      if (tag === T.SeriesInstanceUID && series !== undefined) continue
      matches.push(...matchesOf([tag], element))
    }
  }
  if (matches.length > MATCHES_AT_MOST) throw invalid(`it holds more than ${MATCHES_AT_MOST} keys to match`)
  return {
    query: {
      level,
      ...(study === undefined ? {} : { study }),
      ...(series === undefined ? {} : { series }),
      matches,
      include: [
        ...new Set([
          ...[...keys.keys()].filter((tag) => !NOT_MATCHED.has(tag)),
          ...(stated === PATIENT ? WHO : []),
          ...(relational ? UNIQUE : []),
        ]),
      ],
      fuzzy,
      combined,
      raw: JSON.stringify(identifier),
    },
    level: stated,
    keys,
    characterSet: dataSet.characterSet,
    ignored,
  }
}

function keyLevel(tag: Tag): Level {
  return OF_STUDIES.has(tag) ? 'study' : (COLUMN_KEYS.get(tag)?.level ?? levelOf(tag))
}

/** PS3.4 C.4.1.2.1: above the level asked for, each unique key holds exactly one value. */
function uniqueKey(identifier: DicomJson, tag: Tag, keyword: string, level: string): Uid {
  const value = textOf(identifier[tagText(tag)])
  if (!isUsableUid(value)) throw invalid(`${level} needs one ${keyword}`)
  return value
}

/** What a key asks for; an empty one and a sequence without values ask for nothing (universal matching). */
function matchesOf(path: readonly Tag[], element: DicomJsonElement): Match[] {
  if (element.vr !== 'SQ') {
    const value = textOf(element)
    return value === '' ? [] : [{ path, value }]
  }
  // PS3.4 C.2.2.2.6: a sequence key holds one item.
  const [item] = element.Value ?? []
  if (item === null || typeof item !== 'object') return []
  return Object.entries(item as DicomJson).flatMap(([name, inner]) => matchesOf([...path, tagFromText(name)], inner))
}

/** The values of a key as one text; '' asks for nothing. */
export const keyText = (element: DicomJsonElement): string => textOf(element)

const textOf = (element: DicomJsonElement | undefined): string =>
  (element?.Value ?? []).map((value) => oneText(value)).join('\\')

function oneText(value: DicomJsonValue): string {
  if (value === null) return ''
  if (typeof value !== 'object') return String(value)
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value as PersonNameJson
  return [Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '')
}

/** What tells one patient from another where there is an ID, and where there is none. */
const WHO: readonly Tag[] = [T.PatientID, T.IssuerOfPatientID, T.PatientName, T.PatientBirthDate]

/** At level PATIENT one of each patient's studies stands for the patient; at others all are given. */
export function answersOf(found: readonly DicomJson[], { level }: AskedFor): readonly DicomJson[] {
  if (level !== PATIENT) return found
  const patients = new Map<string, DicomJson>()
  for (const one of found) {
    const [id = '', issuer = '', ...who] = WHO.map((tag) => textOf(one[tagText(tag)]))
    const key = JSON.stringify(id === '' ? who : [id, issuer])
    if (!patients.has(key)) patients.set(key, one)
  }
  return [...patients.values()]
}

/**
 * One answer's identifier: the keys asked for, empty where there is no value, the unique keys down to the level, and
 * where the object is. Text beyond ASCII is in the character set that was asked in, where all of it has a code there; else in
 * Unicode, and says so (PS3.4 C.4.1.1.3 leaves it to us).
 */
export function answerBytes(found: DicomJson, asked: AskedFor, aeTitle: string, transferSyntax: string): Bytes[] {
  const answer: Record<string, DicomJsonElement> = {}
  for (const [tag, { vr }] of asked.keys) answer[tagText(tag)] = found[tagText(tag)] ?? { vr }
  delete answer[tagText(T.SpecificCharacterSet)]
  delete answer[tagText(T.RetrieveURL)]
  const { level, study, series } = asked.query
  const put = (tag: Tag, vr: DicomJsonElement['vr'], value: string): void => {
    answer[tagText(tag)] = { vr, Value: [value] }
  }
  const name = (tag: Tag, known: string | undefined): void => put(tag, 'UI', known ?? textOf(found[tagText(tag)]))
  if (asked.level === PATIENT) put(T.PatientID, 'LO', textOf(found[tagText(T.PatientID)]))
  else name(T.StudyInstanceUID, study)
  if (level !== 'study') name(T.SeriesInstanceUID, series)
  if (level === 'instance') name(T.SOPInstanceUID, undefined)
  put(T.QueryRetrieveLevel, 'CS', asked.level)
  put(T.RetrieveAETitle, 'AE', aeTitle)
  put(T.InstanceAvailability, 'CS', textOf(found[tagText(T.InstanceAvailability)]) || 'ONLINE')
  const inUnicode = fromDicomJson(answer)
  const beyondAscii = inUnicode.elements.has(T.SpecificCharacterSet)
  const asAsked = beyondAscii && asked.characterSet.length > 0 ? recoded(inUnicode, asked.characterSet) : undefined
  return [encodeElements(asAsked ?? inUnicode, transferSyntax)]
}

const invalid = (why: string): ArchiveError => new ArchiveError('IDENTIFIER_INVALID', { why })
