/**
 * The images of a series as a page without a server shows them: grey ones as values that can be windowed, the others as
 * pictures. An image that cannot be made so is named with the reason; its original lies in the capsule all the same.
 */
import { promisify } from 'node:util'
import { deflateRaw } from 'node:zlib'
import type { CapsuleImage, CapsuleWindow } from '../../api/capsule.ts'
import type { Archive, InstanceRecord } from '../../archive/archive.ts'
import { gather } from '../../base/bytes.ts'
import type { Context } from '../../base/context.ts'
import { asArchiveError } from '../../base/errors.ts'
import { type DataSet, tagText } from '../../dicom/data-set.ts'
import { T } from '../../dicom/dictionary.ts'
import { type DicomJson, fromDicomJson } from '../../dicom/json.ts'
import { EXPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts'
import { item, items, number, numbers, text } from '../../dicom/values.ts'
import { storedValues } from '../../pixels/frame.ts'
import { describeImage, type ImageDescription } from '../../pixels/image.ts'
import { packValues } from '../../pixels/packed-values.ts'
import { renderingOf } from '../../pixels/rendering.ts'
import { applyModality, transformSets, windowsOf } from '../../pixels/windowing.ts'

export type ImageSource = Pick<Archive, 'frames' | 'picture' | 'bulkData'>

/** An instance with images, and what its data set says without the pixels. */
export interface SeriesImage {
  readonly record: InstanceRecord
  readonly json: DicomJson
  /** Where its original lies in the capsule. */
  readonly object: string
}

/** A frame of it, in the order a reader scrolls. */
export interface SeriesFrame {
  readonly of: SeriesImage
  readonly frame: number
  readonly dataSet: DataSet
  readonly position: number | null
  readonly pixels: number
}

const deflate = promisify(deflateRaw)

/** Every frame of a series, by place in space where all have one, else by number. */
export function framesInOrder(images: readonly SeriesImage[]): readonly SeriesFrame[] {
  const frames = images.flatMap((of) => {
    const dataSet = fromDicomJson(of.json, { bulkData: () => ({ kind: 'bytes', bytes: new Uint8Array() }) })
    return Array.from({ length: Math.max(1, of.record.frames) }, (_, at): SeriesFrame => {
      const frame = at + 1
      return { of, frame, dataSet, position: positionOf(dataSet, frame), pixels: of.record.rows * of.record.columns }
    })
  })
  const byNumber = (a: SeriesFrame, b: SeriesFrame) =>
    (a.of.record.instanceNumber ?? 0) - (b.of.record.instanceNumber ?? 0) ||
    a.of.record.id - b.of.record.id ||
    a.frame - b.frame
  const inSpace = frames.every(({ position }) => position !== null)
  const places = new Set(frames.map(({ position }) => position))
  // Several images at each place are phases or echoes: scrolling through all of them by place would shuffle them.
  if (!inSpace || places.size < frames.length) return frames.sort(byNumber)
  return frames.sort((a, b) => (a.position ?? 0) - (b.position ?? 0) || byNumber(a, b))
}

/** PS3.3 C.7.6.2.1.1: the distance along the normal of the slices; null without orientation or position. */
function positionOf(dataSet: DataSet, frame: number): number | null {
  const own = items(dataSet, T.PerFrameFunctionalGroupsSequence)[frame - 1]
  const shared = item(dataSet, T.SharedFunctionalGroupsSequence)
  const within = (sequence: typeof T.PlanePositionSequence, attribute: typeof T.ImagePositionPatient) => {
    for (const groups of [own, shared]) {
      const found = groups === undefined ? undefined : item(groups, sequence)
      if (found !== undefined) return numbers(found, attribute)
    }
    return numbers(dataSet, attribute)
  }
  const place = within(T.PlanePositionSequence, T.ImagePositionPatient)
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, ...more] = within(
    T.PlaneOrientationSequence,
    T.ImageOrientationPatient,
  )
  const [x, y, z] = place
  if (x === undefined || y === undefined || z === undefined || more.length > 0 || a * a + b * b + c * c < 0.5)
    return null
  const along = x * (b * f - c * e) + y * (c * d - a * f) + z * (a * e - b * d)
  return Math.round(along * 1000) / 1000
}

/** @param picture  puts a picture into the capsule and says where */
export async function capsuleImage(
  source: ImageSource,
  context: Context,
  { of, frame, dataSet, position }: SeriesFrame,
  picture: (bytes: Uint8Array) => string,
): Promise<CapsuleImage> {
  const { record, object } = of
  const common = {
    name: record.frames > 1 ? `${record.instanceNumber ?? '?'}.${frame}` : String(record.instanceNumber ?? '?'),
    rows: record.rows,
    columns: record.columns,
    aspect: aspectOf(dataSet, frame),
    position,
    lossy: lossyOf(dataSet),
    object,
  }
  try {
    const image = describeImage(dataSet, EXPLICIT_LITTLE.uid)
    if (image === undefined || !image.photometricInterpretation.startsWith('MONOCHROME') || image.bitsAllocated > 32) {
      const bytes = await source.picture(context, record, frame, { type: 'image/png', quality: 100 })
      return { ...common, kind: 'picture', file: picture(bytes) }
    }
    return { ...common, kind: 'values', ...(await values(source, context, of, frame, image, dataSet)) }
  } catch (thrown) {
    if (context.signal.aborted) throw thrown
    return { ...common, kind: 'none', why: asArchiveError(thrown).fact }
  }
}

async function values(
  source: ImageSource,
  context: Context,
  of: SeriesImage,
  frame: number,
  image: ImageDescription,
  dataSet: DataSet,
): Promise<Omit<Extract<CapsuleImage, { kind: 'values' }>, 'kind' | keyof SeriesImageCommon>> {
  let bytes: Uint8Array | undefined
  for await (const answer of source.frames(context, of.record, [frame], 'explicit')) bytes = await gather(answer.bytes)
  const stored = storedValues(bytes ?? new Uint8Array(), image)
  const tables = await withTables(source, context, of)
  const rendering = renderingOf(tables ?? dataSet, image, frame)
  const grey = rendering.kind === 'grey' ? rendering : undefined
  const modality = grey?.modality
  // A table has no slope: its values are put in the place of the stored ones.
  const shown = modality?.kind === 'table' ? Float64Array.from(stored, (one) => applyModality(modality, one)) : stored
  const packed = packValues(shown, image.columns)
  const sets = transformSets(dataSet, frame)
  const table = grey?.voi?.kind === 'table' ? grey.voi.table : undefined
  return {
    values: packed.kind,
    inverted: image.photometricInterpretation === 'MONOCHROME1',
    slope: modality?.kind === 'rescale' ? modality.slope : 1,
    intercept: modality?.kind === 'rescale' ? modality.intercept : 0,
    unit: unitOf(sets.modality, dataSet),
    windows: windowsOf(sets.voi).map((one): CapsuleWindow => one),
    table: table ? { first: table.first, bits: table.bits, entries: [...table.entries] } : null,
    data: (await deflate(packed.bytes, { level: 5 })).toString('base64'),
  }
}

type SeriesImageCommon = Pick<CapsuleImage, 'name' | 'rows' | 'columns' | 'aspect' | 'position' | 'lossy' | 'object'>

/** Look-up tables that were too long for the metadata, put back; undefined when there are none. */
async function withTables(
  source: ImageSource,
  context: Context,
  { record, json }: SeriesImage,
): Promise<DataSet | undefined> {
  const data = tagText(T.LUTData)
  const found: Record<string, DicomJson[string]> = {}
  for (const sequence of [T.ModalityLUTSequence, T.VOILUTSequence].map(tagText)) {
    const within = json[sequence]?.Value
    if (!within?.some((one) => isObject(one) && one[data]?.BulkDataURI !== undefined)) continue
    const filled: DicomJson[] = []
    for (const [at, one] of within.entries()) {
      if (!isObject(one)) continue
      const { bytes } = await source.bulkData(context, record, `${sequence}/${at + 1}/${data}`)
      const InlineBinary = Buffer.from(await gather(bytes)).toString('base64')
      filled.push({ ...one, [data]: { vr: 'OW', InlineBinary } })
    }
    found[sequence] = { vr: 'SQ', Value: filled }
  }
  if (Object.keys(found).length === 0) return undefined
  return fromDicomJson({ ...json, ...found }, { bulkData: () => ({ kind: 'bytes', bytes: new Uint8Array() }) })
}

const isObject = (value: unknown): value is DicomJson => typeof value === 'object' && value !== null

/** Height of a pixel over its width (PS3.3 C.7.6.3.1.7, 10.7.1.3); 1 where nothing says. */
function aspectOf(dataSet: DataSet, frame: number): number {
  const own = items(dataSet, T.PerFrameFunctionalGroupsSequence)[frame - 1]
  const shared = item(dataSet, T.SharedFunctionalGroupsSequence)
  const measures = [own, shared]
    .map((groups) => groups && item(groups, T.PixelMeasuresSequence))
    .find((one) => one !== undefined)
  for (const [rows, columns] of [
    measures ? numbers(measures, T.PixelSpacing) : [],
    numbers(dataSet, T.PixelSpacing),
    numbers(dataSet, T.ImagerPixelSpacing),
    numbers(dataSet, T.PixelAspectRatio),
  ])
    if (rows !== undefined && columns !== undefined && rows > 0 && columns > 0) return rows / columns
  return 1
}

function lossyOf(dataSet: DataSet): string {
  if (text(dataSet, T.LossyImageCompression) !== '01') return ''
  const ratio = number(dataSet, T.LossyImageCompressionRatio)
  return ratio === undefined ? 'ratio not stated' : `${Math.round(ratio * 10) / 10}:1`
}

/** `HU`, or what Rescale Type says; '' for what has none. */
function unitOf(modality: DataSet, dataSet: DataSet): string {
  const stated = text(modality, T.RescaleType)
  if (stated !== '' && stated !== 'US') return stated
  return text(dataSet, T.Modality) === 'CT' ? 'HU' : ''
}
