/** Lookouts in the app: a privacy officer saves a search of the log, is warned, looks at it, changes it and stops it. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newPerson, type Session, storeAs } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const PATIENCE_MS = 240_000

describe.skipIf(browserPath() === undefined)('lookouts in the app', () => {
  const vip = syntheticInstance({ seed: 1, study: 1, rows: 16, columns: 16, patientId: 'VIP-1' })
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  let people: Readonly<Record<'paula' | 'carl' | 'aude', Session>>

  const actAs = async (name: keyof typeof people) => {
    const [key = '', value = ''] = people[name].cookie.split('=')
    await page.context().clearCookies()
    await page.context().addCookies([{ name: key, value, url: server.url }])
  }
  const shot = async (name: string) =>
    process.env['SCREENSHOTS'] && page.screenshot({ path: `${process.env['SCREENSHOTS']}/${name}.png`, fullPage: true })
  const lookAt = async () =>
    expect((await people.carl.ask('GET', `/api/studies/${vip.study}`)).status, 'the page of the study').toBe(200)

  beforeAll(async () => {
    server = await startServer({ open: false })
    const adam = await firstAdministrator(server)
    const tess = await newPerson(adam, 'tess', 'technologist')
    people = {
      paula: await newPerson(adam, 'paula', 'privacy'),
      carl: await newPerson(adam, 'carl', 'clinician'),
      aude: await newPerson(adam, 'aude', 'auditor'),
    }
    expect((await storeAs(server, tess, vip.bytes)).status).toBe(200)
    browser = await openBrowser({ ignore: /status of (40[0134]|500)/ })
    page = browser.page
  }, PATIENCE_MS)
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  it(
    'a search of the audit page becomes a lookout, by keyboard',
    async () => {
      await actAs('paula')
      await page.goto(`${server.url}/audit/lookouts`)
      await page.getByText('Nobody is on the lookout').waitFor()
      await page.getByText('No warnings').waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await shot('lookouts-empty')
      await page.goto(`${server.url}/audit`)
      await page.getByLabel('Patient ID').fill('VIP-1')
      await page.getByRole('button', { name: 'Be warned…' }).press('Enter')
      await page.getByRole('dialog', { name: 'New lookout' }).waitFor()
      await expect.poll(() => page.getByLabel('Patient IDs').inputValue()).toBe('VIP-1')
      await page.getByLabel('Name').fill('The mayor')
      await page.getByLabel('Only outside working hours').press('Space')
      await page.getByLabel('Only when one person does it often').press('Space')
      await page.getByLabel('Working days').or(page.getByText('Working days')).first().waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await shot('lookouts-form')
      await page.getByLabel('Only outside working hours').press('Space')
      await page.getByLabel('Only when one person does it often').press('Space')
      await page.getByLabel('every auditor').press('Space')
      await page.getByLabel('Name').press('Enter')
      await page.getByRole('row', { name: /The mayor.*Anything, of patient VIP-1.*paula.*0 warnings/ }).waitFor()
    },
    PATIENCE_MS,
  )

  it(
    'a look at the patient warns her and the auditor, and she says what she found',
    async () => {
      await lookAt()
      await expect.poll(async () => (await people.aude.ask('GET', '/api/lookouts/warnings')).json['waiting']).toBe(1)
      await actAs('aude')
      await page.goto(`${server.url}/audit`)
      await page.getByRole('link', { name: /Audit.*1 warning waits/ }).waitFor()
      await page.getByRole('link', { name: 'Lookouts: 1 warning' }).click()
      await page.getByRole('row', { name: /carl: searches.*The mayor.*VIP-1.*Waiting/ }).waitFor()
      expect(await page.getByRole('button', { name: /^Look at it/ }).count()).toBe(0)
      expect(await page.getByRole('button', { name: 'New lookout' }).count()).toBe(0)
      await actAs('paula')
      await page.reload()
      await page.getByRole('row', { name: /carl: searches.*Waiting/ }).waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await shot('lookouts')
      await page.getByRole('button', { name: /^Look at it/ }).click()
      await page.getByLabel('What you found').fill('He treats the mayor.')
      await page.getByRole('button', { name: 'Looked at' }).click()
      await page.getByText('No warnings').waitFor()
      await page.getByText('All of mine', { exact: true }).click()
      await page.getByRole('row', { name: /Looked at.*by paula: He treats the mayor\./ }).waitFor()
    },
    PATIENCE_MS,
  )

  it(
    'it is changed and stopped, and the page says when the archive does not answer',
    async () => {
      await page.getByRole('button', { name: 'Change lookout The mayor' }).click()
      await page.getByLabel('Name').fill('The mayor and her husband')
      await page.getByLabel('Also warned: accounts').fill('nobody-here')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('There is no account called nobody-here.').waitFor()
      await page.getByLabel('Also warned: accounts').fill('')
      await page.getByLabel('Patient IDs').fill('VIP-1, VIP-2')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('row', { name: /husband.*of patients VIP-1 and VIP-2/ }).waitFor()
      await page.getByRole('button', { name: /^Stop lookout/ }).click()
      await page.getByLabel('Reason').fill('Out of office.')
      await page.getByRole('button', { name: 'Stop it' }).click()
      await page.getByText('Nobody is on the lookout').waitFor()
      await page.getByLabel('Stopped ones too').check()
      await page.getByRole('row', { name: /husband.*by paula: Out of office\./ }).waitFor()
      await shot('lookouts-stopped')
      await page.route('**/api/lookouts**', (route) => route.fulfill({ status: 500, body: '{}' }))
      await page.reload()
      await page.getByRole('button', { name: 'Retry' }).first().waitFor({ timeout: 30_000 })
      await shot('lookouts-error')
      expect(browser.complaints).toEqual([])
    },
    PATIENCE_MS,
  )
})
