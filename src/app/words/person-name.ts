/**
 * Person names as a reader wants them (PS3.5 section 6.2.1: PN).
 *
 * A value holds up to three groups joined by `=`: alphabetic, ideographic, phonetic; each group up to five components
 * joined by `^`: family, given, middle, prefix, suffix. Ideographic and phonetic names are written family first without
 * a comma, as their readers write them.
 */
export interface FormattedName {
  /** The name to show first. */
  readonly main: string
  /** The same name in other scripts, most readable first; empty when there is none. */
  readonly also: readonly string[]
}

export const NO_NAME = 'No name'

/** Formats a PN value; never throws, and gives `No name` for an empty one. */
export function formatPersonName(value: string): FormattedName {
  const [alphabetic = '', ideographic = '', phonetic = ''] = value.split('=')
  const names = [formatAlphabetic(alphabetic), formatEastern(ideographic), formatEastern(phonetic)].filter(
    (name, at, all) => name !== '' && all.indexOf(name) === at,
  )
  const [main = NO_NAME, ...also] = names
  return { main, also }
}

/** One line: `Yamada, Tarou (山田 太郎, やまだ たろう)`. */
export function personNameText(value: string): string {
  const { main, also } = formatPersonName(value)
  return also.length === 0 ? main : `${main} (${also.join(', ')})`
}

function formatAlphabetic(group: string): string {
  const [family, given, middle, prefix, suffix] = components(group)
  const first = [prefix, given, middle].filter(Boolean).join(' ')
  const name = family && first ? `${family}, ${first}` : family || first || ''
  return suffix ? `${name}${name ? ', ' : ''}${suffix}` : name
}

function formatEastern(group: string): string {
  return components(group).filter(Boolean).join(' ')
}

function components(group: string): string[] {
  return group.split('^').map((part) => part.trim().replace(/\s+/g, ' '))
}
