/** `clearkeep verify` as a person calls it: on a folder that is well, on one that is not, on one that is in use, by wrong words. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parseCheckpoint } from '../../src/proof/checkpoint.ts'
import { ADMINISTRATOR, asFile, removeArchives, runArchive, sha256 } from '../support/archives.ts'
import { remakeLog, stolenKey, takeJournal } from '../support/attacker.ts'
import { stow } from '../support/client.ts'
import { startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'
import { look } from '../support/verify.ts'

const YEAR = String(new Date().getUTCFullYear())
const LOG = `log/${YEAR}`
const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-verify-'))
const whole = join(scratch, 'whole')
const early = join(scratch, 'early.txt')
let key = ''

beforeAll(async () => {
  for (const seed of [1, 2]) {
    const server = await startServer({ data: whole })
    await stow(server.dicomweb, syntheticInstance({ seed }).bytes)
    expect(await server.stop()).toBe(0)
    if (seed === 1) cpSync(join(whole, LOG, 'checkpoint'), early)
  }
  key = JSON.parse(readFileSync(join(whole, LOG, 'about.json'), 'utf8')).key
})
afterAll(async () => {
  await removeArchives()
  rmSync(scratch, { recursive: true, force: true })
})

describe('a folder of two years', () => {
  const turn = Date.UTC(2027, 0, 1)
  let clock = turn - 60_000
  const now = () => new Date(clock)

  it('is intact when the second log quotes the last checkpoint of the first, and says when it does not', async () => {
    const running = await runArchive({ now, options: { logOrigin: 'archive.example.org' } })
    await running.archive.receive(ADMINISTRATOR, asFile(syntheticInstance({ seed: 61 }).bytes))
    clock = turn + 60_000
    await running.archive.receive(ADMINISTRATOR, asFile(syntheticInstance({ seed: 62 }).bytes))
    await running.close()
    const { folder } = running
    const looked = await look(folder)
    expect(looked).toMatchObject({ exit: 0, failed: {} })
    expect(looked.steps.find(({ what }) => what === 'years')?.fact).toContain('2 years')
    expect(await look(join(folder, 'log'))).toMatchObject({ exit: 0, failed: {} })

    // The first year signed anew with the stolen key, to one leaf less.
    const origin = 'archive.example.org/log/2026'
    const leaves = takeJournal(folder)
      .events()
      .map(({ leaf }) => leaf)
    const { size } = parseCheckpoint(readFileSync(join(folder, 'log/2026/checkpoint'), 'utf8'))
    remakeLog(join(folder, 'log/2026'), leaves.slice(0, size - 1), stolenKey(folder, origin))
    const broken = await look(folder)
    expect(broken.failed['journal and log, years']).toContain('does not quote the last checkpoint of log/2026')
    expect((await look(join(folder, 'log'))).failed['log/2027, begins where the year before ended']).toContain(
      'does not quote the last checkpoint of log/2026',
    )
  })
})

describe('the command itself', () => {
  const clearkeep = (...words: string[]) =>
    spawnSync(resolve('bin/clearkeep'), words, { encoding: 'utf8', timeout: 60_000 })

  it('says each step in words, answers 0 and 1, and writes nothing', () => {
    const before = treeOf(whole)
    const well = clearkeep('verify', '--data', whole, '--key', key, '--checkpoint', early)
    expect(well.status).toBe(0)
    expect(well.stdout.split('\n').filter((line) => !/^(pass|skip) {2}/.test(line))).toEqual([''])
    expect(well.stdout).toContain(`pass  ${LOG}, extends ${early}: its first `)
    expect(well.stderr).toMatch(/Verifying .*\nIntact: \d+ steps passed, 0 failed, 1 could not be checked\.\n$/)
    expect(treeOf(whole)).toEqual(before)

    const data = join(scratch, 'ill')
    cpSync(whole, data, { recursive: true })
    rmSync(join(data, LOG, 'about.json'))
    const ill = clearkeep('--json', 'verify', data)
    expect(ill.status).toBe(1)
    const records = ill.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(records.at(-1)).toEqual({
      verdict: { intact: false, passed: expect.any(Number), failed: 1, notChecked: expect.any(Number) },
    })
    expect(records[0]).toMatchObject({
      part: LOG,
      what: 'key',
      outcome: 'failed',
      fact: 'none was given, and about.json has none',
    })
  })

  it.each([
    ['a folder that is neither', () => [scratch], 'is neither a data folder'],
    ['a key that is none', () => [whole, '--key', 'archive.example.org+12+AAAA'], 'is no key'],
    ['a checkpoint that is not there', () => [whole, '--checkpoint', 'nowhere'], 'There is no file nowhere'],
    ['a file that is no checkpoint', () => [whole, '--checkpoint', 'package.json'], 'package.json is no checkpoint'],
  ])('answers 2 to %s', (_, words, said) => {
    const { status, stderr } = clearkeep('verify', ...words())
    expect(stderr).toContain(said)
    expect(status).toBe(2)
  })

  it('looks at the folder of an archive that runs, and says that it does', async () => {
    const server = await startServer()
    try {
      for (let round = 0; round < 3; round += 1) {
        const [ran] = await Promise.all([
          look(server.data),
          ...Array.from({ length: 5 }, (_, at) =>
            stow(server.dicomweb, syntheticInstance({ seed: 100 + round * 10 + at }).bytes),
          ),
        ])
        expect(ran.failed).toEqual({})
      }
      const { status, stderr } = clearkeep('verify', server.data)
      expect(stderr).toContain(`Process ${server.pid} has this folder open`)
      expect(status).toBe(0)
    } finally {
      await server.stop()
    }
  })
})

describe('a folder whose archive was killed', () => {
  it.each([0, 40, 300])(
    '%i ms after it stored something, is intact, with the leaves that are not signed yet counted',
    async (wait) => {
      const data = join(scratch, `killed-${wait}`)
      const server = await startServer({ data })
      await vi.waitFor(
        async () => expect(JSON.parse(await (await fetch(`${server.url}/log`)).text()).shards).toHaveLength(1),
        {
          timeout: 30_000,
        },
      )
      await stow(server.dicomweb, syntheticInstance({ seed: 81 }).bytes)
      // The moment of the kill is what is varied, not something that is waited for.
      await setTimeout(wait)
      await server.kill()
      const { failed, steps } = await look(data)
      expect(failed).toEqual({})
      expect(steps.find(({ what }) => what === 'signed to the end')?.fact).toMatch(
        /it ended without a stop, and the next start signs them$|the last checkpoint covers every leaf$/,
      )
    },
  )
})

/** Every file with its content. */
function treeOf(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  )
  return Object.fromEntries(names.sort().map((name) => [name, sha256(readFileSync(join(folder, name)))]))
}
