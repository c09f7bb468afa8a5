/**
 * The nodule: six computed tomographies of one chest in seven years. It appears, grows, is treated, shrinks and leaves a
 * scar. Between the examinations the patient lies a little differently and the slices begin elsewhere, as they do.
 */
import { type Attributes, code, decimal } from '../dicom/attributes.ts'
import { sliceGrain, smooth } from './grain.ts'
import { burnIn } from './lettering.ts'
import {
  commonModules,
  frameOfReferenceUid,
  greyImage,
  instanceUid,
  type Series,
  type Study,
  seriesUid,
  studyUid,
  type Told,
} from './modules.ts'
import { type SyntheticObject, sixteenBits, syntheticObject } from './object.ts'
import { PERSONS } from './persons.ts'
import { randomOf } from './random.ts'
import { raster } from './raster.ts'
import { NODULE, type NoduleState, type NoduleTruth, noduleTruth } from './thorax/nodule.ts'
import type { Point } from './thorax/shape.ts'
import { paintChest, paintTable, VENOUS } from './thorax/slice.ts'

export interface Examination extends Told {
  readonly nodule: NoduleState
  /** From the phantom's coordinates to those of this examination, mm. */
  readonly shift: Point
  /** Height of the uppermost slice, mm. */
  readonly top: number
}

const study = (key: string, date: string, time: string): Study => ({
  person: PERSONS.nodule,
  key,
  date,
  time,
  description: 'CT Chest with contrast',
})

export const EXAMINATIONS: readonly Examination[] = [
  {
    study: study('ct-1', '20190305', '091500'),
    says: 'A small nodule in the right upper lobe.',
    nodule: { radius: 2.3, lobes: 0.04, strands: 0, height: 1, hu: 20 },
    shift: [0, 0, 0],
    top: 96,
  },
  {
    study: study('ct-2', '20190910', '101000'),
    says: 'It has grown.',
    nodule: { radius: 4.4, lobes: 0.08, strands: 0.4, height: 1, hu: 35 },
    shift: [3.2, -2.1, 1.4],
    top: 97.8,
  },
  {
    study: study('ct-3', '20200317', '083000'),
    says: 'It has grown further, with lobes and strands. Treatment begins.',
    nodule: { radius: 8.2, lobes: 0.11, strands: 1, height: 1, hu: 48 },
    shift: [-4.5, 1.2, -2.2],
    top: 94.1,
  },
  {
    study: study('ct-4', '20200721', '142000'),
    says: 'Four months of treatment: it shrinks.',
    nodule: { radius: 5.5, lobes: 0.12, strands: 0.9, height: 0.95, hu: 40 },
    shift: [2.1, 3.3, 0.8],
    top: 96.9,
  },
  {
    study: study('ct-5', '20210413', '094500'),
    says: 'It shrinks further.',
    nodule: { radius: 3.3, lobes: 0.1, strands: 0.7, height: 0.8, hu: 30 },
    shift: [-1.7, -3.9, 2.6],
    top: 98.4,
  },
  {
    study: study('ct-6', '20251007', '111500'),
    says: 'A scar is left.',
    nodule: { radius: 1.7, lobes: 0.1, strands: 0.9, height: 0.5, hu: 10 },
    shift: [5.1, 0.6, -1.3],
    top: 95.2,
  },
]

const SIZE = 512
const SPACING = 0.76 // mm
const MIDDLE = [0, 4] as const // of the field of view, in the machine's coordinates

interface Reconstruction {
  readonly series: Series
  readonly thickness: number
  readonly slices: number
  readonly top: number
  readonly kernel: string
  /** Deviation of the noise, HU, and how coarse it is. */
  readonly noise: number
  readonly softness: 0 | 1 | 2
  readonly windows: readonly (readonly [center: number, width: number, explanation: string])[]
}

const SOFT: readonly [number, number, string] = [40, 400, 'MEDIASTINUM']
const LUNG: readonly [number, number, string] = [-600, 1500, 'LUNG']

/** The whole chest in thick slices of soft grain, and thin sharp ones through the nodule. */
function reconstructions({ study, top, shift }: Examination): readonly Reconstruction[] {
  const series = (number: number, description: string): Series => ({
    study,
    number,
    modality: 'CT',
    description,
    bodyPart: 'CHEST',
    model: 'Phantom CT',
  })
  return [
    {
      series: series(2, 'Chest 5.0 soft'),
      thickness: 5,
      slices: 44,
      top,
      kernel: 'SOFT',
      noise: 10,
      softness: 2,
      windows: [SOFT, LUNG],
    },
    {
      series: series(3, 'Lung nodule 1.5 sharp'),
      thickness: 1.5,
      slices: 20,
      top: Math.round((NODULE[2] + shift[2]) * 10) / 10 + 14.6,
      kernel: 'SHARP',
      noise: 34,
      softness: 1,
      windows: [LUNG, SOFT],
    },
  ]
}

export function* noduleExaminations(): Generator<SyntheticObject> {
  for (const examination of EXAMINATIONS)
    for (const reconstruction of reconstructions(examination))
      for (let slice = 0; slice < reconstruction.slices; slice += 1)
        yield sliceObject(examination, reconstruction, slice)
}

function sliceObject(examination: Examination, reconstruction: Reconstruction, slice: number): SyntheticObject {
  const { series, thickness, top, windows, kernel } = reconstruction
  const z = top - slice * thickness
  const corner = -((SIZE - 1) / 2) * SPACING
  const attributes: Attributes = {
    ...commonModules(series, slice + 1, 'CTImageStorage'),
    ...greyImage({ rows: SIZE, columns: SIZE, bitsStored: 16, signed: true }),
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    PatientPosition: 'HFS',
    FrameOfReferenceUID: frameOfReferenceUid(series.study),
    PositionReferenceIndicator: '',
    ImagePositionPatient: [corner + MIDDLE[0], corner + MIDDLE[1], z].map(decimal),
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    PixelSpacing: [SPACING, SPACING],
    SliceThickness: thickness,
    SpacingBetweenSlices: thickness,
    SliceLocation: decimal(z),
    KVP: 120,
    XRayTubeCurrent: 210,
    ExposureTime: 500,
    ReconstructionDiameter: decimal(SIZE * SPACING),
    ConvolutionKernel: kernel,
    GantryDetectorTilt: 0,
    AcquisitionNumber: 1,
    AcquisitionDate: series.study.date,
    AcquisitionTime: series.study.time,
    ContrastBolusAgent: 'SYNTHETIC CONTRAST',
    ContrastBolusRoute: 'IV',
    RescaleIntercept: -1024,
    RescaleSlope: 1,
    RescaleType: 'HU',
    WindowCenter: windows.map(([center]) => center),
    WindowWidth: windows.map(([, width]) => width),
    WindowCenterWidthExplanation: windows.map(([, , explanation]) => explanation),
    AnatomicRegionSequence: code('51185008', 'SCT', 'Chest'),
  }
  return syntheticObject(attributes, {
    vr: 'OW',
    bytesPerFrame: SIZE * SIZE * 2,
    frames: 1,
    frame: () => sixteenBits(slicePixels(examination, reconstruction, slice, z)),
  })
}

/** Hounsfield units and 1024, as they are stored. */
function slicePixels(
  { shift, nodule }: Examination,
  reconstruction: Reconstruction,
  slice: number,
  z: number,
): Int16Array {
  const { thickness, noise, softness, series } = reconstruction
  const into = raster(SIZE, SIZE, [MIDDLE[0] - shift[0], MIDDLE[1] - shift[1]], SPACING)
  const { values } = into
  paintChest(into, z - shift[2], thickness, VENOUS, nodule)
  paintTable(into, -shift[0])
  if (softness === 2) smooth(values, SIZE, SIZE, 2.2)
  const grain = new Float32Array(SIZE * SIZE)
  sliceGrain(grain, SIZE, SIZE, randomOf(`grain ${seriesUid(series)} ${slice}`), softness)
  // Shoulders swallow more of the beam than lungs do.
  const deviation = noise * (z > 70 ? 1.5 : 1)
  const stored = new Int16Array(SIZE * SIZE)
  for (let at = 0; at < stored.length; at += 1)
    stored[at] = Math.round((values[at] ?? 0) + deviation * (grain[at] ?? 0)) + 1024
  burnIn(stored, SIZE, SIZE, 1024 + 500, { size: 2, across: 0.5, down: 0.06 })
  return stored
}

// --- truth -----------------------------------------------------------------------------

export interface NoduleExamination extends NoduleTruth {
  readonly date: string
  readonly says: string
  readonly study: string
  /** The thin series, its Frame of Reference and the slice nearest to the nodule's middle. */
  readonly series: string
  readonly frameOfReference: string
  readonly instance: string
  /** The same in the series of thick slices. */
  readonly thickSeries: string
  readonly thickInstance: string
  /** Middle of the nodule in the coordinates of this examination, mm. */
  readonly position: Point
}

/** Where a place of an examination lies on its slices, in pixels from their top left corner; and the size of a pixel, mm. */
export function onThinSlice([x, y]: Point): readonly [at: readonly [x: number, y: number], mm: number] {
  const corner = -((SIZE - 1) / 2) * SPACING
  return [[(x - corner - MIDDLE[0]) / SPACING + 0.5, (y - corner - MIDDLE[1]) / SPACING + 0.5], SPACING]
}

const rounded = (value: number, places: number): number => Number(value.toFixed(places))

/** What anyone who measures the nodule ought to find. */
export function noduleHistory(): readonly NoduleExamination[] {
  return EXAMINATIONS.map((examination) => {
    const { study, says, nodule, shift } = examination
    const truth = noduleTruth(nodule)
    const position: Point = [NODULE[0] + shift[0], NODULE[1] + shift[1], NODULE[2] + shift[2]].map(decimal) as [
      number,
      number,
      number,
    ]
    const [thick, thin] = reconstructions(examination) as [Reconstruction, Reconstruction]
    const nearest = ({ series, top, thickness }: Reconstruction) =>
      instanceUid(series, Math.round((top - position[2]) / thickness) + 1)
    return {
      date: study.date,
      says,
      study: studyUid(study),
      series: seriesUid(thin.series),
      frameOfReference: frameOfReferenceUid(study),
      instance: nearest(thin),
      thickSeries: seriesUid(thick.series),
      thickInstance: nearest(thick),
      position,
      longAxis: rounded(truth.longAxis, 2),
      shortAxis: rounded(truth.shortAxis, 2),
      volume: rounded(truth.volume, 1),
    }
  })
}
