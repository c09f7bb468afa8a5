import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { indexOn, removeIndexes } from '../../test/support/indexes.ts'
import type { Vr } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import type { DicomJson, DicomJsonElement } from '../dicom/json.ts'
import type { Database } from '../storage/sql/database.ts'
import { columnCondition, type Fragment } from './find.queries.ts'
import { momentOf, readWanted, satisfies, satisfiesPath } from './matching.ts'

const wanted = (vr: Vr, value: string, fuzzy = false) => readWanted(vr, value, fuzzy, 'TheKey')
const matches = (vr: Vr, value: string, ...values: readonly (string | number)[]) =>
  satisfies(wanted(vr, value), { vr, Value: values })

describe('a matching key (PS3.4 C.2.2.2)', () => {
  it.each<[Vr, string, (string | number)[], boolean]>([
    ['LO', 'CT', ['CT'], true],
    ['LO', 'CT', ['ct'], false],
    ['LO', 'CT', ['MR', 'CT'], true],
    ['CS', 'MR\\CT', ['CT'], true],
    ['LO', 'C*', ['CHEST'], true],
    ['LO', '?T', ['CT'], true],
    ['LO', '?T', ['T'], false],
    ['LO', '[a]%_\\*', ['[a]%_'], true],
    ['LT', 'a\\b', ['a\\b'], true],
    ['UI', '1.2\\1.3', ['1.3'], true],
    ['UI', '1.2,1.3', ['1.3'], true],
    ['UI', '1.*', ['1.3'], false],
    ['IS', '5', [5], true],
    ['DS', '1.50', [1.5], true],
    ['DS', '1\\2', [2], true],
    ['DA', '20240229', ['20240229'], true],
    ['DA', '20240101-20240201', ['2024.01.31'], true],
    ['DA', '-20240101', ['20230101'], true],
    ['DA', '20240101-', ['20230101'], false],
    ['TM', '10', ['105959.9'], true],
    ['TM', '1000-1030', ['103059'], true],
    ['TM', '1000-1030', ['1031'], false],
    ['TM', '103000', ['10:30'], true],
    ['DT', '2024', ['20240229120000+0100'], true],
    ['DT', '20240229120000+0100', ['20240229110000+0000'], true],
    ['DT', '202402-202403', ['20240331235959.999999'], true],
    ['DT', '-2023', ['2024'], false],
    ['UN', 'x*', ['xyz'], true],
  ])('of VR %s, %s: %j matches %s', (vr, value, values, expected) => {
    expect(matches(vr, value, ...values)).toBe(expected)
  })

  it('matches everything when there is nothing in it, absent attributes too', () => {
    for (const value of ['', '*', '**', '  ']) expect(satisfies(wanted('LO', value), undefined)).toBe(true)
    for (const value of ['*', '^*', '=']) expect(satisfies(wanted('PN', value), undefined)).toBe(true)
  })

  it('matches what is empty when two quotation marks are in it', () => {
    expect(satisfies(wanted('LO', '""'), undefined)).toBe(true)
    expect(satisfies(wanted('LO', '""'), { vr: 'LO' })).toBe(true)
    expect(satisfies(wanted('LO', '""'), { vr: 'LO', Value: ['x'] })).toBe(false)
    expect(satisfies(wanted('OB', '""'), { vr: 'OB', BulkDataURI: 'bulkdata/7FE00010' })).toBe(false)
  })

  it('looks into every item of a sequence', () => {
    const item = (id: string): DicomJson => ({ '00400009': { vr: 'SH', Value: [id] } })
    const attributes: DicomJson = { '00400275': { vr: 'SQ', Value: [item('A'), item('B')] } }
    const path = [T.RequestAttributesSequence, T.ScheduledProcedureStepID]
    expect(satisfiesPath(wanted('SH', 'B'), path, attributes)).toBe(true)
    expect(satisfiesPath(wanted('SH', 'C'), path, attributes)).toBe(false)
    expect(satisfiesPath(wanted('SH', '""'), path, {})).toBe(true)
  })

  it.each<[Vr, string]>([
    ['DA', '2024'],
    ['DA', '20240230'],
    ['DA', '20240101-20240102-20240103'],
    ['TM', '25'],
    ['DT', 'yesterday'],
    ['IS', 'one'],
    ['IS', '1\\'],
    ['UI', Array.from({ length: 10_001 }, () => '1.2').join('\\')],
  ])('of VR %s that cannot be read (%.20s) is refused by name, not by value', (vr, value) => {
    expect(() => wanted(vr, value)).toThrow(/the value of TheKey is not/)
  })

  it('is read or refused whatever it is, and never holds the search up', () => {
    const vrs = fc.constantFrom<Vr>('AE', 'CS', 'DA', 'DS', 'DT', 'IS', 'LO', 'LT', 'PN', 'TM', 'UI', 'UN', 'UT')
    const values = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.constant(null)), { maxLength: 3 })
    fc.assert(
      fc.property(vrs, fc.string({ unit: 'binary', maxLength: 80 }), fc.boolean(), values, (vr, key, fuzzy, Value) => {
        try {
          const element: DicomJsonElement = { vr, Value }
          expect(typeof satisfies(wanted(vr, key, fuzzy), element)).toBe('boolean')
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'BAD_REQUEST' })
        }
      }),
    )
    const long = 'a'.repeat(5000)
    expect(matches('UT', `${'*a'.repeat(1000)}*b`, long)).toBe(false)
  })

  it('joins a date and its time to one moment', () => {
    const at = (date: string, time: string) =>
      momentOf(
        { '00080020': { vr: 'DA', Value: [date] }, '00080030': { vr: 'TM', Value: [time] } },
        T.StudyDate,
        T.StudyTime,
      )
    expect(at('20240229', '1015')).toBe('20240229101500.000000')
    expect(at('20240229', '')).toBe('20240229000000.000000')
    expect(at('', '1015')).toBe('')
  })
})

describe.each(indexOn)('what SQL finds on %s, and what memory finds', (_, open) => {
  let db: Database
  beforeAll(async () => {
    db = await open()
    return () => db.close()
  })
  afterAll(removeIndexes)

  /** Those of the values a condition on a column that holds them lets through. */
  async function found(values: readonly string[], condition: (column: Fragment) => Fragment | undefined) {
    const rows = sql.join(
      values.map((value, at) => sql`select cast(${value} as text) as c, ${sql.lit(at)} as n`),
      sql` union all `,
    )
    const where = condition(sql.ref('t.c')) ?? sql`1 = 1`
    const result = await sql<{ n: number }>`select t.n from (${rows}) as t where ${where} order by t.n`.execute(db.read)
    return result.rows.map(({ n }) => Number(n))
  }

  async function agree(vr: Vr, key: string, values: readonly string[]): Promise<void> {
    const asked = wanted(vr, key)
    const inMemory = values.flatMap((value, at) => (satisfies(asked, { vr, Value: [value] }) ? [at] : []))
    expect(await found(values, (column) => columnCondition(db, column, asked)), `${vr} ${key}`).toEqual(inMemory)
  }

  it('is the same for texts and patterns, whatever signs are in them', async () => {
    const letters = fc.constantFrom('a', 'A', 'b', '*', '?', '[', ']', '^', '%', '_', '\\', '-', "'", 'é', '山', '🫀')
    const text = fc.string({ unit: letters, minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(text, fc.array(text, { minLength: 1, maxLength: 12 }), async (key, values) => {
        await agree('LT', key, [...values, key.replaceAll('*', 'ab').replaceAll('?', '🫀')])
      }),
      { numRuns: 150 },
    )
  })

  it('is the same for dates and times, however they were written', async () => {
    const two = (max: number) => fc.integer({ min: 0, max }).map((value) => String(value).padStart(2, '0'))
    const time = fc
      .tuple(two(23), two(59), two(59), fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 1, max: 5 }))
      .map(([hour, minute, second, fraction, parts]) =>
        [hour, minute, second, `.${String(fraction).padStart(6, '0')}`.slice(0, parts + 1)].slice(0, parts).join(''),
      )
    const date = fc
      .tuple(fc.integer({ min: 1999, max: 2001 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
      .map(([year, month, day]) => `${year}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}`)
    const range = (one: fc.Arbitrary<string>) =>
      fc
        .tuple(fc.option(one, { nil: '' }), fc.option(one, { nil: '' }))
        .map(([from, to]) => `${from}-${to}`)
        .filter((key) => key !== '-')
    await fc.assert(
      fc.asyncProperty(fc.oneof(time, range(time)), fc.array(time, { minLength: 1, maxLength: 8 }), (key, values) =>
        agree('TM', key, ['', ...values]),
      ),
      { numRuns: 100 },
    )
    await fc.assert(
      fc.asyncProperty(fc.oneof(date, range(date)), fc.array(date, { minLength: 1, maxLength: 8 }), (key, values) =>
        agree('DA', key, ['', ...values]),
      ),
      { numRuns: 100 },
    )
  })
})
