/** dciodvfy, an outside judge, finds no error in objects that are wholly our own: the synthetic patients. */
import { describe, expect, it } from 'vitest'
import { gather } from '../../src/base/bytes.ts'
import { demonstration, STORY_NAMES } from '../../src/synthetic/stories.ts'
import { errorsOf, hasDciodvfy } from '../support/dciodvfy.ts'

/** Synthetic Data (0008,001C), of 2023, is newer than the dictionary of the dciodvfy that Debian has. */
const NEWER_THAN_IT = /not a recognized standard attribute - \(0x0008,0x001c\)/

describe.skipIf(!hasDciodvfy())('dciodvfy, of what is our own', () => {
  it('finds no error in a synthetic object of each story and SOP class', async () => {
    const errors: string[] = []
    for (const story of STORY_NAMES) {
      const seen = new Set<string>()
      for (const object of demonstration([story])) {
        if (seen.has(object.sopClass)) continue
        seen.add(object.sopClass)
        const bytes = Buffer.from(await gather(object.open()))
        for (const error of await errorsOf(bytes))
          if (!NEWER_THAN_IT.test(error)) errors.push(`${story} ${object.sopClass}: ${error}`)
      }
    }
    expect(errors).toEqual([])
  }, 600_000)
})
