/**
 * Orthanc and we, as two archives of a hospital: each finds, fetches from and sends to the other, by DIMSE and by DICOMweb,
 * and what arrives is what was there.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { T } from '../../src/dicom/dictionary.ts'
import { dicomJsonText } from '../../src/dicom/json.ts'
import { readWhole } from '../../src/dicom/reader.ts'
import { text } from '../../src/dicom/values.ts'
import { original, qido, stow, value } from '../support/client.ts'
import { corpusDir } from '../support/corpus.ts'
import { run } from '../support/dcmtk.ts'
import { missing, type Orthanc, openOrthanc } from '../support/orthanc.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const freePort = (): Promise<number> =>
  new Promise((settle) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => settle(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

interface File {
  readonly study: string
  readonly series: string
  readonly instance: string
  readonly bytes: Buffer
}

/** A file of each kind that archives stumble over, where the corpus is; a made study always. */
const OF_CORPUS = [
  'modalities/ct/01.dcm',
  'transfer-syntaxes/ct1-wg04/nema-ct1_jpll.dcm',
  'transfer-syntaxes/ct1-wg04/CT1_J2KR',
  'palette-colour-images/OBXXXX1A_rle.dcm',
]
function read(bytes: Buffer): File {
  const { dataSet } = readWhole(bytes)
  return {
    study: text(dataSet, T.StudyInstanceUID),
    series: text(dataSet, T.SeriesInstanceUID),
    instance: text(dataSet, T.SOPInstanceUID),
    bytes,
  }
}
const made = [1, 2, 3].map((seed) => syntheticInstance({ seed, study: 1, patientName: 'FIRST^PATIENT' }))
const theirs = [11, 12].map((seed) =>
  syntheticInstance({ seed, study: 2, patientId: 'SYN-2', patientName: 'SECOND^PATIENT' }),
)
const folder = corpusDir()
const real = folder === undefined ? [] : OF_CORPUS.map((path) => read(readFileSync(join(folder, path))))

/** The attributes of a file, and its pixels. */
function contentOf(bytes: Buffer): unknown {
  const { dataSet, transferSyntax } = readWhole(bytes)
  const attributes = JSON.parse(dicomJsonText(dataSet)) as Record<string, unknown>
  const pixels = bytes.subarray(-64 * 64)
  return { transferSyntax, attributes, pixels: createHash('sha256').update(pixels).digest('hex') }
}

describe.skipIf(missing !== '')(`Orthanc${missing && `: ${missing}`}`, { timeout: 180_000 }, () => {
  let orthanc: Orthanc
  let server: RunningServer
  const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-orthanc-test-'))
  const clearkeep = (...words: readonly string[]) => run(resolve('bin/clearkeep'), ...words)

  beforeAll(async () => {
    const [httpPort, dicomPort] = [await freePort(), await freePort()]
    server = await startServer({
      environment: {
        CLEARKEEP_DICOM__DESTINATIONS: JSON.stringify([{ aet: 'ORTHANC', host: '127.0.0.1', port: dicomPort }]),
      },
    })
    orthanc = await openOrthanc({
      httpPort,
      dicomPort,
      archive: { aet: server.aet, dicomPort: server.dicomPort, dicomweb: server.dicomweb },
    })
    for (const { bytes } of [...made, ...real]) expect((await stow(server.dicomweb, bytes)).status).toBe(200)
  })
  afterAll(async () => {
    await Promise.all([orthanc?.stop(), server?.stop()])
    rmSync(scratch, { recursive: true, force: true })
  })

  /** What Orthanc has of an instance; undefined when nothing. */
  async function atOrthanc(instance: string): Promise<Buffer | undefined> {
    const found = await orthanc.post<string[]>('/tools/find', {
      Level: 'Instance',
      Query: { SOPInstanceUID: instance },
    })
    const [id] = found
    if (id === undefined) return undefined
    return Buffer.from(await (await fetch(`${orthanc.url}/instances/${id}/file`)).arrayBuffer())
  }
  async function emptied(): Promise<void> {
    for (const id of await orthanc.get<string[]>('/patients'))
      await fetch(`${orthanc.url}/patients/${id}`, { method: 'DELETE' })
  }
  async function hasAll(files: readonly File[]): Promise<void> {
    for (const { instance, bytes } of files) {
      const there = await atOrthanc(instance)
      expect(there, instance).toBeDefined()
      expect(contentOf(there ?? Buffer.alloc(0))).toEqual(contentOf(bytes))
    }
  }
  /** Our content of what they sent. */
  async function hereAsSent(files: readonly File[]): Promise<void> {
    for (const { study, series, instance, bytes } of files)
      expect(contentOf(await original(server.url, study, series, instance))).toEqual(contentOf(bytes))
  }
  async function uploaded(files: readonly File[]): Promise<string[]> {
    const ids: string[] = []
    for (const { bytes } of files) ids.push((await orthanc.post<{ ID: string }>('/instances', bytes)).ID)
    return ids
  }

  it('echoes us, finds our studies at every level and has them sent to itself (C-ECHO, C-FIND, C-MOVE)', async () => {
    await orthanc.post('/modalities/clearkeep/echo', {})
    const [one] = made
    const query = async (Level: string, Query: object) => {
      const { ID } = await orthanc.post<{ ID: string }>('/modalities/clearkeep/query', { Level, Query })
      return { ID, answers: await orthanc.get<string[]>(`/queries/${ID}/answers`) }
    }
    expect((await query('Patient', { PatientName: 'FIRST*' })).answers).toHaveLength(1)
    expect((await query('Series', { StudyInstanceUID: one?.study })).answers).toHaveLength(1)
    const images = { StudyInstanceUID: one?.study, SeriesInstanceUID: one?.series }
    expect((await query('Instance', images)).answers).toHaveLength(3)
    for (const { study } of [...made.slice(0, 1), ...real]) {
      const { ID, answers } = await query('Study', { StudyInstanceUID: study })
      expect(answers).toHaveLength(1)
      await orthanc.post(`/queries/${ID}/retrieve`, { TargetAet: 'ORTHANC', Synchronous: true })
    }
    await hasAll([...made, ...real])
    await emptied()
  })

  it('finds and fetches our studies by DICOMweb (QIDO-RS, WADO-RS)', async () => {
    const found = await orthanc.post<object[]>('/dicom-web/servers/clearkeep/qido', {
      Uri: '/studies',
      Arguments: { PatientName: 'FIRST*' },
    })
    expect(found).toHaveLength(1)
    const studies = [...new Set([...made, ...real].map(({ study }) => study))]
    await orthanc.post('/dicom-web/servers/clearkeep/retrieve', {
      Resources: studies.map((Study) => ({ Study })),
      Synchronous: true,
    })
    await hasAll(made)
    // Orthanc asks for no transfer syntax, which is Explicit VR Little Endian: what was compressed comes decoded.
    for (const { instance } of real) expect(await atOrthanc(instance)).toBeDefined()
    await emptied()
  })

  it('sends to us (C-STORE), and asks whether it is kept (storage commitment)', async () => {
    const ids = await uploaded(theirs)
    await orthanc.post('/modalities/clearkeep/store', { Resources: ids, Synchronous: true })
    await hereAsSent(theirs)
    const { ID } = await orthanc.post<{ ID: string }>('/modalities/clearkeep/storage-commitment', { Resources: ids })
    await vi.waitFor(
      async () => {
        const report = await orthanc.get<{ Status: string; Success?: object[] }>(`/storage-commitment/${ID}`)
        expect(report).toMatchObject({ Status: 'Success' })
        expect(report.Success).toHaveLength(theirs.length)
      },
      { timeout: 60_000, interval: 500 },
    )
    await emptied()
  })

  it('sends to us by STOW-RS', async () => {
    const files = [21, 22].map((seed) => syntheticInstance({ seed, study: 3, patientId: 'SYN-3' }))
    await orthanc.post('/dicom-web/servers/clearkeep/stow', { Resources: await uploaded(files), Synchronous: true })
    await hereAsSent(files)
    await emptied()
  })

  it('is echoed, sent to and asked whether it keeps that, by us', async () => {
    const outgoing = join(scratch, 'outgoing')
    mkdirSync(outgoing)
    for (const [at, { bytes }] of [...made, ...real].entries()) writeFileSync(join(outgoing, `${at}.dcm`), bytes)
    expect((await clearkeep('echo', orthanc.address)).code).toBe(0)
    const sent = await clearkeep('send', orthanc.address, outgoing)
    expect(sent.code, sent.said).toBe(0)
    await hasAll([...made, ...real])
  })

  it('is asked and fetched from by us (C-FIND, C-GET), and sends to us what we ask it to (C-MOVE)', async () => {
    const found = await clearkeep('find', orthanc.address, '-k', 'PatientName=FIRST*', '--json')
    expect(found.code, found.said).toBe(0)
    expect(found.said).toContain(made[0]?.study)
    const incoming = join(scratch, 'incoming')
    const got = await clearkeep('get', orthanc.address, incoming, '--study', made[0]?.study ?? '')
    expect(got.code, got.said).toBe(0)
    const files = readdirSync(incoming, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.dcm'))
    expect(files).toHaveLength(made.length)
    const more = [31, 32].map((seed) => syntheticInstance({ seed, study: 4, patientId: 'SYN-4' }))
    await uploaded(more)
    const moved = await clearkeep('move', orthanc.address, server.aet, '--study', more[0]?.study ?? '')
    expect(moved.code, moved.said).toBe(0)
    await hereAsSent(more)
  })

  it('is sent to by us by STOW-RS', async () => {
    const files = [41, 42].map((seed) => syntheticInstance({ seed, study: 5, patientId: 'SYN-5' }))
    const outgoing = join(scratch, 'web')
    mkdirSync(outgoing)
    for (const [at, { bytes }] of files.entries()) writeFileSync(join(outgoing, `${at}.dcm`), bytes)
    const sent = await clearkeep('import', outgoing, '--server', orthanc.url, '--token', 'none needed')
    expect(sent.code, sent.said).toBe(0)
    await hasAll(files)
  })

  it('leaves us with each study once, whichever way it came', async () => {
    const studies = await qido(server.dicomweb, '/studies?PatientID=SYN-*')
    expect(studies.map((one) => value(one, '00201208')).sort()).toEqual([2, 2, 2, 3])
  })
})
