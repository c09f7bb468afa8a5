/** What another archive has, by C-FIND (PS3.4 Annex C): its studies span by span of their dates, then the objects of each. */
import { type Tag, tagText } from '../../dicom/data-set.ts'
import { implicitVr, T } from '../../dicom/dictionary.ts'
import type { DicomJson, DicomJsonElement } from '../../dicom/json.ts'
import { isUsableUid } from '../../dicom/uid.ts'
import { find, type QueryOptions } from '../../network/services/query.ts'
import type { Book, Listed, ObjectRow } from './book.ts'
import { firstSlices, halves, rangeOf, type Slice } from './slices.ts'

/** More in one answer are asked for again in halves: many archives stop at some hundreds without saying so. */
const MOST_IN_ANSWER = 200

const STUDY_KEYS = [
  T.StudyInstanceUID,
  T.StudyDate,
  T.PatientID,
  T.IssuerOfPatientID,
  T.PatientName,
  T.PatientBirthDate,
  T.PatientSex,
  T.NumberOfStudyRelatedInstances,
]

export interface Census {
  /** Studies that were listed, while it goes on. */
  listed(studies: number): void
}

/** @throws {ArchiveError} `NET_*` */
export async function listStudies(book: Book, options: QueryOptions, today: string, told: Census): Promise<void> {
  const slices: Slice[] = [...firstSlices(today)].reverse()
  for (let span = slices.pop(); span !== undefined; span = slices.pop()) {
    options.signal?.throwIfAborted()
    if (book.asked(span)) continue
    const studies = await studiesOf(span, options)
    if (studies === undefined) {
      const [earlier, later] = halves(span) ?? []
      if (earlier && later) slices.push(later, earlier)
      continue
    }
    book.list(span, studies)
    told.listed(studies.length)
  }
  // A study without a date is in no span: whatever else is told when no date is asked for is one.
  const others: Listed[] = []
  for await (const found of find(keys('STUDY', STUDY_KEYS), options)) {
    const study = studyOf(found)
    if (study !== undefined && !book.knows(study.study)) others.push(study)
  }
  book.list(undefined, others)
  told.listed(others.length)
}

/** Undefined when there are more than an answer may hold, and the span is longer than a day. */
async function studiesOf(span: Slice, options: QueryOptions): Promise<readonly Listed[] | undefined> {
  const studies: Listed[] = []
  for await (const found of find(spanKeys(span), options)) {
    const study = studyOf(found)
    if (study !== undefined) studies.push(study)
    if (studies.length > MOST_IN_ANSWER && halves(span) !== undefined) return undefined
  }
  return studies
}

const spanKeys = (span: Slice): DicomJson => ({
  ...keys('STUDY', STUDY_KEYS),
  [tagText(T.StudyDate)]: { vr: 'DA', Value: [rangeOf(span)] },
})

/** The objects of a study, as its series list them. @throws {ArchiveError} `NET_*` */
export async function listObjects(
  study: string,
  options: QueryOptions,
): Promise<readonly Pick<ObjectRow, 'series' | 'instance' | 'sop_class'>[]> {
  const objects: Pick<ObjectRow, 'series' | 'instance' | 'sop_class'>[] = []
  const series = new Set<string>()
  for await (const found of find(keys('SERIES', [T.SeriesInstanceUID], { study }), options))
    series.add(textAt(found, T.SeriesInstanceUID))
  for (const one of series) {
    options.signal?.throwIfAborted()
    if (one === '') continue
    const asked = keys('IMAGE', [T.SOPInstanceUID, T.SOPClassUID], { study, series: one })
    for await (const found of find(asked, options)) {
      const instance = textAt(found, T.SOPInstanceUID)
      if (instance !== '') objects.push({ series: one, instance, sop_class: textAt(found, T.SOPClassUID) })
    }
  }
  return objects
}

/** A query that returns these, and is about this. */
export function keys(
  level: 'STUDY' | 'SERIES' | 'IMAGE',
  returned: readonly Tag[],
  { study, series, instances }: { study?: string; series?: string; instances?: readonly string[] } = {},
): DicomJson {
  const asked: Record<string, DicomJsonElement> = {
    [tagText(T.QueryRetrieveLevel)]: { vr: 'CS', Value: [level] },
  }
  for (const tag of returned) asked[tagText(tag)] = { vr: implicitVr(tag) }
  if (study !== undefined) asked[tagText(T.StudyInstanceUID)] = { vr: 'UI', Value: [study] }
  if (series !== undefined) asked[tagText(T.SeriesInstanceUID)] = { vr: 'UI', Value: [series] }
  if (instances !== undefined) asked[tagText(T.SOPInstanceUID)] = { vr: 'UI', Value: [...instances] }
  return asked
}

/** Undefined of what has no usable UID: nobody can ask for it. */
function studyOf(found: DicomJson): Listed | undefined {
  const study = textAt(found, T.StudyInstanceUID)
  if (!isUsableUid(study)) return undefined
  const stated = textAt(found, T.NumberOfStudyRelatedInstances)
  return {
    study,
    date: textAt(found, T.StudyDate),
    id: textAt(found, T.PatientID),
    issuer: textAt(found, T.IssuerOfPatientID),
    name: nameAt(found),
    birth: textAt(found, T.PatientBirthDate),
    sex: textAt(found, T.PatientSex),
    stated: /^\d+$/.test(stated) ? Number(stated) : -1,
  }
}

export const textAt = (found: DicomJson, tag: Tag): string => String(found[tagText(tag)]?.Value?.[0] ?? '').trim()

function nameAt(found: DicomJson): string {
  const [name] = found[tagText(T.PatientName)]?.Value ?? []
  if (name === null || typeof name !== 'object') return String(name ?? '')
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = name as Record<string, string>
  return [Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '')
}
