/**
 * A lookout (docs/decisions/0034): a search of the audit log that somebody saved so as to be warned. Pure: whether an entry is one it looks for,
 * and whether so many of one person within so many minutes are more than it lets pass.
 */
import type { EventType } from '../../ledger/event.ts'

/** Working hours at a place; days as `Date.getDay` numbers them, Sunday 0. */
export interface Hours {
  /** IANA time zone. */
  readonly zone: string
  /** `HH:MM`. A span that ends before it begins goes over midnight, and is of the day it began on. */
  readonly from: string
  readonly until: string
  readonly days: readonly number[]
}

export interface Threshold {
  /** More than so many … */
  readonly more: number
  /** … of one person within so long. */
  readonly minutes: number
  /** Entries, or patients they are about. */
  readonly of: 'entries' | 'patients'
}

export interface LookoutAsk {
  readonly name: string
  /** Pseudonym; '' is anybody. */
  readonly actor: string
  /** Patient IDs, whoever issued them; none is anybody. */
  readonly patients: readonly string[]
  /** None is any. */
  readonly types: readonly EventType[]
  /** Only what failed or was refused. */
  readonly failed: boolean
  /** Only what was done in an emergency (purpose BTG). */
  readonly emergency: boolean
  /** Only outside these hours. */
  readonly outside: Hours | null
  readonly threshold: Threshold | null
  /** Who is warned beside its owner: `u:…`, `role:…`. */
  readonly addressees: readonly string[]
}

/** An entry of the log, as far as lookouts look. */
export interface Entry {
  readonly n: number
  readonly ts: string
  readonly type: string
  readonly actor: string
  readonly study: string
  /** `issuer|id` */
  readonly patient: string
  /** Every ID the person has. */
  readonly patientIds: ReadonlySet<string>
  readonly failed: boolean
  /** HL7 ActReason, or ''. */
  readonly purpose: string
}

/** Types no lookout looks for: what it writes itself, and the archive's signs of life. */
export const NEVER: ReadonlySet<string> = new Set<EventType>([
  'lookout.save',
  'lookout.stop',
  'lookout.warn',
  'lookout.settle',
  'heartbeat',
])

/** Is this entry one it looks for? Thresholds apart. */
export function fits(ask: LookoutAsk, entry: Entry): boolean {
  return (
    !NEVER.has(entry.type) &&
    (ask.types.length === 0 || (ask.types as readonly string[]).includes(entry.type)) &&
    (ask.actor === '' || ask.actor === entry.actor) &&
    (ask.patients.length === 0 || ask.patients.some((id) => entry.patientIds.has(id))) &&
    (!ask.failed || entry.failed) &&
    (!ask.emergency || entry.purpose === 'BTG') &&
    (ask.outside === null || !within(ask.outside, entry.ts))
  )
}

/** Is this moment within these hours? */
export function within({ zone, from, until, days }: Hours, ts: string): boolean {
  const { day, time } = localTime(zone, ts)
  if (from <= until) return days.includes(day) && time >= from && time < until
  return time >= from ? days.includes(day) : time < until && days.includes((day + 6) % 7)
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const formats = new Map<string, Intl.DateTimeFormat>()

function localTime(zone: string, ts: string): { readonly day: number; readonly time: string } {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
  formats.set(zone, format)
  const parts = new Map(format.formatToParts(new Date(ts)).map(({ type, value }) => [type, value]))
  return { day: DAYS.indexOf(parts.get('weekday') ?? ''), time: `${parts.get('hour')}:${parts.get('minute')}` }
}

export const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/**
 * What one person did within the last minutes. Holds one more than the threshold at most: what is older cannot make a
 * difference any more.
 */
export interface Counting {
  /** How many there are with this one. */
  add(entry: Pick<Entry, 'n' | 'ts' | 'patient'>): number
  /** Nothing of it lies within the time before this moment. */
  stale(ts: string): boolean
}

export function counting({ more, minutes, of }: Threshold): Counting {
  /** The time each was last seen, oldest first. */
  const seen = new Map<string, number>()
  const span = minutes * 60_000
  return {
    add: ({ n, ts, patient }) => {
      const now = Date.parse(ts)
      // What is about nobody in particular counts as one patient.
      const what = of === 'patients' ? patient : String(n)
      seen.delete(what)
      seen.set(what, now)
      for (const [first, at] of seen) {
        if (seen.size <= more + 1 && now - at < span) break
        seen.delete(first)
      }
      return seen.size
    },
    stale: (ts) => {
      const last = [...seen.values()].at(-1)
      return last === undefined || Date.parse(ts) - last >= span
    },
  }
}
