import { describe, expect, it } from 'vitest'
import type { RecordCard } from '../../api/record.ts'
import { kindOf, lanesOf, NO_IMAGES, UNTOLD } from './lanes.ts'

const card = (study: string, lanes: readonly string[], families: readonly string[]): RecordCard => ({
  study,
  studyDate: '20200101',
  studyTime: '',
  description: '',
  accession: '',
  modalities: [...families],
  regions: [...lanes],
  lanes: [...lanes],
  families: [...families],
  side: null,
  contrast: null,
  reports: false,
  series: 1,
  instances: 1,
  bytes: 1,
  thumbnail: null,
  held: false,
  rejected: 0,
})

const STUDIES = [card('1', ['knee'], ['XR']), card('2', ['chest', 'abdomen'], ['CT']), card('3', [], [])]

describe('lanes', () => {
  it('go from head to foot, a study in each lane it shows', () => {
    expect(lanesOf(STUDIES, 'region').map(({ name, studies }) => [name, studies.length])).toEqual([
      ['Chest', 1],
      ['Abdomen', 1],
      ['Knee', 1],
      [UNTOLD, 1],
    ])
  })

  it('or by how the images were made', () => {
    expect(lanesOf(STUDIES, 'modality').map(({ name }) => name)).toEqual(['Radiographs', 'CT', NO_IMAGES])
  })

  it('say what a study is', () => {
    expect(kindOf({ ...card('1', ['wrist'], ['XR']), side: 'left' })).toBe('XR · left wrist')
    expect(kindOf(card('3', [], []))).toBe('')
  })
})
