/**
 * The way out: from nothing but an inventory and the disk, every object is found and is what the inventory says. DCMTK reads
 * the inventory, Python opens the containers.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { gather } from '../../src/base/bytes.ts'
import { T } from '../../src/dicom/dictionary.ts'
import { readWhole } from '../../src/dicom/reader.ts'
import { uid } from '../../src/dicom/uid.ts'
import {
  ADMINISTRATOR,
  asFile,
  ENGINES,
  eventsOf,
  type Running,
  removeArchives,
  runArchive,
  sha256,
  user,
} from '../support/archives.ts'
import { stow } from '../support/client.ts'
import { hasDcmtk } from '../support/dcmtk.ts'
import { stopPostgres } from '../support/postgres.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

/** DICOM JSON as DCMTK gives it. */
interface Attribute {
  readonly vr: string
  readonly Value?: readonly unknown[]
  readonly InlineBinary?: string
}
type Item = Readonly<Record<string, Attribute>>

const items = (of: Item | undefined, tag: string): readonly Item[] => (of?.[tag]?.Value ?? []) as readonly Item[]
const value = (of: Item | undefined, tag: string): unknown => of?.[tag]?.Value?.[0]

const NAMES = 'import sys,zipfile; print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))'
const ENTRY = 'import sys,zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))'

describe.skipIf(!hasDcmtk()).each(ENGINES)('an inventory, index in %s', (engine) => {
  const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-inventory-'))
  const images = [1, 2, 3, 4].map((seed) => syntheticInstance({ seed, study: seed, patientId: `SYN-${seed}` }))
  let running: Running
  beforeAll(async () => {
    running = await runArchive({ engine })
    for (const { bytes } of images.slice(0, 2)) await running.archive.receive(ADMINISTRATOR, asFile(bytes))
    for await (const { outcome } of running.archive.seal(ADMINISTRATOR, 'all')) expect(outcome).toBe('sealed')
    for (const { bytes } of images.slice(2)) await running.archive.receive(ADMINISTRATOR, asFile(bytes))
  })
  afterAll(async () => {
    await removeArchives()
    await stopPostgres()
    rmSync(scratch, { recursive: true, force: true })
  })

  /** Its files by name, as DCMTK reads them. */
  async function taken(part: number): Promise<ReadonlyMap<string, Item>> {
    const base = `${pathToFileURL(running.folder).href}/`
    const { name, bytes } = await running.archive.inventory(user('records'), { base, part })
    const zip = join(scratch, `${engine}-${part}.zip`)
    writeFileSync(zip, await gather(bytes))
    execFileSync('python3', ['-m', 'zipfile', '-e', zip, scratch])
    const names = execFileSync('python3', ['-c', NAMES, zip], { encoding: 'utf8' })
    return new Map(
      names
        .trim()
        .split('\n')
        .map((path) => {
          const said = spawnSync('dcm2json', [join(scratch, path)], { encoding: 'utf8' })
          expect(said.stderr).toBe('')
          return [path.slice(name.length + 1), JSON.parse(said.stdout) as Item]
        }),
    )
  }

  it('lists every object, and where it says there is the object it says', async () => {
    const root = (await taken(5000)).get('inventory.dcm')
    expect(value(root, '00080016')).toBe('1.2.840.10008.5.1.4.1.1.201.1')
    expect(value(root, '00080426')).toBe('COMPLETE')
    const base = String(value(root, '00080407'))
    const found = items(root, '00080423').flatMap((study) =>
      items(study, '00080424').flatMap((series) => items(series, '00080425')),
    )
    expect(found.map((one) => value(one, '00080018')).sort()).toEqual(images.map(({ instance }) => instance).sort())
    for (const one of found) {
      const [file] = items(one, '0008041A')
      const path = fileURLToPath(new URL(String(value(file, '00080409')), base))
      const [offset, length] = [Number(value(file, '0008040C')), Number(value(file, '0008040D'))]
      const ranged = readFileSync(path).subarray(offset, offset + length)
      const image = images.find(({ instance }) => instance === value(one, '00080018'))
      if (value(file, '0008040A') === 'ZIP') {
        const name = String(value(file, '0008040B'))
        expect(execFileSync('python3', ['-c', ENTRY, path, name]).equals(ranged)).toBe(true)
        expect(Buffer.from(file?.['04000404']?.InlineBinary ?? '', 'base64').toString('hex')).toBe(sha256(ranged))
      } else expect(sha256(ranged)).toBe(sha256(image?.bytes ?? new Uint8Array()))
      const read = readWhole(ranged)
      expect(read.transferSyntax).toBe(value(file, '0008040E'))
      expect(read.dataSet.elements.has(T.PixelData)).toBe(true)
    }
    const kinds = found.map((one) => value(items(one, '0008041A')[0], '0008040A'))
    expect(kinds.sort()).toEqual(['BLOB', 'BLOB', 'ZIP', 'ZIP'])
  })

  it('is in parts when there is much, which the last one names and counts', async () => {
    const made = await taken(1)
    const root = made.get('inventory.dcm')
    const named = items(root, '00080422').map((one) => value(one, '00081155'))
    const others = [...made].filter(([name]) => name !== 'inventory.dcm').map(([, part]) => part)
    expect(others.map((part) => value(part, '00080018'))).toEqual(named)
    expect(others.every((part) => value(part, '00080426') === 'PARTIAL')).toBe(true)
    const listed = [...made.values()].flatMap((part) => items(part, '00080423'))
    expect(new Set(listed.map((one) => value(one, '0020000D'))).size).toBe(listed.length)
    expect(Number(value(root, '00080428'))).toBe(listed.length)
  })

  it('is taken out by who may take evidence out, and is told of', async () => {
    const ask = { base: 'file:///x/', part: 5000 }
    await expect(running.archive.inventory(user('radiologist'), ask)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    const told = await eventsOf(running, 'aud.110106')
    expect(told.length).toBe(2)
    expect(told.every((body) => body['inventory'] === 'INSTANCE')).toBe(true)
  })

  it('leaves out studies that are not for the asker, and then does not say that it is complete', async () => {
    const [hidden] = images
    const study = uid(hidden?.study ?? '')
    await running.archive.restrict(user('privacy'), {
      kind: 'study',
      subject: study,
      level: 'restricted',
      admits: ['role:radiologist'],
      reason: 'staff',
    })
    const root = (await taken(5001)).get('inventory.dcm')
    expect(items(root, '00080423').map((one) => value(one, '0020000D'))).not.toContain(study)
    expect(value(root, '00080426')).toBe('PARTIAL')
  })
})

describe('clearkeep inventory', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-inventory-command-'))
  let server: RunningServer
  beforeAll(async () => {
    server = await startServer()
    expect((await stow(server.dicomweb, syntheticInstance({ seed: 1 }).bytes)).status).toBe(200)
  })
  afterAll(async () => {
    await server?.stop()
    rmSync(scratch, { recursive: true, force: true })
  })
  const inventory = (...words: readonly string[]) =>
    spawnSync(resolve('bin/clearkeep'), ['inventory', ...words], { encoding: 'utf8' })

  it('takes one out of a running archive, whose files somebody sees elsewhere', () => {
    const file = join(scratch, 'running.zip')
    const made = inventory(file, '--server', server.url, '--base', 'nfs://archive/images')
    expect(made).toMatchObject({ status: 0, stderr: expect.stringContaining('It names every patient') })
    expect(readFileSync(file).includes('nfs://archive/images/')).toBe(true)
    expect(inventory(file, '--server', server.url, '--base', 'nfs://archive/images')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is not written over'),
    })
  })

  it('asks where its files will be seen, of an archive that may be elsewhere', () => {
    const file = join(scratch, 'no.zip')
    expect(inventory(file, '--server', server.url)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--base'),
    })
    expect(existsSync(file)).toBe(false)
  })

  it('takes one out of a data folder nobody has open', async () => {
    const data = join(scratch, 'data')
    const image = join(scratch, 'image.dcm')
    writeFileSync(image, syntheticInstance({ seed: 2 }).bytes)
    const imported = spawnSync(resolve('bin/clearkeep'), ['import', image, '--data', data], { encoding: 'utf8' })
    expect(imported.status, imported.stderr).toBe(0)
    const file = join(scratch, 'folder.zip')
    const made = inventory(file, '--data', data)
    expect(made.status, made.stderr).toBe(0)
    expect(readFileSync(file).includes(`${pathToFileURL(data).href}/`)).toBe(true)
  })
})
