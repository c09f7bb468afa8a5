/** Digital X-Ray images for presentation (PS3.3 A.26): what their modules ask for beyond the common ones. */
import type { Attributes } from '../dicom/attributes.ts'
import type { Place } from './lettering.ts'
import { commonModules, greyImage, type Series } from './modules.ts'
import { type SyntheticObject, sixteenBits, syntheticObject } from './object.ts'
import { type Exposure, expose } from './radiograph.ts'

export interface Radiograph {
  readonly series: Series
  readonly instance: number
  readonly columns: number
  readonly rows: number
  readonly spacing: number // mm, at the detector
  readonly exposure: Exposure
  readonly laterality: 'L' | 'R' | 'U'
  /** PS3.3 C.7.6.1.1.1: towards the right edge, towards the foot of the picture. */
  readonly orientation: readonly [string, string]
  readonly viewPosition: string
  readonly view: readonly Attributes[]
  readonly region: readonly Attributes[]
  readonly kvp: number
  /** Where SYNTHETIC has room. */
  readonly place: Place
  /** Attenuation along the beam, pixel by pixel. */
  readonly depth: () => Float32Array
}

export function radiograph(of: Radiograph): SyntheticObject {
  const { series, instance, columns, rows, spacing, exposure, laterality } = of
  const { bits, inverse } = exposure
  const half = 2 ** (bits - 1)
  const attributes: Attributes = {
    ...commonModules(series, instance, 'DigitalXRayImageStorageForPresentation'),
    ...greyImage({ rows, columns, bitsStored: bits, inverse }),
    ImageType: ['ORIGINAL', 'PRIMARY', ''],
    PresentationIntentType: 'FOR PRESENTATION',
    ImageLaterality: laterality,
    PatientOrientation: of.orientation,
    AnatomicRegionSequence: of.region,
    ViewPosition: of.viewPosition,
    ViewCodeSequence: of.view,
    PixelIntensityRelationship: 'LOG',
    PixelIntensityRelationshipSign: inverse ? -1 : 1,
    RescaleIntercept: 0,
    RescaleSlope: 1,
    RescaleType: 'US',
    PresentationLUTShape: inverse ? 'INVERSE' : 'IDENTITY',
    WindowCenter: [half, half],
    WindowWidth: [2 * half, Math.round(1.3 * half)],
    WindowCenterWidthExplanation: ['NORMAL', 'HARDER'],
    DetectorType: 'SCINTILLATOR',
    DetectorConfiguration: 'AREA',
    DetectorID: 'SYNTHETIC',
    ImagerPixelSpacing: [spacing, spacing],
    KVP: of.kvp,
    ExposureTime: 12,
    XRayTubeCurrent: 250,
    AcquisitionDate: series.study.date,
    AcquisitionTime: series.study.time,
    AcquisitionContextSequence: [],
    PositionerType: 'NONE',
  }
  return syntheticObject(attributes, {
    vr: 'OW',
    bytesPerFrame: columns * rows * 2,
    frames: 1,
    frame: () => sixteenBits(expose(of.depth(), columns, rows, exposure, String(attributes.SOPInstanceUID), of.place)),
  })
}
