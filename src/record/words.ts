/**
 * Words of many languages in what people write on studies: regions, sides, contrast. Folded as names are, so that case,
 * accents and widths do not matter.
 *
 * A word is matched as a whole; one of five letters or more also as the beginning of a word, which is what endings and
 * compounds need (`Kniegelenk`, `маммография`); one of a script that does not part words anywhere in the text. Several
 * words are matched one after the other. Where two overlap the longer one counts, so `Handgelenk` is no hand.
 */
import { normaliseName } from '../dicom/name-search.ts'
import { REGION_ORDER, REGIONS, type Region } from './regions.ts'

/** From this length on a word may have an ending of its own. */
const STEM = 5
const UNPARTED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u

/** The words of a text, folded; `C+` and `w/o` stay what they are. */
export function wordsOf(text: string): readonly string[] {
  return normaliseName(
    text
      .replace(/w\s*\/\s*o\b/gi, ' without ')
      .replace(/\bw\s*\//gi, ' with ')
      .replace(/[\^=*?]/g, ' '),
  )
    .split(/[^\p{L}\p{N}\p{M}+]+/u)
    .filter((word) => word !== '')
}

interface Entry<Meaning> {
  readonly words: readonly string[]
  readonly unparted: boolean
  readonly meaning: Meaning
}

/** Meanings by their words, the first word looked up at once. */
export interface Vocabulary<Meaning> {
  readonly entries: readonly Entry<Meaning>[]
}

export function vocabulary<Meaning>(meanings: Iterable<readonly [Meaning, readonly string[]]>): Vocabulary<Meaning> {
  const entries = [...meanings].flatMap(([meaning, all]) =>
    all.map((phrase) => ({ words: wordsOf(phrase), unparted: UNPARTED.test(phrase), meaning })),
  )
  // Longest first: what it covers is no longer there for shorter ones.
  const length = ({ words }: Entry<Meaning>) => words.join(' ').length
  return { entries: entries.sort((a, b) => b.words.length - a.words.length || length(b) - length(a)) }
}

/** What a text says, each meaning once, in the order in which it says it. */
export function meaningsIn<Meaning>({ entries }: Vocabulary<Meaning>, text: string): readonly Meaning[] {
  const words: (string | undefined)[] = [...wordsOf(text)]
  const found: { readonly at: number; readonly meaning: Meaning }[] = []
  for (const entry of entries)
    for (let at = 0; at + entry.words.length <= words.length; at += 1) {
      const covers = entry.words.every((word, n) => isWord(word, words[at + n], entry.unparted))
      if (!covers) continue
      found.push({ at, meaning: entry.meaning })
      entry.words.forEach((word, n) => {
        // What stands beside it in an unparted text is still to be read.
        words[at + n] = entry.unparted ? words[at + n]?.replace(word, ' ') : undefined
      })
    }
  // Two meanings may have the same word (`CAP` is chest, abdomen and pelvis): those are found by their own table.
  return [...new Set(found.sort((a, b) => a.at - b.at).map(({ meaning }) => meaning))]
}

function isWord(word: string, there: string | undefined, unparted: boolean): boolean {
  if (there === undefined) return false
  if (unparted) return there.includes(word)
  return there === word || (word.length >= STEM && there.startsWith(word))
}

/** Words that name several regions at once. */
const SEVERAL: readonly (readonly [readonly Region[], readonly string[]])[] = [
  [
    ['chest', 'abdomen', 'pelvis'],
    [
      'cap',
      'tap',
      'chest abdomen pelvis',
      'thorax abdomen becken',
      'thorax abdomen pelvis',
      'thoraco abdomino pelvien',
      'torace addome',
    ],
  ],
  [
    ['chest', 'abdomen'],
    ['thoracoabdominal', 'thorakoabdominal'],
  ],
  [
    ['abdomen', 'pelvis'],
    ['abdomen pelvis', 'abdomino pelvien', 'abdomen becken', 'kub', 'a p'],
  ],
  [['neck', 'chest', 'abdomen', 'pelvis'], ['ncap']],
  [
    ['head', 'neck'],
    ['head neck', 'kopf hals'],
  ],
]

const REGION_WORDS = vocabulary<readonly Region[]>([
  ...SEVERAL,
  ...REGION_ORDER.map((region) => {
    const several = new Set(SEVERAL.flatMap(([, words]) => words))
    return [[region], REGIONS[region].words.filter((word) => !several.has(word))] as const
  }),
])

/** Regions a text names; a part of another one that is named stands for both. */
export function regionsIn(text: string): readonly Region[] {
  return narrowest(meaningsIn(REGION_WORDS, text).flat())
}

/** Without regions of which a part is named. */
export function narrowest(regions: Iterable<Region>): readonly Region[] {
  const all = [...new Set(regions)]
  const hasPart = (region: Region) => all.some((other) => isPartOf(other, region))
  return REGION_ORDER.filter((region) => all.includes(region) && !hasPart(region))
}

function isPartOf(part: Region, whole: Region): boolean {
  const { within } = REGIONS[part]
  return within !== undefined && (within === whole || isPartOf(within, whole))
}

export type Side = 'left' | 'right' | 'both'

const SIDE_WORDS = vocabulary<Side>([
  [
    'left',
    [
      'left',
      'lt',
      'l',
      'lft',
      'links',
      'li',
      'linke',
      'linkes',
      'linker',
      'gauche',
      'izquierdo',
      'izquierda',
      'izq',
      'sinistro',
      'sinistra',
      'sx',
      'esquerdo',
      'esquerda',
      'linker',
      'lewy',
      'lewa',
      'lewej',
      'lewego',
      'левый',
      'левая',
      'левой',
      'левого',
      'слева',
      '左',
    ],
  ],
  [
    'right',
    [
      'right',
      'rt',
      'r',
      'rgt',
      'rechts',
      'rechte',
      'rechtes',
      'rechter',
      'droit',
      'droite',
      'derecho',
      'derecha',
      'dcha',
      'destro',
      'destra',
      'direito',
      'direita',
      'prawy',
      'prawa',
      'prawej',
      'prawego',
      'правый',
      'правая',
      'правой',
      'правого',
      'справа',
      '右',
    ],
  ],
  [
    'both',
    [
      'both',
      'bilat',
      'bilateral',
      'beidseits',
      'beidseitig',
      'bds',
      'beide',
      'bilatéral',
      'ambos',
      'ambas',
      'entrambi',
      'beiderzijds',
      'obu',
      'двусторон',
      'обе',
      'обеих',
      '両',
      '双侧',
      '两侧',
    ],
  ],
])

export function sideIn(text: string): Side | undefined {
  const sides = new Set(meaningsIn(SIDE_WORDS, text))
  if (sides.has('both') || (sides.has('left') && sides.has('right'))) return 'both'
  return sides.has('left') ? 'left' : sides.has('right') ? 'right' : undefined
}

export type Contrast = 'with' | 'without'

const CONTRAST_WORDS = vocabulary<Contrast>([
  [
    'without',
    [
      'without',
      'without contrast',
      'wo',
      'wo contrast',
      'no contrast',
      'non contrast',
      'noncontrast',
      'nc',
      'ncct',
      'nect',
      'unenhanced',
      'plain',
      'nativ',
      'ohne km',
      'ohne kontrastmittel',
      'sans injection',
      'sans contraste',
      'non injecté',
      'sin contraste',
      'senza contrasto',
      'senza mdc',
      'senza',
      'sem contraste',
      'zonder contrast',
      'blanco',
      'bez kontrastu',
      'без контраст',
      '単純',
      '平扫',
    ],
  ],
  [
    'with',
    [
      'with and without',
      'w wo',
      'mit und ohne',
      'avec et sans',
      'con y sin',
      'pre and post',
      'with contrast',
      'contrast',
      'w contrast',
      'wc',
      'c+',
      '+c',
      'ce',
      'cect',
      'enhanced',
      'post contrast',
      'post gd',
      'gd',
      'gado',
      'gadolinium',
      'cta',
      'mit km',
      'km',
      'kontrastmittel',
      'avec injection',
      'injecté',
      'avec contraste',
      'contraste',
      'con contraste',
      'con contrasto',
      'con mdc',
      'mdc',
      'com contraste',
      'met contrast',
      'z kontrastem',
      'контраст',
      'с контраст',
      '造影',
      '增强',
    ],
  ],
])

/** `with and without` shows both: it counts as with. `Without` and `with` alone are told by what follows them. */
export function contrastIn(text: string): Contrast | undefined {
  const said = new Set(meaningsIn(CONTRAST_WORDS, text))
  return said.has('with') ? 'with' : said.has('without') ? 'without' : undefined
}
