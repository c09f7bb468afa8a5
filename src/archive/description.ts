/**
 * What the index keeps of an instance, from its data set: pure, and the same at intake, in recovery and in a rebuild.
 *
 * The attributes of study and series are wanted only when the instance is the first of its own, so they are made when
 * asked for.
 */
import { constants, zstdCompressSync } from 'node:zlib'
import type { DataSet, Element, Tag } from '../dicom/data-set.ts'
import { normaliseDate } from '../dicom/date-time.ts'
import { T } from '../dicom/dictionary.ts'
import { dicomJsonText } from '../dicom/json.ts'
import { normalisedGroups } from '../dicom/name-search.ts'
import { formatPersonName, type PersonName } from '../dicom/person-name.ts'
import type { ReadResult } from '../dicom/reader.ts'
import { readRejectionNote } from '../dicom/rejection-note.ts'
import { int, personNames, text } from '../dicom/values.ts'
import { patientKey } from '../ledger/subject.ts'
import type { PersonNamesTable, SeriesTable, StudiesTable } from '../storage/sql/schema.ts'
import { column } from './column.ts'
import { type FrameTable, packFrames } from './frame-table.ts'
import { frameTableOf } from './frames-of.ts'
import { SERIES_ATTRIBUTES, STUDY_ATTRIBUTES } from './levels.ts'
import { metadataText } from './metadata-text.ts'

export type StudyAttributes = Omit<
  StudiesTable,
  | 'study_uid'
  | 'person_key'
  | 'modalities'
  | 'series_count'
  | 'instance_count'
  | 'bytes'
  | 'received_first'
  | 'received_last'
>
export type SeriesAttributes = Omit<SeriesTable, 'study_uid' | 'series_uid' | 'instance_count' | 'bytes'>
export type NameRow = Omit<PersonNamesTable, 'study_uid'>

export interface Description {
  readonly patientKey: string
  readonly patientName: string
  readonly referring: string
  readonly accession: string
  /** What it adds to the study's modalities: of a rejection note, which is never shown, nothing. */
  readonly modality: string
  /** InstitutionName and ConfidentialityCode, which rules about who sees what go by; '' for none. */
  readonly institution: string
  readonly confidentiality: string
  readonly instanceNumber: number | undefined
  readonly rows: number
  readonly columns: number
  readonly frames: number
  /** zstd of the DICOM JSON text. */
  readonly metadata: Uint8Array
  readonly frameTable: Uint8Array
  study(): StudyAttributes
  series(): SeriesAttributes
  /** Its person names cut up for searching. */
  names(): readonly NameRow[]
}

/** Level 1: metadata is written once and read seldom; a tenth of the text, in a tenth of a millisecond. */
const ZSTD = { chunkSize: 8192, params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** Person names that can be searched for, by keyword. */
const NAMES: readonly (readonly [keyword: string, tag: Tag])[] = [
  ['PatientName', T.PatientName],
  ['ReferringPhysicianName', T.ReferringPhysicianName],
]

export function describe(read: ReadResult): Description {
  const { dataSet } = read
  const patientId = columnText(dataSet, T.PatientID)
  const issuer = columnText(dataSet, T.IssuerOfPatientID)
  const frames = frameTableOf(read)
  const patientName = nameText(dataSet, T.PatientName)
  const referring = nameText(dataSet, T.ReferringPhysicianName)
  const accession = columnText(dataSet, T.AccessionNumber)
  const modality = columnText(dataSet, T.Modality)
  const patient = column(patientKey(issuer, patientId))
  return {
    patientKey: patient,
    patientName,
    referring,
    accession,
    modality: readRejectionNote(dataSet) === undefined ? modality : '',
    institution: columnText(dataSet, T.InstitutionName),
    confidentiality: columnText(dataSet, T.ConfidentialityCode),
    instanceNumber: int(dataSet, T.InstanceNumber),
    rows: int(dataSet, T.Rows) ?? 0,
    columns: int(dataSet, T.Columns) ?? 0,
    frames: frameCount(dataSet, frames),
    metadata: compressed(metadataText(dataSet)),
    frameTable: frames === undefined ? NONE : packFrames(frames),
    study: () => ({
      patient_key: patient,
      patient_id: patientId,
      issuer,
      patient_name: patientName,
      birth_date: normaliseDate(text(dataSet, T.PatientBirthDate)),
      sex: columnText(dataSet, T.PatientSex),
      study_date: normaliseDate(text(dataSet, T.StudyDate)),
      study_time: timeText(dataSet, T.StudyTime),
      accession,
      study_id: columnText(dataSet, T.StudyID),
      description: columnText(dataSet, T.StudyDescription),
      referring,
      attributes: attributesText(dataSet, STUDY_ATTRIBUTES),
    }),
    series: () => ({
      modality,
      series_number: int(dataSet, T.SeriesNumber) ?? null,
      description: columnText(dataSet, T.SeriesDescription),
      body_part: columnText(dataSet, T.BodyPartExamined),
      laterality: columnText(dataSet, T.Laterality),
      performed_date: normaliseDate(text(dataSet, T.PerformedProcedureStepStartDate)),
      performed_time: timeText(dataSet, T.PerformedProcedureStepStartTime),
      attributes: attributesText(dataSet, SERIES_ATTRIBUTES),
    }),
    names: () =>
      NAMES.flatMap(([attribute, tag]) =>
        personNames(dataSet, tag).flatMap((name) =>
          normalisedGroups(name).map(({ group, normalised }) => ({
            attribute,
            component_group: group,
            normalised: column(normalised),
          })),
        ),
      ),
  }
}

const NONE = new Uint8Array(0)

/** A copy of its own: zlib gives a view of a larger buffer, all of which would travel to the writer's thread. */
const compressed = (text: string): Uint8Array => new Uint8Array(zstdCompressSync(text, ZSTD))

/** Number of Frames as stated; what pixel data holds when nothing is stated; 0 for what is no image. */
function frameCount(dataSet: DataSet, frames: FrameTable | undefined): number {
  const stated = int(dataSet, T.NumberOfFrames)
  if (stated !== undefined && stated > 0) return stated
  return frames === undefined ? 0 : 1
}

/** The first value of a person name as decoded text, component groups joined by `=`. */
function nameText(dataSet: DataSet, tag: Tag): string {
  const [name]: readonly PersonName[] = personNames(dataSet, tag)
  return name === undefined ? '' : column(formatPersonName(name))
}

/** The attributes of one level as DICOM JSON text. */
function attributesText(dataSet: DataSet, level: ReadonlySet<Tag>): string {
  const elements = new Map<Tag, Element>()
  for (const [tag, element] of dataSet.elements) if (level.has(tag)) elements.set(tag, element)
  return dicomJsonText({ ...dataSet, elements })
}

/** A time as received, but for the colons ACR-NEMA put in. */
const timeText = (dataSet: DataSet, tag: Tag): string => column(text(dataSet, tag).replaceAll(':', ''))

const columnText = (dataSet: DataSet, tag: Tag): string => column(text(dataSet, tag))
