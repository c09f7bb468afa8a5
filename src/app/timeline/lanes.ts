/** The studies of a patient in lanes, by what they show or by how they were made. Pure. */
import type { RecordCard } from '../../api/record.ts'

export type LaneKind = 'region' | 'modality'

export interface Lane {
  readonly name: string
  readonly studies: readonly RecordCard[]
}

const FAMILY_NAMES: Readonly<Record<string, string>> = {
  XR: 'Radiographs',
  CT: 'CT',
  MR: 'MR',
  US: 'Ultrasound',
  MG: 'Mammography',
  NM: 'Nuclear medicine',
  PT: 'PET',
  XA: 'Angiography',
  RF: 'Fluoroscopy',
  OT: 'Other images',
}

/** From head to foot, as the archive orders regions; what nobody described is last. */
const BODY = [
  'head',
  'neck',
  'chest',
  'heart',
  'breast',
  'abdomen',
  'pelvis',
  'spine',
  'shoulder',
  'clavicle',
  'upper arm',
  'elbow',
  'forearm',
  'wrist',
  'hand',
  'hip',
  'thigh',
  'knee',
  'lower leg',
  'ankle',
  'foot',
  'whole body',
]

export const UNTOLD = 'Region not stated'
export const NO_IMAGES = 'Reports and documents'

export function lanesOf(studies: readonly RecordCard[], kind: LaneKind): readonly Lane[] {
  const lanes = new Map<string, RecordCard[]>()
  for (const study of studies)
    for (const name of namesOf(study, kind)) lanes.set(name, [...(lanes.get(name) ?? []), study])
  const order = kind === 'region' ? BODY.map(capital) : Object.values(FAMILY_NAMES)
  const rank = (name: string) => (order.indexOf(name) + order.length + 1) % (order.length + 1)
  return [...lanes]
    .map(([name, of]) => ({ name, studies: of }))
    .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1))
}

function namesOf({ lanes, families }: RecordCard, kind: LaneKind): readonly string[] {
  if (kind === 'region') return lanes.length === 0 ? [UNTOLD] : lanes.map(capital)
  return families.length === 0 ? [NO_IMAGES] : families.map((family) => FAMILY_NAMES[family] ?? family)
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** What a study is, in few words: `CT · chest`, `XR · left wrist`. */
export function kindOf({ families, modalities, regions, side }: RecordCard): string {
  const what = (families.length === 0 ? modalities : families).join('+')
  const where = regions.join(', ')
  return [what, side && side !== 'both' && where ? `${side} ${where}` : where].filter(Boolean).join(' · ')
}
