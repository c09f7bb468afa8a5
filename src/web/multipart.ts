/**
 * `multipart/related` as STOW-RS sends it (RFC 2046 section 5.1, RFC 2387, PS3.18 section 8.6.1.2): a body cut into
 * its parts as it streams by. No part is ever gathered; bytes given on are views of the chunks that came.
 *
 * `MultipartScanner` is the pure part: chunks in, tokens out, whatever the cut between chunks. `splitMultipart` puts
 * it under pull: the next chunk is read only when whoever takes the present part asks for it.
 *
 * Departure: bodies whose lines end in LF alone are read too, if the first delimiter's does; then every delimiter of
 * that body must. Mixing them would leave it open whether a CR belongs to the part.
 */
import type { ByteStream, Bytes } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'

export interface MultipartLimits {
  /** Header lines of one part, in bytes, and their number. */
  readonly headerBytes: number
  readonly headers: number
  readonly parts: number
}

export const MULTIPART_LIMITS: MultipartLimits = { headerBytes: 16_384, headers: 64, parts: 20_000 }

export type PartHeaders = ReadonlyMap<string, string>

export type Token =
  | { readonly kind: 'begin'; readonly headers: PartHeaders }
  | { readonly kind: 'data'; readonly bytes: Bytes }
  | { readonly kind: 'end' }

const CR = 13
const LF = 10
const DASH = 45
const MORE = -1
const EMPTY = Buffer.alloc(0)
const LINE_END = Buffer.from('\r\n')
/** RFC 2046 lets a delimiter be followed by blanks. */
const PADDING_AT_MOST = 128
const invalid = (why: string) => new ArchiveError('MULTIPART_INVALID', { why })

/**
 * RFC 2046: 1 to 70 of these, not ending in a space. Departure: up to 200, since Orthanc's DICOMweb client (1.7) makes
 * boundaries of 73.
 */
const BOUNDARY = /^[\w'()+,\-./:=? ]{0,199}[\w'()+,\-./:=?]$/

export function isBoundary(text: string): boolean {
  return BOUNDARY.test(text)
}

type Where = 'preamble' | 'headers' | 'body' | 'epilogue'

/** What stands after `--boundary`: the end of all parts, the start of one, too little to say, or no delimiter at all. */
type AfterMark = 'more' | 'none' | { readonly closes: boolean; readonly at: number; readonly lineEnd: string }

export class MultipartScanner {
  readonly #mark: Buffer
  readonly #limits: MultipartLimits
  #where: Where = 'preamble'
  /** Bytes not yet decided upon: at most what may become a delimiter, or a part's headers. */
  #held: Buffer = Buffer.alloc(0)
  /** Line end and mark, once the first delimiter has shown how lines end. */
  #delimiter: Buffer | undefined
  #parts = 0
  /** Nothing of the preamble was dropped; nothing of the part was given on. */
  #atStart = true

  /** @throws {ArchiveError} `MULTIPART_INVALID` when the boundary is none */
  constructor(boundary: string, limits: MultipartLimits = MULTIPART_LIMITS) {
    if (!isBoundary(boundary)) throw invalid('the boundary is not one')
    this.#mark = Buffer.from(`--${boundary}`, 'latin1')
    this.#limits = limits
  }

  /** True once the closing delimiter was seen; what follows is ignored. */
  get ended(): boolean {
    return this.#where === 'epilogue'
  }

  /** @throws {ArchiveError} `MULTIPART_INVALID` */
  *push(chunk: Bytes): Generator<Token, void> {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    if (this.#held.length > 0) bytes = Buffer.concat([this.#held, bytes])
    this.#held = EMPTY
    while (this.#where !== 'epilogue') {
      const used: number =
        this.#where === 'body'
          ? yield* this.#body(bytes)
          : this.#where === 'headers'
            ? yield* this.#headers(bytes)
            : this.#preamble(bytes)
      if (used === MORE) return
      bytes = bytes.subarray(used)
    }
  }

  /** The body is over. @throws {ArchiveError} `MULTIPART_INVALID` unless the closing delimiter was there */
  end(): void {
    if (this.#where === 'preamble') throw invalid('there is no boundary line')
    if (this.#where !== 'epilogue') throw invalid('it ends before its closing boundary')
  }

  /** Keeps the bytes from `start` on for the next push; a copy, since the chunk is large or used again. */
  #hold(bytes: Buffer, start: number): typeof MORE {
    this.#held = Buffer.from(bytes.subarray(start))
    return MORE
  }

  /** Skips to the first delimiter, which begins a line. */
  #preamble(bytes: Buffer): number {
    for (let from = 0; ; ) {
      const found = bytes.indexOf(this.#mark, from)
      if (found === -1) break
      if ((found === 0 && this.#atStart) || bytes[found - 1] === LF) {
        const after = this.#afterMark(bytes, found + this.#mark.length)
        if (after === 'more') return this.#drop(bytes, Math.max(0, found - 1))
        if (after !== 'none') return this.#pass(after)
      }
      from = found + 1
    }
    // One byte more than the beginning of a mark: whether a line ends before it must be seen too.
    return this.#drop(bytes, Math.max(0, bytes.length - this.#mark.length))
  }

  #drop(bytes: Buffer, start: number): typeof MORE {
    if (start > 0) this.#atStart = false
    return this.#hold(bytes, start)
  }

  /** Goes on behind a delimiter. */
  #pass({ closes, at, lineEnd }: Exclude<AfterMark, string>): number {
    this.#where = closes ? 'epilogue' : 'headers'
    if (!closes) {
      this.#delimiter ??= Buffer.concat([Buffer.from(lineEnd), this.#mark])
      this.#parts += 1
      if (this.#parts > this.#limits.parts) throw invalid(`it has more than ${this.#limits.parts} parts`)
    }
    return at
  }

  #afterMark(bytes: Buffer, at: number): AfterMark {
    if (bytes.length < at + 2) return 'more'
    if (bytes[at] === DASH && bytes[at + 1] === DASH) return { closes: true, at: at + 2, lineEnd: '' }
    let next = at
    while ((bytes[next] === 32 || bytes[next] === 9) && next - at < PADDING_AT_MOST) next += 1
    if (next === bytes.length) return 'more'
    const crlf = bytes[next] === CR
    if (crlf && next + 1 === bytes.length) return 'more'
    if (bytes[crlf ? next + 1 : next] !== LF) return 'none'
    const lineEnd = crlf ? '\r\n' : '\n'
    if (this.#delimiter !== undefined && (this.#delimiter[0] === CR) !== crlf) return 'none'
    return { closes: false, at: next + lineEnd.length, lineEnd }
  }

  *#headers(bytes: Buffer): Generator<Token, number> {
    const headers = new Map<string, string>()
    let last = ''
    for (let from = 0, lines = 0; ; lines += 1) {
      const end = bytes.indexOf(LF, from)
      if ((end === -1 ? bytes.length : end) > this.#limits.headerBytes)
        throw invalid('the headers of a part are too long')
      if (end === -1) return this.#hold(bytes, 0)
      const line = bytes.toString('latin1', from, bytes[end - 1] === CR && end > from ? end - 1 : end)
      from = end + 1
      if (line === '') {
        this.#where = 'body'
        this.#atStart = true
        yield { kind: 'begin', headers }
        return from
      }
      if (/^[ \t]/.test(line) && last !== '') {
        headers.set(last, `${headers.get(last) ?? ''} ${line.trim()}`)
        continue
      }
      const colon = line.indexOf(':')
      if (colon < 1)
        throw invalid('a header line of a part has no colon, or the blank line after the headers is missing')
      if (lines >= this.#limits.headers) throw invalid('a part has too many headers')
      last = line.slice(0, colon).trim().toLowerCase()
      headers.set(last, line.slice(colon + 1).trim())
    }
  }

  *#body(bytes: Buffer): Generator<Token, number> {
    const delimiter = this.#delimiter ?? EMPTY
    if (this.#atStart) {
      // An empty part: the blank line's end is the delimiter's.
      const mark = this.#mark.subarray(0, bytes.length)
      if (bytes.length < this.#mark.length + 2 && mark.equals(bytes.subarray(0, mark.length)))
        return this.#hold(bytes, 0)
      const after = mark.equals(bytes.subarray(0, mark.length)) ? this.#afterMark(bytes, mark.length) : 'none'
      if (after === 'more') return this.#hold(bytes, 0)
      if (after !== 'none') {
        yield { kind: 'end' }
        return this.#pass(after)
      }
    }
    for (let from = 0; ; ) {
      const found = bytes.indexOf(delimiter, from)
      const after = found === -1 ? 'more' : this.#afterMark(bytes, found + delimiter.length)
      if (after === 'none') {
        from = found + 1 // a longer boundary, or data that looks like one
        continue
      }
      const end = found === -1 ? beginningOf(delimiter, bytes) : found
      if (end > 0) {
        this.#atStart = false
        yield { kind: 'data', bytes: bytes.subarray(0, end) }
      }
      if (after === 'more') return this.#hold(bytes, end)
      yield { kind: 'end' }
      return this.#pass(after)
    }
  }
}

/** Where the last bytes are the beginning of the delimiter; the length when they are not. */
function beginningOf(delimiter: Buffer, bytes: Buffer): number {
  for (let at = Math.max(0, bytes.length - delimiter.length + 1); at < bytes.length; at += 1)
    if (bytes[at] === delimiter[0] && bytes.subarray(at).equals(delimiter.subarray(0, bytes.length - at))) return at
  return bytes.length
}

export interface Part {
  readonly headers: PartHeaders
  /** To be read once. Whoever does not read it to the end calls `skip`. */
  readonly bytes: ByteStream
  /** The rest is not wanted: it is read and dropped so that the next part can come. */
  skip(): void
}

/**
 * The parts of a body, in order. The next one comes when the bytes of the one before were read or skipped, so a part
 * may be handed to somebody else and the next be asked for at once.
 *
 * @throws {ArchiveError} `MULTIPART_INVALID`, from here and from the bytes of the part it happens in
 */
export async function* splitMultipart(
  body: ByteStream,
  boundary: string,
  limits: MultipartLimits = MULTIPART_LIMITS,
): AsyncGenerator<Part, void> {
  const scanner = new MultipartScanner(boundary, limits)
  const tokens = tokensOf(body, scanner)
  try {
    for (;;) {
      const { value: token, done } = await tokens.next()
      if (done === true) return
      if (token.kind !== 'begin') continue
      const part = onePart(token.headers, tokens)
      yield part
      await part.over
    }
  } finally {
    await tokens.return(undefined)
  }
}

async function* tokensOf(body: ByteStream, scanner: MultipartScanner): AsyncGenerator<Token, undefined> {
  for await (const chunk of body) yield* scanner.push(chunk)
  scanner.end()
  return undefined
}

function onePart(
  headers: PartHeaders,
  tokens: AsyncGenerator<Token, undefined>,
): Part & { readonly over: Promise<void> } {
  const over = Promise.withResolvers<void>()
  over.promise.catch(() => undefined) // whoever reads the bytes is told
  let state: 'waiting' | 'reading' | 'over' = 'waiting'

  async function* read(): AsyncGenerator<Bytes, void> {
    if (state !== 'waiting') return
    state = 'reading'
    try {
      for (;;) {
        const { value: token, done } = await tokens.next()
        if (done === true || token.kind === 'end') break
        if (token.kind === 'data') yield token.bytes
      }
      settle()
    } catch (error) {
      state = 'over'
      over.reject(error)
      throw error
    } finally {
      // Reading stopped half way: the rest of the part is dropped.
      if (state === 'reading') void drain()
    }
  }

  function settle(): void {
    state = 'over'
    over.resolve()
  }

  async function drain(): Promise<void> {
    state = 'over'
    try {
      for (;;) {
        const { value: token, done } = await tokens.next()
        if (done === true || token.kind === 'end') break
      }
      over.resolve()
    } catch (error) {
      over.reject(error)
    }
  }

  return {
    headers,
    bytes: { [Symbol.asyncIterator]: read },
    skip: () => {
      if (state === 'waiting') void drain()
    },
    over: over.promise,
  }
}

/** Writes parts as a multipart body; the boundary must not occur in them, so it is long and random. */
export async function* writeMultipart(
  boundary: string,
  parts: AsyncIterable<{ readonly headers: Readonly<Record<string, string>>; readonly bytes: ByteStream }>,
): AsyncGenerator<Bytes, void> {
  for await (const { headers, bytes } of parts) {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    yield Buffer.from(`--${boundary}\r\n${lines.join('')}\r\n`, 'latin1')
    yield* bytes
    yield LINE_END
  }
  yield Buffer.from(`--${boundary}--\r\n`, 'latin1')
}
