/**
 * An object made of its attributes and its bulk data (PS3.18 section 10.5.2): a Part 10 file, the same whenever the same
 * parts are given.
 *
 * Native values go where their attribute stands, little endian as they came. Compressed Pixel Data decide the transfer
 * syntax: each part is a frame, or the one stream of a video; everything else is Explicit VR Little Endian.
 */
import type { ByteStream, Bytes } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import { withElements } from './build.ts'
import { syntaxOfPart } from './bulk-media.ts'
import type { DataSet, Element, Value } from './data-set.ts'
import { T } from './dictionary.ts'
import { fragments } from './encapsulation.ts'
import { fromDicomJson } from './from-json.ts'
import { metaGroup } from './part10.ts'
import { EXPLICIT_LITTLE, isTransferSyntax, type TransferSyntax, transferSyntax } from './transfer-syntaxes.ts'
import { int, text } from './values.ts'
import { type EncapsulatedPixels, writeDataSet } from './writer.ts'

export interface BulkPart {
  /** Media type, in lower case and without parameters. */
  readonly type: string
  /** Its `transfer-syntax` parameter. */
  readonly transferSyntax?: string
  readonly length: number
  /** First bytes, enough of them to hold the headers of a codestream. */
  readonly head: Bytes
  readonly read: () => ByteStream
}

export interface AssembleOptions {
  /** The parts that came under an address, in order. */
  readonly parts: (uri: string) => readonly BulkPart[]
  /** Attributes of an image its codestream tells, where the metadata leave them out. */
  readonly described: (head: Bytes, syntax: TransferSyntax) => readonly Element[]
}

const PIXELS = '7FE00010'
const refused = (why: string) => new ArchiveError('BAD_REQUEST', { why })

/**
 * The whole file, as a stream; parts are read as they are written.
 *
 * @param json  one object of the DICOM JSON model
 * @throws {ArchiveError} `BAD_REQUEST`, `BULK_DATA_MISSING`, `DICOM_LIMIT`
 */
export function assembled(json: unknown, options: AssembleOptions): ByteStream {
  const places = new Map<number, BulkPart>()
  let next = 0
  let pixels: readonly BulkPart[] = []
  const bulkData = (uri: string, path: string): Value | undefined => {
    const parts = options.parts(uri)
    const [first] = parts
    if (first === undefined) return undefined
    if (path === PIXELS) pixels = parts
    else if (parts.length > 1) throw refused(`several parts came for ${path}`)
    if (first.length === 0) return { kind: 'bytes', bytes: new Uint8Array(0) }
    const start = next
    places.set(start, first)
    next += first.length
    return { kind: 'distant', range: { start, end: next } }
  }
  const read = fromDicomJson(json, { bulkData })
  const syntax = syntaxOf(pixels)
  const encapsulated = syntax.encapsulated ? encapsulatedOf(read, pixels, syntax) : undefined
  const [first] = pixels
  const dataSet =
    first === undefined || !syntax.encapsulated
      ? read
      : withElements(
          read,
          options.described(first.head, syntax).filter(({ tag }) => !read.elements.has(tag)),
        )
  const meta = metaGroup({
    sopClass: text(dataSet, T.SOPClassUID),
    sopInstance: text(dataSet, T.SOPInstanceUID),
    transferSyntax: syntax.uid,
  })
  const resolve = ({ start }: { readonly start: number }): ByteStream => (places.get(start) as BulkPart).read()
  return whole(meta, writeDataSet(dataSet, syntax.uid, resolve, encapsulated && { pixelData: encapsulated }))
}

async function* whole(meta: Bytes, dataSet: ByteStream): ByteStream {
  yield meta
  yield* dataSet
}

/** Of the pixels: stated, or told by the media type. */
function syntaxOf(pixels: readonly BulkPart[]): TransferSyntax {
  const [first, ...others] = pixels
  if (first === undefined) return EXPLICIT_LITTLE
  const stated = first.transferSyntax ?? syntaxOfPart(first.type, first.head) ?? EXPLICIT_LITTLE.uid
  if (!isTransferSyntax(stated)) throw new ArchiveError('DICOM_UNKNOWN_TRANSFER_SYNTAX', { uid: stated.slice(0, 64) })
  const syntax = transferSyntax(stated)
  if (others.some((one) => one.type !== first.type || one.transferSyntax !== first.transferSyntax))
    throw refused('the frames came in several media types')
  // Native bulk data are little endian, whatever the object they were taken from was in (PS3.18 8.7.3.5).
  if (!syntax.encapsulated && syntax.uid !== EXPLICIT_LITTLE.uid)
    throw refused(`Pixel Data in ${syntax.uid} must come as ${EXPLICIT_LITTLE.uid}`)
  if (!syntax.encapsulated && others.length > 0) throw refused(`several parts came for ${PIXELS}`)
  return syntax
}

function encapsulatedOf(dataSet: DataSet, pixels: readonly BulkPart[], syntax: TransferSyntax): EncapsulatedPixels {
  const frames = Math.max(1, int(dataSet, T.NumberOfFrames) ?? 1)
  const expected = syntax.image ? frames : 1
  if (pixels.length !== expected)
    throw refused(`${pixels.length} parts came for ${PIXELS}, where ${expected} were expected, one for each frame`)
  return fragments(pixels.map(({ length, read }) => ({ length, bytes: read() })))
}
