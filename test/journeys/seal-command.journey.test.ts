import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { objectId, objectPath } from '../../src/vault/ocfl/paths.ts'
import { original, qido, stow, value } from '../support/client.ts'
import { startServer } from '../support/server.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'

const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-seal-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const clearkeep = (...words: string[]) => spawnSync(resolve('bin/clearkeep'), words, { encoding: 'utf8' })

/** Slices of a ball, in a series. */
const slices = (study: number, count: number): readonly Synthetic[] =>
  Array.from({ length: count }, (_, at) =>
    syntheticInstance({
      seed: study * 100 + at,
      study,
      rows: 256,
      columns: 256,
      value: (column, row) => Math.max(0, 2000 - 20 * Math.hypot(column - 128, row - 128, 4 * (at - count / 2))) | 0,
    }),
  )

describe('sealing in a running archive', () => {
  it('goes by itself when a study is quiet, and changes nothing that was received', async () => {
    const server = await startServer({ environment: { CLEARKEEP_SEAL__QUIETSECONDS: '1' } })
    try {
      const images = slices(1, 6)
      for (const { bytes } of images) expect((await stow(server.dicomweb, bytes)).status).toBe(200)
      const [first] = images
      const storage = async () =>
        (await (await fetch(`${server.url}/api/storage`)).json()) as {
          kept: { form: string; received: number; kept: number }[]
          waiting: { instances: number }
        }
      await expect.poll(async () => (await storage()).waiting.instances, { timeout: 60_000, interval: 500 }).toBe(0)
      const { kept } = await storage()
      expect(kept).toMatchObject([{ modality: 'CT', form: 'htj2k', instances: 6 }])
      expect(kept[0]?.kept ?? 0).toBeLessThan((kept[0]?.received ?? 0) / 2)
      for (const { study, series, instance, bytes } of images)
        expect((await original(server.url, study, series, instance)).equals(bytes)).toBe(true)
      const address = `/studies/${first?.study}/series/${first?.series}/instances/${first?.instance}`
      const stored = await fetch(`${server.dicomweb}${address}/frames/1`, {
        headers: { accept: 'multipart/related; type="application/octet-stream"; transfer-syntax=*' },
      })
      expect(stored.status).toBe(200)
      expect(Buffer.from(await stored.arrayBuffer()).toString('latin1')).toContain(
        'transfer-syntax=1.2.840.10008.1.2.4.202',
      )
    } finally {
      await server.stop()
    }
  })

  it('is done now for whoever asks, study by study', async () => {
    const server = await startServer()
    try {
      for (const { bytes } of [...slices(2, 2), ...slices(3, 3)]) await stow(server.dicomweb, bytes)
      const [one] = slices(3, 1)
      const only = clearkeep('seal', one?.study ?? '', '--server', server.url, '--json')
      expect(only.status).toBe(0)
      expect(JSON.parse(only.stdout)).toMatchObject({ study: one?.study, outcome: 'sealed', instances: 3 })
      const all = clearkeep('seal', '--all', '--server', server.url)
      expect(all.stderr).toMatch(/1 studies sealed \(2 instances, .*\), 0 failed/)
      expect(clearkeep('seal', '1.2.3', '--server', server.url).stderr).toContain('nothing to seal')
    } finally {
      await server.stop()
    }
  })
})

describe('sealing a folder nobody has open', () => {
  const data = join(scratch, 'data')

  it('says what it kept, and leaves what a stranger can read with unzip and any DICOM reader', async () => {
    const images = slices(5, 4)
    const server = await startServer({ data })
    for (const { bytes } of images) await stow(server.dicomweb, bytes)
    await server.stop()
    expect(clearkeep('seal', '--data', data).status).toBe(2)
    const { status, stdout } = clearkeep('seal', '--all', '--data', data)
    expect(status).toBe(0)
    expect(stdout).toContain(images[0]?.study)

    const vault = join(data, 'vault')
    expect(readdirSync(vault).sort()).toEqual(
      ['0=ocfl_1.1', 'README.txt', 'extensions', 'ocfl_layout.json', 'read-vault.mjs']
        .concat(objectPath(objectId(images[0]?.study ?? '')).slice(0, 2))
        .sort(),
    )
    const object = join(vault, objectPath(objectId(images[0]?.study ?? '')))
    const inventory = JSON.parse(readFileSync(join(object, 'inventory.json'), 'utf8')) as {
      head: string
      manifest: Record<string, string[]>
    }
    expect(inventory.head).toBe('v1')
    for (const [digest, [path = '']] of Object.entries(inventory.manifest))
      expect(
        createHash('sha512')
          .update(readFileSync(join(object, path)))
          .digest('hex'),
      ).toBe(digest)
    const pack = join(object, 'v1/content/v1-s0001-CT.zip')
    execFileSync('python3', ['-c', UNZIP, pack, scratch])
    for (const at of [1, 2, 3, 4]) {
      const name = join(scratch, `00000${at}.dcm`)
      expect(existsSync(name)).toBe(true)
      expect(execFileSync('dcmdump', ['+P', '0020,000d', name], { encoding: 'utf8' })).toContain(images[0]?.study)
    }
  })

  it('is read again when told, and what is bad is named with exit code 1', async () => {
    const good = clearkeep('fixity', '--data', data)
    expect([good.status, good.stderr.trim().split('\n').at(-1)]).toEqual([
      0,
      expect.stringMatching(/^1 studies read again \(.*\): 0 files mended, 0 damaged in every copy\.$/),
    ])
    const image = slices(5, 4)[2]
    const path = join(data, 'vault', objectPath(objectId(image?.study ?? '')), 'v1/content/v1-s0001-CT.zip')
    const whole = readFileSync(path)
    const harmed = Buffer.from(whole)
    const at = harmed.indexOf(Buffer.from([0xff, 0xd9]), harmed.indexOf(image?.instance ?? '')) - 20
    harmed[at] = (harmed[at] ?? 0) ^ 1
    writeFileSync(path, harmed)
    const bad = clearkeep('scrub', '--data', data)
    expect(bad.status).toBe(1)
    expect(bad.stdout).toMatch(
      new RegExp(`^DAMAGED .*v1-s0001-CT.zip of study ${image?.study}: altered in vault$`, 'm'),
    )
    expect(bad.stdout).toMatch(
      new RegExp(
        `^ +instance ${image?.instance}, bytes \\d+ to \\d+ of the file, does not come back as received$`,
        'm',
      ),
    )
    expect(bad.stdout.split('\n').filter((line) => line.includes('instance '))).toHaveLength(1)
    writeFileSync(path, whole)
    expect(clearkeep('fixity', '--data', data, image?.study ?? '', '--json').status).toBe(0)
  })

  it('gives the same index when it is made again', async () => {
    const dump = (to: string) => clearkeep('rebuild', '--data', data, '--dump', join(scratch, to))
    const first = dump('first')
    expect(first.stderr).toContain('4 instances')
    expect(first.status).toBe(0)
    const server = await startServer({ data })
    const found = await qido(server.dicomweb, '/instances')
    expect(found.map((one) => value(one, '00080018'))).toHaveLength(4)
    for (const { study, series, instance, bytes } of slices(5, 4))
      expect((await original(server.url, study, series, instance)).equals(bytes)).toBe(true)
    await server.stop()
  })
})

/** The recipe beside each file gives back what was received: with nothing but Python's own library, but for the pixels. */
const UNZIP = `
import base64, hashlib, json, sys, zipfile, zlib
pack, to = sys.argv[1:]
with zipfile.ZipFile(pack) as z:
    assert z.testzip() is None
    z.extractall(to)
    for name in z.namelist():
        if not name.endswith('.json'): continue
        recipe = json.loads(z.read(name))
        stored = z.read(name.replace('.json', '.dcm'))
        begin, end = recipe['dictionary']
        for part in ('head', 'tail'):
            inflated = zlib.decompressobj(-15, zdict=stored[begin:end]).decompress(base64.b64decode(recipe[part]['deflate']))
            assert len(inflated) == recipe[part]['length']
        head = zlib.decompressobj(-15, zdict=stored[begin:end]).decompress(base64.b64decode(recipe['head']['deflate']))
        assert head[128:132] == b'DICM'
`
