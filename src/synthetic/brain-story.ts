/**
 * The brain: magnetic resonance with several contrasts and planes, and eleven months later again. Plaques of multiple
 * sclerosis, bright in FLAIR; under treatment the largest shrinks.
 */
import { type Attributes, code, decimal } from '../dicom/attributes.ts'
import { rice } from './grain.ts'
import { type Lesion, noShares, TISSUES, tissuesAt } from './head/anatomy.ts'
import { type Sequence, signals } from './head/sequences.ts'
import { burnIn } from './lettering.ts'
import { commonModules, frameOfReferenceUid, greyImage, type Series, type Study, type Told } from './modules.ts'
import { type SyntheticObject, sixteenBits, syntheticObject } from './object.ts'
import { PERSONS } from './persons.ts'
import { fillNormal, randomOf } from './random.ts'
import { noise3 } from './texture.ts'

type Vector = readonly [number, number, number]

interface Plane {
  readonly row: Vector
  readonly column: Vector
  /** From slice to slice. */
  readonly normal: Vector
  /** Middle of the first slice, mm. */
  readonly first: Vector
  readonly slices: number
}

const AXIAL: Plane = { row: [1, 0, 0], column: [0, 1, 0], normal: [0, 0, 1], first: [0, -6, -44], slices: 24 }
const SAGITTAL: Plane = { row: [0, 1, 0], column: [0, 0, -1], normal: [1, 0, 0], first: [-52.5, -4, 0], slices: 22 }
const CORONAL: Plane = { row: [1, 0, 0], column: [0, 0, -1], normal: [0, 1, 0], first: [0, -62, 0], slices: 26 }

interface Scan {
  readonly plane: Plane
  readonly sequence: Sequence
  readonly size: number
  readonly spacing: number
  readonly window: readonly [center: number, width: number]
}

const T1: Sequence = { name: 'T1 IR', repetition: 2000, echo: 3, inversion: 900, noise: 0.035 }
const T2: Sequence = { name: 'T2 TSE', repetition: 4800, echo: 100, noise: 0.05 }
const FLAIR: Sequence = { name: 'T2 FLAIR', repetition: 9000, echo: 110, inversion: 2500, noise: 0.06 }
const DWI: Sequence = { name: 'DWI b1000', repetition: 5000, echo: 90, b: 1000, withoutFat: true, noise: 0.045 }
const ADC: Sequence = { ...DWI, name: 'ADC', map: true, noise: 0.04 }

const fine = { size: 256, spacing: 0.9 }
const coarse = { size: 128, spacing: 1.8 }

const FIRST: readonly Scan[] = [
  { plane: SAGITTAL, sequence: T1, ...fine, window: [430, 860] },
  { plane: AXIAL, sequence: T2, ...fine, window: [620, 1250] },
  { plane: AXIAL, sequence: FLAIR, ...fine, window: [480, 900] },
  { plane: CORONAL, sequence: T2, ...fine, window: [620, 1250] },
  { plane: AXIAL, sequence: DWI, ...coarse, window: [340, 680] },
  { plane: AXIAL, sequence: ADC, ...coarse, window: [1200, 2400] },
]
const AGAIN: readonly Scan[] = FIRST.slice(1, 3)

interface Visit extends Told {
  readonly scans: readonly Scan[]
  readonly lesions: readonly Lesion[]
}

const study = (key: string, date: string, time: string): Study => ({
  person: PERSONS.brain,
  key,
  date,
  time,
  description: 'MR Brain',
})

const OLD: readonly Lesion[] = [
  { x: 20, y: 30, z: 26, radius: 3.2, length: 5.5 },
  { x: -22, y: 20, z: 29, radius: 2.6, length: 4.6 },
  { x: 19, y: -26, z: 26, radius: 2.4, length: 4.4 },
]
const LARGE = { x: -23, y: -8, z: 30 } as const

export const BRAIN_VISITS: readonly Visit[] = [
  {
    study: study('brain-1', '20120215', '100500'),
    says: 'Plaques beside the ventricles; a large one on the right.',
    scans: FIRST,
    lesions: [...OLD, { ...LARGE, radius: 7, length: 10.5 }],
  },
  {
    study: study('brain-2', '20130110', '140000'),
    says: 'The large plaque has shrunk under treatment, the others are as they were.',
    scans: AGAIN,
    lesions: [...OLD, { ...LARGE, radius: 3.4, length: 5.6 }],
  },
]

const THICKNESS = 5

export function* brainVisits(): Generator<SyntheticObject> {
  for (const visit of BRAIN_VISITS)
    for (const [index, scan] of visit.scans.entries())
      for (let slice = 0; slice < scan.plane.slices; slice += 1) yield slicedObject(visit, scan, index + 1, slice)
}

function slicedObject({ study, lesions }: Visit, scan: Scan, number: number, slice: number): SyntheticObject {
  const { plane, sequence, size, spacing, window } = scan
  const planeName = plane === AXIAL ? 'axial' : plane === SAGITTAL ? 'sagittal' : 'coronal'
  const series: Series = {
    study,
    number,
    modality: 'MR',
    description: `${sequence.name} ${planeName}`,
    bodyPart: 'BRAIN',
    model: 'Phantom MR 1.5T',
  }
  const half = ((size - 1) / 2) * spacing
  const at = (axis: 0 | 1 | 2): number =>
    plane.first[axis] + slice * THICKNESS * plane.normal[axis] - half * (plane.row[axis] + plane.column[axis])
  const corner: Vector = [at(0), at(1), at(2)]
  const attributes: Attributes = {
    ...commonModules(series, slice + 1, 'MRImageStorage'),
    ...greyImage({ rows: size, columns: size, bitsStored: 12 }),
    ImageType: sequence.map === true ? ['DERIVED', 'PRIMARY', 'ADC'] : ['ORIGINAL', 'PRIMARY', 'OTHER'],
    ...(sequence.map === true ? { DerivationDescription: 'Apparent diffusion coefficient, 1e-6 mm2/s' } : {}),
    PatientPosition: 'HFS',
    FrameOfReferenceUID: frameOfReferenceUid(study),
    PositionReferenceIndicator: '',
    ImagePositionPatient: corner.map(decimal),
    ImageOrientationPatient: [...plane.row, ...plane.column],
    PixelSpacing: [spacing, spacing],
    SliceThickness: THICKNESS,
    SpacingBetweenSlices: THICKNESS,
    SliceLocation: decimal(corner[0] * plane.normal[0] + corner[1] * plane.normal[1] + corner[2] * plane.normal[2]),
    ScanningSequence: sequence.inversion === undefined ? (sequence.b === undefined ? 'SE' : ['SE', 'EP']) : 'IR',
    SequenceVariant: 'SK',
    ScanOptions: sequence.withoutFat === true ? 'FS' : '',
    MRAcquisitionType: '2D',
    SequenceName: sequence.name.replaceAll(' ', '_'),
    RepetitionTime: sequence.repetition,
    EchoTime: sequence.echo,
    ...(sequence.inversion === undefined ? {} : { InversionTime: sequence.inversion }),
    EchoTrainLength: 1,
    MagneticFieldStrength: 1.5,
    ImagedNucleus: '1H',
    FlipAngle: 90,
    AcquisitionNumber: 1,
    AcquisitionDate: study.date,
    AcquisitionTime: study.time,
    ...(sequence.b === undefined || sequence.map === true ? {} : { DiffusionBValue: sequence.b }),
    WindowCenter: window[0],
    WindowWidth: window[1],
    AnatomicRegionSequence: code('12738006', 'SCT', 'Brain'),
  }
  return syntheticObject(attributes, {
    vr: 'OW',
    bytesPerFrame: size * size * 2,
    frames: 1,
    frame: () => sixteenBits(slicePixels(scan, corner, lesions, String(attributes.SOPInstanceUID))),
  })
}

/** Grey values: white matter at about 500 in each contrast, whatever its signal is. */
function slicePixels(
  { plane, sequence, size, spacing }: Scan,
  corner: Vector,
  lesions: readonly Lesion[],
  seed: string,
): Uint16Array {
  const { row, column } = plane
  const table = signals(sequence)
  const white = table[TISSUES.indexOf('white')] ?? 1
  const scale = sequence.map === true ? 1000 : 500 / white
  const deviation = sequence.noise * (sequence.map === true ? 1000 : 500)
  const noise = new Float32Array(size * size * 2)
  fillNormal(noise, randomOf(`resonance ${seed}`))
  const stored = new Uint16Array(size * size)
  const shares = noShares()
  for (let down = 0; down < size; down += 1)
    for (let across = 0; across < size; across += 1) {
      const x = corner[0] + spacing * (across * row[0] + down * column[0])
      const y = corner[1] + spacing * (across * row[1] + down * column[1])
      const z = corner[2] + spacing * (across * row[2] + down * column[2])
      tissuesAt(shares, x, y, z, lesions, spacing * 1.3)
      let signal = 0
      for (let tissue = 0; tissue < shares.length; tissue += 1) signal += (shares[tissue] ?? 0) * (table[tissue] ?? 0)
      // Coils hear what is near them better.
      const coil = 1 + 0.07 * noise3(x / 90, y / 90, z / 90, 51) + ((x * x + y * y) / 9000) * 0.14
      const grain = 1 + 0.02 * noise3(x / 2.5, y / 2.5, z / 5, 52)
      const at = down * size + across
      const measured =
        sequence.map === true
          ? signal * scale + (signal > 0.1 ? deviation * (noise[2 * at] ?? 0) : 0)
          : rice(signal * scale * coil * grain, deviation, noise[2 * at] ?? 0, noise[2 * at + 1] ?? 0)
      stored[at] = Math.max(0, Math.min(4095, Math.round(measured)))
    }
  burnIn(stored, size, size, 1400, { size: 1, across: 0.16, down: 0.03 })
  return stored
}
