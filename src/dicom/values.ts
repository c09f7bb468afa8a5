/**
 * Decoded values of an element: text, numbers, items, UIDs (PS3.5 section 6.2).
 *
 * `text(dataSet, T.PatientID)` and its like ask by tag and give an empty answer when the element is missing, empty or
 * left where it lies; `textsOf(element, dataSet)` and its like ask of an element at hand. Padding is taken off as the VR
 * allows; values are not judged: what is malformed comes back as it is, or as NaN.
 */
import type { Bytes } from '../base/bytes.ts'
import { decodeText } from './charset.ts'
import type { DataSet, Element, Tag, Vr } from './data-set.ts'
import { type PersonName, parsePersonName } from './person-name.ts'
import { isUsableUid, type Uid } from './uid.ts'
import { knownElement } from './unknown.ts'

/** VRs whose values are text. */
const TEXT: ReadonlySet<Vr> = new Set<Vr>([
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
/** One value whatever it holds: 5C is a character of it. */
const SINGLE: ReadonlySet<Vr> = new Set<Vr>(['LT', 'ST', 'UT', 'UR'])
/** Leading spaces mean something here; elsewhere they are padding too. */
const KEEPS_LEADING: ReadonlySet<Vr> = new Set<Vr>(['LT', 'ST', 'UC', 'UT', 'UR', 'PN'])

export const isTextVr = (vr: Vr): boolean => TEXT.has(vr)

const NO_BYTES = new Uint8Array(0)

/** The bytes of the value, empty when it is missing, a sequence, or left where it lies. */
export function bytesOf(element: Element | undefined): Bytes {
  return element?.value.kind === 'bytes' ? element.value.bytes : NO_BYTES
}

/** What came as VR UN is read as what the dictionary knows it to be (PS3.5 section 6.2.2). */
const known = (stated: Element | undefined, dataSet: DataSet): Element | undefined =>
  stated?.vr === 'UN' ? knownElement(stated, dataSet) : stated

/** All values of a text element, padding taken off; one empty string for each empty value, none for an empty element. */
export function textsOf(stated: Element | undefined, dataSet: DataSet): readonly string[] {
  const element = known(stated, dataSet)
  const bytes = bytesOf(element)
  if (element === undefined || bytes.length === 0 || !TEXT.has(element.vr)) return []
  const { vr } = element
  const text = decodeText(bytes, vr, dataSet.characterSet)
  if (SINGLE.has(vr)) return [trim(text, vr)]
  if (!text.includes('\\')) return [trim(text, vr)]
  return text.split('\\').map((value) => trim(value, vr))
}

/** Trailing spaces and NULs are padding in every text VR, leading spaces in most (PS3.5 section 6.2). */
function trim(text: string, vr: Vr): string {
  let end = text.length
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\0')) end -= 1
  let start = 0
  if (!KEEPS_LEADING.has(vr)) while (start < end && text[start] === ' ') start += 1
  return text.slice(start, end)
}

/** All values of a numeric element: binary ones, and DS and IS as numbers; NaN for text that is no number. AT gives tags. */
export function numbersOf(stated: Element | undefined, dataSet: DataSet): readonly number[] {
  const element = known(stated, dataSet)
  if (element === undefined) return []
  if (element.vr === 'DS' || element.vr === 'IS') return textsOf(element, dataSet).map(decimal)
  if (element.vr === 'SV' || element.vr === 'UV' || element.vr === 'OV') return bigintsOf(element, dataSet).map(Number)
  const reading = BINARY[element.vr]
  if (reading === undefined) return []
  const [size, get] = reading
  return each(bytesOf(element), size, (view, at) => get(view, at, dataSet.littleEndian))
}

/** All values of a 64-bit integer element (SV, UV, OV), exactly. */
export function bigintsOf(stated: Element | undefined, dataSet: DataSet): readonly bigint[] {
  const element = known(stated, dataSet)
  const { littleEndian } = dataSet
  if (element?.vr === 'SV') return each(bytesOf(element), 8, (view, at) => view.getBigInt64(at, littleEndian))
  if (element?.vr !== 'UV' && element?.vr !== 'OV') return []
  return each(bytesOf(element), 8, (view, at) => view.getBigUint64(at, littleEndian))
}

type Getter = (view: DataView, at: number, littleEndian: boolean) => number

const BINARY: Partial<Readonly<Record<Vr, readonly [size: number, get: Getter]>>> = {
  // A tag is two words, each in the byte order of the data set.
  AT: [4, (view, at, little) => view.getUint16(at, little) * 0x10000 + view.getUint16(at + 2, little)],
  FD: [8, (view, at, little) => view.getFloat64(at, little)],
  FL: [4, (view, at, little) => view.getFloat32(at, little)],
  OB: [1, (view, at) => view.getUint8(at)],
  OD: [8, (view, at, little) => view.getFloat64(at, little)],
  OF: [4, (view, at, little) => view.getFloat32(at, little)],
  OL: [4, (view, at, little) => view.getUint32(at, little)],
  OW: [2, (view, at, little) => view.getUint16(at, little)],
  SL: [4, (view, at, little) => view.getInt32(at, little)],
  SS: [2, (view, at, little) => view.getInt16(at, little)],
  UL: [4, (view, at, little) => view.getUint32(at, little)],
  US: [2, (view, at, little) => view.getUint16(at, little)],
}

function each<T>(bytes: Bytes, size: number, get: (view: DataView, at: number) => T): T[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values: T[] = []
  for (let at = 0; at + size <= bytes.length; at += size) values.push(get(view, at))
  return values
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** DS and IS text; a decimal comma, which some devices write, is read as a point. */
function decimal(text: string): number {
  const written = text.trim().replace(',', '.')
  return DECIMAL.test(written) ? Number(written) : Number.NaN
}

/** The first value as text, '' when there is none. Numbers as they are written or printed. */
export function text(dataSet: DataSet, tag: Tag): string {
  return texts(dataSet, tag)[0] ?? ''
}

/** All values as text; numbers of binary VRs printed. */
export function texts(dataSet: DataSet, tag: Tag): readonly string[] {
  const element = known(dataSet.elements.get(tag), dataSet)
  if (element === undefined) return []
  if (TEXT.has(element.vr)) return textsOf(element, dataSet)
  return BINARY[element.vr] === undefined
    ? bigintsOf(element, dataSet).map(String)
    : numbersOf(element, dataSet).map(String)
}

export function numbers(dataSet: DataSet, tag: Tag): readonly number[] {
  return numbersOf(dataSet.elements.get(tag), dataSet)
}

/** The first value as a number, undefined when there is none or it is not one. */
export function number(dataSet: DataSet, tag: Tag): number | undefined {
  const value = numbers(dataSet, tag)[0]
  return value === undefined || !Number.isFinite(value) ? undefined : value
}

/** The first value as an integer, undefined when there is none or it is not one. `1.0` in an IS counts, `1.5` does not. */
export function int(dataSet: DataSet, tag: Tag): number | undefined {
  const value = number(dataSet, tag)
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined
}

/** The items of a sequence. */
export function items(dataSet: DataSet, tag: Tag): readonly DataSet[] {
  const value = known(dataSet.elements.get(tag), dataSet)?.value
  return value?.kind === 'items' ? value.items : []
}

/** The first item of a sequence. */
export function item(dataSet: DataSet, tag: Tag): DataSet | undefined {
  return items(dataSet, tag)[0]
}

/** The first value as a UID, undefined when it is missing or could not name anything. */
export function uidOf(dataSet: DataSet, tag: Tag): Uid | undefined {
  const value = text(dataSet, tag)
  return isUsableUid(value) ? value : undefined
}

export function uidsOf(dataSet: DataSet, tag: Tag): readonly Uid[] {
  return texts(dataSet, tag).filter(isUsableUid)
}

export function personNames(dataSet: DataSet, tag: Tag): readonly PersonName[] {
  return texts(dataSet, tag).map(parsePersonName)
}
