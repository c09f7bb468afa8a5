import { expect, it } from 'vitest'
import { below, seeded } from '../../../test/support/random.ts'
import { applied, judge, OPS, personsOf, type Relation, rootOf, type Statement } from './relations.ts'

const merge = (from: string, into: string): Relation => ({ from, into, kind: 'merge' })
const say = (active: readonly Relation[], op: Statement['op'], from: string, into: string) =>
  judge(active, { op, from, into }).outcome

it('what is merged belongs to who it was merged into, however long the way', () => {
  const active = [merge('A', 'B'), merge('B', 'C')]
  expect(personsOf(active, ['A', 'B', 'C', 'D'])).toEqual(
    new Map([
      ['A', 'C'],
      ['B', 'C'],
      ['C', 'C'],
      ['D', 'D'],
    ]),
  )
})

it('a link joins two whole persons; the first key by bytes stands for both, whichever was named first', () => {
  const active: readonly Relation[] = [merge('Z', 'M'), { from: 'K', into: 'M', kind: 'link' }]
  for (const key of ['K', 'M', 'Z']) expect(personsOf(active, [key]).get(key)).toBe('K')
})

it.each([
  ['a merge said twice', 'merge', 'A', 'B', 'already'],
  ['what hangs together by way of others', 'merge', 'A', 'C', 'already'],
  ['a circle', 'merge', 'C', 'A', 'circle'],
  ['who was given up for another', 'merge', 'A', 'X', 'elsewhere'],
  ['one key alone', 'merge', 'A', 'A', 'already'],
  ['taking back what is not', 'unmerge', 'B', 'A', 'already'],
  ['taking back', 'unmerge', 'A', 'B', 'follow'],
  ['parting what nothing joins, for a link may come late', 'unlink', 'X', 'Y', 'follow'],
] as const)('%s', (_, op, from, into, outcome) => {
  expect(say([merge('A', 'B'), merge('B', 'C')], op, from, into)).toBe(outcome)
})

it('unlinking takes back whatever made one person of the two', () => {
  const verdict = judge([merge('A', 'B')], { op: 'unlink', from: 'B', into: 'A' })
  expect(personsOf(applied([merge('A', 'B')], verdict.changes ?? []), ['A', 'B']).get('A')).toBe('A')
})

/** A model that knows no graph: sets of keys, made anew from the relations that hold. */
function parted(active: readonly Relation[], keys: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const sets = new Map(keys.map((key) => [key, new Set([key])]))
  for (const { from, into } of active) {
    const whole = new Set([...(sets.get(from) ?? []), ...(sets.get(into) ?? [])])
    for (const key of whole) sets.set(key, whole)
  }
  return sets
}

it('random merges, links and their taking back: persons are what hangs together, no circle, and each taken back leaves what was before', () => {
  const keys = 'ABCDEFGH'.split('')
  for (let seed = 1; seed <= 100; seed += 1) {
    const random = seeded(seed)
    const any = () => keys[below(random, keys.length)] ?? 'A'
    let active: readonly Relation[] = []
    for (let step = 0; step < 40; step += 1) {
      const statement = { op: OPS[below(random, OPS.length)] ?? 'merge', from: any(), into: any() }
      const { changes = [] } = judge(active, statement)
      const before = active
      active = applied(active, changes)

      const persons = personsOf(active, keys)
      const sets = parted(active, keys)
      for (const one of keys)
        for (const other of keys)
          expect(persons.get(one) === persons.get(other), `${seed}/${step}: ${one} and ${other}`).toBe(
            sets.get(one)?.has(other),
          )
      for (const key of keys) {
        expect(active.filter(({ kind, from }) => kind === 'merge' && from === key).length).toBeLessThan(2)
        expect(active.some(({ kind, from }) => kind === 'merge' && from === rootOf(active, key))).toBe(false)
      }
      // The order in which it was told does not matter.
      expect(personsOf([...active].reverse(), [...keys].reverse()).get('A')).toBe(persons.get('A'))

      const [change] = changes
      if (changes.length === 1 && change?.active === true && statement.from !== statement.into) {
        const back = judge(active, { op: change.relation.kind === 'merge' ? 'unmerge' : 'unlink', ...change.relation })
        const alone = back.changes?.length === 1
        if (alone && !before.some((one) => JSON.stringify(one) === JSON.stringify(change.relation)))
          expect(personsOf(applied(active, back.changes ?? []), keys)).toEqual(personsOf(before, keys))
      }
    }
  }
})
