/** Base 64 as the C2SP texts use it: the standard alphabet, padded, and only the one encoding of each value accepted. */
import type { Bytes } from '../base/bytes.ts'

export function toBase64(bytes: Bytes): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

/** Undefined for anything but the encoding `toBase64` gives. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  const decoded = atob(text)
  const bytes = Uint8Array.from(decoded, (character) => character.charCodeAt(0))
  return toBase64(bytes) === text ? bytes : undefined
}
