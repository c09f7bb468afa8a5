/**
 * Person names (PS3.5 section 6.2.1): up to three component groups (alphabetic, ideographic, phonetic) separated by
 * `=`, each of up to five components separated by `^`; and how names are found (PS3.4 section C.2.2.2).
 */

export const GROUPS = ['alphabetic', 'ideographic', 'phonetic'] as const
export type ComponentGroup = (typeof GROUPS)[number]

export interface PersonName {
  /** Each group as written, without trailing empty components; '' when it is missing. */
  readonly alphabetic: string
  readonly ideographic: string
  readonly phonetic: string
}

export interface Components {
  readonly family: string
  readonly given: string
  readonly middle: string
  readonly prefix: string
  readonly suffix: string
}

/** Never fails: what is over (a fourth group) is dropped, padding of components is taken off. */
export function parsePersonName(text: string): PersonName {
  const [alphabetic = '', ideographic = '', phonetic = ''] = text.split('=').map(tidyGroup)
  return { alphabetic, ideographic, phonetic }
}

/** `=` and `^` only as far as they are needed. */
export function formatPersonName({ alphabetic, ideographic, phonetic }: PersonName): string {
  return [alphabetic, ideographic, phonetic].join('=').replace(/=+$/, '')
}

export function componentsOf(group: string): Components {
  const [family = '', given = '', middle = '', prefix = '', suffix = ''] = group.split('^')
  return { family, given, middle, prefix, suffix }
}

/** `Adams, John Robert Quincy`: as a list shows it, the first group that is there. */
export function displayName(name: PersonName): string {
  const { family, given, middle, prefix, suffix } = componentsOf(name.alphabetic || name.ideographic || name.phonetic)
  const first = [prefix, given, middle].filter((part) => part !== '').join(' ')
  return [[family, first].filter((part) => part !== '').join(', '), suffix].filter((part) => part !== '').join(' ')
}

const tidyGroup = (group: string): string =>
  group
    .split('^')
    .map((component) => component.trim())
    .join('^')
    .replace(/\^+$/, '')
