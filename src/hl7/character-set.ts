/**
 * The character set of an HL7 message (MSH-18, HL7 table 0211) and its text.
 *
 * What DICOM has a term for is read by DICOM's decoder, ISO 2022 escapes among it; of the rest the platform's
 * `TextDecoder` knows the encoding. A message is decoded whole, before its delimiters are looked for: in a set of two
 * bytes a character, one of them may look like a delimiter.
 */
import type { Bytes } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import { decodeText } from '../dicom/charset.ts'
import { delimitersOf } from './message.ts'

type Reader = { readonly terms: readonly string[] } | { readonly label: string }

/** HL7 table 0211: what a set is called here, by a DICOM term or by a label of the Encoding standard. */
const SETS: Readonly<Record<string, Reader>> = {
  ASCII: { terms: [] },
  '8859/1': { terms: ['ISO_IR 100'] },
  '8859/2': { terms: ['ISO_IR 101'] },
  '8859/3': { terms: ['ISO_IR 109'] },
  '8859/4': { terms: ['ISO_IR 110'] },
  '8859/5': { terms: ['ISO_IR 144'] },
  '8859/6': { terms: ['ISO_IR 127'] },
  '8859/7': { terms: ['ISO_IR 126'] },
  '8859/8': { terms: ['ISO_IR 138'] },
  '8859/9': { terms: ['ISO_IR 148'] },
  '8859/15': { terms: ['ISO_IR 203'] },
  'ISO IR6': { terms: [] },
  'ISO IR14': { terms: ['ISO_IR 13'] },
  'ISO IR87': { terms: ['', 'ISO 2022 IR 87'] },
  'ISO IR159': { terms: ['', 'ISO 2022 IR 159'] },
  'KS X 1001': { terms: ['', 'ISO 2022 IR 149'] },
  'GB 18030-2000': { terms: ['GB18030'] },
  'BIG-5': { label: 'big5' },
  UNICODE: { terms: ['ISO_IR 192'] },
  'UNICODE UTF-8': { terms: ['ISO_IR 192'] },
}

/** What a message is in that does not say: UTF-8 if its bytes are, else this. */
export const UNDECLARED = '8859/1'

export interface ReadText {
  readonly text: string
  /** MSH-18 as written, or what was taken for it. */
  readonly characterSet: string
  /** What further bytes say, those of `\X…\`. */
  readonly decode: (bytes: Bytes) => string
}

/**
 * @param undeclared  of table 0211: the set of messages that name none and are not UTF-8
 * @throws {ArchiveError} `HL7_INVALID` without an MSH segment, or when MSH-18 names a set nobody knows here
 */
export function readText(bytes: Bytes, undeclared: string = UNDECLARED): ReadText {
  const stated = statedSets(bytes)
  const named = stated.length > 0 ? stated : [isUtf8(bytes) ? 'UNICODE UTF-8' : undeclared]
  const decode = decoder(named)
  return { text: decode(bytes), characterSet: named.join('~'), decode }
}

/** Is this a name of table 0211 that is read here? */
export const isCharacterSet = (name: string): boolean => Object.hasOwn(SETS, name)

function decoder(named: readonly string[]): (bytes: Bytes) => string {
  const readers = named.map((name) => {
    const reader = Object.hasOwn(SETS, name) ? SETS[name] : undefined
    if (reader === undefined)
      throw new ArchiveError('HL7_INVALID', { why: 'MSH-18 names a character set not read here' })
    return reader
  })
  const [first] = readers
  if (first !== undefined && 'label' in first) {
    const platform = new TextDecoder(first.label)
    return (bytes) => platform.decode(bytes)
  }
  // The first is what the message begins in; others are called by escapes (ISO 2022), as with DICOM's second value.
  const terms = readers.flatMap((reader) => ('terms' in reader ? reader.terms : []))
  const all = terms.length > 1 ? [terms[0] ?? '', ...new Set(terms.slice(1).filter((term) => term !== ''))] : terms
  return (bytes) => decodeText(bytes, 'UT', all)
}

/** MSH-18, which is ASCII whatever it says. */
function statedSets(bytes: Bytes): readonly string[] {
  let head = ''
  for (const byte of bytes.subarray(0, 4096)) {
    if ((byte === 0x0d || byte === 0x0a) && head.trim() !== '' && head.replace(/^[^M]*/, '').length > 3) break
    head += String.fromCharCode(byte)
  }
  const line = head.replace(/^(?:\u00ef\u00bb\u00bf|\s)+/, '')
  const { field, repetition } = delimitersOf(line)
  return (line.split(field)[17] ?? '')
    .split(repetition)
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function isUtf8(bytes: Bytes): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
