import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { corpusDir } from '../../test/support/corpus.ts'
import { errorsOf, hasDciodvfy } from '../../test/support/dciodvfy.ts'
import { hasDcmtk, run } from '../../test/support/dcmtk.ts'
import { concat } from '../base/bytes.ts'
import { dataSetOf } from '../dicom/attributes.ts'
import type { DataSet } from '../dicom/data-set.ts'
import { metaGroup } from '../dicom/part10.ts'
import { readWhole } from '../dicom/reader.ts'
import { encodeElements } from '../dicom/writer.ts'
import { CONCEPTS, DERIVATIONS, ROLES, SITES, UNITS } from './codes.ts'
import { readMeasurementReport, standing } from './read-report.ts'
import type { Finding, MeasurementReport } from './report.ts'
import { asWritten, decimalText, measurementReport, type NewReport } from './write-report.ts'

const CT = '1.2.840.10008.5.1.4.1.1.2'
const ENHANCED_CT = '1.2.840.10008.5.1.4.1.1.2.1'
const SR = '1.2.840.10008.5.1.4.1.1.88.33'
const EXPLICIT = '1.2.840.10008.1.2.1'
const image = { sopClass: CT, instance: '2.25.31', frame: undefined }

const bidirectional: Finding = {
  trackingId: 'L1',
  trackingUid: '2.25.900',
  timePoint: '2020-03-17',
  site: SITES.lung,
  role: ROLES.target,
  comment: '',
  shapes: [
    {
      graphic: 'POLYLINE',
      points: [
        [10.5, 20.25],
        [30, 44],
      ],
      image,
    },
    {
      graphic: 'POLYLINE',
      points: [
        [12, 40],
        [28, 24.5],
      ],
      image,
    },
  ],
  measured: [
    { concept: CONCEPTS.longAxis, value: 18.03, unit: UNITS.mm, derivation: undefined, shape: 0 },
    { concept: CONCEPTS.shortAxis, value: 15.5, unit: UNITS.mm, derivation: undefined, shape: 1 },
  ],
}
const ellipse: Finding = {
  ...bidirectional,
  trackingId: 'M2',
  trackingUid: '2.25.901',
  site: undefined,
  role: undefined,
  shapes: [
    {
      graphic: 'ELLIPSE',
      points: [
        [0, 5],
        [20, 5],
        [10, 0],
        [10, 10],
      ],
      image: { sopClass: ENHANCED_CT, instance: '2.25.32', frame: 3 },
    },
  ],
  measured: [
    { concept: CONCEPTS.area, value: 157.1, unit: UNITS.mm2, derivation: undefined, shape: 0 },
    { concept: CONCEPTS.attenuation, value: -612.25, unit: UNITS.hu, derivation: DERIVATIONS.mean, shape: 0 },
  ],
}
const arrow: Finding = {
  ...bidirectional,
  trackingId: 'M3',
  trackingUid: '2.25.902',
  site: undefined,
  role: undefined,
  comment: 'Узел, 結節, "quoted"',
  shapes: [
    {
      graphic: 'POLYLINE',
      points: [
        [1, 2],
        [3, 4],
      ],
      image,
    },
  ],
  measured: [],
}

const patient = dataSetOf({
  PatientName: 'Phantom^Nodula',
  PatientID: 'SYN-1',
  PatientBirthDate: '19480314',
  PatientSex: 'F',
  StudyInstanceUID: '2.25.1',
  StudyDate: '20200317',
  StudyTime: '083000',
  StudyID: '1',
  AccessionNumber: 'A1',
  ReferringPhysicianName: '',
})
const reportOf = (findings: readonly Finding[], rest: Partial<NewReport> = {}): NewReport => ({
  of: patient,
  study: '2.25.1',
  series: '2.25.2',
  instance: '2.25.3',
  instanceNumber: 1,
  date: '20200317',
  time: '101500',
  observer: 'Reader^Anna',
  signed: undefined,
  conclusion: '',
  findings,
  evidence: [
    { series: '2.25.30', instance: '2.25.31', sopClass: CT },
    { series: '2.25.33', instance: '2.25.32', sopClass: ENHANCED_CT },
  ],
  predecessors: [],
  ...rest,
})

const fileOf = (dataSet: DataSet, instance: string) =>
  concat([
    metaGroup({ sopClass: SR, sopInstance: instance, transferSyntax: EXPLICIT }),
    encodeElements(dataSet, EXPLICIT as Parameters<typeof encodeElements>[1]),
  ])
function read(file: Uint8Array): MeasurementReport {
  const found = readMeasurementReport(readWhole(Buffer.from(file)).dataSet)
  if (!found) throw new Error('no measurement report')
  return found
}

describe('measurement reports (PS3.16 TID 1500)', () => {
  const all = [bidirectional, ellipse, arrow]

  it('are read as they were written: values, places, UIDs, words', () => {
    const back = read(fileOf(measurementReport(reportOf(all)), '2.25.3'))
    expect(back.findings).toEqual(all)
    expect(back).toMatchObject({
      study: '2.25.1',
      series: '2.25.2',
      instance: '2.25.3',
      maker: 'Clearkeep',
      observer: 'Reader^Anna',
    })
  })

  it('are the same bytes when what was read is written again', () => {
    const first = fileOf(measurementReport(reportOf(all, { conclusion: 'RECIST 1.1: PR' })), '2.25.3')
    const { findings, conclusion, observer } = read(first)
    const second = fileOf(measurementReport(reportOf(findings, { conclusion, observer })), '2.25.3')
    expect(Buffer.compare(Buffer.from(first), Buffer.from(second))).toBe(0)
  })

  it('keep any finite value to as many digits as a decimal string holds, and no change the second time', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(decimalText(value).length).toBeLessThanOrEqual(16)
        const once = asWritten(value)
        expect(asWritten(once)).toBe(once)
        if (Math.abs(value) > 1e-3 && Math.abs(value) < 1e6) expect(Math.abs(once - value)).toBeLessThan(1e-6)
      }),
    )
  })

  it('name the report whose place they take, and who signed them', () => {
    const signed = { name: 'Reader^Anna', at: '20200317103000' }
    const later = reportOf(all, {
      instance: '2.25.4',
      predecessors: [{ series: '2.25.2', instance: '2.25.3', sopClass: SR }],
      signed,
    })
    const back = read(fileOf(measurementReport(later), '2.25.4'))
    expect(back.signed).toEqual(signed)
    expect(back.predecessors).toEqual(['2.25.3'])
    expect(standing([read(fileOf(measurementReport(reportOf(all)), '2.25.3')), back])).toEqual([back])
  })

  it.skipIf(!hasDciodvfy())('have nothing for dciodvfy to find', async () => {
    for (const findings of [all, [], [ellipse]])
      for (const signed of [undefined, { name: 'Reader^Anna', at: '20200317103000' }]) {
        const file = fileOf(
          measurementReport(reportOf(findings, { signed, conclusion: signed ? 'Signed.' : '' })),
          '2.25.3',
        )
        expect(await errorsOf(file)).toEqual([])
      }
  })

  it.skipIf(!hasDcmtk())('are read by DCMTK without a word of complaint', async () => {
    const { mkdtempSync, writeFileSync } = await import('node:fs')
    const { tmpdir } = await import('node:os')
    const path = `${mkdtempSync(`${tmpdir()}/clearkeep-sr-`)}/one.dcm`
    writeFileSync(path, fileOf(measurementReport(reportOf(all)), '2.25.3'))
    const { code, said } = await run('dsrdump', '--print-all-codes', path)
    expect(code).toBe(0)
    expect(said.replaceAll(/^W: The VR checker does not support.*$/gm, '')).not.toMatch(/^[WEF]:/m)
    expect(said).toContain('"Long Axis"')
    expect(said).toContain('2.25.900')
  })
})

describe.skipIf(corpusDir() === undefined)('other makers’ reports of the corpus', () => {
  const folder = `${corpusDir()}/sr/tid1500`
  it.each(readdirSync(folder).filter((name) => name.startsWith('sr')))('%s is read', (name) => {
    const { findings } = read(readFileSync(`${folder}/${name}`))
    expect(findings.length).toBeGreaterThan(0)
    for (const finding of findings) {
      expect(finding.trackingUid).toMatch(/^[\d.]+$/)
      expect(finding.measured.length + finding.shapes.length).toBeGreaterThan(0)
      for (const { value } of finding.measured) expect(Number.isFinite(value)).toBe(true)
    }
  })

  it('the ruler’s length, its ends and its image are as they stand in it', () => {
    const [first] = read(readFileSync(`${folder}/sr-ruler.dcm`)).findings
    expect(first?.trackingId).toBe('clvovj8vyt5')
    expect(first?.measured[0]).toMatchObject({ value: 4.025316455696, unit: { value: 'mm' }, shape: 0 })
    expect(first?.shapes[0]?.points[0]?.[0]).toBeCloseTo(3.91139245, 6)
  })

  it.each(['sr/dose/RF-RDSR-GE.dcm', 'sr/other/reportsi.dcm'])('%s is none, and is said to be none', (path) => {
    expect(readMeasurementReport(readWhole(readFileSync(`${corpusDir()}/${path}`)).dataSet)).toBeUndefined()
  })
})
