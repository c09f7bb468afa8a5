import { expect, it } from 'vitest'
import { Chance, damaged, seeds, withstand } from '../support/hostile.ts'

/** A short run of what `test/long/dicom-reader.test.ts` does by the million. */
it('reads or refuses whatever it is given, the same whole and in pieces', async () => {
  const all = seeds()
  const outcomes = new Map<string, number>()
  for (let seed = 1; seed <= 4000; seed += 1) {
    const chance = new Chance(seed)
    const hostile = damaged(chance.pick(all), chance)
    const outcome = await withstand(hostile, chance).catch((cause) => {
      throw new Error(`seed ${seed}`, { cause })
    })
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
  expect(outcomes.get('read')).toBeGreaterThan(500)
  expect(outcomes.get('DICOM_MALFORMED')).toBeGreaterThan(100)
  expect(outcomes.get('DICOM_TRUNCATED')).toBeGreaterThan(100)
})
