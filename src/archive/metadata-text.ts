/**
 * The metadata of an instance as it is kept and given out: DICOM JSON as text, bulk data named relative to the instance
 * and made absolute on the way out, so that a document is never parsed to be served.
 */
import type { DataSet } from '../dicom/data-set.ts'
import { dicomJsonText } from '../dicom/json.ts'

const RELATIVE = 'bulkdata/'
/** Inside a JSON string a quotation mark is escaped, so this can only be the member itself. */
const MARK = `"BulkDataURI":"${RELATIVE}`

export function metadataText(dataSet: DataSet): string {
  return dicomJsonText(dataSet, { bulkData: (path) => RELATIVE + path })
}

/** @param instance  the instance's address, without a slash at the end */
export function withAbsoluteUris(text: string, instance: string): string {
  return text.replaceAll(MARK, () => `"BulkDataURI":${JSON.stringify(`${instance}/${RELATIVE}`).slice(0, -1)}`)
}
