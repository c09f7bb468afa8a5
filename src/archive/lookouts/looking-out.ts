/** Lookouts as the doors see them: searches of the audit log that warn. */
import type { Context } from '../../base/context.ts'
import type { LookoutAsk } from './lookout.ts'

export type { Hours, LookoutAsk, Threshold } from './lookout.ts'

export interface Lookout {
  readonly id: number
  readonly ask: LookoutAsk
  /** Pseudonym of who saved it first. */
  readonly owner: string
  /** Last. */
  readonly saved: { readonly by: string; readonly at: string }
  readonly stopped: { readonly by: string; readonly at: string; readonly reason: string } | undefined
  /** The asker is warned by it. */
  readonly mine: boolean
  /** Warnings nobody has looked at, and all of them. */
  readonly waiting: number
  readonly all: number
}

export interface Warning {
  readonly id: number
  readonly lookout: { readonly id: number; readonly name: string }
  /** The entry of the log it is about. */
  readonly entry: number
  readonly at: string
  readonly type: string
  /** Pseudonym. */
  readonly actor: string
  readonly who: string
  /** `issuer|id`, or ''. */
  readonly patient: string
  readonly study: string
  /** How many entries or patients were counted; 1 without a threshold. */
  readonly seen: number
  readonly settled: { readonly by: string; readonly at: string; readonly words: string } | undefined
}

export interface WarningAsk {
  /** Only of those the asker is warned by. */
  readonly mine: boolean
  /** Only what nobody has looked at. */
  readonly waiting: boolean
  /** Only those before this one. */
  readonly before?: number
  readonly limit: number
}

export interface LookingOut {
  /** Newest first, stopped ones too. */
  lookouts(context: Context): Promise<readonly Lookout[]>
  /** Saves one, or changes one that lasts: it warns of what is journaled from then on. @throws {ArchiveError} `NOT_FOUND`, `LOOKOUT_STATE`, `BAD_REQUEST` */
  saveLookout(context: Context, ask: LookoutAsk, lookout?: number): Promise<Lookout>
  /** @throws {ArchiveError} `NOT_FOUND`, `LOOKOUT_STATE` */
  stopLookout(context: Context, lookout: number, reason: string): Promise<Lookout>
  /** Newest first, of whom the asker sees; and how many wait for the asker. */
  warnings(
    context: Context,
    ask: WarningAsk,
  ): Promise<{ readonly warnings: readonly Warning[]; readonly waiting: number; readonly next: number | undefined }>
  /** Somebody has looked at it, of what others did. @throws {ArchiveError} `NOT_FOUND`, `LOOKOUT_STATE`, `REVIEW_SAME_PERSON` */
  settleWarning(context: Context, warning: number, words: string): Promise<Warning>
}
