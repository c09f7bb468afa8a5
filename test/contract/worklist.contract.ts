/**
 * What the worklist promises: one search box, words of any script, newest first, pages that neither overlap nor skip.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WorklistQuery } from '../../src/archive/archive.ts'
import { openFind } from '../../src/archive/find.ts'
import { uid } from '../../src/dicom/uid.ts'
import type { Database } from '../../src/storage/sql/database.ts'
import { type Attributes, asker, fileOf, indexedFiles, witness } from '../support/indexed.ts'

const study = (number: number, attributes: Attributes): Attributes => ({
  StudyInstanceUID: `2.25.${number}`,
  SeriesInstanceUID: `2.25.${number}1`,
  Modality: 'CT',
  SeriesNumber: 1,
  InstanceNumber: 1,
  ...attributes,
})

const STUDIES: readonly Attributes[] = [
  study(201, {
    PatientName: 'Müller-Lüdenscheidt^Jürgen',
    PatientID: 'AB-100',
    IssuerOfPatientID: 'H',
    PatientBirthDate: '19500102',
    PatientSex: 'M',
    StudyDate: '20240310',
    StudyTime: '101530',
    AccessionNumber: 'ACC/2024/77',
    StudyDescription: 'CT Thorax, low-dose',
  }),
  study(201, { SeriesInstanceUID: '2.25.2012', Modality: 'SR', SeriesNumber: 2, PatientID: 'AB-100' }),
  study(202, {
    PatientName: 'Yamada^Tarou=山田^太郎=やまだ^たろう',
    StudyDate: '20231105',
    Modality: 'MR',
    StudyDescription: 'Head',
  }),
  study(203, { PatientName: "O'Brien^Mary Ann", PatientID: '20240012', StudyDate: '20261124', Modality: 'US' }),
  study(204, { PatientName: '김^희중=金^喜中', StudyDate: '20261123', Modality: 'CR', AccessionNumber: 'MR9' }),
  study(205, { PatientName: 'Люкceмбypг^Роза', Modality: 'DX', PatientID: 'AB-200' }),
]

export function worklistContract(name: string, open: () => Promise<Database>): void {
  describe(`the worklist on ${name}`, () => {
    let db: Database
    let finding: ReturnType<typeof openFind>
    beforeAll(async () => {
      db = await open()
      finding = openFind({ db, acts: witness() })
      await indexedFiles(db).add(STUDIES.map((attributes) => fileOf(attributes)))
    })
    afterAll(async () => {
      await db.close()
    })

    const list = async (words: string, more: Partial<WorklistQuery> = {}) => {
      const answer = await finding.worklist(asker('clinician'), { words, limit: 100, ...more })
      return answer.studies.map((found) => Number(found.study.slice(-3)))
    }

    it('shows everything to who types nothing, newest first, without a date last', async () => {
      expect(await list('')).toEqual([203, 204, 201, 202, 205])
    })

    it.each<[string, string, number[]]>([
      ['the beginning of a family name', 'mull', [201]],
      ['the second half of a double name', 'LÜDEN', [201]],
      ['a given name', 'jurgen', [201]],
      ['words in any order', 'jürg müller', [201]],
      ['a name with an apostrophe, with it or without', "o'brien", [203]],
      ['', 'obrien', [203]],
      ['a second given name', 'ann', [203]],
      ['ideographs', '山田', [202]],
      ['a given name in ideographs', '太郎', [202]],
      ['a whole name written together', '山田太郎', [202]],
      ['kana', 'やま', [202]],
      ['Hangul, written together', '김희', [204]],
      ['Cyrillic', 'роза', [205]],
      ['the beginning of a patient ID', 'AB-1', [201]],
      ['a patient ID without its marks', 'ab100', [201]],
      ['the beginning that two IDs share', 'ab', [201, 205]],
      ['a part of an accession number', '77', [201]],
      ['a whole accession number', 'acc/2024/77', [201]],
      ['a word of the description', 'thor', [201]],
      ['a word of it with its marks', 'low-do', [201]],
      ['a modality, or what begins with its letters', 'mr', [204, 202]],
      ['a modality of any series', 'sr', [201]],
      ['a year, or an ID that begins so', '2024', [203, 201]],
      ['a year alone', '2023', [202]],
      ['a month', '2024-03', [201]],
      ['a day', '20240310', [201]],
      ['a day with hyphens', '2024-03-10', [201]],
      ['a range', '2023-11..2024-03', [201, 202]],
      ['an open range', '2024-03-', [203, 204, 201]],
      ['today', 'today', [203]],
      ['yesterday', 'Yesterday', [204]],
      ['a modality and a year', 'ct 2024', [201]],
      ['words of which one fits nothing', 'muller mary', []],
      ['signs that mean something to a database', "%' or 1=1 --", []],
    ])('finds %s: %s', async (_, words, found) => {
      expect(await list(words)).toEqual(found)
    })

    it('narrows by modality and by date, both included', async () => {
      expect(await list('', { modality: 'SR' })).toEqual([201])
      expect(await list('', { from: '20240310', to: '20261123' })).toEqual([204, 201])
      expect(await list('', { to: '20231231' })).toEqual([202])
    })

    it('looks among certain studies only, when told which', async () => {
      expect(await list('', { studies: [uid('2.25.201'), uid('2.25.205'), uid('2.25.999')] })).toEqual([201, 205])
      expect(await list('', { studies: [uid('2.25.201'), uid('2.25.204')], modality: 'SR' })).toEqual([201])
    })

    it('goes on where the last page ended, though a study came in between', async () => {
      const first = await finding.worklist(asker('clinician'), { words: '', limit: 2 })
      expect(first.studies.map(({ study }) => study)).toEqual(['2.25.203', '2.25.204'])
      const second = await finding.worklist(asker('clinician'), { words: '', limit: 2, cursor: first.next ?? '' })
      expect(second.studies.map(({ study }) => study)).toEqual(['2.25.201', '2.25.202'])
      const third = await finding.worklist(asker('clinician'), { words: '', limit: 2, cursor: second.next ?? '' })
      expect(third.studies.map(({ study }) => study)).toEqual(['2.25.205'])
      expect(third.next).toBeUndefined()
    })

    it('refuses a cursor that is none of its own', async () => {
      await expect(list('', { cursor: 'bm90IG91cnM' })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    })

    it('opens a study with its series in order of number', async () => {
      const page = await finding.study(asker('clinician'), uid('2.25.201'))
      expect(page.study).toMatchObject({
        patientName: 'Müller-Lüdenscheidt^Jürgen',
        patientId: 'AB-100',
        issuer: 'H',
        birthDate: '19500102',
        sex: 'M',
        studyDate: '20240310',
        studyTime: '101530',
        accession: 'ACC/2024/77',
        description: 'CT Thorax, low-dose',
        modalities: ['CT', 'SR'],
        series: 2,
        instances: 2,
      })
      expect(page.series.map(({ series, number, modality }) => [series, number, modality])).toEqual([
        ['2.25.2011', 1, 'CT'],
        ['2.25.2012', 2, 'SR'],
      ])
      await expect(finding.study(asker('clinician'), uid('2.25.999'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    })
  })
}
