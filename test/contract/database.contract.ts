/**
 * What every database must do, whichever engine it stands on. SQLite and PostgreSQL keep it word for word, so that rooms
 * above never ask which one they have.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database, Writer } from '../../src/storage/sql/database.ts'
import { INDEX_MIGRATIONS } from '../../src/storage/sql/migrate.ts'
import type { EventsTable } from '../../src/storage/sql/schema.ts'

export interface DatabasePlace {
  /** Opens the same database each time it is called. */
  open(migrations?: URL): Promise<Database>
  remove(): Promise<void>
}

/** Those the cases below write to. */
const TABLES = ['salts', 'events', 'series', 'instance_headers'] as const

export function databaseContract(name: string, place: () => Promise<DatabasePlace>): void {
  describe(`${name} keeps the database contract`, () => {
    let at: DatabasePlace
    let db: Database
    const fresh = async (): Promise<void> => {
      at = await place()
      db = await at.open()
    }
    const gone = async (): Promise<void> => {
      await db.close()
      await at.remove()
    }
    // Opening costs more than most of these ask: they share a database and empty it.
    const empty = (): Promise<unknown> =>
      db.write((tx) => tx.batch(TABLES.map((table) => tx.query.deleteFrom(table).compile())))

    const salt = (id: string, value = 'aa') => ({ kind: 'study', id, salt: value })
    const addSalt = (tx: Writer, id: string, value?: string) =>
      tx.query.insertInto('salts').values(salt(id, value)).execute()
    const salts = async (): Promise<string[]> =>
      (await db.read.selectFrom('salts').select('id').orderBy('id').execute()).map(({ id }) => id)
    const event = (n: number, facts: Partial<EventsTable> = {}): EventsTable => ({
      n,
      ts: '2026-11-24T00:00:00.000Z',
      type: 'obj.ingest',
      actor: 'sys:test',
      study_uid: '',
      patient_key: '',
      leaf: '{}',
      body: '{}',
      salt: '',
      ...facts,
    })

    describe('writing', () => {
      beforeAll(fresh)
      afterAll(gone)
      beforeEach(empty)

      it('shows what was written once the work has returned, and gives back what it gave', async () => {
        const given = await db.write(async (tx) => {
          await addSalt(tx, 'a')
          return 'done'
        })
        expect(given).toBe('done')
        expect(await salts()).toEqual(['a'])
      })

      it('keeps nothing of work that throws, and passes on what it threw', async () => {
        const failure = new Error('the journal did not sync')
        const writing = db.write(async (tx) => {
          await addSalt(tx, 'a')
          throw failure
        })
        await expect(writing).rejects.toBe(failure)
        expect(await salts()).toEqual([])
        await db.write((tx) => addSalt(tx, 'b'))
        expect(await salts()).toEqual(['b'])
      })

      it('reads its own writes, which others do not see and do not wait for', async () => {
        await db.write(async (tx) => {
          await addSalt(tx, 'a')
          expect(await tx.query.selectFrom('salts').select('id').execute()).toEqual([{ id: 'a' }])
          expect(await salts()).toEqual([])
        })
        expect(await salts()).toEqual(['a'])
      })

      it('runs one piece of work at a time, in the order they were asked for', async () => {
        const seen: string[] = []
        const work = (id: string) =>
          db.write(async (tx) => {
            seen.push(`${id} begins`)
            await addSalt(tx, id)
            await db.read.selectFrom('events').select('n').execute()
            seen.push(`${id} ends`)
          })
        await Promise.all([work('a'), work('b'), work('c')])
        expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
      })

      it('goes on after work that failed among others', async () => {
        const results = await Promise.allSettled([
          db.write((tx) => addSalt(tx, 'a')),
          db.write((tx) => addSalt(tx, 'a')),
          db.write((tx) => addSalt(tx, 'b')),
        ])
        expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
        expect(await salts()).toEqual(['a', 'b'])
      })

      it('does nothing when the work does nothing', async () => {
        expect(await db.write(async () => 1)).toBe(1)
      })

      it('refuses to commit after a failed statement, even when the work caught the failure', async () => {
        const writing = db.write(async (tx) => {
          await addSalt(tx, 'a')
          await addSalt(tx, 'a').catch(() => {})
        })
        await expect(writing).rejects.toThrow()
        expect(await salts()).toEqual([])
      })

      it('runs nothing outside the transaction after a failed statement', async () => {
        const writing = db.write(async (tx) => {
          const results = await Promise.allSettled([addSalt(tx, 'a'), addSalt(tx, 'a'), addSalt(tx, 'b')])
          expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
          throw new Error('seen')
        })
        await expect(writing).rejects.toThrow('seen')
        expect(await salts()).toEqual([])
      })
    })

    describe('a batch', () => {
      beforeAll(fresh)
      afterAll(gone)
      beforeEach(empty)

      it('runs its statements in order and gives the rows of each', async () => {
        const answers = await db.write((tx) =>
          tx.batch([
            tx.query.insertInto('salts').values(salt('a', '1')).compile(),
            tx.query.selectFrom('salts').select(['id', 'salt']).compile(),
            tx.query.updateTable('salts').set({ salt: '2' }).where('id', '=', 'a').compile(),
            tx.query.selectFrom('salts').select(['id', 'salt']).compile(),
          ]),
        )
        expect(answers).toEqual([[], [{ id: 'a', salt: '1' }], [], [{ id: 'a', salt: '2' }]])
      })

      it('may be empty, and may come more than once', async () => {
        await db.write(async (tx) => {
          expect(await tx.batch([])).toEqual([])
          const insert = (id: string) => tx.query.insertInto('salts').values(salt(id)).compile()
          await tx.batch([insert('a')])
          await tx.batch([insert('b'), insert('c')])
        })
        expect(await salts()).toEqual(['a', 'b', 'c'])
      })

      it('fails as a whole when one of its statements does, and says why', async () => {
        const insert = (tx: Writer, id: string) => tx.query.insertInto('salts').values(salt(id)).compile()
        const writing = db.write((tx) => tx.batch(['a', 'b', 'a', 'c'].map((id) => insert(tx, id))))
        await expect(writing).rejects.toThrow(/unique|duplicate/i)
        expect(await salts()).toEqual([])
      })

      it('takes the same statement a thousand times and a thousand statements once', async () => {
        await db.write(async (tx) => {
          const insert = tx.query.insertInto('events').values(event(0)).compile()
          const numbers = Array.from({ length: 1000 }, (_, n) => n)
          await tx.batch(numbers.map((n) => ({ ...insert, parameters: [n, ...insert.parameters.slice(1)] })))
          const answers = await tx.batch(
            numbers.map((n) => sql`select n as ${sql.id(`column_${n}`)} from events where n = ${n}`.compile(tx.query)),
          )
          expect(answers[999]).toEqual([{ column_999: 999 }])
        })
        expect(await db.read.selectFrom('events').select(sql<number>`count(*)`.as('count')).execute()).toEqual([
          { count: 1000 },
        ])
      })
    })

    describe('values', () => {
      beforeAll(fresh)
      afterAll(gone)
      beforeEach(empty)

      it('gives integers beyond 32 bits, nulls and empty texts back as they were', async () => {
        const series = {
          study_uid: '1.2',
          series_uid: '1.3',
          modality: 'CT',
          series_number: null,
          description: 'Schädel — 頭部 \u{1f9e0}',
          body_part: '',
          laterality: '',
          performed_date: '',
          performed_time: '',
          instance_count: -5,
          bytes: Number.MAX_SAFE_INTEGER,
          attributes: '{}',
        }
        await db.write((tx) => tx.query.insertInto('series').values(series).execute())
        expect(await db.read.selectFrom('series').selectAll().execute()).toEqual([series])
      })

      it('gives bytes back as a Uint8Array', async () => {
        const metadata = Uint8Array.from({ length: 256 }, (_, value) => value)
        const frames = new Uint8Array(0)
        await db.write((tx) => tx.query.insertInto('instance_headers').values({ id: 1, metadata, frames }).execute())
        const [row] = await db.read.selectFrom('instance_headers').selectAll().execute()
        expect(row).toEqual({ id: 1, metadata, frames })
        expect(Object.getPrototypeOf(row?.metadata)).toBe(Uint8Array.prototype)
      })

      it('counts and adds in numbers, and answers yes and no with 1 and 0', async () => {
        await db.write((tx) =>
          tx.query
            .insertInto('events')
            .values([event(1), event(2)])
            .execute(),
        )
        const { rows } = await sql`select count(*) as count, sum(n) as sum, max(n) as max,
          exists (select 1 from events where n = 2) as yes, exists (select 1 from events where n = 3) as no
          from events`.execute(db.read)
        expect(rows).toEqual([{ count: 2, sum: 3, max: 2, yes: 1, no: 0 }])
      })

      it('sorts keys by their bytes, not by a language', async () => {
        const ids = ['a', 'B', '1.10', '1.9', 'ä', '_', '\u{1f9e0}', '\uffee']
        await db.write(async (tx) => {
          for (const id of ids) await addSalt(tx, id)
        })
        const byBytes = [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        expect(await salts()).toEqual(byBytes)
      })

      it('gives the rows a writing statement returns, and the number it changed', async () => {
        await db.write(async (tx) => {
          const inserted = tx.query
            .insertInto('events')
            .values([event(1), event(2)])
            .returning('n')
          expect(await inserted.execute()).toEqual([{ n: 1 }, { n: 2 }])
          const updated = await tx.query.updateTable('events').set({ type: 'x' }).executeTakeFirst()
          expect(updated.numUpdatedRows).toBe(2n)
          const deleted = await tx.query.deleteFrom('events').where('n', '=', 2).executeTakeFirst()
          expect(deleted.numDeletedRows).toBe(1n)
        })
      })

      it('inserts or leaves, inserts or changes', async () => {
        await db.write(async (tx) => {
          const insert = (value: string) => tx.query.insertInto('salts').values(salt('a', value))
          await insert('1').execute()
          await insert('2')
            .onConflict((conflict) => conflict.doNothing())
            .execute()
          expect(await tx.query.selectFrom('salts').select('salt').execute()).toEqual([{ salt: '1' }])
          await insert('3')
            .onConflict((conflict) => conflict.columns(['kind', 'id']).doUpdateSet({ salt: sql`excluded.salt` }))
            .execute()
          expect(await tx.query.selectFrom('salts').select('salt').execute()).toEqual([{ salt: '3' }])
        })
      })

      it('checks what the tables say must hold', async () => {
        const wrong = { kind: 'nothing known', id: 'a', salt: '' }
        await expect(db.write((tx) => tx.query.insertInto('salts').values(wrong).execute())).rejects.toThrow(/check/i)
      })
    })

    describe('reading', () => {
      beforeAll(fresh)
      afterAll(gone)
      beforeEach(empty)

      it('answers many readers at once', async () => {
        await db.write((tx) => addSalt(tx, 'a'))
        const answers = await Promise.all(Array.from({ length: 50 }, salts))
        expect(answers.every((ids) => ids.length === 1)).toBe(true)
      })

      it('tells a faulty statement from a broken database', async () => {
        await expect(sql`select 1 from nowhere`.execute(db.read)).rejects.toThrow(/nowhere/)
        expect(await salts()).toEqual([])
      })
    })

    describe('opening and closing', () => {
      beforeEach(fresh)
      afterEach(gone)

      it('finds what was committed when it is opened again', async () => {
        await db.write((tx) => addSalt(tx, 'a'))
        await db.close()
        db = await at.open()
        expect(await salts()).toEqual(['a'])
      })

      it('finishes the writing that stands in line before it closes', async () => {
        const writing = [db.write((tx) => addSalt(tx, 'a')), db.write((tx) => addSalt(tx, 'b'))]
        await db.close()
        await Promise.all(writing)
        db = await at.open()
        expect(await salts()).toEqual(['a', 'b'])
      })

      it('answers nothing once it is closed', async () => {
        await db.close()
        await expect(salts()).rejects.toThrow()
        await expect(db.write((tx) => addSalt(tx, 'a'))).rejects.toThrow()
        db = await at.open()
      })

      it('applies migrations that are new, and refuses those that were changed or are missing', async () => {
        await db.write((tx) => addSalt(tx, 'a'))
        await db.close()
        const folder = await mkdtemp(join(tmpdir(), 'clearkeep-migrations-'))
        const migrations = pathToFileURL(`${folder}/`)
        const added = join(folder, '0099-added.sql')
        try {
          await cp(INDEX_MIGRATIONS, migrations, { recursive: true })
          await writeFile(added, 'create table added (id {{key}} primary key, size {{bigint}}, data {{blob}});')
          db = await at.open(migrations)
          await db.write((tx) => sql`insert into added values ('a', 1, null)`.execute(tx.query))
          expect((await sql`select * from added`.execute(db.read)).rows).toEqual([{ id: 'a', size: 1, data: null }])
          expect(await salts()).toEqual(['a'])
          await db.close()

          await expect(at.open()).rejects.toMatchObject({ code: 'MIGRATION_CHANGED', facts: { name: '0099-added' } })
          await writeFile(added, `${await readFile(added, 'utf8')} -- changed`)
          await expect(at.open(migrations)).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' })
        } finally {
          await rm(folder, { recursive: true, force: true })
        }
      })

      it('applies a migration whole or not at all', async () => {
        await db.close()
        const folder = await mkdtemp(join(tmpdir(), 'clearkeep-migrations-'))
        const migrations = pathToFileURL(`${folder}/`)
        try {
          await cp(INDEX_MIGRATIONS, migrations, { recursive: true })
          await writeFile(
            join(folder, '0099-half.sql'),
            'create table half (id {{key}}); insert into nowhere values (1);',
          )
          await expect(at.open(migrations)).rejects.toThrow(/nowhere/)
          db = await at.open()
          await expect(sql`select * from half`.execute(db.read)).rejects.toThrow(/half/)
        } finally {
          await rm(folder, { recursive: true, force: true })
        }
      })
    })
  })
}
