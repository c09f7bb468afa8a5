/**
 * The look-up tables of an object: palette and modality LUT, read as the archive reads them. Loaded only for objects
 * that have one, since it brings the dictionary along.
 */
import { T } from '../../../dicom/dictionary.ts'
import { fromDicomJson } from '../../../dicom/json.ts'
import { item } from '../../../dicom/values.ts'
import { type Palette, paletteOf } from '../../../pixels/colour.ts'
import type { ImageDescription } from '../../../pixels/image.ts'
import { type Lut, readLut } from '../../../pixels/lut.ts'
import type { JsonDataSet, JsonElement } from '../model/dicom-json.ts'

export interface Tables {
  readonly palette: Palette | undefined
  readonly modalityLut: Lut | undefined
}

/** Palette descriptors, data and segments (0028,1101 to 1223), Modality LUT Sequence. */
const PARTS = /^(002811[02][1-3]|0028120[1-3]|0028122[1-3]|00283000)$/

export async function readTables(
  json: JsonDataSet,
  image: ImageDescription,
  fetchBulk: (address: string) => Promise<Uint8Array>,
): Promise<Tables> {
  const parts = Object.fromEntries(Object.entries(json).filter(([tag]) => PARTS.test(tag)))
  const bulk = new Map<string, Uint8Array>()
  for (const address of addressesIn(parts)) bulk.set(address, await fetchBulk(address))
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
  }
}

function addressesIn(parts: JsonDataSet): readonly string[] {
  return Object.values(parts).flatMap((element?: JsonElement) => {
    if (element?.BulkDataURI !== undefined) return [element.BulkDataURI]
    const inner = (element?.Value ?? []).filter(
      (item): item is JsonDataSet => typeof item === 'object' && item !== null,
    )
    return element?.vr === 'SQ' ? inner.flatMap(addressesIn) : []
  })
}
