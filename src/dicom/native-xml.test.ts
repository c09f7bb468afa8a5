import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DicomJson } from './json.ts'
import { nativeXml } from './native-xml.ts'

const inner = (json: DicomJson): string =>
  /xml:space="preserve">(.*)<\/NativeDicomModel>\n$/s.exec(nativeXml(json))?.[1] ?? ''

describe('the Native DICOM Model', () => {
  it('has each attribute with tag, VR and keyword, in the order of tags, its values numbered', () => {
    const json: DicomJson = {
      '00280010': { vr: 'US', Value: [512] },
      '00080008': { vr: 'CS', Value: ['ORIGINAL', null, 'AXIAL'] },
      '00080050': { vr: 'SH' },
    }
    expect(inner(json)).toBe(
      '<DicomAttribute tag="00080008" vr="CS" keyword="ImageType"><Value number="1">ORIGINAL</Value><Value number="2"/><Value number="3">AXIAL</Value></DicomAttribute>' +
        '<DicomAttribute tag="00080050" vr="SH" keyword="AccessionNumber"/>' +
        '<DicomAttribute tag="00280010" vr="US" keyword="Rows"><Value number="1">512</Value></DicomAttribute>',
    )
  })

  it('takes names apart', () => {
    const json: DicomJson = {
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Yamada^Tarou^^Dr.', Ideographic: '山田^太郎' }] },
    }
    expect(inner(json)).toContain(
      '<PersonName number="1"><Alphabetic><FamilyName>Yamada</FamilyName><GivenName>Tarou</GivenName><NamePrefix>Dr.</NamePrefix></Alphabetic>' +
        '<Ideographic><FamilyName>山田</FamilyName><GivenName>太郎</GivenName></Ideographic></PersonName>',
    )
  })

  it('has items, addresses of bulk data, and bytes', () => {
    const json: DicomJson = {
      '00081140': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2'] } }, {}] },
      '00282000': { vr: 'OB', InlineBinary: 'AAEC' },
      '7FE00010': { vr: 'OW', BulkDataURI: 'http://here/a?b=1&c="2"' },
    }
    expect(inner(json)).toBe(
      '<DicomAttribute tag="00081140" vr="SQ" keyword="ReferencedImageSequence"><Item number="1"><DicomAttribute tag="00081155" vr="UI" keyword="ReferencedSOPInstanceUID"><Value number="1">1.2</Value></DicomAttribute></Item><Item number="2"></Item></DicomAttribute>' +
        '<DicomAttribute tag="00282000" vr="OB" keyword="ICCProfile"><InlineBinary>AAEC</InlineBinary></DicomAttribute>' +
        '<DicomAttribute tag="7FE00010" vr="OW" keyword="PixelData"><BulkData uri="http://here/a?b=1&amp;c=&quot;2&quot;"/></DicomAttribute>',
    )
  })

  it('names the creator of private attributes, whatever block they came in', () => {
    const json: DicomJson = {
      '00190011': { vr: 'LO', Value: ['SOMEBODY <X>'] },
      '00191150': { vr: 'UT', Value: ['a'] },
      '00191250': { vr: 'UT', Value: ['of nobody'] },
    }
    expect(inner(json)).toContain('tag="00190050" vr="UT" privateCreator="SOMEBODY &lt;X&gt;"')
    expect(inner(json)).toContain('<DicomAttribute tag="00191250" vr="UT">')
  })

  it('is well formed whatever the text is', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom('\u001b$B', '\r\n', ']]>', '\ud800'),
    )
    fc.assert(
      fc.property(text, (value) => {
        const xml = inner({ '00104000': { vr: 'LT', Value: [value] } })
        const content = /<Value number="1">(.*)<\/Value>/s.exec(xml)?.[1] ?? ''
        expect(content).not.toMatch(/[<>"\r]|&(?!amp;|lt;|gt;|quot;|#13;)/)
        expect(content.isWellFormed()).toBe(true)
        expect([...content].every((one) => one >= ' ' || one === '\n' || one === '\t')).toBe(true)
      }),
    )
  })
})
