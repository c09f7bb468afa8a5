/** The audit log’s checkpoints stamped with the time by OpenSSL as the authority, and checked by OpenSSL. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parseCheckpoint } from '../../src/proof/checkpoint.ts'
import { readTimeStamp } from '../../src/proof/time-stamp.ts'
import { stow } from '../support/client.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'
import { type Authority, hasOpenssl, openssl, startAuthority } from '../support/tsa.ts'
import { failedSteps, look } from '../support/verify.ts'

const YEAR = String(new Date().getUTCFullYear())
const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-stamped-'))
const data = join(scratch, 'data')
const stamps = join(data, `log/${YEAR}/stamps`)
let authority: Authority
let server: RunningServer | undefined

const start = async () => {
  server = await startServer({ data, environment: { CLEARKEEP_LOG__TSA__URL: authority.url } })
  return server
}
const stamped = async () => JSON.parse(await (await fetch(`${server?.url}/api/status`)).text()).log.stamps
const until = (holds: () => Promise<void>) => vi.waitFor(holds, { timeout: 30_000, interval: 100 })

describe.skipIf(!hasOpenssl)('time stamps', () => {
  beforeAll(async () => {
    mkdirSync(join(scratch, 'tsa'))
    authority = await startAuthority(join(scratch, 'tsa'))
  })
  afterAll(async () => {
    await server?.stop()
    await authority.close()
    rmSync(scratch, { recursive: true, force: true })
  })

  it('are asked for once a day, kept with the checkpoint they are of, given to anybody, and hold before OpenSSL', async () => {
    const { url, dicomweb } = await start()
    await until(async () => expect((await stamped()).size).toBeGreaterThan(0))
    await stow(dicomweb, syntheticInstance({ seed: 1 }).bytes)
    const { size, at, problem } = await stamped()
    expect(problem).toBe('')
    expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(120_000)
    const { stamps: names } = JSON.parse(await (await fetch(`${url}/log/${YEAR}/stamps`)).text())
    expect(names).toEqual([`${size}.tsr`, `${size}.txt`])
    for (const name of names) {
      const bytes = Buffer.from(await (await fetch(`${url}/log/${YEAR}/stamps/${name}`)).arrayBuffer())
      expect(bytes).toEqual(readFileSync(join(stamps, name)))
      writeFileSync(join(scratch, name), bytes)
    }
    expect((await fetch(`${url}/log/${YEAR}/stamps/..%2Fabout.json`)).status).toBe(404)
    expect(parseCheckpoint(readFileSync(join(scratch, `${size}.txt`), 'utf8')).size).toBe(size)
    expect(readTimeStamp(readFileSync(join(scratch, `${size}.tsr`))).time).toBe(at)
    const files = ['-data', join(scratch, `${size}.txt`), '-in', join(scratch, `${size}.tsr`), '-CAfile', authority.ca]
    expect(openssl('ts', '-verify', ...files)).toMatchObject({
      status: 0,
      said: expect.stringContaining('Verification: OK'),
    })
  })

  it('are not asked for again at a start within the day', async () => {
    await server?.stop()
    const { answers } = authority
    const { dicomweb } = await start()
    await until(async () => expect((await stamped()).size).toBeGreaterThan(0))
    await stow(dicomweb, syntheticInstance({ seed: 2 }).bytes)
    expect(await server?.stop()).toBe(0)
    expect(authority.answers).toBe(answers)
    expect(readdirSync(stamps)).toHaveLength(2)
  })

  it('are looked at by verify, which says what it leaves to OpenSSL, and names one that is of something else', async () => {
    const { steps, failed } = await look(data)
    expect(failed).toEqual({})
    expect(steps.find(({ what }) => what === 'time stamps')).toMatchObject({
      outcome: 'not checked',
      fact: expect.stringMatching(
        /^1 of 1 stamps are of the checkpoint beside them, from .* whose they are says openssl ts -verify$/,
      ),
    })
    expect(steps.find(({ what }) => what === 'extends what was stamped')?.outcome).toBe('passed')

    const [stamp = '', name = ''] = readdirSync(stamps).sort()
    cpSync(join(stamps, stamp), join(scratch, 'earlier.tsr'))
    const copy = join(scratch, 'copy')
    cpSync(data, copy, { recursive: true })
    cpSync(join(data, `log/${YEAR}/checkpoint`), join(copy, `log/${YEAR}/stamps/${name}`))
    const looked = await look(copy)
    expect(failedSteps(looked)).toEqual([`log/${YEAR}, time stamps`])
    expect(looked.failed[`log/${YEAR}, time stamps`]).toContain(
      'it stamps something else than the checkpoint beside it',
    )
  })

  it.each([
    ['is of an earlier question', () => readFileSync(join(scratch, 'earlier.tsr')), 'it is of something else'],
    ['says no', () => readFileSync(join(scratch, 'refusal.tsr')), 'the authority did not grant it'],
    ['is no answer', () => Buffer.from('<html>busy</html>'), 'The time stamp is not valid'],
  ])('are not kept when what comes %s: it is told of, and nothing waits', async (_, instead, problem) => {
    // PKIStatusInfo with status 2, rejection (RFC 3161, 2.4.2).
    writeFileSync(join(scratch, 'refusal.tsr'), Uint8Array.of(0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02))
    rmSync(stamps, { recursive: true, force: true })
    authority.instead = instead()
    const { dicomweb, url } = await start()
    await until(async () => expect((await stamped()).problem).toContain(problem))
    expect((await stow(dicomweb, syntheticInstance({ seed: 3 }).bytes)).status).toBe(200)
    expect(JSON.parse(await (await fetch(`${url}/log/${YEAR}/stamps`)).text())).toEqual({ stamps: [] })
    await server?.stop()
    authority.instead = undefined
  })
})
