/**
 * The transfer syntax that a part of bulk data is in (PS3.18 Table 8.7.3-5): by its parameter, else by its media type and
 * what its codestream says of itself.
 *
 * Departure: the table gives each media type one default; a codestream that plainly is not in it (baseline JPEG under
 * image/jpeg, a near-lossless one under image/jls) is called what it is, since an object must not promise more than it holds.
 */
import type { Bytes } from '../base/bytes.ts'
import type { Uid } from './uid.ts'

/** By media type, the default and the syntax of what is visibly lossy. */
const SYNTAXES: Readonly<Record<string, readonly [plain: string, lossy: string]>> = {
  'image/jpeg': ['4.70', '4.50'],
  'image/jls': ['4.80', '4.81'],
  'image/x-jls': ['4.80', '4.81'],
  'image/jp2': ['4.90', '4.91'],
  'image/jpx': ['4.92', '4.93'],
  'image/jphc': ['4.201', '4.203'],
  'image/jxl': ['4.112', '4.112'],
  'image/dicom-rle': ['5', '5'],
  'image/x-dicom-rle': ['5', '5'],
  'application/x-deflate': ['8.1', '8.1'],
  'video/mpeg': ['4.100', '4.100'],
  'video/mp4': ['4.102', '4.102'],
  'video/h265': ['4.107', '4.107'],
}

/**
 * Undefined: the media type says nothing of compression.
 *
 * @param head  the first bytes of the part, up to its first coded data
 */
export function syntaxOfPart(type: string, head: Bytes): Uid | undefined {
  const found = SYNTAXES[type]
  if (found === undefined) return undefined
  const [plain, lossy] = found
  const suffix = type === 'image/jpeg' ? jpegProcess(head) : isLossy(head) ? lossy : plain
  return `1.2.840.10008.1.2.${suffix}` as Uid
}

/** ISO 10918-1: the SOF marker says the process, the first scan its predictor. */
function jpegProcess(head: Bytes): string {
  const sof = segments(head).find(
    ({ marker }) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker),
  )
  if (sof?.marker === 0xc0) return '4.50'
  if (sof?.marker === 0xc1) return '4.51'
  if (sof?.marker === 0xc2) return '4.55'
  const scan = segments(head).find(({ marker }) => marker === 0xda)
  const predictor = scan === undefined ? 1 : head[scan.at + 1 + (head[scan.at] ?? 0) * 2]
  return predictor === 1 ? '4.70' : '4.57'
}

function isLossy(head: Bytes): boolean {
  const [first = 0, second = 0] = head
  // JPEG-LS: NEAR behind the components of the first scan (ISO 14495-1 C.2.3).
  if (first === 0xff && second === 0xd8) {
    const scan = segments(head).find(({ marker }) => marker === 0xda)
    return scan !== undefined && head[scan.at + 1 + (head[scan.at] ?? 0) * 2] !== 0
  }
  // JPEG 2000: the transformation of COD, 1 for the reversible one (ISO 15444-1 A.6.1).
  const cod = segments(head).find(({ marker }) => marker === 0x52)
  return cod !== undefined && head[cod.at + 9] === 0
}

/** Marker segments behind SOI or SOC, up to the first scan or tile; `at` is where their content begins. */
function segments(head: Bytes): readonly { readonly marker: number; readonly at: number }[] {
  const found: { marker: number; at: number }[] = []
  for (let at = 2; at + 4 <= head.length && head[at] === 0xff; ) {
    const marker = head[at + 1] ?? 0
    if (marker === 0xff) {
      at += 1
      continue
    }
    found.push({ marker, at: at + 4 })
    if (marker === 0xda || marker === 0x90 || marker === 0x93) break
    at += 2 + Math.max(2, (head[at + 2] ?? 0) * 256 + (head[at + 3] ?? 0))
  }
  return found
}
