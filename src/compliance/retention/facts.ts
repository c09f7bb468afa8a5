/**
 * What is known of a study when its retention is decided, and the dates periods are counted from: each with the worst
 * case where it is not known, so that ignorance never shortens (compliance specification 2.4).
 */
import {
  addDays,
  addMonths,
  addYears,
  type CalendarDate,
  earliest,
  isDate,
  lastDayOf,
  latest,
  NEVER,
} from './calendar.ts'

export interface Hold {
  readonly id: string
  readonly released?: CalendarDate | undefined
}

export interface Suspension {
  readonly from: CalendarDate
  /** Absent while it lasts. */
  readonly to?: CalendarDate | null | undefined
}

export interface Facts {
  /** Jurisdictions that apply, e.g. `us` and `us-ca`. */
  readonly jur: readonly string[]
  readonly inst?: string | null | undefined
  /** `image` unless said. */
  readonly kind?: 'image' | 'report' | 'doc' | 'audit' | undefined
  readonly modality?: string | undefined
  readonly bodyPart?: string | undefined
  readonly tags?: readonly string[] | undefined
  readonly study?: string | null | undefined
  /** Dates of series, acquisition, content: for a study without one. */
  readonly altDates?: readonly string[] | undefined
  readonly received: CalendarDate
  /** As received; may be partial or impossible. */
  readonly birth?: string | undefined
  /** (0010,1010), e.g. `045Y`. */
  readonly age?: string | undefined
  readonly mammoDates?: readonly string[] | undefined
  readonly holds?: readonly Hold[] | undefined
  readonly suspensions?: readonly Suspension[] | undefined
  /** The latest date ever computed: never undercut without approval. */
  readonly floor?: CalendarDate | undefined
  readonly lastImaging?: string | undefined
  readonly lastSeen?: string | undefined
  readonly discharge?: string | undefined
  readonly treatmentEnd?: string | undefined
  readonly lastChange?: string | undefined
  readonly death?: string | undefined
  readonly diagnosis?: string | undefined
  readonly transplant?: string | undefined
  readonly lastLiveBirth?: string | undefined
  readonly trialEnd?: string | undefined
  readonly approval?: string | undefined
  readonly employmentEnd?: string | undefined
  readonly created?: string | undefined
  readonly lastInEffect?: string | undefined
  readonly disclosed?: string | undefined
  readonly lastAccess?: string | undefined
}

/** Known, or taken to be the study's date with a flag `…-proxy`; never before the study. */
const CONTACTS = ['lastImaging', 'lastSeen', 'discharge', 'treatmentEnd', 'lastChange'] as const
/** Known or not: nothing stands for them. */
const ONLY_KNOWN = [
  'death',
  'diagnosis',
  'transplant',
  'lastLiveBirth',
  'trialEnd',
  'approval',
  'employmentEnd',
  'created',
  'lastInEffect',
  'disclosed',
  'lastAccess',
] as const

export type Anchor =
  | 'study'
  | 'birth'
  | 'majority'
  | 'received'
  | 'lastMammo'
  | (typeof CONTACTS)[number]
  | (typeof ONLY_KNOWN)[number]
export const ANCHORS: readonly Anchor[] = [
  'study',
  'birth',
  'majority',
  'received',
  'lastMammo',
  ...CONTACTS,
  ...ONLY_KNOWN,
]
/** Of these an absent one says that there is no such day, not that we do not know it. */
export const MAY_NOT_BE: ReadonlySet<string> = new Set<Anchor>(['death', 'lastLiveBirth'])

/** Years at which one is of age; 18 elsewhere. */
const MAJORITY: Readonly<Record<string, number>> = {
  'us-al': 19,
  'us-ne': 19,
  'us-ms': 21,
  'ca-bc': 19,
  'ca-ns': 19,
  'ca-nb': 19,
  'ca-nl': 19,
  kr: 19,
  th: 20,
  nz: 20,
}
const OF_AGE = 18
/** Before Röntgen there is no image (8 November 1895). */
const FIRST_IMAGE = '1896-01-01'

export interface Resolved {
  readonly anchors: Readonly<Record<Anchor, CalendarDate | undefined>>
  readonly birthKnown: boolean
  readonly flags: readonly string[]
}

export function resolveAnchors(facts: Facts): Resolved {
  const flags: string[] = []
  const study = studyDate(facts, flags)
  const birth = birthDate(facts, study, flags)
  const birthKnown = !flags.some((flag) => flag.startsWith('birth'))

  const contacts: Partial<Record<Anchor, CalendarDate>> = {}
  for (const name of CONTACTS) {
    const known = facts[name]
    if (!isDate(known)) flags.push(`${name}-proxy`)
    const imaged = name === 'lastSeen' || name === 'lastChange' ? contacts.lastImaging : undefined
    contacts[name] = latest(isDate(known) ? known : NEVER, study, imaged ?? NEVER)
  }
  const known: Partial<Record<Anchor, CalendarDate>> = {}
  for (const name of ONLY_KNOWN) {
    const date = facts[name]
    if (isDate(date)) known[name] = date
  }
  return {
    anchors: {
      ...NOTHING,
      ...contacts,
      ...known,
      study,
      birth,
      received: facts.received,
      lastMammo: latest(study, ...(facts.mammoDates ?? []).filter(isDate)),
      majority: addYears(birth, OF_AGE),
    },
    birthKnown,
    flags,
  }
}

const NOTHING = Object.fromEntries(ANCHORS.map((anchor) => [anchor, undefined])) as Record<Anchor, undefined>

/** Anchors as a jurisdiction counts them: of age at its own age. */
export function anchorsIn(jurisdiction: string, { anchors }: Resolved): Resolved['anchors'] {
  const years = MAJORITY[jurisdiction]
  return years === undefined || anchors.birth === undefined
    ? anchors
    : { ...anchors, majority: addYears(anchors.birth, years) }
}

function studyDate(facts: Facts, flags: string[]): CalendarDate {
  const { study, birth, received, altDates = [] } = facts
  const plausible = (date: unknown): date is CalendarDate =>
    isDate(date) && date >= FIRST_IMAGE && (!isDate(birth) || date >= birth) && date <= addDays(received, 1)
  if (plausible(study)) return study
  flags.push(study ? 'study-date-implausible' : 'study-date-missing')
  const [first, ...others] = altDates.filter(plausible)
  if (first !== undefined) {
    flags.push('study-date-from-series')
    return latest(first, ...others)
  }
  flags.push('study-date-assumed-received')
  return received
}

function birthDate({ birth, age }: Facts, study: CalendarDate, flags: string[]): CalendarDate {
  if (isDate(birth) && birth <= study) return birth
  const partial = birth === undefined ? undefined : lastDayOf(birth)
  if (partial !== undefined) {
    flags.push('birth-date-partial')
    return earliest(partial, study)
  }
  const [, count, unit] = /^(\d{3})([YMWD])$/.exec(age ?? '') ?? []
  if (count !== undefined) {
    flags.push('birth-date-from-age')
    const n = Number(count)
    const date =
      unit === 'Y'
        ? addYears(study, -n)
        : unit === 'M'
          ? addMonths(study, -n)
          : addDays(study, -n * (unit === 'W' ? 7 : 1))
    return earliest(date, study)
  }
  flags.push('birth-date-missing-assumed-newborn')
  return study
}
