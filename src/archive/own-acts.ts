/** What the archive says of itself in the log: that a log begins, that it starts and stops, that something is wrong with the log. */
import type { Opening } from '../ledger/log/log.ts'
import type { Happening } from './archive.ts'

/** The first leaf of a year's log: its name, the last checkpoint of the one before, and the software that began it. */
export const logOpen = (version: string, opening: Opening): Happening => ({
  type: 'log.open',
  action: 'C',
  outcome: 0,
  detail: {},
  publicDetail: { ...opening, sw: version },
})

/** PS3.15 A.5.3.1. */
export const application = (what: 'start' | 'stop', version: string): Happening => ({
  type: 'aud.110100',
  action: 'E',
  outcome: 0,
  detail: { subtype: what === 'start' ? '110120' : '110121', sw: version },
})

/** PS3.15 A.5.3.11: the log could not be gone on with. */
export const logAlarm = (why: string): Happening => ({
  type: 'aud.110113',
  action: 'E',
  outcome: 12,
  detail: { alert: 'the transparency log is not signed any more', why },
})

/** PS3.15 A.5.3.11: the log does not extend what a witness has cosigned. */
export const witnessRefused = (witness: string, why: string): Happening => ({
  type: 'aud.110113',
  action: 'E',
  outcome: 12,
  detail: { alert: 'a witness refuses the transparency log', witness, why },
})
