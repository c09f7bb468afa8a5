/** The page of the four questions: a privacy officer finds a study and is answered, and takes the answer along to be checked. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newPerson, type Session, storeAs } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'
import { look } from '../support/verify.ts'

describe.skipIf(browserPath() === undefined)('the four questions', () => {
  const one = syntheticInstance({ seed: 1 })
  const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-questions-'))
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  let paul: Session

  beforeAll(async () => {
    server = await startServer({ open: false })
    const adam = await firstAdministrator(server)
    const tess = await newPerson(adam, 'tess', 'technologist')
    paul = await newPerson(adam, 'paul', 'privacy')
    for (const bytes of [one.bytes, syntheticInstance({ seed: 2 }).bytes, Buffer.from(one.bytes).subarray(0, 900)])
      await storeAs(server, tess, bytes)
    browser = await openBrowser()
    page = browser.page
    const [key = '', value = ''] = paul.cookie.split('=')
    await page.context().addCookies([{ name: key, value, url: server.url }])
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    rmSync(scratch, { recursive: true, force: true })
  })

  const sound = async () => {
    expect(await accessibilityFaults(page)).toEqual([])
    expect(browser.complaints).toEqual([])
  }

  it('are found from a patient ID, and asked one by one', async () => {
    await page.goto(server.url)
    await page.getByRole('link', { name: 'Questions' }).click()
    await page.getByText('What can be asked').waitFor()
    await page.getByLabel('About whom, or what?').fill('SYN-1')
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByRole('row', { name: /^SYN-1/ }).waitFor()
    await sound()

    await page.getByRole('link', { name: 'Was it altered?' }).click()
    await page.getByText('Not read again yet').waitFor()
    await page.getByRole('button', { name: 'Read every object again' }).click()
    await page.getByText('Not altered: each of 2 objects is bit for bit what was received.', { exact: false }).waitFor()
    await sound()

    await page.goBack()
    await page.getByRole('link', { name: 'Was it destroyed lawfully?' }).click()
    await page.getByText('It was not destroyed: 2 objects of this study are here.').waitFor()
    await sound()

    await page.goBack()
    await page.getByRole('link', { name: 'Is the record complete?' }).click()
    await page.getByText('Complete: of 2 objects received for this patient, 2 are here', { exact: false }).waitFor()
    await sound()

    await page.goBack()
    const today = new Date().toISOString().slice(0, 10)
    await page.getByRole('textbox', { name: 'From' }).fill(today)
    await page.getByRole('textbox', { name: 'To' }).fill(today)
    await page.getByRole('button', { name: 'Ask', exact: true }).click()
    await page.getByText('received in this time', { exact: false }).waitFor()
    await page.getByText('sent an object that was not taken', { exact: false }).first().waitFor()
    await sound()
  })

  it('are answered as tables, and as files that `verify` checks offline', async () => {
    const patient = Buffer.from('|SYN-1').toString('base64url')
    const csv = await paul.ask('GET', `/api/studies/${one.study}/integrity.csv`)
    expect(csv.text.split('\r\n')).toHaveLength(4)
    expect(csv.text).toContain(one.ds)
    expect((await paul.ask('GET', `/api/studies/${one.study}/destruction.csv`)).status).toBe(200)
    expect((await paul.ask('GET', `/api/patients/${patient}/completeness.csv`)).text).toContain(one.study)
    const { text: key } = await paul.ask('GET', `/log/${new Date().getUTCFullYear()}/key`)
    for (const path of [
      `/api/patients/${patient}/access.ndjson`,
      `/api/studies/${one.study}/integrity.ndjson?read=yes`,
      `/api/studies/${one.study}/destruction.ndjson`,
      `/api/patients/${patient}/completeness.ndjson`,
    ]) {
      const response = await fetch(`${server.url}${path}`, { headers: { cookie: paul.cookie } })
      expect(response.status, path).toBe(200)
      const text = await response.text()
      const file = join(scratch, 'answer.ndjson')
      writeFileSync(file, text)
      expect(await look(file, { key: [key.trim()] }), path).toMatchObject({ exit: 0, failed: {} })
      writeFileSync(file, text.replace('"kind":"answer"', '"kind":"other"'))
      expect((await look(file, { key: [key.trim()] })).failed, path).toHaveProperty(['report, report'])
    }
  })
})
