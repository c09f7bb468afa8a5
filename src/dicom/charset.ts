/**
 * Text to bytes and back under Specific Character Set (PS3.5 section 6.1, PS3.3 section C.12.1.1.2).
 *
 * Without code extensions every byte has one meaning. With them (ISO 2022) an escape sequence calls a set into the lower
 * or the upper half of the code table, and every delimiter of the value takes back what value 1 of the attribute says.
 * Bytes are therefore walked, never split first: 5C is a delimiter only where one byte is one character.
 */
import { type Bytes, concat } from '../base/bytes.ts'
import {
  type CharacterSet,
  type CharsetNote,
  type CodedSet,
  characterSet,
  decoderFor,
  ESCAPES,
  SETS,
} from './character-sets.ts'
import type { Vr } from './data-set.ts'

export { type CharacterSet, type CharsetNote, characterSet } from './character-sets.ts'

const ESC = 0x1b
const BACKSLASH = 0x5c

/** VRs whose text Specific Character Set governs (PS3.5 section 6.1.2.3); all others are ISO 646. */
const IN_CHARACTER_SET: ReadonlySet<Vr> = new Set<Vr>(['SH', 'LO', 'ST', 'LT', 'PN', 'UC', 'UT'])
/** Of those, where 5C separates values; in the others it is a character like any other. */
const MANY_VALUED: ReadonlySet<Vr> = new Set<Vr>(['SH', 'LO', 'PN', 'UC'])

export interface ReadText {
  /** Values of many-valued VRs stand separated by `\`, as in the bytes. */
  readonly text: string
  readonly notes: readonly CharsetNote[]
}

/** The text of a value's bytes; padding stays. Never throws: what no set has is U+FFFD. */
export function decodeText(bytes: Bytes, vr: Vr, terms: readonly string[]): string {
  return readText(bytes, vr, terms).text
}

const NONE: readonly CharsetNote[] = []

/** As `decodeText`, and what had to be forgiven to read it. */
export function readText(bytes: Bytes, vr: Vr, terms: readonly string[]): ReadText {
  if (!IN_CHARACTER_SET.has(vr)) return { text: isPlain(bytes) ? ascii(bytes) : latin1(bytes), notes: NONE }
  const set = characterSet(terms)
  if (isPlain(bytes) && (set.g0 === SETS.ascii || !hasYen(bytes))) return { text: ascii(bytes), notes: set.notes }
  const notes = new Set(set.notes)
  const text = set.whole === undefined ? walk(bytes, vr, set, notes) : wholly(bytes, set.whole, notes)
  if (text.includes('\uFFFD')) notes.add('undecodable')
  return { text, notes: [...notes] }
}

/** Only ISO 646, no escape: true of nearly every value there is. */
function isPlain(bytes: Bytes): boolean {
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte > 0x7e || byte === ESC) return false
  }
  return true
}

/** JIS X 0201 has a yen sign and an overline where ISO 646 has 5C and 7E. */
const hasYen = (bytes: Bytes): boolean => bytes.includes(BACKSLASH) || bytes.includes(0x7e)

function ascii(bytes: Bytes): string {
  if (bytes.length > 64) return decoderFor('utf-8')?.decode(bytes) ?? ''
  let text = ''
  for (let at = 0; at < bytes.length; at += 1) text += String.fromCharCode(bytes[at] ?? 0)
  return text
}

const latin1 = (bytes: Bytes): string => decoderFor('windows-1252')?.decode(bytes) ?? ''

/** An encoding that stands alone: UTF-8, GB18030, GBK. */
function wholly(bytes: Bytes, label: string, notes: Set<CharsetNote>): string {
  const text = decoderFor(label)?.decode(bytes) ?? ''
  // A device may cut a value inside a character: one mark at the end. Marks elsewhere: it was never UTF-8.
  const mark = text.indexOf('\uFFFD')
  if (label !== 'utf-8' || mark < 0 || mark >= text.trimEnd().length - 1) return text
  notes.add('invalid-utf-8')
  return latin1(bytes)
}

/** Bytes over 7F where nothing declares them: UTF-8 if they are that, else Latin alphabet 1. */
function undeclared(bytes: Bytes, notes: Set<CharsetNote>): string {
  notes.add('undeclared-bytes')
  try {
    return decoderFor('utf-8', true)?.decode(bytes) ?? ''
  } catch {
    return latin1(bytes)
  }
}

/** Walks bytes whose halves are switched by ISO 2022 (PS3.5 section 6.1.2.5). */
function walk(bytes: Bytes, vr: Vr, set: CharacterSet, notes: Set<CharsetNote>): string {
  const guess = set.declared.find((declared) => declared.half === 'G1')
  let { g0, g1 } = set
  let lastG1 = g1
  let text = ''
  let at = 0
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0
    if (byte === ESC) {
      const [code, called] = calledAt(bytes, at + 1)
      if (called === undefined) {
        at += 1
        continue
      }
      if (called === SETS.katakana && code === '(I') g0 = called
      else if (called.half === 'G0') g0 = called
      else lastG1 = g1 = called
      at += 1 + code.length
    } else if (byte < 0x20 || byte === 0x7f) {
      ;({ g0, g1 } = set)
      text += String.fromCharCode(byte)
      at += 1
    } else if (byte === 0x20) {
      text += ' '
      at += 1
    } else if (byte < 0x80) {
      if (g0.width === 1 && isDelimiter(byte, vr)) {
        ;({ g0, g1 } = set)
        text += String.fromCharCode(byte)
        at += 1
      } else {
        const end = lowerRun(bytes, at, g0, vr)
        text += lower(bytes.subarray(at, end), g0)
        at = end
      }
    } else {
      let end = at + 1
      while (end < bytes.length && (bytes[end] ?? 0) >= 0x80) end += 1
      const run = bytes.subarray(at, end)
      // Devices forget to call the set again after a delimiter, or at all: take the one they meant.
      const used = g1 ?? lastG1 ?? guess
      if (used !== g1) notes.add('undeclared-bytes')
      text += used === undefined ? undeclared(run, notes) : upper(run, used)
      at = end
    }
  }
  return text
}

const isDelimiter = (byte: number, vr: Vr): boolean =>
  (byte === BACKSLASH && MANY_VALUED.has(vr)) || (vr === 'PN' && (byte === 0x5e || byte === 0x3d))

/** Which set is called by the bytes after an ESC. */
function calledAt(bytes: Bytes, at: number): readonly [string, CodedSet | undefined] {
  for (const [code, called] of ESCAPES) {
    let same = 0
    while (same < code.length && bytes[at + same] === code.charCodeAt(same)) same += 1
    if (same === code.length) return [code, called]
  }
  return ['', undefined]
}

/** Where the run of bytes of the lower half ends that one call of `lower` can take. */
function lowerRun(bytes: Bytes, at: number, g0: CodedSet, vr: Vr): number {
  let end = at
  while (end < bytes.length) {
    const byte = bytes[end] ?? 0
    if (byte <= 0x20 || byte >= 0x7f) break
    if (g0.width === 1) {
      if (isDelimiter(byte, vr)) break
      end += 1
    } else {
      const second = bytes[end + 1] ?? 0
      if (second <= 0x20 || second >= 0x7f) return end + 1
      end += 2
    }
  }
  return end
}

function lower(run: Bytes, g0: CodedSet): string {
  switch (g0.name) {
    case 'ascii':
      return ascii(run)
    case 'romaji':
      return ascii(run).replaceAll('\\', '¥').replaceAll('~', '‾')
    case 'katakana':
      return upper(
        run.map((byte) => byte | 0x80),
        g0,
      )
    default:
      return pairs(run, g0, g0.name === 'supplementary-kanji' ? [0x8f] : [])
  }
}

/** Sets of 94 by 94 characters, as the EUC encodings hold them: both bytes with the high bit, after a prefix or none. */
function pairs(run: Bytes, used: CodedSet, prefix: readonly number[]): string {
  const decoder = decoderFor(used.label)
  const width = prefix.length + 2
  const code = new Uint8Array((run.length >> 1) * width)
  for (let from = 0, to = 0; to < code.length; from += 2, to += width) {
    code.set(prefix, to)
    code[to + width - 2] = (run[from] ?? 0) | 0x80
    code[to + width - 1] = (run[from + 1] ?? 0) | 0x80
  }
  const odd = run.length % 2 === 1 ? '\uFFFD' : ''
  const whole = decoder?.decode(code) ?? ''
  if (whole.length * width === code.length && !whole.includes('\uFFFD')) return whole + odd
  // Where a code has no character decoders give one mark or two, or swallow what follows: one code at a time then.
  let text = ''
  for (let at = 0; at < code.length; at += width) {
    const letter = decoder?.decode(code.subarray(at, at + width)) ?? ''
    text += letter.includes('\uFFFD') || letter === '' ? '\uFFFD' : letter
  }
  return text + odd
}

function upper(run: Bytes, used: CodedSet): string {
  if (used.width === 2) return pairs(run, used, [])
  return decoderFor(used.label)?.decode(run) ?? ''
}

export interface EncodedText {
  readonly bytes: Bytes
  /** False when a character has no code in the declared sets: `?` stands for it. */
  readonly complete: boolean
}

/**
 * The bytes of a text, not padded. Sets beyond value 1 are called by escape sequences and taken back before each
 * delimiter, as PS3.5 section 6.1.2.5.3 asks.
 */
export function encodeText(text: string, vr: Vr, terms: readonly string[]): EncodedText {
  const set = IN_CHARACTER_SET.has(vr) ? characterSet(terms) : characterSet([])
  if (set.whole === 'utf-8') return { bytes: new TextEncoder().encode(text), complete: text.isWellFormed() }
  if (set.whole !== undefined) return encodeWholly(text, set.whole)

  const parts: Bytes[] = []
  let complete = true
  let { g0, g1 } = set
  const call = (called: CodedSet): void => {
    if (called.half === 'G0' ? called === g0 : called === g1) return
    if (called.half === 'G0') g0 = called
    else g1 = called
    parts.push(Uint8Array.of(ESC, ...[...called.escape].map((letter) => letter.charCodeAt(0))))
  }
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0
    if (code < 0x20 || code === 0x7f || (code < 0x80 && isDelimiter(code, vr))) {
      // The upper half goes back silently: the delimiter itself resets it. The lower half must hold the delimiter.
      call(set.g0)
      g1 = set.g1
      parts.push(Uint8Array.of(code))
      continue
    }
    const choice = chooseSet(letter, [g0, ...(g1 === undefined ? [] : [g1]), ...set.declared])
    if (choice === undefined) {
      complete = false
      if (g0.width === 2) call(set.g0)
      parts.push(Uint8Array.of(0x3f))
    } else {
      call(choice.set)
      parts.push(choice.bytes)
    }
  }
  if (g0 !== set.g0) call(set.g0)
  return { bytes: concat(parts), complete }
}

/** Signs that one table of a set maps to one character of Unicode and another table to its like. */
const ALIKE: Readonly<Record<string, string>> = {
  '〜': '～',
  '‖': '∥',
  '−': '－',
  '¢': '￠',
  '£': '￡',
  '¬': '￢',
  '—': '―',
}

function chooseSet(letter: string, sets: readonly CodedSet[]): { set: CodedSet; bytes: Bytes } | undefined {
  if (letter === ' ') return sets[0] === undefined ? undefined : { set: sets[0], bytes: Uint8Array.of(0x20) }
  const alike = ALIKE[letter]
  for (const wanted of alike === undefined ? [letter] : [letter, alike])
    for (const set of sets) {
      const bytes = codesOf(set).get(wanted)
      if (bytes !== undefined) return { set, bytes }
    }
  return undefined
}

const codes = new Map<string, ReadonlyMap<string, Bytes>>()

/** Each character of a set with its bytes, found by decoding every code there is. */
function codesOf(set: CodedSet): ReadonlyMap<string, Bytes> {
  const found = codes.get(set.name)
  if (found !== undefined) return found
  const made = new Map<string, Bytes>()
  const high = set.half === 'G0' ? 0 : 0x80
  if (set.width === 1)
    for (let byte = high === 0 ? 0x21 : 0xa0; byte <= (high === 0 ? 0x7e : 0xff); byte += 1)
      keep(made, decodeOne(Uint8Array.of(byte), set), Uint8Array.of(byte))
  else
    for (const [first, last] of set.rows)
      for (let row = first; row <= last; row += 1)
        for (let cell = 1; cell <= 94; cell += 1) {
          const code = Uint8Array.of(high + 0x20 + row, high + 0x20 + cell)
          keep(made, decodeOne(code, set), code)
        }
  codes.set(set.name, made)
  return made
}

const decodeOne = (code: Bytes, set: CodedSet): string => (set.half === 'G0' ? lower(code, set) : upper(code, set))

function keep(codes: Map<string, Bytes>, letter: string, code: Bytes): void {
  if ([...letter].length === 1 && letter !== '\uFFFD' && !codes.has(letter)) codes.set(letter, code)
}

/** GB18030 and GBK: ASCII, two bytes, and in GB18030 four bytes for all the rest of Unicode. */
function encodeWholly(text: string, label: string): EncodedText {
  const table = wholeCodes(label)
  const parts: Bytes[] = []
  let complete = true
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0
    const bytes =
      code < 0x80
        ? Uint8Array.of(code)
        : (table.get(letter) ?? (label === 'gb18030' && code > 0xffff ? fourBytes(code) : undefined))
    if (bytes === undefined) complete = false
    parts.push(bytes ?? Uint8Array.of(0x3f))
  }
  return { bytes: concat(parts), complete }
}

/** Planes 1 to 16 lie in GB18030 in order, from 90 30 81 30. */
function fourBytes(code: number): Bytes {
  const at = code - 0x10000
  return Uint8Array.of(
    0x90 + Math.floor(at / 12600),
    0x30 + (Math.floor(at / 1260) % 10),
    0x81 + (Math.floor(at / 10) % 126),
    0x30 + (at % 10),
  )
}

function wholeCodes(label: string): ReadonlyMap<string, Bytes> {
  const found = codes.get(label)
  if (found !== undefined) return found
  const made = new Map<string, Bytes>()
  const decoder = decoderFor(label)
  for (let byte = 0x81; byte <= 0xfe; byte += 1)
    for (let second = 0x40; second <= 0xfe; second += 1) {
      const code = Uint8Array.of(byte, second)
      keep(made, decoder?.decode(code) ?? '', code)
    }
  // Four bytes, basic plane: 81 30 81 30 to 84 31 A4 39.
  for (let at = 0; label === 'gb18030' && at < 39420; at += 1) {
    const code = Uint8Array.of(
      0x81 + Math.floor(at / 12600),
      0x30 + (Math.floor(at / 1260) % 10),
      0x81 + (Math.floor(at / 10) % 126),
      0x30 + (at % 10),
    )
    keep(made, decoder?.decode(code) ?? '', code)
  }
  codes.set(label, made)
  return made
}
