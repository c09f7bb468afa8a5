import { describe, expect, it } from 'vitest'
import type { FindingRow, MeasurementReportRow } from '../../../api/measurements.ts'
import { CONCEPTS, ROLES, SITES, UNITS } from '../../../findings/codes.ts'
import { coursesOf, responseOf, sizeOf } from './course.ts'

const finding = (uid: string, long: number, short: number, rest: Partial<FindingRow> = {}): FindingRow => ({
  trackingId: 'L1',
  trackingUid: uid,
  timePoint: '',
  site: SITES.lung,
  role: ROLES.target,
  comment: '',
  shapes: [],
  measured: [
    { concept: CONCEPTS.longAxis, value: long, unit: UNITS.mm, derivation: null, shape: null },
    { concept: CONCEPTS.shortAxis, value: short, unit: UNITS.mm, derivation: null, shape: null },
  ],
  ...rest,
})
const report = (study: string, studyDate: string, findings: readonly FindingRow[]): MeasurementReportRow => ({
  study,
  studyDate,
  description: 'CT',
  series: '1',
  instance: `${study}.1`,
  date: '',
  time: '',
  maker: '',
  observer: '',
  signed: null,
  conclusion: '',
  own: true,
  findings: [...findings],
})

describe('courses of lesions', () => {
  const reports = [
    report('1', '20240101', [finding('2.25.1', 20, 15)]),
    report('2', '20240331', [finding('2.25.1', 20 * Math.cbrt(2), 16), finding('', 5, 5)]),
    report('3', '20240401', []),
  ]

  it('follow a lesion by its UID, whoever calls it what, and leave visits away at which nothing was measured', () => {
    const { visits, lesions } = coursesOf({ reports })
    expect(visits.map(({ study }) => study)).toEqual(['1', '2'])
    expect(lesions).toHaveLength(1)
    expect(lesions[0]?.sizes[0]).toBe(20)
    expect(lesions[0]?.doubling).toBeCloseTo(90, 6)
    expect(lesions[0]?.change).toBeCloseTo(26, 0)
  })

  it('measure lymph nodes across, everything else along; what is no millimetres has no size', () => {
    expect(sizeOf(finding('1', 18, 9))).toBe(18)
    expect(sizeOf(finding('1', 18, 9, { site: SITES.node }))).toBe(9)
    expect(sizeOf(finding('1', 18, 9, { measured: [] }))).toBeUndefined()
  })

  it('are assessed when lesions were said to be targets, and not before', () => {
    expect(responseOf(coursesOf({ reports }))?.visits.map(({ overall }) => overall)).toEqual(['baseline', 'PD'])
    const plain = [report('1', '20240101', [finding('2.25.1', 20, 15, { role: null })])]
    expect(responseOf(coursesOf({ reports: plain }))).toBeUndefined()
  })
})
