/** SQL of legal holds. Writes `holds` and `hold_scopes`; reads `studies` and `person_keys` too. */
import type { Kysely } from 'kysely'
import type { CompiledQuery } from '../storage/sql/compiled.ts'
import type { Database } from '../storage/sql/database.ts'
import type { HoldScopesTable, HoldsTable, Schema } from '../storage/sql/schema.ts'
import { keysOf, personsOfKeys } from './persons/persons.queries.ts'

export interface HoldStatements {
  insertHold(row: Pick<HoldsTable, 'id' | 'matter' | 'reason' | 'query' | 'placed_by' | 'placed_at'>): CompiledQuery
  insertScope(row: HoldScopesTable): CompiledQuery
  setHold(
    id: number,
    changes: Partial<Pick<HoldsTable, 'asked_by' | 'asked_at' | 'asked_reason' | 'released_by' | 'released_at'>>,
  ): CompiledQuery
}

export const holdStatements = (db: Kysely<Schema>): HoldStatements => ({
  insertHold: (row) =>
    db
      .insertInto('holds')
      .values({ ...row, asked_by: '', asked_at: '', asked_reason: '', released_by: '', released_at: '' })
      .compile(),
  insertScope: (row) =>
    db
      .insertInto('hold_scopes')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .compile(),
  setHold: (id, changes) => db.updateTable('holds').set(changes).where('id', '=', id).compile(),
})

export async function holdRow(db: Database, id: number): Promise<HoldsTable | undefined> {
  return db.read.selectFrom('holds').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function allHolds(db: Database): Promise<readonly HoldsTable[]> {
  return db.read.selectFrom('holds').selectAll().orderBy('id', 'desc').execute()
}

export async function scopesOf(db: Database, ids: readonly number[]): Promise<readonly HoldScopesTable[]> {
  if (ids.length === 0) return []
  return db.read.selectFrom('hold_scopes').selectAll().where('hold_id', 'in', ids).orderBy('subject').execute()
}

/** Holds that last and name the study or its person, by any of the person's IDs. Uses the primary key of hold_scopes. */
export async function holdsNaming(db: Database, study: string, patient: string): Promise<readonly HoldsTable[]> {
  const keys = patient === '' ? [] : await keysOf(db, patient)
  return db.read
    .selectFrom('holds as h')
    .selectAll('h')
    .where('h.released_at', '=', '')
    .where((be) =>
      be(
        'h.id',
        'in',
        be
          .selectFrom('hold_scopes as s')
          .select('s.hold_id')
          .where((or) =>
            or.or([
              or.and([or('s.kind', '=', 'study'), or('s.subject', '=', study)]),
              ...(keys.length === 0 ? [] : [or.and([or('s.kind', '=', 'patient'), or('s.subject', 'in', keys)])]),
            ]),
          ),
      ),
    )
    .orderBy('h.id')
    .execute()
}

/** Holds that last and go on searching. Uses holds_active. */
export async function searchingHolds(db: Database): Promise<readonly HoldsTable[]> {
  return db.read
    .selectFrom('holds')
    .selectAll()
    .where('released_at', '=', '')
    .where('query', '<>', '')
    .orderBy('id')
    .execute()
}

/** Which of these studies are here, and all of these persons'. Uses the primary key and studies_by_person. */
export async function studiesNamed(
  db: Database,
  studies: readonly string[],
  patients: readonly string[],
): Promise<readonly string[]> {
  const persons = [...(await personsOfKeys(db, patients)).values()]
  const rows = await Promise.all([
    studies.length === 0
      ? []
      : db.read.selectFrom('studies').select('study_uid').where('study_uid', 'in', studies).execute(),
    persons.length === 0
      ? []
      : db.read.selectFrom('studies').select('study_uid').where('person_key', 'in', persons).execute(),
  ])
  return rows.flat().map(({ study_uid }) => study_uid)
}

/** What the holds that last name. */
export async function activeScopes(db: Database): Promise<readonly Pick<HoldScopesTable, 'kind' | 'subject'>[]> {
  return db.read
    .selectFrom('hold_scopes as s')
    .innerJoin('holds as h', 'h.id', 's.hold_id')
    .select(['s.kind', 's.subject'])
    .where('h.released_at', '=', '')
    .execute()
}
