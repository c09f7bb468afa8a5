/**
 * What every object of the demonstration states: patient, study, series, equipment, and that it is synthetic
 * (PS3.3 C.7.1 to C.7.5, C.12.1).
 */

import type { Attributes } from '../dicom/attributes.ts'
import { UIDS, type UidKeyword } from '../dicom/dictionary.ts'
import { uidOf } from './uids.ts'

export interface Person {
  readonly id: string
  /** As PN has it, groups and all. No one could bear it. */
  readonly name: string
  readonly born: string // YYYYMMDD
  readonly sex: 'F' | 'M'
  readonly height: number // m
  readonly weight: number // kg
}

export interface Study {
  readonly person: Person
  /** Names its UIDs, together with the person's ID: never changed. */
  readonly key: string
  readonly date: string // YYYYMMDD
  readonly time: string // HHMMSS
  readonly description: string
}

/** A study and what a person should see in it. */
export interface Told {
  readonly study: Study
  readonly says: string
}

export interface Series {
  readonly study: Study
  readonly number: number
  readonly modality: 'CT' | 'DX' | 'MR' | 'MG' | 'US' | 'DOC' | 'SR'
  readonly description: string
  readonly bodyPart?: string
  /** Of the machine, for the equipment module. */
  readonly model: string
}

const ISSUER = 'CLEARKEEP SYNTHETIC'

const nameOf = ({ person, key }: Study): string => `${person.id} ${key}`
export const studyUid = (study: Study): string => uidOf(`study ${nameOf(study)}`)
export const seriesUid = (series: Series): string => uidOf(`series ${nameOf(series.study)} ${series.number}`)
export const instanceUid = (series: Series, instance: number): string =>
  uidOf(`instance ${nameOf(series.study)} ${series.number} ${instance}`)
export const frameOfReferenceUid = (study: Study): string => uidOf(`frame of reference ${nameOf(study)}`)

/** Whole years, as AS has them. */
export function ageAt(date: string, born: string): string {
  const years = Number(date.slice(0, 4)) - Number(born.slice(0, 4)) - (date.slice(4) < born.slice(4) ? 1 : 0)
  return `${String(years).padStart(3, '0')}Y`
}

/** Seconds later on the clock of the study. */
export function later(time: string, seconds: number): string {
  const all = Number(time.slice(0, 2)) * 3600 + Number(time.slice(2, 4)) * 60 + Number(time.slice(4, 6)) + seconds
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${two((all / 3600) % 24)}${two((all / 60) % 60)}${two(all % 60)}`
}

/** @param instance  Instance Number, and what tells the object from the others of its series */
export function commonModules(series: Series, instance: number, sopClass: UidKeyword): Attributes {
  const { study } = series
  const { person } = study
  const time = later(study.time, series.number * 120 + instance)
  return {
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: UIDS[sopClass],
    SOPInstanceUID: instanceUid(series, instance),
    SyntheticData: 'YES',
    InstanceCreationDate: study.date,
    InstanceCreationTime: time,
    PatientName: person.name,
    PatientID: person.id,
    IssuerOfPatientID: ISSUER,
    PatientBirthDate: person.born,
    PatientSex: person.sex,
    PatientAge: ageAt(study.date, person.born),
    PatientSize: person.height,
    PatientWeight: person.weight,
    PatientComments: 'SYNTHETIC. Computed by Clearkeep; there is no such person.',
    StudyInstanceUID: studyUid(study),
    StudyDate: study.date,
    StudyTime: study.time,
    StudyID: study.key.toUpperCase().slice(0, 16),
    StudyDescription: study.description,
    AccessionNumber: `${person.id}-${study.date.slice(2)}`,
    ReferringPhysicianName: 'Nobody^Referring',
    SeriesInstanceUID: seriesUid(series),
    SeriesNumber: series.number,
    SeriesDate: study.date,
    SeriesTime: later(study.time, series.number * 120),
    SeriesDescription: series.description,
    Modality: series.modality,
    ...(series.bodyPart === undefined ? {} : { BodyPartExamined: series.bodyPart }),
    Manufacturer: 'Clearkeep',
    ManufacturerModelName: series.model,
    InstitutionName: 'SYNTHETIC HOSPITAL',
    StationName: `SYN-${series.modality}`,
    DeviceSerialNumber: 'SYNTHETIC',
    SoftwareVersions: 'demonstration 1',
    InstanceNumber: instance,
    ContentDate: study.date,
    ContentTime: time,
  }
}

/** C.7.6.1 and C.7.6.3 for one grey value a pixel. */
export function greyImage(options: {
  readonly rows: number
  readonly columns: number
  readonly bitsAllocated?: 8 | 16
  readonly bitsStored: number
  readonly signed?: boolean
  readonly inverse?: boolean
}): Attributes {
  const { rows, columns, bitsAllocated = 16, bitsStored, signed = false, inverse = false } = options
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: inverse ? 'MONOCHROME1' : 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    BitsAllocated: bitsAllocated,
    BitsStored: bitsStored,
    HighBit: bitsStored - 1,
    PixelRepresentation: signed ? 1 : 0,
    // The word burned in identifies nobody, which is what this attribute is about.
    BurnedInAnnotation: 'NO',
    LossyImageCompression: '00',
  }
}
