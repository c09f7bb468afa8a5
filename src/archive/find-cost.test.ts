import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CompiledQuery } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { patientId, patientName, populate, seriesUid, studyUid } from '../../test/support/population.ts'
import type { Tag } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import { uid } from '../dicom/uid.ts'
import type { Database } from '../storage/sql/database.ts'
import { openSqlite } from '../storage/sql/sqlite.ts'
import type { Level, Query } from './archive.ts'
import { candidates, planCandidates } from './find.queries.ts'
import { planFind } from './find-plan.ts'
import { inScope } from './read.queries.ts'
import { worklistQuery } from './worklist.queries.ts'
import { readTerms } from './worklist-words.ts'

const STUDIES = 20_000

/**
 * Steps of a plan that would look at every row: a scan that is not the walk in the order of the answer (which stops when
 * the answer is full), and a sort of more than the rest of an order.
 */
const costly = (steps: readonly string[], walk: RegExp): string[] =>
  steps.filter((step) => (/^SCAN /.test(step) && !walk.test(step)) || step === 'USE TEMP B-TREE FOR ORDER BY')

/** What is restricted is left out, which must cost no more than a look for each row. */
const SOMEBODY = { lists: [['u:0123456789abcdef', 'role:clinician']], actor: 'u:0123456789abcdef', now: '2026-11-24' }

describe(`finding among ${STUDIES} studies costs no more than its answer`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-find-cost-'))
  let db: Database
  beforeAll(async () => {
    db = await openSqlite(join(folder, 'index.db'))
    await populate(db, { studies: STUDIES, seriesPerStudy: 2, instancesPerSeries: 2 })
  })
  afterAll(async () => {
    await db.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const stepsOf = async (compiled: CompiledQuery): Promise<string[]> => {
    const plan = await db.read.executeQuery<{ detail: string }>({
      ...compiled,
      sql: `explain query plan ${compiled.sql}`,
    })
    return plan.rows.map(({ detail }) => detail)
  }

  const compile = async (level: Level, keys: readonly (readonly [Tag, string])[], more: Partial<Query> = {}) => {
    const query: Query = {
      level,
      matches: keys.map(([tag, value]) => ({ path: [tag], value })),
      include: 'default',
      fuzzy: false,
      raw: '',
      ...more,
    }
    const { drivers, conditions } = planFind(db, query)
    const wanted = { studyAttributes: true, seriesAttributes: true, metadata: false, sight: SOMEBODY }
    return (await planCandidates(db, { level, drivers, conditions, ...wanted }))(100, 0)
  }

  const WALK = /^SCAN s USING INDEX studies_by_time$/

  it.each<[string, Level, readonly (readonly [Tag, string])[]]>([
    ['no key', 'study', []],
    ['a date', 'study', [[T.StudyDate, '20100101-20100131']]],
    ['a common modality', 'study', [[T.ModalitiesInStudy, 'CT']]],
    ['a common beginning of a name', 'study', [[T.PatientName, 'Rossi*']]],
    ['a sex', 'study', [[T.PatientSex, 'F']]],
    ['a common word', 'study', [[T.StudyDescription, 'CT*']]],
    ['a modality, for series', 'series', [[T.Modality, 'MR']]],
    ['a SOP class, for instances', 'instance', [[T.SOPClassUID, '1.2.840.10008.5.1.4.1.1.2']]],
  ])('%s: a walk, newest first, that stops when the answer is full', async (_, level, keys) => {
    const page = await compile(level, keys)
    expect(costly(await stepsOf(page), WALK)).toEqual([])
    expect(await candidates(db, page)).toHaveLength(100)
  })

  it.each<[string, Level, readonly (readonly [Tag, string])[], number]>([
    ['a patient ID', 'study', [[T.PatientID, patientId(7777)]], 1],
    ['a name', 'study', [[T.PatientName, patientName(7777)]], 4],
    ['a rare modality', 'study', [[T.ModalitiesInStudy, 'PT']], 4],
    ['a series', 'study', [[T.SeriesInstanceUID, seriesUid(7777, 2)]], 1],
    ['an instance', 'instance', [[T.SOPInstanceUID, `${seriesUid(7777, 2)}.1`]], 1],
    ['an instance, for its study', 'study', [[T.SOPInstanceUID, `${seriesUid(7777, 2)}.1`]], 1],
    [
      'a birth date and a beginning',
      'study',
      [
        [T.PatientBirthDate, '19770101'],
        [T.PatientName, 'Kim*'],
      ],
      0,
    ],
  ])('%s: a list of few, sorted', async (_, level, keys, found) => {
    const page = await compile(level, keys)
    const scans = (await stepsOf(page)).filter((step) => /^SCAN /.test(step))
    expect(scans).toEqual([])
    expect(await candidates(db, page)).toHaveLength(found)
  })

  it('a study’s own series and instances: its rows alone', async () => {
    const study = uid(studyUid(7777))
    const steps = [
      ...(await stepsOf(await compile('series', [], { study }))),
      ...(await stepsOf(await compile('instance', [], { study }))),
    ]
    expect(steps.filter((step) => /^SCAN /.test(step))).toEqual([])
  })

  it('one instance of a study: its own row, however many the series has', async () => {
    const scope = { study: uid(studyUid(7)), series: uid(seriesUid(7, 1)), instance: uid(`${seriesUid(7, 1)}.1`) }
    const steps = await stepsOf(inScope(db, scope).select('i.id').compile())
    expect(steps[0]).toBe('SEARCH i USING INDEX instances_by_sop (sop_uid=?)')
  })

  it.each(['', 'ct', 'rossi', 'rossi55', 'thorax rossi55', '2010-03', 'syn00'])(
    'the worklist for "%s"',
    async (words) => {
      const terms = readTerms(words, new Date())
      const query = await worklistQuery(db.read, {
        terms,
        modality: undefined,
        from: undefined,
        to: undefined,
        after: undefined,
        limit: 100,
      })
      const steps = await stepsOf(query.compile())
      // A short list of studies is sorted; everything else walks.
      const short = steps.some((step) => /^SEARCH s USING INDEX sqlite_autoindex_studies_1/.test(step))
      expect(costly(steps, WALK).filter((step) => !(short && step === 'USE TEMP B-TREE FOR ORDER BY'))).toEqual([])
    },
  )

  it.each<[string, Level]>([
    ['studies', 'study'],
    ['series', 'series'],
    ['instances', 'instance'],
  ])('the next page of %s begins where the last one ended, in the index', async (_, level) => {
    const wanted = { studyAttributes: true, seriesAttributes: true, metadata: false, sight: SOMEBODY }
    const place = {
      study: ['20080101', '120000', '', ''] as const,
      ...(level !== 'study' && { series: [1, ''] as const }),
      ...(level === 'instance' && { instance: [1, '', 0] as const }),
    }
    const plan = await planCandidates(db, { level, drivers: [], conditions: [], ...wanted, after: place })
    const steps = await stepsOf(plan(100, 0))
    expect(steps.filter((step) => /^S\w+ s /.test(step))).toEqual([
      expect.stringMatching(/^SEARCH s USING INDEX studies_by_time \(\(?study_date/),
    ])
    expect(costly(steps, WALK)).toEqual([])
  })

  it('each patient’s newest study: a walk, with one look for each', async () => {
    const wanted = { studyAttributes: true, seriesAttributes: false, metadata: false, sight: SOMEBODY }
    const patients = { level: 'study' as const, drivers: [], conditions: [], ...wanted, onePerPatient: true }
    const plan = await planCandidates(db, patients)
    const steps = await stepsOf(plan(100, 0))
    expect(costly(steps, WALK)).toEqual([])
    expect(steps).toContainEqual(
      expect.stringMatching(/^SEARCH n USING INDEX studies_by_person \(person_key=\? AND study_date>\?\)/),
    )
    expect(await candidates(db, plan(100, 0))).toHaveLength(100)
  })

  it('the worklist’s next page begins where the last one ended, in the index', async () => {
    const after = { date: '20080101', time: '120000', received: '', study: '' }
    const query = await worklistQuery(db.read, {
      terms: [],
      modality: undefined,
      from: undefined,
      to: undefined,
      after,
      limit: 100,
    })
    expect(await stepsOf(query.compile())).toEqual([
      expect.stringMatching(/^SEARCH s USING INDEX studies_by_time \(.*</),
    ])
  })
})
