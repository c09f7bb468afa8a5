/** The power fails: ten times here, a thousand times in the long suite (`test/long/crash.long.test.ts`). */
import { afterAll, describe, expect, it } from 'vitest'
import { openFrameDecoder } from '../../src/codecs/open.ts'
import { removeArchives } from '../support/archives.ts'
import { history } from '../support/crash.ts'

const decoder = openFrameDecoder({ workers: 1, timeoutMs: 60_000 })
afterAll(async () => {
  await removeArchives()
  await decoder.close()
})

describe('after a power failure under C-STORE and STOW load and sealing', () => {
  /** A power failure may come before the first checkpoint of a history, but not of all. */
  let signed = 0
  let seals = 0
  it.each([1, 2, 3, 4, 5])(
    'everything acknowledged is there, no leaf is missing or moved, the log never forks, and verify finds it intact (history %i)',
    async (seed) => {
      const { acknowledged, leaves, checkpoints, sealed } = await history(seed, 2, decoder)
      expect(acknowledged).toBeGreaterThan(0)
      expect(leaves).toBeGreaterThan(acknowledged)
      signed += checkpoints
      seals += sealed
    },
  )

  it('checkpoints had been signed, and studies sealed', () => {
    expect(signed).toBeGreaterThan(0)
    expect(seals).toBeGreaterThan(0)
  })
})
