/**
 * How long the usual questions take, and whether that grows with the archive: `node bench/find.bench.ts [studies] [instances a series] [postgres]`.
 * Each question is asked many times, one after another and eight at once, against a synthetic index on disk.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openFind } from '../src/archive/find.ts'
import { openPostgres } from '../src/storage/sql/postgres.ts'
import { openSqlite } from '../src/storage/sql/sqlite.ts'
import { witness } from '../test/support/indexed.ts'
import { populate } from '../test/support/population.ts'
import { freshPostgres, stopPostgres } from '../test/support/postgres.ts'
import { quantile, questionsFor, timed } from './questions.ts'

const studies = Number(process.argv[2] ?? 50_000)
const instancesPerSeries = Number(process.argv[3] ?? 10)
const folder = mkdtempSync(join(tmpdir(), 'clearkeep-bench-'))
const postgres = process.argv[4] === 'postgres'
const db = postgres
  ? await openPostgres((await freshPostgres()).url)
  : await openSqlite(join(folder, 'index.db'), { readers: 2 })
const began = performance.now()
await populate(db, { studies, seriesPerStudy: 2, instancesPerSeries })
// What its own housekeeping would have done by now.
if (postgres) await sql`analyze`.execute(db.read)
console.log(
  `${studies} studies, ${studies * 2 * instancesPerSeries} instances in ${Math.round((performance.now() - began) / 1000)} s`,
)
const finding = openFind({ db, acts: witness() })

const QUESTIONS = await questionsFor(finding, studies)

console.log(`${'question, ms'.padEnd(38)}${'p50'.padStart(8)}${'p95'.padStart(8)}${'8 at once: p95'.padStart(18)}`)
for (const [name, ask] of QUESTIONS) {
  for (let warm = 0; warm < 3; warm += 1) await ask()
  const alone: number[] = []
  for (let round = 0; round < 30; round += 1) alone.push(await timed(ask))
  const together: number[] = []
  for (let round = 0; round < 4; round += 1)
    together.push(...(await Promise.all(Array.from({ length: 8 }, () => timed(ask)))))
  console.log(
    `${name.padEnd(38)}${quantile(alone, 0.5)}${quantile(alone, 0.95)}${quantile(together, 0.95).padStart(18)}`,
  )
}
await db.close()
if (postgres) await stopPostgres()
rmSync(folder, { recursive: true, force: true })
