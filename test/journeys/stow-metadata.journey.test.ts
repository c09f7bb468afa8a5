/**
 * Objects taken apart and put together again over the web: metadata and bulk data as WADO-RS gives them go back in by
 * STOW-RS under a new SOP Instance UID, in JSON and in XML, native and compressed. What is stored then equals what it was
 * taken from in every attribute and every frame, is the same file each time, and says that it was assembled.
 */
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DicomJson } from '../../src/dicom/json.ts'
import { nativeXml } from '../../src/dicom/native-xml.ts'
import { type Answer, original, stow, value } from '../support/client.ts'
import { corpus, corpusDir } from '../support/corpus.ts'
import { errorsOf, hasDciodvfy } from '../support/dciodvfy.ts'
import { type Known, known } from '../support/round-trip.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const KINDS = ['application/dicom+json', 'application/dicom+xml'] as const
/** One file of each transfer syntax, some with several frames, and objects without pixels. */
const FILES = /^(transfer-syntaxes|multiframe|sr\/tid1500|charsets|private)\//
const SEGMENT = /boundary="?([^";]+)/

interface Piece {
  readonly type: string
  readonly location: string
  readonly bytes: Buffer
}

const body = (pieces: readonly Piece[]) =>
  new Uint8Array(
    Buffer.concat([
      ...pieces.flatMap(({ type, location, bytes }) => [
        Buffer.from(`--edge\r\nContent-Type: ${type}\r\n${location && `Content-Location: ${location}\r\n`}\r\n`),
        bytes,
        Buffer.from('\r\n'),
      ]),
      Buffer.from('--edge--\r\n'),
    ]),
  )

describe('objects put together from metadata and bulk data', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.stop())

  const at = (one: Pick<Known, 'study' | 'series' | 'instance'>) =>
    `${server.dicomweb}/studies/${one.study}/series/${one.series}/instances/${one.instance}`
  const metadataOf = async (one: Pick<Known, 'study' | 'series' | 'instance'>): Promise<DicomJson> => {
    const response = await fetch(`${at(one)}/metadata`, { headers: { accept: 'application/dicom+json' } })
    const [json] = (await response.json()) as DicomJson[]
    if (json === undefined) throw new Error(`no metadata of ${one.instance}`)
    return json
  }

  /** Each frame as it is stored: its media type, transfer syntax and bytes. */
  const framesOf = async (
    one: Pick<Known, 'study' | 'series' | 'instance'>,
    count: number,
  ): Promise<readonly Piece[]> => {
    const numbers = Array.from({ length: count }, (_, frame) => frame + 1).join(',')
    const accept = [
      'image/jpeg',
      'image/jls',
      'image/jp2',
      'image/jpx',
      'image/jphc',
      'image/jxl',
      'image/dicom-rle',
      'application/octet-stream',
    ]
      .map((type) => `multipart/related; type="${type}"; transfer-syntax=*`)
      .join(', ')
    const response = await fetch(`${at(one)}/frames/${numbers}`, { headers: { accept } })
    const boundary = SEGMENT.exec(response.headers.get('content-type') ?? '')?.[1] ?? ''
    const whole = Buffer.from(await response.arrayBuffer())
    const pieces: Piece[] = []
    for (let from = whole.indexOf(`--${boundary}\r\n`); from >= 0; ) {
      const blank = whole.indexOf('\r\n\r\n', from)
      const next = whole.indexOf(`\r\n--${boundary}`, blank)
      const type = /content-type: ([^\r]+)/i.exec(whole.toString('latin1', from, blank))?.[1] ?? ''
      pieces.push({ type, location: '', bytes: whole.subarray(blank + 4, next) })
      from = whole.indexOf(`--${boundary}\r\n`, next)
    }
    return pieces
  }

  /** The attributes under another UID, and every value they name by address. */
  const apart = async (one: Known, uid: string): Promise<{ json: DicomJson; pieces: readonly Piece[] }> => {
    const json = { ...(await metadataOf(one)), '00080018': { vr: 'UI', Value: [uid] } } as DicomJson
    const pieces: Piece[] = []
    const frames = Number(json['00280008']?.Value?.[0] ?? 1)
    for (const uri of new Set(
      [...JSON.stringify(json).matchAll(/"BulkDataURI":"([^"]+)"/g)].map(([, found = '']) => found),
    )) {
      if (uri.endsWith('/7FE00010') && json['7FE00010']?.BulkDataURI === uri) {
        const all = await framesOf(one, frames)
        // Frames that are not compressed are one value.
        if (all.every(({ type }) => type.startsWith('application/octet-stream')))
          pieces.push({
            type: 'application/octet-stream',
            location: uri,
            bytes: Buffer.concat(all.map(({ bytes }) => bytes)),
          })
        else pieces.push(...all.map((frame) => ({ ...frame, location: uri })))
        continue
      }
      const bytes = Buffer.from(await (await fetch(uri)).arrayBuffer())
      pieces.push({ type: 'application/octet-stream', location: uri, bytes })
    }
    return { json, pieces }
  }

  const post = async (kind: (typeof KINDS)[number], json: DicomJson, pieces: readonly Piece[]) => {
    const text = kind === 'application/dicom+xml' ? nativeXml(json) : JSON.stringify([json])
    const response = await fetch(`${server.dicomweb}/studies`, {
      method: 'POST',
      headers: { 'content-type': `multipart/related; type="${kind}"; boundary=edge` },
      body: body([{ type: kind, location: '', bytes: Buffer.from(text) }, ...pieces]),
    })
    return { status: response.status, answer: (await response.json()) as Answer }
  }
  /** Without addresses, which name the instance, what names it itself, and the VR of pixels (OB when encapsulated). */
  const told = (json: DicomJson): Record<string, unknown> =>
    JSON.parse(
      JSON.stringify({ ...json, '00080018': undefined, '7FE00010': undefined }).replaceAll(
        /"BulkDataURI":"[^"]+"/g,
        '"BulkDataURI":""',
      ),
    ) as Record<string, unknown>

  it('are stored as assembled, the same file again when the same parts come again', async () => {
    const { bytes, study, series, instance } = syntheticInstance({ seed: 61 })
    await stow(server.dicomweb, bytes)
    const one = { study, series, instance }
    const { json, pieces } = await apart({ ...one, bytes } as unknown as Known, '2.25.6100')
    const first = await post('application/dicom+json', json, pieces)
    expect(first.status, JSON.stringify(first.answer)).toBe(200)
    const again = await post('application/dicom+json', json, pieces)
    const [stored] = (again.answer['00081199']?.Value ?? []) as Answer[]
    expect(value(stored, '00091001')).toBe('ALREADY')

    const versions = await fetch(`${server.url}/api/instances/${study}/${series}/2.25.6100/versions`)
    expect(await versions.json()).toMatchObject({ versions: [{ origin: 'assembled' }] })
    const made = await original(server.url, study, series, '2.25.6100')
    expect(made.subarray(-bytes.length / 2).equals(bytes.subarray(-bytes.length / 2))).toBe(true)
  })

  it('leave nothing in the inbox but what was stored', async () => {
    const { json, pieces } = await apart(syntheticInstance({ seed: 61 }) as unknown as Known, '2.25.6101')
    const large = { '00091001': { vr: 'OB', BulkDataURI: 'large' } } as const
    const huge = { type: 'application/octet-stream', location: 'large', bytes: Buffer.alloc(3 * 1024 * 1024, 7) }
    const { status } = await post('application/dicom+json', { ...json, ...large } as DicomJson, [...pieces, huge])
    expect(status).toBe(200)
    const lacking = { ...json, '00091001': { vr: 'OB', BulkDataURI: 'nowhere' } } as DicomJson
    expect(
      (await post('application/dicom+json', { ...lacking, '00091002': large['00091001'] } as DicomJson, [huge])).status,
    ).toBe(409)
    expect(readdirSync(`${server.data}/inbox`).filter((name) => name.endsWith('.spool'))).toHaveLength(1)
  })

  describe.skipIf(corpusDir() === undefined).each(KINDS)('from the corpus, as %s', (kind) => {
    const files =
      corpusDir() === undefined
        ? []
        : corpus()
            .filter(
              ({ expect, path, bytes }) =>
                expect === 'ok' && FILES.test(path) && bytes < 3_000_000 && !/DICOMDIR$/.test(path),
            )
            .flatMap((file) => known(file) ?? [])
            .filter((one, place, all) => all.findIndex(({ instance }) => instance === one.instance) === place)

    it('equal what they were taken from: attributes, pixels, and faults', async () => {
      let count = 0
      const syntaxes = new Set<string>()
      for (const [number, one] of files.entries()) {
        await stow(server.dicomweb, one.bytes)
        const response = await fetch(`${at(one)}/metadata`)
        if (response.status !== 200) continue
        const before = await metadataOf(one)
        const frames = Number(before['00280008']?.Value?.[0] ?? 1)
        const hasPixels = before['7FE00010']?.BulkDataURI !== undefined
        const uid = `2.25.62${KINDS.indexOf(kind)}${number}`
        const { json, pieces } = await apart(one, uid)
        // Video and what no frame can be cut from go as they are; these doors are tested elsewhere.
        if (hasPixels && pieces.every(({ location }) => !location.endsWith('/7FE00010'))) continue
        const { status, answer } = await post(kind, json, pieces)
        expect(status, `${one.file.path}: ${JSON.stringify(answer)}`).toBe(200)
        const made = { ...one, instance: uid }
        expect(told(await metadataOf(made)), one.file.path).toEqual(told(before))
        if (hasPixels) {
          const digests = async (of: Known) => (await framesOf(of, frames)).map(({ bytes }) => sha256(bytes))
          expect(await digests(made), one.file.path).toEqual(await digests(one))
        }
        if (hasDciodvfy() && number % 5 === 0) {
          const known = await errorsOf(one.bytes)
          const found = await errorsOf(await original(server.url, one.study, one.series, uid))
          expect(
            found.filter((error) => !known.includes(error)),
            one.file.path,
          ).toEqual([])
        }
        syntaxes.add(one.file.transferSyntax)
        count += 1
      }
      console.info(`${kind}: ${count} objects of ${files.length}, ${syntaxes.size} transfer syntaxes`)
      expect(count).toBeGreaterThan(30)
    }, 300_000)
  })
})
