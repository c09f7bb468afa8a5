/** Rules of routing in words, and a form's fields as a rule. */
import type { DestinationRow, RouteEntry, RouteRow } from '../../api/routing.ts'
import { formatMoment } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const
export const DOORS = { 'c-store': 'DICOM', stow: 'DICOMweb', import: 'import' } as const
type Door = keyof typeof DOORS

/** What must hold: `Modality is CT or MR, from CT01, 18:00 to 07:00`. */
export function ruleInWords({ attributes, from, doors, hours }: RouteRow['rule']): string {
  const parts = [
    ...attributes.map(({ keyword, value }) => `${keyword} is ${value.split('\\').join(' or ')}`),
    ...(from.length > 0 ? [`from ${from.join(' or ')}`] : []),
    ...(doors.length > 0 ? [`by ${doors.map((door) => DOORS[door]).join(' or ')}`] : []),
    ...(hours === undefined ? [] : [hoursInWords(hours)]),
  ]
  return parts.length === 0 ? 'Everything that arrives' : parts.join(', ')
}

function hoursInWords({ days, from, until }: NonNullable<RouteRow['rule']['hours']>): string {
  const on = days.length === 0 || days.length === 7 ? '' : `on ${days.map((day) => DAYS[day]).join(', ')} `
  return from === until ? `${on}at any hour` : `${on}${from} to ${until}`
}

/** How a destination fares, in words. */
export function stateInWords({ away, sending, waiting, stuck, oldest }: DestinationRow): string {
  if (away !== null) return `${away.why} Next try: ${formatMoment(away.nextAt)}.`
  if (sending) return `${counted(waiting, 'object')} on the way`
  if (waiting > 0) return `${counted(waiting, 'object')} waiting since ${formatMoment(oldest)}`
  return stuck > 0 ? 'Nothing else waits' : 'Nothing waits'
}

export interface RuleDraft {
  readonly name: string
  /** A line each: `Modality=CT\MR`. */
  readonly attributes: string
  /** AE titles, separated by commas. */
  readonly from: string
  readonly doors: readonly Door[]
  readonly days: readonly number[]
  readonly begins: string
  readonly ends: string
  readonly to: readonly string[]
}

export const EMPTY_DRAFT: RuleDraft = {
  name: '',
  attributes: '',
  from: '',
  doors: [],
  days: [],
  begins: '',
  ends: '',
  to: [],
}

export const WEEK = DAYS

/** The rule a form describes; undefined for a line that is no attribute with a value, by its number from 1. */
export function ruleOf(draft: RuleDraft): { readonly entry: RouteEntry } | { readonly wrongLine: number } {
  const lines = draft.attributes.split('\n').map((line) => line.trim())
  const attributes: { keyword: string; value: string }[] = []
  for (const [at, line] of lines.entries()) {
    if (line === '') continue
    const [, keyword, value] = /^([A-Za-z0-9]+)\s*=\s*(.*)$/.exec(line) ?? []
    if (keyword === undefined || value === undefined) return { wrongLine: at + 1 }
    attributes.push({ keyword, value })
  }
  const timed = draft.begins !== '' || draft.ends !== '' || draft.days.length > 0
  return {
    entry: {
      name: draft.name,
      rule: {
        attributes,
        from: draft.from
          .split(',')
          .map((title) => title.trim())
          .filter((title) => title !== ''),
        doors: [...draft.doors],
        ...(timed && {
          hours: { days: [...draft.days], from: draft.begins || '00:00', until: draft.ends || '00:00' },
        }),
        to: [...draft.to],
      },
    },
  }
}
