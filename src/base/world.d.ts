/**
 * What the pure world may use although its TypeScript library does not declare it: it exists in Node and in browsers.
 * Nothing here does I/O.
 */
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  readonly encoding: string
  decode(input?: Uint8Array, options?: { stream?: boolean }): string
}
declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>
  encodeInto(input: string, destination: Uint8Array): { read: number; written: number }
}
declare function atob(text: string): string
declare function btoa(text: string): string
interface AbortSignal {
  readonly aborted: boolean
  throwIfAborted(): void
}
