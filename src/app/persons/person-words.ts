/** Merges, links and what waits to be decided, in words. */
import type { IdentityReview, Person, PersonKey, Relate } from '../../api/identity.ts'
import { formatDate, formatSex } from '../words/dates.ts'
import { formatPersonName } from '../words/person-name.ts'

export const patientNumber = ({ id, issuer }: Pick<PersonKey, 'id' | 'issuer'>): string =>
  issuer === '' ? id : `${id} (${issuer})`

export const TOLD: Readonly<Record<PersonKey['told'], string>> = {
  message: 'Told by HL7',
  images: 'As its newest study says',
  nothing: 'Nothing is known',
}

const FACTS = { birthDate: 'birth dates', sex: 'sexes' } as const

/** `birth dates and sexes` */
export const factsInWords = (facts: readonly (keyof typeof FACTS)[]): string =>
  facts.map((fact) => FACTS[fact]).join(' and ')

/** Why a person should look at it. */
export function whyInWords({ why, kind, followed, from, into, contradictions }: IdentityReview): string {
  const [one, other] = [patientNumber(from), patientNumber(into)]
  if (from.key === into.key)
    return `What HL7 tells of ${one} and what its images say ${contradictions.length === 0 ? 'did not agree' : `differ in the ${factsInWords(contradictions)}`}: perhaps the number was used for two persons, or is mistyped.`
  if (why === 'circle')
    return `${one} was to be merged into ${other}, which itself was merged into ${one}. Nothing was changed.`
  if (why === 'elsewhere')
    return `${one} was to be merged into ${other}, but had been merged into another patient before. Nothing was changed.`
  const differ = contradictions.length === 0 ? 'did not agree' : `differ in their ${factsInWords(contradictions)}`
  return `${one} and ${other} were ${kind === 'merge' ? 'merged' : 'linked'}, although they ${differ}.${followed ? '' : ' Nothing was changed.'}`
}

type Row = readonly [name: string, values: readonly string[], differ: boolean]

/** What two IDs say, side by side; what one does not say differs from nothing. */
export function compared(keys: readonly PersonKey[]): readonly Row[] {
  const row = (name: string, values: readonly string[], compare: boolean): Row => {
    const said = new Set(values.filter((value) => value !== ''))
    return [name, values, compare && said.size > 1]
  }
  return [
    row(
      'Name',
      keys.map(({ name }) => formatPersonName(name).main),
      true,
    ),
    row(
      'Birth date',
      keys.map(({ birthDate }) => (birthDate === '' ? '' : formatDate(birthDate))),
      true,
    ),
    row(
      'Sex',
      keys.map(({ sex }) => formatSex(sex)),
      true,
    ),
    row(
      'Studies here',
      keys.map(({ studies }) => String(studies)),
      false,
    ),
    row(
      'Known from',
      keys.map(({ told }) => TOLD[told]),
      false,
    ),
  ]
}

/** Do the two contradict each other, so that one has to be sure? As the archive has it. */
export function contradict(one: PersonKey, other: PersonKey): readonly (keyof typeof FACTS)[] {
  const differ = (a: string, b: string) => a !== '' && b !== '' && a !== b
  return [
    ...(differ(one.birthDate, other.birthDate) ? (['birthDate'] as const) : []),
    ...(differ(one.sex, other.sex) && one.sex !== 'O' && other.sex !== 'O' ? (['sex'] as const) : []),
  ]
}

/** What takes a relation back. */
export const BACK = { merge: 'unmerge', link: 'unlink' } as const satisfies Readonly<Record<string, Relate['op']>>

export function relationInWords({ kind, from, into }: Person['relations'][number]): string {
  const [one, other] = [patientNumber(from), patientNumber(into)]
  return kind === 'merge' ? `${one} was given up for ${other}` : `${one} and ${other} are one person`
}
