/**
 * Person names (PS3.5 section 6.2.1): up to three component groups (alphabetic, ideographic, phonetic) separated by
 * `=`, each of up to five components separated by `^`. Finding them is `name-search.ts`.
 */

export const GROUPS = ['alphabetic', 'ideographic', 'phonetic'] as const
export type ComponentGroup = (typeof GROUPS)[number]

/** Each group as written, without trailing empty components; '' when it is missing. */
export type PersonName = Readonly<Record<ComponentGroup, string>>

export interface Components {
  readonly family: string
  readonly given: string
  readonly middle: string
  readonly prefix: string
  readonly suffix: string
}

/** Never fails: a fourth group is dropped, padding of components is taken off. */
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

/** `Adams, Rev. John Robert B.A.`: as a list shows it, from the first group that is there. */
export function displayName(name: PersonName): string {
  const { family, given, middle, prefix, suffix } = componentsOf(name.alphabetic || name.ideographic || name.phonetic)
  const rest = [prefix, given, middle, suffix].filter((part) => part !== '').join(' ')
  return [family, rest].filter((part) => part !== '').join(', ')
}

const tidyGroup = (group: string): string =>
  group
    .split('^')
    .map((component) => component.trim())
    .join('^')
    .replace(/\^+$/, '')
