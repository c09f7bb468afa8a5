import { describe, it } from 'vitest'
import { crashHistory } from '../../../test/support/inbox-histories.ts'

/** A thousand more run in the long suite. */
const HISTORIES = Array.from({ length: 40 }, (_, seed) => seed)

describe('the inbox after power failures has every acknowledged group, whole and in order', () => {
  it.each(HISTORIES)('history %i', crashHistory)
})
