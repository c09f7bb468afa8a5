/** SQL of the workflow. Writes `messages`, `persons`, `orders` and `procedures`; reads `instances` and `studies` too. */
import type { Kysely } from 'kysely'
import type { CompiledQuery } from '../../storage/sql/compiled.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { MessagesTable, OrdersTable, PersonsTable, ProceduresTable, Schema } from '../../storage/sql/schema.ts'

export interface WorkflowStatements {
  insertMessage(row: MessagesTable): CompiledQuery
  settleMessage(
    id: number,
    changes: Pick<MessagesTable, 'attention' | 'settled_by' | 'settled_at' | 'settled_reason'>,
  ): CompiledQuery
  putPerson(row: PersonsTable): CompiledQuery
  putOrder(row: OrdersTable): CompiledQuery
  setStepStatus(key: string, status: string): CompiledQuery
  putProcedure(row: ProceduresTable): CompiledQuery
}

export const workflowStatements = (db: Kysely<Schema>): WorkflowStatements => ({
  insertMessage: (row) => db.insertInto('messages').values(row).compile(),
  settleMessage: (id, changes) => db.updateTable('messages').set(changes).where('id', '=', id).compile(),
  putPerson: (row) =>
    db
      .insertInto('persons')
      .values(row)
      .onConflict((conflict) => conflict.column('patient_key').doUpdateSet(row))
      .compile(),
  putOrder: (row) =>
    db
      .insertInto('orders')
      .values(row)
      .onConflict((conflict) => conflict.column('order_key').doUpdateSet(row))
      .compile(),
  setStepStatus: (key, status) => db.updateTable('orders').set({ status }).where('order_key', '=', key).compile(),
  putProcedure: (row) =>
    db
      .insertInto('procedures')
      .values(row)
      .onConflict((conflict) => conflict.column('sop_uid').doUpdateSet(row))
      .compile(),
})

/** Messages under this control ID of this sender. Uses messages_by_control. */
export async function messagesLike(
  { read }: Pick<Database, 'read'>,
  sender: string,
  control: string,
): Promise<readonly Pick<MessagesTable, 'id' | 'digest' | 'outcome' | 'why'>[]> {
  return read
    .selectFrom('messages')
    .select(['id', 'digest', 'outcome', 'why'])
    .where('control_id', '=', control)
    .where('sender', '=', sender)
    .orderBy('id')
    .execute()
}

export async function personRow({ read }: Pick<Database, 'read'>, key: string): Promise<PersonsTable | undefined> {
  return read.selectFrom('persons').selectAll().where('patient_key', '=', key).executeTakeFirst()
}

export async function personRows(
  { read }: Pick<Database, 'read'>,
  keys: readonly string[],
): Promise<ReadonlyMap<string, PersonsTable>> {
  if (keys.length === 0) return new Map()
  const rows = await read.selectFrom('persons').selectAll().where('patient_key', 'in', keys).execute()
  return new Map(rows.map((row) => [row.patient_key, row]))
}

/** Steps that share an order number or an accession number. Uses orders_by_placer, orders_by_filler, orders_by_accession. */
export async function ordersLike(
  { read }: Pick<Database, 'read'>,
  { placer, filler, accession }: { readonly placer: string; readonly filler: string; readonly accession: string },
): Promise<readonly OrdersTable[]> {
  return read
    .selectFrom('orders')
    .selectAll()
    .where((be) =>
      be.or([
        ...(placer === '' ? [] : [be('placer', '=', placer)]),
        ...(filler === '' ? [] : [be('filler', '=', filler)]),
        ...(placer === '' && filler === '' ? [be('accession', '=', accession)] : []),
      ]),
    )
    .orderBy('order_key')
    .execute()
}

/** Steps that are for this study, or have this accession number. Uses orders_by_study, orders_by_accession. */
export async function stepsOf(
  { read }: Pick<Database, 'read'>,
  study: string,
  accession: string,
): Promise<readonly OrdersTable[]> {
  if (study === '' && accession === '') return []
  return read
    .selectFrom('orders')
    .selectAll()
    .where((be) =>
      be.or([
        ...(study === '' ? [] : [be('study_uid', '=', study)]),
        ...(accession === '' ? [] : [be('accession', '=', accession)]),
      ]),
    )
    .orderBy('order_key')
    .execute()
}

export interface OpenSteps {
  /** YYYYMMDD, ends included, '' open. */
  readonly from: string
  readonly to: string
  readonly limit: number
}

/** What is still to be done, by date and time. Uses orders_open. */
export async function openSteps(
  { read }: Pick<Database, 'read'>,
  { from, to, limit }: OpenSteps,
): Promise<readonly OrdersTable[]> {
  let query = read.selectFrom('orders').selectAll().where('status', 'in', ['scheduled', 'started'])
  if (from !== '') query = query.where('start_date', '>=', from)
  if (to !== '') query = query.where('start_date', '<=', to)
  return query.orderBy('start_date').orderBy('start_time').orderBy('order_key').limit(limit).execute()
}

/** Every step, newest message first. */
export async function someOrders({ read }: Pick<Database, 'read'>, limit: number): Promise<readonly OrdersTable[]> {
  return read.selectFrom('orders').selectAll().orderBy('message_id', 'desc').orderBy('order_key').limit(limit).execute()
}

export interface MessagesAsk {
  /** Only those a person should look at. */
  readonly attention: boolean
  /** Only those before this one. */
  readonly before?: number | undefined
  readonly limit: number
}

/** Newest first, without what came. Uses the primary key, or messages_attention. */
export async function someMessages(
  { read }: Pick<Database, 'read'>,
  { attention, before, limit }: MessagesAsk,
): Promise<readonly Omit<MessagesTable, 'raw'>[]> {
  let query = read.selectFrom('messages').select(MESSAGE_COLUMNS)
  if (attention) query = query.where('attention', '=', 1)
  if (before !== undefined) query = query.where('id', '<', before)
  return query.orderBy('id', 'desc').limit(limit).execute()
}

const MESSAGE_COLUMNS = [
  'id',
  'received_at',
  'address',
  'sender',
  'control_id',
  'type',
  'digest',
  'outcome',
  'why',
  'note',
  'patient_key',
  'accession',
  'study_uid',
  'character_set',
  'attention',
  'settled_by',
  'settled_at',
  'settled_reason',
] as const satisfies readonly (keyof MessagesTable)[]

export async function messageRow({ read }: Pick<Database, 'read'>, id: number): Promise<MessagesTable | undefined> {
  return read.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Accepted reports that name this study, or its accession number. Uses messages_by_study and messages_by_accession. */
export async function reportMessages(
  { read }: Pick<Database, 'read'>,
  study: string,
  accession: string,
): Promise<readonly Pick<MessagesTable, 'id' | 'received_at' | 'patient_key' | 'raw'>[]> {
  return read
    .selectFrom('messages')
    .select(['id', 'received_at', 'patient_key', 'raw'])
    .where((be) => be.or([be('study_uid', '=', study), ...(accession === '' ? [] : [be('accession', '=', accession)])]))
    .where('type', '=', 'ORU^R01')
    .where('outcome', '=', 'AA')
    .orderBy('id', 'desc')
    .limit(50)
    .execute()
}

export async function studyNumbers(
  { read }: Pick<Database, 'read'>,
  study: string,
): Promise<{ readonly accession: string; readonly person_key: string } | undefined> {
  return read
    .selectFrom('studies')
    .select(['accession', 'person_key'])
    .where('study_uid', '=', study)
    .executeTakeFirst()
}

export async function countAttention({ read }: Pick<Database, 'read'>): Promise<number> {
  const row = await read
    .selectFrom('messages')
    .select((be) => be.fn.countAll<number>().as('count'))
    .where('attention', '=', 1)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export async function procedureRow(
  { read }: Pick<Database, 'read'>,
  sop: string,
): Promise<ProceduresTable | undefined> {
  return read.selectFrom('procedures').selectAll().where('sop_uid', '=', sop).executeTakeFirst()
}

/** Uses procedures_by_study. */
export async function proceduresOf(
  { read }: Pick<Database, 'read'>,
  studies: readonly string[],
): Promise<readonly ProceduresTable[]> {
  if (studies.length === 0) return []
  return read.selectFrom('procedures').selectAll().where('study_uid', 'in', studies).orderBy('sop_uid').execute()
}

/** Which of these instances were received, rejected ones too. Uses instances_by_sop. */
export async function received(
  { read }: Pick<Database, 'read'>,
  instances: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (let at = 0; at < instances.length; at += 1000) {
    const rows = await read
      .selectFrom('instances')
      .select('sop_uid')
      .distinct()
      .where('sop_uid', 'in', instances.slice(at, at + 1000))
      .execute()
    for (const { sop_uid } of rows) found.add(sop_uid)
  }
  return found
}

/** Current single-frame images of the series that have slices, by series. Uses instances_by_study. */
export async function slicesOf(
  { read }: Pick<Database, 'read'>,
  study: string,
  longest: number,
): Promise<readonly { readonly series: string; readonly ids: readonly number[] }[]> {
  const rows = await read
    .selectFrom('instances as i')
    .innerJoin('series as e', (join) =>
      join.onRef('e.study_uid', '=', 'i.study_uid').onRef('e.series_uid', '=', 'i.series_uid'),
    )
    .select(['i.id', 'i.series_uid'])
    .where('i.study_uid', '=', study)
    .where('i.current', '=', 1)
    .where('e.modality', 'in', ['CT', 'MR', 'PT'])
    .where('e.instance_count', '<=', longest)
    .orderBy('i.id')
    .execute()
  const series = new Map<string, number[]>()
  for (const { id, series_uid } of rows) {
    const ids = series.get(series_uid)
    if (ids === undefined) series.set(series_uid, [Number(id)])
    else ids.push(Number(id))
  }
  return [...series].map(([uid, ids]) => ({ series: uid, ids }))
}
