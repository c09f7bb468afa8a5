/**
 * The canonical dump of every durable fact (`clearkeep rebuild --dump`): one line of canonical JSON a row, in an order
 * that depends on nothing but the rows. Two indexes made from the same truth give the same text, on either engine.
 *
 * Metadata and frame tables stand by their SHA-256, of what they say rather than of how they are packed.
 */
import { createHash } from 'node:crypto'
import { zstdDecompressSync } from 'node:zlib'
import { canonicalJson } from '../base/canonical-json.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Schema } from '../storage/sql/schema.ts'

type Key = string | number

interface Dumped<Table extends keyof Schema> {
  readonly table: Table
  /** Columns that name a row, in order. */
  readonly key: readonly (keyof Schema[Table] & string)[]
  /** Columns that are whole numbers: PostgreSQL gives 64-bit ones as text. */
  readonly numbers: readonly (keyof Schema[Table] & string)[]
}

const dumped = <Table extends keyof Schema>(
  table: Table,
  key: Dumped<Table>['key'],
  numbers: Dumped<Table>['numbers'] = [],
): Dumped<Table> => ({ table, key, numbers })

const TABLES = [
  dumped('access_reviews', ['id'], ['id']),
  dumped('conflicts', ['id'], ['id', 'kept_id', 'other_id']),
  dumped('disposition_studies', ['study_uid', 'disposition_id'], ['disposition_id']),
  dumped('dispositions', ['id'], ['id']),
  dumped('erasure_requests', ['id'], ['id']),
  dumped('emergencies', ['id'], ['id']),
  dumped('lookout_warnings', ['id'], ['id', 'lookout_id', 'entry_n', 'seen']),
  dumped('lookouts', ['id'], ['id', 'since_n']),
  dumped('redactions', ['id'], ['id', 'events']),
  dumped('events', ['n'], ['n']),
  dumped('hold_scopes', ['kind', 'subject', 'hold_id'], ['hold_id']),
  dumped('holds', ['id'], ['id']),
  dumped('instance_headers', ['id'], ['id']),
  dumped(
    'instances',
    ['id'],
    [
      'id',
      'version',
      'current',
      'instance_number',
      'rows',
      'columns',
      'frames',
      'segment',
      'start',
      'length',
      'ds_start',
      'sealed',
    ],
  ),
  dumped('messages', ['id'], ['id', 'attention']),
  dumped('orders', ['order_key'], ['told_at', 'message_id']),
  dumped('person_names', ['study_uid', 'attribute', 'component_group', 'normalised'], ['component_group']),
  dumped('person_keys', ['patient_key']),
  dumped('person_relations', ['from_key', 'into_key', 'kind'], ['active', 'told_at', 'event_n']),
  dumped('person_reviews', ['id', 'nth'], ['id', 'nth', 'followed']),
  dumped('persons', ['patient_key'], ['told_at', 'message_id']),
  dumped('procedures', ['sop_uid'], ['changed']),
  dumped('rejected_instances', ['instance_id', 'rejection_id'], ['instance_id', 'rejection_id']),
  dumped('rejections', ['id'], ['id']),
  dumped('retention_facts', ['kind', 'subject', 'name'], ['told_n']),
  dumped('retention_reductions', ['id'], ['id']),
  dumped('restriction_admits', ['restriction_id', 'who'], ['restriction_id']),
  dumped('restrictions', ['id'], ['id']),
  dumped('rule_adoptions', ['id'], ['id', 'instead']),
  dumped('salts', ['kind', 'id']),
  dumped('sealed', ['id'], ['id', 'start', 'length', 'ds_start', 'recipe_start', 'recipe_length']),
  dumped('series', ['study_uid', 'series_uid'], ['series_number', 'instance_count', 'bytes']),
  dumped('studies', ['study_uid'], ['series_count', 'instance_count', 'bytes']),
  dumped('tiers', ['study_uid'], ['moved_n', 'bytes', 'dropped']),
  dumped('study_labels', ['label', 'study_uid']),
  dumped('study_restrictions', ['study_uid', 'restriction_id'], ['restriction_id']),
  dumped('study_words', ['study_uid', 'word']),
  dumped('tombstones', ['id'], ['id', 'disposition_id', 'series', 'instances', 'bytes', 'done']),
] as const

/** Rows read at once. */
const PAGE = 500

export async function* dump(db: Database): AsyncGenerator<string> {
  for (const { table, key, numbers } of TABLES)
    for await (const row of rowsOf(db, table, key, numbers)) yield canonicalJson({ table, ...row })
}

async function* rowsOf(
  db: Database,
  table: (typeof TABLES)[number]['table'],
  key: readonly string[],
  numbers: readonly string[],
): AsyncGenerator<Record<string, Key | null>> {
  let after: Key[] | undefined
  for (;;) {
    // Kysely's types cannot follow a table chosen at run time; the columns are those of `TABLES`.
    const from = db.read.selectFrom(table as 'events').selectAll()
    const columns = key as unknown as readonly ('n' | 'ts')[]
    let query = from
    for (const column of columns) query = query.orderBy(column)
    if (after !== undefined) {
      const last = after
      query = query.where((be) =>
        // (a, b) > (x, y), spelled out: the same in both engines.
        be.or(
          columns.map((column, at) =>
            be.and([
              ...columns.slice(0, at).map((before, position) => be(before, '=', last[position] as number)),
              be(column, '>', last[at] as number),
            ]),
          ),
        ),
      )
    }
    const rows = (await query.limit(PAGE).execute()) as unknown as Record<string, Key | Uint8Array | null>[]
    for (const row of rows) yield plain(row, numbers)
    const last = rows.at(-1)
    if (rows.length < PAGE || last === undefined) return
    after = key.map((column) => last[column] as Key)
  }
}

/** Where in the inbox an instance lay is no fact about it once the vault has it. */
const INBOX_PLACE = new Set(['segment', 'spool', 'start'])

/** Whether the vault's folder was seen to be empty of what is in the cold store: looked at again after a rebuild. */
const SWEPT = 'dropped'

function plain(row: Record<string, Key | Uint8Array | null>, numbers: readonly string[]): Record<string, Key | null> {
  const sealed = Number(row['sealed'] ?? 0) === 1
  return Object.fromEntries(
    Object.entries(row)
      .map(([column, value]) => {
        if (value instanceof Uint8Array) {
          const said = column === 'metadata' ? zstdDecompressSync(value) : value
          return [column, `sha256:${createHash('sha256').update(said).digest('hex')}`]
        }
        return [column, value !== null && numbers.includes(column) ? Number(value) : value]
      })
      .filter(([column]) => (!sealed || !INBOX_PLACE.has(String(column))) && column !== SWEPT),
  )
}
