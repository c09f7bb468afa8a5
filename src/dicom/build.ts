/**
 * Elements and data sets made here rather than read: command sets, answers to queries, meta information, corrections.
 * What is made is little endian, padded to even length, and in the order of tags.
 */
import type { Bytes } from '../base/bytes.ts'
import { encodeText } from './charset.ts'
import type { DataSet, Element, Tag, Vr } from './data-set.ts'
import { implicitVr, T } from './dictionary.ts'
import { VR_TRAITS } from './vr.ts'

/** One value or several; text is given without padding, a 64-bit integer as bigint or safe integer, a tag as number. */
export type Given = string | number | bigint | readonly (string | number | bigint)[]

/**
 * An element of text or numbers.
 *
 * @param vr     the dictionary's when left out
 * @param terms  Specific Character Set the text is encoded with; what it cannot say becomes `?`
 */
export function element(tag: Tag, given: Given, vr: Vr = implicitVr(tag), terms: readonly string[] = []): Element {
  const values = Array.isArray(given) ? (given as readonly (string | number | bigint)[]) : [given as string | number]
  const number = NUMBERS[vr]
  if (number === undefined) return bytesElement(tag, vr, encodeText(values.map(String).join('\\'), vr, terms).bytes)
  const [size, put] = number
  const bytes = new Uint8Array(size * values.length)
  const view = new DataView(bytes.buffer)
  values.forEach((value, index) => {
    put(view, index * size, value)
  })
  return bytesElement(tag, vr, bytes)
}

/** An element of bytes as they are, little endian; an odd length is made even. */
export function bytesElement(tag: Tag, vr: Vr, bytes: Bytes): Element {
  return { tag, vr, value: { kind: 'bytes', bytes: evened(bytes, VR_TRAITS[vr].pad) } }
}

export const sequence = (tag: Tag, items: readonly DataSet[]): Element => ({
  tag,
  vr: 'SQ',
  value: { kind: 'items', items },
})

/** Elements in the order of their tags; of two with one tag the last counts. */
export function dataSet(elements: Iterable<Element>, characterSet: readonly string[] = []): DataSet {
  const sorted = [...elements].sort((a, b) => a.tag - b.tag)
  return { elements: new Map(sorted.map((made) => [made.tag, made])), littleEndian: true, characterSet }
}

/** (0008,0005) for text in Unicode. */
export const UNICODE: readonly string[] = ['ISO_IR 192']
export const unicodeElement = (): Element => element(T.SpecificCharacterSet, UNICODE)

/** `data` with other elements in place of, or beside, its own; `undefined` takes one out. Both little endian. */
export function withElements(data: DataSet, changes: Iterable<Element | readonly [Tag, undefined]>): DataSet {
  const elements = new Map(data.elements)
  for (const change of changes)
    if ('tag' in change) elements.set(change.tag, change)
    else elements.delete(change[0])
  return { ...data, elements: new Map([...elements].sort(([a], [b]) => a - b)) }
}

function evened(bytes: Bytes, pad: number): Bytes {
  if (bytes.length % 2 === 0) return bytes
  const even = new Uint8Array(bytes.length + 1)
  even.set(bytes)
  even[bytes.length] = pad
  return even
}

type Put = (view: DataView, at: number, value: string | number | bigint) => void

const NUMBERS: Partial<Readonly<Record<Vr, readonly [size: number, put: Put]>>> = {
  AT: [
    4,
    (view, at, value) => {
      const of = Number(value)
      view.setUint16(at, Math.floor(of / 0x10000), true)
      view.setUint16(at + 2, of % 0x10000, true)
    },
  ],
  FD: [8, (view, at, value) => view.setFloat64(at, Number(value), true)],
  FL: [4, (view, at, value) => view.setFloat32(at, Number(value), true)],
  SL: [4, (view, at, value) => view.setInt32(at, Number(value), true)],
  SS: [2, (view, at, value) => view.setInt16(at, Number(value), true)],
  SV: [8, (view, at, value) => view.setBigInt64(at, BigInt(value), true)],
  UL: [4, (view, at, value) => view.setUint32(at, Number(value), true)],
  US: [2, (view, at, value) => view.setUint16(at, Number(value), true)],
  UV: [8, (view, at, value) => view.setBigUint64(at, BigInt(value), true)],
}
