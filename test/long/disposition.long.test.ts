/** A hold placed at any moment of a running destruction (`RACES` for another number, `RACE_SEED` for where to begin). */
import { afterAll, describe, expect, it } from 'vitest'
import { removeArchives } from '../support/archives.ts'
import { preparedFolder, type Raced, race } from '../support/disposition-race.ts'

const RACES = Number(process.env['RACES'] ?? 1000)
const FIRST = Number(process.env['RACE_SEED'] ?? 1)

afterAll(removeArchives)

describe(`${RACES} races of a hold and a destruction, the power failing in each`, () => {
  it('end with the hold, or with a tombstone that came before it', { timeout: 60 * 60_000 }, async () => {
    const prepared = await preparedFolder()
    const failed: string[] = []
    const raced: Raced[] = []
    for (let seed = FIRST; seed < FIRST + RACES; seed += 1)
      await race(prepared, seed).then(
        (one) => raced.push(one),
        (thrown: unknown) => failed.push(String(thrown)),
      )
    const count = (of: (one: Raced) => boolean) => raced.filter(of).length
    process.stdout.write(
      `${raced.length} races: ${count(({ won }) => won === 'hold')} holds won, ` +
        `${count(({ won }) => won === 'destruction')} destructions, ${count(({ cut }) => cut)} cut short\n`,
    )
    expect(failed).toEqual([])
    expect(count(({ won }) => won === 'hold')).toBeGreaterThan(0)
    expect(count(({ won }) => won === 'destruction')).toBeGreaterThan(0)
  })
})
