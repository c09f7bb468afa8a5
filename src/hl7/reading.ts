/** Values of a message by the names of `segments.ts`, with escape sequences undone. */
import type { Bytes } from '../base/bytes.ts'
import { readText } from './character-set.ts'
import { type Message, parseMessage, type Segment, unescaped } from './message.ts'
import { FIELDS, type SegmentName } from './segments.ts'

/** HL7 v2.5.1 section 2.5.3: a field that holds two quotation marks is to be emptied; one that is empty says nothing. */
export const NULL = '""'

/** One repetition of a field. */
export interface Value {
  /** The component, 1 the first, and its subcomponent, 1 the first; '' where there is none. */
  text(component?: number, subcomponent?: number): string
}

export interface Read {
  readonly message: Message
  readonly characterSet: string
  /** The first of them. */
  first(name: SegmentName): ReadSegment | undefined
  /** All segments in order, of the names that are read. */
  readonly segments: readonly ReadSegment[]
}

export interface ReadSegment {
  readonly name: string
  /** Repetitions; none when the field is empty. */
  values(field: string): readonly Value[]
  /** The first component of the first repetition, or of those given. */
  text(field: string, component?: number, subcomponent?: number): string
}

/**
 * @param undeclared  the character set of messages that name none and are not UTF-8
 * @throws {ArchiveError} `HL7_INVALID`
 */
export function readMessage(bytes: Bytes, undeclared?: string): Read {
  const { text, characterSet, decode } = readText(bytes, undeclared)
  const message = parseMessage(text)
  const segments = message.segments.map((segment) => readSegment(segment, message, decode))
  return {
    message,
    characterSet,
    segments,
    first: (name) => segments.find((segment) => segment.name === name),
  }
}

export function readSegment(
  { name, fields }: Segment,
  { delimiters }: Pick<Message, 'delimiters'>,
  decode: (bytes: Bytes) => string,
): ReadSegment {
  const numbers: Readonly<Record<string, number>> = Object.hasOwn(FIELDS, name) ? FIELDS[name as SegmentName] : {}
  const values = (field: string): readonly Value[] =>
    (fields[(numbers[field] ?? 0) - 1] ?? [])
      .filter((repetition) => repetition.some((component) => component.some((part) => part !== '')))
      .map((repetition) => ({
        text: (component = 1, subcomponent = 1) =>
          unescaped(repetition[component - 1]?.[subcomponent - 1] ?? '', delimiters, decode).trim(),
      }))
  return {
    name,
    values,
    text: (field, component, subcomponent) => values(field)[0]?.text(component, subcomponent) ?? '',
  }
}
