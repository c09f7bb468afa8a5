import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { diskFiles } from '../../src/storage/files/disk.ts'
import type { Files } from '../../src/storage/files/files.ts'
import { backup as backUp } from '../../src/vault/backup/backup.ts'
import { removeArchives, runArchive } from '../support/archives.ts'
import { original, stow } from '../support/client.ts'
import { person } from '../support/people.ts'
import { startServer } from '../support/server.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-backup-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const data = join(scratch, 'data')
const mirror = join(scratch, 'mirror')
const backup = join(scratch, 'backup')
const passphrase = join(scratch, 'passphrase')
writeFileSync(passphrase, 'eleven mice and a horse\n')
const MIRRORED = { CLEARKEEP_VAULT__MIRRORS: JSON.stringify([mirror]) }

function clearkeep(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const ran = spawnSync(resolve('bin/clearkeep'), words, { encoding: 'utf8', env: { ...process.env, ...environment } })
  return { ...ran, said: ran.stderr.trim().split('\n').at(-1) ?? '' }
}
const secret = ['--passphrase-file', passphrase]

const image = (seed: number, study = 1, side = 150): Synthetic =>
  syntheticInstance({ seed, study, rows: side, columns: side, value: (column, row) => (column * row + seed) % 4096 })

/** Sealed, waiting, and large enough for a spool file. */
const before = [image(1), image(2), image(3, 2), image(4, 3, 900)]
const during = Array.from({ length: 30 }, (_, at) => image(100 + at, 4 + (at % 3)))

async function allGiven(url: string, images: readonly Synthetic[]): Promise<void> {
  for (const { study, series, instance, bytes } of images)
    expect((await original(url, study, series, instance)).equals(bytes), instance).toBe(true)
}

function dumpOf(folder: string, environment: Readonly<Record<string, string>> = {}): string {
  const to = join(scratch, 'dump')
  const { status, stderr } = clearkeep(['rebuild', '--data', folder, '--dump', to], environment)
  expect(status, stderr).toBe(0)
  return readFileSync(to, 'utf8')
}

/** A copy of the backup with something done to it. */
let copies = 0
function spoiled(how: (folder: string) => void): string {
  copies += 1
  const folder = join(scratch, `spoiled-${copies}`)
  cpSync(backup, folder, { recursive: true })
  how(folder)
  return folder
}

describe('a backup', () => {
  let facts = ''

  beforeAll(async () => {
    const server = await startServer({ data, environment: MIRRORED })
    for (const { bytes } of before.slice(0, 3)) expect((await stow(server.dicomweb, bytes)).status).toBe(200)
    expect(clearkeep(['seal', '--all', '--server', server.url]).status).toBe(0)
    expect((await stow(server.dicomweb, before[3]?.bytes ?? Buffer.alloc(0))).status).toBe(200)

    // While objects come, and are sealed.
    const coming = (async () => {
      for (const { bytes } of during) expect((await stow(server.dicomweb, bytes)).status).toBe(200)
      await fetch(`${server.url}/api/seal`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      })
    })()
    const made = clearkeep(['backup', backup, '--data', data, ...secret])
    expect(made.status, made.stderr).toBe(0)
    await coming
    expect(await server.stop()).toBe(0)
  })

  it('of an archive that runs is intact for verify, and gives back what was there', async () => {
    expect(clearkeep(['verify', backup]).said).toMatch(/intact|checkpoint/i)
    expect(clearkeep(['verify', backup]).status).toBe(0)
    const folder = join(scratch, 'earlier')
    const restored = clearkeep(['restore', backup, '--data', folder, ...secret])
    expect([restored.status, restored.stderr]).toEqual([0, expect.stringContaining('Restored to')])
    expect(clearkeep(['verify', folder]).status).toBe(0)
    const server = await startServer({ data: folder })
    await allGiven(server.url, before)
    expect(await server.stop()).toBe(0)
  })

  it('made again takes what is new; the data folder deleted and restored, verify passes and every fact is the same', async () => {
    facts = dumpOf(data, MIRRORED)
    const again = clearkeep(['backup', backup, '--data', data, ...secret, '--check'])
    expect(again.status, again.stderr).toBe(0)
    const third = clearkeep(['backup', backup, '--data', data, ...secret, '--json'])
    const { copied, bytes } = JSON.parse(third.stdout) as { copied: number; bytes: number }
    expect(copied).toBeLessThan(bytes / 5)

    rmSync(data, { recursive: true })
    const restored = clearkeep(['restore', backup, '--data', data, ...secret])
    expect(restored.status, restored.stderr).toBe(0)
    const verified = clearkeep(['verify', data])
    expect([verified.status, verified.stdout.match(/^FAIL.*$/gm)]).toEqual([0, null])
    expect(dumpOf(data)).toBe(facts)
    expect(statSync(join(data, 'keys/log-ed25519.pem')).mode & 0o777).toBe(0o600)

    const server = await startServer({ data, environment: MIRRORED })
    await allGiven(server.url, [...before, ...during])
    await stow(server.dicomweb, image(500, 9).bytes)
    const state = (await (await fetch(`${server.url}/api/status`)).json()) as { log: { alarm: string } }
    expect(state.log.alarm).toBe('')
    expect(await server.stop()).toBe(0)
    expect(clearkeep(['verify', data]).status).toBe(0)
    expect(dumpOf(data)).toContain('restored from the backup of')
  })

  it('leaves the vault to its mirror when told, and is whole again with it', async () => {
    const [facts, bare, folder] = [dumpOf(data, MIRRORED), join(scratch, 'bare'), join(scratch, 'from-mirror')]
    expect(clearkeep(['backup', bare, '--data', data, ...secret, '--without-vault']).status).toBe(0)
    expect(existsSync(join(bare, 'vault'))).toBe(false)
    expect(clearkeep(['restore', bare, '--data', folder, ...secret]).status).toBe(0)
    expect(dumpOf(folder, MIRRORED)).toBe(facts)
    expect(existsSync(join(folder, 'vault'))).toBe(false)
    const made = clearkeep(['fixity', '--data', folder, '--recreate-vault'], MIRRORED)
    expect(made.status, made.stderr).toBe(0)
    expect(clearkeep(['verify', folder]).status).toBe(0)
  })

  it('has no key and no account open in it', () => {
    const files = readdirSync(backup, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    for (const { parentPath, name } of files) {
      const bytes = readFileSync(join(parentPath, name))
      for (const word of ['PRIVATE KEY', 'scrypt$N=', 'SQLite format 3'])
        expect(bytes.includes(word), `${name} has ${word}`).toBe(false)
    }
  })

  it('is refused with another passphrase, or when something in it is another, and nothing opens what was half restored', () => {
    const wrong = join(scratch, 'wrong')
    writeFileSync(wrong, 'twelve mice and a horse')
    const folder = join(scratch, 'never')
    const locked = clearkeep(['restore', backup, '--data', folder, '--passphrase-file', wrong])
    expect([locked.status, locked.stderr]).toEqual([1, expect.stringContaining('does not open the keys')])
    expect(existsSync(folder)).toBe(false)
    expect(clearkeep(['restore', backup, '--data', data, ...secret]).stderr).toContain('has something in it')
    expect(clearkeep(['backup', backup, '--data', data]).status).toBe(2)
    expect(clearkeep(['backup', join(data, 'x'), '--data', data, ...secret]).status).toBe(2)

    const [segment = ''] = readdirSync(join(backup, 'inbox')).filter((name) => name.endsWith('.journal'))
    const harmed = spoiled((at) => {
      const path = join(at, 'inbox', segment)
      const bytes = readFileSync(path)
      bytes[500] = (bytes[500] ?? 0) ^ 1
      writeFileSync(path, bytes)
    })
    const broken = clearkeep(['restore', harmed, '--data', folder, ...secret])
    expect([broken.status, broken.stderr]).toEqual([
      1,
      expect.stringContaining(`inbox/${segment} is not what was backed up`),
    ])
    const opened = clearkeep(['rebuild', '--data', folder])
    expect([opened.status, opened.stderr]).toEqual([1, expect.stringContaining('was broken off')])
    // The good one goes on where that stopped.
    expect(clearkeep(['restore', backup, '--data', folder, ...secret]).status).toBe(0)
    expect(clearkeep(['verify', folder]).status).toBe(0)
    expect(
      clearkeep([
        'restore',
        spoiled((at) => rmSync(join(at, 'clearkeep-backup.json'))),
        '--data',
        join(scratch, 'x'),
        ...secret,
      ]).stderr,
    ).toContain('broken off')
  })
})

describe('a backup of a log that grows while it is read', () => {
  afterAll(removeArchives)

  it('has what was signed and the entries under it, of one size', async () => {
    const { archive, folder, close } = await runArchive()
    writeFileSync(join(folder, 'inbox', 'archive-id'), 'SYNTHETIC\n')
    const disk = diskFiles()
    const who = person('paula', 'privacy')
    const signed = () => readFileSync(join(folder, 'log', String(new Date().getUTCFullYear()), 'checkpoint'), 'utf8')
    const grow = async () => {
      const before = signed()
      await archive.record(who, { type: 'aud.110112', action: 'E', outcome: 0, detail: {} }, 'now')
      await expect.poll(signed, { timeout: 10_000 }).not.toBe(before)
    }
    let grown = 0
    const files: Files = {
      ...disk,
      // Each of the first times that an entry is to be read, others have been signed since, and it is in a longer tile.
      open: async (path) => {
        if (/tile\/entries\/.*\.p\//.test(path) && grown < 3) {
          grown += 1
          await grow()
        }
        return disk.open(path)
      },
    }
    await expect
      .poll(() => existsSync(join(folder, 'log', String(new Date().getUTCFullYear()), 'checkpoint')))
      .toBe(true)
    const to = join(scratch, 'growing')
    const made = await backUp({
      files,
      data: folder,
      to,
      vault: undefined,
      secrets: new Map(),
      passphrase: 'eleven mice and a horse',
      check: false,
      now: () => new Date(),
      advance: () => {},
      signal: new AbortController().signal,
    })
    expect([grown, made.findings]).toEqual([3, []])
    await close()
    const { stdout } = clearkeep(['verify', to])
    expect(stdout.match(/^FAIL .*$/gm)).toBeNull()
    expect(stdout).toMatch(/pass {2}log\/\d{4}, root/)
  })
})
