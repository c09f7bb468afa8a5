/**
 * When several patient IDs are one person: merges and links as relations between keys, and what follows from them. Pure.
 *
 * A merge gives one ID up for another (HL7 A40); a link says that two IDs, both in use, are one person (A24). Taken together
 * they are a graph, and a person is what hangs together in it. Nothing is ever rewritten: a relation that is taken back
 * leaves exactly what was before it, whatever was told in between.
 */
export type Kind = 'merge' | 'link'

export interface Relation {
  /** Of a merge the key that is given up; of a link the first of the two by bytes. */
  readonly from: string
  readonly into: string
  readonly kind: Kind
}

export const OPS = ['merge', 'unmerge', 'link', 'unlink'] as const
export type Op = (typeof OPS)[number]

export interface Statement {
  readonly op: Op
  readonly from: string
  readonly into: string
}

export interface Change {
  readonly relation: Relation
  readonly active: boolean
}

export type Verdict =
  | { readonly outcome: 'follow'; readonly changes: readonly Change[] }
  /** It is so already: said again, which counts for what comes late. */
  | { readonly outcome: 'already'; readonly changes: readonly Change[] }
  /** The key that is kept would be given up for itself; or the key was given up for another one. */
  | { readonly outcome: 'circle' | 'elsewhere'; readonly changes?: undefined }

export const link = (one: string, other: string): Relation =>
  one < other ? { from: one, into: other, kind: 'link' } : { from: other, into: one, kind: 'link' }
const merge = (from: string, into: string): Relation => ({ from, into, kind: 'merge' })

export const sameRelation = (one: Relation, other: Relation): boolean =>
  one.from === other.from && one.into === other.into && one.kind === other.kind

/** @param active  the relations that hold, at least of all the keys that hang together with these two */
export function judge(active: readonly Relation[], { op, from, into }: Statement): Verdict {
  const holds = (relation: Relation) => active.some((one) => sameRelation(one, relation))
  const follow = (...changes: readonly Change[]): Verdict => ({ outcome: 'follow', changes })
  const already = (...changes: readonly Change[]): Verdict => ({ outcome: 'already', changes })
  if (from === into) return already()
  switch (op) {
    case 'merge': {
      if (holds(merge(from, into))) return already({ relation: merge(from, into), active: true })
      const given = active.find((one) => one.kind === 'merge' && one.from === from)
      if (given !== undefined)
        return rootOf(active, from) === rootOf(active, into) ? already() : { outcome: 'elsewhere' }
      if (rootOf(active, into) === from) return { outcome: 'circle' }
      return follow({ relation: merge(from, into), active: true })
    }
    case 'link':
      return (holds(link(from, into)) ? already : follow)({ relation: link(from, into), active: true })
    case 'unmerge':
      return holds(merge(from, into)) ? follow({ relation: merge(from, into), active: false }) : already()
    case 'unlink': {
      // A37 takes back whatever made one person of the two, and is remembered where nothing did: an A24 may come late.
      const merges = [merge(from, into), merge(into, from)].filter(holds)
      return follow(...[link(from, into), ...merges].map((relation) => ({ relation, active: false })))
    }
  }
}

export function applied(active: readonly Relation[], changes: readonly Change[]): readonly Relation[] {
  let now = active
  for (const { relation, active: holds } of changes) {
    now = now.filter((one) => !sameRelation(one, relation))
    if (holds) now = [...now, relation]
  }
  return now
}

/** The key that stands at the end of the merges. */
export function rootOf(active: readonly Relation[], key: string): string {
  const seen = new Set<string>()
  for (let at = key; ; ) {
    seen.add(at)
    const next = active.find((one) => one.kind === 'merge' && one.from === at)?.into
    if (next === undefined || seen.has(next)) return at
    at = next
  }
}

/**
 * Whose each key is: of the keys that hang together, the one that stands for the person. Of several that were not given up,
 * which links bring about, the first by bytes: so it depends on what holds, and not on the order it was told in.
 */
export function personsOf(active: readonly Relation[], keys: readonly string[]): ReadonlyMap<string, string> {
  const beside = new Map<string, string[]>()
  for (const { from, into } of active)
    for (const [one, other] of [
      [from, into],
      [into, from],
    ] as const)
      beside.set(one, [...(beside.get(one) ?? []), other])
  const persons = new Map<string, string>()
  for (const start of keys) {
    if (persons.has(start)) continue
    const together = new Set([start])
    for (const key of together) for (const other of beside.get(key) ?? []) together.add(other)
    const given = new Set(active.filter(({ kind }) => kind === 'merge').map(({ from }) => from))
    const person = [...together]
      .filter((key) => !given.has(key))
      .reduce((least, key) => (key < least ? key : least), '\u{10FFFF}')
    for (const key of together) persons.set(key, person)
  }
  return persons
}
