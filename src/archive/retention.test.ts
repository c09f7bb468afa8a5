import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asker, witness } from '../../test/support/indexed.ts'
import { patientId, populate, studyUid } from '../../test/support/population.ts'
import { uid } from '../dicom/uid.ts'
import type { Database } from '../storage/sql/database.ts'
import { openSqlite } from '../storage/sql/sqlite.ts'
import { openKnown } from './known/known.ts'
import { openRetention } from './retention.ts'
import { layerOf, type SiteRulesSource, setsOf } from './rules/site-rules.ts'

// Kept for ten years after the patient's last imaging (StrlSchG section 85): another study moves the date.
const GERMANY = { jurisdictions: ['de'], institution: 'hospital' }
const layers = [layerOf(1, GERMANY, 'governance', setsOf(GERMANY.jurisdictions))]
const site: SiteRulesSource = {
  now: async () => ({ layers, ...GERMANY, digest: '' }),
  withChoice: async () => ({ layers, ...GERMANY, digest: '' }),
  find: async () => undefined,
}

/** The same database, its rows counted as they are read. */
function counted(db: Database): { readonly db: Database; readonly rows: () => number } {
  let rows = 0
  const read = db.read.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      rows += result.rows.length
      return result
    },
  })
  return { db: { ...db, read }, rows: () => rows }
}

describe('the decision of one study', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-retention-'))
  let db: Database
  beforeAll(async () => {
    db = await openSqlite(join(folder, 'index.db'), { readers: 1 })
    await populate(db, { studies: 3000, seriesPerStudy: 0, instancesPerSeries: 0 })
  })
  afterAll(async () => {
    await db?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('follows what becomes known of its patient, and reads nothing of anybody else', async () => {
    const seen = counted(db)
    const decide = openRetention({ db: seen.db, acts: witness(), site, now: () => new Date('2026-01-01') })
    const until = async (study: number) =>
      (await decide.retention(asker('privacy'), uid(studyUid(study)))).retainThrough
    const before = [await until(7), await until(8)]
    const few = seen.rows()
    expect(few).toBeLessThan(12)
    // The patient of study 7 is imaged again, twenty years later.
    await db.write((tx) =>
      tx.batch([
        db.read
          .updateTable('studies')
          .set({ person_key: `|${patientId(7)}`, study_date: '20251101' })
          .where('study_uid', '=', studyUid(2999))
          .compile(),
      ]),
    )
    const after = [await until(7), await until(8)]
    expect(after[0]).toBe('2035-11-01')
    expect((before[0] ?? '') < (after[0] ?? '')).toBe(true)
    expect(after[1]).toBe(before[1])
    expect(seen.rows() - few).toBeLessThan(14)
  })

  it('is made anew for one patient alone when people say something of him', async () => {
    const seen = counted(db)
    const acts = witness()
    const known = openKnown({ db: seen.db, acts, site })
    const ask = {
      about: { kind: 'patient', id: `|${patientId(8)}` },
      set: { treatmentEnd: '2031-01-01' },
      reason: 'x',
    } as const
    const { studies, dates } = await known.tellFacts(asker('records'), { ...ask, preview: true })
    expect(studies).toBeGreaterThan(0)
    expect(dates.length).toBe(studies)
    for (const { now } of dates) expect((now.through ?? '') >= '2041-01-01').toBe(true)
    // Each of the patient's studies twice, with those beside it; of 3,000.
    expect(seen.rows()).toBeLessThan(10 + 4 * (studies + 1) ** 2)
    expect(acts.events).toEqual([])
  })
})
