/**
 * Mammograms of both breasts in two views, two rounds: the second shows what the first did not. Each picture says by
 * Image Laterality, View Position and Patient Orientation how it hangs.
 */
import { type Attributes, code } from '../dicom/attributes.ts'
import { BREAST, type Breast, breastPixels, type View } from './breast/breast.ts'
import { burnIn, letter } from './lettering.ts'
import { commonModules, greyImage, type Series, type Study, type Told } from './modules.ts'
import { type SyntheticObject, sixteenBits, syntheticObject } from './object.ts'
import { PERSONS } from './persons.ts'

interface Round extends Told {
  readonly found: boolean
}

const study = (key: string, date: string, time: string): Study => ({
  person: PERSONS.breast,
  key,
  date,
  time,
  description: 'Mammography, both sides',
})

export const ROUNDS: readonly Round[] = [
  { study: study('mammo-1', '20170420', '111500'), says: 'Dense glands, nothing to be found.', found: false },
  {
    study: study('mammo-2', '20190502', '100500'),
    says: 'A small mass with spicules on the left, in the upper outer quadrant.',
    found: true,
  },
]

/** In the order they hang: both sides from above, then both at a slant. */
const VIEWS: readonly (readonly ['L' | 'R', View])[] = [
  ['R', 'CC'],
  ['L', 'CC'],
  ['R', 'MLO'],
  ['L', 'MLO'],
]

export function* breastRounds(): Generator<SyntheticObject> {
  for (const round of ROUNDS)
    for (const [index, [side, view]] of VIEWS.entries()) yield mammogram(round, index + 1, side, view)
}

function mammogram({ study, found }: Round, number: number, side: 'L' | 'R', view: View): SyntheticObject {
  const { rows, columns, spacing } = BREAST
  const series: Series = {
    study,
    number,
    modality: 'MG',
    description: `${side} ${view}`,
    bodyPart: 'BREAST',
    model: 'Phantom MG',
  }
  const slanted = view === 'MLO'
  const attributes: Attributes = {
    ...commonModules(series, 1, 'DigitalMammographyXRayImageStorageForPresentation'),
    ...greyImage({ rows, columns, bitsStored: 12 }),
    ImageType: ['ORIGINAL', 'PRIMARY', ''],
    PresentationIntentType: 'FOR PRESENTATION',
    ImageLaterality: side,
    ViewPosition: view,
    // The nipple points away from the middle of the screen (PS3.3 C.8.11.7.1.3).
    PatientOrientation: slanted ? (side === 'L' ? ['A', 'FR'] : ['P', 'FL']) : side === 'L' ? ['A', 'R'] : ['P', 'L'],
    ViewCodeSequence: [
      {
        ...(slanted ? code('399368009', 'SCT', 'medio-lateral oblique') : code('399162004', 'SCT', 'cranio-caudal'))[0],
        ViewModifierCodeSequence: [],
      },
    ],
    AnatomicRegionSequence: code('76752008', 'SCT', 'Breast'),
    OrganExposed: 'BREAST',
    BreastImplantPresent: 'NO',
    PartialView: 'NO',
    PositionerType: 'MAMMOGRAPHIC',
    PositionerPrimaryAngle: slanted ? (side === 'L' ? -45 : 45) : 0,

    CompressionForce: 110,
    BodyPartThickness: 55,
    DistanceSourceToDetector: 660,
    DistanceSourceToPatient: 630,
    EstimatedRadiographicMagnificationFactor: 1.0476,
    AnodeTargetMaterial: 'TUNGSTEN',
    FilterMaterial: 'RHODIUM',
    KVP: 29,
    ExposureTime: 800,
    XRayTubeCurrent: 90,
    ExposureInuAs: 72_000,
    DetectorType: 'DIRECT',
    DetectorID: 'SYNTHETIC',
    DetectorConfiguration: 'AREA',
    DateOfLastDetectorCalibration: study.date,
    FieldOfViewShape: 'RECTANGLE',
    FieldOfViewDimensions: [Math.round(rows * spacing), Math.round(columns * spacing)],
    ImagerPixelSpacing: [spacing, spacing],
    PixelIntensityRelationship: 'LOG',
    PixelIntensityRelationshipSign: 1,
    RescaleIntercept: 0,
    RescaleSlope: 1,
    RescaleType: 'US',
    PresentationLUTShape: 'IDENTITY',
    WindowCenter: 2048,
    WindowWidth: 4096,
    AcquisitionDate: study.date,
    AcquisitionTime: study.time,
    AcquisitionContextSequence: [],
  }
  const breast: Breast = {
    view,
    side,
    density: 0.55,
    pull: found ? 2.5 : 0,
    seed: `${PERSONS.breast.id} ${side}`,
    ...(found && side === 'L' ? { finding: { deep: 47, down: slanted ? -26 : -21, radius: 4.4 } } : {}),
  }
  return syntheticObject(attributes, {
    vr: 'OW',
    bytesPerFrame: columns * rows * 2,
    frames: 1,
    frame: () => {
      const stored = breastPixels(breast, String(attributes.SOPInstanceUID))
      const across = side === 'L' ? 0.87 : 0.13
      burnIn(stored, columns, rows, 3600, { size: 2, across, down: 0.95 })
      const label = `${side} ${view}`
      letter(label, Math.round(columns * across) - label.length * 9, 60, 3, (x, y) => {
        stored[y * columns + x] = 3600
      })
      return sixteenBits(stored)
    },
  })
}
