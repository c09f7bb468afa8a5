/** Families of modalities (PS3.3 C.7.3.1.1.1): what a reader takes for the same kind of examination, and what is akin. */

export const FAMILY_ORDER = ['XR', 'CT', 'MR', 'US', 'MG', 'NM', 'PT', 'XA', 'RF', 'OT'] as const
export type Family = (typeof FAMILY_ORDER)[number]

const FAMILIES: Readonly<Record<string, Family>> = {
  CR: 'XR',
  DX: 'XR',
  DR: 'XR',
  RG: 'XR',
  PX: 'XR',
  IO: 'XR',
  CT: 'CT',
  MR: 'MR',
  US: 'US',
  IVUS: 'US',
  MG: 'MG',
  NM: 'NM',
  ST: 'NM',
  PT: 'PT',
  XA: 'XA',
  RF: 'RF',
}

/** What speaks of images and is none: it does not make a study another kind of examination. */
const BESIDE_IMAGES: ReadonlySet<string> = new Set([
  'SR',
  'PR',
  'KO',
  'DOC',
  'REG',
  'SEG',
  'RTSTRUCT',
  'RTPLAN',
  'RTDOSE',
  'RTRECORD',
  'AU',
  'FID',
  'RWV',
  'PLAN',
])

export const isOfImages = (modality: string): boolean => modality !== '' && !BESIDE_IMAGES.has(modality)

/** Families of a study's images, each once. */
export function familiesOf(modalities: Iterable<string>): readonly Family[] {
  return [...new Set([...modalities].filter(isOfImages).map((modality) => FAMILIES[modality] ?? 'OT'))].sort()
}

/** How much an earlier study of one family helps beside one of the other, from 0 to 1; the same is 1. */
const AKIN: readonly (readonly [Family, Family, number])[] = [
  ['PT', 'CT', 0.6],
  ['NM', 'PT', 0.6],
  ['CT', 'MR', 0.5],
  ['CT', 'XR', 0.35],
  ['MR', 'XR', 0.3],
  ['RF', 'XR', 0.5],
  ['XA', 'CT', 0.4],
  ['XA', 'RF', 0.4],
  ['MG', 'US', 0.5],
  ['MG', 'MR', 0.5],
  ['US', 'CT', 0.4],
  ['US', 'MR', 0.4],
  ['NM', 'CT', 0.4],
  ['NM', 'MR', 0.3],
  ['PT', 'MR', 0.4],
]

const alike = (here: Family, there: Family): number =>
  here === there ? 1 : (AKIN.find(([a, b]) => (a === here && b === there) || (a === there && b === here))?.[2] ?? 0.1)

/** The best of what two studies have in common: a PET/CT and a CT share the CT. */
export function kindness(here: readonly Family[], there: readonly Family[]): number {
  return Math.max(0, ...here.flatMap((one) => there.map((other) => alike(one, other))))
}
