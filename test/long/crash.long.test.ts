/**
 * The power fails a thousand times (`CRASHES` for another number, `CRASH_SEED` for where to begin), in histories of five
 * that run beside each other. Ten of them are in the daily suite (`test/journeys/crash.journey.test.ts`).
 */
import { afterAll, describe, expect, it } from 'vitest'
import { openFrameDecoder } from '../../src/codecs/open.ts'
import { removeArchives } from '../support/archives.ts'
import { type History, history } from '../support/crash.ts'

const CRASHES = Number(process.env['CRASHES'] ?? 1000)
const FIRST = Number(process.env['CRASH_SEED'] ?? 1000)
const EACH = 5
const BESIDE = 2
const LONGEST = 40 * 60_000

const decoder = openFrameDecoder({ workers: 1, timeoutMs: 60_000 })
afterAll(async () => {
  await removeArchives()
  await decoder.close()
})

describe(`after ${CRASHES} power failures under C-STORE and STOW load and sealing`, () => {
  it(
    'nothing acknowledged was lost, and no leaf is missing or moved',
    async () => {
      const seeds = Array.from({ length: Math.ceil(CRASHES / EACH) }, (_, at) => FIRST + at)
      const failed: string[] = []
      const lived: History[] = []
      await Promise.all(
        Array.from({ length: BESIDE }, async () => {
          for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift())
            await history(seed, EACH, decoder).then(
              (one) => lived.push(one),
              (thrown: unknown) => failed.push(String(thrown)),
            )
        }),
      )
      const sum = (of: (one: History) => number) => lived.reduce((total, one) => total + of(one), 0)
      console.info(
        `${sum((one) => one.failures)} power failures, ${sum((one) => one.acknowledged)} instances acknowledged, ` +
          `${sum((one) => one.leaves)} leaves, ${sum((one) => one.checkpoints)} checkpoints, ${sum((one) => one.refused)} refusals, ` +
          `${sum((one) => one.sealed)} seals`,
      )
      expect(failed).toEqual([])
    },
    LONGEST,
  )
})
