/** Puts the cold store together: what moves, what is looked for, and what is said of it. */
import { AWAY } from '../../vault/copies/places.ts'
import type { TiersReport } from '../kept.ts'
import type { TierRule } from './rule.ts'
import { openTierPass } from './tier-pass.ts'
import { coldTotals } from './tiers.queries.ts'
import { openTiers, type Tiers, type TiersParts } from './tiers.ts'

export interface TierOptions {
  readonly rules: readonly TierRule[]
  /** How often is looked for what a rule lets go, and how long is waited before what failed is tried again, in milliseconds. */
  readonly everyMs: number
  readonly retryMs: number
}

export interface TierRoom {
  readonly tiers: Tiers
  report(): Promise<TiersReport>
  close(): Promise<void>
}

export async function openTierRoom({
  options,
  ...parts
}: Omit<TiersParts, 'retryMs'> & { readonly options: TierOptions }): Promise<TierRoom> {
  const { db, cold, now, log } = parts
  const tiers = await openTiers({ ...parts, retryMs: options.retryMs })
  const endPass = openTierPass({ db, tiers, rules: options.rules, now, log, everyMs: options.everyMs })
  return {
    tiers,
    report: async () => {
      const state = await cold.attached()
      const says = state === 'good' ? (cold.can?.() ?? '') : `Not used: ${AWAY[state]}.`
      return { cold: cold.name, state, says, ...(await coldTotals(db)), moving: tiers.moving, recalls: tiers.recalls }
    },
    close: async () => {
      await endPass()
      await tiers.close()
    },
  }
}
