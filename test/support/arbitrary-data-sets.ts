/**
 * Any data set there may be, for property tests: every VR, public and private elements, sequences in sequences, text in
 * Unicode, values from empty to longer than a 16-bit length.
 */
import fc from 'fast-check'
import { bytesElement, dataSet, element, sequence, UNICODE, unicodeElement } from '../../src/dicom/build.ts'
import { type DataSet, type Element, tag, type Vr } from '../../src/dicom/data-set.ts'
import { VR_TRAITS } from '../../src/dicom/vr.ts'

const VRS = (Object.keys(VR_TRAITS) as Vr[]).filter((vr) => vr !== 'SQ')

/** Private elements of no known creator, so that any VR may stand there. */
const privateTag = fc
  .tuple(fc.integer({ min: 0x0009, max: 0x7f01 }), fc.integer({ min: 0x1000, max: 0x10ff }))
  .map(([group, number]) => tag((group | 1) * 0x10000 + number))

const binary = (word: number) =>
  fc
    .uint8Array({ maxLength: 40 })
    .map((bytes) => new Uint8Array(bytes.subarray(0, bytes.length - (bytes.length % Math.max(2, word)))))

const value = (vr: Vr) => {
  const { word, pad } = VR_TRAITS[vr]
  if (pad === 0 && vr !== 'UI') return binary(vr === 'AT' ? 4 : word).map((bytes) => ({ bytes }))
  return fc.string({ maxLength: 30, unit: 'grapheme' }).map((text) => ({ text }))
}

const leaf: fc.Arbitrary<Element> = fc
  .tuple(privateTag, fc.constantFrom(...VRS))
  .chain(([of, vr]) =>
    value(vr).map((given) =>
      'bytes' in given ? bytesElement(of, vr, given.bytes) : element(of, given.text, vr, UNICODE),
    ),
  )

const long: fc.Arbitrary<Element> = fc
  .tuple(privateTag, fc.constantFrom<Vr>('LT', 'OB', 'US', 'OW', 'UT'), fc.integer({ min: 33_000, max: 40_000 }))
  .map(([of, vr, words]) => bytesElement(of, vr, new Uint8Array(words * 2).fill(0x41)))

const { tree } = fc.letrec<{ tree: DataSet }>((tie) => ({
  tree: fc
    .array(
      fc.oneof(
        { weight: 100, arbitrary: leaf },
        { weight: 1, arbitrary: long },
        {
          weight: 25,
          arbitrary: fc
            .tuple(privateTag, fc.array(tie('tree'), { maxLength: 3, depthIdentifier: 'tree' }))
            .map(([of, items]) => sequence(of, items)),
        },
      ),
      { maxLength: 12, depthIdentifier: 'tree' },
    )
    .map((elements) => dataSet(elements, UNICODE)),
}))

export const arbitraryDataSet: fc.Arbitrary<DataSet> = tree.map((set) =>
  dataSet([...set.elements.values(), unicodeElement()], UNICODE),
)
