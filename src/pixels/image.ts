/**
 * What must be known of an image to cut it into frames and decode them (PS3.3 C.7.6.3).
 */
import type { Uid } from '../dicom/uid.ts'

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
