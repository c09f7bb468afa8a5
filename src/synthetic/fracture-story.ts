/**
 * The fracture: a left wrist on four days, from behind and from the side. Broken, bridged by callus, remodelled. Two of
 * the examinations come from a reader that stores white as small numbers (MONOCHROME1).
 */
import { code } from '../dicom/attributes.ts'
import { radiograph } from './dx.ts'
import { type Healing, WRIST, wristDepth } from './limbs/wrist.ts'
import type { Series, Study, Told } from './modules.ts'
import type { SyntheticObject } from './object.ts'
import { PERSONS } from './persons.ts'
import type { Exposure } from './radiograph.ts'

interface Visit extends Told {
  readonly healing: Healing
  readonly inverse: boolean
}

const study = (key: string, date: string, time: string): Study => ({
  person: PERSONS.fracture,
  key,
  date,
  time,
  description: 'Left wrist, two views',
})

export const VISITS: readonly Visit[] = [
  {
    study: study('wrist-1', '20230812', '171200'),
    says: 'The end of the radius is broken and displaced; soft parts are swollen.',
    healing: { gap: 1.5, fuzz: 0, step: 2, callus: 0, solid: 0, line: 0, swelling: 6 },
    inverse: false,
  },
  {
    study: study('wrist-2', '20230904', '092000'),
    says: 'Three weeks: set better, its edges are resorbed, the first callus shows.',
    healing: { gap: 1.9, fuzz: 0.5, step: 1.2, callus: 0.35, solid: 0.1, line: 0.1, swelling: 2 },
    inverse: true,
  },
  {
    study: study('wrist-3', '20231016', '094500'),
    says: 'Nine weeks: callus bridges the gap.',
    healing: { gap: 0.5, fuzz: 0.8, step: 1.2, callus: 1, solid: 0.7, line: 0.25, swelling: 0 },
    inverse: true,
  },
  {
    study: study('wrist-4', '20240611', '081500'),
    says: 'Ten months: remodelled; a dense line tells where it was.',
    healing: { gap: 0, fuzz: 1, step: 0.8, callus: 0.3, solid: 1, line: 0.22, swelling: 0 },
    inverse: false,
  },
]

const EXPOSURE: Exposure = {
  quanta: 4000,
  scatter: 0.06,
  bits: 12,
  darkest: 0.08,
  brightest: 1.75,
  edges: 0.8,
  inverse: false,
}

const WRIST_JOINT = code('74670003', 'SCT', 'Wrist joint')

export function* fractureVisits(): Generator<SyntheticObject> {
  for (const { study, healing, inverse } of VISITS)
    for (const [index, view] of (['behind', 'side'] as const).entries()) {
      const series: Series = {
        study,
        number: index + 1,
        modality: 'DX',
        description: view === 'behind' ? 'Wrist PA' : 'Wrist lateral',
        bodyPart: 'WRIST',
        model: 'Phantom DX',
      }
      yield radiograph({
        ...WRIST,
        series,
        instance: 1,
        exposure: { ...EXPOSURE, inverse, brightest: view === 'behind' ? EXPOSURE.brightest : 2.6 },
        laterality: 'L',
        // The hand lies on the detector, fingers up: the thumb, which is lateral, to the right.
        orientation: view === 'behind' ? ['L', 'H'] : ['P', 'H'],
        viewPosition: view === 'behind' ? 'PA' : 'LL',
        view:
          view === 'behind'
            ? code('272479007', 'SCT', 'postero-anterior')
            : code('399067008', 'SCT', 'lateral projection'),
        region: WRIST_JOINT,
        kvp: 55,
        place: { size: 2, across: 0.13, down: 0.95 },
        depth: () => wristDepth(view, healing),
      })
    }
}
