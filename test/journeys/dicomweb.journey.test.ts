import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openReader } from '../../src/dicom/reader.ts'
import { type Answer, original, qido, value } from '../support/client.ts'
import { type CorpusFile, corpus, corpusDir, corpusTable } from '../support/corpus.ts'
import { type FreshPostgres, freshPostgres } from '../support/postgres.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

interface Known {
  readonly path: string
  readonly bytes: Buffer
  readonly study: string
  readonly series: string
  readonly instance: string
  readonly transferSyntax: string
}

function known({ path, file, transferSyntax }: CorpusFile): Known {
  const bytes = readFileSync(file)
  const reader = openReader({ format: 'part10' })
  reader.push(bytes)
  reader.end()
  const { study = '', series = '', sopInstance: instance = '' } = reader.identity
  return { path, bytes, study, series, instance, transferSyntax }
}

/** A series as it came from a scanner, and one file of each transfer syntax there is. */
function chosen(): Known[] {
  const ok = corpus().filter(({ expect, path }) => expect === 'ok' && !path.endsWith('DICOMDIR'))
  const scan = ok.filter(({ path }) => path.startsWith('series/ct-petct-20slices/'))
  const syntaxes = new Map(
    ok
      .filter(({ path }) => /^(transfer-syntaxes|multiframe|sr)\//.test(path))
      .map((file) => [file.transferSyntax, file]),
  )
  const sequences = ok.filter(({ path }) => path.startsWith('sr/tid1500/')).slice(0, 3)
  const all = [...scan, ...syntaxes.values(), ...sequences].map(known)
  return [...new Map(all.map((one) => [one.instance, one])).values()].filter(
    ({ study, series, instance }) => study !== '' && series !== '' && instance !== '',
  )
}

/** Cuts a multipart answer, by its own few lines: not with the code under test. */
async function partsOf(response: Response): Promise<{ head: string; body: Buffer }[]> {
  const boundary = /boundary="?([^";]+)/.exec(response.headers.get('content-type') ?? '')?.[1] ?? ''
  const whole = Buffer.from(await response.arrayBuffer())
  const parts: { head: string; body: Buffer }[] = []
  let at = whole.indexOf(`--${boundary}`)
  if (boundary === '' || at === -1) throw new Error(`not multipart: ${response.status} ${whole.subarray(0, 300)}`)
  for (;;) {
    const start = at + boundary.length + 2
    if (whole.toString('latin1', start, start + 2) === '--') return parts
    const blank = whole.indexOf('\r\n\r\n', start)
    const next = whole.indexOf(`\r\n--${boundary}`, blank)
    if (blank === -1 || next === -1) throw new Error('a part has no end')
    parts.push({ head: whole.toString('latin1', start, blank), body: whole.subarray(blank + 4, next) })
    at = next + 2
  }
}

function multipart(files: readonly Buffer[]): Buffer<ArrayBuffer> {
  const pieces = files.flatMap((bytes) => [
    Buffer.from('--edge\r\nContent-Type: application/dicom\r\n\r\n'),
    bytes,
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...pieces, Buffer.from('--edge--\r\n')])
}
const MULTIPART = 'multipart/related; type="application/dicom"; boundary=edge'
const STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*'

// Each engine of the index: the doors must not know the difference.
describe.each(['sqlite', 'postgres'])('DICOMweb over a real archive, index in %s', (engine) => {
  let server: RunningServer
  let database: FreshPostgres | undefined
  beforeAll(async () => {
    if (engine === 'postgres') database = await freshPostgres()
    server = await startServer(database === undefined ? {} : { environment: { CLEARKEEP_DATABASE__URL: database.url } })
  })
  afterAll(async () => {
    await server.stop()
    await database?.drop()
  })

  const get = (path: string, accept = '*/*', headers: Record<string, string> = {}) =>
    fetch(server.dicomweb + path, { headers: { accept, ...headers } })
  const post = async (body: Buffer, path = '/studies') => {
    const response = await fetch(server.dicomweb + path, {
      method: 'POST',
      headers: { 'content-type': MULTIPART },
      body: new Uint8Array(body),
    })
    return { status: response.status, headers: response.headers, answer: (await response.json()) as Answer }
  }
  const items = (answer: Answer, tag: string) => (answer[tag]?.Value ?? []) as Answer[]
  const pathOf = ({ study, series, instance }: Pick<Known, 'study' | 'series' | 'instance'>) =>
    `/studies/${study}/series/${series}/instances/${instance}`

  describe.skipIf(corpusDir() === undefined)('with files of the corpus', () => {
    const files = corpusDir() === undefined ? [] : chosen()

    it('takes them in, many parts a request', async () => {
      expect(files.length).toBeGreaterThan(30)
      for (let at = 0; at < files.length; at += 12) {
        const batch = files.slice(at, at + 12)
        const { status, answer } = await post(multipart(batch.map(({ bytes }) => bytes)))
        expect(status).toBe(200)
        expect(items(answer, '00081199').map((item) => value(item, '00081155'))).toEqual(
          batch.map(({ instance }) => instance),
        )
      }
    })

    it('finds each at every nesting, and says where it is', async () => {
      for (const one of files.filter((_, at) => at % 4 === 0)) {
        const { study, series, instance } = one
        expect(value((await qido(server.dicomweb, `/studies?StudyInstanceUID=${study}`))[0], '00081190')).toBe(
          `${server.dicomweb}/studies/${study}`,
        )
        expect(
          (await qido(server.dicomweb, `/studies/${study}/series`)).map((found) => value(found, '0020000E')),
        ).toContain(series)
        for (const path of [
          `/instances?SOPInstanceUID=${instance}`,
          `/studies/${study}/instances?00080018=${instance}`,
          `/studies/${study}/series/${series}/instances?SOPInstanceUID=${instance}`,
        ]) {
          const found = await qido(server.dicomweb, path)
          expect(found, path).toHaveLength(1)
          expect(value(found[0], '00081190')).toBe(server.dicomweb + pathOf(one))
        }
      }
    })

    it('pages through what it finds without losing or repeating any', async () => {
      const scan = files.filter(({ path }) => path.startsWith('series/ct-petct'))
      const [first] = scan
      const pages = await Promise.all(
        [0, 7, 14].map((offset) =>
          qido(server.dicomweb, `/studies/${first?.study}/instances?limit=7&offset=${offset}`),
        ),
      )
      const uids = pages.flat().map((found) => value(found, '00080018'))
      expect(uids).toHaveLength(20)
      expect(new Set(uids)).toEqual(new Set(scan.map(({ instance }) => instance)))
    })

    it('gives back the original to the byte, with its digest', async () => {
      for (const one of files) {
        const { study, series, instance } = one
        const response = await fetch(`${server.url}/api/instances/${study}/${series}/${instance}/original`)
        const bytes = Buffer.from(await response.arrayBuffer())
        expect(bytes.equals(one.bytes), one.path).toBe(true)
        expect(response.headers.get('repr-digest')).toBe(
          `sha-256=:${Buffer.from(sha256(one.bytes), 'hex').toString('base64')}:`,
        )
        expect(response.headers.get('content-length')).toBe(String(one.bytes.length))
      }
      const [one] = files
      const response = await fetch(
        `${server.url}/api/instances/${one?.study}/${one?.series}/${one?.instance}/original`,
        {
          headers: { range: 'bytes=100-199' },
        },
      )
      expect(response.status).toBe(206)
      expect(Buffer.from(await response.arrayBuffer()).equals(one?.bytes.subarray(100, 200) ?? Buffer.alloc(0))).toBe(
        true,
      )
    })

    it('gives whole studies as stored, each part the file that was sent', async () => {
      for (const study of new Set(files.map((one) => one.study))) {
        const parts = await partsOf(await get(`/studies/${study}`, STORED))
        const mine = files.filter((one) => one.study === study)
        expect(parts.map(({ body }) => sha256(body)).sort()).toEqual(mine.map(({ bytes }) => sha256(bytes)).sort())
        for (const { head } of parts) {
          const one = mine.find((each) => head.includes(pathOf(each)))
          expect(head).toContain(`transfer-syntax=${one?.transferSyntax}`)
        }
      }
    })

    it('gives Explicit VR Little Endian unless asked otherwise, in one part when one is wanted', async () => {
      for (const one of files) {
        const response = await get(pathOf(one), 'application/dicom')
        if (response.status === 406) {
          // Nothing here can decode it; then the refusal says what can be had.
          expect(await response.json(), one.path).toMatchObject({
            remedy: expect.stringContaining('transfer-syntax=*'),
          })
          continue
        }
        expect(response.headers.get('content-type'), one.path).toContain('transfer-syntax=1.2.840.10008.1.2.1')
        const reader = openReader({ format: 'part10' })
        reader.push(Buffer.from(await response.arrayBuffer()))
        expect(reader.end().transferSyntax, one.path).toBe('1.2.840.10008.1.2.1')
        expect(reader.identity.sopInstance, one.path).toBe(one.instance)
      }
    })

    it('gives frames whose pixels have the digests of the corpus', async () => {
      const rows = corpusTable('pixels.tsv').filter((row) => row['kind'] !== 'lossy' && row['samples'] === '1')
      const truths = new Map(rows.map((row) => [row['path'], row]))
      let compared = 0
      for (const one of files) {
        const truth = truths.get(one.path)
        if (truth === undefined) continue
        const numbers = Array.from({ length: Number(truth['frames']) }, (_, at) => at + 1)
        const response = await get(
          `${pathOf(one)}/frames/${numbers.join(',')}`,
          'multipart/related; type="application/octet-stream"',
        )
        expect(response.status, one.path).toBe(200)
        const bytes = Buffer.concat((await partsOf(response)).map(({ body }) => body))
        expect(sha256(bytes.subarray(0, Number(truth['bytes']))), one.path).toBe(truth['sha256'])
        compared += 1
      }
      expect(compared).toBeGreaterThan(20)
    })

    it('gives metadata of a study once, with bulk data at the addresses it names', async () => {
      for (const study of [...new Set(files.map((one) => one.study))].slice(0, 8)) {
        const response = await get(`/studies/${study}/metadata`, 'application/dicom+json')
        const objects = (await response.json()) as Record<string, { BulkDataURI?: string }>[]
        expect(objects).toHaveLength(files.filter((one) => one.study === study).length)
        const etag = response.headers.get('etag') ?? ''
        expect(
          (await get(`/studies/${study}/metadata`, 'application/dicom+json', { 'if-none-match': etag })).status,
        ).toBe(304)
        for (const uri of objects.flatMap((object) =>
          Object.values(object).flatMap(({ BulkDataURI }) => BulkDataURI ?? []),
        )) {
          expect(uri.startsWith(`${server.dicomweb}/studies/`)).toBe(true)
          const bulk = await fetch(uri)
          expect(bulk.status, uri).toBe(200)
          expect((await bulk.arrayBuffer()).byteLength).toBeGreaterThan(0)
        }
      }
    })
  })

  it('keeps other content under a taken UID, says so, and gives both back', async () => {
    const first = syntheticInstance({ seed: 900, study: 90 })
    const other = syntheticInstance({ seed: 900, study: 90, patientName: 'OTHER^CONTENT' })
    expect((await post(multipart([first.bytes]))).status).toBe(200)
    expect((await post(multipart([first.bytes]))).status).toBe(200)
    const { status, answer } = await post(multipart([other.bytes]))
    expect(status).toBe(202)
    expect(value(items(answer, '00081199')[0], '00081196')).toBe(0x0111)
    const { study, series, instance } = first
    const versions = await (await fetch(`${server.url}/api/instances/${study}/${series}/${instance}/versions`)).json()
    expect(versions).toMatchObject({
      versions: [
        { version: 1, current: true },
        { version: 2, current: false },
      ],
    })
    expect((await original(server.url, study, series, instance)).equals(first.bytes)).toBe(true)
    expect((await original(server.url, study, series, instance, '?version=2')).equals(other.bytes)).toBe(true)
    const { conflicts } = (await (await fetch(`${server.url}/api/conflicts`)).json()) as { conflicts: object[] }
    expect(conflicts).toEqual(expect.arrayContaining([expect.objectContaining({ instance, kind: 'instance' })]))
  })

  it('stores into the study of the address only what belongs to it', async () => {
    const [mine, theirs] = [syntheticInstance({ seed: 910, study: 91 }), syntheticInstance({ seed: 911, study: 92 })]
    const { status, answer } = await post(multipart([mine.bytes, theirs.bytes]), `/studies/${mine.study}`)
    expect(status).toBe(202)
    expect(items(answer, '00081199').map((item) => value(item, '00081155'))).toEqual([mine.instance])
    expect(items(answer, '00081198').map((item) => value(item, '00081155'))).toEqual([theirs.instance])
    expect(await qido(server.dicomweb, `/instances?SOPInstanceUID=${theirs.instance}`)).toEqual([])
  })

  it('keeps what was whole of a body that breaks off, and nothing of the rest', async () => {
    const [whole, cut] = [syntheticInstance({ seed: 920, study: 93 }), syntheticInstance({ seed: 921, study: 93 })]
    const body = multipart([whole.bytes, cut.bytes])
    const { status, headers, answer } = await post(body.subarray(0, body.length - 1000))
    expect(status).toBe(202)
    expect(headers.get('warning')).toContain('ends before its closing boundary')
    expect(items(answer, '00081199').map((item) => value(item, '00081155'))).toEqual([whole.instance])

    const [kept, lost] = [syntheticInstance({ seed: 922, study: 93 }), syntheticInstance({ seed: 923, study: 93 })]
    const broken = multipart([kept.bytes, lost.bytes])
    const found = async ({ instance }: { instance: string }) =>
      (await qido(server.dicomweb, `/instances?SOPInstanceUID=${instance}`)).length
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(
      `POST /dicom-web/studies HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${MULTIPART}\r\nContent-Length: ${broken.length}\r\n\r\n`,
    )
    socket.write(broken.subarray(0, broken.length - 1000))
    while ((await found(kept)) === 0) await new Promise((resolve) => setImmediate(resolve))
    socket.destroy()
    expect(await found(kept)).toBe(1)
    expect(await found(lost)).toBe(0)
  })

  it('serves several senders at once, and forgets none of what it acknowledged', async () => {
    const senders = Array.from({ length: 4 }, (_, sender) =>
      Array.from({ length: 30 }, (_, at) =>
        syntheticInstance({ seed: 10_000 + sender * 100 + at, study: 200 + sender }),
      ),
    )
    await Promise.all(
      senders.map(async (objects) => {
        for (let at = 0; at < objects.length; at += 10)
          expect((await post(multipart(objects.slice(at, at + 10).map(({ bytes }) => bytes)))).status).toBe(200)
      }),
    )
    for (const objects of senders) {
      const found = await qido(server.dicomweb, `/studies/${objects[0]?.study}/instances`)
      expect(new Set(found.map((answer) => value(answer, '00080018')))).toEqual(
        new Set(objects.map(({ instance }) => instance)),
      )
      const parts = await partsOf(await get(`/studies/${objects[0]?.study}`, STORED))
      expect(parts.map(({ body }) => sha256(body)).sort()).toEqual(objects.map(({ bytes }) => sha256(bytes)).sort())
    }
  })

  it('refuses what is not there, or cannot be had, by its reason', async () => {
    const { study, series } = syntheticInstance({ seed: 900, study: 90 })
    expect((await get('/studies/1.2.3.4.5')).status).toBe(404)
    expect((await get(`/studies/${study}/series/1.2/metadata`)).status).toBe(404)
    expect((await get(`/studies/${study}/series/${series}/instances/1.2/frames/1`)).status).toBe(404)
    expect((await get(`/studies/${study}`, 'image/png')).status).toBe(406)
    expect((await get('/studies?Nonsense=1')).status).toBe(400)
    expect((await get('/studies?StudyDate=yesterday')).status).toBe(400)
  })
})
