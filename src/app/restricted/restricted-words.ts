/** Restrictions, emergencies and their review in words. */
import type { Emergency, Restriction, Review } from '../../api/restrictions.ts'

export const KINDS: Readonly<Record<Restriction['kind'], string>> = {
  patient: 'A patient',
  study: 'A study',
  institution: 'Whatever an institution made',
  source: 'Whatever a device sends',
  code: 'Whatever has a confidentiality code',
}

export const CAUSES: Readonly<Record<Emergency['cause'], string>> = {
  emergency: 'Emergency care',
  'on-call': 'On-call cover',
  'mass-casualty': 'Mass casualty',
  'system-fault': 'System fault',
}

const OF: Readonly<Record<Restriction['kind'], string>> = {
  patient: 'Patient',
  study: 'Study',
  institution: 'Institution',
  source: 'Source',
  code: 'Code',
}

/** `Patient 4711 (HOSP)`. */
export function subjectInWords({ kind, subject, patient }: Pick<Restriction, 'kind' | 'subject' | 'patient'>): string {
  return `${OF[kind]} ${patient === null ? subject : patientInWords(patient)}`
}

export const patientInWords = ({ id, issuer }: { readonly id: string; readonly issuer: string }): string =>
  issuer === '' ? id : `${id} (${issuer})`

/** Who is let in: people first, then roles, then devices. */
export function admitsInWords({ accounts, roles, devices }: Restriction['admits']): string {
  const all = [
    ...accounts,
    ...roles.map((role) => `every ${role}`),
    ...devices.map((aet) => (aet === '*' ? 'every listed device' : `device ${aet}`)),
  ]
  return all.length === 0 ? 'nobody in particular' : all.join(', ')
}

/** What a review is of, in a sentence. */
export function reviewInWords({ kind, who, patient }: Pick<Review, 'kind' | 'who' | 'patient'>): string {
  return kind === 'emergency'
    ? `${who} broke the glass of patient ${patientInWords(patient)}`
    : `${who} opened images of patient ${patientInWords(patient)}, who is watched`
}

/** Names typed into one field, parted by commas or lines. */
export const namesIn = (text: string): string[] =>
  text
    .split(/[,;\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== '')
