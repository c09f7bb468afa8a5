/**
 * What must be known of an image to cut it into frames and decode them (PS3.3 C.7.6.3).
 */
import type { DataSet } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import type { Uid } from '../dicom/uid.ts'
import { int, text } from '../dicom/values.ts'

export interface ImageDescription {
  readonly transferSyntax: Uid
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
}

/**
 * A decoded frame: little endian, `bitsAllocated` wide, colour by pixel (planar configuration 0) when it was
 * compressed; native frames as stored but for byte order. 1-bit images stay packed.
 */
export interface DecodedFrame {
  readonly bytes: Uint8Array
  /** May differ from the description's: a JPEG decoder gives RGB for YBR_FULL_422. */
  readonly photometricInterpretation: string
  readonly planarConfiguration: 0 | 1
}

/**
 * The description of a data set's image; undefined when it has none (no Rows, Columns or Bits Allocated).
 *
 * What is missing gets the value nearly every reader assumes: one frame, one sample, MONOCHROME2 or RGB, all bits used,
 * unsigned. Float and Double Float Pixel Data are samples of 32 and 64 bits (PS3.3 C.7.6.24 and C.7.6.25).
 */
export function describeImage(dataSet: DataSet, transferSyntax: Uid): ImageDescription | undefined {
  const rows = int(dataSet, T.Rows)
  const columns = int(dataSet, T.Columns)
  const bitsAllocated = int(dataSet, T.BitsAllocated) ?? floatBits(dataSet)
  if (rows === undefined || columns === undefined || bitsAllocated === undefined) return undefined
  const samplesPerPixel = int(dataSet, T.SamplesPerPixel) ?? 1
  const bitsStored = int(dataSet, T.BitsStored) ?? bitsAllocated
  return {
    transferSyntax,
    rows,
    columns,
    frames: Math.max(1, int(dataSet, T.NumberOfFrames) ?? 1),
    samplesPerPixel,
    bitsAllocated,
    bitsStored,
    highBit: int(dataSet, T.HighBit) ?? bitsStored - 1,
    signed: int(dataSet, T.PixelRepresentation) === 1,
    planarConfiguration: int(dataSet, T.PlanarConfiguration) === 1 ? 1 : 0,
    photometricInterpretation:
      text(dataSet, T.PhotometricInterpretation) || (samplesPerPixel === 1 ? 'MONOCHROME2' : 'RGB'),
  }
}

function floatBits(dataSet: DataSet): number | undefined {
  if (dataSet.elements.has(T.FloatPixelData)) return 32
  return dataSet.elements.has(T.DoubleFloatPixelData) ? 64 : undefined
}
