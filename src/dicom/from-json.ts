/**
 * The DICOM JSON model (PS3.18 Annex F) back to a data set: metadata stored over the web, answers of other archives.
 *
 * The text comes from outside, so nothing about its shape is taken for granted. What comes out is little endian and in
 * Unicode; (0008,0005) says so as soon as there is a letter beyond ASCII.
 */
import type { Bytes } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import { bytesElement, dataSet, element, sequence, UNICODE, unicodeElement } from './build.ts'
import { type DataSet, type Element, elementOf, group, type Tag, tagFromText, type Value, type Vr } from './data-set.ts'
import { implicitVr, T } from './dictionary.ts'
import { LIMITS, type Limits } from './limits.ts'
import { isTextVr } from './values.ts'
import { isVr } from './vr.ts'

export interface FromJsonOptions {
  /**
   * The value a BulkDataURI stands for; undefined when it is not known, which refuses the data set.
   *
   * @param path  the element's: tags and item numbers from 1, such as `54000100/1/54001010`
   */
  readonly bulkData?: (uri: string, path: string) => Value | undefined
  readonly limits?: Partial<Limits>
}

/** @throws {ArchiveError} `BAD_REQUEST` when it is not a DICOM JSON model; `DICOM_LIMIT` when it is too large */
export function fromDicomJson(json: unknown, options: FromJsonOptions = {}): DataSet {
  const reading = new Reading(options)
  const read = reading.dataSet(json, '')
  return reading.beyondAscii ? dataSet([...read.elements.values(), unicodeElement()], UNICODE) : read
}

class Reading {
  beyondAscii = false
  readonly #bulkData: FromJsonOptions['bulkData']
  readonly #limits: Limits
  #elements = 0
  #depth = 0

  constructor(options: FromJsonOptions) {
    this.#bulkData = options.bulkData
    this.#limits = { ...LIMITS, ...options.limits }
  }

  dataSet(json: unknown, path: string): DataSet {
    if (!isObject(json)) throw refused(path, 'an object of attributes is expected')
    const elements: Element[] = []
    for (const [name, attribute] of Object.entries(json)) {
      if (!/^[0-9A-Fa-f]{8}$/.test(name)) throw refused(path, 'attributes are named by eight hexadecimal digits')
      const tag = tagFromText(name)
      if (elementOf(tag) === 0 || (path === '' && group(tag) === 2)) continue
      this.#count()
      elements.push(this.#element(tag, attribute, `${path}${name}`))
    }
    return dataSet(elements, UNICODE)
  }

  #element(tag: Tag, attribute: unknown, path: string): Element {
    if (!isObject(attribute)) throw refused(path, 'an object is expected')
    const stated = attribute['vr']
    if (stated !== undefined && (typeof stated !== 'string' || !isVr(stated))) throw refused(path, 'unknown vr')
    const vr = stated ?? implicitVr(tag)
    const { Value, InlineBinary, BulkDataURI } = attribute
    if (InlineBinary !== undefined) {
      if (!isBinary(vr)) throw refused(path, `${vr} has no InlineBinary`)
      return bytesElement(tag, vr, fromBase64(InlineBinary, path))
    }
    if (BulkDataURI !== undefined) return this.#bulk(tag, vr, BulkDataURI, path)
    const values = Value ?? []
    if (!Array.isArray(values)) throw refused(path, 'Value is an array')
    if (vr === 'SQ') return this.#sequence(tag, values, path)
    if (values.length === 0) return bytesElement(tag, vr, new Uint8Array(0))
    if (tag === T.SpecificCharacterSet) return unicodeElement()
    if (isTextVr(vr)) return this.#text(tag, vr, values, path)
    if (vr === 'AT')
      return element(
        tag,
        values.map((value) => attributeTag(value, path)),
        vr,
      )
    if (isBinary(vr)) throw refused(path, `${vr} has no Value`)
    return element(
      tag,
      values.map((value) => numeric(value, vr, path)),
      vr,
    )
  }

  #sequence(tag: Tag, values: readonly unknown[], path: string): Element {
    this.#depth += 1
    if (this.#depth > this.#limits.depth) throw tooMuch('depth', this.#limits.depth)
    const items = values.map((item, index) => {
      this.#count()
      return this.dataSet(item ?? {}, `${path}/${index + 1}/`)
    })
    this.#depth -= 1
    return sequence(tag, items)
  }

  #text(tag: Tag, vr: Vr, values: readonly unknown[], path: string): Element {
    const texts = values.map((value) => {
      if (value === null) return ''
      if (vr === 'PN') return personName(value, path)
      if (typeof value === 'number') return vr === 'DS' ? decimalString(value) : String(value)
      if (typeof value === 'string') return value
      throw refused(path, `a value of ${vr} is a string`)
    })
    // Only ASCII needs no character set; control characters such as line ends are part of it.
    if (!this.beyondAscii) this.beyondAscii = texts.some((text) => /[^\0-\x7f]/.test(text))
    return element(tag, texts, vr, UNICODE)
  }

  #bulk(tag: Tag, vr: Vr, uri: unknown, path: string): Element {
    if (typeof uri !== 'string') throw refused(path, 'BulkDataURI is a string')
    if (vr === 'SQ') throw refused(path, 'a sequence has no bulk data')
    const value = this.#bulkData?.(uri, path)
    if (value === undefined) throw new ArchiveError('BULK_DATA_MISSING', { attribute: path })
    // Text that is not looked at may hold any letter.
    if (isTextVr(vr)) this.beyondAscii = true
    return { tag, vr, value }
  }

  #count(): void {
    this.#elements += 1
    if (this.#elements > this.#limits.elements) throw tooMuch('elements', this.#limits.elements)
  }
}

/** VRs whose values are InlineBinary and no others are (F.2.7). */
const isBinary = (vr: Vr): boolean => vr === 'UN' || vr.startsWith('O')

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The path names the attribute; values are never told. */
const refused = (path: string, why: string) =>
  new ArchiveError('BAD_REQUEST', { why: `DICOM JSON${path === '' ? '' : ` at ${path}`}: ${why}` })

const tooMuch = (limit: keyof Limits, allowed: number) => new ArchiveError('DICOM_LIMIT', { limit, allowed, at: 0 })

function personName(value: unknown, path: string): string {
  if (typeof value === 'string') return value // written so before the 2011 edition
  if (!isObject(value)) throw refused(path, 'a person name is an object')
  const groups = ['Alphabetic', 'Ideographic', 'Phonetic'].map((name) => value[name] ?? '')
  if (!groups.every((text) => typeof text === 'string')) throw refused(path, 'name groups are strings')
  return groups.join('=').replace(/=+$/, '')
}

function attributeTag(value: unknown, path: string): number {
  if (typeof value !== 'string' || !/^[0-9A-Fa-f]{8}$/.test(value)) throw refused(path, 'a value of AT is a tag')
  return tagFromText(value)
}

const INTEGERS: Partial<Readonly<Record<Vr, readonly [least: bigint, most: bigint]>>> = {
  SL: [-(2n ** 31n), 2n ** 31n - 1n],
  SS: [-(2n ** 15n), 2n ** 15n - 1n],
  SV: [-(2n ** 63n), 2n ** 63n - 1n],
  UL: [0n, 2n ** 32n - 1n],
  US: [0n, 2n ** 16n - 1n],
  UV: [0n, 2n ** 64n - 1n],
}

/** Numbers; those JSON cannot hold come as strings. */
function numeric(value: unknown, vr: Vr, path: string): number | bigint {
  const range = INTEGERS[vr]
  if (range === undefined) {
    if (typeof value === 'number') return value
    if (typeof value === 'string' && (NOT_IN_JSON.test(value) || DECIMAL.test(value)))
      return Number(value.replace(/inf$/i, 'Infinity'))
    throw refused(path, `a value of ${vr} is a number`)
  }
  const isInteger =
    typeof value === 'number' ? Number.isInteger(value) : typeof value === 'string' && INTEGER.test(value)
  if (!isInteger) throw refused(path, `a value is no ${vr}`)
  const whole = typeof value === 'number' && Number.isSafeInteger(value) ? value : BigInt(value as number | string)
  if (whole < range[0] || whole > range[1]) throw refused(path, `a value is no ${vr}`)
  return whole
}

const INTEGER = /^-?\d{1,20}$/
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const NOT_IN_JSON = /^(NaN|-?inf|-?Infinity)$/i

/** At most sixteen characters (PS3.5 section 6.2): as many digits as fit. */
function decimalString(value: number): string {
  let text = Object.is(value, -0) ? '-0' : String(value)
  for (let digits = 16; text.length > 16 && digits > 0; digits -= 1) text = String(Number(value.toPrecision(digits)))
  return text
}

function fromBase64(value: unknown, path: string): Bytes {
  if (typeof value !== 'string') throw refused(path, 'InlineBinary is a string')
  let binary: string
  try {
    binary = atob(value)
  } catch {
    throw refused(path, 'InlineBinary is not base64')
  }
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at)
  return bytes
}
