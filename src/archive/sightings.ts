/**
 * Leaves of viewing (product section 5, "Audit and speed"): a synced opening leaf per person, study and 15 minutes
 * precedes the first pixel; a closing leaf counts what was seen.
 *
 * A leaf for every frame would make the ledger a copy of the network log; a leaf for every sitting answers who saw what
 * and when, and is there before anything is shown.
 */
import { type Context, pseudonym } from '../base/context.ts'
import type { Seen } from './acts.ts'
import type { Happening } from './archive.ts'

/** How long an opening leaf holds, in milliseconds. */
const SITTING = 15 * 60_000
/** Sittings kept in memory; beyond, the oldest are closed early. */
const MOST = 10_000

interface Sitting {
  readonly context: Context
  readonly study: string
  readonly patient: string
  readonly openedAt: number
  readonly seen: { instances: number; frames: number; bytes: number }
  /** Settles with the opening leaf's sync. */
  readonly opened: Promise<void>
}

export interface Sightings {
  /** Resolves when an opening leaf is synced that is at most 15 minutes old. */
  seeing(context: Context, study: string, patient: string): Promise<void>
  seen(context: Context, study: string, counts: Seen): void
  /** Closes every sitting. */
  close(): Promise<void>
}

export interface SightingsParts {
  readonly event: (context: Context, happening: Happening, when: 'now' | 'soon') => Promise<void>
  readonly now: () => Date
  /** Told of each new sitting, before anything is shown. */
  readonly opened?: (context: Context, study: string, patient: string) => Promise<void>
}

export function openSightings({ event, now, opened: tell }: SightingsParts): Sightings {
  /** In order of opening: a Map keeps it, and a sitting that opens again is put at the end. */
  const sittings = new Map<string, Sitting>()
  const keyOf = (context: Context, study: string) => `${pseudonym(context.principal)}\n${study}`

  const happening = (study: string, patient: string, detail: Happening['detail']): Happening => ({
    type: 'aud.110103',
    action: 'R',
    outcome: 0,
    study,
    ...(patient !== '' && { patient }),
    detail,
  })

  const closing = ({ study, patient, openedAt, seen }: Sitting): Happening =>
    happening(study, patient, {
      phase: 'closing',
      objects: [{ studyUid: study, nInstances: seen.instances, nFrames: seen.frames }],
      bytes: seen.bytes,
      durationMs: Math.max(0, now().getTime() - openedAt),
    })

  const end = (key: string, sitting: Sitting): Promise<void> => {
    sittings.delete(key)
    return event(sitting.context, closing(sitting), 'soon')
  }

  const isOver = (sitting: Sitting) => Math.abs(now().getTime() - sitting.openedAt) >= SITTING

  /** The closing leaf is owed: when it cannot be put in line, the next sweep tries again. */
  const sweep = (): void => {
    for (const [key, sitting] of sittings) {
      if (!isOver(sitting) && sittings.size <= MOST) break
      end(key, sitting).catch(() => sittings.set(key, sitting))
    }
  }
  const timer = setInterval(sweep, 60_000)
  timer.unref()

  return {
    seeing: async (context, study, patient) => {
      const key = keyOf(context, study)
      const open = sittings.get(key)
      if (open !== undefined && !isOver(open)) return open.opened
      // Should its closing leaf find no place in line, the opening one below finds none either.
      if (open !== undefined) end(key, open).catch(() => {})
      if (sittings.size >= MOST) sweep()

      const opened = event(
        context,
        happening(study, patient, { phase: 'opening', objects: [{ studyUid: study }] }),
        'now',
      ).then(() => tell?.(context, study, patient))
      const sitting: Sitting = {
        context,
        study,
        patient,
        openedAt: now().getTime(),
        seen: { instances: 0, frames: 0, bytes: 0 },
        opened,
      }
      sittings.set(key, sitting)
      // An opening that failed opened nothing: the next one tries again.
      opened.catch(() => {
        if (sittings.get(key) === sitting) sittings.delete(key)
      })
      return opened
    },
    seen: (context, study, counts) => {
      const sitting = sittings.get(keyOf(context, study))
      if (sitting === undefined) return
      sitting.seen.instances += counts.instances ?? 0
      sitting.seen.frames += counts.frames ?? 0
      sitting.seen.bytes += counts.bytes ?? 0
    },
    close: async () => {
      clearInterval(timer)
      for (const [key, sitting] of [...sittings]) await end(key, sitting).catch(() => {})
    },
  }
}
