/**
 * From candidate rows to answers: the DICOM JSON object of each match, with what PS3.18 Tables 10.6.3-3 to -5 ask for,
 * what the query named, and what it asked to include. Bulk data stays behind.
 */
import { type Tag, tagText } from '../dicom/data-set.ts'
import { lookUp, T } from '../dicom/dictionary.ts'
import type { DicomJson, DicomJsonElement, DicomJsonValue } from '../dicom/json.ts'
import type { Query } from './archive.ts'
import type { CandidateRow } from './find.queries.ts'
import { bitsAllocatedOf } from './frame-table.ts'
import { SERIES_RETURNS, SERIES_RETURNS_IF_PRESENT, STUDY_RETURNS, STUDY_RETURNS_IF_PRESENT } from './keys.ts'

/** A candidate with its attributes read, each level's apart. */
export interface Candidate {
  readonly row: CandidateRow
  readonly study: DicomJson
  readonly series: DicomJson
  readonly instance: DicomJson
}

export interface ResultShape {
  readonly level: Query['level']
  /** Tags named as keys or to be included; `all` for every attribute kept. */
  readonly named: ReadonlySet<Tag> | 'all'
  readonly withStudy: boolean
  readonly withSeries: boolean
}

/** What a query's answers hold: attributes of the levels above only where the path does not name them (PS3.18 10.6.3.3). */
export function shapeOf(query: Query, asked: readonly Tag[]): ResultShape {
  return {
    level: query.level,
    named: query.include === 'all' ? 'all' : new Set([...asked, ...(query.include === 'default' ? [] : query.include)]),
    withStudy: query.level === 'study' || query.study === undefined,
    withSeries: query.level !== 'study' && (query.level === 'series' || query.series === undefined),
  }
}

export function result({ row, study, series, instance }: Candidate, shape: ResultShape): DicomJson {
  const answer: Record<string, DicomJsonElement> = {}
  const take = (from: DicomJson, always: readonly Tag[], ifPresent: readonly Tag[], due: boolean): void => {
    if (due) for (const tag of always) answer[tagText(tag)] = from[tagText(tag)] ?? empty(tag)
    if (shape.named === 'all') for (const [key, element] of Object.entries(from)) set(answer, key, element)
    else
      for (const tag of due ? [...ifPresent, ...shape.named] : shape.named)
        set(answer, tagText(tag), from[tagText(tag)])
  }
  const put = (tag: Tag, ...values: DicomJsonValue[]): void => {
    answer[tagText(tag)] = { vr: lookUp(tag)?.vr ?? 'UN', ...(values.length > 0 && { Value: values }) }
  }

  take(study, STUDY_RETURNS, STUDY_RETURNS_IF_PRESENT, shape.withStudy)
  put(T.StudyInstanceUID, row.study_uid)
  if (shape.withStudy) {
    put(T.ModalitiesInStudy, ...row.modalities.split('\\').filter((modality) => modality !== ''))
    put(T.NumberOfStudyRelatedSeries, Number(row.series_count))
    put(T.NumberOfStudyRelatedInstances, Number(row.study_instances))
  }
  if (row.series_uid !== undefined) {
    take(series, SERIES_RETURNS, SERIES_RETURNS_IF_PRESENT, shape.withSeries)
    put(T.SeriesInstanceUID, row.series_uid)
    if (shape.withSeries) put(T.NumberOfSeriesRelatedInstances, Number(row.series_instances))
  }
  if (row.sop_uid !== undefined) {
    if (shape.named === 'all' || shape.named.size > 0) take(instance, [], [], false)
    set(answer, tagText(T.TimezoneOffsetFromUTC), series[tagText(T.TimezoneOffsetFromUTC)])
    put(T.SOPClassUID, row.sop_class_uid ?? '')
    put(T.SOPInstanceUID, row.sop_uid)
    if (!answer[tagText(T.InstanceNumber)])
      put(
        T.InstanceNumber,
        ...(row.instance_number === null || row.instance_number === undefined ? [] : [Number(row.instance_number)]),
      )
    const bits = bitsAllocatedOf(row.frames_head ?? new Uint8Array(0))
    if (bits !== undefined) {
      put(T.Rows, Number(row.rows))
      put(T.Columns, Number(row.columns))
      put(T.BitsAllocated, bits)
      if (Number(row.frames) > 1) put(T.NumberOfFrames, Number(row.frames))
    }
    put(T.AvailableTransferSyntaxUID, row.transfer_syntax ?? '')
  }
  put(T.InstanceAvailability, row.tier === 'cold' ? 'NEARLINE' : 'ONLINE')
  put(T.SpecificCharacterSet, 'ISO_IR 192')
  return sorted(answer)
}

const empty = (tag: Tag): DicomJsonElement => ({ vr: lookUp(tag)?.vr ?? 'UN' })

function set(answer: Record<string, DicomJsonElement>, key: string, element: DicomJsonElement | undefined): void {
  const kept = element && withoutBulk(element)
  if (kept) answer[key] = kept
}

/** Bulk data is fetched, not found: an element that is one, or an item's, is left out. */
function withoutBulk(element: DicomJsonElement): DicomJsonElement | undefined {
  if (element.BulkDataURI !== undefined) return undefined
  if (element.vr !== 'SQ' || element.Value === undefined) return element
  return {
    vr: 'SQ',
    Value: element.Value.map((item) => {
      if (item === null || typeof item !== 'object') return item
      const kept: Record<string, DicomJsonElement> = {}
      for (const [key, inner] of Object.entries(item as DicomJson)) set(kept, key, inner)
      return kept
    }),
  }
}

/** In the order of tags (PS3.18 F.2.2); keys that look like array indexes come first in any JavaScript object. */
function sorted(answer: Record<string, DicomJsonElement>): DicomJson {
  const ordered: Record<string, DicomJsonElement> = {}
  for (const key of Object.keys(answer).sort()) {
    const element = answer[key]
    if (element) ordered[key] = element
  }
  return ordered
}

/** Is something named that only an instance's own attributes can give? */
export function needsInstanceAttributes(shape: ResultShape, isOfInstance: (tag: Tag) => boolean): boolean {
  return shape.level === 'instance' && (shape.named === 'all' || [...shape.named].some(isOfInstance))
}
