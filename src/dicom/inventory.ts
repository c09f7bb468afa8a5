/**
 * Inventories (PS3.3 section A.88): SOP Instances that list studies, series and instances of an archive, and say where each
 * object lies in a file that needs none of the archive's services (PS3.3 Annex P). Several make one inventory: the last names
 * the others (C.38.2.3).
 */
import { type Attributes, dataSetOf } from './attributes.ts'
import { sequence, withElements } from './build.ts'
import type { DataSet, Element } from './data-set.ts'
import { T, UIDS } from './dictionary.ts'

/** Where an object's file lies: a range of a container (PS3.3 Table C.38.2-2). */
export interface StoredFile {
  /** Relative to the inventory's base: it begins with `./` (PS3.3 P.2.1). */
  readonly uri: string
  readonly container: ContainerFile
  /** Bytes of the container. */
  readonly offset: number
  readonly length: number
  readonly transferSyntax: string
  /** SHA-256 of the stored file; undefined when it was not taken. */
  readonly sha256?: Uint8Array
}

/** What is looked into: an entry of a ZIP by its name, or bytes of any file (PS3.3 P.1.2). */
export type ContainerFile = { readonly type: 'ZIP'; readonly name: string } | { readonly type: 'BLOB' }

export interface InventoriedInstance {
  readonly sopClass: string
  readonly instance: string
  readonly number: number | undefined
  /** Undefined when no file can be named: its record is there all the same. */
  readonly file: StoredFile | undefined
}

export interface InventoriedSeries {
  readonly series: string
  /** As the archive knows them from the objects. */
  readonly attributes: DataSet
  readonly instances: readonly InventoriedInstance[]
}

export interface InventoriedStudy {
  readonly study: string
  readonly attributes: DataSet
  readonly modalities: readonly string[]
  /** When the study last changed, and when it was looked at: DT with its offset from UTC. */
  readonly updated: string
  readonly listed: string
  readonly series: readonly InventoriedSeries[]
}

export interface InventoryPart {
  readonly instance: string
  /** `YYYYMMDD` and `HHMMSS`: when the inventory was begun. */
  readonly date: string
  readonly time: string
  /** What relative URIs are relative to; ends in `/`. */
  readonly base: string
  readonly software: string
  readonly studies: readonly InventoriedStudy[]
  /** Parts that this one completes: the whole inventory is they and this. */
  readonly others: readonly { readonly instance: string; readonly studies: number }[]
  /** With what it completes it is not everything: a part before the last, or somebody may not see all. */
  readonly partial: boolean
}

export function inventoryPart(part: InventoryPart): DataSet {
  const { instance, date, time, base, software, studies, others, partial } = part
  const made = dataSetOf({
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: UIDS.InventoryStorage,
    SOPInstanceUID: instance,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    ContentDate: date,
    ContentTime: time,
    Manufacturer: 'Clearkeep',
    ManufacturerModelName: 'Clearkeep',
    SoftwareVersions: software,
    // Empty: whatever the archive has.
    ScopeOfInventorySequence: [],
    InventoryPurpose: '',
    InventoryLevel: 'INSTANCE',
    InventoryCompletionStatus: partial ? 'PARTIAL' : 'COMPLETE',
    NumberOfStudyRecordsInInstance: studies.length,
    TotalNumberOfStudyRecords: others.reduce((sum, other) => sum + other.studies, studies.length),
    StoredInstanceBaseURI: base,
    ...(others.length > 0 && {
      IncorporatedInventoryInstanceSequence: others.map((other) => ({
        ReferencedSOPClassUID: UIDS.InventoryStorage,
        ReferencedSOPInstanceUID: other.instance,
      })),
    }),
  })
  if (studies.length === 0) return made
  return withElements(made, [sequence(T.InventoriedStudiesSequence, studies.map(studyItem))])
}

/** Type 2 attributes of the Patient and General Study modules, there with or without a value. */
const STUDY_TYPE_2: Attributes = {
  StudyDate: '',
  StudyTime: '',
  AccessionNumber: '',
  ReferringPhysicianName: '',
  PatientName: '',
  PatientID: '',
  PatientBirthDate: '',
  PatientSex: '',
  StudyID: '',
}

function studyItem(study: InventoriedStudy): DataSet {
  const instances = study.series.flatMap((series) => series.instances)
  const told = dataSetOf({
    StudyInstanceUID: study.study,
    ModalitiesInStudy: study.modalities.length > 0 ? study.modalities : '',
    SOPClassesInStudy: [...new Set(instances.map(({ sopClass }) => sopClass))].sort(),
    NumberOfStudyRelatedSeries: study.series.length,
    NumberOfStudyRelatedInstances: instances.length,
    StudyUpdateDateTime: study.updated,
    ItemInventoryDateTime: study.listed,
  })
  const series = sequence(
    T.InventoriedSeriesSequence,
    study.series.map((one) => seriesItem(one, study.listed)),
  )
  return over(STUDY_TYPE_2, study.attributes, [...told.elements.values(), series])
}

function seriesItem(series: InventoriedSeries, listed: string): DataSet {
  const told = dataSetOf({
    SeriesInstanceUID: series.series,
    NumberOfSeriesRelatedInstances: series.instances.length,
    ItemInventoryDateTime: listed,
  })
  const instances = sequence(
    T.InventoriedInstancesSequence,
    series.instances.map((one) => instanceItem(one, listed)),
  )
  return over({ Modality: 'OT', SeriesNumber: '' }, series.attributes, [...told.elements.values(), instances])
}

const instanceItem = ({ sopClass, instance, number, file }: InventoriedInstance, listed: string): DataSet =>
  dataSetOf({
    SOPClassUID: sopClass,
    SOPInstanceUID: instance,
    InstanceNumber: number ?? '',
    ItemInventoryDateTime: listed,
    ...(file !== undefined && { FileAccessSequence: [fileAccess(file)] }),
  })

/** PS3.3 Table C.38.2-2; offset and length are told of a ZIP too, since entries are stored and can be read as ranges. */
const fileAccess = ({ uri, container, offset, length, transferSyntax, sha256 }: StoredFile): Attributes => ({
  FileAccessURI: uri,
  ContainerFileType: container.type,
  ...(container.type === 'ZIP' && { FilenameInContainer: container.name }),
  FileOffsetInContainer: offset,
  FileLengthInContainer: length,
  StoredInstanceTransferSyntaxUID: transferSyntax,
  ...(sha256 !== undefined && { MACAlgorithm: 'SHA256', MAC: sha256 }),
})

/** The character set stands once, in the inventory's own set. */
const over = (least: Attributes, known: DataSet, told: Iterable<Element>): DataSet =>
  withElements(withElements(dataSetOf(least), known.elements.values()), [...told, [T.SpecificCharacterSet, undefined]])
