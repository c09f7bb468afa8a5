/**
 * Restricted patients in the app: a privacy officer restricts one, a clinician finds nothing, opens the patient in an
 * emergency under a banner, and the privacy officer says what it was.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newPerson, storeAs } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const PATIENCE_MS = 240_000
const PASSWORD = 'a password of somebody’s own 1'
const ID = 'STAFF-1'

describe.skipIf(browserPath() === undefined)('restricted patients in the app', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page

  beforeAll(async () => {
    server = await startServer({ open: false })
    const adam = await firstAdministrator(server)
    const tess = await newPerson(adam, 'tess', 'technologist')
    await newPerson(adam, 'paula', 'privacy')
    await newPerson(adam, 'carl', 'clinician')
    const own = { rows: 16, columns: 16 }
    for (const one of [
      syntheticInstance({ seed: 1, study: 1, patientId: ID, patientName: 'SYNTHETIC^STAFF', ...own }),
      syntheticInstance({ seed: 2, study: 2, patientId: 'OPEN-1', ...own }),
    ])
      expect((await storeAs(server, tess, one.bytes)).status).toBe(200)
    browser = await openBrowser({ ignore: /status of 40[0134]/ })
    page = browser.page
  }, PATIENCE_MS)
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const shot = async (name: string) =>
    process.env['SCREENSHOTS'] && page.screenshot({ path: `${process.env['SCREENSHOTS']}/${name}.png` })
  async function logInAs(name: string, path: string): Promise<void> {
    await page.context().clearCookies()
    await page.goto(server.url + path)
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.keyboard.press('Enter')
  }

  it(
    'a privacy officer restricts a patient, and sees what it covers',
    async () => {
      await logInAs('paula', '/restricted')
      await page.getByText('Nobody is restricted').waitFor()
      await page.getByText('Nothing to look at').waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await shot('restricted-empty')
      await page.getByRole('button', { name: 'Restrict or watch' }).click()
      await page.getByLabel('Patient ID').fill(ID)
      await page.getByLabel('Accounts that are let in').fill('nobody-here')
      await page.getByLabel('Reason').fill('A member of the staff asked for it.')
      expect(await accessibilityFaults(page)).toEqual([])
      await shot('restricted-form')
      await page.getByRole('button', { name: 'Restrict', exact: true }).click()
      await page.getByText('There is no account called nobody-here.').waitFor()
      await page.getByLabel('Accounts that are let in').fill('')
      await page.getByRole('button', { name: 'Restrict', exact: true }).click()
      await page.getByRole('row', { name: /Patient STAFF-1.*covers 1 study now.*every privacy.*Restricted/ }).waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await shot('restricted')
    },
    PATIENCE_MS,
  )

  it(
    'a clinician finds nothing of the patient, and opens the patient in an emergency under a banner',
    async () => {
      await logInAs('carl', `/?q=${ID}`)
      await page.getByText('No study matches').waitFor()
      await page.getByRole('link', { name: 'emergency access' }).click()
      await page.getByRole('heading', { name: 'Emergency access' }).waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await page.getByLabel('Patient ID').fill('OPEN-1')
      await page.getByLabel('Reason').fill('Brought in unconscious tonight.')
      await page.getByRole('button', { name: 'Open in an emergency' }).click()
      await page.getByText('Nothing of a patient with this ID is kept from you.').waitFor()
      await shot('emergency')
      await page.getByLabel('Patient ID').fill(ID)
      await page.getByRole('button', { name: 'Open in an emergency' }).click()
      await page.getByRole('complementary', { name: 'Emergency access' }).waitFor()
      await page.waitForURL(/\/p\//)
      await page.getByRole('heading', { level: 1 }).waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await shot('emergency-banner')
      await page.getByRole('button', { name: 'End it now' }).click()
      await page.getByRole('complementary', { name: 'Emergency access' }).waitFor({ state: 'detached' })
      await page.goto(`${server.url}/?q=${ID}`)
      await page.getByText('No study matches').waitFor()
    },
    PATIENCE_MS,
  )

  it(
    'the privacy officer reads the reason, and says what it was',
    async () => {
      await logInAs('paula', '/restricted')
      await page.getByRole('row', { name: /carl broke the glass of patient STAFF-1.*unconscious/ }).waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await shot('restricted-waiting')
      await page.getByRole('button', { name: /^Look at it/ }).click()
      await page.getByLabel('What you found').fill('The ward confirms it.')
      await page.getByRole('button', { name: 'It was justified' }).click()
      await page.getByText('Nothing to look at').waitFor()
      await page.getByText('All', { exact: true }).click()
      await page.getByRole('row', { name: /Justified.*by paula: The ward confirms it\./ }).waitFor()
      await page.getByRole('button', { name: /^Lift restriction/ }).click()
      await page.getByLabel('Reason').fill('Left the house.')
      await page.getByRole('button', { name: 'Lift it' }).click()
      await page.getByRole('row', { name: /Lifted.*by paula: Left the house\./ }).waitFor()
      expect(browser.complaints).toEqual([])
    },
    PATIENCE_MS,
  )
})
