/**
 * Objects of any size that are never whole in memory: each frame is the same noise with its number stamped into it, so
 * that any of them can be made again for comparison.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { ByteStream } from '../../src/base/bytes.ts'
import { bytesElement, dataSet, element } from '../../src/dicom/build.ts'
import { T } from '../../src/dicom/dictionary.ts'
import { fragments } from '../../src/dicom/encapsulation.ts'
import { metaGroup } from '../../src/dicom/part10.ts'
import { writeDataSet } from '../../src/dicom/writer.ts'
import { randomBytes, seeded } from './random.ts'

/** 1024 by 512 pixels of 16 bits. */
export const FRAME_BYTES = 1024 * 1024
/** Samples as they are, in fragments (PS3.5 A.4.11). */
export const ENCAPSULATED = '1.2.840.10008.1.2.1.98'
export const NATIVE = '1.2.840.10008.1.2.1'
const MULTI_FRAME_GREYSCALE_WORD = '1.2.840.10008.5.1.4.1.1.7.3'

export interface LargeObject {
  readonly study: string
  readonly series: string
  readonly instance: string
  readonly frames: number
  readonly transferSyntax: string
  /** A Part 10 file. */
  bytes(): ByteStream
  /** Frame by number from 1. */
  frame(number: number): Uint8Array<ArrayBuffer>
}

const noise = randomBytes(seeded(20_261_126), FRAME_BYTES)

export function largeObject(number: number, frames: number, transferSyntax: string): LargeObject {
  const [study, series, instance] = [1, 2, 3].map((kind) => `2.25.88${kind}${number}`) as [string, string, string]
  const frame = (at: number): Uint8Array<ArrayBuffer> => {
    const bytes = noise.slice()
    const view = new DataView(bytes.buffer)
    for (let place = 0; place < FRAME_BYTES; place += 4096) view.setUint32(place, at, true)
    return bytes
  }
  const set = dataSet([
    element(T.SOPClassUID, MULTI_FRAME_GREYSCALE_WORD),
    element(T.SOPInstanceUID, instance),
    element(T.StudyInstanceUID, study),
    element(T.SeriesInstanceUID, series),
    element(T.StudyDate, '20261126'),
    element(T.Modality, 'OT'),
    element(T.PatientName, 'SYNTHETIC^LARGE'),
    element(T.PatientID, 'SYN-LARGE'),
    element(T.SamplesPerPixel, 1),
    element(T.PhotometricInterpretation, 'MONOCHROME2'),
    element(T.NumberOfFrames, frames),
    element(T.Rows, 512),
    element(T.Columns, 1024),
    element(T.BitsAllocated, 16),
    element(T.BitsStored, 16),
    element(T.HighBit, 15),
    element(T.PixelRepresentation, 0),
    bytesElement(T.PixelData, 'OW', new Uint8Array(0)),
  ])
  const all = async function* () {
    for (let at = 1; at <= frames; at += 1) yield frame(at)
  }
  return {
    study,
    series,
    instance,
    frames,
    transferSyntax,
    frame,
    async *bytes() {
      yield metaGroup({ sopClass: MULTI_FRAME_GREYSCALE_WORD, sopInstance: instance, transferSyntax })
      const nothing = async function* () {}
      const tables = fragments(
        Array.from({ length: frames }, () => ({ length: FRAME_BYTES, bytes: new Uint8Array(0) })),
      )
      const each = async function* () {
        for await (const bytes of all()) yield { length: FRAME_BYTES, bytes }
      }
      const pixelData =
        transferSyntax === NATIVE
          ? { vr: 'OW' as const, length: frames * FRAME_BYTES, bytes: all() }
          : { ...tables, fragments: each() }
      yield* writeDataSet(set, transferSyntax, nothing, { pixelData })
    },
  }
}

/** Writes it to a file; gives its length and SHA-256. */
export async function writeLarge(object: LargeObject, path: string): Promise<{ length: number; sha256: string }> {
  const hash = createHash('sha256')
  const file = createWriteStream(path)
  let length = 0
  for await (const chunk of object.bytes()) {
    hash.update(chunk)
    length += chunk.length
    if (!file.write(chunk)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
  return { length, sha256: hash.digest('hex') }
}
