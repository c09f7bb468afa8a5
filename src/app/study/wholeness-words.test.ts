import { expect, it } from 'vitest'
import { wholenessInWords } from './wholeness-words.ts'

const SERIES = [{ series: '1.2', number: 4, description: 'Axial' }]
const nothing = { state: 'unknown', expected: 0, received: 0, lacking: [], gaps: [] } as const
const said = (known: Parameters<typeof wholenessInWords>[0]) => wholenessInWords(known, SERIES)

it('says nothing where nothing is known', () => {
  expect(said({ ...nothing, lacking: [], gaps: [] })).toBeUndefined()
})

it('says that all came, or what did not', () => {
  expect(said({ state: 'whole', expected: 20, received: 20, lacking: [], gaps: [] })).toMatchObject({
    mark: 'Whole',
    sentence: 'The modality said it made 20 objects; all of them came.',
  })
  expect(
    said({
      state: 'lacks',
      expected: 20,
      received: 18,
      lacking: [
        { series: '1.2', missing: 1 },
        { series: '1.3', missing: 1 },
      ],
      gaps: [{ series: '1.2', slices: 1, after: [18.25] }],
    }),
  ).toEqual({
    mark: 'Not whole',
    tone: 'warn',
    sentence: 'The modality said it made 20 objects; 18 came.',
    details: [
      'Series 4 Axial: 1 object did not come.',
      'A series that did not come: 1 object did not come.',
      'Series 4 Axial: 1 slice missing between others, after 18.25 mm.',
    ],
  })
})

it('tells of gaps when no modality told anything', () => {
  expect(said({ ...nothing, lacking: [], gaps: [{ series: '1.2', slices: 2, after: [3] }] })).toMatchObject({
    mark: 'Gaps between slices',
    sentence: 'No modality said what it made.',
  })
})
