/**
 * rsyslog as the audit repository of a running archive, by TLS with a client certificate: what it is told, that images are
 * taken and given while it is down for 10,000 acts, and that nothing is lost.
 */
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Authority, openAuthority } from '../support/authority.ts'
import { stow } from '../support/client.ts'
import { missing, openRsyslog, type Rsyslog } from '../support/rsyslog.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'
import { faultsOf, missing as missingValidator } from '../support/xmllint.ts'

const AWAY = 10_000

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

describe.skipIf(missing !== '')(`rsyslog as audit repository${missing && `: ${missing}`}`, { timeout: 300_000 }, () => {
  let authority: Authority
  let stranger: Authority
  let rsyslog: Rsyslog
  let server: RunningServer
  const one = syntheticInstance({ seed: 1, study: 1, patientId: 'TOLD-OF' })

  const archive = (certified: Authority) =>
    startServer({
      environment: {
        CLEARKEEP_AUDIT__REPOSITORIES: JSON.stringify([{ name: 'arr', url: `syslog-tls://127.0.0.1:${rsyslog.port}` }]),
        CLEARKEEP_AUDIT__TLS__CERT: certified.at('archive.pem'),
        CLEARKEEP_AUDIT__TLS__KEY: certified.at('archive.key'),
        CLEARKEEP_AUDIT__TLS__CA: authority.at('ca.pem'),
      },
    })

  beforeAll(async () => {
    authority = openAuthority('Hospital')
    for (const name of ['archive', 'repository']) authority.certify(name)
    stranger = openAuthority('Elsewhere')
    stranger.certify('archive')
    rsyslog = openRsyslog(authority, 'repository', await freePort())
    await rsyslog.start()
    server = await archive(authority)
  })
  afterAll(async () => {
    await server?.stop()
    await rsyslog?.remove()
    authority?.remove()
    stranger?.remove()
  })

  interface Repository {
    readonly told: number
    readonly waiting: number
    readonly problem: string
  }
  const state = async (of = server): Promise<Repository> => {
    const { log } = (await (await fetch(`${of.url}/api/status`)).json()) as { log: { repositories: Repository[] } }
    const [repository] = log.repositories
    if (repository === undefined) throw new Error('no repository in /api/status')
    return repository
  }
  const toldOfAll = () =>
    expect
      .poll(async () => (await state()).waiting === 0 && (await state()).problem === '', { timeout: 120_000 })
      .toBe(true)
  const numbers = () => rsyslog.received().map(({ sequence }) => sequence - 1)
  const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

  it('receives what happens, each act once and in order', async () => {
    expect((await stow(server.dicomweb, one.bytes)).status).toBe(200)
    await toldOfAll()
    const { told } = await state()
    await expect.poll(() => numbers()).toEqual(upTo(told))
    expect(rsyslog.received().some(({ xml }) => xml.includes('TOLD-OF') && xml.includes('csd-code="110104"'))).toBe(
      true,
    )
  })

  it('is down for 10,000 acts: images are taken and given meanwhile, and nothing is lost', async () => {
    await rsyslog.kill()
    const { told } = await state()
    let left = AWAY
    const ask = async () => {
      while (left > 0) {
        left -= 1
        const answer = await fetch(`${server.dicomweb}/studies?PatientID=TOLD-OF&includefield=all`)
        expect(answer.status).toBe(200)
        await answer.arrayBuffer()
      }
    }
    await Promise.all(Array.from({ length: 16 }, ask))
    const taken = syntheticInstance({ seed: 2, study: 2, patientId: 'TAKEN-MEANWHILE' })
    expect((await stow(server.dicomweb, taken.bytes)).status).toBe(200)
    expect((await fetch(`${server.dicomweb}/studies/${one.study}/metadata`)).status).toBe(200)
    await expect.poll(async () => (await state()).waiting).toBeGreaterThan(AWAY)
    expect(await state()).toMatchObject({ told, problem: 'nobody listens there' })

    await rsyslog.start()
    await toldOfAll()
    const all = (await state()).told
    expect(all).toBeGreaterThan(told + AWAY)
    await expect.poll(() => [...new Set(numbers())], { timeout: 60_000 }).toEqual(upTo(all))
    console.log(`away for ${all - told} acts; ${rsyslog.received().length - all} told twice`)
  })

  it('is killed while it is told, again and again, and nothing is lost', async () => {
    for (let round = 0; round < 3; round += 1) {
      const before = (await state()).told
      const traffic = Promise.all(
        Array.from({ length: 16 }, async () => {
          for (let at = 0; at < 100; at += 1) await (await fetch(`${server.dicomweb}/studies`)).arrayBuffer()
        }),
      )
      await expect.poll(async () => (await state()).told).toBeGreaterThan(before)
      await rsyslog.kill()
      await rsyslog.start()
      await traffic
    }
    await toldOfAll()
    const { told } = await state()
    await expect.poll(() => [...new Set(numbers())].sort((a, b) => a - b), { timeout: 60_000 }).toEqual(upTo(told))
  })

  it('takes nothing from an archive whose certificate it does not know, which says so and keeps what it has to tell', async () => {
    const before = rsyslog.received().length
    const other = await archive(stranger)
    try {
      await expect.poll(async () => (await state(other)).problem).toBe('it does not take our certificate')
      expect((await state(other)).told).toBe(0)
      expect(rsyslog.received().length).toBe(before)
    } finally {
      await other.stop()
    }
  })

  it.skipIf(missingValidator !== '')(
    `was sent messages that are all valid by the standard’s schema${missingValidator && `: ${missingValidator}`}`,
    () => {
      expect(faultsOf(rsyslog.received().map(({ xml }) => xml))).toEqual([])
    },
  )
})
