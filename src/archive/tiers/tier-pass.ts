/** Looks through all studies once a day for those that the rules let go to the cold store, and puts them in line. */
import { setTimeout as sleep } from 'node:timers/promises'
import { asArchiveError } from '../../base/errors.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { Log } from '../journal-writer.ts'
import { ruleFor, type TierRule } from './rule.ts'
import { movable } from './tiers.queries.ts'
import type { Tiers } from './tiers.ts'

export interface TierPassParts {
  readonly db: Database
  readonly tiers: Pick<Tiers, 'askMove' | 'moving'>
  readonly rules: readonly TierRule[]
  readonly now: () => Date
  readonly log: Log
  /** How often, in milliseconds. */
  readonly everyMs: number
}

const AT_ONCE = 100
/** In line at most: the line is one file that is written with each that comes and goes. */
const IN_LINE = 200

export function openTierPass({ db, tiers, rules, now, log, everyMs }: TierPassParts): () => Promise<void> {
  const stop = new AbortController()
  const pause = (ms: number): Promise<unknown> =>
    sleep(ms, undefined, { signal: stop.signal, ref: false }).catch(() => {})

  const pass = async (): Promise<void> => {
    for (let after = ''; !stop.signal.aborted; ) {
      const { rows, last } = await movable(db, after, AT_ONCE)
      for (const row of rows) {
        const facts = {
          studyDate: row.study_date,
          modalities: row.modalities,
          institutions: row.institutions,
          receivedLast: row.received_last,
          seen: row.seen,
          movedAt: row.moved_at,
        }
        if (ruleFor(rules, facts, now()) === undefined) continue
        while (tiers.moving >= IN_LINE && !stop.signal.aborted) await pause(Math.min(everyMs, 10_000))
        if (stop.signal.aborted) return
        await tiers.askMove(row.study_uid)
      }
      if (last === undefined) return
      after = last
      await pause(10)
    }
  }

  const running = (async () => {
    while (rules.length > 0 && !stop.signal.aborted) {
      await pass().catch((thrown: unknown) =>
        log.error({ error: asArchiveError(thrown).code }, 'looking for studies that may go to the cold store failed'),
      )
      await pause(everyMs)
    }
  })()
  return async () => {
    stop.abort()
    await running
  }
}
