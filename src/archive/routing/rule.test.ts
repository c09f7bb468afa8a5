import { expect, it } from 'vitest'
import type { RouteRule } from '../../compliance/routes.ts'
import { type Arrived, readRule } from './rule.ts'

const arrived = (more: Partial<Arrived> = {}): Arrived => ({
  n: 1,
  study: '1.2',
  series: '1.2.3',
  instance: '1.2.3.4',
  receivedAt: new Date(2026, 2, 4, 21, 30).toISOString(), // a Wednesday
  door: 'c-store',
  from: 'CT01',
  attributes: {
    '00080060': { vr: 'CS', Value: ['CT'] },
    '00081030': { vr: 'LO', Value: ['CT KNEE LEFT'] },
    '00080020': { vr: 'DA', Value: ['20260304'] },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Doe^Jane' }] },
  },
  ...more,
})
const rule = (more: Partial<RouteRule>) => readRule({ attributes: [], from: [], doors: [], to: ['WS'], ...more })
const attribute = (keyword: string, value: string) => rule({ attributes: [{ keyword, value }] })

it.each([
  ['one value', 'Modality', 'CT', true],
  ['one of several', 'Modality', 'MR\\CT', true],
  ['another', 'Modality', 'MR', false],
  ['a wild card', 'StudyDescription', '*KNEE*', true],
  ['a range of dates', 'StudyDate', '20260101-20261231', true],
  ['a name, whatever its case', 'PatientName', 'doe*', true],
  ['an attribute it does not have', 'BodyPartExamined', 'KNEE', false],
  ['anything', 'BodyPartExamined', '*', true],
])('an attribute: %s', (_, keyword, value, holds) => {
  expect(attribute(keyword, value)(arrived())).toBe(holds)
})

it('all of it must hold', () => {
  const both = rule({ attributes: [{ keyword: 'Modality', value: 'CT' }], from: ['CT0?', 'MR*'], doors: ['c-store'] })
  expect(both(arrived())).toBe(true)
  expect(both(arrived({ from: 'CT99' }))).toBe(false)
  expect(both(arrived({ door: 'stow', from: '' }))).toBe(false)
})

it.each([
  ['an evening', [], '18:00', '23:00', true],
  ['a morning', [], '06:00', '12:00', false],
  ['over midnight', [], '20:00', '06:00', true],
  ['on Wednesdays', [3], '00:00', '00:00', true],
  ['on Thursdays', [4], '00:00', '00:00', false],
] as const)('when it came: %s', (_, days, from, until, holds) => {
  expect(rule({ hours: { days, from, until } })(arrived())).toBe(holds)
})

it('a night belongs to the day it began on', () => {
  const night = rule({ hours: { days: [3], from: '20:00', until: '06:00' } })
  expect(night(arrived({ receivedAt: new Date(2026, 2, 5, 3, 0).toISOString() }))).toBe(true)
  expect(night(arrived({ receivedAt: new Date(2026, 2, 4, 3, 0).toISOString() }))).toBe(false)
})

it('a rule about an attribute there is not, or a value it cannot have, is refused', () => {
  expect(() => attribute('Modalitty', 'CT')).toThrow(expect.objectContaining({ code: 'ROUTE_INVALID' }))
  expect(() => attribute('StudyDate', 'yesterday')).toThrow(expect.objectContaining({ code: 'ROUTE_INVALID' }))
})
