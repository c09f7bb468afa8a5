import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arbitraryDataSet } from '../../test/support/arbitrary-data-sets.ts'
import { gather } from '../base/bytes.ts'
import { assembled, type BulkPart } from './assemble.ts'
import { syntaxOfPart } from './bulk-media.ts'
import { T } from './dictionary.ts'
import { type DicomJson, dicomJsonText, toDicomJson } from './json.ts'
import { readWhole } from './reader.ts'
import { text } from './values.ts'

const part = (bytes: Uint8Array, type = 'application/octet-stream', transferSyntax?: string): BulkPart => ({
  type,
  length: bytes.length,
  head: bytes,
  read: async function* () {
    yield bytes
  },
  ...(transferSyntax === undefined ? {} : { transferSyntax }),
})

const made = async (json: DicomJson, parts: Record<string, readonly BulkPart[]> = {}) =>
  gather(assembled(json, { parts: (uri) => parts[uri] ?? [], described: () => [] }))
const file = async (json: DicomJson, parts?: Record<string, readonly BulkPart[]>) =>
  readWhole(await made(json, parts), { format: 'part10', keepUpTo: 100_000 })

const IMAGE: DicomJson = {
  '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
  '00080018': { vr: 'UI', Value: ['1.2.3'] },
  '00280008': { vr: 'IS', Value: [2] },
  '7FE00010': { vr: 'OW', BulkDataURI: 'pixels' },
}
const JLS = Uint8Array.from([
  0xff, 0xd8, 0xff, 0xf7, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0,
])

describe('an object made of attributes and bulk data (PS3.18 section 10.5.2)', () => {
  it('is the data set it was taken apart into, wherever its values lay', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryDataSet, async (set) => {
        const parts: Record<string, readonly BulkPart[]> = {}
        const json = JSON.parse(
          dicomJsonText(set, {
            inlineUpTo: 4,
            bulkData: (path, { value }) => {
              if (value.kind !== 'bytes') return undefined
              parts[path] = [part(value.bytes)]
              return path
            },
          }),
        ) as DicomJson
        const read = await file(json, parts)
        const whole = await file(toDicomJson(set))
        expect(dicomJsonText(read.dataSet) === dicomJsonText(whole.dataSet)).toBe(true)
        expect(read.leniencies).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('is the same file whenever the same parts are given', async () => {
    const pixels = { pixels: [part(Uint8Array.of(1, 2, 3, 4))] }
    expect(await made(IMAGE, pixels)).toEqual(await made(IMAGE, pixels))
  })

  it('has native pixels as they came, in Explicit VR Little Endian', async () => {
    const parts = { pixels: [part(Uint8Array.of(1, 2, 3))] }
    expect((await file(IMAGE, parts)).transferSyntax).toBe('1.2.840.10008.1.2.1')
    expect([...(await made(IMAGE, parts)).subarray(-4)]).toEqual([1, 2, 3, 0])
  })

  it('has a fragment for each frame in the syntax of its media type', async () => {
    const { dataSet, transferSyntax } = await file(IMAGE, { pixels: [part(JLS, 'image/jls'), part(JLS, 'image/jls')] })
    expect(transferSyntax).toBe('1.2.840.10008.1.2.4.80')
    expect(dataSet.elements.get(T.PixelData)?.value).toMatchObject({ kind: 'fragments', basicOffsets: [0, 34] })
    expect(text(dataSet, T.SOPInstanceUID)).toBe('1.2.3')
  })

  it('believes a transfer syntax that is stated', async () => {
    const stated = part(JLS, 'application/octet-stream', '1.2.840.10008.1.2.4.81')
    expect((await file(IMAGE, { pixels: [stated, stated] })).transferSyntax).toBe('1.2.840.10008.1.2.4.81')
  })

  it('takes a video as one stream', async () => {
    const { transferSyntax } = await file(IMAGE, { pixels: [part(Uint8Array.of(0, 1), 'video/mp4')] })
    expect(transferSyntax).toBe('1.2.840.10008.1.2.4.102')
  })

  it.each<readonly [string, DicomJson, Record<string, readonly BulkPart[]>, string]>([
    ['bulk data that did not come', IMAGE, {}, 'Bulk data of 7FE00010'],
    ['fewer parts than frames', IMAGE, { pixels: [part(JLS, 'image/jls')] }, '1 parts came for 7FE00010, where 2'],
    [
      'frames of several kinds',
      IMAGE,
      { pixels: [part(JLS, 'image/jls'), part(JLS, 'image/jp2')] },
      'several media types',
    ],
    ['an unknown syntax', IMAGE, { pixels: [part(JLS, 'a/b', '1.2.3')] }, 'Transfer syntax 1.2.3'],
    [
      'native pixels in another byte order',
      IMAGE,
      { pixels: [part(JLS, 'a/b', '1.2.840.10008.1.2.2')] },
      'must come as',
    ],
    [
      'several parts of one value',
      { '00091001': { vr: 'OB', BulkDataURI: 'a' } },
      { a: [part(JLS), part(JLS)] },
      'several parts',
    ],
    ['a sequence as bulk data', { '0040A730': { vr: 'SQ', BulkDataURI: 'a' } }, { a: [part(JLS)] }, 'no bulk data'],
  ])('refuses %s', async (_, json, parts, why) => {
    await expect(made(json, parts)).rejects.toThrow(why)
  })
})

describe('the transfer syntax of a part (PS3.18 Table 8.7.3-5)', () => {
  const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
  const cod = (transform: string) =>
    `ff4fff510029000000000008000000080000000000000000000000080000000800000000000000000001070101ff52000c000000010005040400${transform}ff90`
  it.each([
    ['baseline JPEG', 'image/jpeg', 'ffd8ffe00004abcdffc0000b080008000801011100', '4.50'],
    ['extended JPEG', 'image/jpeg', 'ffd8ffc1000b0c0008000801011100', '4.51'],
    ['JPEG lossless of the first predictor', 'image/jpeg', 'ffd8ffc3000b100008000801011100ffda00080101000100', '4.70'],
    ['JPEG lossless of another', 'image/jpeg', 'ffd8ffc3000b100008000801011100ffda00080101000500', '4.57'],
    ['JPEG-LS', 'image/jls', Buffer.from(JLS).toString('hex'), '4.80'],
    ['near-lossless JPEG-LS', 'image/jls', 'ffd8fff7000b080008000801011100ffda00080101000300', '4.81'],
    ['JPEG 2000, reversible', 'image/jp2', cod('01'), '4.90'],
    ['JPEG 2000, irreversible', 'image/jp2', cod('00'), '4.91'],
    ['HTJ2K, irreversible', 'image/jphc', cod('00'), '4.203'],
    ['RLE', 'image/dicom-rle', '00', '5'],
  ])('is that of %s', (_, type, head, suffix) => {
    expect(syntaxOfPart(type, hex(head))).toBe(`1.2.840.10008.1.2.${suffix}`)
  })

  it('is left open by other types', () => {
    expect(syntaxOfPart('application/pdf', hex('00'))).toBeUndefined()
  })
})
