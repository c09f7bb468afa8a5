/**
 * The look-up tables of an object: palette and modality LUT, read as the archive reads them. Loaded only for objects
 * that have one, since it brings the dictionary along.
 */
import { T } from '../../../dicom/dictionary.ts'
import { fromDicomJson } from '../../../dicom/json.ts'
import { item, items, text } from '../../../dicom/values.ts'
import { type Palette, paletteOf } from '../../../pixels/colour.ts'
import type { ImageDescription } from '../../../pixels/image.ts'
import { type Lut, readLut } from '../../../pixels/lut.ts'
import { bulkAddressesIn, type JsonDataSet, number } from '../model/dicom-json.ts'
import type { VoiTable } from '../model/voi.ts'

export interface Tables {
  readonly palette: Palette | undefined
  readonly modalityLut: Lut | undefined
  readonly voi: readonly VoiTable[]
}

/** Palette descriptors, data and segments (0028,1101 to 1223), Modality LUT and VOI LUT Sequence. */
const PARTS = /^(002811[02][1-3]|0028120[1-3]|0028122[1-3]|002830[01]0)$/

export async function readTables(
  json: JsonDataSet,
  image: ImageDescription,
  fetchBulk: (address: string) => Promise<Uint8Array>,
): Promise<Tables> {
  const parts = Object.fromEntries(Object.entries(json).filter(([tag]) => PARTS.test(tag)))
  const bulk = new Map<string, Uint8Array>()
  for (const address of bulkAddressesIn(parts)) bulk.set(address, await fetchBulk(address))
  const dataSet = fromDicomJson(parts, {
    bulkData: (address) => {
      const bytes = bulk.get(address)
      return bytes && { kind: 'bytes', bytes }
    },
  })
  const modality = item(dataSet, T.ModalityLUTSequence)
  return {
    palette: image.photometricInterpretation === 'PALETTE COLOR' ? paletteOf(dataSet, image.signed) : undefined,
    modalityLut: modality && readLut(modality, T.LUTDescriptor, T.LUTData, image.signed),
    voi: items(dataSet, T.VOILUTSequence).flatMap((one) => {
      const table = readLut(one, T.LUTDescriptor, T.LUTData, signedAfter(json, image))
      return table ? [{ says: text(one, T.LUTExplanation), table }] : []
    }),
  }
}

/** Are the values a VOI LUT looks up signed? Those of the modality transform, when it lowers them below 0. */
const signedAfter = (json: JsonDataSet, { signed }: ImageDescription) => signed || (number(json, '00281052') ?? 0) < 0
