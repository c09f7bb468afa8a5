/** The Image Pixel module (PS3.3 C.7.6.3) of a codestream, for who sends one and leaves its description to the reader. */
import type { Bytes } from '../base/bytes.ts'
import { element } from '../dicom/build.ts'
import type { Element } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import type { TransferSyntax } from '../dicom/transfer-syntaxes.ts'
import { type Codestream, readCodestream } from './codestream.ts'

/** @returns nothing where the header cannot be read or does not say plainly */
export function imagePixelModule(head: Bytes, syntax: TransferSyntax): readonly Element[] {
  const stream = readCodestream(head)
  if (stream === undefined) return []
  const { rows, columns, components, bits, signed = false } = stream
  if (components === undefined || bits === undefined) return []
  return [
    element(T.SamplesPerPixel, components),
    element(T.PhotometricInterpretation, modelOf(stream, syntax)),
    ...(components > 1 ? [element(T.PlanarConfiguration, 0)] : []),
    element(T.Rows, rows),
    element(T.Columns, columns),
    element(T.BitsAllocated, bits > 8 ? 16 : 8),
    element(T.BitsStored, bits),
    element(T.HighBit, bits - 1),
    element(T.PixelRepresentation, signed ? 1 : 0),
    // PS3.3 C.7.6.1.1.5: what was once compressed with loss says so.
    ...(syntax.codec === 'jpeg' ? [element(T.LossyImageCompression, '01')] : []),
  ]
}

/** PS3.5 8.2.1 to 8.2.4: what the model of three components is called in each family. */
function modelOf({ kind, components, colour, subsampled }: Codestream, { lossy }: TransferSyntax): string {
  if (components !== 3) return 'MONOCHROME2'
  if (kind === 'jpeg-2000' || kind === 'htj2k') return colour === 'ybr' ? (lossy ? 'YBR_ICT' : 'YBR_RCT') : 'RGB'
  if (kind !== 'jpeg') return 'RGB'
  if (colour === 'rgb') return 'RGB'
  return subsampled ? 'YBR_FULL_422' : 'YBR_FULL'
}
