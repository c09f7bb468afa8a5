import { describe, it } from 'vitest'
import { crashHistory } from '../support/inbox-histories.ts'

const HISTORIES = Array.from({ length: 1000 }, (_, at) => 1000 + at)

describe('the inbox after a thousand histories of power failures', () => {
  it.each(HISTORIES)('history %i', crashHistory)
})
