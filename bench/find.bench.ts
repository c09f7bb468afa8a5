/**
 * How long the usual questions take, and whether that grows with the archive: `node bench/find.bench.ts [studies] [instances a series] [postgres]`.
 * Each question is asked many times, one after another and eight at once, against a synthetic index on disk.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Level, Query } from '../src/archive/archive.ts'
import { openFind } from '../src/archive/find.ts'
import type { Tag } from '../src/dicom/data-set.ts'
import { T } from '../src/dicom/dictionary.ts'
import { uid } from '../src/dicom/uid.ts'
import { openPostgres } from '../src/storage/sql/postgres.ts'
import { openSqlite } from '../src/storage/sql/sqlite.ts'
import { asker, witness } from '../test/support/indexed.ts'
import { accession, patientId, populate, seriesUid, studyUid } from '../test/support/population.ts'
import { freshPostgres, stopPostgres } from '../test/support/postgres.ts'

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
const context = asker('radiologist')

const query = (level: Level, keys: readonly (readonly [Tag, string])[], more: Partial<Query> = {}): Query => ({
  level,
  matches: keys.map(([tag, value]) => ({ path: [tag], value })),
  include: 'default',
  fuzzy: false,
  limit: 100,
  raw: '',
  ...more,
})
const middle = Math.floor(studies / 2)
const { end: fiftieth = '' } = await finding.find(context, query('study', [], { limit: 5000 }))
const QUESTIONS: readonly (readonly [string, () => Promise<unknown>])[] = [
  ...(
    [
      ['all studies', query('study', [])],
      ['patient ID', query('study', [[T.PatientID, patientId(middle)]])],
      ['accession number', query('study', [[T.AccessionNumber, accession(middle)]])],
      ['name, its beginning: many', query('study', [[T.PatientName, 'Rossi*']])],
      ['name, its beginning: few', query('study', [[T.PatientName, 'Rossi55*']])],
      ['name, a part', query('study', [[T.PatientName, '*ossi55*']])],
      ['name, fuzzily', query('study', [[T.PatientName, 'rossi55 karin']], { fuzzy: true })],
      ['dates, a month', query('study', [[T.StudyDate, '20150301-20150331']])],
      [
        'dates and a modality',
        query('study', [
          [T.StudyDate, '20150301-20150331'],
          [T.ModalitiesInStudy, 'MR'],
        ]),
      ],
      ['a common modality', query('study', [[T.ModalitiesInStudy, 'CT']])],
      ['a rare modality', query('study', [[T.ModalitiesInStudy, 'PT']])],
      [
        'name and modality and sex',
        query('study', [
          [T.PatientName, 'Rossi*'],
          [T.ModalitiesInStudy, 'US'],
          [T.PatientSex, 'M'],
        ]),
      ],
      ['an attribute kept as JSON, dense', query('study', [[T.PatientComments, 'obviously*']])],
      ['an attribute kept as JSON, rare', query('study', [[T.PatientComments, 'remarkable']], { limit: 10 })],
      ['series of a study', query('series', [], { study: uid(studyUid(middle)) })],
      ['series anywhere by modality', query('series', [[T.Modality, 'MR']])],
      ['a series by UID', query('series', [[T.SeriesInstanceUID, seriesUid(middle, 1)]])],
      [
        'instances of a series',
        query('instance', [], { study: uid(studyUid(middle)), series: uid(seriesUid(middle, 1)) }),
      ],
      ['an instance by UID', query('instance', [[T.SOPInstanceUID, `${seriesUid(middle, 1)}.3`]])],
      ['page 50 of all studies', query('study', [], { offset: 5000 })],
      ['page 50 of all studies, by its place', query('study', [], { after: fiftieth })],
      ['patients, each by the newest study', query('study', [], { onePerPatient: true })],
    ] as const
  ).map(([name, asked]) => [name, () => finding.find(context, asked)] as const),
  ...(
    [
      '',
      'rossi',
      'rossi55',
      'rossi55 ka',
      accession(middle),
      'ct',
      'pt',
      '2015',
      '2015-03 mr',
      'thorax',
      'thorax rossi55 2012',
      'nobody',
    ] as const
  ).map(
    (words) => [`worklist: ${words || '(nothing)'}`, () => finding.worklist(context, { words, limit: 100 })] as const,
  ),
]

const quantile = (times: readonly number[], at: number): string =>
  ([...times].sort((a, b) => a - b)[Math.floor(times.length * at)] ?? 0).toFixed(1).padStart(8)

async function timed(ask: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await ask()
  return performance.now() - start
}

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
