/**
 * The power fails a hundred times (`CRASHES` for another number, `CRASH_SEED` for where to begin) while studies are sealed
 * into a vault and its mirror, go to a cold store and come back, and flipped bits are mended, in histories of five that run beside each other.
 */
import { afterAll, describe, expect, it } from 'vitest'
import { openFrameDecoder } from '../../src/codecs/open.ts'
import { removeArchives } from '../support/archives.ts'
import { type CopiesHistory, copiesHistory } from '../support/copies-crash.ts'

const CRASHES = Number(process.env['CRASHES'] ?? 100)
const FIRST = Number(process.env['CRASH_SEED'] ?? 5000)
const EACH = 5
const BESIDE = 2
const LONGEST = 40 * 60_000

const decoder = openFrameDecoder({ workers: 1, timeoutMs: 60_000 })
afterAll(async () => {
  await removeArchives()
  await decoder.close()
})

describe(`after ${CRASHES} power failures while studies are sealed and mended in two copies`, () => {
  it(
    'nothing acknowledged was lost, the copies become equal, and verify finds the folder intact',
    async () => {
      const seeds = Array.from({ length: Math.ceil(CRASHES / EACH) }, (_, at) => FIRST + at)
      const failed: string[] = []
      const lived: CopiesHistory[] = []
      await Promise.all(
        Array.from({ length: BESIDE }, async () => {
          for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift())
            await copiesHistory(seed, EACH, decoder).then(
              (one) => lived.push(one),
              (thrown: unknown) => failed.push(String(thrown)),
            )
        }),
      )
      const sum = (of: (one: CopiesHistory) => number) => lived.reduce((total, one) => total + of(one), 0)
      console.info(
        `${sum((one) => one.failures)} power failures, ${sum((one) => one.acknowledged)} instances acknowledged, ` +
          `${sum((one) => one.seals)} seals, ${sum((one) => one.flipped)} bits flipped, ${sum((one) => one.mended)} files mended, ` +
          `${sum((one) => one.moved)} studies moved to the cold store, ${sum((one) => one.recalled)} recalled`,
      )
      expect(failed).toEqual([])
    },
    LONGEST,
  )
})
