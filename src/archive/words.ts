/**
 * The words a study is found by from one search box: parts of its person names in every script, its patient ID, accession
 * number, study ID and description, folded the same way when they are kept and when they are typed.
 *
 * Each is kept as a row of `study_words`, so that a beginning of a word is a range of an index. Where a script does not
 * part words, and where people leave marks out of numbers, the parts run together are words too.
 */
import { normaliseName } from '../dicom/name-search.ts'

export interface WordSource {
  /** Normalised component groups, as `person_names` keeps them. */
  readonly names: readonly string[]
  readonly patientId: string
  readonly accession: string
  readonly studyId: string
  readonly description: string
}

/** A study has no more words than this: a description is 64 characters, but senders send what they like. */
const MOST = 64
/** Longer ones are cut; so is what is typed. */
const LONGEST = 64

/** Case, accents, widths and kana folded; what is no letter or digit parts words. */
export function wordsOf({ names, patientId, accession, studyId, description }: WordSource): readonly string[] {
  const words = new Set<string>()
  for (const name of names) {
    for (const part of name.split(/[\^ ]+/)) words.add(part)
    words.add(name.replace(/[\^ ]+/g, ''))
  }
  for (const id of [patientId, accession, studyId]) {
    const pieces = partsOf(id)
    words.add(pieces.join(''))
    for (const piece of pieces) words.add(piece)
  }
  for (const word of partsOf(description)) words.add(word)
  words.delete('')
  return [...words].slice(0, MOST).map(cut)
}

/** What is typed, or kept, as the words it holds: `AB-100` is two. */
export function partsOf(text: string): readonly string[] {
  return normaliseName(text.replace(/[=*?]/g, ' '))
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((part) => part !== '')
    .map(cut)
}

const cut = (word: string): string => word.slice(0, LONGEST)
