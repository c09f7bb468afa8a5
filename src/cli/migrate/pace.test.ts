import { expect, it } from 'vitest'
import { openPace } from './pace.ts'

it('lets no more pass than so many bytes a second, shared by all', async () => {
  const pace = openPace(100_000)
  const begun = performance.now()
  await Promise.all(
    [1, 2, 3].map(async () => {
      for (let at = 0; at < 5; at += 1) await pace.spend(2000)
    }),
  )
  // 30 kB at 100 kB a second.
  expect(performance.now() - begun).toBeGreaterThan(250)
})

it('without a limit waits for nothing', async () => {
  const begun = performance.now()
  for (let at = 0; at < 1000; at += 1) await openPace(0).spend(1_000_000)
  expect(performance.now() - begun).toBeLessThan(200)
})
