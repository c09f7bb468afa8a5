import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { hasPython, python } from '../../../test/support/python.ts'
import { EXPLICIT, memoryArchive, SERIES, STUDY, webDoor } from '../../../test/support/web-door.ts'
import { gather } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { uid } from '../../dicom/uid.ts'
import { parseMediaType } from '../media-types.ts'
import { splitMultipart } from '../multipart.ts'

const archive = memoryArchive()
const door = await webDoor(archive)
const giving = archive.giving
const JPEG_LS = uid('1.2.840.10008.1.2.4.80')
afterAll(() => door.close())
beforeEach(() => {
  archive.kept.length = 0
  archive.giving = giving
  archive.add({ uid: '1.2.9.1', bytes: Buffer.from('first file') })
  archive.add({
    uid: '1.2.9.2',
    bytes: Buffer.from('second file'),
    transferSyntax: JPEG_LS,
    frames: ['one', 'two', 'three'].map((text) => Buffer.from(text)),
  })
})

const series = `/studies/${STUDY}/series/${SERIES}`
const instance = (name: string) => `${series}/instances/${name}`
const STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*'

const get = (path: string, headers: Record<string, string> = {}) => fetch(door.dicomweb + path, { headers })

/** The parts of an answer: headers and content. */
async function partsOf(response: Response) {
  const type = parseMediaType(response.headers.get('content-type') ?? '')
  const whole = Buffer.from(await response.arrayBuffer())
  const found: { headers: Record<string, string>; text: string }[] = []
  const once = (async function* () {
    yield whole
  })()
  for await (const part of splitMultipart(once, type?.parameters.get('boundary') ?? ''))
    found.push({ headers: Object.fromEntries(part.headers), text: String(Buffer.from(await gather(part.bytes))) })
  return { type, parts: found }
}

describe('WADO-RS instances (PS3.18 section 10.4)', () => {
  it.each([
    ['a study', `/studies/${STUDY}`, 2],
    ['a series', series, 2],
    ['an instance', instance('1.2.9.2'), 1],
  ])('gives %s, a part an instance, each saying what and where it is', async (_, path, count) => {
    const response = await get(path, { accept: STORED })
    expect(response.status).toBe(200)
    const { type, parts } = await partsOf(response)
    expect(type?.name).toBe('multipart/related')
    expect(type?.parameters.get('type')).toBe('application/dicom')
    expect(parts).toHaveLength(count)
    expect(parts.at(-1)).toEqual({
      headers: {
        'content-type': `application/dicom; transfer-syntax=${JPEG_LS}`,
        'content-location': door.dicomweb + instance('1.2.9.2'),
      },
      text: 'second file',
    })
  })

  it('gives Explicit VR Little Endian when no syntax is asked for, in the header or the address', async () => {
    for (const response of [
      await get(`/studies/${STUDY}`),
      await get(`/studies/${STUDY}`, { accept: 'multipart/related; type="application/dicom"' }),
      await get(
        `/studies/${STUDY}?accept=${encodeURIComponent(`multipart/related; type="application/dicom"; transfer-syntax=${EXPLICIT}`)}`,
      ),
    ]) {
      const { parts } = await partsOf(response)
      expect(parts.map((part) => part.headers['content-type'])).toEqual(
        Array(2).fill(`application/dicom; transfer-syntax=${EXPLICIT}`),
      )
    }
  })

  it('gives one instance as it is when asked for one part', async () => {
    const response = await get(instance('1.2.9.2'), { accept: 'application/dicom; transfer-syntax=*' })
    expect(response.headers.get('content-type')).toBe(`application/dicom; transfer-syntax=${JPEG_LS}`)
    expect(await response.text()).toBe('second file')
  })

  it.skipIf(!hasPython)('gives all as a ZIP when that is asked for, a folder a series', async () => {
    for (const address of [`/studies/${STUDY}`, instance('1.2.9.2')]) {
      const response = await get(address, { accept: 'application/zip; transfer-syntax=*' })
      expect(response.headers.get('content-type')).toBe('application/zip')
      expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="[\d.]+\.zip"$/)
      const file = join(mkdtempSync(join(tmpdir(), 'clearkeep-wado-zip-')), 'it.zip')
      writeFileSync(file, Buffer.from(await response.arrayBuffer()))
      const script =
        'import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);[print(n,z.read(n).decode()) for n in z.namelist()]'
      const { lines } = python('-c', script, file)
      rmSync(dirname(file), { recursive: true })
      expect(lines.at(-1)).toMatch(/^[\d.]+\/1\.2\.9\.2\.dcm second file$/)
      expect(lines).toHaveLength(address.includes('instances') ? 1 : 2)
    }
  })

  it('answers what is not there, not acceptable or not a UID with the right refusal', async () => {
    expect((await get('/studies/1.2.3.99')).status).toBe(404)
    expect((await get(`/studies/${STUDY}`, { accept: 'image/png' })).status).toBe(406)
    expect((await get(`/studies/${STUDY}`, { accept: 'application/dicom' })).status).toBe(406)
    expect((await get('/studies/abc')).status).toBe(400)
    expect((await get(`/studies/${'1'.repeat(65)}`)).status).toBe(400)
  })

  it('answers a HEAD request with headers alone', async () => {
    const response = await fetch(`${door.dicomweb}/studies/${STUDY}`, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('multipart/related')
  })

  it('answers a failure before the first byte with its status, and cuts the connection at one after it', async () => {
    archive.giving = async function* () {
      yield* []
      throw new ArchiveError('PIXELS_UNSUPPORTED', { transferSyntax: JPEG_LS, why: 'no decoder' })
    }
    const refused = await get(instance('1.2.9.2'), { accept: 'application/dicom' })
    expect(refused).toMatchObject({ status: 406 })
    expect(await get(instance('1.2.9.2'), { accept: 'application/zip' })).toMatchObject({ status: 406 })
    expect(await refused.json()).toMatchObject({ code: 'PIXELS_UNSUPPORTED' })

    archive.giving = async function* (bytes) {
      yield bytes
      yield Buffer.alloc(100_000)
      throw new ArchiveError('PIXELS_DAMAGED', { frame: 1, why: 'cut' })
    }
    const cut = await get(instance('1.2.9.2'), { accept: 'application/dicom' })
    expect(cut.status).toBe(200)
    await expect(cut.arrayBuffer()).rejects.toThrow()
    expect(archive.openStreams).toBe(0)
  })
})

describe('answers as they stream', () => {
  const endless = (size: number) =>
    async function* () {
      for (;;) {
        given += size
        yield Buffer.alloc(size)
      }
    }
  let given = 0

  /** Asks over a socket of its own and reads nothing of the answer. */
  async function hungry(path: string) {
    const socket = connect(door.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(`GET /dicom-web${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: ${STORED}\r\n\r\n`)
    return socket
  }

  it('go no faster than the client reads', async () => {
    archive.giving = endless(64 * 1024)
    given = 0
    const socket = await hungry(series)
    socket.pause()
    let still = 0
    for (let last = -1; still < 50; still = given === last ? still + 1 : 0) {
      last = given
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(given).toBeGreaterThan(0)
    expect(given).toBeLessThan(32 * 1024 * 1024)
    socket.destroy()
  })

  it('stop, and let go of what they read, when the client goes away', async () => {
    archive.giving = endless(1000)
    const socket = await hungry(series)
    await once(socket, 'data')
    expect(archive.openStreams).toBeGreaterThan(0)
    socket.destroy()
    while (archive.openStreams > 0) await new Promise((resolve) => setImmediate(resolve))
  })

  it('carry every byte whatever the pieces', async () => {
    const sizes = [1, 40_000, 7, 7, 100_000, 3, 65_536, 32_768, 1, 500_000]
    const pieces = sizes.map((size, at) => Buffer.alloc(size, at))
    archive.giving = async function* () {
      yield* pieces
    }
    const response = await get(instance('1.2.9.1'), { accept: 'application/dicom' })
    const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
    expect(digest(new Uint8Array(await response.arrayBuffer()))).toBe(digest(Buffer.concat(pieces)))
  })
})

describe('metadata (PS3.18 section 10.4.1.1.2)', () => {
  it('is an array of objects, with addresses of bulk data under where it was asked for', async () => {
    const response = await get(`/studies/${STUDY}/metadata`)
    expect(response.headers.get('content-type')).toBe('application/dicom+json')
    expect(await response.json()).toEqual(
      ['1.2.9.1', '1.2.9.2'].map((name) => ({ '00080018': { vr: 'UI', Value: [name] }, base: door.dicomweb })),
    )
  })

  it('is not sent again to whoever has it, until something is added; each look is a look', async () => {
    archive.looks = 0
    const etag = (await get(`${series}/metadata`)).headers.get('etag') ?? ''
    expect(etag).toMatch(/^"m[\w-]+"$/)
    const again = await get(`${series}/metadata`, { 'if-none-match': `"other", W/${etag}` })
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')
    expect(archive.looks).toBe(2)
    archive.add({ uid: '1.2.9.3' })
    expect((await get(`${series}/metadata`, { 'if-none-match': etag })).status).toBe(200)
  })

  it('is compressed for who takes it so, when it is much', async () => {
    for (let at = 3; at < 40; at += 1) archive.add({ uid: `1.2.9.${at}` })
    const socket = connect(door.port, '127.0.0.1')
    await once(socket, 'connect')
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.write(
      `GET /dicom-web${series}/metadata HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: br, gzip\r\nConnection: close\r\n\r\n`,
    )
    await once(socket, 'close')
    const whole = Buffer.concat(chunks)
    const start = whole.indexOf('\r\n\r\n') + 4
    expect(whole.toString('latin1', 0, start)).toMatch(/content-encoding: gzip/i)
    expect(JSON.parse(String(gunzipSync(unchunked(whole.subarray(start)))))).toHaveLength(39)
    const plain = await get(`${series}/metadata`, { 'accept-encoding': 'gzip;q=0' })
    expect(plain.headers.get('content-encoding')).toBeNull()
  })

  it('is to be had in XML, a part for each instance', async () => {
    const response = await get(`/studies/${STUDY}/metadata`, {
      accept: 'multipart/related; type="application/dicom+xml"',
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(
      /^multipart\/related; type="application\/dicom\+xml"; boundary=/,
    )
    expect(await response.text()).toContain('<NativeDicomModel')
  })
})

function unchunked(bytes: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\r\n', at)
    const length = Number.parseInt(bytes.toString('latin1', at, end), 16)
    if (!length) return Buffer.concat(parts)
    parts.push(bytes.subarray(end + 2, end + 2 + length))
    at = end + 2 + length + 2
  }
}

describe('frames (PS3.18 section 10.4.1.1.6)', () => {
  const frames = (list: string) => `${instance('1.2.9.2')}/frames/${list}`

  it('come in the order asked for, each with its length and place', async () => {
    const { type, parts } = await partsOf(await get(frames('3,1'), { accept: 'multipart/related; type="image/jls"' }))
    expect(type?.parameters.get('type')).toBe('image/jls')
    expect(parts).toEqual([
      {
        headers: {
          'content-type': `image/jls; transfer-syntax=${JPEG_LS}`,
          'content-length': '5',
          'content-location': `${door.dicomweb}${frames('3')}`,
        },
        text: 'three',
      },
      expect.objectContaining({ text: 'one' }),
    ])
  })

  it('come decoded unless asked for as stored', async () => {
    const { parts } = await partsOf(await get(frames('1')))
    expect(parts[0]?.headers['content-type']).toBe(`application/octet-stream; transfer-syntax=${EXPLICIT}`)
    const accept = 'multipart/related; type=application/octet-stream; transfer-syntax=*'
    const stored = await partsOf(await get(frames('1'), { accept }))
    expect(stored.parts[0]?.headers['content-type']).toBe(`application/octet-stream; transfer-syntax=${JPEG_LS}`)
  })

  it('come alone when one is asked for in one part', async () => {
    const response = await get(frames('2'), { accept: 'image/jls' })
    expect(response.headers.get('content-type')).toBe(`image/jls; transfer-syntax=${JPEG_LS}`)
    expect(response.headers.get('content-length')).toBe('3')
    expect(await response.text()).toBe('two')
    expect((await get(frames('1,2'), { accept: 'image/jls' })).status).toBe(406)
  })

  it.each([
    ['4', 404, 'PIXELS_NO_FRAME'],
    ['0', 400, 'BAD_REQUEST'],
    ['one', 400, 'BAD_REQUEST'],
    ['1,', 400, 'BAD_REQUEST'],
    ['1,99', 404, 'PIXELS_NO_FRAME'],
  ])('numbered %s are refused with %i', async (list, status, code) => {
    const response = await get(frames(list))
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code })
  })

  it('are all there in pixeldata', async () => {
    const { parts } = await partsOf(await get(`/studies/${STUDY}/pixeldata`))
    expect(parts.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
    expect((await get(`${instance('1.2.9.1')}/pixeldata`)).status).toBe(404)
  })

  it('are one value in the pixeldata of an instance asked for in one part, and ranges of it', async () => {
    archive.add({
      uid: '1.2.9.3',
      bytes: Buffer.from('0123456789'),
      frames: [Buffer.from('01234'), Buffer.from('56789')],
    })
    const path = `${instance('1.2.9.3')}/pixeldata`
    const whole = await get(path, { accept: 'application/octet-stream' })
    expect(whole.headers.get('content-type')).toBe(`application/octet-stream; transfer-syntax=${EXPLICIT}`)
    expect(await whole.text()).toBe('0123456789')
    const range = await get(path, { accept: 'application/octet-stream', range: 'bytes=4-5' })
    expect(range.status).toBe(206)
    expect(await range.text()).toBe('45')
  })
})

describe('bulk data (PS3.18 section 10.4.1.1.5)', () => {
  const bulk = (path: string) => `${instance('1.2.9.1')}/bulkdata/${path}`

  it('comes in one part, whole or a range of it', async () => {
    const whole = await get(bulk('7FE00010'))
    expect(whole.headers.get('content-type')).toBe('application/octet-stream')
    expect(whole.headers.get('accept-ranges')).toBe('bytes')
    expect(await whole.text()).toBe('first file')
    const range = await get(bulk('7FE00010'), { range: 'bytes=6-' })
    expect(range.status).toBe(206)
    expect(range.headers.get('content-range')).toBe('bytes 6-9/10')
    expect(await range.text()).toBe('file')
    const outside = await get(bulk('7FE00010'), { range: 'bytes=10-' })
    expect(outside.status).toBe(416)
    expect(outside.headers.get('content-range')).toBe('bytes */10')
  })

  it('comes as a part of several when asked so', async () => {
    const { parts } = await partsOf(
      await get(bulk('54000100/1/54001010'), { accept: 'multipart/related; type="application/octet-stream"' }),
    )
    expect(parts).toEqual([
      {
        headers: {
          'content-type': 'application/octet-stream',
          'content-length': '10',
          'content-location': door.dicomweb + bulk('54000100/1/54001010'),
        },
        text: 'first file',
      },
    ])
  })

  it('is named by a path of tags and item numbers, and nothing else', async () => {
    for (const path of ['7FE00011', 'x', '..%2f..%2fetc', '7FE00010/1', ''])
      expect((await get(bulk(path))).status, path).toBe(404)
  })
})
