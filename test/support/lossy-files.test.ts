import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { diskFiles } from '../../src/storage/files/disk.ts'
import { filesContract } from '../contract/files.contract.ts'
import { lossyFiles } from './lossy-files.ts'
import { seeded } from './random.ts'

filesContract('the lossy layer', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clearkeep-lossy-'))
  const root = join(folder, 'root')
  return {
    files: await lossyFiles(root, seeded(1)),
    root,
    remove: () => rm(folder, { recursive: true, force: true }),
  }
})

describe('the lossy layer after a power failure', () => {
  const SEEDS = Array.from({ length: 60 }, (_, seed) => seed)
  const disk = diskFiles()
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clearkeep-lossy-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const layer = (seed: number) => lossyFiles(join(folder, `root-${seed}`), seeded(seed))
  const file = (seed: number, name: string) => join(folder, `root-${seed}`, name)
  const content = (length: number) => Uint8Array.from({ length }, (_, at) => (at % 250) + 1)

  it('keeps what was synced, names included', async () => {
    for (const seed of SEEDS) {
      const files = await layer(seed)
      const a = await files.create(file(seed, 'a'))
      await a.append([content(3000)])
      await a.sync()
      await files.syncFolder(file(seed, ''))
      await a.append([content(2000)])
      await a.close()
      const found = await readFile(join(await files.crash(), 'a'))
      expect(found.subarray(0, 3000)).toEqual(Buffer.from(content(3000)))
      expect(found.length).toBeGreaterThanOrEqual(3000)
      expect(found.length).toBeLessThanOrEqual(5000)
    }
  })

  it('loses, tears and reorders what was not, now one way and now another', async () => {
    const ends = new Set<string>()
    for (const seed of SEEDS) {
      const files = await layer(seed)
      const a = await files.create(file(seed, 'a'))
      await files.syncFolder(file(seed, ''))
      await a.append([content(2048)])
      await a.close()
      const found = await readFile(join(await files.crash(), 'a'))
      const sectors = [0, 512, 1024, 1536].map((at) => {
        const sector = found.subarray(at, at + 512)
        if (sector.length < 512) return 'short'
        return sector.equals(content(2048).subarray(at, at + 512)) ? 'kept' : 'lost'
      })
      ends.add(sectors.join(' '))
    }
    expect([...ends].some((end) => end.startsWith('lost') && end.includes('kept'))).toBe(true)
    expect([...ends].some((end) => end === 'short short short short')).toBe(true)
    expect(ends.size).toBeGreaterThan(6)
  })

  it('may forget a name that was not synced, bring a removed one back, and undo a rename', async () => {
    const states = new Set<string>()
    for (const seed of SEEDS) {
      const files = await layer(seed)
      for (const name of ['old', 'from']) await (await files.create(file(seed, name))).close()
      await files.syncFolder(file(seed, ''))
      await (await files.create(file(seed, 'new'))).close()
      await files.remove(file(seed, 'old'))
      await files.rename(file(seed, 'from'), file(seed, 'to'))
      states.add((await disk.list(await files.crash())).join(' '))
    }
    expect([...states].sort()).toEqual(
      ['from', 'from new', 'from new old', 'from old', 'new old to', 'new to', 'old to', 'to'].sort(),
    )
  })

  it('never shows a name whose folder was lost', async () => {
    for (const seed of SEEDS) {
      const files = await layer(seed)
      await files.makeFolder(file(seed, 'inner'))
      await (await files.create(file(seed, 'inner/a'))).close()
      await files.syncFolder(file(seed, 'inner'))
      const names = await disk.list(await files.crash())
      expect(names.length === 0 || names[0] === 'inner/').toBe(true)
    }
  })

  it('fails a sync on demand: then even a later sync promises nothing for what came before', async () => {
    const kept = new Set<boolean>()
    for (const seed of SEEDS) {
      const files = await layer(seed)
      const a = await files.create(file(seed, 'a'))
      await files.syncFolder(file(seed, ''))
      await a.append([content(512)])
      files.failNextSync()
      await expect(a.sync()).rejects.toMatchObject({ code: 'EIO' })
      await a.append([content(512)])
      await a.sync()
      const found = await readFile(join(await files.crash(), 'a'))
      expect(found.subarray(512)).toEqual(Buffer.from(content(512)))
      kept.add(found.subarray(0, 512).equals(content(512)))
    }
    expect(kept.size).toBe(2)
  })

  it('cuts the power in the middle of an operation and takes no more', async () => {
    const files = await layer(1)
    const a = await files.create(file(1, 'a'))
    files.powerOffDuring(2)
    await a.append([content(10)])
    await expect(a.append([content(1000)])).rejects.toThrow('power')
    await expect(a.sync()).rejects.toThrow('power')
    await expect(files.list(file(1, ''))).rejects.toThrow('power')
  })

  it('runs out of space where it is told to, after writing what fits', async () => {
    const files = await layer(1)
    const a = await files.create(file(1, 'a'))
    files.limitSpace(100)
    await expect(a.append([content(150)])).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(a.size).toBe(100)
    files.limitSpace(undefined)
    await a.append([content(50)])
    expect(a.size).toBe(150)
  })
})
