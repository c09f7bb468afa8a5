import { describe, expect, it } from 'vitest'
import { segment } from '../../test/support/hl7.ts'
import { readMessage } from './reading.ts'
import { reportOf, studyOfReport } from './reports.ts'

const oru = (...segments: string[]) =>
  readMessage(
    new TextEncoder().encode(
      [
        `MSH|^~\\&|RIS|HOSP|CK|HOSP|20260301120000||ORU^R01|1|P|2.5.1`,
        'PID|1||4711^^^HOSP^PI||Doe^Jane',
        ...segments,
      ].join('\r'),
    ),
  )
const OBR = segment('OBR', { 1: '1', 2: 'P1', 3: 'F1', 4: 'CTH^CT head^L', 18: 'A1', 25: 'F', 32: '77&Roe&Rick&&&Dr' })

describe('a report', () => {
  it('has what the examination was, its state, who read it, and its text by headings', () => {
    const read = oru(
      OBR,
      'OBX|1|TX|GDT^Findings||No bleeding.~No mass.||||||F',
      'OBX|2|TX|GDT^Findings||Normal ventricles.||||||F',
      'OBX|3|FT|IMP^Impression||Normal\\.br\\CT of the head.||||||F',
    )
    expect(reportOf(read)).toEqual({
      title: 'CT head',
      status: 'final',
      by: 'Roe^Rick',
      sections: [
        { heading: 'Findings', text: 'No bleeding.\nNo mass.\nNormal ventricles.' },
        { heading: 'Impression', text: 'Normal\nCT of the head.' },
      ],
    })
  })

  it('names its study by ZDS, or by an OBX, which is no text of it', () => {
    expect(studyOfReport(oru(OBR, 'ZDS|1.2.3^HIS^Application^DICOM'))).toBe('1.2.3')
    const read = oru(OBR, 'OBX|1|ST|113014^DICOM Study^DCM||1.2.4||||||F', 'OBX|2|TX|||Fine.')
    expect(studyOfReport(read)).toBe('1.2.4')
    expect(reportOf(read).sections).toEqual([{ heading: '', text: 'Fine.' }])
    expect(studyOfReport(oru(OBR))).toBe('')
  })

  it('without an OBR or any text is empty, and nothing breaks', () => {
    expect(reportOf(oru('OBX|1|ED|PDF||^application^pdf^Base64^JVBERi0='))).toEqual({
      title: '',
      status: 'other',
      by: '',
      sections: [],
    })
  })
})
