/** Corpus files that share their UIDs with others, or have none, as objects of their own. */
import { element, withElements } from '../../src/dicom/build.ts'
import { T } from '../../src/dicom/dictionary.ts'
import { metaGroup } from '../../src/dicom/part10.ts'
import { readWhole } from '../../src/dicom/reader.ts'
import { text } from '../../src/dicom/values.ts'
import { writeDataSet } from '../../src/dicom/writer.ts'

const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7'

/** The file under UIDs made of `number`, everything else as it is. */
export async function withIdentity(file: Buffer, number: number): Promise<Buffer> {
  const { dataSet, transferSyntax } = readWhole(file)
  const [study, series, sopInstance] = [1, 2, 3].map((kind) => `2.25.77${kind}000${number}`) as [string, string, string]
  const sopClass = text(dataSet, T.SOPClassUID) || SECONDARY_CAPTURE
  const changed = withElements(dataSet, [
    element(T.SOPClassUID, sopClass),
    element(T.SOPInstanceUID, sopInstance),
    element(T.StudyInstanceUID, study),
    element(T.SeriesInstanceUID, series),
  ])
  const parts: Uint8Array[] = [metaGroup({ sopClass, sopInstance, transferSyntax })]
  const resolve = async function* ({ start, end }: { readonly start: number; readonly end: number }) {
    yield file.subarray(start, end) as Uint8Array<ArrayBuffer>
  }
  for await (const part of writeDataSet(changed, transferSyntax, resolve)) parts.push(part)
  return Buffer.concat(parts)
}
