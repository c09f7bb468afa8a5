import { expect, it } from 'vitest'
import { didInWords } from './did.ts'

const person = {
  actor: 'u:1',
  who: 'rita',
  roles: ['radiologist'],
  first: '',
  last: '',
  sittings: 0,
  instances: 0,
  frames: 0,
  looks: 0,
  stored: 0,
  given: 0,
  refused: 0,
  other: 0,
  studies: [],
  addresses: [],
}

it('says what somebody did, the images first', () => {
  expect(didInWords({ ...person, sittings: 2, instances: 1, frames: 40, looks: 3 })).toBe(
    'Looked at images twice (1 object and 40 frames); saw the record in 3 searches and pages',
  )
  expect(didInWords({ ...person, stored: 5, given: 1, other: 1 })).toBe(
    'Stored 5 objects; gave images away once; 1 other act',
  )
  expect(didInWords(person)).toBe('')
})
