/**
 * From journal records to index statements: the one way anything gets into the index, for a live group, for recovery
 * and for a rebuild alike. That is why a rebuilt index equals the one that was lost.
 *
 * Pure: it builds compiled statements from the records, where they lie, and what the index holds already.
 */
import { canonicalJson } from '../base/canonical-json.ts'
import type { EventStatements } from '../ledger/events.queries.ts'
import type { CompiledQuery } from '../storage/sql/compiled.ts'
import type { SealedTable, StudiesTable } from '../storage/sql/schema.ts'
import type {
  ErasedRecord,
  EventRecord,
  FactRecord,
  InstanceHeader,
  JournalPosition,
  KeptRecord,
  Placement,
  Source,
} from '../vault/inbox/records.ts'
import { column } from './column.ts'
import type { ConflictFact } from './decide.ts'
import type { Description } from './description.ts'
import { dispositionRows } from './disposition/disposition-rows.ts'
import { erasureRows } from './erasure/erasure-rows.ts'
import { holdRows } from './hold-rows.ts'
import type { IntakeStatements, StudyStateRow } from './intake.queries.ts'
import { knownRows } from './known/known-rows.ts'
import { lookoutRows } from './lookouts/lookout-rows.ts'
import { personFactRows } from './persons/person-rows.ts'
import { redactionRows } from './redaction/redaction-rows.ts'
import { rejectionRows } from './rejection-rows.ts'
import { accessRows } from './restrictions/access-rows.ts'
import { ruleRows } from './rules/rule-rows.ts'
import { tierRows } from './tiers/tier-rows.ts'
import { wordsOf } from './words.ts'
import { messageRows, procedureRows } from './workflow/workflow-rows.ts'

/** A record that is, or is becoming, durable. */
export interface Applicable {
  readonly record: KeptRecord
  readonly placement: Placement
  /** Of instance records. */
  readonly description?: Description
  /** Of facts that say a version of a study's object is sealed. */
  readonly sealed?: readonly SealedRow[]
}

/** An instance in the vault, and the transfer syntax it has there. */
export interface SealedRow extends SealedTable {
  readonly transferSyntax: string
}

/** A group as the index takes it. */
export interface ApplicableGroup {
  readonly applicables: readonly Applicable[]
  readonly position: JournalPosition
}

export interface IndexState {
  readonly studies: ReadonlyMap<string, StudyStateRow>
  /** How many instances of them are current, under keys `seriesKey` makes. */
  readonly series: ReadonlyMap<string, number>
}

export const seriesKey = (study: string, series: string): string => `${study}/${series}`

/** What one group adds to a study. */
interface Growing {
  readonly known: StudyStateRow | undefined
  readonly first: { readonly header: InstanceHeader; readonly description: Description }
  readonly modalities: Set<string>
  readonly series: Map<string, GrowingSeries>
  /** What rules about who sees what go by. */
  readonly labels: Set<string>
  instances: number
  bytes: number
  receivedLast: string
}
interface GrowingSeries {
  readonly known: boolean
  /** Does the study's number of series count it already? One all of which is rejected does not count. */
  readonly counted: boolean
  readonly first: { readonly header: InstanceHeader; readonly description: Description }
  instances: number
  bytes: number
}

export interface Projector {
  readonly intake: IntakeStatements
  readonly events: EventStatements
  readonly node: string
}

/**
 * The statements that bring the index past these groups, in order.
 *
 * @param nextN  the ledger number the index expects next
 */
export function project(
  { intake, events, node }: Projector,
  state: IndexState,
  groups: readonly ApplicableGroup[],
  nextN: number,
): { readonly statements: readonly CompiledQuery[]; readonly nextN: number } {
  const rows: CompiledQuery[] = []
  const names: CompiledQuery[] = []
  const recounts: CompiledQuery[] = []
  const growing = new Map<string, Growing>()
  let next = nextN

  for (const { record, placement, description, sealed } of groups.flatMap((group) => group.applicables)) {
    if (record.kind === 'instance') {
      next = Math.max(next, record.header.n + 1)
      if (description === undefined) continue // a payload recovery could not read: reported, not indexed
      rows.push(instanceRow(intake, node, record.header, placement, description))
      rows.push(
        intake.insertHeader({ id: record.header.n, metadata: description.metadata, frames: description.frameTable }),
      )
      if (record.header.version === 1) {
        const { study, n, receivedAt: at } = record.header
        const { patientKey } = description
        // In the order of the journal: what HL7 had told by then is what it is held against.
        if (patientKey !== '' && !state.studies.has(study) && !growing.has(study)) {
          const { birth_date: birthDate, sex } = description.study()
          rows.push(intake.reviewStudy({ n, patientKey, birthDate, sex, at }))
        }
        grow(growing, state, record.header, description, names, intake)
      }
    } else if (record.kind === 'erased') {
      next = Math.max(next, record.n + 1)
      rows.push(erasedRow(events, record))
    } else if (record.kind === 'event') {
      next = Math.max(next, record.n + 1)
      rows.push(eventRow(events, record))
      if (record.study)
        rows.push(events.insertSalt({ kind: 'study', id: column(record.study.id), salt: record.study.salt }))
      if (record.patient)
        rows.push(events.insertSalt({ kind: 'patient', id: column(record.patient.id), salt: record.patient.salt }))
    } else if (record.type === 'seal') {
      for (const { transferSyntax, ...row } of sealed ?? [])
        rows.push(intake.insertSealed(row), intake.markSealed(row.id, transferSyntax))
    } else if (record.type === 'dispose') rows.push(...dispositionRows(intake, record))
    else if (record.type === 'rules') rows.push(...ruleRows(intake, record))
    else if (record.type === 'retain') rows.push(...knownRows(intake, record))
    else if (record.type === 'erasure') rows.push(...erasureRows(intake, record))
    else if (record.type === 'access') rows.push(...accessRows(intake, record))
    else if (record.type === 'lookout') rows.push(...lookoutRows(intake, record))
    else if (record.type === 'tier') rows.push(...tierRows(intake, record))
    else if (record.type === 'erase') rows.push(...redactionRows(intake, events, record))
    else if (record.type === 'hold') rows.push(...holdRows(intake, record))
    else if (record.type === 'message') rows.push(...messageRows(intake, record))
    else if (record.type === 'person') rows.push(...personFactRows(intake, record))
    else if (record.type === 'procedure') rows.push(...procedureRows(intake, record))
    else if (record.type === 'reject') {
      const rejection = rejectionRows(intake, record)
      rows.push(...rejection.rows)
      recounts.push(...rejection.after)
    } else rows.push(conflictRow(intake, record))
  }

  const position = groups.at(-1)?.position
  const statements = [
    ...[...growing].flatMap(([study, growth]) => studyRows(intake, study, growth)),
    ...rows,
    ...names,
    ...recounts,
  ]
  if (position !== undefined)
    statements.push(
      intake.setPosition({
        node,
        segment: position.segment,
        group_number: position.group,
        end_offset: position.end,
        next_n: next,
      }),
    )
  return { statements, nextN: next }
}

function grow(
  growing: Map<string, Growing>,
  state: IndexState,
  header: InstanceHeader,
  description: Description,
  names: CompiledQuery[],
  intake: IntakeStatements,
): void {
  const { study } = header
  const first = { header, description }
  const known = state.studies.get(study)
  let growth = growing.get(study)
  if (growth === undefined) {
    growth = {
      known,
      first,
      modalities: new Set((known?.modalities ?? '').split('\\').filter((modality) => modality !== '')),
      series: new Map(),
      labels: new Set(),
      instances: 0,
      bytes: 0,
      receivedLast: known?.received_last ?? '',
    }
    growing.set(study, growth)
  }
  growth.instances += 1
  growth.bytes += header.length
  if (header.receivedAt > growth.receivedLast) growth.receivedLast = header.receivedAt
  if (description.modality !== '') growth.modalities.add(description.modality)
  if (description.confidentiality !== '') growth.labels.add(`code:${description.confidentiality}`)

  const series = growth.series.get(header.series)
  if (series === undefined) {
    const here = state.series.get(seriesKey(study, header.series))
    if (here === undefined) for (const label of labelsOf(header, description)) growth.labels.add(label)
    growth.series.set(header.series, {
      known: here !== undefined,
      counted: here !== undefined && here > 0,
      first,
      instances: 1,
      bytes: header.length,
    })
  } else {
    series.instances += 1
    series.bytes += header.length
  }

  // A study is found by every name its instances give, so only names that differ from the study's own are added later.
  const named = known ?? {
    patient_name: growth.first.description.patientName,
    referring: growth.first.description.referring,
  }
  const isFirst = known === undefined && growth.first.header === header
  if (isFirst || description.patientName !== named.patient_name || description.referring !== named.referring)
    addNames(names, intake, study, description)
}

/** Of the first instance of a series: the house it was made in, and the device it came from. */
function labelsOf({ source }: InstanceHeader, { institution }: Description): readonly string[] {
  const from = column(source.callingAet ?? '').trim()
  return [...(institution === '' ? [] : [`institution:${institution}`]), ...(from === '' ? [] : [`source:${from}`])]
}

function addNames(names: CompiledQuery[], intake: IntakeStatements, study: string, description: Description): void {
  const rows = description.names()
  for (const name of rows) names.push(intake.insertName({ study_uid: study, ...name }))
  const attributes = description.study()
  const words = wordsOf({
    names: rows.map((row) => row.normalised),
    patientId: attributes.patient_id,
    accession: attributes.accession,
    studyId: attributes.study_id,
    description: attributes.description,
  })
  for (const word of words) names.push(intake.insertWord({ study_uid: study, word }))
}

function studyRows(intake: IntakeStatements, study: string, growth: Growing): CompiledQuery[] {
  const { known, first, series, instances, bytes } = growth
  const modalities = [...growth.modalities].sort().join('\\')
  const added = [...series.values()].filter((one) => !one.counted).length
  const statement =
    known === undefined
      ? intake.insertStudy({
          ...first.description.study(),
          study_uid: study,
          modalities,
          series_count: added,
          instance_count: instances,
          bytes,
          received_first: first.header.receivedAt,
          received_last: growth.receivedLast,
        } satisfies Omit<StudiesTable, 'person_key'>)
      : intake.growStudy(study, {
          modalities,
          received_last: growth.receivedLast,
          series: added,
          instances,
          bytes,
        })
  const labels = [...growth.labels].sort()
  return [
    statement,
    ...labels.map((label) => intake.insertLabel({ label, study_uid: study })),
    ...(known === undefined || labels.length > 0 ? [intake.coverStudy(study)] : []),
    ...[...series].map(([uid, one]) =>
      one.known
        ? intake.growSeries(study, uid, one.instances, one.bytes)
        : intake.insertSeries({
            ...one.first.description.series(),
            study_uid: study,
            series_uid: uid,
            instance_count: one.instances,
            bytes: one.bytes,
          }),
    ),
  ]
}

function instanceRow(
  intake: IntakeStatements,
  node: string,
  header: InstanceHeader,
  placement: Placement,
  description: Description,
): CompiledQuery {
  return intake.insertInstance({
    id: header.n,
    sop_uid: header.instance,
    version: header.version,
    current: header.version === 1 ? 1 : 0,
    study_uid: header.study,
    series_uid: header.series,
    sop_class_uid: header.sopClass,
    instance_number: description.instanceNumber ?? null,
    transfer_syntax: header.transferSyntax,
    rows: description.rows,
    columns: description.columns,
    frames: description.frames,
    ds: header.ds,
    origin: header.origin,
    received_at: header.receivedAt,
    source: sourceText(header.source),
    leniencies: JSON.stringify(header.leniencies),
    node,
    segment: placement.segment,
    spool: placement.spool,
    start: placement.start,
    length: placement.length,
    ds_start: header.dsStart,
    sealed: 0,
  })
}

/** The source without the command set: that stays in the journal, and rows stay small. */
function sourceText({ commandSet: _, ...source }: Source): string {
  return canonicalJson({ ...source })
}

function eventRow(events: EventStatements, record: EventRecord): CompiledQuery {
  const leaf = JSON.parse(record.leaf) as { readonly t: string; readonly ts: string; readonly a: string }
  return events.insertEvent({
    n: record.n,
    ts: leaf.ts,
    type: leaf.t,
    actor: column(leaf.a),
    study_uid: column(record.study?.id ?? ''),
    patient_key: column(record.patient?.id ?? ''),
    leaf: record.leaf,
    body: record.body,
    salt: record.salt,
  })
}

/** Number, type, time and pseudonym stand in the leaf; who and what it was about is gone. */
function erasedRow(events: EventStatements, { n, leaf: text }: ErasedRecord): CompiledQuery {
  const leaf = JSON.parse(text) as { readonly t: string; readonly ts: string; readonly a: string }
  return events.insertEvent({
    n,
    ts: leaf.ts,
    type: leaf.t,
    actor: column(leaf.a),
    study_uid: '',
    patient_key: '',
    leaf: text,
    body: '',
    salt: '',
  })
}

function conflictRow(intake: IntakeStatements, record: FactRecord): CompiledQuery {
  const fact = JSON.parse(record.text) as ConflictFact
  return intake.insertConflict({
    id: record.n,
    kind: record.type === 'patient' ? 'patient' : 'instance',
    study_uid: fact.study,
    sop_uid: fact.instance,
    kept_id: fact.kept,
    other_id: fact.other,
    subject: column(fact.subject),
    raised_at: fact.raisedAt,
  })
}
