/**
 * Storage commitment (PS3.4 Annex J): is what was sent here kept, so that the sender may let go of its own? Said only
 * after the bytes were read again from where they lie, the data set's digest recomputed and found equal to that of its
 * arrival; what is sealed in another form is made again for that.
 *
 * A request names UIDs and no contents. Where two contents came under one UID nobody can say which of them is meant, so
 * such an instance is not committed to, whoever asks: its senders keep what they have until a person has looked.
 */
import { createHash } from 'node:crypto'
import type { Context } from '../base/context.ts'
import { asArchiveError } from '../base/errors.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Acts } from './acts.ts'
import { admit } from './admit.ts'
import type { Archive, Promised, Referenced } from './archive.ts'
import type { Locate } from './locate.ts'
import { type CommittedRow, committedVersions } from './read.queries.ts'

export interface CommitParts {
  readonly db: Database
  readonly locate: Locate
  readonly acts: Acts
}

type Outcome = Promised['outcome']
interface Judged extends Promised {
  readonly study: string | undefined
  readonly patient: string | undefined
}

export function openCommit(parts: CommitParts): Pick<Archive, 'commit'> {
  const { db, locate, acts } = parts

  const judge = async (context: Context, asked: Referenced): Promise<Judged> => {
    const versions = await committedVersions(db, asked.instance)
    const [one] = versions
    const { study_uid: study, patient_key: patient } = one ?? {}
    const said = (outcome: Outcome): Judged => ({ ...asked, outcome, study, patient: patient ?? undefined })
    if (one === undefined) return said('absent')
    if (one.sop_class_uid !== asked.sopClass) return said('other-class')
    if (versions.length > 1) return said('conflict')
    try {
      return said((await digestOf(context, one)) === one.ds ? 'kept' : 'damaged')
    } catch (thrown) {
      context.signal.throwIfAborted()
      if (asArchiveError(thrown).code === 'DEFECT') throw thrown
      return said('damaged')
    }
  }

  /** Of the data set, as it was received. */
  const digestOf = async ({ signal }: Context, row: CommittedRow): Promise<string> => {
    const { original } = await locate({ id: Number(row.id) })
    const hash = createHash('sha256')
    for await (const piece of original.read({ start: Number(row.ds_start), end: original.length })) {
      signal.throwIfAborted()
      hash.update(piece)
    }
    return hash.digest('hex')
  }

  return {
    commit: async (context, transaction, asked) => {
      await admit(acts, context, 'store')
      const judged: Judged[] = []
      for (const one of asked) judged.push(await judge(context, one))
      await tell(acts, context, transaction, judged)
      return judged.map(({ sopClass, instance, outcome }) => ({ sopClass, instance, outcome }))
    },
  }
}

/** PS3.15 A.5.3.7, one event a study; what is nowhere belongs to none. */
async function tell(acts: Acts, context: Context, transaction: string, judged: readonly Judged[]): Promise<void> {
  const studies = Map.groupBy(judged, ({ study }) => study)
  for (const [study, instances] of studies) {
    const counts = new Map<Outcome, number>()
    for (const { outcome } of instances) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    const kept = counts.get('kept') ?? 0
    const patient = instances[0]?.patient
    const failures = instances.filter(({ outcome }) => outcome !== 'kept')
    await acts.event(
      context,
      {
        type: 'aud.110104',
        action: 'R',
        outcome: counts.has('damaged') ? 8 : failures.length > 0 ? 4 : 0,
        ...(study !== undefined && { study }),
        ...(patient !== undefined && patient !== '' && { patient }),
        detail: {
          what: 'commitment',
          transaction,
          instances: instances.length,
          kept,
          outcomes: Object.fromEntries(counts),
          notKept: failures.slice(0, NAMED).map(({ instance, outcome }) => ({ instance, outcome })),
        },
      },
      'now',
    )
  }
}

/** Instances an event names, at most: the first ones. */
const NAMED = 100
