/** A hold in words: its scope, and what can be done about it. */
import type { Hold } from '../../api/holds.ts'
import { formatDate } from '../words/dates.ts'
import { counted } from '../words/numbers.ts'

export function scopeInWords({ studies, patients, search }: Hold): string {
  const parts = [
    ...(studies.length > 0 ? [counted(studies.length, 'study', 'studies')] : []),
    ...patients.map(({ id, issuer }) => `patient ${id}${issuer === '' ? '' : ` (${issuer})`}`),
    ...(search ? ['what a search finds'] : []),
  ]
  return parts.join(', ').replace(/^./, (first) => first.toUpperCase())
}

export function searchInWords({ words, modality, from, to }: NonNullable<Hold['search']>): string {
  const parts = [
    ...(words === '' ? [] : [`“${words}”`]),
    ...(modality ? [modality] : []),
    ...(from ? [`from ${formatDate(from)}`] : []),
    ...(to ? [`to ${formatDate(to)}`] : []),
  ]
  return `${parts.join(', ')}; also what comes later`
}

/** UIDs in a text somebody pasted: one a line, or with commas or spaces between. */
export const uidsIn = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter((one) => one !== ''))]

/** `2018-01-31` of a date field as DICOM has it. */
export const compactDate = (iso: string): string => iso.replaceAll('-', '')

export type HoldStep = 'ask' | 'keep' | 'release'

/** What this person can do about a hold: nobody releases what the same person asked for. */
export function holdSteps(
  { asked, released }: Pick<Hold, 'asked' | 'released'>,
  me: string,
  may: { readonly place: boolean; readonly release: boolean },
): readonly { readonly step: HoldStep; readonly label: string; readonly waits: boolean }[] {
  if (released) return []
  if (!asked) return may.place ? [{ step: 'ask', label: 'Ask for release', waits: false }] : []
  const mine = asked.by === me
  return [
    ...(may.place ? [{ step: 'keep', label: mine ? 'Withdraw' : 'Keep it', waits: false } as const] : []),
    ...(may.release && !mine ? [{ step: 'release', label: 'Release', waits: true } as const] : []),
  ]
}
