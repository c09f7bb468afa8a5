/** A patient with five hundred studies over forty years: what a chronic illness leaves, a picture a study. */
import { type Synthetic, syntheticInstance } from './synthetic.ts'

const COURSE = [
  ['CT', 'CT Chest with contrast'],
  ['CR', 'Chest PA'],
  ['US', 'US Abdomen'],
  ['MR', 'MR Brain'],
  ['CR', 'Left knee AP'],
  ['CT', 'CT Abdomen'],
  ['MG', 'Mammography, both sides'],
  ['CR', 'Chest PA'],
  ['MR', 'MR Lumbar spine'],
] as const

export const LIFETIME_ID = 'SYN-LIFE'
export const LIFETIME_KEY = Buffer.from(`|${LIFETIME_ID}`).toString('base64url')

/** Oldest first. Irregular, as lives are: a quiet youth, then an illness with several examinations a month. */
export function* lifetime(studies = 500): Generator<Synthetic & { readonly date: string }> {
  const days = 40 * 365.25
  for (let at = 0; at < studies; at += 1) {
    const share = (at / Math.max(1, studies - 1)) ** 0.6
    const date = new Date(Date.UTC(1985, 4, 3) + share * days * 86_400_000)
      .toISOString()
      .slice(0, 10)
      .replaceAll('-', '')
    const [modality, studyDescription] = COURSE[(at * 7 + (at >> 3)) % COURSE.length] ?? COURSE[0]
    const instance = syntheticInstance({
      seed: 50_000 + at,
      study: 50_000 + at,
      rows: 64,
      columns: 64,
      patientId: LIFETIME_ID,
      patientName: 'SYNTHETIC^LIFETIME',
      birthDate: '19500101',
      studyDate: date,
      studyDescription,
      modality,
      value: (column, row) => Math.hypot(column - 32, row - 32) * 60 + at,
    })
    yield { ...instance, date }
  }
}
