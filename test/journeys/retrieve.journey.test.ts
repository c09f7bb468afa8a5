/**
 * C-MOVE and C-GET, asked by DCMTK's movescu and getscu of the archive as a user starts it, with DCMTK's storescp as
 * destination: what arrives is what was sent in, as stored or in the syntax the peer takes.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { toDicomJson } from '../../src/dicom/json.ts'
import { readWhole } from '../../src/dicom/reader.ts'
import { type Answer, qido, stow, value } from '../support/client.ts'
import { hasDcmtk, run } from '../support/dcmtk.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'

const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-retrieve-'))
const IMPLICIT = '1.2.840.10008.1.2'
const EXPLICIT = '1.2.840.10008.1.2.1'
const HTJ2K = '1.2.840.10008.1.2.4.202'
const PIXEL_DATA = '7FE00010'

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

interface Destination {
  readonly port: number
  readonly folder: string
}
const running: ChildProcess[] = []

async function storescp(name: string, ...words: readonly string[]): Promise<Destination> {
  const folder = join(scratch, name)
  mkdirSync(folder)
  const port = await freePort()
  running.push(spawn('storescp', [...words, '-od', folder, '-aet', name, String(port)], { stdio: 'ignore' }))
  await vi.waitFor(async () => expect((await run('echoscu', '-aec', name, '127.0.0.1', String(port))).code).toBe(0), {
    timeout: 30_000,
    interval: 200,
  })
  return { port, folder }
}

const slice = (seed: number, study: number): Synthetic =>
  syntheticInstance({ seed, study, rows: 128, columns: 128, value: (column, row) => (column * row + seed) % 4096 })

/** What arrived, by SOP Instance UID: transfer syntax and attributes. */
function received(folder: string) {
  return new Map(
    readdirSync(folder).map((name) => {
      const bytes = readFileSync(join(folder, name))
      const { dataSet, transferSyntax } = readWhole(bytes, { format: 'part10', keepUpTo: bytes.length })
      const json = toDicomJson(dataSet) as Answer
      return [String(value(json, '00080018')), { transferSyntax, json, bytes }] as const
    }),
  )
}
const jsonOf = (bytes: Uint8Array): Answer =>
  toDicomJson(readWhole(bytes, { format: 'part10', keepUpTo: bytes.length }).dataSet) as Answer

describe.skipIf(!hasDcmtk())('retrieval by DIMSE', () => {
  let server: RunningServer
  let anything: Destination
  let implicit: Destination
  const images = [slice(1, 1), slice(2, 1), slice(3, 1), slice(4, 2)]
  const ofOne = images.slice(0, 3)
  const study = images[0]?.study ?? ''

  beforeAll(async () => {
    anything = await storescp('ANYTHING', '+xa', '+B')
    implicit = await storescp('IMPLICIT', '+xi', '+B')
    const destinations = [
      { aet: 'ANYTHING', host: '127.0.0.1', port: anything.port },
      { aet: 'IMPLICIT', host: '127.0.0.1', port: implicit.port },
      { aet: 'NOBODY', host: '127.0.0.1', port: await freePort() },
    ]
    server = await startServer({ environment: { CLEARKEEP_DICOM__DESTINATIONS: JSON.stringify(destinations) } })
    for (const { bytes } of images) expect((await stow(server.dicomweb, bytes)).status).toBe(200)
  })
  afterAll(async () => {
    await server?.stop()
    for (const child of running) child.kill()
    rmSync(scratch, { recursive: true, force: true })
  })

  const to = () => ['-aec', server.aet, '127.0.0.1', String(server.dicomPort)]
  const keys = (...words: readonly string[]) => words.flatMap((word) => ['-k', word])
  const movescu = (destination: string, ...words: readonly string[]) =>
    run('movescu', '-v', '-S', '-aem', destination, ...keys(...words), ...to())

  it('moves a study as it is stored, byte for byte', async () => {
    const { code, said } = await movescu('ANYTHING', 'QueryRetrieveLevel=STUDY', `StudyInstanceUID=${study}`)
    expect(said).toMatch(/Success/)
    expect(code).toBe(0)
    const arrived = received(anything.folder)
    expect(arrived.size).toBe(3)
    for (const { instance, bytes, dataSetStart } of ofOne) {
      const there = arrived.get(instance)?.bytes
      expect(there?.subarray(-(bytes.length - dataSetStart)).equals(bytes.subarray(dataSetStart))).toBe(true)
    }
  })

  it('moves a series and single images, and what is in another syntax than the peer takes in one it does', async () => {
    const { series, instance } = images[3] ?? images[0] ?? slice(0, 0)
    const other = images[3]?.study ?? ''
    const one = await movescu(
      'IMPLICIT',
      'QueryRetrieveLevel=IMAGE',
      `StudyInstanceUID=${other}`,
      `SeriesInstanceUID=${series}`,
      `SOPInstanceUID=${instance}`,
    )
    expect(one.code).toBe(0)
    const arrived = received(implicit.folder).get(instance)
    expect(arrived?.transferSyntax).toBe(IMPLICIT)
    expect(arrived?.json).toEqual(jsonOf(images[3]?.bytes ?? new Uint8Array()))
  })

  it('gets a study on the same association, at patient root too', async () => {
    for (const [name, words] of [
      ['study', ['-S', ...keys('QueryRetrieveLevel=STUDY', `StudyInstanceUID=${study}`)]],
      ['patient', ['-P', ...keys('QueryRetrieveLevel=PATIENT', 'PatientID=SYN-1')]],
    ] as const) {
      const folder = join(scratch, `get-${name}`)
      mkdirSync(folder)
      const { code, said } = await run('getscu', '-v', '-od', folder, ...words, ...to())
      expect(said, name).not.toMatch(/^E:/m)
      expect(code, name).toBe(0)
      const arrived = received(folder)
      expect(arrived.size, name).toBe(name === 'study' ? 3 : 4)
      for (const { instance, bytes } of ofOne) expect(arrived.get(instance)?.json).toEqual(jsonOf(bytes))
    }
  })

  it('tells of patients at patient root, each once, and of their studies', async () => {
    const find = async (...words: readonly string[]) => (await run('findscu', '-P', ...keys(...words), ...to())).said
    const patients = await find('QueryRetrieveLevel=PATIENT', 'PatientID', 'PatientName')
    expect(patients.match(/\(0010,0020\).*SYN-1/g)).toHaveLength(1)
    const studies = await find('QueryRetrieveLevel=STUDY', 'PatientID=SYN-1', 'StudyInstanceUID')
    expect(studies.match(/\(0020,000d\)/g)).toHaveLength(2)
  })

  it('refuses what it is asked wrongly in words, and says which images could not be sent', async () => {
    const unknown = await movescu('ELSEWHERE', 'QueryRetrieveLevel=STUDY', `StudyInstanceUID=${study}`)
    expect(unknown.said).toMatch(/Move ?Destination|0xa801|MoveDestinationUnknown/i)
    const gone = await movescu('NOBODY', 'QueryRetrieveLevel=STUDY', `StudyInstanceUID=${study}`)
    expect(gone.said).toMatch(/0xa702|unable to perform sub-?operations|SubOperations/i)
    const none = await movescu('ANYTHING', 'QueryRetrieveLevel=STUDY', 'StudyInstanceUID=1.2.3.4')
    expect(none.code).toBe(0)
    const without = await movescu('ANYTHING', 'QueryRetrieveLevel=STUDY')
    expect(without.said).toMatch(/0xa900|Identifier/i)
    // Every one of them is served after that.
    expect((await run('echoscu', ...to())).code).toBe(0)
  })

  it('does so when the study is sealed: HTJ2K to who takes it, decoded for who does not', async () => {
    for (const folder of [anything.folder, implicit.folder])
      for (const name of readdirSync(folder)) rmSync(join(folder, name))
    const sealed = await fetch(`${server.url}/api/seal`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ studies: [study] }),
    })
    expect(await sealed.text()).toContain('"outcome":"sealed"')

    for (const aet of ['ANYTHING', 'IMPLICIT'])
      expect((await movescu(aet, 'QueryRetrieveLevel=STUDY', `StudyInstanceUID=${study}`)).code, aet).toBe(0)
    const decoded = received(implicit.folder)
    for (const { instance, bytes } of ofOne) expect(decoded.get(instance)?.json).toEqual(jsonOf(bytes))
    const stored = received(anything.folder)
    expect(stored.size).toBe(3)
    for (const { transferSyntax, json } of stored.values()) {
      // A storescp that does not know the syntax gets what everybody takes.
      expect([HTJ2K, EXPLICIT]).toContain(transferSyntax)
      expect(json[PIXEL_DATA]).toBeDefined()
    }
    const folder = join(scratch, 'get-sealed')
    mkdirSync(folder)
    const { code } = await run(
      'getscu',
      '-S',
      '-od',
      folder,
      ...keys('QueryRetrieveLevel=STUDY', `StudyInstanceUID=${study}`),
      ...to(),
    )
    expect(code).toBe(0)
    const got = received(folder)
    for (const { instance, bytes } of ofOne) expect(got.get(instance)?.json).toEqual(jsonOf(bytes))
  })

  it('leaves an event of each study that left, and where for', async () => {
    const { events } = (await (await fetch(`${server.url}/api/audit?type=aud.110104&limit=50`)).json()) as {
      events: { study: string; sentence: string }[]
    }
    expect(events.length).toBeGreaterThan(3)
    expect(new Set(events.map((one) => one.study))).toContain(study)
    expect((await qido(server.dicomweb, '/studies')).length).toBe(2)
  })
})
