import { expect, test } from 'vitest'
import { restOf } from './quiet.ts'

/** Looks at which it sweeps, of the processor time before each, in ms. */
function sweeps(perLook: readonly number[]): readonly number[] {
  const rest = restOf(0)
  let used = 0
  return perLook.flatMap((ms, look) => {
    used += ms
    return rest.look(used) ? [look] : []
  })
}

test('sweeps once, after two looks at rest, what a start left behind', () => {
  expect(sweeps([900, 2, 2, 2, 2, 2, 2, 2])).toEqual([2])
})

test('does not sweep while there is work, however little there is', () => {
  expect(sweeps([900, 100, 2, 100, 2, 100, 100, 2])).toEqual([])
})

test('sweeps again after the next work, not before', () => {
  expect(sweeps([900, 0, 0, 0, 0, 0, 700, 0, 0, 0, 0])).toEqual([2, 8])
})

test('a process that only keeps time is not swept for it', () => {
  expect(sweeps([900, 1, 1, 1, ...Array.from({ length: 100 }, () => 1)])).toEqual([2])
})

test('what keeping time adds up to is let go in the end, minutes apart', () => {
  const looks = sweeps([900, ...Array.from({ length: 600 }, () => 1)])
  expect(looks.every((look, index) => index === 0 || look - (looks[index - 1] ?? 0) >= 250)).toBe(true)
})
