/**
 * One digest for all encodings of the same data set: "equal normalised attributes" of the rule that nothing overwrites.
 *
 * The data set is written once more in one encoding (Implicit VR Little Endian, sequences of undefined length), without
 * group lengths, padding and pixels, and hashed as it streams. So VR encoding, byte order, lengths of sequences and
 * padding do not matter; every value does, but those of the attributes that say how the pixels are encoded.
 */
import { createHash } from 'node:crypto'
import { type DataSet, type Element, group, type Tag, type Vr } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import { type Resolve, writeDataSet } from '../dicom/writer.ts'

/** Attributes that change with the encoding of the pixels (PS3.5 section 8.2, PS3.3 C.7.6.1.1.5, C.7.6.3). */
export const PIXEL_ENCODING: ReadonlySet<Tag> = new Set([
  T.PhotometricInterpretation, // RGB becomes YBR_RCT and back
  T.PlanarConfiguration, // compressed frames are colour by pixel
  T.LossyImageCompression,
  T.LossyImageCompressionRatio,
  T.LossyImageCompressionMethod,
  T.ExtendedOffsetTable,
  T.ExtendedOffsetTableLengths,
  T.EncapsulatedPixelDataValueTotalLength,
  T.PixelData,
  T.FloatPixelData,
  T.DoubleFloatPixelData,
  T.DataSetTrailingPadding,
])

const PADDED: ReadonlySet<Vr> = new Set<Vr>([
  'AE',
  'AS',
  'CS',
  'DA',
  'DS',
  'DT',
  'IS',
  'LO',
  'LT',
  'PN',
  'SH',
  'ST',
  'TM',
  'UC',
  'UI',
  'UR',
  'UT',
])
const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2'

/** @param resolve  gives the bytes of values that were left where they lie */
export async function normalisedDigest(dataSet: DataSet, resolve: Resolve): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of writeDataSet(normalised(dataSet, true), IMPLICIT_LITTLE_ENDIAN, resolve)) hash.update(piece)
  return hash.digest('hex')
}

function normalised(dataSet: DataSet, isRoot: boolean): DataSet {
  const elements = new Map<Tag, Element>()
  for (const [tag, element] of dataSet.elements)
    if (group(tag) !== 0x0002 && !(isRoot && PIXEL_ENCODING.has(tag))) elements.set(tag, unpadded(element))
  return { ...dataSet, elements }
}

function unpadded(element: Element): Element {
  const { vr, value } = element
  if (value.kind === 'items')
    return { ...element, value: { kind: 'items', items: value.items.map((item) => normalised(item, false)) } }
  if (value.kind !== 'bytes' || !PADDED.has(vr)) return element
  let end = value.bytes.length
  while (end > 0 && (value.bytes[end - 1] === 0x20 || value.bytes[end - 1] === 0)) end -= 1
  return { ...element, value: { kind: 'bytes', bytes: value.bytes.subarray(0, end) } }
}
