import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DicomJson } from '../../dicom/json.ts'
import { isReport, reportNode, reportTitle } from './report.ts'

const code = (meaning: string) => ({ vr: 'SQ', Value: [{ '00080104': { vr: 'LO', Value: [meaning] } }] }) as const
const item = (more: DicomJson): DicomJson => more
const REPORT = {
  '0040A040': { vr: 'CS', Value: ['CONTAINER'] },
  '0040A043': code('Chest report'),
  '0040A730': {
    vr: 'SQ',
    Value: [
      item({
        '0040A040': { vr: 'CS', Value: ['TEXT'] },
        '0040A043': code('Finding'),
        '0040A160': { vr: 'UT', Value: ['A scar.'] },
      }),
      item({
        '0040A040': { vr: 'CS', Value: ['NUM'] },
        '0040A043': code('Long Axis'),
        '0040A300': {
          vr: 'SQ',
          Value: [
            {
              '0040A30A': { vr: 'DS', Value: [3.7] },
              '004008EA': { vr: 'SQ', Value: [{ '00080100': { vr: 'SH', Value: ['mm'] } }] },
            },
          ],
        },
      }),
      item({ '0040A040': { vr: 'CS', Value: ['NUM'] }, '0040A043': code('Short Axis') }),
      item({ '0040A040': { vr: 'CS', Value: ['CODE'] }, '0040A043': code('Side'), '0040A168': code('Left') }),
      item({
        '0040A040': { vr: 'CS', Value: ['PNAME'] },
        '0040A043': code('Observer'),
        '0040A123': { vr: 'PN', Value: [{ Alphabetic: 'Reader^Anna' }] },
      }),
    ],
  },
} as const satisfies DicomJson

describe('a structured report', () => {
  it('reads as headings and sentences, in its own order', () => {
    expect(isReport(REPORT)).toBe(true)
    expect(reportTitle(REPORT)).toBe('Chest report')
    expect(reportNode(REPORT).below.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Finding: A scar.',
      'Long Axis: 3.7 mm',
      'Short Axis: not measured',
      'Side: Left',
      'Observer: Reader Anna',
    ])
  })

  it('that is nested without end is read as deep as a person would', () => {
    let deep: DicomJson = item({ '0040A040': { vr: 'CS', Value: ['TEXT'] }, '0040A160': { vr: 'UT', Value: ['end'] } })
    for (let level = 0; level < 5000; level += 1)
      deep = item({ '0040A040': { vr: 'CS', Value: ['CONTAINER'] }, '0040A730': { vr: 'SQ', Value: [deep] } })
    expect(() => JSON.stringify(reportNode(deep))).not.toThrow()
  })

  it('of whatever shape never throws', () => {
    const tags = ['0040A040', '0040A043', '0040A730', '0040A300', '0040A30A', '0040A123', '0040A160', '0040A168']
    const { json } = fc.letrec<{ json: DicomJson }>((tie) => ({
      json: fc.dictionary(
        fc.constantFrom(...tags),
        fc.record({
          vr: fc.constantFrom('SQ', 'CS', 'PN', 'DS'),
          Value: fc.array(
            fc.oneof(
              { maxDepth: 4 },
              fc.constantFrom('TEXT', 'NUM', 'CODE', 'PNAME', 'IMAGE', 'CONTAINER', ''),
              fc.double(),
              fc.constant(null),
              tie('json'),
            ),
            { maxLength: 4 },
          ),
        }),
        { maxKeys: 4 },
      ) as fc.Arbitrary<DicomJson>,
    }))
    fc.assert(
      fc.property(json, (one) => void [isReport(one), reportTitle(one), reportNode(one)]),
      { numRuns: 60 },
    )
  })
})
