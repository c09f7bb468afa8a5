/**
 * A softcopy presentation state (PS3.3 A.33, PS3.4 Annex N): which images it is about, and how each of their frames is to be
 * shown. Plain values, which a worker can be handed; `displayed.ts` and `graphics.ts` carry them out.
 *
 * Grayscale and color states; what of them is not carried out, `lackingOf` says.
 */
import type { DataSet, Tag } from '../dicom/data-set.ts'
import { T, UIDS } from '../dicom/dictionary.ts'
import { int, item, items, number, numbers, text, texts, uidsOf } from '../dicom/values.ts'
import type { ImageDescription } from './image.ts'
import { type Lut, readLut } from './lut.ts'
import { type Modality, modalityOf, type Voi, voiOf } from './windowing.ts'

export type Point = readonly [x: number, y: number]

export interface ReferencedImage {
  readonly series: string
  readonly instance: string
  /** None named: all of them. */
  readonly frames: readonly number[]
}

/** What of an image is shown (PS3.3 C.10.4): pixels from 0, the ends exclusive, perhaps beyond the image. */
export interface DisplayedArea {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  /** Pixels of the picture for one of the image; undefined: to fit. */
  readonly magnification: number | undefined
  /** How much higher than wide a pixel is. */
  readonly aspect: number
}

export type Shutter =
  | {
      readonly kind: 'rectangle'
      readonly left: number
      readonly top: number
      readonly right: number
      readonly bottom: number
    }
  | { readonly kind: 'circle'; readonly center: Point; readonly radius: number }
  | { readonly kind: 'polygon'; readonly vertices: readonly Point[] }

/** Where the numbers of a graphic stand: pixels of the image from 0, or fractions of what is shown. */
export type Units = 'PIXEL' | 'DISPLAY'

export type Graphic =
  | {
      readonly kind: 'POINT' | 'POLYLINE' | 'INTERPOLATED' | 'CIRCLE' | 'ELLIPSE'
      readonly units: Units
      readonly points: readonly Point[]
      readonly filled: boolean
      /** 0 black to 1 white. */
      readonly shade: number
    }
  | {
      readonly kind: 'TEXT'
      readonly lines: readonly string[]
      /** Corners of the box it goes into. */
      readonly box: { readonly units: Units; readonly from: Point; readonly to: Point } | undefined
      readonly justify: 'LEFT' | 'CENTER' | 'RIGHT'
      readonly anchor: { readonly units: Units; readonly at: Point; readonly visible: boolean } | undefined
      readonly shade: number
    }

export interface Presentation {
  /** In place of the image's own, of which a state must repeat what is to be applied (PS3.4 N.2.1.1). */
  readonly modality: Modality | undefined
  readonly voi: Voi | undefined
  /** From 0 to 1 to what is shown. */
  readonly lut: 'IDENTITY' | 'INVERSE' | Lut
  readonly area: DisplayedArea | undefined
  /** Degrees clockwise; then mirrored when `flipped`. */
  readonly rotation: 0 | 90 | 180 | 270
  readonly flipped: boolean
  readonly shutters: readonly Shutter[]
  /** What stands where a shutter is closed, 0 black to 1 white. */
  readonly shutterShade: number
  readonly graphics: readonly Graphic[]
}

const STATES: readonly string[] = [
  UIDS.GrayscaleSoftcopyPresentationStateStorage,
  UIDS.ColorSoftcopyPresentationStateStorage,
]

export const isPresentationState = (sopClass: string): boolean => STATES.includes(sopClass)

/** In the order of the state. */
export function imagesOf(state: DataSet): readonly ReferencedImage[] {
  return items(state, T.ReferencedSeriesSequence).flatMap((series) =>
    items(series, T.ReferencedImageSequence).map((image) => ({
      series: text(series, T.SeriesInstanceUID),
      instance: text(image, T.ReferencedSOPInstanceUID),
      frames: numbers(image, T.ReferencedFrameNumber),
    })),
  )
}

/**
 * @param image  what is to be shown; its bits decide how tables are read
 * @param frame  number from 1
 */
export function presentationOf(state: DataSet, instance: string, frame: number, image: ImageDescription): Presentation {
  const about = (one: DataSet) => concerns(one, instance, frame)
  const grey = text(state, T.SOPClassUID) !== UIDS.ColorSoftcopyPresentationStateStorage
  const modality = modalityOf(state, image)
  const voiItem = items(state, T.SoftcopyVOILUTSequence).find(about)
  const signed = modality.kind === 'rescale' && (image.signed || modality.intercept < 0)
  const area = items(state, T.DisplayedAreaSelectionSequence).find(about)
  const degrees = (((int(state, T.ImageRotation) ?? 0) % 360) + 360) % 360
  return {
    modality: grey ? modality : undefined,
    voi: grey && voiItem !== undefined ? voiOf(voiItem, signed) : undefined,
    lut: grey ? presentationLut(state) : 'IDENTITY',
    area: area && displayedArea(area),
    rotation: degrees === 90 || degrees === 180 || degrees === 270 ? degrees : 0,
    flipped: text(state, T.ImageHorizontalFlip) === 'Y',
    shutters: shuttersOf(state),
    shutterShade: (int(state, T.ShutterPresentationValue) ?? 0) / 0xffff,
    graphics: graphicsOf(state, about),
  }
}

/** What a state asks for that is not carried out. */
export function lackingOf(state: DataSet): readonly string[] {
  return [
    ...(state.elements.has(T.MaskSubtractionSequence) ? ['mask subtraction'] : []),
    ...(texts(state, T.ShutterShape).includes('BITMAP') ? ['bitmap shutter'] : []),
    ...([...state.elements.keys()].some((tag) => Math.floor(tag / 0x1000000) === 0x60) ? ['overlays'] : []),
    ...(items(state, T.CompoundGraphicSequence).length > 0 ? ['compound graphics'] : []),
  ]
}

/** An item that names no images is about all of them. */
function concerns(one: DataSet, instance: string, frame: number): boolean {
  const images = items(one, T.ReferencedImageSequence)
  return (
    images.length === 0 ||
    images.some((image) => {
      const frames = numbers(image, T.ReferencedFrameNumber)
      const named = uidsOf(image, T.ReferencedSOPInstanceUID).some((uid) => uid === instance)
      return named && (frames.length === 0 || frames.includes(frame))
    })
  )
}

function presentationLut(state: DataSet): Presentation['lut'] {
  const sequence = item(state, T.PresentationLUTSequence)
  const table = sequence && readLut(sequence, T.LUTDescriptor, T.LUTData, false)
  return table ?? (text(state, T.PresentationLUTShape) === 'INVERSE' ? 'INVERSE' : 'IDENTITY')
}

/** Corners are whole pixels counted from 1, both shown, and given after the turn: the first may lie right of the second. */
function displayedArea(area: DataSet): DisplayedArea | undefined {
  const [x1, y1] = numbers(area, T.DisplayedAreaTopLeftHandCorner)
  const [x2, y2] = numbers(area, T.DisplayedAreaBottomRightHandCorner)
  if (x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined) return undefined
  const [high, wide] = numbers(area, T.PresentationPixelSpacing)
  const [down, across] = numbers(area, T.PresentationPixelAspectRatio)
  const [a, b] = high !== undefined && wide !== undefined ? [high, wide] : [down ?? 1, across ?? 1]
  const magnification = number(area, T.PresentationPixelMagnificationRatio)
  return {
    left: Math.min(x1, x2) - 1,
    top: Math.min(y1, y2) - 1,
    right: Math.max(x1, x2),
    bottom: Math.max(y1, y2),
    magnification:
      text(area, T.PresentationSizeMode) === 'MAGNIFY' && magnification !== undefined && magnification > 0
        ? magnification
        : undefined,
    aspect: a > 0 && b > 0 ? a / b : 1,
  }
}

/** Edges and vertices count pixels from 1, rows first (PS3.3 C.7.6.11); the last within the edges is shown. */
function shuttersOf(state: DataSet): readonly Shutter[] {
  return texts(state, T.ShutterShape).flatMap((shape): Shutter[] => {
    if (shape === 'RECTANGULAR') {
      const [left, right] = [int(state, T.ShutterLeftVerticalEdge), int(state, T.ShutterRightVerticalEdge)]
      const [top, bottom] = [int(state, T.ShutterUpperHorizontalEdge), int(state, T.ShutterLowerHorizontalEdge)]
      if (left === undefined || right === undefined || top === undefined || bottom === undefined) return []
      return [{ kind: 'rectangle', left: left - 1, top: top - 1, right, bottom }]
    }
    if (shape === 'CIRCULAR') {
      const [row, column] = numbers(state, T.CenterOfCircularShutter)
      const radius = number(state, T.RadiusOfCircularShutter)
      if (row === undefined || column === undefined || radius === undefined) return []
      return [{ kind: 'circle', center: [column - 0.5, row - 0.5], radius }]
    }
    const vertices = pairs(numbers(state, T.VerticesOfThePolygonalShutter)).map(
      ([row, column]): Point => [column - 0.5, row - 0.5],
    )
    return shape === 'POLYGONAL' && vertices.length > 2 ? [{ kind: 'polygon', vertices }] : []
  })
}

const pairs = (values: readonly number[]): readonly Point[] =>
  Array.from(
    { length: Math.floor(values.length / 2) },
    (_, at): Point => [values[at * 2] ?? 0, values[at * 2 + 1] ?? 0],
  )

/** By layer, the lowest first (PS3.3 C.10.5 and C.10.7). */
function graphicsOf(state: DataSet, about: (one: DataSet) => boolean): readonly Graphic[] {
  const layers = new Map(
    items(state, T.GraphicLayerSequence).map((layer) => [
      text(layer, T.GraphicLayer),
      {
        order: int(layer, T.GraphicLayerOrder) ?? 0,
        shade: (int(layer, T.GraphicLayerRecommendedDisplayGrayscaleValue) ?? 0xffff) / 0xffff,
      },
    ]),
  )
  const layerOf = (one: DataSet) => layers.get(text(one, T.GraphicLayer)) ?? { order: 0, shade: 1 }
  return items(state, T.GraphicAnnotationSequence)
    .filter(about)
    .sort((a, b) => layerOf(a).order - layerOf(b).order)
    .flatMap((annotation) => {
      const { shade } = layerOf(annotation)
      return [
        ...items(annotation, T.GraphicObjectSequence).flatMap((one) => graphicOf(one, shade)),
        ...items(annotation, T.TextObjectSequence).map((one) => textOf(one, shade)),
      ]
    })
}

const KINDS = ['POINT', 'POLYLINE', 'INTERPOLATED', 'CIRCLE', 'ELLIPSE'] as const

/** MATRIX is of the total matrix of tiled images, which are shown frame by frame: their pixels. */
const unitsOf = (one: DataSet, tag: Tag): Units => (text(one, tag) === 'DISPLAY' ? 'DISPLAY' : 'PIXEL')

function graphicOf(one: DataSet, shade: number): readonly Graphic[] {
  const kind = KINDS.find((name) => name === text(one, T.GraphicType))
  const points = pairs(numbers(one, T.GraphicData))
  if (kind === undefined || points.length === 0) return []
  return [
    { kind, units: unitsOf(one, T.GraphicAnnotationUnits), points, filled: text(one, T.GraphicFilled) === 'Y', shade },
  ]
}

function textOf(one: DataSet, shade: number): Graphic {
  const [from] = pairs(numbers(one, T.BoundingBoxTopLeftHandCorner))
  const [to] = pairs(numbers(one, T.BoundingBoxBottomRightHandCorner))
  const [at] = pairs(numbers(one, T.AnchorPoint))
  const stated = text(one, T.BoundingBoxTextHorizontalJustification)
  return {
    kind: 'TEXT',
    lines: text(one, T.UnformattedTextValue).split(/\r\n|\r|\n/),
    box: from && to && { units: unitsOf(one, T.BoundingBoxAnnotationUnits), from, to },
    justify: stated === 'CENTER' || stated === 'RIGHT' ? stated : 'LEFT',
    anchor: at && {
      units: unitsOf(one, T.AnchorPointAnnotationUnits),
      at,
      visible: text(one, T.AnchorPointVisibility) === 'Y',
    },
    shade,
  }
}
