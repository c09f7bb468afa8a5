/**
 * HL7 v2 messages in their traditional encoding (HL7 v2.5.1 chapter 2, section 2.6): segments of fields, fields of
 * repetitions, repetitions of components, components of subcomponents. Read into a tree of texts and written from one.
 *
 * The tree keeps texts as they stand on the wire: escape sequences are undone where a value is asked for, since what
 * `\X…\` means depends on the character set. Segments are known by position only; names of fields are `segments.ts`.
 */
import { ArchiveError } from '../base/errors.ts'

/** HL7 v2.5.1 section 2.5.4: MSH-1 and MSH-2. */
export interface Delimiters {
  readonly field: string
  readonly component: string
  readonly repetition: string
  readonly escaping: string
  readonly subcomponent: string
}

export const USUAL: Delimiters = { field: '|', component: '^', repetition: '~', escaping: '\\', subcomponent: '&' }

/** Repetitions, each of components, each of subcomponents; all as they stand on the wire. */
export type Field = readonly (readonly (readonly string[])[])[]

export interface Segment {
  readonly name: string
  /** `fields[0]` is field 1. Of MSH, fields 1 and 2 hold the delimiters as one text each. */
  readonly fields: readonly Field[]
}

export interface Message {
  readonly delimiters: Delimiters
  /** The first is MSH. */
  readonly segments: readonly Segment[]
}

/** A message is text a person may have to read: more segments than this is none. */
const MOST_SEGMENTS = 10_000
const SEGMENT_NAME = /^[A-Z][A-Z0-9]{2}$/

/**
 * @param text  the message in Unicode; segments may end in CR, LF or both
 * @throws {ArchiveError} `HL7_INVALID` when it is not a message
 */
export function parseMessage(text: string): Message {
  const delimiters = delimitersOf(text)
  const lines = text
    .replace(/^[\uFEFF\s]+/, '')
    .split(/\r\n|\r|\n/)
    .filter((line) => line.trim() !== '')
  if (lines.length > MOST_SEGMENTS) throw invalid(`it has more than ${MOST_SEGMENTS} segments`)
  return { delimiters, segments: lines.map((line, at) => parseSegment(line, at, delimiters)) }
}

/**
 * The delimiters at the head of a message.
 *
 * @throws {ArchiveError} `HL7_INVALID`
 */
export function delimitersOf(text: string): Delimiters {
  const head = text.replace(/^[\uFEFF\s]+/, '')
  if (!head.startsWith('MSH')) throw invalid('it does not begin with an MSH segment')
  const field = head[3] ?? ''
  if (!/^[!-/:-@[-`{-~]$/.test(field)) throw invalid('MSH-1 names no field separator')
  const [encoding = ''] = head.slice(4).split(/[\r\n]/, 1)
  const end = encoding.indexOf(field)
  const marks = end < 0 ? encoding : encoding.slice(0, end)
  const [component = '', repetition = '~', escaping = '\\', subcomponent = '&'] = [...marks]
  const all = [field, component, repetition, escaping, subcomponent]
  // A fifth, for truncation, came with 2.7; nothing here is truncated.
  if (marks.length === 0 || marks.length > 5 || new Set(all).size < all.length || /[A-Za-z0-9\s]/.test(all.join('')))
    throw invalid('MSH-2 does not name four different encoding characters')
  return { field, component, repetition, escaping, subcomponent }
}

function parseSegment(line: string, at: number, delimiters: Delimiters): Segment {
  const [name = '', ...fields] = line.split(delimiters.field)
  if (!SEGMENT_NAME.test(name)) throw invalid(`segment ${at + 1} has no name of three letters and digits`)
  if (name === 'MSH' && at > 0) throw invalid('a second MSH segment stands in it')
  if (name !== 'MSH') return { name, fields: fields.map((text) => parseField(text, delimiters)) }
  const [encoding = '', ...rest] = fields
  return {
    name,
    fields: [[[[delimiters.field]]], [[[encoding]]], ...rest.map((text) => parseField(text, delimiters))],
  }
}

export const parseField = (text: string, { repetition, component, subcomponent }: Delimiters): Field =>
  text.split(repetition).map((one) => one.split(component).map((part) => part.split(subcomponent)))

/** The message as text, each segment ended by CR (section 2.6.1). */
export const writeMessage = ({ delimiters, segments }: Message): string =>
  segments.map((segment) => `${writeSegment(segment, delimiters)}\r`).join('')

function writeSegment({ name, fields }: Segment, delimiters: Delimiters): string {
  const written = fields.map((field) => writeField(field, delimiters))
  // The separator of MSH is its own first field.
  return [name, ...(name === 'MSH' ? written.slice(1) : written)].join(delimiters.field)
}

export const writeField = (field: Field, { repetition, component, subcomponent }: Delimiters): string =>
  field.map((one) => one.map((part) => part.join(subcomponent)).join(component)).join(repetition)

/** Text as a value may stand on the wire (section 2.7): delimiters and ends of lines become escape sequences. */
export function escaped(text: string, delimiters: Delimiters): string {
  const { escaping, field, component, repetition, subcomponent } = delimiters
  const marks: Readonly<Record<string, string>> = {
    [escaping]: 'E',
    [field]: 'F',
    [component]: 'S',
    [repetition]: 'R',
    [subcomponent]: 'T',
    '\r': 'X0D',
    '\n': 'X0A',
  }
  let written = ''
  for (const character of text) {
    const mark = marks[character]
    written += mark === undefined ? character : `${escaping}${mark}${escaping}`
  }
  return written
}

/**
 * What escape sequences stand for. Highlighting falls away, line breaks become line feeds; a sequence nobody knows, or
 * one that is not ended, stays as it stands.
 *
 * @param bytes  what the bytes of `\X…\` say in the message's character set
 */
export function unescaped(text: string, delimiters: Delimiters, bytes: (hex: Uint8Array) => string): string {
  const { escaping } = delimiters
  if (!text.includes(escaping)) return text
  let read = ''
  let at = 0
  for (;;) {
    const start = text.indexOf(escaping, at)
    const end = start < 0 ? -1 : text.indexOf(escaping, start + 1)
    if (end < 0) return read + text.slice(at)
    const meaning = meaningOf(text.slice(start + 1, end), delimiters, bytes)
    if (meaning === undefined) {
      // It may be a lone escape character: what follows is looked at again.
      read += text.slice(at, start + 1)
      at = start + 1
    } else {
      read += text.slice(at, start) + meaning
      at = end + 1
    }
  }
}

function meaningOf(
  sequence: string,
  { escaping, field, component, repetition, subcomponent }: Delimiters,
  bytes: (hex: Uint8Array) => string,
): string | undefined {
  switch (sequence) {
    case 'E':
      return escaping
    case 'F':
      return field
    case 'S':
      return component
    case 'R':
      return repetition
    case 'T':
      return subcomponent
    case 'H':
    case 'N':
      return ''
    case '.br':
      return '\n'
  }
  if (/^\.sp\+?\d{0,3}$/.test(sequence)) return '\n'.repeat(Math.min(Number(sequence.slice(3) || 1), 100))
  if (/^\.(in|ti|sk|fi|nf|ce)[+-]?\d{0,3}$/.test(sequence)) return ''
  if (!/^X(?:[0-9A-Fa-f]{2})+$/.test(sequence)) return undefined
  const hex = sequence.slice(1)
  return bytes(
    Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16)),
  )
}

const invalid = (why: string): ArchiveError => new ArchiveError('HL7_INVALID', { why })
