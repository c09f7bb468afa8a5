/**
 * One object of the demonstration: what it is, and its bytes as a file (PS3.10), made when they are asked for.
 */
import type { ByteStream, Bytes } from '../base/bytes.ts'
import { type Attributes, dataSetOf } from '../dicom/attributes.ts'
import { UIDS } from '../dicom/dictionary.ts'
import { metaGroup } from '../dicom/part10.ts'
import { encodedLength, type WriteOptions, writeDataSet } from '../dicom/writer.ts'

const SYNTAX = UIDS.ExplicitVRLittleEndian

export interface SyntheticObject {
  readonly study: string
  readonly series: string
  readonly instance: string
  readonly sopClass: string
  /** Length of the file. */
  readonly bytes: number
  /** The file. Pixels are made frame by frame as they are read, and nothing of them is kept. */
  open(): ByteStream
}

/** Pixel Data, frame by frame. */
export interface Pixels {
  readonly vr: 'OB' | 'OW'
  readonly bytesPerFrame: number
  readonly frames: number
  frame(index: number): Bytes
}

/** @param attributes  everything but Pixel Data, the four UIDs that name it included */
export function syntheticObject(attributes: Attributes, pixels?: Pixels): SyntheticObject {
  const data = dataSetOf(attributes)
  const options: () => WriteOptions = () =>
    pixels === undefined
      ? {}
      : { pixelData: { vr: pixels.vr, length: pixels.bytesPerFrame * pixels.frames, bytes: framesOf(pixels) } }
  const sopClass = String(attributes.SOPClassUID)
  const instance = String(attributes.SOPInstanceUID)
  const meta = metaGroup({ sopClass, sopInstance: instance, transferSyntax: SYNTAX })
  return {
    study: String(attributes.StudyInstanceUID),
    series: String(attributes.SeriesInstanceUID),
    instance,
    sopClass,
    bytes: meta.length + (encodedLength(data, SYNTAX, options()) ?? 0),
    async *open() {
      yield meta
      yield* writeDataSet(data, SYNTAX, nothingDistant, options())
    },
  }
}

async function* framesOf({ frames, frame }: Pixels): AsyncGenerator<Bytes> {
  for (let index = 0; index < frames; index += 1) yield frame(index)
}

/** Everything but the pixels is in the set itself. */
async function* nothingDistant(): AsyncGenerator<Bytes> {}

/** Samples as they lie in a file, little endian whatever this machine is. */
export function sixteenBits(values: Int16Array | Uint16Array): Bytes {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  if (LITTLE) return bytes
  for (let at = 0; at < bytes.length; at += 2) {
    const low = bytes[at + 1] ?? 0
    bytes[at + 1] = bytes[at] ?? 0
    bytes[at] = low
  }
  return bytes
}

const LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
