/**
 * Orders: what a message says about a scheduled procedure step, laid over what was said before, and the step as an item
 * of the Modality Worklist (PS3.4 Table K.6-1). Pure.
 */
import { createHash } from 'node:crypto'
import { canonicalJson } from '../../base/canonical-json.ts'
import { type Tag, tagText } from '../../dicom/data-set.ts'
import { T } from '../../dicom/dictionary.ts'
import type { DicomJson, DicomJsonElement, DicomJsonValue } from '../../dicom/json.ts'
import { splitPatientKey } from '../../ledger/subject.ts'
import type { OrdersTable, PersonsTable } from '../../storage/sql/schema.ts'
import { column } from '../column.ts'
import type { OrderRow, StepStatus } from './workflow-rows.ts'

export interface Code {
  readonly value: string
  readonly scheme: string
  readonly meaning: string
}

/** What nobody searches by. */
export interface OrderDetails {
  readonly procedureId: string
  readonly stationName: string
  readonly location: string
  readonly performer: string
  readonly requester: string
  readonly referrer: string
  readonly description: string
  readonly procedureCode?: Code | undefined
  readonly protocol?: Code | undefined
  readonly priority: string
  readonly reason: string
  readonly admission: string
  readonly patientLocation: string
}

/** What a message says of one step: undefined where it says nothing, '' where it takes something away. */
export interface OrderChange {
  readonly control: 'schedule' | 'cancel' | 'start' | 'complete'
  readonly placer: string
  readonly filler: string
  readonly accession?: string | undefined
  readonly step?: string | undefined
  readonly study?: string | undefined
  readonly modality?: string | undefined
  readonly stationAet?: string | undefined
  readonly date?: string | undefined
  readonly time?: string | undefined
  readonly procedureId?: string | undefined
  readonly stationName?: string | undefined
  readonly location?: string | undefined
  readonly performer?: string | undefined
  readonly requester?: string | undefined
  readonly referrer?: string | undefined
  readonly description?: string | undefined
  readonly procedureCode?: Code | undefined
  readonly protocol?: Code | undefined
  readonly priority?: string | undefined
  readonly reason?: string | undefined
  readonly admission?: string | undefined
  readonly patientLocation?: string | undefined
}

/** Who told, and when: MSH-7 in microseconds, or the time of receipt. */
export interface Teller {
  readonly sender: string
  readonly at: number
}

/** A message that was written before the one that was last followed, by the same sender: it came out of order. */
export const isLate = (row: { told_by: string; told_at: number } | undefined, teller: Teller): boolean =>
  row !== undefined && row.told_by === column(teller.sender) && Number(row.told_at) > teller.at

/** Of the steps that share its numbers, the one this change is about. */
export function sameStep(rows: readonly OrdersTable[], { step }: OrderChange, nth: number): OrdersTable | undefined {
  if (step !== undefined && step !== '') {
    const named = rows.find((row) => row.step === column(step))
    if (named !== undefined) return named
  }
  // Without an ID of the step, orders of one step are meant; of several, the position tells.
  return step === undefined || step === ''
    ? rows[nth]
    : rows.length === 1 && nth === 0 && madeUp(rows[0])
      ? rows[0]
      : undefined
}

const madeUp = (row: OrdersTable | undefined): boolean => row !== undefined && row.step === stepId(row.order_key)

/** An ID for a step whose message gives it none: an SH that stays the same. */
const stepId = (key: string): string => `S${createHash('sha256').update(key).digest('hex').slice(0, 12).toUpperCase()}`

/** A UID for an order that names no study, as PS3.5 B.2 has it: the same whenever the order is told of again. */
function studyUid(key: string): string {
  const digest = createHash('sha256').update(`clearkeep study of ${key}`).digest()
  // A UUID of version 8 (RFC 9562 section 5.8).
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80
  return `2.25.${BigInt(`0x${digest.subarray(0, 16).toString('hex')}`)}`
}

/**
 * The step as it is after a message.
 *
 * @param nth  which of the steps of its order, from 0
 */
export function changed(
  row: OrdersTable | undefined,
  change: OrderChange,
  patient: string,
  teller: Teller,
  nth: number,
): OrderRow {
  const before = row === undefined ? undefined : (JSON.parse(row.details) as OrderDetails)
  const accession = change.accession ?? row?.accession ?? ''
  const key =
    row?.order_key ??
    column(
      `${[change.placer || change.filler || accession, change.step || (nth === 0 ? '' : String(nth + 1))].join('/')}`,
    )
  const text = (name: Exclude<keyof OrderDetails, 'procedureCode' | 'protocol'>): string =>
    column(change[name] ?? before?.[name] ?? '')
  const details: OrderDetails = {
    procedureId: text('procedureId'),
    stationName: text('stationName'),
    location: text('location'),
    performer: text('performer'),
    requester: text('requester'),
    referrer: text('referrer'),
    description: text('description'),
    procedureCode: shortCode(change.procedureCode) ?? before?.procedureCode,
    protocol: shortCode(change.protocol) ?? before?.protocol,
    priority: text('priority'),
    reason: text('reason'),
    admission: text('admission'),
    patientLocation: text('patientLocation'),
  }
  const filler = change.filler || row?.filler || ''
  const placer = change.placer || row?.placer || ''
  return {
    order_key: key,
    placer: column(placer),
    filler: column(filler),
    // An accession number is what the filler calls the order, where nothing else says (IHE Radiology TF-2, 4.4.4.1.2).
    accession: column(accession || shortNumber(filler) || shortNumber(placer)),
    step: column(change.step || row?.step || stepId(key)),
    study_uid: change.study || row?.study_uid || studyUid(key),
    patient_key: column(patient),
    modality: column(change.modality ?? row?.modality ?? ''),
    station_aet: column(change.stationAet ?? row?.station_aet ?? ''),
    start_date: change.date ?? row?.start_date ?? '',
    start_time: change.time ?? row?.start_time ?? '',
    status: statusAfter(row?.status as StepStatus | undefined, change.control),
    told_by: column(teller.sender),
    told_at: teller.at,
    details: canonicalJson(JSON.parse(JSON.stringify(details))),
  }
}

const shortCode = (code: Code | undefined): Code | undefined =>
  code && { value: column(code.value), scheme: column(code.scheme), meaning: column(code.meaning) }

const shortNumber = (entity: string): string => {
  const [number = ''] = entity.split('^')
  return number.length <= 16 ? number : ''
}

/** What a modality has done is not undone by an order that is told of again. */
function statusAfter(before: StepStatus | undefined, control: OrderChange['control']): StepStatus {
  if (before === 'completed') return before
  switch (control) {
    case 'cancel':
      return 'cancelled'
    case 'complete':
      return 'completed'
    case 'start':
      return 'started'
    case 'schedule':
      return before === 'started' ? before : 'scheduled'
  }
}

/** PS3.4 Table K.6-1, as far as orders say it. */
export function worklistItem(order: OrdersTable, person: PersonsTable | undefined): DicomJson {
  const details = JSON.parse(order.details) as OrderDetails
  const { id = '', issuer = '' } = splitPatientKey(order.patient_key) ?? {}
  const item: Record<string, DicomJsonElement> = {}
  put(item, T.AccessionNumber, 'SH', order.accession)
  put(item, T.ReferringPhysicianName, 'PN', details.referrer)
  put(item, T.PatientName, 'PN', person?.name ?? '')
  put(item, T.PatientID, 'LO', person?.patient_id ?? id)
  put(item, T.IssuerOfPatientID, 'LO', person?.issuer ?? issuer)
  put(item, T.PatientBirthDate, 'DA', person?.birth_date ?? '')
  put(item, T.PatientSex, 'CS', person?.sex ?? '')
  put(item, T.StudyInstanceUID, 'UI', order.study_uid)
  put(item, T.RequestingPhysician, 'PN', details.requester)
  put(item, T.RequestedProcedureDescription, 'LO', details.description)
  codes(item, T.RequestedProcedureCodeSequence, details.procedureCode)
  put(item, T.AdmissionID, 'LO', details.admission)
  put(item, T.CurrentPatientLocation, 'LO', details.patientLocation)
  put(item, T.RequestedProcedureID, 'SH', details.procedureId || order.accession)
  put(item, T.RequestedProcedurePriority, 'SH', details.priority)
  put(item, T.ReasonForTheRequestedProcedure, 'LO', details.reason)
  put(item, T.PlacerOrderNumberImagingServiceRequest, 'LO', order.placer)
  put(item, T.FillerOrderNumberImagingServiceRequest, 'LO', order.filler)
  const step: Record<string, DicomJsonElement> = {}
  put(step, T.Modality, 'CS', order.modality)
  put(step, T.ScheduledStationAETitle, 'AE', order.station_aet)
  put(step, T.ScheduledProcedureStepStartDate, 'DA', order.start_date)
  put(step, T.ScheduledProcedureStepStartTime, 'TM', order.start_time)
  put(step, T.ScheduledPerformingPhysicianName, 'PN', details.performer)
  put(step, T.ScheduledProcedureStepDescription, 'LO', details.protocol?.meaning || details.description)
  codes(step, T.ScheduledProtocolCodeSequence, details.protocol)
  put(step, T.ScheduledProcedureStepID, 'SH', order.step)
  put(step, T.ScheduledStationName, 'SH', details.stationName)
  put(step, T.ScheduledProcedureStepLocation, 'SH', details.location)
  put(step, T.ScheduledProcedureStepStatus, 'CS', order.status === 'started' ? 'STARTED' : 'SCHEDULED')
  item[tagText(T.ScheduledProcedureStepSequence)] = { vr: 'SQ', Value: [step] }
  return item
}

/** In characters (PS3.5 Table 6.2-1). Descriptions are cut; what names something is given whole. */
const LONGEST: Readonly<Record<string, number>> = { LO: 64 }
const NAMES: ReadonlySet<Tag> = new Set([T.PatientID, T.IssuerOfPatientID])

function put(item: Record<string, DicomJsonElement>, tag: Tag, vr: DicomJsonElement['vr'], text: string): void {
  const longest = NAMES.has(tag) ? undefined : LONGEST[vr]
  const value = longest === undefined ? text : [...text.replaceAll('\\', '/')].slice(0, longest).join('')
  item[tagText(tag)] = value === '' ? { vr } : { vr, Value: [vr === 'PN' ? nameJson(value) : value] }
}

function nameJson(text: string): DicomJsonValue {
  const [Alphabetic = '', Ideographic = '', Phonetic = ''] = text.split('=')
  return { ...(Alphabetic && { Alphabetic }), ...(Ideographic && { Ideographic }), ...(Phonetic && { Phonetic }) }
}

function codes(item: Record<string, DicomJsonElement>, tag: Tag, code: Code | undefined): void {
  const inner: Record<string, DicomJsonElement> = {}
  if (code !== undefined) {
    put(inner, T.CodeValue, 'SH', code.value)
    put(inner, T.CodingSchemeDesignator, 'SH', code.scheme)
    put(inner, T.CodeMeaning, 'LO', code.meaning)
  }
  item[tagText(tag)] = code === undefined ? { vr: 'SQ' } : { vr: 'SQ', Value: [inner] }
}
