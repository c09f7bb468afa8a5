/** Acts that wait for their sync, many in line: who was answered and comes again at once is journaled at once. */
import { afterAll, expect, it } from 'vitest'
import { removeArchives, runArchive } from '../support/archives.ts'
import { person } from '../support/people.ts'

afterAll(removeArchives)

const IN_LINE = 64
const ROUNDS = 12

it('an act that follows the answer of another waits for no later moment', async () => {
  const { archive, close } = await runArchive()
  const clara = person('clara', 'radiologist')
  const took: number[] = []
  const act = { type: 'aud.110112', action: 'E', outcome: 0, patient: '|P1', detail: { results: 1 } } as const
  await Promise.all(
    Array.from({ length: IN_LINE }, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const began = performance.now()
        await archive.record(clara, act, 'now')
        took.push(performance.now() - began)
      }
    }),
  )
  await close()
  // Acts that may wait gather for 400 ms, and these are not among them. The median, so that one slow sync does not matter.
  took.sort((a, b) => a - b)
  expect(took[took.length / 2]).toBeLessThan(350)
})
