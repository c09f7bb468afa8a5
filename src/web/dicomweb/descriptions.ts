/** Objects described, as an array of DICOM JSON or as a multipart of XML (PS3.18 section 8.7.3.2). */
import type { ByteStream, Bytes } from '../../base/bytes.ts'
import type { DicomJson } from '../../dicom/json.ts'
import { nativeXml } from '../../dicom/native-xml.ts'
import { writeMultipart } from '../multipart.ts'
import type { DescriptionType } from './media.ts'

const XML = 'application/dicom+xml'

export interface Described {
  readonly contentType: string
  readonly bytes: ByteStream
}

/**
 * @param objects   each as the text of a DICOM JSON object
 * @param boundary  of a multipart; the same one where the answer is to be the same
 */
export function described(objects: AsyncIterable<string>, type: DescriptionType, boundary: string): Described {
  if (type !== XML) return { contentType: type, bytes: jsonArray(objects) }
  return {
    contentType: `multipart/related; type="${XML}"; boundary=${boundary}`,
    bytes: writeMultipart(boundary, xmlParts(objects)),
  }
}

async function* jsonArray(objects: AsyncIterable<string>): AsyncGenerator<Bytes, void> {
  let before = '['
  for await (const object of objects) {
    yield Buffer.from(before + object)
    before = ',\n'
  }
  yield Buffer.from(before === '[' ? '[]' : ']')
}

async function* xmlParts(objects: AsyncIterable<string>) {
  for await (const object of objects) {
    const text = Buffer.from(nativeXml(JSON.parse(object) as DicomJson))
    yield {
      headers: { 'Content-Type': `${XML}; charset=utf-8`, 'Content-Length': String(text.length) },
      bytes: (async function* () {
        yield text
      })(),
    }
  }
}
