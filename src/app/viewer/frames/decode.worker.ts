/** The worker that decodes frames and makes them ready to show. One message in, one out, under the same id. */
import { readCodestream } from '../../../pixels/codestream.ts'
import { decode } from './codecs.ts'
import { type DecodedFormat, type Displayable, displayable, type Meaning } from './displayable.ts'

export interface DecodeTask {
  readonly id: number
  readonly bytes: Uint8Array
  /** Undefined when the bytes are decoded already. */
  readonly transferSyntax: string | undefined
  readonly format: DecodedFormat
  readonly meaning: Meaning
}

export type DecodeResult =
  | { readonly id: number; readonly shown: Displayable }
  | { readonly id: number; readonly failed: string }

self.addEventListener('message', (event: MessageEvent<DecodeTask>) => {
  void work(event.data).then((result) => {
    const transfer = 'shown' in result ? [result.shown.data.buffer] : []
    self.postMessage(result, { transfer })
  })
})

async function work({ id, bytes, transferSyntax, format, meaning }: DecodeTask): Promise<DecodeResult> {
  try {
    if (transferSyntax === undefined) return { id, shown: displayable(bytes, format, meaning) }
    const coded = readCodestream(bytes)
    const decoded = await decode(transferSyntax, bytes)
    if (decoded.columns !== format.columns || decoded.rows !== format.rows)
      return { id, failed: `it is ${decoded.columns} by ${decoded.rows}, not ${format.columns} by ${format.rows}` }
    return { id, shown: displayable(decoded.bytes, formatAfter(format, decoded, coded?.colour), meaning) }
  } catch (error) {
    return { id, failed: error instanceof Error ? error.message : String(error) }
  }
}

/**
 * What the decoder gave: JPEG 2000 has undone its colour transform, which can only have been from RGB, whatever the data
 * set says.
 */
function formatAfter(
  format: DecodedFormat,
  decoded: Awaited<ReturnType<typeof decode>>,
  coded: 'ybr' | 'rgb' | undefined,
): DecodedFormat {
  const { photometricInterpretation: said } = format
  const isRgb = /^YBR_(ICT|RCT)$/.test(said) || (decoded.components === 3 && coded === 'ybr')
  return {
    ...format,
    samplesPerPixel: decoded.components,
    bitsAllocated: decoded.bitsAllocated,
    planarConfiguration: decoded.planar ? 1 : 0,
    photometricInterpretation: isRgb ? 'RGB' : said,
  }
}
