/**
 * Finding person names whatever their script, case and accents (PS3.4 sections C.2.2.2.1 and C.2.2.2.4; fuzzy matching
 * as PS3.4 section K.2.2.1 and C.2.2.2.1 leave it to the archive).
 *
 * Names are folded once when they are indexed (`normaliseName`), keys the same way when they are asked for. A key
 * becomes pieces, each a choice of LIKE patterns, so that SQL and memory find the same; no SQL is written here.
 */
import { GROUPS, type PersonName, parsePersonName } from './person-name.ts'

/** Letters that carry their stroke or ligature inside and so survive decomposition. */
const FOLDED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ł: 'l',
  ŀ: 'l',
  ŋ: 'n',
  ŧ: 't',
  ı: 'i',
  ĸ: 'k',
  ς: 'σ',
}
const FOLDED_LETTERS = new RegExp(`[${Object.keys(FOLDED).join('')}]`, 'g')

/**
 * Accents of Latin, Greek and Cyrillic, points of Hebrew, vowel signs and tatweel of Arabic: people leave them out. The
 * marks of Thai, Indic scripts and kana are part of the spelling and stay.
 */
const ACCENTS = new RegExp(
  `[${[
    '\\u0300-\\u036f\\u0483-\\u0487\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f',
    '\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7',
    '\\u0610-\\u061a\\u0640\\u064b-\\u065f\\u0670\\u06d6-\\u06dc\\u06df-\\u06e4\\u06e7\\u06e8\\u06ea-\\u06ed',
  ].join('')}]`,
  'g',
)
const APOSTROPHES = /['’‘ʼʻ`´\u05f3\u05f4]/g
const SEPARATORS = /[\s\-‐‑‒–—.,;_·・/]+/g
/** Katakana with a hiragana twin, 60 (hex) below it. */
const KATAKANA = /[ァ-ヶ]/g

/**
 * A component group as it is indexed and compared: case folded, accents removed, widths and kana unified, apostrophes
 * dropped, other separators one space; components still separated by `^`. `*` and `?` pass.
 */
export function normaliseName(group: string): string {
  return (
    group
      // The acute accent would decompose into a space and a mark.
      .replace(APOSTROPHES, '')
      .normalize('NFKD')
      .replace(ACCENTS, '')
      .normalize('NFC')
      .toLowerCase()
      .replace(ACCENTS, '')
      .replace(FOLDED_LETTERS, (letter) => FOLDED[letter] ?? letter)
      .replace(KATAKANA, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60))
      .replace(SEPARATORS, ' ')
      .replace(/ ?\^ ?/g, '^')
      .replace(/^ | $|[\^ ]+$/g, '')
  )
}

export interface NormalisedGroup {
  readonly group: 0 | 1 | 2
  readonly normalised: string
}

/** The groups of a name that hold something, normalised: the rows of the index. */
export function normalisedGroups(name: PersonName): readonly NormalisedGroup[] {
  return GROUPS.map((group, at) => ({ group: at as 0 | 1 | 2, normalised: normaliseName(name[group]) })).filter(
    ({ normalised }) => normalised !== '',
  )
}

/** One condition: some normalised group (of this number, or any) is LIKE one of the patterns, `\` escaping. */
export interface NamePiece {
  readonly group: 0 | 1 | 2 | 'any'
  readonly anyOf: readonly string[]
}

/**
 * The conditions of a matching key, all of which must hold; none for a key that matches everything.
 *
 * A key of one group is looked for in each group of a name; a key with `=` names its groups, empty ones match all.
 * Components are matched together: `*` may stand for the rest of the name, `?` for one character.
 */
export function namePattern(value: string): readonly NamePiece[] {
  const groups = value.split('=').slice(0, 3)
  return groups.flatMap((group, at): NamePiece[] => {
    const normalised = normaliseName(group)
    if (/^[*^ ]*$/.test(normalised)) return []
    return [{ group: groups.length === 1 ? 'any' : (at as 0 | 1 | 2), anyOf: [likePattern(normalised)] }]
  })
}

/**
 * The conditions of a key a person typed: each word begins some word of the name, in any order, component and group.
 * Where a script does not part words, a word may stand anywhere and the bounds of components may be left out.
 */
export function fuzzyNamePattern(value: string): readonly NamePiece[] {
  return normaliseName(value.replaceAll('=', '^'))
    .split(/[\^ ]+/)
    .map((word) => word.replace(/^\*+|\*+$/g, ''))
    .filter((word) => word !== '')
    .map((word) => ({ group: 'any', anyOf: UNSPACED.test(word) ? anywhere(word) : begins(likePattern(word)) }))
}

const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}ー々*?]+$/u

const begins = (like: string): string[] => [`${like}%`, `%^${like}%`, `% ${like}%`]

/** `山田太郎` as it is, and cut into family and given name at each place. */
function anywhere(word: string): string[] {
  const letters = [...word]
  const cuts = letters.length > 8 ? [] : letters.slice(1).map((_, at) => at + 1)
  return [
    `%${likePattern(word)}%`,
    ...cuts.map((at) => `%${likePattern(letters.slice(0, at).join(''))}^${likePattern(letters.slice(at).join(''))}%`),
  ]
}

/** A DICOM wild card pattern (PS3.4 section C.2.2.2.4) as a LIKE pattern, whose own signs are escaped by `\`. */
export function likePattern(wildcards: string): string {
  return wildcards
    .replace(/[\\%_]/g, '\\$&')
    .replace(/\*+/g, '%')
    .replaceAll('?', '_')
}

/** Does a text match a LIKE pattern? In memory, as the databases do it; linear in time but for `%`. */
export function matchesLike(text: string, like: string): boolean {
  const letters = [...text]
  const pattern = [...like.matchAll(/\\([\s\S])|([\s\S])/gu)].map(([, escaped, plain]) =>
    escaped === undefined
      ? { letter: plain ?? '', wild: plain === '%' || plain === '_' }
      : { letter: escaped, wild: false },
  )
  let at = 0
  let next = 0
  let star = -1
  let resume = 0
  while (at < letters.length) {
    const sign = pattern[next]
    if (sign?.wild && sign.letter === '%') {
      star = next
      resume = at
      next += 1
    } else if (
      sign !== undefined &&
      ((sign.wild && sign.letter === '_') || (!sign.wild && sign.letter === letters[at]))
    ) {
      at += 1
      next += 1
    } else if (star >= 0) {
      resume += 1
      at = resume
      next = star + 1
    } else return false
  }
  while (pattern[next]?.wild === true && pattern[next]?.letter === '%') next += 1
  return next === pattern.length
}

/** Do the conditions hold for a name? What SQL does with the index, for data that is not in one. */
export function nameMatches(pieces: readonly NamePiece[], name: string): boolean {
  const groups = normalisedGroups(parsePersonName(name))
  return pieces.every(({ group, anyOf }) =>
    groups.some(
      (candidate) =>
        (group === 'any' || group === candidate.group) && anyOf.some((like) => matchesLike(candidate.normalised, like)),
    ),
  )
}
