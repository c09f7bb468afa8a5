import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SOURCE } from '../../../test/support/audit-events.ts'
import { type Authority, openAuthority } from '../../../test/support/authority.ts'
import { openTlsReceiver, openUdpReceiver, type Receiver } from '../../../test/support/syslog-receiver.ts'
import { hasOpenssl } from '../../../test/support/tsa.ts'
import { diskFiles } from '../../storage/files/disk.ts'
import type { ReportingTls, Repository } from './link.ts'
import { openReporting, type ReportedEvent, type Reporting } from './reporting.ts'

const NOBODY = { info: () => {}, warn: () => {} }

describe.skipIf(!hasOpenssl)('telling audit repositories', () => {
  let authority: Authority
  let elsewhere: Authority
  let folder: string
  let ledger: ReportedEvent[]
  const closing: (() => Promise<void>)[] = []

  beforeAll(() => {
    authority = openAuthority('Hospital')
    for (const name of ['archive', 'repository']) authority.certify(name)
    authority.certify('other', 'DNS:other.example.org')
    elsewhere = openAuthority('Elsewhere')
    for (const name of ['archive', 'repository']) elsewhere.certify(name)
  })
  afterAll(() => {
    authority.remove()
    elsewhere.remove()
  })
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clearkeep-reports-'))
    ledger = []
  })
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
    rmSync(folder, { recursive: true, force: true })
  })

  const happen = (count: number) => {
    for (let at = 0; at < count; at += 1) {
      const ts = '2026-11-27T01:02:03.004Z'
      const body = JSON.stringify({
        type: 'aud.110112',
        ts,
        action: 'E',
        outcome: 0,
        actor: { userId: 'ae:CT1' },
        query: 'x'.repeat(500),
      })
      ledger.push({ n: ledger.length, type: 'aud.110112', ts, body, patient: undefined })
    }
  }
  const own = (by = authority, name = 'archive'): ReportingTls => ({
    cert: by.text(`${name}.pem`),
    key: by.text(`${name}.key`),
    ca: authority.text('ca.pem'),
  })
  const receiver = async (by = authority, name = 'repository', port = 0): Promise<Receiver> => {
    const one = await openTlsReceiver({
      cert: by.text(`${name}.pem`),
      key: by.text(`${name}.key`),
      ca: authority.text('ca.pem'),
      port,
    })
    closing.push(() => one.close().catch(() => {}))
    return one
  }
  const report = async (to: Partial<Repository> & { readonly port: number }, tls = own()): Promise<Reporting> => {
    const reporting = await openReporting({
      files: diskFiles(),
      folder,
      leaves: async () => ledger.length,
      events: async (from, most) => ledger.slice(from, from + most),
      now: () => new Date(),
      log: NOBODY,
      options: {
        repositories: [{ name: 'arr', transport: 'tls', host: '127.0.0.1', from: 'beginning', ...to }],
        tls,
        source: SOURCE,
        origin: { host: 'archive', process: 1, messageId: 'DICOM+RFC3881' },
        retryMs: 10,
        mostRetryMs: 50,
        gatherMs: 5,
      },
    })
    closing.push(reporting.close)
    return reporting
  }
  const stateOf = async (reporting: Reporting) => (await reporting.state())[0]
  const problem = (reporting: Reporting) => expect.poll(async () => (await stateOf(reporting))?.problem)
  const told = (reporting: Reporting) => expect.poll(async () => (await stateOf(reporting))?.told)
  const numbers = ({ received }: Receiver) => received.map(({ sequence }) => sequence - 1)
  const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

  it('tells everything from the first leaf on, in order, and then what happens', async () => {
    happen(2500)
    const arr = await receiver()
    const reporting = await report({ port: arr.port })
    await told(reporting).toBe(2500)
    happen(3)
    reporting.nudge()
    await told(reporting).toBe(2503)
    expect(numbers(arr)).toEqual(upTo(2503))
    expect(await stateOf(reporting)).toMatchObject({ name: 'arr', waiting: 0, problem: '', since: '' })
    expect(JSON.parse(readFileSync(join(folder, 'arr.json'), 'utf8'))).toMatchObject({ told: 2503 })
  })

  it('goes on after a start where it was heard to the end', async () => {
    happen(10)
    const arr = await receiver()
    const first = await report({ port: arr.port })
    await told(first).toBe(10)
    await first.close()
    happen(5)
    const second = await report({ port: arr.port })
    await told(second).toBe(15)
    expect(numbers(arr)).toEqual(upTo(15))
  })

  it('tells only what happens from now on when it is asked to, and keeps to that', async () => {
    happen(10)
    const arr = await receiver()
    const first = await report({ port: arr.port, from: 'now' })
    expect((await stateOf(first))?.told).toBe(10)
    await first.close()
    happen(2)
    const second = await report({ port: arr.port, from: 'now' })
    await told(second).toBe(12)
    expect(numbers(arr)).toEqual([10, 11])
  })

  it('loses nothing to a repository that breaks off in the middle: what was not finished is told again', async () => {
    happen(3000)
    const arr = await receiver()
    arr.breakAfter(1500)
    const reporting = await report({ port: arr.port })
    await problem(reporting).not.toBe('')
    expect((await stateOf(reporting))?.since).not.toBe('')
    arr.breakAfter(Number.POSITIVE_INFINITY)
    await told(reporting).toBe(3000)
    expect([...new Set(numbers(arr))]).toEqual(upTo(3000))
    expect(await stateOf(reporting)).toMatchObject({ problem: '', since: '' })
    // Told twice: at most what one connection carries.
    expect(arr.received.length).toBeLessThanOrEqual(4000)
  })

  it('waits for one that is away, whatever happens meanwhile, and then tells it all', async () => {
    const arr = await receiver()
    const { port } = arr
    await arr.close()
    const reporting = await report({ port })
    happen(1)
    reporting.nudge()
    await problem(reporting).toBe('nobody listens there')
    for (let at = 0; at < 100; at += 1) {
      happen(20)
      reporting.nudge()
    }
    expect(await stateOf(reporting)).toMatchObject({ told: 0, waiting: 2001 })
    const back = await receiver(authority, 'repository', port)
    await told(reporting).toBe(2001)
    expect(numbers(back)).toEqual(upTo(2001))
  })

  it('tells nothing to one that is not who it should be, and says why in words', async () => {
    happen(1)
    const stranger = await receiver(elsewhere)
    await problem(await report({ port: stranger.port })).toBe('its certificate is of no authority that is trusted')
    const other = await receiver(authority, 'other')
    await problem(await report({ port: other.port })).toBe('its certificate is another machine’s')
    expect([...stranger.received, ...other.received]).toEqual([])
  })

  it('counts nothing as told to one that does not take its certificate, though that says so only after the handshake', async () => {
    happen(1)
    const arr = await receiver()
    const reporting = await report({ port: arr.port }, own(elsewhere))
    await problem(reporting).not.toBe('')
    expect((await stateOf(reporting))?.told).toBe(0)
    expect(arr.received).toEqual([])
  })

  it('tells numbers that are given anew after an older backup was put back', async () => {
    happen(10)
    const arr = await receiver()
    const first = await report({ port: arr.port })
    await told(first).toBe(10)
    await first.close()
    ledger.length = 4
    const second = await report({ port: arr.port })
    happen(2)
    second.nudge()
    await told(second).toBe(6)
    expect(numbers(arr)).toEqual([...upTo(10), 4, 5])
  })

  it('tells by UDP, and hears that nobody listens', async () => {
    happen(120)
    const arr = await openUdpReceiver()
    const reporting = await report({ transport: 'udp', port: arr.port })
    await told(reporting).toBe(120)
    await expect.poll(() => arr.received.length).toBe(120)
    expect(numbers(arr)).toEqual(upTo(120))
    await arr.close()
    happen(1)
    reporting.nudge()
    await problem(reporting).toBe('nobody listens there')
    expect((await stateOf(reporting))?.told).toBe(120)
  })

  it('is the same whether one or several are told: each has its own place', async () => {
    happen(5)
    const arr = await receiver()
    const udp = await openUdpReceiver()
    closing.push(udp.close)
    const one = await report({ port: arr.port })
    const two = await report({ name: 'legacy', transport: 'udp', port: udp.port })
    await told(one).toBe(5)
    await told(two).toBe(5)
    expect(JSON.parse(readFileSync(join(folder, 'legacy.json'), 'utf8'))).toMatchObject({ told: 5 })
  })
})
