/**
 * How the other parts of the archive say what happened: each act becomes an event of the journal.
 *
 * `open.ts` makes one and hands it to finding and reading. The sequencer (`journal-writer.ts`) journals events,
 * `sightings.ts` keeps the leaves of viewing.
 */
import type { Context } from '../base/context.ts'
import type { Happening } from './archive.ts'
import type { ActItem } from './decide.ts'

/** What of a study was shown, added up until its closing leaf. */
export interface Seen {
  readonly instances?: number
  readonly frames?: number
  readonly bytes?: number
}

export interface Acts {
  /**
   * Journals an act. `now` resolves when its leaf is synced; `soon` resolves when it stands in line, and its leaf is
   * synced within a second.
   *
   * @param fact  what becomes true by it: journaled with its leaf
   * @throws {ArchiveError} `STORE_WRITE_FAILED`, `STORE_NO_SPACE` when `now` could not be made durable
   */
  event(context: Context, happening: Happening, when: 'now' | 'soon', fact?: ActItem['fact']): Promise<void>
  /**
   * Before the first pixel or metadata of a study is given out: resolves when an opening leaf for this person and study,
   * at most 15 minutes old, is synced.
   *
   * @param patient  the study's `patient_key`
   */
  seeing(context: Context, study: string, patient: string): Promise<void>
  /** Adds to what the closing leaf will count. */
  seen(context: Context, study: string, counts: Seen): void
}
