/** Where one is logged in, logging out there and everywhere, and the page that locks itself: in Chromium. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newPerson, Session, storeAs } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const PASSWORD = 'a password of somebody’s own 1'

describe.skipIf(browserPath() === undefined)('sessions of a person', () => {
  const one = syntheticInstance({ seed: 1 })
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  let paul: Session

  beforeAll(async () => {
    server = await startServer({ open: false })
    const adam = await firstAdministrator(server)
    paul = await newPerson(adam, 'paul', 'privacy')
    const tess = await newPerson(adam, 'tess', 'technologist')
    expect((await storeAs(server, tess, one.bytes)).status).toBe(200)
    expect((await tess.ask('DELETE', '/api/session')).status).toBe(204)
    // A session that is over answers 401, which the browser writes on its console.
    browser = await openBrowser({ ignore: /status of 401/ })
    page = browser.page
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const logIn = async () => {
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.keyboard.press('Enter')
  }

  /** Sentences of logouts, newest first; those of sessions that ended by themselves come within seconds. */
  const logouts = async () => {
    const { json } = await paul.ask('GET', '/api/audit?who=tess&type=aud.110114&limit=50')
    return (json['events'] as { sentence: string }[]).map(({ sentence }) => sentence)
  }

  it('are listed, and ended one by one with the keyboard', async () => {
    const elsewhere = new Session(server.url)
    await elsewhere.logIn('tess', PASSWORD)
    await page.goto(`${server.url}/account`)
    await page.getByLabel('Name').fill('tess')
    await logIn()
    await page.getByRole('heading', { name: 'Where you are logged in' }).waitFor()
    expect(await page.getByText('This one').count()).toBe(1)
    expect(await accessibilityFaults(page)).toEqual([])
    expect((await elsewhere.ask('GET', '/api/studies')).status).toBe(200)
    await page.getByRole('button', { name: /^Log out of the session from 127.0.0.1/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: /^Log out of the session/ }).waitFor({ state: 'detached' })
    expect((await elsewhere.ask('GET', '/api/studies')).status).toBe(401)
    expect((await logouts())[0]).toBe('tess logged out of another session from 127.0.0.1.')
  })

  it('all end when one logs out everywhere, the one that says so too', async () => {
    const elsewhere = new Session(server.url)
    await elsewhere.logIn('tess', PASSWORD)
    await page.getByRole('button', { name: 'Log out everywhere' }).click()
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    expect((await elsewhere.ask('GET', '/api/studies')).status).toBe(401)
    expect((await logouts())[0]).toBe('tess logged out everywhere from 127.0.0.1.')
  })

  it('a page nobody touches locks itself, shows nothing of the patient, and goes on where it was', async () => {
    await page.clock.install()
    await page.goto(`${server.url}/?q=synthetic`)
    await page.getByLabel('Name').fill('tess')
    await logIn()
    await page.getByRole('row', { name: /synthetic/i }).waitFor()
    await page.clock.fastForward(14 * 60_000)
    await page.mouse.move(300, 300)
    await page.clock.fastForward(14 * 60_000)
    expect(await page.getByRole('row', { name: /synthetic/i }).count()).toBeGreaterThan(0)

    await page.clock.fastForward(61_000)
    await page.getByText('Locked, as nobody used this page').waitFor()
    expect(await page.content()).not.toMatch(/SYNTHETIC|Synthetic, Patient/)
    expect(await page.getByLabel('Name').inputValue()).toBe('tess')
    expect(await accessibilityFaults(page)).toEqual([])
    await expect.poll(logouts).toContain('tess was logged out, as nobody used the session, from 127.0.0.1.')
    // The password field has the focus already.
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('row', { name: /synthetic/i }).waitFor()
    expect(new URL(page.url()).search).toBe('?q=synthetic')
    expect(browser.complaints).toEqual([])
  })
})
