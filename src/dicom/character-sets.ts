/**
 * The character sets a DICOM text may be in, and the terms that name them (PS3.3 section C.12.1.1.2).
 *
 * A coded set fills the lower half of the code table (G0, bytes 21 to 7E) or the upper half (G1, bytes A0 to FF), with
 * one byte a character or two. `charset.ts` runs through bytes and switches between them; here is only what they are.
 * The mappings to Unicode come from the platform's `TextDecoder`, so that no tables of characters need be kept.
 */

export type SetName =
  | 'ascii'
  | 'romaji'
  | 'katakana'
  | 'kanji'
  | 'supplementary-kanji'
  | 'korean'
  | 'chinese'
  | 'latin-1'
  | 'latin-2'
  | 'latin-3'
  | 'latin-4'
  | 'latin-5'
  | 'latin-9'
  | 'cyrillic'
  | 'arabic'
  | 'greek'
  | 'hebrew'
  | 'thai'

export interface CodedSet {
  readonly name: SetName
  readonly half: 'G0' | 'G1'
  readonly width: 1 | 2
  /** The bytes after ESC that call it (PS3.3 Tables C.12-3 and C.12-4), as characters. */
  readonly escape: string
  /** What `TextDecoder` calls an encoding that holds it. */
  readonly label: string
  /** The rows the registered set has, of 94; decoders know extensions in the others, which are read but never written. */
  readonly rows: readonly (readonly [first: number, last: number])[]
}

const set = (
  name: SetName,
  half: 'G0' | 'G1',
  width: 1 | 2,
  escapeCode: string,
  label: string,
  rows: CodedSet['rows'] = [[1, 94]],
): CodedSet => ({ name, half, width, escape: escapeCode, label, rows })

/** PS3.3 Tables C.12-3 and C.12-4. */
export const SETS: Readonly<Record<SetName, CodedSet>> = {
  ascii: set('ascii', 'G0', 1, '(B', 'utf-8'),
  romaji: set('romaji', 'G0', 1, '(J', 'utf-8'),
  katakana: set('katakana', 'G1', 1, ')I', 'shift_jis'),
  kanji: set('kanji', 'G0', 2, '$B', 'euc-jp', [
    [1, 8],
    [16, 84],
  ]),
  'supplementary-kanji': set('supplementary-kanji', 'G0', 2, '$(D', 'euc-jp', [
    [2, 2],
    [6, 7],
    [9, 11],
    [16, 77],
  ]),
  korean: set('korean', 'G1', 2, '$)C', 'euc-kr', [
    [1, 12],
    [16, 40],
    [42, 93],
  ]),
  chinese: set('chinese', 'G1', 2, '$)A', 'gb18030', [
    [1, 9],
    [16, 87],
  ]),
  'latin-1': set('latin-1', 'G1', 1, '-A', 'windows-1252'),
  'latin-2': set('latin-2', 'G1', 1, '-B', 'iso-8859-2'),
  'latin-3': set('latin-3', 'G1', 1, '-C', 'iso-8859-3'),
  'latin-4': set('latin-4', 'G1', 1, '-D', 'iso-8859-4'),
  cyrillic: set('cyrillic', 'G1', 1, '-L', 'iso-8859-5'),
  arabic: set('arabic', 'G1', 1, '-G', 'iso-8859-6'),
  greek: set('greek', 'G1', 1, '-F', 'iso-8859-7'),
  hebrew: set('hebrew', 'G1', 1, '-H', 'iso-8859-8'),
  'latin-5': set('latin-5', 'G1', 1, '-M', 'windows-1254'),
  'latin-9': set('latin-9', 'G1', 1, '-b', 'iso-8859-15'),
  thai: set('thai', 'G1', 1, '-T', 'windows-874'),
}

/** Sequences seen in the wild that call the same sets: JIS C 6226 of 1978, katakana called into the lower half. */
const ESCAPE_VARIANTS: Readonly<Record<string, SetName>> = {
  '$@': 'kanji',
  '$(B': 'kanji',
  '$(C': 'korean',
  '(I': 'katakana',
}

/** Sets by the characters after ESC, longest first. */
export const ESCAPES: readonly (readonly [code: string, called: CodedSet])[] = [
  ...Object.values(SETS).map((called) => [called.escape, called] as const),
  ...Object.entries(ESCAPE_VARIANTS).map(([code, name]) => [code, SETS[name]] as const),
].sort(([a], [b]) => b.length - a.length)

/** What each ISO registration number makes active: lower half, upper half (PS3.3 Tables C.12-2 to C.12-4). */
const REGISTRATIONS: Readonly<Record<string, { readonly g0?: SetName; readonly g1?: SetName }>> = {
  '6': { g0: 'ascii' },
  '100': { g0: 'ascii', g1: 'latin-1' },
  '101': { g0: 'ascii', g1: 'latin-2' },
  '109': { g0: 'ascii', g1: 'latin-3' },
  '110': { g0: 'ascii', g1: 'latin-4' },
  '144': { g0: 'ascii', g1: 'cyrillic' },
  '127': { g0: 'ascii', g1: 'arabic' },
  '126': { g0: 'ascii', g1: 'greek' },
  '138': { g0: 'ascii', g1: 'hebrew' },
  '148': { g0: 'ascii', g1: 'latin-5' },
  '203': { g0: 'ascii', g1: 'latin-9' },
  '13': { g0: 'romaji', g1: 'katakana' },
  '14': { g0: 'romaji', g1: 'katakana' },
  '166': { g0: 'ascii', g1: 'thai' },
  '87': { g0: 'kanji' },
  '159': { g0: 'supplementary-kanji' },
  '149': { g1: 'korean' },
  '58': { g1: 'chinese' },
}

/**
 * What was not as the standard has it, though the text could be read:
 * - `misspelt-term`: `ISO-IR 100`, `UTF-8`; read as the term that was meant
 * - `foreign-term`: an encoding outside DICOM, such as `SHIFT_JIS`
 * - `unknown-term`: not understood; read as if it were missing
 * - `useless-terms`: terms beside ISO_IR 192, GB18030 or GBK, which stand alone; left aside
 * - `undeclared-bytes`: bytes over 7F where no set is declared for them; read as the set that was probably meant
 * - `invalid-utf-8`: read as Latin alphabet 1
 * - `undecodable`: no character has these bytes; U+FFFD stands for them
 */
export type CharsetNote =
  | 'misspelt-term'
  | 'foreign-term'
  | 'unknown-term'
  | 'useless-terms'
  | 'undeclared-bytes'
  | 'invalid-utf-8'
  | 'undecodable'

export interface CharacterSet {
  /** The `TextDecoder` label of an encoding that stands alone; undefined when halves are switched by ISO 2022. */
  readonly whole: string | undefined
  /** Active at the start and after each delimiter: value 1 of Specific Character Set. */
  readonly g0: CodedSet
  readonly g1: CodedSet | undefined
  /** All the terms declare, those of value 1 first: what an encoder may use. */
  readonly declared: readonly CodedSet[]
  readonly notes: readonly CharsetNote[]
}

const WHOLE: Readonly<Record<string, string>> = { 'ISO_IR 192': 'utf-8', GB18030: 'gb18030', GBK: 'gbk' }

/** The defined terms that are understood (PS3.3 C.12.1.1.2), alone or with code extensions. */
export const DEFINED_TERMS: readonly string[] = [
  ...Object.entries(REGISTRATIONS).flatMap(([number, { g0, g1 }]) => {
    const single = [g0, g1].every((name) => name === undefined || SETS[name].width === 1)
    return [...(single ? [`ISO_IR ${number}`] : []), `ISO 2022 IR ${number}`]
  }),
  ...Object.keys(WHOLE),
].filter((term) => !/ 14$/.test(term)) // the lower half of 13, which is what terms name

/** What people wrote where a defined term was due, in capitals without separators. */
const ALIASES: Readonly<Record<string, string>> = {
  UTF8: 'ISO_IR 192',
  UNICODE: 'ISO_IR 192',
  ASCII: 'ISO_IR 6',
  USASCII: 'ISO_IR 6',
  LATIN1: 'ISO_IR 100',
  ISO88591: 'ISO_IR 100',
  ISO88592: 'ISO_IR 101',
  ISO88593: 'ISO_IR 109',
  ISO88594: 'ISO_IR 110',
  ISO88595: 'ISO_IR 144',
  ISO88596: 'ISO_IR 127',
  ISO88597: 'ISO_IR 126',
  ISO88598: 'ISO_IR 138',
  ISO88599: 'ISO_IR 148',
  ISO885915: 'ISO_IR 203',
  TIS620: 'ISO_IR 166',
  GB180302000: 'GB18030',
  GB2312: 'GB18030',
  CP936: 'GBK',
}

const known = new Map<string, CharacterSet>()

/** Reads the values of Specific Character Set (0008,0005). */
export function characterSet(terms: readonly string[]): CharacterSet {
  const key = terms.join('\\')
  let found = known.get(key)
  if (found === undefined) {
    found = read(terms)
    // Terms come from outside: hold what real archives have, not whatever an attacker sends.
    if (known.size < 256) known.set(key, found)
  }
  return found
}

function read(terms: readonly string[]): CharacterSet {
  const notes = new Set<CharsetNote>()
  const meant = terms.map((term) => definedTerm(term, notes))
  const whole = meant.map((term) => WHOLE[term] ?? foreign(term, notes)).find((label) => label !== undefined)
  if (whole !== undefined) {
    if (meant.some((term) => term !== '' && WHOLE[term] === undefined && !isForeign(term))) notes.add('useless-terms')
    return { whole, g0: SETS.ascii, g1: undefined, declared: [], notes: [...notes] }
  }
  const registrations = meant.map((term) => {
    const found = term === '' ? REGISTRATIONS['6'] : REGISTRATIONS[term.slice(term.lastIndexOf(' ') + 1)]
    if (found === undefined) notes.add('unknown-term')
    return found ?? {}
  })
  const declared = new Set<CodedSet>()
  for (const { g0, g1 } of registrations) {
    if (g0 !== undefined) declared.add(SETS[g0])
    if (g1 !== undefined) declared.add(SETS[g1])
  }
  const first = registrations[0] ?? {}
  // A set of two bytes is never active before it is called (PS3.3 section C.12.1.1.2).
  const g0 = first.g0 === undefined || SETS[first.g0].width === 2 ? SETS.ascii : SETS[first.g0]
  const g1 = first.g1 === undefined || (SETS[first.g1].width === 2 && terms.length > 1) ? undefined : SETS[first.g1]
  return {
    whole: undefined,
    g0,
    g1,
    declared: [g0, ...[...declared].filter((other) => other !== g0)],
    notes: [...notes],
  }
}

/** `ISO_IR 100` for any way of writing it; a note when it was not written so. */
function definedTerm(term: string, notes: Set<CharsetNote>): string {
  const written = term.replace(/[\s\0]+$/, '').trimStart()
  if (written === '' || written in WHOLE) return written
  const bare = written.toUpperCase().replace(/[^A-Z0-9]/g, '')
  const number = /^ISO(2022)?IR(\d+)$/.exec(bare)
  const meant =
    number === null
      ? ALIASES[bare]
      : number[2] === '192'
        ? 'ISO_IR 192'
        : `ISO${number[1] === undefined ? '_IR' : ' 2022 IR'} ${number[2]}`
  if (meant === undefined) return written
  if (meant !== written) notes.add('misspelt-term')
  return meant
}

const isForeign = (term: string): boolean =>
  term !== '' && !/^ISO/.test(term) && decoderFor(term.toLowerCase()) !== undefined

function foreign(term: string, notes: Set<CharsetNote>): string | undefined {
  if (!isForeign(term)) return undefined
  notes.add('foreign-term')
  return term.toLowerCase()
}

const decoders = new Map<string, TextDecoder>()

/** A decoder by its WHATWG label, undefined when the platform has none of that name. */
export function decoderFor(label: string, fatal = false): TextDecoder | undefined {
  const key = fatal ? `${label} fatal` : label
  let found = decoders.get(key)
  if (found === undefined) {
    try {
      found = new TextDecoder(label, { fatal, ignoreBOM: true })
    } catch {
      return undefined
    }
    if (decoders.size < 64) decoders.set(key, found)
  }
  return found
}
