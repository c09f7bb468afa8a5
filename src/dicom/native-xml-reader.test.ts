import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryDataSet } from '../../test/support/arbitrary-data-sets.ts'
import { type DicomJson, fromDicomJson, toDicomJson } from './json.ts'
import { nativeXml } from './native-xml.ts'
import { fromNativeXml } from './native-xml-reader.ts'

const model = (inner: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><NativeDicomModel>${inner}</NativeDicomModel>`
const attribute = (tag: string, vr: string, inner: string, more = ''): string =>
  `<DicomAttribute tag="${tag}" vr="${vr}"${more}>${inner}</DicomAttribute>`
const read = (inner: string): DicomJson => fromNativeXml(model(inner))

describe('the Native DICOM Model as JSON (PS3.19 A.1)', () => {
  it('reads back what is written of any data set', () => {
    fc.assert(
      fc.property(arbitraryDataSet, (set) => {
        const xml = nativeXml(toDicomJson(set))
        // As text: some values are tens of thousands of numbers.
        expect(nativeXml(toDicomJson(fromDicomJson(fromNativeXml(xml)))) === xml).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('has values where their numbers say, empty ones between', () => {
    const values = '<Value number="3">C</Value><Value number="1">A</Value>'
    expect(read(attribute('00080008', 'CS', values))).toEqual({ '00080008': { vr: 'CS', Value: ['A', null, 'C'] } })
  })

  it('keeps white space in values, and leaves out what stands between elements', () => {
    expect(read(`\n  ${attribute('00104000', 'LT', '\n  <Value number="1">  a\n b</Value>\n')}\n`)).toEqual({
      '00104000': { vr: 'LT', Value: ['  a\n b'] },
    })
  })

  it('joins the components of names', () => {
    const name =
      '<PersonName number="1"><Alphabetic><FamilyName>Yamada</FamilyName><NamePrefix>Dr.</NamePrefix></Alphabetic>' +
      '<Ideographic><FamilyName>山田</FamilyName><GivenName>太郎</GivenName></Ideographic></PersonName>'
    expect(read(attribute('00100010', 'PN', name))).toEqual({
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Yamada^^^Dr.', Ideographic: '山田^太郎' }] },
    })
  })

  it('reads items, bytes, and addresses of bulk data', () => {
    const item = `<Item number="1">${attribute('00081155', 'UI', '<Value number="1">1.2</Value>')}</Item>`
    expect(
      read(
        attribute('00081140', 'SQ', item) +
          attribute('00282000', 'OB', '<InlineBinary>AA\nEC</InlineBinary>') +
          attribute('7FE00010', 'OW', '<BulkData uri="pixels?a=1&amp;b"/>'),
      ),
    ).toEqual({
      '00081140': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2'] } }] },
      '00282000': { vr: 'OB', InlineBinary: 'AAEC' },
      '7FE00010': { vr: 'OW', BulkDataURI: 'pixels?a=1&b' },
    })
  })

  it('gives private attributes a block of their creator, the one that is there or the next', () => {
    const value = '<Value number="1">x</Value>'
    expect(
      read(
        attribute('00190010', 'LO', '<Value number="1">FIRST</Value>') +
          attribute('00190050', 'LO', value, ' privateCreator="SECOND"') +
          attribute('00190051', 'LO', value, ' privateCreator="FIRST"'),
      ),
    ).toEqual({
      '00190010': { vr: 'LO', Value: ['FIRST'] },
      '00190011': { vr: 'LO', Value: ['SECOND'] },
      '00191150': { vr: 'LO', Value: ['x'] },
      '00191051': { vr: 'LO', Value: ['x'] },
    })
  })

  it('looks for the creator in every block before it takes a new one', () => {
    const creator = attribute('00190012', 'LO', '<Value number="1">OWN</Value>')
    const own = attribute('00190050', 'LO', '<Value number="1">x</Value>', ' privateCreator="OWN"')
    expect(Object.keys(read(own + creator)).sort()).toEqual(['00190012', '00191250'])
  })

  it('takes any prefix, and a VR left out', () => {
    const xml =
      '<d:NativeDicomModel xmlns:d="x"><d:DicomAttribute tag="00080060"><d:Value>CT</d:Value></d:DicomAttribute></d:NativeDicomModel>'
    expect(fromNativeXml(xml)).toEqual({ '00080060': { Value: ['CT'] } })
  })

  it.each([
    ['broken XML', '<NativeDicomModel>', 'well-formed'],
    ['an unknown entity', model('&nbsp;'), 'well-formed'],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><NativeDicomModel/>', 'document type'],
    ['another encoding', '<?xml version="1.0" encoding="UTF-16"?><NativeDicomModel/>', 'UTF-8'],
    ['another document', '<a/>', 'no place'],
    ['an element where it does not belong', model('<Value number="1">x</Value>'), 'no place'],
    ['a name that objects have', model('<constructor/>'), 'no place'],
    ['text between elements', model('x'), 'text between'],
    ['a tag that is none', model('<DicomAttribute tag="x" vr="CS"/>'), 'eight hexadecimal'],
    ['a VR that is none', model(attribute('00080060', 'XX', '')), 'unknown vr'],
    ['numbers with a gap', model(attribute('00080060', 'CS', '<Value number="900">x</Value>')), 'gap'],
    ['a number that is none', model(attribute('00080060', 'CS', '<Value number="-1">x</Value>')), 'none'],
    ['a creator of a public attribute', model(attribute('00080060', 'CS', '', ' privateCreator="A"')), 'not private'],
  ])('refuses %s', (_, xml, why) => {
    expect(() => fromNativeXml(xml)).toThrow(why)
  })

  it('refuses what goes too deep', () => {
    let deep = ''
    for (let depth = 0; depth < 80; depth += 1) deep = attribute('0040A730', 'SQ', `<Item number="1">${deep}</Item>`)
    expect(() => read(deep)).toThrow('limit depth')
  })
})
