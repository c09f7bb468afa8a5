/**
 * SQL of intake: what a group of journal records reads and writes in the index. Writes `studies`, `series`, `instances`,
 * `instance_headers`, `sealed`, `person_names`, `study_words`, `conflicts` and `journal_positions`.
 *
 * Every statement is compiled once; the same ones serve live groups, recovery and rebuild.
 */
import type { CompiledQuery, Kysely } from 'kysely'
import { compiled, compiledList } from '../storage/sql/compiled.ts'
import type { Database } from '../storage/sql/database.ts'
import type {
  ConflictsTable,
  InstanceHeadersTable,
  InstancesTable,
  JournalPositionsTable,
  PersonNamesTable,
  Schema,
  SealedTable,
  SeriesTable,
  StudiesTable,
  StudyWordsTable,
} from '../storage/sql/schema.ts'
import { destroyedAmong, dispositionStatements } from './disposition/disposition.queries.ts'
import { erasureStatements } from './erasure/erasure.queries.ts'
import { holdStatements } from './holds.queries.ts'
import { knownStatements } from './known/known.queries.ts'
import { lookoutStatements } from './lookouts/lookout.queries.ts'
import { personAtInsert, personStatements } from './persons/persons.queries.ts'
import { redactionStatements } from './redaction/redaction.queries.ts'
import { rejectionStatements, STRICTNESS } from './rejections.queries.ts'
import { restrictionStatements } from './restrictions/restrictions.queries.ts'
import { ruleStatements } from './rules/rules.queries.ts'
import { tierStatements } from './tiers/tiers.queries.ts'
import { workflowStatements } from './workflow/workflow.queries.ts'

const INSTANCE: InstancesTable = {
  id: 0,
  sop_uid: '',
  version: 0,
  current: 0,
  study_uid: '',
  series_uid: '',
  sop_class_uid: '',
  instance_number: 0,
  transfer_syntax: '',
  rows: 0,
  columns: 0,
  frames: 0,
  ds: '',
  origin: '',
  received_at: '',
  source: '',
  leniencies: '',
  node: '',
  segment: 0,
  spool: '',
  start: 0,
  length: 0,
  ds_start: 0,
  sealed: 0,
}
/** But for whose it is, which the statement looks up. */
const STUDY: Omit<StudiesTable, 'person_key'> = {
  study_uid: '',
  patient_key: '',
  patient_id: '',
  issuer: '',
  patient_name: '',
  birth_date: '',
  sex: '',
  study_date: '',
  study_time: '',
  accession: '',
  study_id: '',
  description: '',
  referring: '',
  modalities: '',
  series_count: 0,
  instance_count: 0,
  bytes: 0,
  received_first: '',
  received_last: '',
  attributes: '',
}
const SERIES: SeriesTable = {
  study_uid: '',
  series_uid: '',
  modality: '',
  series_number: 0,
  description: '',
  body_part: '',
  laterality: '',
  performed_date: '',
  performed_time: '',
  instance_count: 0,
  bytes: 0,
  attributes: '',
}
const HEADER: InstanceHeadersTable = { id: 0, metadata: new Uint8Array(), frames: new Uint8Array() }
const NAME: PersonNamesTable = { study_uid: '', attribute: '', component_group: 0, normalised: '' }
const WORD: StudyWordsTable = { study_uid: '', word: '' }
const CONFLICT: ConflictsTable = {
  id: 0,
  kind: '',
  study_uid: '',
  sop_uid: '',
  kept_id: 0,
  other_id: 0,
  subject: '',
  raised_at: '',
}
const SEALED: SealedTable = {
  id: 0,
  pack: '',
  start: 0,
  length: 0,
  ds_start: 0,
  recipe_start: 0,
  recipe_length: 0,
  why: '',
  frames: new Uint8Array(),
}
const POSITION: JournalPositionsTable = { node: '', segment: 0, group_number: 0, end_offset: 0, next_n: 0 }

const STUDY_COLUMNS = Object.keys(STUDY) as (keyof typeof STUDY)[]

export const VERSION_COLUMNS = [
  'id',
  'sop_uid',
  'version',
  'study_uid',
  'series_uid',
  'sop_class_uid',
  'transfer_syntax',
  'ds',
  'segment',
  'spool',
  'start',
  'length',
  'ds_start',
] as const satisfies readonly (keyof InstancesTable)[]
export type VersionRow = Pick<InstancesTable, (typeof VERSION_COLUMNS)[number]> & {
  /** As `STRICTNESS` has it. */
  readonly rejected: number | null
}

export const STUDY_STATE_COLUMNS = [
  'study_uid',
  'patient_key',
  'patient_name',
  'referring',
  'modalities',
  'received_last',
] as const satisfies readonly (keyof StudiesTable)[]
export type StudyStateRow = Pick<StudiesTable, (typeof STUDY_STATE_COLUMNS)[number]>

export interface StudyGrowth {
  readonly modalities: string
  readonly received_last: string
  /** How many series, instances and bytes came. */
  readonly series: number
  readonly instances: number
  readonly bytes: number
}

export type IntakeStatements = ReturnType<typeof intakeStatements>

export function intakeStatements(db: Kysely<Schema>) {
  const insert = <Row extends object>(sample: Row, statement: { compile(): CompiledQuery }) => {
    const run = compiled(statement)
    const columns = Object.keys(sample) as (keyof Row)[]
    return (row: Row): CompiledQuery => run(columns.map((column) => row[column]))
  }

  const insertStudy = compiled(db.insertInto('studies').values({ ...STUDY, person_key: personAtInsert }))
  const growStudy = compiled(
    db
      .updateTable('studies')
      .set((be) => ({
        modalities: '',
        received_last: '',
        series_count: be('series_count', '+', 0),
        instance_count: be('instance_count', '+', 0),
        bytes: be('bytes', '+', 0),
      }))
      .where('study_uid', '=', ''),
  )
  const growSeries = compiled(
    db
      .updateTable('series')
      .set((be) => ({ instance_count: be('instance_count', '+', 0), bytes: be('bytes', '+', 0) }))
      .where('study_uid', '=', '')
      .where('series_uid', '=', ''),
  )
  const oneSeries = compiled(
    db
      .selectFrom('series')
      .select(['study_uid', 'series_uid', 'instance_count'])
      .where('study_uid', '=', '')
      .where('series_uid', '=', ''),
  )
  const markSealed = compiled(db.updateTable('instances').set({ sealed: 1, transfer_syntax: '' }).where('id', '=', 0))
  const position = compiled(db.selectFrom('journal_positions').selectAll().where('node', '=', ''))

  return {
    insertInstance: insert(INSTANCE, db.insertInto('instances').values(INSTANCE)),
    insertHeader: insert(HEADER, db.insertInto('instance_headers').values(HEADER)),
    insertStudy: (row: typeof STUDY): CompiledQuery =>
      insertStudy([...STUDY_COLUMNS.map((column) => row[column]), row.patient_key, row.patient_key]),
    growStudy: (study: string, by: StudyGrowth): CompiledQuery =>
      growStudy([by.modalities, by.received_last, by.series, by.instances, by.bytes, study]),
    insertSeries: insert(SERIES, db.insertInto('series').values(SERIES)),
    growSeries: (study: string, series: string, instances: number, bytes: number): CompiledQuery =>
      growSeries([instances, bytes, study, series]),
    insertName: insert(
      NAME,
      db
        .insertInto('person_names')
        .values(NAME)
        .onConflict((conflict) => conflict.doNothing()),
    ),
    insertWord: insert(
      WORD,
      db
        .insertInto('study_words')
        .values(WORD)
        .onConflict((conflict) => conflict.doNothing()),
    ),
    insertConflict: insert(CONFLICT, db.insertInto('conflicts').values(CONFLICT)),
    insertSealed: insert(
      SEALED,
      db
        .insertInto('sealed')
        .values(SEALED)
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet((be) => ({
            pack: be.ref('excluded.pack'),
            start: be.ref('excluded.start'),
            length: be.ref('excluded.length'),
            ds_start: be.ref('excluded.ds_start'),
            recipe_start: be.ref('excluded.recipe_start'),
            recipe_length: be.ref('excluded.recipe_length'),
            why: be.ref('excluded.why'),
            frames: be.ref('excluded.frames'),
          })),
        ),
    ),
    /** @param transferSyntax  of the stored form */
    markSealed: (id: number, transferSyntax: string): CompiledQuery => markSealed([1, transferSyntax, id]),
    setPosition: insert(
      POSITION,
      db
        .insertInto('journal_positions')
        .values(POSITION)
        .onConflict((conflict) =>
          conflict.column('node').doUpdateSet((be) => ({
            segment: be.ref('excluded.segment'),
            group_number: be.ref('excluded.group_number'),
            end_offset: be.ref('excluded.end_offset'),
            next_n: be.ref('excluded.next_n'),
          })),
        ),
    ),

    /** A row of `JournalPositionsTable`, or none. */
    position: (node: string): CompiledQuery => position([node]),
    /** Rows of `VersionRow`: every version under these SOP Instance UIDs. Uses instances_by_sop. */
    versions: compiledList((sample) =>
      db
        .selectFrom('instances')
        .select(VERSION_COLUMNS)
        .select(STRICTNESS.as('rejected'))
        .where('sop_uid', 'in', sample)
        .orderBy('id'),
    ),
    /** Rows of `StudyStateRow`. Uses the primary key. */
    studies: compiledList((sample) =>
      db.selectFrom('studies').select(STUDY_STATE_COLUMNS).where('study_uid', 'in', sample),
    ),
    /** A row of `{study_uid, series_uid, instance_count}`, or none. Uses the primary key. */
    series: (study: string, series: string): CompiledQuery => oneSeries([study, series]),
    /** Rows of `{study_uid, first}`: the lowest id among each study's current instances. */
    firstInstances: (studies: readonly string[]): CompiledQuery =>
      db
        .selectFrom('instances')
        .select((be) => ['study_uid', be.fn.min('id').as('first')])
        .where('study_uid', 'in', studies)
        .where('current', '=', 1)
        .groupBy('study_uid')
        .compile(),
    ...holdStatements(db),
    ...ruleStatements(db),
    ...knownStatements(db),
    ...erasureStatements(db),
    ...rejectionStatements(db),
    ...dispositionStatements(db),
    ...workflowStatements(db),
    ...personStatements(db),
    /** Rows of `{patient_key, person_key}`. */
    personsOf: (keys: readonly string[]): CompiledQuery =>
      db.selectFrom('person_keys').select(['patient_key', 'person_key']).where('patient_key', 'in', keys).compile(),
    ...restrictionStatements(db),
    ...redactionStatements(db),
    ...lookoutStatements(db),
    ...tierStatements(db),
    /** Rows of `{study_uid}`: those of them that were destroyed once, and that nobody has let in again. */
    destroyed: (studies: readonly string[]): CompiledQuery => destroyedAmong(db, studies),
    /** Rows of `{study_uid, subject}`: conflicts of two patients already raised for these studies. */
    patientConflicts: (studies: readonly string[]): CompiledQuery =>
      db
        .selectFrom('conflicts')
        .select(['study_uid', 'subject'])
        .where('kind', '=', 'patient')
        .where('study_uid', 'in', studies)
        .compile(),
  }
}

/** Every table a rebuild empties, children first. */
export const INDEX_TABLES = [
  'tiers',
  'lookout_warnings',
  'lookouts',
  'redactions',
  'access_reviews',
  'emergencies',
  'study_labels',
  'study_restrictions',
  'restriction_admits',
  'restrictions',
  'messages',
  'persons',
  'person_keys',
  'person_relations',
  'person_reviews',
  'orders',
  'procedures',
  'sealed',
  'rejected_instances',
  'rejections',
  'tombstones',
  'disposition_studies',
  'dispositions',
  'rule_adoptions',
  'retention_facts',
  'retention_reductions',
  'erasure_requests',
  'hold_scopes',
  'holds',
  'conflicts',
  'person_names',
  'study_words',
  'instance_headers',
  'instances',
  'series',
  'studies',
  'events',
  'salts',
  'journal_positions',
] as const satisfies readonly (keyof Schema)[]

export const emptyTable = (db: Kysely<Schema>, table: (typeof INDEX_TABLES)[number]): CompiledQuery =>
  db.deleteFrom(table).compile()

/** Names of the spool files that instances lie in. Uses instances_by_spool. */
export async function knownSpools({ read }: Pick<Database, 'read'>): Promise<ReadonlySet<string>> {
  const rows = await read.selectFrom('instances').select('spool').where('spool', '<>', '').execute()
  return new Set(rows.map(({ spool }) => spool))
}
