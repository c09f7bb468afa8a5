/**
 * What ORM^O01 and OMI^O23 say about imaging orders: each scheduled procedure step as one entry, in DICOM's words (IHE
 * Radiology TF-2 4.4.4.1 and TF-2 Appendix B: which field is which attribute of the worklist).
 *
 * Of each text: undefined where the message says nothing, '' where it takes away what was said before.
 */
import { normaliseDate, normaliseTime } from '../dicom/date-time.ts'
import { isUsableUid } from '../dicom/uid.ts'
import { providerOf } from './persons.ts'
import { NULL, type Read, type ReadSegment } from './reading.ts'

/** A code as DICOM has it: value, scheme, meaning. */
export interface Code {
  readonly value: string
  readonly scheme: string
  readonly meaning: string
}

export type OrderControl = 'schedule' | 'cancel' | 'start' | 'complete'

export interface OrderTold {
  readonly control: OrderControl
  /** Placer and filler order numbers, `number^namespace`. */
  readonly placer: string
  readonly filler: string
  readonly accession?: string | undefined
  readonly procedureId?: string | undefined
  readonly step?: string | undefined
  readonly study?: string | undefined
  readonly modality?: string | undefined
  readonly stationAet?: string | undefined
  readonly stationName?: string | undefined
  readonly location?: string | undefined
  readonly date?: string | undefined // YYYYMMDD
  readonly time?: string | undefined // HHMMSS
  readonly performer?: string | undefined // PN
  readonly requester?: string | undefined // PN
  readonly referrer?: string | undefined // PN
  readonly description?: string | undefined
  readonly procedureCode?: Code | undefined
  readonly protocol?: Code | undefined
  readonly priority?: string | undefined
  readonly reason?: string | undefined
  readonly admission?: string | undefined
  readonly patientLocation?: string | undefined
}

/** ORC-1 (HL7 table 0119): what takes an order off the list, and what says that it goes on. */
const CANCELS: ReadonlySet<string> = new Set(['CA', 'OC', 'CR', 'DC', 'OD', 'DR'])
/** ORC-5 (HL7 table 0038), looked at when ORC-1 is SC, or when it says nothing. */
const STATUS: Readonly<Record<string, OrderControl>> = { CM: 'complete', CA: 'cancel', DC: 'cancel', IP: 'start' }

/** TQ-6 of ORC-7, TQ1-9 (HL7 table 0485) as Requested Procedure Priority (PS3.3 C.4.11). */
const PRIORITY: Readonly<Record<string, string>> = {
  S: 'STAT',
  A: 'HIGH',
  C: 'HIGH',
  T: 'HIGH',
  R: 'ROUTINE',
  P: 'HIGH',
}

interface Group {
  readonly orc: ReadSegment | undefined
  obr: ReadSegment | undefined
  tq1: ReadSegment | undefined
  readonly ipc: ReadSegment[]
}

/** Every step of every order in the message, in order. */
export function ordersOf(read: Read): readonly OrderTold[] {
  const groups: Group[] = []
  for (const segment of read.segments) {
    const last = groups.at(-1)
    if (segment.name === 'ORC') groups.push({ orc: segment, obr: undefined, tq1: undefined, ipc: [] })
    else if (segment.name === 'OBR') {
      if (last === undefined || last.obr !== undefined)
        groups.push({ orc: last?.orc, obr: segment, tq1: undefined, ipc: [] })
      else last.obr = segment
    } else if (segment.name === 'TQ1' && last !== undefined) last.tq1 ??= segment
    else if (segment.name === 'IPC' && last !== undefined) last.ipc.push(segment)
  }
  const visit = read.first('PV1')
  const study = read.first('ZDS')?.text('study')
  return groups.flatMap((group) => stepsOf(group, visit, study))
}

function stepsOf(
  { orc, obr, tq1, ipc }: Group,
  visit: ReadSegment | undefined,
  zds: string | undefined,
): readonly OrderTold[] {
  const { date, time } = startOf([
    tq1?.text('start'),
    obr?.text('scheduled'),
    orc?.text('timing', 4),
    obr?.text('timing', 4),
  ])
  const urgent = tq1?.text('priority') || orc?.text('timing', 6) || obr?.text('timing', 6) || ''
  const service = obr?.values('service')[0]
  const order: OrderTold = {
    control: controlOf(orc),
    placer: entity(orc, 'placer') || entity(obr, 'placer'),
    filler: entity(orc, 'filler') || entity(obr, 'filler'),
    accession: said(obr?.text('placerField1')),
    procedureId: said(obr?.text('placerField2')),
    step: said(obr?.text('fillerField1')),
    stationAet: said(obr?.text('fillerField2')),
    modality: said(obr?.text('section')),
    study: uidOf(zds),
    date,
    time,
    // OBR-34.1 is a CN: its parts are subcomponents.
    performer: said(technicianOf(obr)),
    requester: said(
      providerOf(orc?.values('orderingProvider') ?? []) || providerOf(obr?.values('orderingProvider') ?? []),
    ),
    referrer: said(visit && providerOf(visit.values('referring'))),
    description: said(service && (service.text(2) || service.text(5) || service.text(1))),
    procedureCode: codeOf(obr, 'procedureCode') ?? codeOf(obr, 'service'),
    protocol: service && service.text(4) !== '' ? code(service.text(4), service.text(6), service.text(5)) : undefined,
    priority: PRIORITY[urgent.slice(0, 1).toUpperCase()],
    reason: said(obr?.text('reason', 2) || obr?.text('reason') || obr?.text('clinicalInformation')),
    admission: said(visit?.text('visitNumber')),
    patientLocation: said(visit?.values('location')[0] && placeOf(visit)),
  }
  if (ipc.length === 0) return [order]
  return ipc.map((step) => ({
    ...order,
    accession: said(step.text('accession')) ?? order.accession,
    procedureId: said(step.text('procedureId')) ?? order.procedureId,
    study: uidOf(step.text('study')) ?? order.study,
    step: said(step.text('step')) ?? order.step,
    modality: said(step.text('modality')) ?? order.modality,
    protocol: codeOf(step, 'protocol') ?? order.protocol,
    stationName: said(step.text('stationName')),
    location: said(step.text('location', 2) || step.text('location')),
    stationAet: said(step.text('stationAet')) ?? order.stationAet,
  }))
}

function controlOf(orc: ReadSegment | undefined): OrderControl {
  const control = orc?.text('control').toUpperCase() ?? ''
  if (CANCELS.has(control)) return 'cancel'
  return (
    (control === 'SC' || control === '' ? STATUS[orc?.text('status').toUpperCase() ?? ''] : undefined) ?? 'schedule'
  )
}

const entity = (segment: ReadSegment | undefined, field: string): string => {
  const number = segment?.text(field) ?? ''
  const namespace = segment?.text(field, 2) ?? ''
  return number === '' || number === NULL ? '' : namespace === '' ? number : `${number}^${namespace}`
}

const said = (text: string | undefined): string | undefined =>
  text === undefined || text === '' ? undefined : text === NULL ? '' : text

const uidOf = (text: string | undefined): string | undefined =>
  text !== undefined && isUsableUid(text) ? text : undefined

const code = (value: string, scheme: string, meaning: string): Code => ({ value, scheme, meaning })

function codeOf(segment: ReadSegment | undefined, field: string): Code | undefined {
  const value = segment?.text(field) ?? ''
  return value === '' || value === NULL
    ? undefined
    : code(value, segment?.text(field, 3) || '99LOCAL', segment?.text(field, 2) || value)
}

const placeOf = (visit: ReadSegment): string =>
  [1, 2, 3]
    .map((part) => visit.text('location', part))
    .filter((part) => part !== '')
    .join(' ')

const technicianOf = (obr: ReadSegment | undefined): string => {
  const name = [2, 3].map((part) => obr?.text('technician', 1, part) ?? '')
  const [family = ''] = name
  return family === ''
    ? ''
    : name
        .map((part) => part.replace(/[\^=\\]/g, ' '))
        .join('^')
        .replace(/\^+$/, '')
}

/** The first of these times that is one: YYYYMMDD[HHMM[SS]]. */
function startOf(times: readonly (string | undefined)[]): { date?: string; time?: string } {
  for (const text of times) {
    const date = normaliseDate((text ?? '').slice(0, 8))
    if (date === '') continue
    const digits = /^\d{8}(\d{2,6})/.exec(text ?? '')?.[1] ?? ''
    return { date, time: normaliseTime(digits).slice(0, 6) }
  }
  return {}
}
