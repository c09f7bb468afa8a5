/** An administrator sees in figures and in the app whether the hospital’s audit repositories hear of what happens here. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Authority, openAuthority } from '../support/authority.ts'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'
import { openTlsReceiver, openUdpReceiver, type Receiver } from '../support/syslog-receiver.ts'
import { hasOpenssl } from '../support/tsa.ts'

describe.skipIf(!hasOpenssl)('audit repositories of a running archive', { timeout: 180_000 }, () => {
  let authority: Authority
  let arr: Receiver
  let legacy: Receiver
  let server: RunningServer

  beforeAll(async () => {
    authority = openAuthority('Hospital')
    for (const name of ['archive', 'repository']) authority.certify(name)
    const [cert, key, ca] = ['repository.pem', 'repository.key', 'ca.pem'].map(authority.text) as [
      string,
      string,
      string,
    ]
    arr = await openTlsReceiver({ cert, key, ca })
    legacy = await openUdpReceiver()
    server = await startServer({
      environment: {
        CLEARKEEP_AUDIT__REPOSITORIES: JSON.stringify([
          { name: 'arr', url: `syslog-tls://127.0.0.1:${arr.port}` },
          { name: 'legacy', url: `syslog-udp://127.0.0.1:${legacy.port}` },
        ]),
        CLEARKEEP_AUDIT__TLS__CERT: authority.at('archive.pem'),
        CLEARKEEP_AUDIT__TLS__KEY: authority.at('archive.key'),
        CLEARKEEP_AUDIT__TLS__CA: authority.at('ca.pem'),
        CLEARKEEP_AUDIT__SITE: 'HOSP',
        CLEARKEEP_METRICS__OPEN: 'true',
      },
    })
  })
  afterAll(async () => {
    await server?.stop()
    for (const one of [arr, legacy]) await one?.close().catch(() => {})
    authority?.remove()
  })

  const figure = async (name: string, repository: string): Promise<number> => {
    const text = await (await fetch(`${server.url}/metrics`)).text()
    return Number(new RegExp(`^${name}\\{repository="${repository}"\\} (\\d+)$`, 'm').exec(text)?.[1])
  }

  it('are told of an arrival with its study and patient, by TLS and by UDP', async () => {
    const one = syntheticInstance({ seed: 1, study: 1, patientId: 'TOLD-OF' })
    expect((await stow(server.dicomweb, one.bytes)).status).toBe(200)
    for (const { received } of [arr, legacy]) {
      await expect.poll(() => received.some(({ xml }) => xml.includes(one.study))).toBe(true)
      const message = received.find(({ xml }) => xml.includes('csd-code="110104"') && xml.includes(one.study))
      expect(message).toMatchObject({ priority: 85, messageId: 'DICOM+RFC3881' })
      expect(message?.xml).toContain('TOLD-OF')
      expect(message?.xml).toContain('AuditEnterpriseSiteID="HOSP" AuditSourceID="CLEARKEEP"')
    }
    await expect.poll(() => figure('clearkeep_audit_repository_waiting', 'arr')).toBe(0)
    expect(await figure('clearkeep_audit_repository_told', 'arr')).toBeGreaterThan(2)
    expect(await figure('clearkeep_audit_repository_problem', 'arr')).toBe(0)
  })

  it('that are away are figures to be woken for', async () => {
    await arr.close()
    await (await fetch(`${server.dicomweb}/studies`)).arrayBuffer()
    await expect.poll(() => figure('clearkeep_audit_repository_problem', 'arr')).toBe(1)
    expect(await figure('clearkeep_audit_repository_waiting', 'arr')).toBeGreaterThan(0)
    expect(await figure('clearkeep_audit_repository_problem', 'legacy')).toBe(0)
  })

  describe.skipIf(browserPath() === undefined)('in the app', () => {
    let browser: RunningBrowser
    beforeAll(async () => {
      browser = await openBrowser()
    })
    afterAll(() => browser.close())

    it('stand among the connections: one hears everything, one is away, in words', async () => {
      const { page } = browser
      await page.goto(`${server.url}/admin/connections`)
      const away = page.getByRole('row', { name: /^arr / })
      await away.getByText('Nobody listens there. It is tried again by itself; what waits is not lost.').waitFor()
      await page
        .getByRole('row', { name: /^legacy / })
        .getByText('Told of everything')
        .waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      expect(browser.complaints).toEqual([])
    })
  })
})
