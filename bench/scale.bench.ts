/**
 * What finding costs at 50,000 instances and at a million, in one index that is filled through the projection code and
 * grows from the one to the other: `node bench/scale.bench.ts [instances] [first instances]`. Twenty instances a study, so a
 * million are 50,000 studies. Prints each question's median at both sizes, and the plans that read a table from end to end.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFind } from '../src/archive/find.ts'
import { openSqlite } from '../src/storage/sql/sqlite.ts'
import { witness } from '../test/support/indexed.ts'
import { fillProjected } from '../test/support/projected.ts'
import { costly, spyOnPlans } from './plans.ts'
import { quantile, questionsFor, timed } from './questions.ts'

const FILLING = { seriesPerStudy: 2, instancesPerSeries: 10 }
const PER_STUDY = FILLING.seriesPerStudy * FILLING.instancesPerSeries
const all = Number(process.argv[2] ?? 1_000_000)
const sizes = [Number(process.argv[3] ?? 50_000), all]
const ROUNDS = 30

const folder = mkdtempSync(join(process.env['BENCH_WORK'] ?? tmpdir(), 'clearkeep-scale-'))
const db = await openSqlite(join(folder, 'index.db'), { readers: 2 })
const spy = spyOnPlans(db)
const figures = new Map<string, string[]>()
const plans = new Map<string, readonly string[]>()
try {
  let filled = 0
  for (const size of sizes) {
    const studies = Math.round(size / PER_STUDY)
    const began = performance.now()
    await fillProjected(db, filled, studies, FILLING)
    const seconds = (performance.now() - began) / 1000
    const bytes = statSync(join(folder, 'index.db')).size
    console.log(
      `${size} instances, ${studies} studies: ${Math.round(((studies - filled) * PER_STUDY) / seconds)} a second projected, index of ${Math.round(bytes / 2 ** 20)} MiB`,
    )
    filled = studies
    for (const [name, ask] of await questionsFor(openFind({ db: spy.db, acts: witness() }), studies)) {
      const key = name.replace(/(?<=worklist: )ACC\d+/, 'an accession number')
      for (let warm = 0; warm < 3; warm += 1) await ask()
      plans.set(key, costly(await spy.taken()))
      const times: number[] = []
      for (let round = 0; round < ROUNDS; round += 1) times.push(await timed(ask))
      await spy.taken()
      figures.set(key, [...(figures.get(key) ?? []), quantile(times, 0.5), quantile(times, 0.95)])
    }
  }
  const head = sizes.map((size) => `${`p50 at ${size}`.padStart(16)}${'p95'.padStart(9)}`).join('')
  console.log(`${'question, ms'.padEnd(42)}${head}`)
  for (const [name, [a = '', b = '', c = '', d = '']] of figures)
    console.log(`${name.padEnd(42)}${a.padStart(16)}${b.padStart(9)}${c.padStart(16)}${d.padStart(9)}`)
  console.log('\nsteps of plans that read a table or an index from one end, or sort what they found:')
  for (const [name, steps] of plans) for (const step of steps) console.log(`${name.padEnd(42)} ${step}`)
} finally {
  await db.close()
  rmSync(folder, { recursive: true, force: true })
}
