import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { T } from '../../src/dicom/dictionary.ts'
import { openReader } from '../../src/dicom/reader.ts'
import { text } from '../../src/dicom/values.ts'
import { original, qido, stow, value } from '../support/client.ts'
import { type CorpusFile, corpus, corpusDir } from '../support/corpus.ts'
import { freshPostgres, stopPostgres } from '../support/postgres.ts'
import { type RunningServer, type ServerOptions, startServer } from '../support/server.ts'

interface Known {
  readonly file: CorpusFile
  readonly bytes: Buffer
  readonly study: string
  readonly series: string
  readonly instance: string
  /** The data set: what is behind the meta group. */
  readonly dataSet: Buffer
  /**
   * Does DCMTK name the SOP class that the data set holds? It sends what the meta group says; and where the element has
   * VR UN, its first byte in figures.
   */
  readonly consistent: boolean
}

/** What the test knows of a file: its UIDs, and where its data set begins. Undefined for objects without UIDs. */
function known(file: CorpusFile): Known | undefined {
  const bytes = readFileSync(file.file)
  const reader = openReader({ format: 'part10' })
  reader.push(bytes)
  const { dataSetStart, dataSet, meta } = reader.end()
  const { study, series, sopInstance: instance, sopClass } = reader.identity
  if (!study || !series || !instance || !sopClass) return undefined
  const named = meta === undefined || text(meta, T.MediaStorageSOPClassUID) === sopClass
  const consistent = named && dataSet.elements.get(T.SOPClassUID)?.vr === 'UI'
  return { file, bytes, study, series, instance, dataSet: bytes.subarray(dataSetStart), consistent }
}

function dataSetOf(part10: Buffer): Buffer {
  const reader = openReader({ format: 'part10' })
  reader.push(part10)
  return part10.subarray(reader.end().dataSetStart)
}

const DEFLATED = '1.2.840.10008.1.2.1.99'
/** A deflated data set of odd length is sent with a zero byte more (PS3.5 A.5). */
const asSent = ({ dataSet, file }: Known) =>
  file.transferSyntax === DEFLATED && dataSet.length % 2 === 1 ? Buffer.concat([dataSet, Buffer.alloc(1)]) : dataSet

const isMedium = (file: CorpusFile) => /(^|\/)DICOMDIR$/.test(file.path)
const files = corpus().filter((file) => file.expect === 'ok' && !isMedium(file))
const readable = files.flatMap((file) => known(file) ?? [])
/** One file a SOP Instance UID: the first, in order of the manifest. */
const single = [...new Map([...readable].reverse().map((one) => [one.instance, one])).values()].reverse()
const shared = readable.filter((one) => !single.includes(one))
const withoutUid = files.filter((file) => !readable.some((one) => one.file === file))

// Some hundred objects a test, each acknowledged with a sync of its own.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const originalOf = (server: RunningServer, { study, series, instance }: Known, query = '') =>
  original(server.url, study, series, instance, query)

describe.skipIf(corpusDir() === undefined).each(['sqlite', 'postgres'] as const)(
  'the corpus through every door, index in %s',
  (engine) => {
    const servers: RunningServer[] = []
    const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-doors-'))
    /** Each archive has an index of its own; SQLite's lies in its data folder. */
    const index = async (): Promise<Record<string, string>> =>
      engine === 'sqlite' ? {} : { CLEARKEEP_DATABASE__URL: (await freshPostgres()).url }
    const start = async (options: ServerOptions = {}) => {
      const server = await startServer({ environment: await index(), ...options })
      servers.push(server)
      return server
    }
    afterAll(async () => {
      for (const server of servers) await server.stop()
      if (engine === 'postgres') await stopPostgres()
      rmSync(scratch, { recursive: true })
    })

    it('is worth the name', () => {
      expect(single.length).toBeGreaterThan(500)
    })

    describe('STOW-RS', () => {
      let server: RunningServer
      beforeAll(async () => {
        server = await start()
        for (const { bytes, file } of single) expect((await stow(server.dicomweb, bytes)).status, file.path).toBe(200)
      })

      it('gives back each file to the byte', async () => {
        for (const one of single) expect((await originalOf(server, one)).equals(one.bytes), one.file.path).toBe(true)
      })

      it('finds each by its UID', async () => {
        const found = await qido(server.dicomweb, '/instances?limit=2000')
        const uids = new Set(found.map((answer) => value(answer, '00080018')))
        expect(single.filter(({ instance }) => !uids.has(instance)).map(({ file }) => file.path)).toEqual([])
      })

      it('keeps every content that shares a UID, and lists them all', async () => {
        const contents = new Map(single.map((one) => [one.instance, new Set([digest(one.dataSet)])]))
        for (const one of shared) {
          const { status, answer } = await stow(server.dicomweb, one.bytes)
          expect([200, 202], one.file.path).toContain(status)
          expect(answer['00081198'], one.file.path).toBeUndefined()
          const versions = await versionsOf(server, one)
          const mine = versions.filter(({ ds }) => ds === digest(one.dataSet))
          // Equal attributes and pixels in another syntax are the same content: then nothing new was stored.
          if (mine.length === 0) expect(answer['00081199'], one.file.path).toBeDefined()
          else {
            const bytes = await originalOf(server, one, `?version=${mine[0]?.version}`)
            expect(digest(dataSetOf(bytes)), one.file.path).toBe(digest(one.dataSet))
            contents.get(one.instance)?.add(digest(one.dataSet))
          }
          expect(new Set(versions.map(({ ds }) => ds))).toEqual(contents.get(one.instance))
        }
      })

      it('still gives the first of them when no version is named', async () => {
        for (const { instance } of shared) {
          const first = single.find((one) => one.instance === instance) as Known
          expect((await originalOf(server, first)).equals(first.bytes), first.file.path).toBe(true)
        }
      })

      it('takes the same again as success, with nothing new', async () => {
        for (const one of single.slice(0, 40)) {
          const { status, answer } = await stow(server.dicomweb, one.bytes)
          expect(status, one.file.path).toBe(200)
          expect(answer['00081198']).toBeUndefined()
          const before = shared.some(({ instance }) => instance === one.instance)
          if (!before) expect(await versionsOf(server, one)).toHaveLength(1)
        }
      })

      it('refuses objects without UIDs and malformed ones one by one, with a reason, and goes on', async () => {
        const malformed = corpus().filter((file) => file.expect !== 'ok' && !isMedium(file))
        for (const file of [...withoutUid, ...malformed]) {
          const { status, answer } = await stow(server.dicomweb, readFileSync(file.file))
          expect([200, 202, 400, 409], file.path).toContain(status)
          // Failed SOP Sequence, or Other Failures Sequence for what has no UIDs to be named by (PS3.18 Table I.2-1).
          if (status === 409) expect(answer['00081198'] ?? answer['0008119A'], file.path).toBeDefined()
        }
        for (const file of withoutUid)
          expect((await stow(server.dicomweb, readFileSync(file.file))).status, file.path).not.toBe(200)
        expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
      })
    })

    describe('import', () => {
      const runImport = (data: string, paths: readonly string[], environment: Record<string, string>) => {
        const { stdout } = spawnSync(resolve('bin/clearkeep'), ['--json', 'import', ...paths, '--data', data], {
          encoding: 'utf8',
          maxBuffer: 1 << 28,
          env: { ...process.env, ...environment },
        })
        return (JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { report: Record<string, number> }).report
      }

      it('gives back each file to the byte', async () => {
        const data = join(scratch, 'imported')
        const environment = await index()
        const paths = single.map(({ file }) => file.file)
        const report = runImport(data, paths, environment)
        expect(report).toMatchObject({ stored: single.length, already: 0, conflict: 0, refused: 0 })
        const server = await start({ data, environment })
        for (const one of single) expect((await originalOf(server, one)).equals(one.bytes), one.file.path).toBe(true)
      })

      it('takes the whole folder, refuses what is no instance one by one, and adds nothing when it is run again', async () => {
        const data = join(scratch, 'folder')
        const environment = await index()
        const first = runImport(data, [corpusDir() as string], environment)
        expect((first['stored'] ?? 0) + (first['conflict'] ?? 0) + (first['already'] ?? 0)).toBeGreaterThanOrEqual(
          readable.length,
        )
        expect(first['refused']).toBeGreaterThan(10)
        const second = runImport(data, [corpusDir() as string], environment)
        expect(second).toMatchObject({ stored: 0, conflict: 0, already: 0, refused: first['refused'] })
      })
    })

    it('C-STORE by our own SCU keeps each data set as it was sent', async () => {
      const server = await start()
      const paths = single.map(({ file }) => file.file)
      const sent = spawnSync(
        resolve('bin/clearkeep'),
        ['send', `${server.aet}@127.0.0.1:${server.dicomPort}`, ...paths],
        { encoding: 'utf8' },
      )
      expect(sent.stderr).toContain(`${single.length} kept by`)
      expect(sent.status).toBe(0)
      for (const one of single)
        expect(digest(dataSetOf(await originalOf(server, one))), one.file.path).toBe(digest(asSent(one)))
    })

    const dcmtk = spawnSync('dcmsend', ['--version']).status === 0 && spawnSync('storescp', ['--version']).status === 0
    it.skipIf(!dcmtk)('C-STORE by DCMTK keeps what a bit-preserving storescp receives from it', async () => {
      const server = await start()
      const received = execFileSync('mktemp', ['-d', join(scratch, 'storescp-XXXX')], { encoding: 'utf8' }).trim()
      const port = await freePort()
      const environment = { ...process.env, TCP_NODELAY: '1' }
      const peer = spawn('storescp', ['+B', '+xa', '-pm', '-od', received, '-aet', 'REFEREE', String(port)], {
        env: environment,
        stdio: 'ignore',
      })
      try {
        await expect.poll(() => spawnSync('echoscu', ['127.0.0.1', String(port)]).status, { timeout: 20_000 }).toBe(0)
        const send = (aet: string, at: number) =>
          spawnSync(
            'dcmsend',
            [
              '--decompress-never',
              '--multi-associations',
              '--no-halt',
              '--no-uid-checks',
              '-aec',
              aet,
              '127.0.0.1',
              String(at),
              ...single.map(({ file }) => file.file),
            ],
            { env: environment, encoding: 'utf8', maxBuffer: 1 << 26 },
          )
        send('REFEREE', port)
        send(server.aet, server.dicomPort)
      } finally {
        peer.kill()
      }

      const byInstance = new Map(single.map((one) => [one.instance, one]))
      let compared = 0
      for (const name of readdirSync(received)) {
        if (/^UNKNOWN\.\d\d$/.test(name)) continue // the misread instance UID of such a request
        const theirs = readFileSync(join(received, name))
        const one = byInstance.get(name.replace(/^[A-Za-z0-9]+\.(?=\d)/, '').replace(/\.dcm$/, ''))
        expect(one, name).toBeDefined()
        // A request whose SOP class is not the data set's is refused (A900H); storescp does not look.
        if (one === undefined || !one.consistent) continue
        expect(digest(dataSetOf(await originalOf(server, one))), one.file.path).toBe(digest(dataSetOf(theirs)))
        compared += 1
      }
      expect(compared).toBeGreaterThan(450)
    })
  },
)

interface Version {
  readonly version: number
  readonly ds: string
}

async function versionsOf(server: RunningServer, { study, series, instance }: Known): Promise<readonly Version[]> {
  const response = await fetch(`${server.url}/api/instances/${study}/${series}/${instance}/versions`)
  if (!response.ok) throw new Error(`versions: ${response.status} ${await response.text()}`)
  return ((await response.json()) as { versions: Version[] }).versions
}

const freePort = (): Promise<number> =>
  new Promise((settle) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => settle(port))
    })
  })
