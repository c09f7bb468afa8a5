/**
 * What finding gives as FHIR R4 ImagingStudy (R4 13.1) and Patient (8.1). Pure. What a data set says and FHIR has no value
 * for, such as a date that is none, is left out.
 */

import { type Tag, tagText } from '../../dicom/data-set.ts'
import { normaliseDate, normaliseTime, parseOffset } from '../../dicom/date-time.ts'
import { T } from '../../dicom/dictionary.ts'
import type { DicomJson, PersonNameJson } from '../../dicom/json.ts'
import { componentsOf, displayName, parsePersonName } from '../../dicom/person-name.ts'
import { type PatientIdentity, patientResourceId, systemOf } from './patient-id.ts'

export const DICOM_CODES = 'http://dicom.nema.org/resources/ontology/DCM'
export const DICOM_UIDS = 'urn:dicom:uid'
const URIS = 'urn:ietf:rfc:3986'
const IDENTIFIER_TYPES = 'http://terminology.hl7.org/CodeSystem/v2-0203'
/** Which letters a name is written in (ISO 21090). */
const REPRESENTATION = 'http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation'

type Resource = Readonly<Record<string, unknown>> & { readonly id: string }

const textAt = (of: DicomJson, tag: Tag): string => {
  const value = of[tagText(tag)]?.Value?.[0]
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
}
const countAt = (of: DicomJson, tag: Tag): number | undefined => {
  const number = Number(textAt(of, tag) || Number.NaN)
  return Number.isSafeInteger(number) && number >= 0 && number < 2 ** 31 ? number : undefined
}
/** With what there is: FHIR has no empty values. */
function filled(entries: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(entries).filter(
      ([, one]) => one !== undefined && one !== '' && !(Array.isArray(one) && one.length === 0),
    ),
  )
}

/** The whole patient, in a study found. */
export const identityIn = (study: DicomJson): PatientIdentity => ({
  id: textAt(study, T.PatientID),
  issuer: textAt(study, T.IssuerOfPatientID),
})

const namesIn = (study: DicomJson, tag: Tag): PersonNameJson => {
  const value = study[tagText(tag)]?.Value?.[0]
  return typeof value === 'object' && value !== null ? (value as PersonNameJson) : {}
}
const shownName = (study: DicomJson, tag: Tag): string => {
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = namesIn(study, tag)
  return displayName(parsePersonName([Alphabetic, Ideographic, Phonetic].join('=')))
}

/** `YYYY-MM-DD`; '' when there is no such day. */
function dayOf(text: string): string {
  const digits = normaliseDate(text)
  const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`
  const at = new Date(`${day}T00:00:00Z`)
  return digits.length === 8 && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day) ? day : ''
}

/** A moment where the zone is known, else the day: FHIR has no time without a zone. */
function momentOf(of: DicomJson, date: Tag, time: Tag): string {
  const day = dayOf(textAt(of, date))
  const zone = textAt(of, T.TimezoneOffsetFromUTC)
  const clock = normaliseTime(textAt(of, time))
  if (day === '' || clock.length < 6 || parseOffset(zone) === undefined) return day
  const [hours, minutes, seconds] = [clock.slice(0, 2), clock.slice(2, 4), clock.slice(4, 6)]
  return `${day}T${hours}:${minutes}:${seconds === '60' ? '59' : seconds}${zone.slice(0, 3)}:${zone.slice(3)}`
}

function patientIdentifier({ id, issuer }: PatientIdentity): Record<string, unknown> {
  const type = { coding: [{ system: IDENTIFIER_TYPES, code: 'MR' }] }
  return filled({
    type,
    system: systemOf(issuer),
    value: id,
    assigner: issuer === '' ? undefined : { display: issuer },
  })
}

function subjectOf(study: DicomJson): Record<string, unknown> {
  const identity = identityIn(study)
  const display = shownName(study, T.PatientName) || 'unknown'
  if (identity.id === '') return { display }
  return {
    reference: `Patient/${patientResourceId(identity)}`,
    type: 'Patient',
    identifier: patientIdentifier(identity),
    display,
  }
}

export interface StudyFound {
  readonly study: DicomJson
  /** When its last object came, RFC 3339. */
  readonly received: string
  /** Undefined: not looked for, and the resource says that it is not all. */
  readonly series?: readonly { readonly series: DicomJson; readonly instances: readonly DicomJson[] }[]
}

/** @param dicomweb  where its objects are fetched */
export function imagingStudy({ study, received, series }: StudyFound, dicomweb: string): Resource {
  const id = textAt(study, T.StudyInstanceUID)
  const accession = textAt(study, T.AccessionNumber)
  const modalities = (study[tagText(T.ModalitiesInStudy)]?.Value ?? []).filter((one) => typeof one === 'string')
  const referrer = shownName(study, T.ReferringPhysicianName)
  return {
    resourceType: 'ImagingStudy',
    id,
    ...filled({
      meta: {
        lastUpdated: received,
        ...(series === undefined && {
          tag: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }],
        }),
      },
      contained: [endpoint(`${dicomweb}`)],
      identifier: [
        { system: DICOM_UIDS, value: `urn:oid:${id}` },
        ...(accession === ''
          ? []
          : [{ type: { coding: [{ system: IDENTIFIER_TYPES, code: 'ACSN' }] }, value: accession }]),
      ],
      status: 'available',
      modality: modalities.map((code) => ({ system: DICOM_CODES, code })),
      subject: subjectOf(study),
      started: momentOf(study, T.StudyDate, T.StudyTime),
      referrer: referrer === '' ? undefined : { display: referrer },
      endpoint: [{ reference: '#wado-rs' }],
      numberOfSeries: countAt(study, T.NumberOfStudyRelatedSeries),
      numberOfInstances: countAt(study, T.NumberOfStudyRelatedInstances),
      description: textAt(study, T.StudyDescription),
      series: series?.map((one) => seriesOf(one.series, one.instances)),
    }),
  }
}

const endpoint = (address: string) => ({
  resourceType: 'Endpoint',
  id: 'wado-rs',
  status: 'active',
  connectionType: {
    system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type',
    code: 'dicom-wado-rs',
  },
  payloadType: [{ text: 'DICOM WADO-RS' }],
  payloadMimeType: ['application/dicom'],
  address,
})

function seriesOf(series: DicomJson, instances: readonly DicomJson[]): Record<string, unknown> {
  const bodySite = textAt(series, T.BodyPartExamined)
  return filled({
    uid: textAt(series, T.SeriesInstanceUID),
    number: countAt(series, T.SeriesNumber),
    modality: { system: DICOM_CODES, code: textAt(series, T.Modality) || 'OT' },
    description: textAt(series, T.SeriesDescription),
    numberOfInstances: countAt(series, T.NumberOfSeriesRelatedInstances),
    bodySite: bodySite === '' ? undefined : { display: bodySite },
    started: momentOf(series, T.PerformedProcedureStepStartDate, T.PerformedProcedureStepStartTime),
    instance: instances.map((instance) =>
      filled({
        uid: textAt(instance, T.SOPInstanceUID),
        sopClass: { system: URIS, code: `urn:oid:${textAt(instance, T.SOPClassUID)}` },
        number: countAt(instance, T.InstanceNumber),
      }),
    ),
  })
}

const GENDERS: Readonly<Record<string, string>> = { M: 'male', F: 'female', O: 'other' }

/** A patient, as their newest study says. */
export function patient({ study, received }: Omit<StudyFound, 'series'>): Resource {
  const identity = identityIn(study)
  const names = namesIn(study, T.PatientName)
  const written = [
    ['ABC', names.Alphabetic],
    ['IDE', names.Ideographic],
    ['SYL', names.Phonetic],
  ] as const
  return {
    resourceType: 'Patient',
    id: patientResourceId(identity),
    ...filled({
      meta: { lastUpdated: received },
      identifier: [patientIdentifier(identity)],
      name: written.flatMap(([letters, group = '']) =>
        group.replace(/[\^\s]/g, '') === '' ? [] : [humanName(group, letters)],
      ),
      gender: GENDERS[textAt(study, T.PatientSex)],
      birthDate: dayOf(textAt(study, T.PatientBirthDate)),
    }),
  }
}

function humanName(group: string, letters: string): Record<string, unknown> {
  const { family, given, middle, prefix, suffix } = componentsOf(group)
  const words = (text: string) => (text === '' ? [] : [text])
  return filled({
    extension: [{ url: REPRESENTATION, valueCode: letters }],
    text: displayName(parsePersonName(group)),
    family,
    given: [...words(given), ...words(middle)],
    prefix: words(prefix),
    suffix: words(suffix),
  })
}
