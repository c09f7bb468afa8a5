import { expect, it } from 'vitest'
import { typeInWords } from './message-words.ts'

it.each([
  ['ADT^A08', 'Patient changed'],
  ['ADT^A17', 'Patient'],
  ['ORM^O01', 'Order'],
  ['SIU^S12', 'Not understood'],
  ['', 'Not understood'],
])('%s is called %s', (type, words) => {
  expect(typeInWords(type)).toBe(words)
})
