/**
 * Transfer syntaxes (PS3.6 Table A-1, PS3.5 section 10 and Annex A): how a data set is turned into bytes.
 *
 * Every syntax but the first is explicit VR and every one but Explicit VR Big Endian is little endian; the table says
 * only what differs. Change it when PS3.6 Annex A gains a row.
 */
import { ArchiveError } from '../base/errors.ts'
import type { Uid } from './uid.ts'

/** What the bytes of a frame are; `native` is plain samples, `other` a syntax that is not for images. */
export type Codec =
  | 'native'
  | 'deflate'
  | 'rle'
  | 'jpeg'
  | 'jpeg-lossless'
  | 'jpeg-ls'
  | 'jpeg-2000'
  | 'htj2k'
  | 'jpeg-xl'
  | 'video'
  | 'referenced'
  | 'other'

export interface TransferSyntax {
  readonly uid: Uid
  readonly keyword: string
  readonly name: string
  /** Are VRs stated in the bytes? */
  readonly explicit: boolean
  readonly littleEndian: boolean
  /** Is top-level Pixel Data a sequence of fragments (PS3.5 A.4)? */
  readonly encapsulated: boolean
  /** Is the whole data set a deflate stream (PS3.5 A.5)? */
  readonly deflated: boolean
  /** May decoding give other samples than were encoded? */
  readonly lossy: boolean
  /** Does it hold still images, a frame at a time? False for video, references to a server and documents. */
  readonly image: boolean
  readonly codec: Codec
}

/** suffix of 1.2.840.10008.1.2 | keyword | name | codec | flags: E encapsulated, L lossy, I implicit, B big endian, D deflated */
const TABLE = `
|ImplicitVRLittleEndian|Implicit VR Little Endian|native|I
.1|ExplicitVRLittleEndian|Explicit VR Little Endian|native|
.1.98|EncapsulatedUncompressedExplicitVRLittleEndian|Encapsulated Uncompressed Explicit VR Little Endian|native|E
.1.99|DeflatedExplicitVRLittleEndian|Deflated Explicit VR Little Endian|native|D
.2|ExplicitVRBigEndian|Explicit VR Big Endian|native|B
.4.50|JPEGBaseline8Bit|JPEG Baseline (Process 1)|jpeg|EL
.4.51|JPEGExtended12Bit|JPEG Extended (Process 2 & 4)|jpeg|EL
.4.52|JPEGExtended35|JPEG Extended (Process 3 & 5)|jpeg|EL
.4.53|JPEGSpectralSelectionNonHierarchical68|JPEG Spectral Selection, Non-Hierarchical (Process 6 & 8)|jpeg|EL
.4.54|JPEGSpectralSelectionNonHierarchical79|JPEG Spectral Selection, Non-Hierarchical (Process 7 & 9)|jpeg|EL
.4.55|JPEGFullProgressionNonHierarchical1012|JPEG Full Progression, Non-Hierarchical (Process 10 & 12)|jpeg|EL
.4.56|JPEGFullProgressionNonHierarchical1113|JPEG Full Progression, Non-Hierarchical (Process 11 & 13)|jpeg|EL
.4.57|JPEGLossless|JPEG Lossless, Non-Hierarchical (Process 14)|jpeg-lossless|E
.4.58|JPEGLosslessNonHierarchical15|JPEG Lossless, Non-Hierarchical (Process 15)|jpeg-lossless|E
.4.59|JPEGExtendedHierarchical1618|JPEG Extended, Hierarchical (Process 16 & 18)|jpeg|EL
.4.60|JPEGExtendedHierarchical1719|JPEG Extended, Hierarchical (Process 17 & 19)|jpeg|EL
.4.61|JPEGSpectralSelectionHierarchical2022|JPEG Spectral Selection, Hierarchical (Process 20 & 22)|jpeg|EL
.4.62|JPEGSpectralSelectionHierarchical2123|JPEG Spectral Selection, Hierarchical (Process 21 & 23)|jpeg|EL
.4.63|JPEGFullProgressionHierarchical2426|JPEG Full Progression, Hierarchical (Process 24 & 26)|jpeg|EL
.4.64|JPEGFullProgressionHierarchical2527|JPEG Full Progression, Hierarchical (Process 25 & 27)|jpeg|EL
.4.65|JPEGLosslessHierarchical28|JPEG Lossless, Hierarchical (Process 28)|jpeg-lossless|E
.4.66|JPEGLosslessHierarchical29|JPEG Lossless, Hierarchical (Process 29)|jpeg-lossless|E
.4.70|JPEGLosslessSV1|JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14, Selection Value 1)|jpeg-lossless|E
.4.80|JPEGLSLossless|JPEG-LS Lossless Image Compression|jpeg-ls|E
.4.81|JPEGLSNearLossless|JPEG-LS Lossy (Near-Lossless) Image Compression|jpeg-ls|EL
.4.90|JPEG2000Lossless|JPEG 2000 Image Compression (Lossless Only)|jpeg-2000|E
.4.91|JPEG2000|JPEG 2000 Image Compression|jpeg-2000|EL
.4.92|JPEG2000MCLossless|JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)|jpeg-2000|E
.4.93|JPEG2000MC|JPEG 2000 Part 2 Multi-component Image Compression|jpeg-2000|EL
.4.94|JPIPReferenced|JPIP Referenced|referenced|L
.4.95|JPIPReferencedDeflate|JPIP Referenced Deflate|referenced|LD
.4.100|MPEG2MPML|MPEG2 Main Profile / Main Level|video|EL
.4.100.1|MPEG2MPMLF|Fragmentable MPEG2 Main Profile / Main Level|video|EL
.4.101|MPEG2MPHL|MPEG2 Main Profile / High Level|video|EL
.4.101.1|MPEG2MPHLF|Fragmentable MPEG2 Main Profile / High Level|video|EL
.4.102|MPEG4HP41|MPEG-4 AVC/H.264 High Profile / Level 4.1|video|EL
.4.102.1|MPEG4HP41F|Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1|video|EL
.4.103|MPEG4HP41BD|MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1|video|EL
.4.103.1|MPEG4HP41BDF|Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1|video|EL
.4.104|MPEG4HP422D|MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video|video|EL
.4.104.1|MPEG4HP422DF|Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video|video|EL
.4.105|MPEG4HP423D|MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video|video|EL
.4.105.1|MPEG4HP423DF|Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video|video|EL
.4.106|MPEG4HP42STEREO|MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2|video|EL
.4.106.1|MPEG4HP42STEREOF|Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2|video|EL
.4.107|HEVCMP51|HEVC/H.265 Main Profile / Level 5.1|video|EL
.4.108|HEVCM10P51|HEVC/H.265 Main 10 Profile / Level 5.1|video|EL
.4.110|JPEGXLLossless|JPEG XL Lossless|jpeg-xl|E
.4.111|JPEGXLJPEGRecompression|JPEG XL JPEG Recompression|jpeg-xl|EL
.4.112|JPEGXL|JPEG XL|jpeg-xl|EL
.4.201|HTJ2KLossless|High-Throughput JPEG 2000 Image Compression (Lossless Only)|htj2k|E
.4.202|HTJ2KLosslessRPCL|High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)|htj2k|E
.4.203|HTJ2K|High-Throughput JPEG 2000 Image Compression|htj2k|EL
.4.204|JPIPHTJ2KReferenced|JPIP HTJ2K Referenced|referenced|L
.4.205|JPIPHTJ2KReferencedDeflate|JPIP HTJ2K Referenced Deflate|referenced|LD
.5|RLELossless|RLE Lossless|rle|E
.6.1|RFC2557MIMEEncapsulation|RFC 2557 MIME encapsulation|other|
.6.2|XMLEncoding|XML Encoding|other|
.7.1|SMPTEST211020UncompressedProgressiveActiveVideo|SMPTE ST 2110-20 Uncompressed Progressive Active Video|video|
.7.2|SMPTEST211020UncompressedInterlacedActiveVideo|SMPTE ST 2110-20 Uncompressed Interlaced Active Video|video|
.7.3|SMPTEST211030PCMDigitalAudio|SMPTE ST 2110-30 PCM Digital Audio|other|
.8.1|DeflatedImageFrameCompression|Deflated Image Frame Compression|deflate|E
`

const NO_IMAGE: readonly Codec[] = ['video', 'referenced', 'other']

export const TRANSFER_SYNTAXES: readonly TransferSyntax[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [suffix = '', keyword = '', name = '', codec = '', flags = ''] = line.split('|')
    return {
      uid: `1.2.840.10008.1.2${suffix}` as Uid,
      keyword,
      name,
      explicit: !flags.includes('I'),
      littleEndian: !flags.includes('B'),
      encapsulated: flags.includes('E'),
      deflated: flags.includes('D'),
      lossy: flags.includes('L'),
      image: !NO_IMAGE.includes(codec as Codec),
      codec: codec as Codec,
    }
  })

const BY_UID: ReadonlyMap<string, TransferSyntax> = new Map(TRANSFER_SYNTAXES.map((syntax) => [syntax.uid, syntax]))

export const isTransferSyntax = (uid: string): uid is Uid => BY_UID.has(uid)

/** @throws {ArchiveError} `DICOM_UNKNOWN_TRANSFER_SYNTAX` */
export function transferSyntax(uid: string): TransferSyntax {
  const found = BY_UID.get(uid)
  if (found === undefined) throw new ArchiveError('DICOM_UNKNOWN_TRANSFER_SYNTAX', { uid: uid.slice(0, 80) })
  return found
}

export const IMPLICIT_LITTLE = transferSyntax('1.2.840.10008.1.2')
export const EXPLICIT_LITTLE = transferSyntax('1.2.840.10008.1.2.1')
export const EXPLICIT_BIG = transferSyntax('1.2.840.10008.1.2.2')
export const DEFLATED = transferSyntax('1.2.840.10008.1.2.1.99')
