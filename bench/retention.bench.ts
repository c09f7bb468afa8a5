/**
 * How long it takes to decide every study and draw the calendar, and to answer for one patient:
 * `node bench/retention.bench.ts [studies] [postgres]`. The index is synthetic and on disk; the rules are those of a
 * hospital in California, with those of Germany beside them.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openCalendar } from '../src/archive/calendar.ts'
import { openRetention } from '../src/archive/retention.ts'
import { layerOf, type SiteRulesSource, setsOf } from '../src/archive/rules/site-rules.ts'
import { uid } from '../src/dicom/uid.ts'
import { openPostgres } from '../src/storage/sql/postgres.ts'
import { openSqlite } from '../src/storage/sql/sqlite.ts'
import { asker, witness } from '../test/support/indexed.ts'
import { populate, studyUid } from '../test/support/population.ts'
import { freshPostgres, stopPostgres } from '../test/support/postgres.ts'

const studies = Number(process.argv[2] ?? 1_000_000)
const folder = mkdtempSync(join(tmpdir(), 'clearkeep-bench-'))
const postgres = process.argv[3] === 'postgres'
const db = postgres
  ? await openPostgres((await freshPostgres()).url)
  : await openSqlite(join(folder, 'index.db'), { readers: 2 })
const began = performance.now()
await populate(db, { studies, seriesPerStudy: 0, instancesPerSeries: 0 })
if (postgres) await sql`analyze`.execute(db.read)
console.log(
  `${studies} studies in ${Math.round((performance.now() - began) / 1000)} s, on ${postgres ? 'PostgreSQL' : 'SQLite'}`,
)
if (!postgres) console.log(`index of ${Math.round(statSync(join(folder, 'index.db')).size / 1e6)} MB`)

const layers = [
  { jurisdictions: ['us', 'us-ca'], institution: 'hospital' },
  { jurisdictions: ['de'], institution: 'hospital' },
].map((choice, at) => layerOf(at + 1, choice, 'governance', setsOf(choice.jurisdictions)))
const rules = { layers, jurisdictions: ['us', 'us-ca', 'de'], institution: 'hospital', digest: '' }
const site: SiteRulesSource = { now: async () => rules, withChoice: async () => rules, find: async () => undefined }
const acts = witness()
const context = asker('privacy')
const calendar = openCalendar({ db, acts, site })
const one = openRetention({ db, acts, site, now: () => new Date() })

for (let round = 1; round <= 3; round += 1) {
  const start = performance.now()
  const { all, due, later, indefinite, undetermined, months } = await calendar.calendar(context, {})
  const seconds = (performance.now() - start) / 1000
  console.log(
    `calendar, round ${round}: ${seconds.toFixed(1)} s (${Math.round(all.studies / seconds)} studies/s), ${due.studies} due, ${later.studies} later, ${indefinite.studies} without end, ${undetermined.studies} undetermined, ${months.length} months, ${Math.round(process.memoryUsage.rss() / 1e6)} MB resident`,
  )
}
const times: number[] = []
for (let at = 0; at < 200; at += 1) {
  const start = performance.now()
  await one.retention(context, uid(studyUid((at * 7919) % studies)))
  times.push(performance.now() - start)
}
times.sort((a, b) => a - b)
console.log(
  `one study, its patient's others looked at: median ${times[100]?.toFixed(2)} ms, 95th percentile ${times[190]?.toFixed(2)} ms`,
)
await db.close()
if (postgres) await stopPostgres()
rmSync(folder, { recursive: true, force: true })
