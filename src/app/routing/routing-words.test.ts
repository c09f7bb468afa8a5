import { expect, it } from 'vitest'
import { EMPTY_DRAFT, ruleInWords, ruleOf, stateInWords } from './routing-words.ts'

const rule = { attributes: [], from: [], doors: [], to: ['WS'] }

it('says what a rule is about', () => {
  expect(ruleInWords(rule)).toBe('Everything that arrives')
  expect(
    ruleInWords({
      ...rule,
      attributes: [{ keyword: 'Modality', value: 'CT\\MR' }],
      from: ['CT01'],
      doors: ['c-store'],
      hours: { days: [6, 0], from: '18:00', until: '07:00' },
    }),
  ).toBe('Modality is CT or MR, from CT01, by DICOM, on Saturday, Sunday 18:00 to 07:00')
})

it('reads a form, and names the line that is no attribute with a value', () => {
  const draft = { ...EMPTY_DRAFT, name: 'Night', attributes: 'Modality = CT\n\nStudyDescription=*KNEE*', to: ['WS'] }
  expect(ruleOf(draft)).toMatchObject({
    entry: {
      rule: {
        attributes: [
          { keyword: 'Modality', value: 'CT' },
          { keyword: 'StudyDescription', value: '*KNEE*' },
        ],
      },
    },
  })
  expect(ruleOf({ ...draft, attributes: 'Modality=CT\nKNEE' })).toEqual({ wrongLine: 2 })
  expect(ruleOf({ ...draft, from: 'CT01, MR*', begins: '18:00', ends: '07:00' })).toMatchObject({
    entry: { rule: { from: ['CT01', 'MR*'], hours: { days: [], from: '18:00', until: '07:00' } } },
  })
})

it('says how a destination fares', () => {
  const row = {
    name: 'WS',
    kind: 'dicom',
    where: '',
    sending: false,
    away: null,
    waiting: 0,
    stuck: 0,
    studies: 0,
    oldest: '',
  } as const
  expect(stateInWords(row)).toBe('Nothing waits')
  expect(stateInWords({ ...row, sending: true, waiting: 3 })).toBe('3 objects on the way')
  const away = { why: 'WS cannot be reached.', since: '2026-03-01T00:00:00.000Z', nextAt: '2026-03-01T00:01:00.000Z' }
  expect(stateInWords({ ...row, away })).toMatch(/^WS cannot be reached. Next try: /)
})
