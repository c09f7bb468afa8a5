/**
 * What the viewer must know of an object to show its frames, read once from its metadata.
 *
 * Enhanced multi-frame objects keep what differs between frames in functional groups (PS3.3 C.7.6.16): a frame's own
 * group is asked first, then the shared one, then the data set itself.
 */
import { item, items, type JsonDataSet, number, numbers, text, texts } from './dicom-json.ts'

export interface ObjectFacts {
  readonly study: string
  readonly series: string
  readonly sop: string
  readonly sopClass: string
  readonly modality: string
  readonly number: number | undefined
  readonly transferSyntax: string
  /** Undefined for objects without an image this viewer can show. */
  readonly image: ImageFacts | undefined
  /** The whole metadata, for what the corners and cards tell. */
  readonly json: JsonDataSet
}

export interface ImageFacts {
  readonly rows: number
  readonly columns: number
  readonly frames: number
  readonly samplesPerPixel: number
  readonly bitsAllocated: number
  readonly bitsStored: number
  readonly highBit: number
  readonly signed: boolean
  readonly planarConfiguration: 0 | 1
  readonly photometricInterpretation: string
  /** Height of a pixel by its width; 1 for square pixels. */
  readonly aspect: number
}

/** Of one frame, 1-based. */
export interface FrameFacts {
  readonly rescale: { readonly slope: number; readonly intercept: number; readonly unit: string } | undefined
  readonly windows: readonly StoredWindow[]
  readonly position: readonly number[] // x, y, z in mm, or empty
  readonly orientation: readonly number[] // row and column cosines, or empty
  readonly spacing: readonly number[] // rows, columns in mm, or empty
  readonly sliceThickness: number | undefined
}

export interface StoredWindow {
  readonly center: number
  readonly width: number
  readonly says: string
  readonly shape: VoiShape
}

/** VOI LUT Function (0028,1056), PS3.3 C.11.2.1.3. */
export type VoiShape = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID'

/** Reads an instance's metadata; `transferSyntax` is the stored form's, when the archive told it. */
export function readObject(json: JsonDataSet, transferSyntax = text(json, '00083002')): ObjectFacts {
  return {
    study: text(json, '0020000D'),
    series: text(json, '0020000E'),
    sop: text(json, '00080018'),
    sopClass: text(json, '00080016'),
    modality: text(json, '00080060'),
    number: number(json, '00200013'),
    transferSyntax,
    image: readImage(json),
    json,
  }
}

function readImage(json: JsonDataSet): ImageFacts | undefined {
  const rows = number(json, '00280010') ?? 0
  const columns = number(json, '00280011') ?? 0
  const bitsAllocated = number(json, '00280100') ?? 0
  const samplesPerPixel = number(json, '00280002') ?? 1
  if (rows <= 0 || columns <= 0 || ![1, 8, 16, 32].includes(bitsAllocated) || ![1, 3, 4].includes(samplesPerPixel))
    return undefined
  const bitsStored = number(json, '00280101') ?? bitsAllocated
  return {
    rows,
    columns,
    frames: Math.max(1, number(json, '00280008') ?? 1),
    samplesPerPixel,
    bitsAllocated,
    bitsStored,
    highBit: number(json, '00280102') ?? bitsStored - 1,
    signed: number(json, '00280103') === 1,
    planarConfiguration: number(json, '00280006') === 1 ? 1 : 0,
    photometricInterpretation: text(json, '00280004') || (samplesPerPixel === 1 ? 'MONOCHROME2' : 'RGB'),
    aspect: readAspect(json),
  }
}

/** Pixel Aspect Ratio (PS3.3 C.7.6.3.1.7), or the ratio of the spacings, vertical by horizontal. */
function readAspect(json: JsonDataSet): number {
  const [vertical = 0, horizontal = 0] = numbers(json, '00280034')
  const ratio = vertical > 0 && horizontal > 0 ? vertical / horizontal : ratioOf(readFrame(json, 1).spacing)
  return ratio > 0.05 && ratio < 20 ? ratio : 1
}

const ratioOf = ([rows = 0, columns = 0]: readonly number[]) => (rows > 0 && columns > 0 ? rows / columns : 1)

/** Reads what belongs to one frame, 1-based. */
export function readFrame(json: JsonDataSet, frame: number): FrameFacts {
  const own = items(json, '52009230')[frame - 1]
  const shared = item(json, '52009229')
  const group = (tag: string) => item(own, tag) ?? item(shared, tag)
  const measures = group('00289110') ?? json
  const rescale = group('00289145') ?? json
  const slope = number(rescale, '00281053')
  const intercept = number(rescale, '00281052')
  return {
    rescale:
      slope === undefined || slope === 0 || intercept === undefined
        ? undefined
        : { slope, intercept, unit: unitOf(text(rescale, '00281054'), text(json, '00080060')) },
    windows: readWindows(group('00289132') ?? json),
    position: triple(numbers(group('00209113') ?? json, '00200032')),
    orientation: cosines(numbers(group('00209116') ?? json, '00200037')),
    spacing: pair(numbers(measures, '00280030'), numbers(measures, '00181164')),
    sliceThickness: number(measures, '00180050'),
  }
}

function readWindows(group: JsonDataSet): readonly StoredWindow[] {
  const widths = numbers(group, '00281051')
  const says = texts(group, '00281055')
  const function_ = text(group, '00281056')
  const shape: VoiShape = function_ === 'SIGMOID' || function_ === 'LINEAR_EXACT' ? function_ : 'LINEAR'
  return numbers(group, '00281050').flatMap((center, at) => {
    const width = widths[at] ?? 0
    // C.11.2.1.2: a linear window is at least 1 wide, the others wider than 0.
    const usable = shape === 'LINEAR' ? width >= 1 : width > 0
    return usable ? [{ center, width, says: says[at] ?? '', shape }] : []
  })
}

/** Rescale Type (PS3.3 C.11.1.1.2); CT without one means Hounsfield units. */
function unitOf(type: string, modality: string): string {
  if (type === 'HU' || (type === '' && modality === 'CT')) return 'HU'
  return type === 'US' ? '' : type
}

const triple = (values: readonly number[]) => (values.length === 3 ? values : [])

/** Row and column direction, each of length 1 and at right angles; anything else is no orientation. */
function cosines(values: readonly number[]): readonly number[] {
  if (values.length !== 6) return []
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = values
  const isUnit = (length: number) => Math.abs(length - 1) < 0.02
  const fits = isUnit(a * a + b * b + c * c) && isUnit(d * d + e * e + f * f) && Math.abs(a * d + b * e + c * f) < 0.02
  return fits ? values : []
}

function pair(...candidates: readonly (readonly number[])[]): readonly number[] {
  return candidates.find(([rows = 0, columns = 0]) => rows > 0 && columns > 0)?.slice(0, 2) ?? []
}
