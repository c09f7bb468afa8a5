/**
 * The DICOM JSON model (PS3.18 Annex F): its type, and data sets as JSON. The way back is `from-json.ts`.
 *
 * Text is written at once rather than objects: properties must stand in the order of tags (F.2.2), and JavaScript puts
 * names such as `20050010`, which look like array indices, before all others. It is also the fastest: this runs for
 * every instance that comes in.
 */
import type { Bytes } from '../base/bytes.ts'
import { type DataSet, type Element, elementOf, group, inTagOrder, type Tag, type Vr } from './data-set.ts'
import { T } from './dictionary.ts'
import { LIMITS } from './limits.ts'
import { parsePersonName } from './person-name.ts'
import { knownElement } from './unknown.ts'
import { bigintsOf, isTextVr, numbersOf, textsOf } from './values.ts'
import { VR_TRAITS, wordsTurned } from './vr.ts'

export { type FromJsonOptions, fromDicomJson } from './from-json.ts'

/** A person name: component groups as they stand between the `=` (PS3.18 F.2.2). */
export interface PersonNameJson {
  readonly Alphabetic?: string
  readonly Ideographic?: string
  readonly Phonetic?: string
}

export type DicomJsonValue = string | number | PersonNameJson | DicomJson | null

/** One attribute: a value in one of three forms, or none when it is empty. */
export interface DicomJsonElement {
  readonly vr: Vr
  readonly Value?: readonly DicomJsonValue[]
  readonly InlineBinary?: string
  readonly BulkDataURI?: string
}

/** A data set by tag, eight hexadecimal digits in upper case: `{"00100020": {"vr": "LO", "Value": ["1"]}}`. */
export interface DicomJson {
  readonly [tag: string]: DicomJsonElement
}

export interface JsonOptions {
  /**
   * Where a value can be fetched that is not written here: pixels, values left distant, binary values longer than
   * `inlineUpTo`. Undefined: the attribute is written without value, or inline when its bytes are held.
   *
   * @param path  the element's: tags and item numbers from 1, such as `54000100/1/54001010`
   */
  readonly bulkData?: (path: string, element: Element) => string | undefined
  /** Binary values longer than this are bulk data when `bulkData` is given; in bytes, 1024 unless told. */
  readonly inlineUpTo?: number
}

/** A data set as the text of a JSON object; group 0002 and group lengths are left out. */
export function dicomJsonText(dataSet: DataSet, options: JsonOptions = {}): string {
  return objectText(dataSet, options, '', 0)
}

/** As `dicomJsonText`, as a value. To write it again, use `jsonText`: JSON.stringify may change the order. */
export function toDicomJson(dataSet: DataSet, options: JsonOptions = {}): DicomJson {
  return JSON.parse(dicomJsonText(dataSet, options)) as DicomJson
}

/** The text of a JSON model, attributes in the order of tags at every level (F.2.2). */
export function jsonText(json: DicomJson): string {
  const members = Object.keys(json)
    .sort()
    .map((tag) => `${JSON.stringify(tag)}:${elementJsonText(json[tag])}`)
  return `{${members.join(',')}}`
}

function elementJsonText(element: DicomJsonElement | undefined): string {
  if (element?.vr !== 'SQ' || element.Value === undefined) return JSON.stringify(element)
  return `{"vr":"SQ","Value":[${element.Value.map((item) => jsonText((item ?? {}) as DicomJson)).join(',')}]}`
}

const NO_OPTIONS: JsonOptions = {}

// --- data sets and elements -------------------------------------------------------------------

function objectText(dataSet: DataSet, options: JsonOptions, path: string, depth: number): string {
  let text = '{'
  for (const element of inTagOrder(dataSet)) {
    if (elementOf(element.tag) === 0 || (depth === 0 && group(element.tag) === 2)) continue
    if (text.length > 1) text += ','
    text += elementText(element, dataSet, options, path, depth)
  }
  return `${text}}`
}

function elementText(stated: Element, dataSet: DataSet, options: JsonOptions, path: string, depth: number): string {
  // Sequences inside values of VR UN were not counted by the reader: so deep and no deeper.
  const element = stated.vr === 'UN' && depth < LIMITS.depth ? knownElement(stated, dataSet) : stated
  const { tag, vr, value } = element
  const name = hex(tag)
  const opening = `"${name}":{"vr":"${vr}"`
  if (value.kind === 'bytes') {
    if (value.bytes.length === 0) return `${opening}}`
    if (!BINARY.has(vr)) return `${opening}${valuesText(element, dataSet)}}`
  }
  if (value.kind === 'items') {
    if (value.items.length === 0) return `${opening}}`
    // Nothing inside a value of VR UN has a path of its own, and all of it is held.
    const inner = stated.vr === 'UN' ? NO_OPTIONS : options
    let items = ''
    let number = 0
    for (const item of value.items) {
      number += 1
      if (number > 1) items += ','
      items += objectText(item, inner, inner.bulkData === undefined ? '' : `${path}${name}/${number}/`, depth + 1)
    }
    return `${opening},"Value":[${items}]}`
  }
  if (value.kind !== 'bytes' || value.bytes.length > (options.inlineUpTo ?? 1024)) {
    const uri = options.bulkData?.(path + name, element)
    if (uri !== undefined) return `${opening},"BulkDataURI":${JSON.stringify(uri)}}`
  }
  if (value.kind !== 'bytes') return `${opening}}`
  const { word } = VR_TRAITS[vr]
  const little = dataSet.littleEndian || word === 1 ? value.bytes : wordsTurned(value.bytes, word)
  return `${opening},"InlineBinary":"${base64(little)}"}`
}

/** VRs whose values are InlineBinary (F.2.7). */
const BINARY: ReadonlySet<Vr> = new Set<Vr>(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'])

// --- values ------------------------------------------------------------------------------------

function valuesText(element: Element, dataSet: DataSet): string {
  // JSON is in UTF-8, whatever the data set was in.
  if (element.tag === T.SpecificCharacterSet) return ',"Value":["ISO_IR 192"]'
  const { vr } = element
  if (isTextVr(vr)) {
    const texts = textsOf(element, dataSet)
    if (texts.length === 0) return ''
    const values = joined(texts, vr === 'PN' ? personName : vr === 'DS' || vr === 'IS' ? decimal : string)
    return values === 'null' ? '' : `,"Value":[${values}]`
  }
  if (vr === 'SV' || vr === 'UV') return bracketed(joined(bigintsOf(element, dataSet), integer))
  return bracketed(joined(numbersOf(element, dataSet), vr === 'AT' ? attributeTag : number))
}

const bracketed = (values: string): string => (values === '' ? '' : `,"Value":[${values}]`)

function joined<Given>(values: readonly Given[], one: (value: Given) => string): string {
  if (values.length === 1) return one(values[0] as Given)
  let text = ''
  for (const value of values) text += text === '' ? one(value) : `,${one(value)}`
  return text
}

const NEEDS_ESCAPE = /["\\\u0000-\u001f\u007f-\uffff]/
/** Text without quotes, controls or letters beyond ASCII is itself its JSON. */
const quoted = (text: string): string => (NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`)

const string = (text: string): string => (text === '' ? 'null' : quoted(text))

const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** DS and IS are numbers, digit for digit where JSON allows; what is no number stays the string it is (F.2.3). */
function decimal(text: string): string {
  if (text === '') return 'null'
  if (!DECIMAL.test(text)) return quoted(text)
  const value = Number(text)
  if (!Number.isFinite(value)) return quoted(text)
  return JSON_NUMBER.test(text) ? text : String(value)
}

/** JSON has no NaN and no infinities: they are strings here, as JavaScript prints them. */
const number = (value: number): string => (Number.isFinite(value) ? String(value) : `"${value}"`)

const attributeTag = (value: number): string => `"${hex(value)}"`

/** A 64-bit integer that a reader's double cannot hold is a string (F.2.3). */
const integer = (value: bigint): string =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? String(value) : `"${value}"`

function personName(text: string): string {
  if (text === '') return 'null'
  const { alphabetic, ideographic, phonetic } = parsePersonName(text)
  const groups = [
    ...(alphabetic === '' ? [] : [`"Alphabetic":${quoted(alphabetic)}`]),
    ...(ideographic === '' ? [] : [`"Ideographic":${quoted(ideographic)}`]),
    ...(phonetic === '' ? [] : [`"Phonetic":${quoted(phonetic)}`]),
  ]
  return groups.length === 0 ? 'null' : `{${groups.join(',')}}`
}

// --- bytes ----------------------------------------------------------------------------------------

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).toUpperCase().padStart(2, '0'))

const hex = (tag: Tag | number): string =>
  `${HEX[(tag >>> 24) & 0xff]}${HEX[(tag >>> 16) & 0xff]}${HEX[(tag >>> 8) & 0xff]}${HEX[tag & 0xff]}`

const SIXTY_FOUR = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
const PAD = 0x3d // =
const ASCII = new TextDecoder()

function base64(bytes: Bytes): string {
  const letters = new Uint8Array(Math.ceil(bytes.length / 3) * 4)
  let to = 0
  for (let at = 0; at < bytes.length; at += 3, to += 4) {
    const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    letters[to] = SIXTY_FOUR[three >> 18] ?? 0
    letters[to + 1] = SIXTY_FOUR[(three >> 12) & 63] ?? 0
    letters[to + 2] = at + 1 < bytes.length ? (SIXTY_FOUR[(three >> 6) & 63] ?? 0) : PAD
    letters[to + 3] = at + 2 < bytes.length ? (SIXTY_FOUR[three & 63] ?? 0) : PAD
  }
  return letters.length > 512 ? ASCII.decode(letters) : String.fromCharCode.apply(null, letters as unknown as number[])
}
