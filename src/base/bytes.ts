/**
 * Bytes: joining, comparing, hex, ranges. Nothing here knows DICOM.
 */

/** A run of bytes inside a larger whole; `end` is exclusive. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export type Bytes = Uint8Array<ArrayBufferLike>
/** Bytes that arrive or leave in pieces; pulled, so a slow taker slows the giver. */
export type ByteStream = AsyncIterable<Bytes>

export function concat(parts: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export function equalBytes(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false
  return true
}

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'))

export function toHex(bytes: Bytes): string {
  let text = ''
  for (const byte of bytes) text += HEX[byte]
  return text
}

export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length >> 1)
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(text.slice(at * 2, at * 2 + 2), 16)
  return bytes
}

/** The whole of a stream in memory: for small things and tests. */
export async function gather(stream: ByteStream): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Bytes[] = []
  for await (const part of stream) parts.push(part)
  return concat(parts)
}

const lent = new WeakMap<Bytes, () => void>()

/**
 * Marks bytes whose memory the giver would like back, to fill it again: fresh memory for every piece of a large answer
 * costs more than reading it. Whoever never gives it back loses only the saving.
 */
export function lend<B extends Bytes>(bytes: B, takeBack: () => void): B {
  lent.set(bytes, takeBack)
  return bytes
}

/**
 * Gives lent bytes back. Only the end of a line may: who has sent these very bytes out and knows that nobody else holds
 * them, for they will change. Does nothing for bytes that are not lent, nor for views of them.
 */
export function giveBack(bytes: Bytes): void {
  const takeBack = lent.get(bytes)
  if (takeBack === undefined) return
  lent.delete(bytes)
  takeBack()
}
