/**
 * A picture as somebody left it, as a softcopy presentation state (PS3.3 A.33.1, for colour A.33.2): which part is shown, how
 * it is turned, its window, and what was drawn on it. `presentation.ts` reads it again.
 */
import { type Attributes, dataSetOf, decimal } from '../dicom/attributes.ts'
import type { DataSet } from '../dicom/data-set.ts'
import { UIDS } from '../dicom/dictionary.ts'
import { inStudy } from '../dicom/made-objects.ts'
import { profileOf } from './icc.ts'
import type { Point } from './presentation.ts'
import type { WindowFunction } from './windowing.ts'

export interface ShownImage {
  readonly series: string
  readonly instance: string
  readonly sopClass: string
  /** Empty: all of them. */
  readonly frames: readonly number[]
}

/** Drawn on one image: pixels from its top left corner. */
export interface Drawn {
  readonly instance: string
  readonly frame: number | undefined
  readonly shapes: readonly {
    readonly kind: 'POINT' | 'POLYLINE' | 'ELLIPSE'
    readonly points: readonly Point[]
  }[]
  readonly words: readonly { readonly lines: readonly string[]; readonly at: Point }[]
}

export interface NewPresentation {
  /** Attributes of the patient and the study, as the study's instances have them. */
  readonly of: DataSet
  readonly study: string
  readonly series: string
  readonly instance: string
  readonly instanceNumber: number
  readonly date: string
  readonly time: string
  readonly creator: string
  readonly name: string
  readonly images: readonly ShownImage[]
  /** Undefined for pictures in colour, which have none. */
  readonly grey:
    | {
        readonly window: { readonly center: number; readonly width: number; readonly function: WindowFunction }
        readonly rescale: { readonly slope: number; readonly intercept: number } | undefined
        readonly inverse: boolean
      }
    | undefined
  readonly rotation: 0 | 90 | 180 | 270
  readonly flipped: boolean
  /** Where the top left and the bottom right of the picture lie in the image, whole pixels counted from 1. */
  readonly area: { readonly from: Point; readonly to: Point }
  /** Of a pixel, rows and columns, in millimetres; else how much higher than wide it is. */
  readonly spacing: readonly [number, number] | undefined
  readonly aspect: number
  readonly drawn: readonly Drawn[]
}

/** Beyond those that machines count up to, after the measurements. */
const SERIES_NUMBER = 9902
const LAYER = 'MARKS'

export function presentationState(state: NewPresentation): DataSet {
  const { grey, images, drawn, area, spacing, date, time } = state
  const made = dataSetOf({
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: grey ? UIDS.GrayscaleSoftcopyPresentationStateStorage : UIDS.ColorSoftcopyPresentationStateStorage,
    SOPInstanceUID: state.instance,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    Modality: 'PR',
    Laterality: '',
    Manufacturer: 'Clearkeep',
    StudyInstanceUID: state.study,
    SeriesInstanceUID: state.series,
    SeriesNumber: SERIES_NUMBER,
    SeriesDescription: 'Saved views',
    InstanceNumber: state.instanceNumber,
    // A code string: what people called it stands whole in the description.
    ContentLabel: labelOf(state.name),
    ContentDescription: state.name,
    ContentCreatorName: state.creator,
    PresentationCreationDate: date,
    PresentationCreationTime: time,
    ReferencedSeriesSequence: [...Map.groupBy(images, ({ series }) => series)].map(([series, of]) => ({
      SeriesInstanceUID: series,
      ReferencedImageSequence: of.map((image) => referenceOf(image, image.frames)),
    })),
    DisplayedAreaSelectionSequence: [
      {
        DisplayedAreaTopLeftHandCorner: area.from,
        DisplayedAreaBottomRightHandCorner: area.to,
        PresentationSizeMode: 'SCALE TO FIT',
        ...(spacing
          ? { PresentationPixelSpacing: spacing.map(decimal) }
          : { PresentationPixelAspectRatio: [Math.round(state.aspect * 1000), 1000] }),
      },
    ],
    ImageRotation: state.rotation,
    ImageHorizontalFlip: state.flipped ? 'Y' : 'N',
    ...(drawn.length > 0 && {
      GraphicLayerSequence: [{ GraphicLayer: LAYER, GraphicLayerOrder: 1 }],
      GraphicAnnotationSequence: drawn.flatMap((one) => annotationOf(one, images)),
    }),
    ...(grey
      ? {
          ...(grey.rescale && {
            RescaleIntercept: decimal(grey.rescale.intercept),
            RescaleSlope: Number(grey.rescale.slope.toPrecision(10)),
            RescaleType: 'US',
          }),
          SoftcopyVOILUTSequence: [
            {
              WindowCenter: decimal(grey.window.center),
              WindowWidth: decimal(grey.window.width),
              VOILUTFunction: grey.window.function,
            },
          ],
          PresentationLUTShape: grey.inverse ? 'INVERSE' : 'IDENTITY',
        }
      : { ICCProfile: profileOf('srgb') }),
  })
  return inStudy(state.of, made)
}

/** Capital letters, digits, blanks and underscores, 16 of them (PS3.5 section 6.2, CS). */
function labelOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toUpperCase()
    .replace(/[^A-Z0-9 ]+/g, '_')
  return plain.slice(0, 16).trim() || 'SAVED VIEW'
}

const referenceOf = ({ sopClass, instance }: ShownImage, frames: readonly number[]): Attributes => ({
  ReferencedSOPClassUID: sopClass,
  ReferencedSOPInstanceUID: instance,
  ...(frames.length > 0 && { ReferencedFrameNumber: frames }),
})

function annotationOf({ instance, frame, shapes, words }: Drawn, images: readonly ShownImage[]): Attributes[] {
  const image = images.find((one) => one.instance === instance)
  if (image === undefined || shapes.length + words.length === 0) return []
  return [
    {
      ReferencedImageSequence: [referenceOf(image, frame === undefined ? [] : [frame])],
      GraphicLayer: LAYER,
      ...(words.length > 0 && {
        TextObjectSequence: words.map(({ lines, at }) => ({
          AnchorPointAnnotationUnits: 'PIXEL',
          UnformattedTextValue: lines.join('\r\n'),
          AnchorPoint: at,
          AnchorPointVisibility: 'N',
        })),
      }),
      ...(shapes.length > 0 && {
        GraphicObjectSequence: shapes.map(({ kind, points }) => ({
          GraphicAnnotationUnits: 'PIXEL',
          GraphicDimensions: 2,
          NumberOfGraphicPoints: points.length,
          GraphicData: points.flat(),
          GraphicType: kind,
          ...(kind !== 'POINT' && { GraphicFilled: 'N' }),
        })),
      }),
    },
  ]
}
