/** Who saw this patient's images: what two people did, told to the privacy officer and to nobody else. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newPerson, type Session, storeAs } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'

interface Report {
  readonly acts: number
  readonly people: readonly {
    readonly who: string
    readonly roles: readonly string[]
    readonly [count: string]: unknown
  }[]
  readonly disclosures: readonly { readonly recipient: string; readonly what: string }[]
  readonly checkpoint: string
}

describe.skipIf(browserPath() === undefined)('the report of access', () => {
  const one = syntheticInstance({ seed: 1 })
  const patient = Buffer.from('|SYN-1').toString('base64url')
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  let people: Readonly<Record<'adam' | 'rita' | 'paul', Session>>

  beforeAll(async () => {
    server = await startServer({ open: false })
    const adam = await firstAdministrator(server)
    people = {
      adam,
      rita: await newPerson(adam, 'rita', 'radiologist'),
      paul: await newPerson(adam, 'paul', 'privacy'),
    }
    const stored = await storeAs(server, people.rita, one.bytes)
    expect(stored.status).toBe(200)
    const { rita, paul } = people
    const frame = `/dicom-web/studies/${one.study}/series/${one.series}/instances/${one.instance}/frames/1`
    expect((await fetch(`${server.url}${frame}`, { headers: { cookie: rita.cookie } })).status).toBe(200)
    expect((await rita.ask('GET', `/api/studies/${one.study}`)).status).toBe(200)
    expect((await rita.ask('GET', `/api/studies/${one.study}/evidence`)).status).toBe(403)
    expect(
      (await fetch(`${server.url}/api/studies/${one.study}/evidence`, { headers: { cookie: paul.cookie } })).status,
    ).toBe(200)
    browser = await openBrowser()
    page = browser.page
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  it('counts what each did, lists what was given away, and is signed to its end', async () => {
    const report = (await people.paul.ask('GET', `/api/patients/${patient}/access`)).json as unknown as Report
    const who = (name: string) => report.people.find((person) => person.who === name)
    expect(who('rita')).toMatchObject({ roles: ['radiologist'], sittings: 1, looks: 1, stored: 1 })
    expect(who('paul')).toMatchObject({ given: 1 })
    expect(report.disclosures).toEqual([expect.objectContaining({ recipient: 'paul', by: 'paul', succeeded: true })])
    expect(report.checkpoint).toMatch(/^clearkeep-.*\n\d+\n/)
    const again = (await people.paul.ask('GET', `/api/patients/${patient}/access`)).json as unknown as Report
    expect(again.acts).toBe(report.acts + 1)
  })

  it('comes as tables, which no spreadsheet runs', async () => {
    const { text, headers } = await people.paul.ask('GET', `/api/patients/${patient}/access.csv`)
    expect(headers.get('content-type')).toContain('text/csv')
    expect(text).toContain('"rita"')
    expect((await people.paul.ask('GET', `/api/patients/${patient}/disclosures.csv`)).text).toContain('evidence pack')
  })

  it('is for the privacy officer, and of no patient nobody named', async () => {
    for (const name of ['adam', 'rita'] as const)
      expect((await people[name].ask('GET', `/api/patients/${patient}/access`)).status).toBe(403)
    const nobody = Buffer.from('|NOBODY').toString('base64url')
    expect((await people.paul.ask('GET', `/api/patients/${nobody}/access`)).status).toBe(404)
  })

  it('is a page, reached from the patient’s timeline', async () => {
    const [key = '', value = ''] = people.paul.cookie.split('=')
    await page.context().addCookies([{ name: key, value, url: server.url }])
    await page.goto(`${server.url}/p/${patient}`)
    await page.getByRole('link', { name: 'Who saw it' }).click()
    const row = page.getByRole('row', { name: /^rita/ })
    await row.getByText(/Looked at images once/).waitFor()
    await page.getByText('evidence pack: paul took out', { exact: false }).first().waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    expect(browser.complaints).toEqual([])
  })
})
