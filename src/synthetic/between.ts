/** What happens between the examinations a story is about: other parts of the same person, other machines. */
import { code } from '../dicom/attributes.ts'
import { radiograph } from './dx.ts'
import { KNEE, kneeDepth } from './limbs/knee.ts'
import type { Person, Study, Told } from './modules.ts'
import type { SyntheticObject } from './object.ts'
import { PERSONS } from './persons.ts'
import type { NoduleState } from './thorax/nodule.ts'
import { CHEST, chestDepth } from './thorax/projection.ts'

const study = (person: Person, key: string, date: string, time: string, description: string): Study => ({
  person,
  key,
  date,
  time,
  description,
})

const CLEAR: Told = {
  study: study(PERSONS.nodule, 'chest-1', '20060511', '103000', 'Chest PA'),
  says: 'A clear chest, thirteen years before.',
}
const SHADOW: Told = {
  study: study(PERSONS.nodule, 'chest-2', '20200310', '090500', 'Chest PA'),
  says: 'A round shadow in the right upper field: the CT of the next week shows what it is.',
}
const KNEE_STUDY: Told = {
  study: study(PERSONS.nodule, 'knee-1', '20140902', '151000', 'Right knee AP'),
  says: 'Unrelated: a knee.',
}

export const BETWEEN: readonly Told[] = [CLEAR, KNEE_STUDY, SHADOW]

export function* betweenObjects(): Generator<SyntheticObject> {
  yield chest(CLEAR.study, { radius: 0, lobes: 0, strands: 0, height: 1, hu: 0 })
  yield knee()
  yield chest(SHADOW.study, { radius: 8.2, lobes: 0.11, strands: 1, height: 1, hu: 48 })
}

function chest(of: Study, nodule: NoduleState): SyntheticObject {
  return radiograph({
    ...CHEST,
    series: { study: of, number: 1, modality: 'DX', description: 'Chest PA', bodyPart: 'CHEST', model: 'Phantom DX' },
    instance: 1,
    exposure: { quanta: 60_000, scatter: 0.05, bits: 14, darkest: 0.5, brightest: 4.3, edges: 0.9, inverse: false },
    laterality: 'U',
    orientation: ['L', 'F'],
    viewPosition: 'PA',
    view: code('272479007', 'SCT', 'postero-anterior'),
    region: code('51185008', 'SCT', 'Chest'),
    kvp: 125,
    place: { size: 2, across: 0.12, down: 0.03 },
    depth: () => chestDepth(nodule),
  })
}

function knee(): SyntheticObject {
  return radiograph({
    ...KNEE,
    series: {
      study: KNEE_STUDY.study,
      number: 1,
      modality: 'DX',
      description: 'Knee AP',
      bodyPart: 'KNEE',
      model: 'Phantom DX',
    },
    instance: 1,
    exposure: { quanta: 9000, scatter: 0.06, bits: 12, darkest: 0.3, brightest: 3.2, edges: 0.8, inverse: false },
    laterality: 'R',
    orientation: ['L', 'F'],
    viewPosition: 'AP',
    view: code('399348003', 'SCT', 'antero-posterior'),
    region: code('49076000', 'SCT', 'Knee joint'),
    kvp: 65,
    place: { size: 2, across: 0.075, down: 0.96 },
    depth: kneeDepth,
  })
}
