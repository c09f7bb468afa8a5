/**
 * What people say of a study, of its patient or of a trial that neither images nor messages bring: the dates periods are
 * counted from and the tags rules ask for (compliance specification 2.1, 2.2). Several may say the same: then what keeps
 * longer counts.
 */
import { type CalendarDate, isDate, lastDayOf } from './calendar.ts'
import type { Facts, Suspension } from './facts.ts'

export type SubjectKind = 'study' | 'patient' | 'trial'
export const SUBJECT_KINDS: readonly SubjectKind[] = ['study', 'patient', 'trial']

interface ToldDate {
  readonly says: string
  readonly of: readonly SubjectKind[]
  /** It cannot lie ahead. */
  readonly past?: true
}

const PERSONAL: readonly SubjectKind[] = ['study', 'patient']

/** By the name of the anchor; `keepUntil` is no anchor: whatever the rules say, it is kept at least that long. */
export const TOLD_DATES = {
  birth: { says: 'the birth date', of: ['patient'], past: true },
  death: { says: 'the day of death', of: ['patient'], past: true },
  study: { says: 'the day of the examination', of: ['study'], past: true },
  lastImaging: { says: 'the last examination, here or elsewhere', of: PERSONAL, past: true },
  lastSeen: { says: 'the last contact', of: PERSONAL, past: true },
  discharge: { says: 'the day of discharge', of: PERSONAL, past: true },
  treatmentEnd: { says: 'the end of the treatment', of: PERSONAL },
  lastChange: { says: 'the last change of the file', of: PERSONAL, past: true },
  diagnosis: { says: 'the day of the diagnosis', of: PERSONAL, past: true },
  transplant: { says: 'the day of the transplant', of: PERSONAL, past: true },
  lastLiveBirth: { says: 'the last live birth', of: PERSONAL, past: true },
  employmentEnd: { says: 'the end of the employment', of: PERSONAL },
  trialEnd: { says: 'the end of the trial', of: ['study', 'trial'] },
  approval: { says: 'the marketing approval, or when the investigation was ended', of: ['study', 'trial'] },
  keepUntil: { says: 'kept at least through', of: ['study', 'patient', 'trial'] },
} as const satisfies Readonly<Record<string, ToldDate>>
export type ToldDateName = keyof typeof TOLD_DATES

/** Which trial a study or a patient is in: what is said of the trial then counts too. */
export const TRIAL = 'trial'
/** An examination of an inpatient: then the rules for inpatients count beside the institution's. */
export const INPATIENT = 'inpatient'
/** A date that stands although what is known now would end earlier; only people let it go (0028). */
export const FLOOR = 'floor'
const TAG = /^tag\.[a-z0-9]+(-[a-z0-9]+)*$/
/** A claim that suspends periods, by the day it began; its value is the day it ended, or `open`. */
const SUSPENSION = /^suspension\.(\d{4}-\d{2}-\d{2})$/
const OPEN = 'open'
const YES = 'yes'

/** What was said, by name. */
export type Sayings = readonly { readonly name: string; readonly value: string }[]

/** Why this cannot be said of such a subject; undefined when it can. `''` takes back what was said. */
export function whyNotSaid(kind: SubjectKind, name: string, value: string, today: CalendarDate): string | undefined {
  const date: ToldDate | undefined = Object.hasOwn(TOLD_DATES, name) ? TOLD_DATES[name as ToldDateName] : undefined
  if (date !== undefined) {
    if (!date.of.includes(kind)) return `${name} is said of a ${date.of.join(' or a ')}`
    if (value === '') return undefined
    if (!isDate(value) && !(name === 'birth' && lastDayOf(value) !== undefined)) return `${name} is a day, YYYY-MM-DD`
    return date.past === true && value > today ? `${name} lies ahead` : undefined
  }
  const suspended = SUSPENSION.exec(name)
  if (suspended !== null) {
    const [, from = ''] = suspended
    if (kind === 'trial') return 'a claim concerns a study or a patient'
    if (!isDate(from)) return 'a claim is named by the day it began'
    if (value === '' || value === OPEN) return undefined
    return isDate(value) && value >= from ? undefined : 'a claim ends on a day after it began, or is open'
  }
  if (name === TRIAL) return kind === 'trial' ? 'a trial is in no other' : long(value)
  if (name === INPATIENT || TAG.test(name)) {
    if (name === INPATIENT && kind !== 'study') return 'whether it was of an inpatient is said of a study'
    return value === '' || value === YES ? undefined : `${name} is said, or taken back`
  }
  return `there is nothing called ${name}: a day (${Object.keys(TOLD_DATES).join(', ')}), ${TRIAL}, ${INPATIENT}, suspension.YYYY-MM-DD, or a tag (tag.cancer)`
}

const long = (value: string): string | undefined => (value.length > 64 ? 'a trial has a shorter name' : undefined)

/** All that was said of a study, of its patient and of their trials, as the engine takes it. */
export interface Told {
  readonly dates: Partial<Record<ToldDateName, CalendarDate>>
  readonly tags: readonly string[]
  readonly suspensions: readonly Suspension[]
  readonly inpatient: boolean
  readonly floor: CalendarDate | undefined
}

export const NOTHING_TOLD: Told = { dates: {}, tags: [], suspensions: [], inpatient: false, floor: undefined }

export function told(sayings: Sayings): Told {
  if (sayings.length === 0) return NOTHING_TOLD
  const dates: Partial<Record<ToldDateName, string>> = {}
  const tags = new Set<string>()
  const suspensions: Suspension[] = []
  let [inpatient, floor] = [false, '']
  for (const { name, value } of sayings) {
    const suspended = SUSPENSION.exec(name)
    if (suspended !== null) suspensions.push({ from: suspended[1] ?? '', to: value === OPEN ? null : value })
    else if (name.startsWith('tag.')) tags.add(name.slice('tag.'.length))
    else if (name === INPATIENT) inpatient = true
    else if (name === FLOOR) floor = value
    else if (Object.hasOwn(TOLD_DATES, name)) {
      const anchor = name as ToldDateName
      if (value > (dates[anchor] ?? '')) dates[anchor] = value
    }
  }
  return { dates, tags: [...tags].sort(), suspensions, inpatient, floor: floor === '' ? undefined : floor }
}

/** The facts of a study with what people said of it. */
export function withTold(facts: Facts, { dates, tags, suspensions, floor }: Told): Facts {
  const { keepUntil, ...anchors } = dates
  const { lastImaging } = facts
  const stands = [floor, keepUntil]
    .filter((one) => one !== undefined)
    .sort()
    .at(-1)
  return {
    ...facts,
    ...anchors,
    // What is here counts whatever is said of elsewhere.
    ...(lastImaging !== undefined && lastImaging > (anchors.lastImaging ?? '') && { lastImaging }),
    ...(tags.length > 0 && { tags }),
    ...(suspensions.length > 0 && { suspensions }),
    ...(stands !== undefined && { floor: stands }),
  }
}

/** The same without dates that people set or that were promised: what the law alone says. */
export function byLawAlone({ dates: { keepUntil: _, ...dates }, ...rest }: Told): Told {
  return { ...rest, dates, floor: undefined }
}

export const isSuspension = (name: string): boolean => SUSPENSION.test(name)
