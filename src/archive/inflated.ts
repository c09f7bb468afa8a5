/**
 * Bytes of a deflated data set (PS3.5 A.5) by their place in the inflated one: inflated from its beginning each time, as
 * a deflate stream has no other way in.
 */

import { Readable } from 'node:stream'
import { createInflateRaw } from 'node:zlib'
import type { ByteRange, ByteStream } from '../base/bytes.ts'

/** @param range  offsets counted from `start`, where the deflated data set begins and, once inflated, would begin */
export async function* inflated(
  payload: { readonly length: number; read(range: ByteRange): ByteStream },
  start: number,
  range: ByteRange,
): ByteStream {
  const source = Readable.from(payload.read({ start, end: payload.length }))
  const inflating = source.pipe(createInflateRaw())
  source.on('error', (error) => inflating.destroy(error))
  let at = start
  try {
    for await (const chunk of inflating as AsyncIterable<Uint8Array>) {
      const from = Math.max(range.start - at, 0)
      const to = Math.min(range.end - at, chunk.length)
      if (from < to) yield chunk.subarray(from, to)
      at += chunk.length
      if (at >= range.end) return
    }
  } finally {
    source.destroy() // what was not asked for is not read
  }
}
