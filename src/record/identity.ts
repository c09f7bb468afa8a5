/** Do two studies under one patient ID speak of one person? Names change and are misspelt; birth dates and sex seldom. */

export interface IdentityFacts {
  readonly birthDate: string // YYYYMMDD, or ''
  readonly sex: string
}

/** Why they can hardly be one person; undefined when nothing speaks against it. */
export function contradictionOf(a: IdentityFacts, b: IdentityFacts): string | undefined {
  if (isReal(a.birthDate) && isReal(b.birthDate) && a.birthDate !== b.birthDate) return 'another birth date'
  return isSex(a.sex) && isSex(b.sex) && a.sex !== b.sex ? 'another sex' : undefined
}

export function contradictionsAmong(studies: readonly IdentityFacts[]): readonly string[] {
  const births = new Set(studies.map(({ birthDate }) => birthDate).filter(isReal))
  const sexes = new Set(studies.map(({ sex }) => sex).filter(isSex))
  return [
    ...(births.size > 1 ? [`${births.size} different birth dates`] : []),
    ...(sexes.size > 1 ? [`${sexes.size} different sexes`] : []),
  ]
}

/** Stand-ins for an unknown birth date say nothing about anybody. */
const isReal = (date: string): boolean => /^\d{8}$/.test(date) && !['19000101', '18000101', '00010101'].includes(date)
/** `O` is also what senders write who do not know. */
const isSex = (sex: string): boolean => sex === 'F' || sex === 'M'
