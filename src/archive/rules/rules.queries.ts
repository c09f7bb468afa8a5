/** SQL of the rules of retention that were adopted. Writes `rule_adoptions`. */
import type { Kysely } from 'kysely'
import type { Database } from '../../storage/sql/database.ts'
import type { RuleAdoptionsTable, Schema } from '../../storage/sql/schema.ts'
import type { RuleStatements } from './rule-rows.ts'

export const ruleStatements = (db: Kysely<Schema>): RuleStatements => ({
  insertAdoption: (row) =>
    db
      .insertInto('rule_adoptions')
      .values({
        ...row,
        first_by: '',
        first_at: '',
        adopted_by: '',
        adopted_at: '',
        ended_by: '',
        ended_at: '',
        ended_reason: '',
        replaced_at: '',
      })
      .compile(),
  setAdoption: (id, changes) => db.updateTable('rule_adoptions').set(changes).where('id', '=', id).compile(),
  replaceBefore: (id, at) =>
    db
      .updateTable('rule_adoptions')
      .set({ replaced_at: at })
      .where('id', '<>', id)
      .where('adopted_at', '<>', '')
      .where('replaced_at', '=', '')
      .where('mode', '=', 'governance')
      .where((be) =>
        be.exists(
          be.selectFrom('rule_adoptions as one').select('one.id').where('one.id', '=', id).where('one.instead', '=', 1),
        ),
      )
      .compile(),
})

export async function adoptionRow(db: Database, id: number): Promise<RuleAdoptionsTable | undefined> {
  return db.read.selectFrom('rule_adoptions').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Newest first. */
export async function allAdoptions(db: Database): Promise<readonly RuleAdoptionsTable[]> {
  return db.read.selectFrom('rule_adoptions').selectAll().orderBy('id', 'desc').execute()
}

/** The numbers of those that count, newest first. Uses rule_adoptions_in_force. */
export async function adoptionsInForce(db: Database): Promise<readonly number[]> {
  const rows = await db.read
    .selectFrom('rule_adoptions')
    .select('id')
    .where('adopted_at', '<>', '')
    .where('replaced_at', '=', '')
    .orderBy('id', 'desc')
    .execute()
  return rows.map(({ id }) => Number(id))
}
