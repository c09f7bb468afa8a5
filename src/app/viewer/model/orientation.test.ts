import { describe, expect, it } from 'vitest'
import { lettersOf, lettersOfPatientOrientation, NO_LETTERS, turnLetters } from './orientation.ts'

const axial = lettersOf([1, 0, 0, 0, 1, 0])

describe('orientation letters (PS3.3 C.7.6.1.1.1)', () => {
  it('show the patient’s right at the left edge of an axial image', () => {
    expect(axial).toEqual({ left: 'R', top: 'A', right: 'L', bottom: 'P' })
  })

  it('show head and foot on coronal and sagittal images', () => {
    expect(lettersOf([1, 0, 0, 0, 0, -1])).toEqual({ left: 'R', top: 'H', right: 'L', bottom: 'F' })
    expect(lettersOf([0, 1, 0, 0, 0, -1])).toEqual({ left: 'A', top: 'H', right: 'P', bottom: 'F' })
  })

  it('name two directions when a side lies between them, the nearer first', () => {
    expect(lettersOf([0.9, 0.436, 0, -0.436, 0.9, 0])).toMatchObject({ right: 'LP', bottom: 'PR' })
  })

  it('follow turns and flips', () => {
    expect(turnLetters(axial, { quarter: 1, flipped: false })).toEqual({ left: 'P', top: 'R', right: 'A', bottom: 'L' })
    expect(turnLetters(axial, { quarter: 0, flipped: true })).toEqual({ left: 'L', top: 'A', right: 'R', bottom: 'P' })
    expect(turnLetters(axial, { quarter: 2, flipped: false })).toEqual({ left: 'L', top: 'P', right: 'R', bottom: 'A' })
  })

  it('come from Patient Orientation on projection images', () => {
    expect(lettersOfPatientOrientation(['L', 'F'])).toEqual({ left: 'R', top: 'H', right: 'L', bottom: 'F' })
    expect(lettersOfPatientOrientation(['A', 'FR'])).toMatchObject({ top: 'HL' })
  })

  it('are left out when unknown, never guessed', () => {
    expect(lettersOf([])).toEqual(NO_LETTERS)
    expect(lettersOfPatientOrientation(['', 'F'])).toEqual(NO_LETTERS)
    expect(lettersOfPatientOrientation(['X', 'Y'])).toEqual(NO_LETTERS)
  })
})
