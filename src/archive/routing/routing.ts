/**
 * What routing asks the archive: what arrived since, and what a rule would have sent of late. Sending is `network/routing/`.
 */
import type { Context } from '../../base/context.ts'
import type { RouteRule } from '../../compliance/routes.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import { openGuard } from '../restrictions/guard.ts'
import { arrivals, lastArrival, recentSeries } from './routing.queries.ts'
import { type Arrived, readRule } from './rule.ts'

/** What a rule would send of a study; nothing of the patient, for those who write rules see none. */
export interface Tried {
  readonly study: string
  readonly studyDate: string
  readonly modalities: readonly string[]
  readonly receivedAt: string
  /** Series of which it sends the first image, and all there are. */
  readonly matching: number
  readonly series: number
}

export interface Routing {
  /** The number of the last arrival; -1 before the first. */
  lastArrival(context: Context): Promise<number>
  /** What arrived behind a number and is in sight, in order; `next` is how far was looked. */
  arrivedSince(
    context: Context,
    ask: { readonly after: number; readonly limit: number },
  ): Promise<{ readonly arrived: readonly Arrived[]; readonly next: number }>
  /** @throws {ArchiveError} `ROUTE_INVALID` */
  tryRoute(context: Context, rule: RouteRule): Promise<readonly Tried[]>
}

const RECENT = 50

export function openRouting({ db, acts }: { readonly db: Database; readonly acts: Acts }): Routing {
  return {
    lastArrival: async (context) => {
      await admit(acts, context, 'routing.see')
      return lastArrival(db)
    },
    arrivedSince: async (context, { after, limit }) => {
      await admit(acts, context, 'read')
      return arrivals(db, after, limit)
    },
    tryRoute: async (context, asked) => {
      await admit(acts, context, 'routing.manage')
      const holds = readRule(asked)
      const recent = await openGuard({ db, acts }).rows(context, await recentSeries(db, RECENT), ({ study }) => ({
        studies: [study.study_uid],
      }))
      await acts.event(
        context,
        {
          type: 'aud.110112',
          action: 'E',
          outcome: 0,
          detail: { query: 'a rule of routing on recent studies', level: 'study', results: recent.length },
        },
        'soon',
      )
      return recent.map(({ study, series }) => ({
        study: study.study_uid,
        studyDate: study.study_date,
        modalities: study.modalities === '' ? [] : study.modalities.split('\\'),
        receivedAt: study.received_last,
        matching: series.filter(holds).length,
        series: series.length,
      }))
    },
  }
}
