/**
 * Obviously synthetic instances, encoded by hand (Explicit VR Little Endian), so that tests do not check our writer
 * with our writer.
 */
import { createHash } from 'node:crypto'

export interface SyntheticOptions {
  /** Everything random follows from it. */
  readonly seed: number
  readonly study?: number
  readonly series?: number
  readonly rows?: number
  readonly columns?: number
  readonly patientName?: string
  readonly patientId?: string
  readonly studyDate?: string
  readonly studyDescription?: string
  readonly modality?: string
  readonly birthDate?: string
  /** Pixel Spacing, rows first, in mm. */
  readonly spacing?: string
  /** Image Position (Patient) of an axial slice along the patient, in mm. */
  readonly position?: number
  /** Frame of Reference UID: the space positions are in. */
  readonly frameOfReference?: string
  /** The value of each pixel instead of noise, 0 to 4095. */
  readonly value?: (column: number, row: number) => number
}

export interface Synthetic {
  readonly study: string
  readonly series: string
  readonly instance: string
  /** The Part 10 file. */
  readonly bytes: Buffer
  /** Where the data set begins. */
  readonly dataSetStart: number
  /** SHA-256 of the data set, hex. */
  readonly ds: string
}

const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2'
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1'
/** A root for tests only: 2.25 and a number made of the seed (PS3.5 Annex B.2). */
const uidOf = (kind: number, number: number): string =>
  `2.25.${(BigInt(kind) << 64n) + BigInt(number) + 0x1000000000000000000000000n}`

export function syntheticInstance(options: SyntheticOptions): Synthetic {
  const { seed, rows = 128, columns = 128 } = options
  const study = uidOf(1, options.study ?? 1)
  const series = uidOf(2, (options.study ?? 1) * 1000 + (options.series ?? 1))
  const instance = uidOf(3, seed)
  const dataSet = Buffer.concat([
    element(0x0008, 0x0016, 'UI', CT_IMAGE_STORAGE),
    element(0x0008, 0x0018, 'UI', instance),
    element(0x0008, 0x0020, 'DA', options.studyDate ?? '20260101'),
    element(0x0008, 0x0030, 'TM', '120000'),
    element(0x0008, 0x0050, 'SH', `SYN${options.study ?? 1}`),
    element(0x0008, 0x0060, 'CS', options.modality ?? 'CT'),
    element(0x0008, 0x1030, 'LO', options.studyDescription ?? 'SYNTHETIC STUDY'),
    element(0x0010, 0x0010, 'PN', options.patientName ?? 'SYNTHETIC^PATIENT'),
    element(0x0010, 0x0020, 'LO', options.patientId ?? 'SYN-1'),
    ...(options.birthDate === undefined ? [] : [element(0x0010, 0x0030, 'DA', options.birthDate)]),
    element(0x0020, 0x000d, 'UI', study),
    element(0x0020, 0x000e, 'UI', series),
    element(0x0020, 0x0013, 'IS', String(seed)),
    ...(options.position === undefined
      ? []
      : [
          element(0x0020, 0x0032, 'DS', `-100\\-100\\${options.position}`),
          element(0x0020, 0x0037, 'DS', '1\\0\\0\\0\\1\\0'),
        ]),
    ...(options.frameOfReference === undefined ? [] : [element(0x0020, 0x0052, 'UI', options.frameOfReference)]),
    element(0x0028, 0x0002, 'US', u16(1)),
    element(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    element(0x0028, 0x0010, 'US', u16(rows)),
    element(0x0028, 0x0011, 'US', u16(columns)),
    ...(options.spacing === undefined ? [] : [element(0x0028, 0x0030, 'DS', options.spacing)]),
    element(0x0028, 0x0100, 'US', u16(16)),
    element(0x0028, 0x0101, 'US', u16(12)),
    element(0x0028, 0x0102, 'US', u16(11)),
    element(0x0028, 0x0103, 'US', u16(0)),
    element(0x7fe0, 0x0010, 'OW', options.value ? drawn(rows, columns, options.value) : noise(rows * columns, seed)),
  ])
  const meta = Buffer.concat([
    element(0x0002, 0x0001, 'OB', Buffer.from([0, 1])),
    element(0x0002, 0x0002, 'UI', CT_IMAGE_STORAGE),
    element(0x0002, 0x0003, 'UI', instance),
    element(0x0002, 0x0010, 'UI', EXPLICIT_LITTLE_ENDIAN),
    element(0x0002, 0x0012, 'UI', '2.25.1'),
  ])
  const length = Buffer.alloc(4)
  length.writeUInt32LE(meta.length)
  const prefix = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(0x0002, 0x0000, 'UL', length), meta])
  return {
    study,
    series,
    instance,
    bytes: Buffer.concat([prefix, dataSet]),
    dataSetStart: prefix.length,
    ds: createHash('sha256').update(dataSet).digest('hex'),
  }
}

const LONG = new Set(['OB', 'OW', 'SQ', 'UN', 'UT'])

function element(group: number, number: number, vr: string, value: string | Buffer): Buffer {
  const plain = typeof value === 'string' ? Buffer.from(value) : value
  const padding = plain.length % 2 === 0 ? '' : vr === 'UI' || vr === 'OB' ? '\0' : ' '
  const bytes = Buffer.concat([plain, Buffer.from(padding)])
  const head = Buffer.alloc(LONG.has(vr) ? 12 : 8)
  head.writeUInt16LE(group, 0)
  head.writeUInt16LE(number, 2)
  head.write(vr, 4, 'latin1')
  if (LONG.has(vr)) head.writeUInt32LE(bytes.length, 8)
  else head.writeUInt16LE(bytes.length, 6)
  return Buffer.concat([head, bytes])
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function drawn(rows: number, columns: number, value: (column: number, row: number) => number): Buffer {
  const bytes = Buffer.alloc(rows * columns * 2)
  for (let at = 0; at < rows * columns; at += 1)
    bytes.writeUInt16LE(value(at % columns, Math.floor(at / columns)), at * 2)
  return bytes
}

/** 12-bit noise from a small generator (xorshift32): it does not compress, so sizes are what they seem. */
function noise(pixels: number, seed: number): Buffer {
  const bytes = Buffer.alloc(pixels * 2)
  let state = (seed * 2654435761 + 1) >>> 0 || 1
  for (let at = 0; at < pixels; at += 1) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes.writeUInt16LE((state >>> 0) & 0x0fff, at * 2)
  }
  return bytes
}
