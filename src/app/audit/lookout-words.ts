/** Lookouts and their warnings in words, and what a form makes of them. */
import type { Lookout, SaveLookout, Warning } from '../../api/lookouts.ts'
import { counted } from '../words/numbers.ts'
import { KINDS } from './audit-filter.ts'

export const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const

type Looked = Pick<Lookout, 'who' | 'patients' | 'types' | 'failed' | 'emergency' | 'outside' | 'threshold'>

/** `Images looked at, by marie, of patients 4711 and 4712, outside 07:00 to 19:00 Mon–Fri; more than 50 patients in 60 minutes`. */
export function lookoutInWords({ who, patients, types, failed, emergency, outside, threshold }: Looked): string {
  const parts = [
    types.length === 0 ? 'Anything' : listed(types.map((type) => KINDS[type] ?? type)),
    failed && 'that failed or was refused',
    emergency && 'in an emergency',
    who !== '' && `by ${who}`,
    patients.length > 0 &&
      (patients.length > 3
        ? `of ${counted(patients.length, 'patient')}`
        : `of patient${patients.length === 1 ? '' : 's'} ${listed(patients)}`),
    outside !== null && `outside ${outside.from} to ${outside.until} on ${daysInWords(outside.days)}`,
  ].filter((part) => typeof part === 'string')
  const sentence = parts.join(', ')
  return threshold === null ? sentence : `${sentence}; ${thresholdInWords(threshold)}`
}

export function thresholdInWords({ more, minutes, of }: NonNullable<Lookout['threshold']>): string {
  const time = minutes % 60 === 0 ? counted(minutes / 60, 'hour') : counted(minutes, 'minute')
  return `more than ${counted(more, of === 'patients' ? 'patient' : 'time')} within ${time} by one person`
}

/** `Mon–Fri`, `Mon, Wed`. */
export function daysInWords(days: readonly number[]): string {
  if (days.length === 7) return 'every day'
  // The week begins on Monday.
  const sorted = [...days].sort((a, b) => ((a + 6) % 7) - ((b + 6) % 7))
  const names = sorted.map((day) => DAYS[day] ?? '')
  const positions = sorted.map((day) => (day + 6) % 7)
  const together = positions.every((at, index) => index === 0 || at === (positions[index - 1] ?? 0) + 1)
  return names.length > 2 && together ? `${names[0]}–${names.at(-1)}` : names.join(', ')
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

/** `marie: images looked at`, `marie: images looked at, 51 of them`. */
export function warningInWords({ who, type, seen }: Pick<Warning, 'who' | 'type' | 'seen'>): string {
  const what = KINDS[type] ?? type
  const said = `${who}: ${what.charAt(0).toLowerCase()}${what.slice(1)}`
  return seen > 1 ? `${said}, counted ${seen}` : said
}

export function addresseesInWords({ owner, addressees }: Pick<Lookout, 'owner' | 'addressees'>): string {
  return [
    owner,
    ...addressees.accounts,
    ...addressees.roles.map((role) => (role === 'privacy' ? 'every privacy officer' : `every ${role}`)),
  ].join(', ')
}

/** What the form has typed into it. */
export interface Draft {
  readonly name: string
  readonly who: string
  readonly patients: string
  readonly types: readonly string[]
  readonly failed: boolean
  readonly emergency: boolean
  readonly hours: boolean
  readonly from: string
  readonly until: string
  readonly days: readonly string[]
  readonly counts: boolean
  readonly more: string
  readonly minutes: string
  readonly of: 'entries' | 'patients'
  readonly accounts: string
  readonly roles: readonly string[]
}

export const EMPTY: Draft = {
  name: '',
  who: '',
  patients: '',
  types: [],
  failed: false,
  emergency: false,
  hours: false,
  from: '07:00',
  until: '19:00',
  days: ['1', '2', '3', '4', '5'],
  counts: false,
  more: '50',
  minutes: '60',
  of: 'patients',
  accounts: '',
  roles: ['privacy'],
}

export const draftOf = (one: Lookout): Draft => ({
  ...EMPTY,
  name: one.name,
  who: one.who,
  patients: one.patients.join(', '),
  types: one.types,
  failed: one.failed,
  emergency: one.emergency,
  hours: one.outside !== null,
  ...(one.outside !== null && {
    from: one.outside.from,
    until: one.outside.until,
    days: one.outside.days.map(String),
  }),
  counts: one.threshold !== null,
  ...(one.threshold !== null && {
    more: String(one.threshold.more),
    minutes: String(one.threshold.minutes),
    of: one.threshold.of,
  }),
  accounts: one.addressees.accounts.join(', '),
  roles: one.addressees.roles,
})

const parts = (text: string): string[] =>
  text
    .split(/[,;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** @param zone  of the reader, for hours */
export const saving = (draft: Draft, zone: string): SaveLookout => ({
  name: draft.name.trim(),
  who: draft.who.trim(),
  patients: parts(draft.patients),
  types: draft.types as SaveLookout['types'],
  failed: draft.failed,
  emergency: draft.emergency,
  outside: draft.hours ? { zone, from: draft.from, until: draft.until, days: draft.days.map(Number).sort() } : null,
  threshold: draft.counts ? { more: Number(draft.more), minutes: Number(draft.minutes), of: draft.of } : null,
  addressees: { accounts: parts(draft.accounts), roles: draft.roles as ('privacy' | 'auditor')[] },
})

/** Something is looked for, and the numbers are some. */
export function isReady(draft: Draft): boolean {
  const something =
    draft.who.trim() !== '' ||
    parts(draft.patients).length > 0 ||
    draft.types.length > 0 ||
    draft.failed ||
    draft.emergency ||
    draft.hours ||
    draft.counts
  const numbers = !draft.counts || (/^[1-9]\d{0,3}$/.test(draft.more) && /^[1-9]\d{0,3}$/.test(draft.minutes))
  const hours = !draft.hours || (draft.days.length > 0 && draft.from !== '' && draft.until !== '')
  return draft.name.trim() !== '' && something && numbers && hours
}
