/** What people and programs may ask of tiers. */
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { Uid } from '../../dicom/uid.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import { openGuard } from '../restrictions/guard.ts'
import { studyIsHere } from './tiers.queries.ts'
import type { Recall, Tiers } from './tiers.ts'

/** How a study stands: ONLINE can be looked at now; NEARLINE is in the cold store (PS3.3 C.4.23). */
export interface Availability {
  readonly availability: 'ONLINE' | 'NEARLINE'
  /** While it is being brought back. */
  readonly recall?: Recall
}

export interface MoveReport {
  readonly study: Uid
  /** `stays`: it is there already, or something of it is not sealed. */
  readonly outcome: 'moved' | 'stays' | 'failed'
  /** Carried, and read back there. */
  readonly files: number
  readonly bytes: number
  readonly why?: string
}

export interface Tiering {
  availability(context: Context, study: Uid): Promise<Availability>
  /** Has a study brought back from the cold store; asked again it says how that stands. */
  recall(context: Context, study: Uid): Promise<Availability>
  /** Moves studies to the cold store now, whatever the rules say. @throws {ArchiveError} `TIER_NONE` */
  moveToCold(context: Context, studies: readonly Uid[]): Promise<AsyncIterable<MoveReport>>
}

export interface TieringParts {
  readonly db: Database
  readonly acts: Acts
  /** Undefined: there is no cold store. */
  readonly tiers: Tiers | undefined
}

export function openTiering({ db, acts, tiers }: TieringParts): Tiering {
  const guard = openGuard({ db, acts })
  const enter = async (context: Context, study: Uid): Promise<void> => {
    await admit(acts, context, 'read')
    await guard.study(context, study)
    if (!(await studyIsHere(db, study))) throw new ArchiveError('NOT_FOUND', { what: `study ${study}` })
  }
  const stateOf = async (study: Uid): Promise<Availability> => {
    if (tiers === undefined || !(await tiers.isCold(study))) return { availability: 'ONLINE' }
    const recall = tiers.recalls.find((one) => one.study === study)
    return { availability: 'NEARLINE', ...(recall && { recall }) }
  }
  return {
    availability: async (context, study) => {
      await enter(context, study)
      return stateOf(study)
    },
    recall: async (context, study) => {
      await enter(context, study)
      await tiers?.ask(study)
      return stateOf(study)
    },
    moveToCold: async (context, studies) => {
      await admit(acts, context, 'seal')
      if (tiers === undefined) throw new ArchiveError('TIER_NONE')
      return movedOneByOne(tiers, context, studies)
    },
  }
}

async function* movedOneByOne(
  tiers: Tiers,
  context: Context,
  studies: readonly Uid[],
): AsyncGenerator<MoveReport, void> {
  for (const study of studies) {
    context.signal.throwIfAborted()
    yield await moved(tiers, context, study)
  }
}

async function moved(tiers: Tiers, context: Context, study: Uid): Promise<MoveReport> {
  try {
    const carried = await tiers.move(context, study)
    if (carried === undefined) return { study, outcome: 'stays', files: 0, bytes: 0 }
    return { study, outcome: 'moved', files: carried.files, bytes: carried.bytes }
  } catch (thrown) {
    if (!(thrown instanceof ArchiveError)) throw thrown
    return { study, outcome: 'failed', files: 0, bytes: 0, why: thrown.message }
  }
}
