import { describe, expect, it } from 'vitest'
import { erasureFinding } from '../../compliance/retention/erasure.ts'
import { letterLines } from '../../compliance/retention/erasure-letter.ts'
import { letterPaper } from './letter.ts'

describe('the letter as a paper', () => {
  it('has a paragraph for each of the text, and each examination with its rule as one item', () => {
    const finding = erasureFinding({
      configured: true,
      held: false,
      decision: {
        status: 'TIMED',
        retainThrough: '2035-03-15',
        eligibleOn: '2035-03-16',
        governing: ['us-ca.hosp'],
        missing: [],
      },
      rules: [{ id: 'us-ca.hosp', title: 'Hospital records', source: '22 CCR 70751(c)', basis: 'regulation' }],
      today: '2026-11-27',
    })
    const study = { studyDate: '2016-03-15', modalities: ['CT'], description: '', ...finding }
    const lines = letterLines({
      request: 17,
      askedOn: '2026-11-20',
      answeredOn: '2026-11-27',
      patient: 'Doe Jane',
      reason: 'Please call us.',
      studies: [study, { ...study, studyDate: '2017-01-01' }],
    })
    const { about, parts } = letterPaper(lines, 17, '2026-11-27T12:00:00.000Z')
    expect(about).toContain('Your request for erasure of 2026-11-20')
    const list = parts.find((part) => part.is === 'list')
    expect(list).toMatchObject({
      items: [
        expect.stringMatching(/^2016-03-15, CT It has to be kept through 2035-03-15.*22 CCR 70751\(c\).*17\(3\)\(b\)/),
        expect.stringMatching(/^2017-01-01, CT/),
      ],
    })
    const texts = parts.flatMap((part) => (part.is === 'text' ? [part.text] : []))
    expect(texts).toContain('Please call us.')
    expect(texts.at(-1)).toContain('supervisory authority (Art. 77), and seek')
  })
})
