/**
 * dicomweb-client, which other people's viewers are built on, in a page of another origin: every call it has, with an API
 * token, against an archive whose configuration lets that origin in.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { type Elsewhere, serveElsewhere } from '../support/elsewhere.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newPerson } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const LIBRARY = readFileSync(createRequire(import.meta.url).resolve('dicomweb-client'), 'utf8')
const PAGE = '<!doctype html><title>Another origin</title><script src="/client.js"></script>'

/** What a call gave: JSON as it is, bytes as their digest and size. */
interface Bytes {
  readonly sha256: string
  readonly size: number
  readonly type: string
}

const CALL = `async ({ url, token, method, options, datasets }) => {
  const client = new DICOMwebClient.api.DICOMwebClient({ url, headers: token ? { Authorization: 'Bearer ' + token } : {} })
  const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer
  if (datasets) options.datasets = datasets.map(bytesOf)
  const digest = async (value) => {
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', value))
    const first = [...new Uint8Array(value.slice(0, 4))].map((byte) => String.fromCharCode(byte)).join('')
    const type = first.startsWith('\\x89PNG') ? 'png' : first.startsWith('\\xff\\xd8') ? 'jpeg' : ''
    return { sha256: [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join(''), size: value.byteLength, type }
  }
  const told = async (value) => {
    if (value instanceof ArrayBuffer) return digest(value)
    if (Array.isArray(value)) return Promise.all(value.map(told))
    return value
  }
  try {
    return { gave: await told(await client[method](options)) }
  } catch (error) {
    return { status: error.status ?? -1, message: String(error.message) }
  }
}`

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe.skipIf(browserPath() === undefined)('dicomweb-client in a page of another origin', () => {
  const first = [1, 2, 3].map((seed) => syntheticInstance({ seed, study: 1, rows: 32, columns: 32 }))
  const second = syntheticInstance({ seed: 4, study: 2, patientName: 'OTHER^PATIENT', studyDate: '20250101' })
  let server: RunningServer
  let viewer: Elsewhere
  let stranger: Elsewhere
  let browser: RunningBrowser
  let token: string

  beforeAll(async () => {
    const site = { texts: { '/client.js': LIBRARY, '/index.html': PAGE } }
    viewer = await serveElsewhere(site)
    stranger = await serveElsewhere(site)
    server = await startServer({
      open: false,
      environment: { CLEARKEEP_HTTP__CORSORIGINS: JSON.stringify([viewer.origin]) },
    })
    const admin = await firstAdministrator(server)
    const person = await newPerson(admin, 'viewer', 'radiologist', 'service')
    token = String((await person.ask('POST', '/api/tokens', { label: 'viewer', days: 1 })).json['secret'])
    browser = await openBrowser()
    await browser.page.goto(viewer.origin)
  })
  afterAll(async () => {
    await browser?.close()
    await Promise.all([viewer?.close(), stranger?.close(), server?.stop()])
  })

  async function call(method: string, options: object = {}, datasets?: readonly Buffer[], bearer = token) {
    const sent = { url: server.dicomweb, token: bearer, method, options, datasets: datasets?.map(base64) }
    return (await browser.page.evaluate(`(${CALL})(${JSON.stringify(sent)})`)) as {
      readonly gave?: unknown
      readonly status?: number
      readonly message?: string
    }
  }
  const base64 = (bytes: Buffer) => bytes.toString('base64')
  async function gives<T>(method: string, options: object = {}, datasets?: readonly Buffer[]): Promise<T> {
    const { gave, status, message } = await call(method, options, datasets)
    if (gave === undefined) throw new Error(`${method}: ${status} ${message}`)
    return gave as T
  }
  type Row = Record<string, { readonly Value?: readonly unknown[]; readonly BulkDataURI?: string }>
  const uids = (rows: readonly Row[], tag: string) => rows.map((row) => row[tag]?.Value?.[0]).sort()
  const [one] = first as [(typeof first)[number]]
  const study = { studyInstanceUID: one.study }
  const series = { ...study, seriesInstanceUID: one.series }
  const instance = { ...series, sopInstanceUID: one.instance }

  it('stores instances, of any study and of one', async () => {
    type Stored = Row
    const parse = (answer: unknown) => (typeof answer === 'string' ? JSON.parse(answer) : answer) as Stored
    const all = parse(
      await gives(
        'storeInstances',
        {},
        first.map(({ bytes }) => bytes),
      ),
    )
    expect(all['00081199']?.Value).toHaveLength(3)
    const options = { studyInstanceUID: second.study }
    expect(parse(await gives('storeInstances', options, [second.bytes]))['00081199']?.Value).toHaveLength(1)
  })

  it('searches studies, series and instances at every nesting', async () => {
    expect(uids(await gives('searchForStudies'), '0020000D')).toEqual([one.study, second.study].sort())
    const options = { queryParams: { PatientName: 'OTHER*', includefield: 'all', fuzzymatching: true } }
    expect(uids(await gives('searchForStudies', options), '0020000D')).toEqual([second.study])
    expect(uids(await gives('searchForSeries'), '0020000E')).toEqual([one.series, second.series].sort())
    expect(uids(await gives('searchForSeries', study), '0020000E')).toEqual([one.series])
    expect(await gives('searchForInstances')).toHaveLength(4)
    expect(await gives('searchForInstances', study)).toHaveLength(3)
    expect(uids(await gives('searchForInstances', series), '00080018')).toEqual(
      first.map((each) => each.instance).sort(),
    )
  })

  it('reads the metadata of a study, a series and an instance', async () => {
    expect(await gives('retrieveStudyMetadata', study)).toHaveLength(3)
    expect(await gives('retrieveSeriesMetadata', series)).toHaveLength(3)
    const [metadata] = await gives<Row[]>('retrieveInstanceMetadata', instance)
    expect(metadata?.['00080018']?.Value).toEqual([one.instance])
    expect(metadata?.['7FE00010']?.BulkDataURI).toContain(server.dicomweb)
  })

  it('retrieves a study, a series and an instance, byte for byte as they were sent', async () => {
    const sent = first.map(({ bytes }) => sha256(bytes)).sort()
    const digests = (parts: readonly Bytes[]) => parts.map((part) => part.sha256).sort()
    expect(digests(await gives('retrieveStudy', study))).toEqual(sent)
    expect(digests(await gives('retrieveSeries', series))).toEqual(sent)
    expect(await gives('retrieveInstance', instance)).toMatchObject({ sha256: sha256(one.bytes) })
  })

  it('retrieves frames, and bulk data whole and in part', async () => {
    const pixels = one.bytes.subarray(-32 * 32 * 2)
    const frames = await gives<readonly Bytes[]>('retrieveInstanceFrames', { ...instance, frameNumbers: '1' })
    expect(frames).toMatchObject([{ sha256: sha256(pixels) }])
    const [metadata] = await gives<Row[]>('retrieveInstanceMetadata', instance)
    const BulkDataURI = metadata?.['7FE00010']?.BulkDataURI
    expect(await gives('retrieveBulkData', { BulkDataURI })).toMatchObject([{ sha256: sha256(pixels) }])
    const mediaTypes = [{ mediaType: 'application/octet-stream' }]
    expect(await gives('retrieveBulkData', { BulkDataURI, mediaTypes, byteRange: [0, 99] })).toMatchObject([
      { sha256: sha256(pixels.subarray(0, 100)) },
    ])
  })

  it('retrieves pictures of instances and frames', async () => {
    const png = { mediaTypes: [{ mediaType: 'image/png' }] }
    const queryParams = { window: '2048,4096,linear', viewport: '16,16' }
    expect(await gives('retrieveInstanceRendered', instance)).toMatchObject([{ type: 'jpeg' }])
    expect(await gives('retrieveInstanceRendered', { ...instance, ...png, queryParams })).toMatchObject([
      { type: 'png' },
    ])
    expect(await gives('retrieveInstanceThumbnail', instance)).toMatchObject([{ type: 'jpeg' }])
    const frame = { ...instance, frameNumbers: '1' }
    expect(await gives('retrieveInstanceFramesRendered', { ...frame, ...png })).toMatchObject([{ type: 'png' }])
    expect(await gives('retrieveInstanceFramesThumbnail', { ...frame, ...png })).toMatchObject([{ type: 'png' }])
  })

  it('names an address of WADO-URI, which answers with the object as it was sent', async () => {
    const address = await gives<string>('buildInstanceWadoURIUrl', instance)
    const [, query] = address.split('?')
    const answer = await fetch(`${server.url}/wado?${query}`, { headers: { authorization: `Bearer ${token}` } })
    expect(sha256(Buffer.from(await answer.arrayBuffer()))).toBe(sha256(one.bytes))
  })

  it('pages through a search while studies arrive, and sees each study that was there once', async () => {
    const more = Array.from({ length: 6 }, (_, at) =>
      syntheticInstance({ seed: 100 + at, study: 10 + at, rows: 2, columns: 2 }),
    )
    await gives(
      'storeInstances',
      {},
      more.map(({ bytes }) => bytes),
    )
    const seen: unknown[] = []
    for (let offset = 0; offset < 8; offset += 2) {
      seen.push(...uids(await gives('searchForStudies', { queryParams: { limit: 2, offset } }), '0020000D'))
      // Newer than all, so before all in the order of results.
      const arrival = syntheticInstance({
        seed: 200 + offset,
        study: 30 + offset,
        studyDate: '20261231',
        rows: 2,
        columns: 2,
      })
      await gives('storeInstances', {}, [arrival.bytes])
    }
    expect(seen.sort()).toEqual([one.study, second.study, ...more.map((each) => each.study)].sort())
  })

  it('is told why when it is refused, with the status in its hands', async () => {
    expect(await call('searchForStudies', { queryParams: { NoSuchKey: '1' } })).toMatchObject({ status: 400 })
    expect(await call('retrieveStudy', { studyInstanceUID: '1.2.3' })).toMatchObject({ status: 404 })
    expect(await call('searchForStudies', {}, undefined, 'not a token')).toMatchObject({ status: 401 })
  })

  it('is not let in from an origin the configuration does not name', async () => {
    await browser.page.goto(stranger.origin)
    // The browser keeps the answer from the page: no status.
    expect(await call('searchForStudies')).toMatchObject({ status: 0 })
    expect(await call('storeInstances', {}, [one.bytes])).toMatchObject({ status: 0 })
    expect(browser.complaints.join()).toContain('blocked by CORS policy')
  })
})
