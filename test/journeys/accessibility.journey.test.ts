/**
 * Every address of the app, in its states, dark and light, wide and narrow: nothing for axe to find. And the first acts
 * of a technologist with the keyboard alone. The list is held against the app's own routes, so that a new screen cannot
 * come without its line here.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newAccount, type Session } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const ONE = syntheticInstance({ seed: 1, spacing: '0.5\\0.5' })
/** Key of its patient's timeline: issuer and ID. */
const PATIENT = Buffer.from('|SYN-1').toString('base64url')
/** Other content under the first's UID, so that there is a conflict to show. */
const OTHER = Buffer.from(ONE.bytes).fill(7, ONE.bytes.length - 64)

interface Address {
  /** As the router names it. */
  readonly route: string
  readonly state: string
  readonly path: string
  /** What shows that the state has come. */
  readonly shows: (page: Page) => Promise<unknown>
}

const heading = (name: string | RegExp) => (page: Page) => page.getByRole('heading', { name }).first().waitFor()
const words = (text: string | RegExp) => (page: Page) => page.getByText(text).first().waitFor()

const ADDRESSES: readonly Address[] = [
  { route: '/', state: 'full', path: '/', shows: (page) => page.getByRole('row', { name: /synthetic/i }).waitFor() },
  { route: '/', state: 'no match', path: '/?q=nobody', shows: words('No study matches') },
  { route: '/upload', state: 'empty', path: '/upload', shows: heading('Add images') },
  { route: '/s/$study', state: 'full', path: `/s/${ONE.study}`, shows: heading('1 series') },
  { route: '/p/$patient', state: 'full', path: `/p/${PATIENT}`, shows: heading('Patient timeline') },
  { route: '/p/$patient', state: 'list', path: `/p/${PATIENT}?view=list`, shows: heading('Patient timeline') },
  { route: '/p/$patient', state: 'not there', path: '/p/fA', shows: heading(/./) },
  { route: '/s/$study', state: 'not there', path: '/s/2.25.404', shows: heading(/./) },
  {
    route: '/v/$study',
    state: 'full',
    path: `/v/${ONE.study}`,
    shows: (page) => page.locator('[data-viewport][data-state="shown"]').waitFor(),
  },
  {
    route: '/v/$study/trends',
    state: 'nothing followed',
    path: `/v/${ONE.study}/trends`,
    shows: words('Nothing is followed'),
  },
  { route: '/v/$study', state: 'not there', path: '/v/2.25.404', shows: heading(/./) },
  { route: '/admin/connections', state: 'full', path: '/admin/connections', shows: heading('Connections') },
  { route: '/admin/conflicts', state: 'full', path: '/admin/conflicts', shows: heading('Conflicts') },
  { route: '/orders', state: 'nothing', path: '/orders', shows: words('Nothing is to be done') },
  { route: '/admin/messages', state: 'nothing', path: '/admin/messages', shows: words('No message needs attention') },
  { route: '/routing', state: 'nothing', path: '/routing', shows: words('No destinations') },
  { route: '/prior-rules', state: 'nothing', path: '/prior-rules', shows: words('No rules of your own') },
  { route: '/persons', state: 'nothing', path: '/persons', shows: words('Nothing is to be decided') },
  { route: '/persons/$patient', state: 'full', path: `/persons/${PATIENT}`, shows: heading('Patient identity') },
  { route: '/rejected', state: 'nothing', path: '/rejected', shows: words('Nothing was rejected') },
  { route: '/admin/accounts', state: 'not for this account', path: '/admin/accounts', shows: heading('Accounts') },
  { route: '/account', state: 'full', path: '/account', shows: heading(/./) },
  { route: '/storage', state: 'nothing sealed', path: '/storage', shows: words('Nothing is sealed yet') },
  { route: '/compliance', state: 'nothing on hold', path: '/compliance', shows: words('No legal holds') },
  { route: '/access/$patient', state: 'not for this account', path: `/access/${PATIENT}`, shows: heading(/./) },
  { route: '/questions', state: 'nothing asked', path: '/questions', shows: words('What can be asked') },
  { route: '/questions', state: 'not for this account', path: '/questions?q=SYN-1', shows: heading('Questions') },
  { route: '/integrity/$study', state: 'not for this account', path: `/integrity/${ONE.study}`, shows: heading(/./) },
  {
    route: '/destruction/$study',
    state: 'not for this account',
    path: `/destruction/${ONE.study}`,
    shows: heading(/./),
  },
  { route: '/complete/$patient', state: 'not for this account', path: `/complete/${PATIENT}`, shows: heading(/./) },
  { route: '/complete', state: 'no time', path: '/complete', shows: words('Of which time?') },
  { route: '/restricted', state: 'not for this account', path: '/restricted', shows: heading('Restricted') },
  { route: '/emergency', state: 'form', path: '/emergency', shows: heading('Emergency access') },
  { route: '/audit', state: 'not for this account', path: '/audit', shows: heading(/./) },
  { route: '/audit/lookouts', state: 'nothing', path: '/audit/lookouts', shows: heading(/./) },
  { route: 'none', state: 'no such page', path: '/no-such-page', shows: heading(/./) },
]

const PASSWORD = 'a long synthetic sentence 1'

describe.skipIf(browserPath() === undefined)('everybody can use every screen', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  let admin: Session
  let oneTime: string
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-chosen-'))

  beforeAll(async () => {
    server = await startServer({ open: false })
    admin = await firstAdministrator(server)
    oneTime = await newAccount(admin, 'tess', 'technologist', 'records')
    // A study that is not there is a 404 and accounts and the audit log are not for her, which the browser writes on its console.
    browser = await openBrowser({ ignore: /status of (401|403|404)|no dataType provided/ })
    page = browser.page
    // Choosers are caught from here on: between two that are waited for, Chromium would close the second unseen.
    page.on('filechooser', () => {})
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('has a line here for each address of the app', () => {
    const routes = [...readFileSync('src/app/router.tsx', 'utf8').matchAll(/^ {2}path: '([^']+)'/gm)].map(
      ([, path]) => path,
    )
    expect(routes.length).toBeGreaterThan(5)
    expect(new Set(ADDRESSES.map(({ route }) => route).filter((route) => route !== 'none'))).toEqual(new Set(routes))
  })

  /** What has the focus, as it is called. */
  const focused = () =>
    page.evaluate<string>(
      `(({ labels, textContent }) => labels?.[0]?.textContent.replace(' *', '') ?? textContent.trim())(document.activeElement)`,
    )

  /** Presses Tab until what has that name has the focus; a person would not press more often. */
  async function tabTo(name: string): Promise<void> {
    const passed: string[] = []
    for (let press = 0; press < 30; press += 1) {
      const now = await focused()
      if (now === name) return
      passed.push(now)
      await page.keyboard.press('Tab')
    }
    throw new Error(`Tab never came to ${name}, only to ${passed.join(', ')}`)
  }

  it('logs in, adds files and opens the study with the keyboard alone, seeing where the focus is', async () => {
    await page.goto(server.url)
    await page.getByLabel('Name').waitFor()
    // The first field has the focus already.
    await page.keyboard.type('tess')
    await page.keyboard.press('Tab')
    await page.keyboard.type(oneTime)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Choose a password of your own' }).waitFor()
    for (const [field, word] of [
      ['Present password', oneTime],
      ['New password', PASSWORD],
      ['New password again', PASSWORD],
    ] as const) {
      await tabTo(field)
      await page.keyboard.type(word)
    }
    await page.keyboard.press('Enter')
    await page.getByText('No studies yet').waitFor()

    writeFileSync(join(folder, 'one.dcm'), ONE.bytes)
    writeFileSync(join(folder, 'other.dcm'), OTHER)
    for (const file of ['one.dcm', 'other.dcm']) {
      await page.keyboard.press('g')
      await page.keyboard.press('u')
      await page.getByRole('heading', { name: 'Add images' }).waitFor()
      await tabTo('Choose files')
      expect(
        await page.evaluate<boolean>("document.activeElement.matches(':focus-visible')"),
        'the focus is to be seen',
      ).toBe(true)
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')])
      await chooser.setFiles(join(folder, file))
      await page.getByText(file).waitFor()
      await page.getByText(/1 of 1 file|2 of 2 files/).waitFor()
    }
    expect(await accessibilityFaults(page), 'upload with results').toEqual([])

    await page.keyboard.press('g')
    await page.keyboard.press('w')
    await page.getByRole('row', { name: /synthetic/i }).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys of this screen' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('/')
    await page.keyboard.type('synthetic')
    await page.waitForURL((url) => url.searchParams.get('q') === 'synthetic')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: '1 series' }).waitFor()
    await page.keyboard.press('v')
    await page.locator('[data-viewport][data-state="shown"]').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { name: '1 series' }).waitFor()
  })

  it.each(ADDRESSES)('axe finds nothing on $route, $state', async ({ path, shows }) =>
    expectNoFaults(server.url + path, shows),
  )

  it('axe finds nothing on /audit, full, which an archive without login shows to anybody', async () => {
    const open = await startServer()
    try {
      await fetch(`${open.dicomweb}/studies`)
      await expectNoFaults(`${open.url}/audit`, words(/used the audit log|searched/))
    } finally {
      await open.stop()
    }
  })

  it('axe finds nothing on what an administrator sees: accounts, and no patients', async () => {
    const [key = '', value = ''] = admin.cookie.split('=')
    await page.context().addCookies([{ name: key, value, url: server.url }])
    await expectNoFaults(`${server.url}/`, words('This account sees no patients'))
    await expectNoFaults(`${server.url}/admin/accounts`, (at) =>
      at.getByRole('cell', { name: 'tess', exact: true }).waitFor(),
    )
  })

  async function expectNoFaults(address: string, shows: Address['shows']): Promise<void> {
    for (const width of [1360, 390]) {
      await page.setViewportSize({ width, height: 900 })
      await page.goto(address)
      await shows(page)
      await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
      for (const scheme of ['dark', 'light']) {
        await page.evaluate(`document.documentElement.dataset.mantineColorScheme = '${scheme}'`)
        expect(await accessibilityFaults(page), `${address} ${scheme}, ${width} wide`).toEqual([])
      }
    }
  }

  it('gave the browser nothing to complain of', () => {
    expect(browser.complaints).toEqual([])
  })
})
