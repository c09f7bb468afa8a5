/**
 * What finding promises (PS3.18 10.6, PS3.4 C.2.2.2 and C.4.1), on any database: the same keys find the same things in
 * the same order.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Archive, Level, Query } from '../../src/archive/archive.ts'
import { openFind } from '../../src/archive/find.ts'
import { type Tag, tagText } from '../../src/dicom/data-set.ts'
import { T } from '../../src/dicom/dictionary.ts'
import type { DicomJson } from '../../src/dicom/json.ts'
import { uid } from '../../src/dicom/uid.ts'
import type { Database } from '../../src/storage/sql/database.ts'
import { type Attributes, asker, fileOf, indexedFiles, type Witness, witness } from '../support/indexed.ts'

type Keyword = keyof typeof T
type Finding = Pick<Archive, 'find' | 'worklist' | 'study'>

const value = (result: DicomJson | undefined, keyword: Keyword): unknown => result?.[tagText(T[keyword])]?.Value?.[0]

const STUDIES: readonly Attributes[] = [
  {
    StudyInstanceUID: '2.25.101',
    SeriesInstanceUID: '2.25.1011',
    PatientName: 'Müller^Jürgen',
    PatientID: 'P-100',
    IssuerOfPatientID: 'HOSPITAL',
    PatientBirthDate: '19500102',
    PatientSex: 'M',
    StudyDate: '20240310',
    StudyTime: '101530',
    AccessionNumber: 'A[1]*',
    StudyID: 'S1',
    StudyDescription: 'CT Thorax 50%_done',
    ReferringPhysicianName: 'House^Gregory',
    Modality: 'CT',
    SeriesNumber: 2,
    SeriesDescription: 'Lung',
    BodyPartExamined: 'CHEST',
    InstanceNumber: 1,
    PatientComments: 'Talks of "blue" sailing',
    PerformedProcedureStepStartDate: '20240310',
    PerformedProcedureStepStartTime: '1015',
    RequestAttributesSequence: [{ ScheduledProcedureStepID: 'SPS-7', RequestedProcedureID: 'RP-7' }],
    KVP: '120',
    ContentDate: '20240310',
    ContentTime: '101600',
  },
  {
    StudyInstanceUID: '2.25.101',
    SeriesInstanceUID: '2.25.1012',
    PatientName: 'Müller^Jürgen',
    PatientID: 'P-100',
    Modality: 'SR',
    SeriesNumber: 1,
    InstanceNumber: 1,
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.22',
  },
  {
    StudyInstanceUID: '2.25.102',
    SeriesInstanceUID: '2.25.1021',
    PatientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
    PatientID: 'P-200',
    StudyDate: '20240311',
    StudyTime: '0930',
    AccessionNumber: 'A1',
    StudyDescription: 'MR Head',
    Modality: 'MR',
    SeriesNumber: 1,
    InstanceNumber: 1,
    KVP: '80',
  },
  {
    StudyInstanceUID: '2.25.103',
    SeriesInstanceUID: '2.25.1031',
    PatientName: 'MULLER^JURGEN^A',
    PatientID: 'P_300',
    StudyDate: '20240312',
    StudyTime: '235959.5',
    AccessionNumber: 'a1',
    StudyDescription: 'CT ABDOMEN',
    Modality: 'CT',
    SeriesNumber: 1,
    InstanceNumber: 1,
  },
  {
    StudyInstanceUID: '2.25.104',
    SeriesInstanceUID: '2.25.1041',
    PatientName: '홍^길동',
    PatientID: 'P%400',
    StudyDescription: 'No date',
    Modality: 'US',
    InstanceNumber: 1,
    TimezoneOffsetFromUTC: '+0100',
  },
]

export function findContract(name: string, open: () => Promise<Database>): void {
  describe(`finding on ${name}`, () => {
    let db: Database
    let finding: Finding
    let acts: Witness
    beforeAll(async () => {
      db = await open()
      acts = witness()
      finding = openFind({ db, acts })
      await indexedFiles(db).add(STUDIES.map((attributes) => fileOf(attributes)))
    })
    afterAll(async () => {
      await db.close()
    })

    const ask = (level: Level, keys: Readonly<Partial<Record<Keyword, string>>>, more: Partial<Query> = {}) =>
      finding.find(asker('radiologist'), {
        level,
        matches: Object.entries(keys).map(([keyword, value]) => ({ path: [T[keyword as Keyword]], value })),
        include: 'default',
        fuzzy: false,
        raw: JSON.stringify(keys),
        ...more,
      })
    /** The last two digits of the studies found, in order. */
    const studies = async (keys: Readonly<Partial<Record<Keyword, string>>>, more: Partial<Query> = {}) =>
      (await ask('study', keys, more)).results.map((result) => String(value(result, 'StudyInstanceUID')).slice(-3))

    it('gives every study for no key, newest first, those without a date last', async () => {
      expect(await studies({})).toEqual(['103', '102', '101', '104'])
    })

    describe('matching of single values (PS3.4 C.2.2.2.1)', () => {
      it.each<[string, Partial<Record<Keyword, string>>, string[]]>([
        ['an exact value', { PatientID: 'P-100' }, ['101']],
        ['a value in its own case only', { AccessionNumber: 'A1' }, ['102']],
        ['signs that mean something to a database as themselves', { PatientID: 'P%400' }, ['104']],
        ['an underscore as an underscore', { PatientID: 'P_300' }, ['103']],
        ['a UID of several', { StudyInstanceUID: '2.25.101\\2.25.103' }, ['103', '101']],
        ['a UID of several, parted by commas as in a URL', { StudyInstanceUID: '2.25.101,2.25.103' }, ['103', '101']],
        ['several keys, all of which must match', { PatientID: 'P-100', PatientSex: 'M' }, ['101']],
        ['and fails if one does not', { PatientID: 'P-100', PatientSex: 'F' }, []],
        ['nothing asked for as everything', { PatientID: '', StudyDescription: '*' }, ['103', '102', '101', '104']],
        ['a number of series', { NumberOfStudyRelatedSeries: '2' }, ['101']],
        ['an issuer', { IssuerOfPatientID: 'HOSPITAL' }, ['101']],
      ])('finds %s', async (_, keys, found) => {
        expect(await studies(keys)).toEqual(found)
      })
    })

    describe('matching of empty values (PS3.4 C.2.2.2.7)', () => {
      it('finds studies without a date', async () => {
        expect(await studies({ StudyDate: '""' })).toEqual(['104'])
      })
      it('finds series without a number', async () => {
        const { results } = await ask('series', { SeriesNumber: '""' })
        expect(results.map((result) => value(result, 'SeriesInstanceUID'))).toEqual(['2.25.1041'])
      })
    })

    describe('wild cards (PS3.4 C.2.2.2.4)', () => {
      it.each<[string, Partial<Record<Keyword, string>>, string[]]>([
        ['a beginning', { StudyDescription: 'CT*' }, ['103', '101']],
        ['an end', { StudyDescription: '*Head' }, ['102']],
        ['one character', { AccessionNumber: 'A?' }, ['102']],
        ['one character of several bytes', { PatientName: 'm?ller^j?rgen' }, ['101']],
        ['brackets as themselves', { AccessionNumber: 'A[1]*' }, ['101']],
        ['a percent sign as itself', { StudyDescription: '*50%_*' }, ['101']],
        ['case as it is', { StudyDescription: 'ct*' }, []],
      ])('finds %s', async (_, keys, found) => {
        expect(await studies(keys)).toEqual(found)
      })
    })

    describe('person names (PS3.4 C.2.2.2.1)', () => {
      it.each<[string, string, string[]]>([
        ['without regard to case and accents', 'muller^JURGEN', ['101']],
        ['by their beginning', 'Muller*', ['103', '101']],
        ['with an accent where none was written', 'MÜLLER^JÜRGEN^A', ['103']],
        ['in their own script', '山田^太郎', ['102']],
        ['by the beginning of their own script', '山*', ['102']],
        ['in kana', 'やまだ*', ['102']],
        ['in katakana for hiragana', 'ヤマダ*', ['102']],
        ['by all of their groups', 'Yamada^Tarou=山田^太郎=やまだ^たろう', ['102']],
        ['not when one group differs', 'Yamada^Tarou=山田^次郎', []],
        ['by one named group', '=山田*', ['102']],
        ['not in another group than the one named', '山田*=', []],
        ['in Hangul', '홍^길동', ['104']],
        ['whole, not by a part', 'Muller', []],
        ['empty', '""', []],
      ])('are found %s', async (_, name, found) => {
        expect(await studies({ PatientName: name })).toEqual(found)
      })

      it('are found by any of their words when asked fuzzily (PS3.18 8.3.4.2)', async () => {
        expect(await studies({ PatientName: 'jurgen mull' }, { fuzzy: true })).toEqual(['103', '101'])
        expect(await studies({ PatientName: '太郎' }, { fuzzy: true })).toEqual(['102'])
      })

      it('of referring physicians are found too', async () => {
        expect(await studies({ ReferringPhysicianName: 'house*' })).toEqual(['101'])
      })
    })

    describe('ranges (PS3.4 C.2.2.2.5)', () => {
      it.each<[string, Partial<Record<Keyword, string>>, string[]]>([
        ['a day', { StudyDate: '20240311' }, ['102']],
        ['days from one to another, both included', { StudyDate: '20240310-20240311' }, ['102', '101']],
        ['a day and all before, but none without a date', { StudyDate: '-20240311' }, ['102', '101']],
        ['a day and all after', { StudyDate: '20240311-' }, ['103', '102']],
        ['a minute', { StudyTime: '1015' }, ['101']],
        ['a time, however it was written', { StudyTime: '093000' }, ['102']],
        ['hours', { StudyTime: '09-10' }, ['102', '101']],
        ['an evening', { StudyTime: '2359-' }, ['103']],
      ])('find %s', async (_, keys, found) => {
        expect(await studies(keys)).toEqual(found)
      })

      it('of a date and its time are one range of moments', async () => {
        expect(await studies({ StudyDate: '20240310-20240311', StudyTime: '1200-1000' })).toEqual(['102'])
        expect(await studies({ StudyDate: '20240310-', StudyTime: '1100-' })).toEqual(['103', '102'])
      })

      it('of a date and its time stand alone when that was not negotiated', async () => {
        expect(await studies({ StudyDate: '20240310-', StudyTime: '1000-' }, { combined: false })).toEqual([
          '103',
          '101',
        ])
      })

      it('of a date and a time kept with the instance are one range as well', async () => {
        const keys = { ContentDate: '20240309-20240310', ContentTime: '2300-1030' }
        expect(await studies(keys)).toEqual(['101'])
        expect(await studies({ ...keys, ContentTime: '2300-1010' })).toEqual([])
      })

      it('that are none are refused, without the value in the message', async () => {
        await expect(ask('study', { StudyDate: 'Smith' })).rejects.toThrow(/StudyDate is not a date/)
      })
    })

    describe('keys of other levels', () => {
      it.each<[string, Partial<Record<Keyword, string>>, string[]]>([
        ['a modality of the study', { ModalitiesInStudy: 'SR' }, ['101']],
        ['one of several modalities', { ModalitiesInStudy: 'MR\\US' }, ['102', '104']],
        ['a SOP class in the study', { SOPClassesInStudy: '1.2.840.10008.5.1.4.1.1.88.22' }, ['101']],
        ['a series', { SeriesInstanceUID: '2.25.1031' }, ['103']],
        ['a series that answers to all its keys', { Modality: 'CT', SeriesDescription: 'Lung' }, ['101']],
        ['but not keys answered by different series', { Modality: 'SR', SeriesDescription: 'Lung' }, []],
        ['an instance', { InstanceNumber: '1', SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.22' }, ['101']],
        ['an attribute only the study keeps', { PatientComments: 'Talks of*' }, ['101']],
        ['a part of it, quotation marks and all', { PatientComments: '*?f "blue"*' }, ['101']],
        ['an attribute only the instance keeps', { KVP: '80' }, ['102']],
        ['a time only the series keeps', { PerformedProcedureStepStartTime: '1000-1030' }, ['101']],
      ])('find studies by %s', async (_, keys, found) => {
        expect(await studies(keys)).toEqual(found)
      })

      it('find series by a key inside a sequence (PS3.4 C.2.2.2.6)', async () => {
        const match = (value: string) => ({
          matches: [{ path: [T.RequestAttributesSequence, T.ScheduledProcedureStepID], value }],
        })
        const found = await ask('series', {}, match('SPS-*'))
        expect(found.results.map((result) => value(result, 'SeriesInstanceUID'))).toEqual(['2.25.1011'])
        expect((await ask('series', {}, match('SPS-8'))).results).toEqual([])
        expect(await studies({}, match('SPS-7'))).toEqual(['101'])
      })

      it('find series across studies, newest study first, in order of their numbers', async () => {
        const { results } = await ask('series', {})
        expect(results.map((result) => value(result, 'SeriesInstanceUID'))).toEqual([
          '2.25.1031',
          '2.25.1021',
          '2.25.1012',
          '2.25.1011',
          '2.25.1041',
        ])
      })

      it('find instances by keys of study and series', async () => {
        const { results } = await ask('instance', { PatientName: 'muller*', Modality: 'CT' })
        expect(results.map((result) => value(result, 'StudyInstanceUID'))).toEqual(['2.25.103', '2.25.101'])
      })
    })

    describe('what comes back (PS3.18 10.6.3.3)', () => {
      const keysOf = (result: DicomJson | undefined) =>
        Object.keys(result ?? {}).map((key) => Object.entries(T).find(([, tag]) => tagText(tag as Tag) === key)?.[0])

      it('of a study: its table, counts and modalities, empty where nothing is known', async () => {
        const [study] = (await ask('study', { PatientID: 'P-200' })).results
        expect(keysOf(study)).toEqual([
          'SpecificCharacterSet',
          'StudyDate',
          'StudyTime',
          'AccessionNumber',
          'InstanceAvailability',
          'ModalitiesInStudy',
          'ReferringPhysicianName',
          'StudyDescription',
          'PatientName',
          'PatientID',
          'PatientBirthDate',
          'PatientSex',
          'StudyInstanceUID',
          'StudyID',
          'NumberOfStudyRelatedSeries',
          'NumberOfStudyRelatedInstances',
        ])
        expect(study?.[tagText(T.PatientBirthDate)]).toEqual({ vr: 'DA' })
        expect(value(study, 'PatientName')).toEqual({
          Alphabetic: 'Yamada^Tarou',
          Ideographic: '山田^太郎',
          Phonetic: 'やまだ^たろう',
        })
        expect(value(study, 'InstanceAvailability')).toBe('ONLINE')
      })

      it('of a study with two series: both counted, both modalities', async () => {
        const [study] = (await ask('study', { PatientID: 'P-100' })).results
        expect(study?.[tagText(T.ModalitiesInStudy)]?.Value).toEqual(['CT', 'SR'])
        expect(value(study, 'NumberOfStudyRelatedSeries')).toBe(2)
        expect(value(study, 'NumberOfStudyRelatedInstances')).toBe(2)
      })

      it('of a study with a time zone: the zone', async () => {
        const [study] = (await ask('study', { PatientID: 'P%400' })).results
        expect(value(study, 'TimezoneOffsetFromUTC')).toBe('+0100')
      })

      it('of a series below a study: the series alone', async () => {
        const { results } = await ask('series', {}, { study: uid('2.25.101') })
        expect(results.map((result) => value(result, 'SeriesInstanceUID'))).toEqual(['2.25.1012', '2.25.1011'])
        expect(value(results[1], 'SeriesDescription')).toBe('Lung')
        expect(value(results[1], 'NumberOfSeriesRelatedInstances')).toBe(1)
        expect(results[1]?.[tagText(T.RequestAttributesSequence)]?.Value).toHaveLength(1)
        expect(results[1]).not.toHaveProperty(tagText(T.PatientName))
      })

      it('of a series anywhere: its study as well', async () => {
        const [series] = (await ask('series', { SeriesInstanceUID: '2.25.1021' })).results
        expect(value(series, 'PatientID')).toBe('P-200')
      })

      it('of an instance below a series: the instance alone', async () => {
        const below = { study: uid('2.25.101'), series: uid('2.25.1011') }
        const [instance] = (await ask('instance', {}, below)).results
        expect(value(instance, 'SOPClassUID')).toBe('1.2.840.10008.5.1.4.1.1.2')
        expect(value(instance, 'InstanceNumber')).toBe(1)
        expect(instance).not.toHaveProperty(tagText(T.Modality))
      })

      it('of an instance whose series says its time zone: the zone', async () => {
        const below = { study: uid('2.25.104'), series: uid('2.25.1041') }
        const [instance] = (await ask('instance', {}, below)).results
        expect(value(instance, 'TimezoneOffsetFromUTC')).toBe('+0100')
      })

      it('what was asked about, and what was to be included, at any level that keeps it', async () => {
        const [study] = (await ask('study', { PatientComments: '*sailing' })).results
        expect(value(study, 'PatientComments')).toBe('Talks of "blue" sailing')
        const [instance] = (await ask('instance', { PatientID: 'P-200' }, { include: [T.KVP, T.PatientName] })).results
        expect(value(instance, 'KVP')).toBe(80)
        expect(value(instance, 'PatientName')).toMatchObject({ Alphabetic: 'Yamada^Tarou' })
      })

      it('everything kept, when all is to be included', async () => {
        const [study] = (await ask('study', { PatientID: 'P-100' }, { include: 'all' })).results
        expect(value(study, 'PatientComments')).toBe('Talks of "blue" sailing')
        expect(study?.[tagText(T.SOPClassesInStudy)]?.Value).toEqual([
          '1.2.840.10008.5.1.4.1.1.2',
          '1.2.840.10008.5.1.4.1.1.88.22',
        ])
      })
    })

    describe('studies as others list them', () => {
      it('oldest first', async () => {
        expect(await studies({}, { oldestFirst: true })).toEqual(['104', '101', '102', '103'])
      })

      it('one for each patient, the newest, and none of those without an ID', async () => {
        const own = await open()
        const study = (n: number, PatientID: string, StudyDate: string) =>
          fileOf({ StudyInstanceUID: `2.25.${n}`, SeriesInstanceUID: `2.25.${n}1`, PatientID, StudyDate })
        await indexedFiles(own).add([
          study(201, 'A', '20200101'),
          study(202, 'A', '20220101'),
          study(203, 'B', '20210101'),
          study(204, 'B', '20210101'),
          study(205, '', '20230101'),
        ])
        const search = openFind({ db: own, acts: witness() })
        const query: Query = { level: 'study', matches: [], include: 'default', fuzzy: false, raw: '' }
        const { results } = await search.find(asker('radiologist'), { ...query, onePerPatient: true })
        expect(results.map((one) => value(one, 'StudyInstanceUID'))).toEqual(['2.25.202', '2.25.204'])
        await own.close()
      })

      it('by when their last object came, which is told', async () => {
        const { received = [] } = await ask('study', {})
        const [moment = ''] = received
        expect(received).toHaveLength(4)
        expect(await studies({}, { received: { from: moment } })).toHaveLength(4)
        expect(await studies({}, { received: { until: moment } })).toHaveLength(0)
      })
    })

    describe('pages', () => {
      it('neither overlap nor leave out', async () => {
        const pages = await Promise.all([0, 1, 2, 3, 4].map((offset) => studies({}, { limit: 1, offset })))
        expect(pages).toEqual([['103'], ['102'], ['101'], ['104'], []])
      })

      it('are the same when attributes must be looked at', async () => {
        const page = (offset: number) => studies({ PatientComments: '*', KVP: '80' }, { limit: 1, offset })
        expect([await page(0), await page(1)]).toEqual([['102'], []])
      })

      it.each<[Level, Partial<Record<Keyword, string>>]>([
        ['study', {}],
        ['series', {}],
        ['instance', {}],
        ['study', { PatientComments: '*' }],
        ['series', { PatientComments: '*' }],
        ['instance', { KVP: '*' }],
      ])('of each %s for %j go on where the one before ended, whatever arrives meanwhile', async (level, keys) => {
        const own = await open()
        const files = indexedFiles(own)
        await files.add(STUDIES.map((attributes) => fileOf(attributes)))
        const uidOf = { study: 'StudyInstanceUID', series: 'SeriesInstanceUID', instance: 'SOPInstanceUID' } as const
        const query = {
          level,
          matches: Object.entries(keys).map(([keyword, value]) => ({ path: [T[keyword as Keyword]], value })),
          include: 'all' as const,
          fuzzy: false,
          raw: '',
        }
        const search = openFind({ db: own, acts: witness() })
        const idsOf = (results: readonly DicomJson[]) => results.map((result) => value(result, uidOf[level]))
        const all = idsOf((await search.find(asker('radiologist'), query)).results)
        const seen: unknown[] = []
        let after: string | undefined
        for (let turn = 0; turn <= all.length; turn += 1) {
          const answer = await search.find(asker('radiologist'), { ...query, limit: 1, ...(after && { after }) })
          seen.push(...idsOf(answer.results))
          after = answer.end ?? after
          const newer = {
            StudyInstanceUID: `2.25.9${turn}`,
            SeriesInstanceUID: `2.25.9${turn}1`,
            StudyDate: '20991231',
          }
          await files.add([fileOf({ ...newer, PatientComments: 'new', KVP: '80', Modality: 'CT', InstanceNumber: 1 })])
        }
        expect(seen).toEqual(all)
        await own.close()
      })

      it('begin nowhere but where an answer said', async () => {
        const query: Query = { level: 'series', matches: [], include: 'default', fuzzy: false, raw: '' }
        const { end = '' } = await finding.find(asker('radiologist'), { ...query, level: 'study' })
        for (const after of [end, '', 'x', Buffer.from('{"study":[1,2,3,4]}').toString('base64url'), 'A'.repeat(2000)])
          await expect(finding.find(asker('radiologist'), { ...query, after })).rejects.toThrow('after')
      })

      it('say when the archive’s own limit cut them, not when the asker’s did', async () => {
        const small = openFind({ db, acts, mostResults: 2 })
        const query: Query = { level: 'study', matches: [], include: 'default', fuzzy: false, raw: '' }
        expect(await small.find(asker('radiologist'), query)).toMatchObject({ truncated: true })
        expect(await small.find(asker('radiologist'), { ...query, limit: 2 })).toMatchObject({ truncated: false })
        expect(await small.find(asker('radiologist'), { ...query, limit: 3 })).toMatchObject({ truncated: true })
        expect(await small.find(asker('radiologist'), { ...query, offset: 2 })).toMatchObject({ truncated: false })
      })

      it('stop, and say so, when too much would have to be looked at', async () => {
        const tired = openFind({ db, acts, mostLooks: 2 })
        const matches = [{ path: [T.KVP], value: '55' }]
        const query: Query = { level: 'study', matches, include: 'default', fuzzy: false, raw: '' }
        expect(await tired.find(asker('radiologist'), query)).toMatchObject({
          results: [],
          truncated: true,
          more: true,
        })
      })
    })

    it('journals each query with its words and the number of answers', async () => {
      await ask('study', { PatientID: 'P-100' }, { raw: '/studies?PatientID=P-100' })
      expect(acts.events.at(-1)).toMatchObject({
        type: 'aud.110112',
        when: 'soon',
        detail: { query: '/studies?PatientID=P-100', results: 1 },
      })
    })

    it('refuses who may not find, and journals that', async () => {
      const query: Query = { level: 'study', matches: [], include: 'default', fuzzy: false, raw: '' }
      await expect(finding.find(asker('student'), query)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
      expect(acts.events.at(-1)).toMatchObject({ type: 'aud.110113', when: 'now' })
    })
  })
}
