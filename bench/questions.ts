/**
 * The usual questions, asked of an index of `test/support/population.ts` or `test/support/projected.ts`: the two name their
 * studies alike. And how long each takes.
 */
import type { Level, Query } from '../src/archive/archive.ts'
import type { openFind } from '../src/archive/find.ts'
import type { Tag } from '../src/dicom/data-set.ts'
import { T } from '../src/dicom/dictionary.ts'
import { uid } from '../src/dicom/uid.ts'
import { asker } from '../test/support/indexed.ts'
import { accession, patientId, seriesUid, studyUid } from '../test/support/population.ts'

export type Question = readonly [name: string, ask: () => Promise<unknown>]

const context = asker('radiologist')

/** @param studies  how many there are: the middle one is asked for */
export async function questionsFor(
  finding: ReturnType<typeof openFind>,
  studies: number,
): Promise<readonly Question[]> {
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
  return [
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
}

export const quantile = (times: readonly number[], at: number): string =>
  ([...times].sort((a, b) => a - b)[Math.floor(times.length * at)] ?? 0).toFixed(1).padStart(8)

export async function timed(ask: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await ask()
  return performance.now() - start
}
