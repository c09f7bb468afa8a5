import { expect, it } from 'vitest'
import { Chance, damaged, seeds, withstand } from '../support/hostile.ts'

const RUNS = 1_000_000
/** Three minutes on two cores; one that takes four times as long is looked at. */
const TIME_MS = 12 * 60_000

it('reads or refuses a million damaged files, the same whole and in pieces, and grows no larger by it', {
  timeout: 2 * TIME_MS,
}, async () => {
  const all = seeds()
  const first = (Math.floor(Date.now() / 86_400_000) % 1000) * RUNS
  const until = Date.now() + TIME_MS
  let done = 0
  let before = 0
  for (; done < RUNS && Date.now() < until; done += 1) {
    const chance = new Chance(first + done)
    await withstand(damaged(chance.pick(all), chance), chance).catch((cause) => {
      throw new Error(`seed ${first + done}`, { cause })
    })
    if (done === 20_000) before = process.memoryUsage().rss
  }
  console.log(`${done} damaged files, from seed ${first}`)
  expect(done).toBe(RUNS)
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024)
})
