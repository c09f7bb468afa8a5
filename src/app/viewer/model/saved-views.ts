/** Reading a presentation state for the viewer; loaded only where there is one, since it brings the dictionary along. */

import { T } from '../../../dicom/dictionary.ts'
import { fromDicomJson } from '../../../dicom/json.ts'
import { text } from '../../../dicom/values.ts'
import { imagesOf, isPresentationState, lackingOf } from '../../../pixels/presentation.ts'
import { bulkAddressesIn, type JsonDataSet } from './dicom-json.ts'
import type { SavedView } from './frame-sets.ts'
import { presentedOf } from './presented.ts'

/**
 * The state an object holds; undefined when it holds none.
 *
 * @param fetchBulk  the value an address stands for: long tables are not in the metadata
 */
export async function readSavedView(
  json: JsonDataSet,
  sopClass: string,
  fetchBulk: (address: string) => Promise<Uint8Array>,
): Promise<SavedView | undefined> {
  if (!isPresentationState(sopClass)) return undefined
  const bulk = new Map<string, Uint8Array>()
  for (const address of bulkAddressesIn(json)) bulk.set(address, await fetchBulk(address))
  const state = fromDicomJson(json, {
    bulkData: (address) => {
      const bytes = bulk.get(address)
      return bytes && { kind: 'bytes', bytes }
    },
  })
  return {
    name: text(state, T.ContentDescription) || text(state, T.ContentLabel) || 'Saved view',
    creator: text(state, T.ContentCreatorName),
    lacking: lackingOf(state),
    images: imagesOf(state),
    present: (frame) => presentedOf(state, frame),
  }
}
