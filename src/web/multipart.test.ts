import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bytes, gather } from '../base/bytes.ts'
import { isBoundary, MULTIPART_LIMITS, MultipartScanner, splitMultipart, writeMultipart } from './multipart.ts'

const bytesOf = (text: string) => Buffer.from(text, 'latin1')

async function* inChunks(whole: Bytes, size: number) {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size)
}

/** Reads a body fed in chunks; each part as its headers and its bytes as Latin-1 text. */
async function parts(body: Bytes | string, boundary: string, size = 65_536, limits = MULTIPART_LIMITS) {
  const found: { headers: Record<string, string>; body: string }[] = []
  const whole = typeof body === 'string' ? bytesOf(body) : body
  for await (const part of splitMultipart(inChunks(whole, size), boundary, limits)) {
    const bytes = await gather(part.bytes)
    found.push({ headers: Object.fromEntries(part.headers), body: Buffer.from(bytes).toString('latin1') })
  }
  return found
}

const bodies = async (body: Bytes | string, boundary: string, size?: number) =>
  (await parts(body, boundary, size)).map((part) => part.body)

const TWO =
  '--b\r\nContent-Type: application/dicom\r\n\r\none\r\n--b\r\nContent-Type: application/dicom\r\n\r\ntwo\r\n--b--\r\n'

describe('multipart/related bodies (RFC 2046 section 5.1)', () => {
  it('are cut into their parts, headers with small letters', async () => {
    expect(await parts(TWO, 'b')).toEqual([
      { headers: { 'content-type': 'application/dicom' }, body: 'one' },
      { headers: { 'content-type': 'application/dicom' }, body: 'two' },
    ])
  })

  it('are cut the same wherever the chunks end', async () => {
    const body = `preamble --b\r\n${TWO}epilogue\r\n--b\r\n`
    for (let size = 1; size <= body.length; size += 1) expect(await bodies(body, 'b', size)).toEqual(['one', 'two'])
    for (let cut = 0; cut <= body.length; cut += 1) {
      const halves = (async function* () {
        yield bytesOf(body.slice(0, cut))
        yield bytesOf(body.slice(cut))
      })()
      const found: string[] = []
      for await (const part of splitMultipart(halves, 'b')) found.push(String(Buffer.from(await gather(part.bytes))))
      expect(found).toEqual(['one', 'two'])
    }
  })

  it('give back any parts that were written, whatever the chunks', async () => {
    // An alphabet of few letters makes near-delimiters common.
    const content = fc.array(fc.constantFrom('\r', '\n', '-', 'b', 'o', '\r\n--bo', '\r\n--', '\r\n'), {
      maxLength: 30,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(content, { maxLength: 4 }), fc.integer({ min: 1, max: 50 }), async (contents, size) => {
        const wanted = contents.map((pieces) => pieces.join(''))
        const written = writeMultipart(
          'bound',
          (async function* () {
            for (const text of wanted) yield { headers: { 'Content-Type': 'x/y' }, bytes: inChunks(bytesOf(text), 7) }
          })(),
        )
        expect(await bodies(await gather(written), 'bound', size)).toEqual(wanted)
      }),
      { numRuns: 500 },
    )
  })

  it('never crash on bytes that are anything', async () => {
    const junk = fc.array(fc.constantFrom('--b', '\r\n', '\n', '\r', '--', ':', 'h: v', ' ', 'x', '\0'), {
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(junk, fc.integer({ min: 1, max: 9 }), async (pieces, size) => {
        const read = async (size: number) => {
          try {
            return await parts(pieces.join(''), 'b', size)
          } catch (error) {
            return (error as { code?: string }).code
          }
        }
        const outcome = await read(size)
        if (typeof outcome === 'string') expect(outcome).toBe('MULTIPART_INVALID')
        expect(await read(1000)).toEqual(outcome)
      }),
      { numRuns: 1000 },
    )
  })

  it('may have empty parts, with and without a blank line of their own', async () => {
    expect(await bodies('--b\r\n\r\n\r\n--b\r\nA: b\r\n\r\n--b--', 'b')).toEqual(['', ''])
  })

  it('may have boundaries followed by blanks, and data that begins like a boundary', async () => {
    expect(await bodies('--b  \r\n\r\nx\r\n--bc\r\ny\r\n--b-\r\nz\r\n--b\t\r\n\r\nw\r\n--b--', 'b')).toEqual([
      'x\r\n--bc\r\ny\r\n--b-\r\nz',
      'w',
    ])
  })

  it('may end their lines in LF alone, if the first boundary line does', async () => {
    expect(await bodies('--b\nA: b\n\none\r\n--b\n\ntwo\n--b--\n', 'b')).toEqual(['one\r', 'two'])
    expect(await bodies('--b\r\n\r\none\n--b\n\ntwo\r\n--b--', 'b')).toEqual(['one\n--b\n\ntwo'])
  })

  it('may have headers that go on on the next line', async () => {
    const [part] = await parts('--b\r\nContent-Type: application/dicom;\r\n  transfer-syntax=1.2\r\n\r\n\r\n--b--', 'b')
    expect(part?.headers).toEqual({ 'content-type': 'application/dicom; transfer-syntax=1.2' })
  })

  it.each([
    ['without any boundary', 'nothing here', 'no boundary line'],
    ['that are empty', '', 'no boundary line'],
    ['that end within a part', '--b\r\n\r\none', 'before its closing boundary'],
    ['that end within a boundary', '--b\r\n\r\none\r\n--b', 'before its closing boundary'],
    ['that end within headers', '--b\r\nA: b', 'before its closing boundary'],
    ['with a header that is none', '--b\r\nwhat is this\r\n\r\n', 'no colon'],
    ['with endless headers', `--b\r\n${'A: b\r\n'.repeat(20)}\r\n--b--`, 'too many headers'],
    ['with an endless header', `--b\r\nA: ${'b'.repeat(300)}`, 'too long'],
    ['with too many parts', '--b\r\n\r\n'.repeat(9), 'more than 5 parts'],
  ])('%s are refused', async (_, body, why) => {
    const limits = { headerBytes: 200, headers: 10, parts: 5 }
    await expect(parts(body, 'b', 65_536, limits)).rejects.toThrow(why)
    await expect(parts(body, 'b', 1, limits)).rejects.toThrow(why)
  })

  it('hand on views of the chunks, copying nothing of a large part', () => {
    const scanner = new MultipartScanner('boundary')
    const chunk = Buffer.alloc(65_536, 7)
    const first = [...scanner.push(bytesOf('--boundary\r\n\r\n'))]
    expect(first.map((token) => token.kind)).toEqual(['begin'])
    const [data] = [...scanner.push(chunk)]
    expect(data?.kind === 'data' && data.bytes.buffer).toBe(chunk.buffer)
  })

  it('come on when a part is skipped, or left half way', async () => {
    const seen: string[] = []
    for await (const part of splitMultipart(inChunks(bytesOf(TWO), 5), 'b')) {
      seen.push(part.headers.get('content-type') ?? '')
      if (seen.length === 1) part.skip()
      else for await (const _ of part.bytes) break
    }
    expect(seen).toHaveLength(2)
  })

  it('are refused when the boundary is none', () => {
    expect(isBoundary('a'.repeat(70))).toBe(true)
    expect(isBoundary('7bfe777b-29c7-4046-97c9-dd369f893a9d-7bfe777b-29c7-4046-97c9-dd369f893a9d')).toBe(true) // Orthanc's
    for (const wrong of ['', 'a'.repeat(201), 'a ', 'a\r\n', 'ä', 'a"b']) expect(isBoundary(wrong)).toBe(false)
    expect(() => new MultipartScanner('')).toThrow('boundary')
  })
})
