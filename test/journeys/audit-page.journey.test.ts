/** A privacy officer at the browser: finds in the audit log who saw a patient's images, with the keyboard alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

describe.skipIf(browserPath() === undefined)('the audit page', { timeout: 180_000 }, () => {
  let server: RunningServer
  let browser: RunningBrowser
  const one = syntheticInstance({ seed: 1, study: 1, patientId: 'LOOKED-AT' })
  const other = syntheticInstance({ seed: 2, study: 2, patientId: 'LEFT-ALONE' })

  beforeAll(async () => {
    server = await startServer()
    for (const { bytes } of [one, other]) await stow(server.dicomweb, bytes)
    await fetch(`${server.dicomweb}/studies/${one.study}/metadata`).then((answer) => answer.text())
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await server.stop()
  })

  it('tells of everything first, and that somebody looks', async () => {
    const { page } = browser
    await page.goto(server.url)
    await page.getByRole('link', { name: 'Audit' }).click()
    await page.getByText(`open opened images of study ${one.study} from 127.0.0.1.`).waitFor()
    await page.getByText(`open stored an instance of study ${other.study} from 127.0.0.1.`).waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
  })

  it('asks by patient with the keyboard alone, and the question stands in the address', async () => {
    const { page } = browser
    await page.getByLabel('Patient ID').focus()
    await page.keyboard.type('LOOKED-AT')
    await page.keyboard.press('Enter')
    await page.waitForURL(/patient=LOOKED-AT/)
    await page.getByText(`open stored an instance of study ${other.study}`).waitFor({ state: 'detached' })
    await expect.poll(() => page.locator('tbody tr').count()).toBe(2)
    await page.reload()
    await expect.poll(() => page.getByLabel('Patient ID').inputValue()).toBe('LOOKED-AT')
    await expect.poll(() => page.locator('tbody tr').count()).toBe(2)
  })

  it('says that nothing fits, and shows what was asked before as entries of the log', async () => {
    const { page } = browser
    await page.getByLabel('Patient ID').fill('NOBODY')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByText('Nothing was done that fits').waitFor()
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.getByText('open used the audit log from 127.0.0.1.').first().waitFor()
    expect(browser.complaints).toEqual([])
  })
})
