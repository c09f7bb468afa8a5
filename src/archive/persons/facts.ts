/** What two patient IDs say of who they are, side by side. Pure. */

export interface Facts {
  readonly name: string
  readonly birthDate: string // YYYYMMDD, or ''
  readonly sex: string
}

/** What cannot be true of one person; what one of them does not say contradicts nothing. */
export function contradictions(one: Facts, other: Facts): readonly ('birthDate' | 'sex')[] {
  const differ = (a: string, b: string) => a !== '' && b !== '' && a !== b
  return [
    ...(differ(one.birthDate, other.birthDate) ? (['birthDate'] as const) : []),
    // O is what is neither stated nor known as often as it is anything else.
    ...(differ(one.sex, other.sex) && one.sex !== 'O' && other.sex !== 'O' ? (['sex'] as const) : []),
  ]
}
