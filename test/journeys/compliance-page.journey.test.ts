/** The compliance desk in a browser: a hold placed by one person and released by two, the calendar, and what if. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, picture, type RunningBrowser } from '../support/browser.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newPerson, OWN_PASSWORD, type Session, storeAs } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'

describe.skipIf(browserPath() === undefined)('the compliance desk', () => {
  const one = syntheticInstance({ seed: 1, study: 1, studyDate: '20160315' })
  const old = syntheticInstance({ seed: 2, study: 2, studyDate: '19900315' })
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  let people: Readonly<Record<'rita' | 'paul' | 'adam', Session>>

  const actAs = async (name: keyof typeof people) => {
    const [key = '', value = ''] = people[name].cookie.split('=')
    await page.context().clearCookies()
    await page.context().addCookies([{ name: key, value, url: server.url }])
  }

  const look = async (name: string) => {
    expect(await accessibilityFaults(page), name).toEqual([])
    await picture(page, name)
  }

  beforeAll(async () => {
    server = await startServer({ open: false })
    const adam = await firstAdministrator(server)
    people = {
      adam,
      rita: await newPerson(adam, 'rita', 'records'),
      paul: await newPerson(adam, 'paul', 'privacy'),
    }
    for (const { bytes } of [one, old]) {
      const stored = await storeAs(server, people.rita, bytes)
      expect(stored.status).toBe(200)
    }
    browser = await openBrowser()
    page = browser.page
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  it('keeps everything without end until rules are adopted: proposed by one, adopted by another', async () => {
    await actAs('rita')
    await page.goto(`${server.url}/compliance`)
    await page.getByText('No rules yet: everything is kept without end').waitFor()
    await look('desk-empty')
    await page.getByRole('button', { name: 'Propose rules' }).click()
    const dialog = page.getByRole('dialog', { name: 'Propose rules of retention' })
    // A part takes its whole with it.
    await dialog.getByRole('combobox', { name: 'Jurisdictions' }).fill('us-ca')
    await page.getByRole('option', { name: 'United States (us-ca)' }).click()
    await dialog.getByText('United States (us)', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await dialog.getByRole('combobox', { name: 'Institution' }).click()
    await page.getByRole('option', { name: 'Hospital', exact: true }).click()
    await dialog.getByRole('button', { name: 'See what it would change' }).click()
    await dialog.getByText(/2 studies more would have a date/).waitFor()
    await look('rules-what-if')
    await dialog.getByLabel('Reason').fill('SYNTHETIC: by counsel.')
    await dialog.getByRole('button', { name: 'Propose these rules' }).click()
    await page.getByText('Waits to be adopted').waitFor()
    expect(await page.getByRole('button', { name: /^Adopt/ }).count()).toBe(0)

    await actAs('paul')
    await page.goto(`${server.url}/compliance`)
    await page.getByRole('button', { name: /^Adopt: rules/ }).click()
    await page.getByRole('dialog').getByLabel('Reason').fill('SYNTHETIC: agreed.')
    await page.getByRole('dialog').getByLabel('Your password').fill('not mine')
    await page.getByRole('dialog').getByRole('button', { name: 'Adopt the rules' }).click()
    await page.getByText('The name or the password is wrong.').waitFor()
    await page.getByRole('dialog').getByLabel('Your password').fill(OWN_PASSWORD)
    await page.getByRole('dialog').getByRole('button', { name: 'Adopt the rules' }).click()
    await page.getByText('Counts', { exact: true }).waitFor()
    await look('rules-adopted')
  })

  it('shows the calendar, and lists what is due', async () => {
    await actAs('rita')
    await page.goto(`${server.url}/compliance`)
    await page.getByRole('heading', { name: 'Retention calendar' }).waitFor()
    await page.getByText('No legal holds').waitFor()
    await look('desk-calendar')

    // By keyboard: each section by its number, a new hold by its letter.
    await page.keyboard.press('6')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Retention calendar')
    await page.keyboard.press('n')
    await page.getByRole('dialog', { name: 'Place a legal hold' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'List: Today' }).click()
    await page.getByRole('link', { name: /15 Mar 1990/ }).waitFor()
    await page.getByRole('button', { name: 'Close: Today' }).click()
    await page.getByRole('button', { name: 'List: 2035' }).click()
    await page.getByRole('link', { name: /15 Mar 2016/ }).waitFor()
  })

  it('places a hold from the page of a study; it is held there and in the calendar', async () => {
    await actAs('rita')
    await page.goto(`${server.url}/s/${old.study}`)
    await page.getByRole('link', { name: 'Place a legal hold on it' }).click()
    const dialog = page.getByRole('dialog', { name: 'Place a legal hold' })
    expect(await dialog.getByLabel('Study Instance UIDs').inputValue()).toBe(old.study)
    await dialog.getByLabel('Matter').fill('Roe v. Hospital')
    await dialog.getByLabel('Reason').fill('A letter from counsel.')
    await look('hold-new')
    await dialog.getByRole('button', { name: 'Place the hold' }).click()
    const row = page.getByRole('row', { name: /Roe v. Hospital/ })
    await row.getByText('covers 1 study now').waitFor()
    await page.getByRole('definition').filter({ hasText: /^1/ }).first().waitFor()
    await row.getByRole('link', { name: 'Open the study' }).click()
    await page.getByText(/On legal hold \d+ since/).waitFor()
  })

  it('is released by two people, and by nobody alone', async () => {
    await actAs('rita')
    await page.goto(`${server.url}/compliance`)
    await page.getByRole('button', { name: /Ask for release: hold/ }).click()
    await page.getByRole('dialog').getByLabel('Reason').fill('The case is closed.')
    await page.getByRole('dialog').getByRole('button', { name: 'Ask for the release' }).click()
    await page.getByText('Release asked for').waitFor()
    expect(await page.getByRole('button', { name: /Release: hold/ }).count()).toBe(0)
    await page.getByRole('button', { name: /Withdraw: hold/ }).waitFor()

    await actAs('paul')
    await page.reload()
    await page.getByRole('button', { name: /Release: hold/ }).click()
    await page.getByRole('dialog').getByLabel('Reason').fill('Agreed.')
    await page.getByRole('dialog').getByLabel('Your password').fill(OWN_PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByText(/asked for by rita, released by paul/).waitFor()
    await look('desk-full')
    await page.goto(`${server.url}/s/${old.study}`)
    await page.getByText(/a person may consider it/).waitFor()
  })

  it('says of each section what could not be shown, and shows it again when asked', async () => {
    await page.route(/\/api\/(holds|dispositions|erasures|redactions|retention)/, (route) =>
      route.fulfill({ status: 503, contentType: 'application/json', body: '{}' }),
    )
    await page.goto(`${server.url}/compliance`)
    for (const what of [
      'the legal holds',
      'what was proposed',
      'the requests',
      'the rules of retention',
      'the calendar',
    ])
      await page.getByRole('heading', { name: `Could not show ${what}` }).waitFor()
    await look('desk-error')
    await page.unroute(/\/api\/(holds|dispositions|erasures|redactions|retention)/)
    await page.getByRole('button', { name: 'Retry' }).first().click()
    await page.getByText(/asked for by rita, released by paul/).waitFor()
  })

  it('is no place for whoever may neither see nor place holds', async () => {
    const { adam, paul } = people
    const body = { matter: 'x', reason: 'y', studies: [one.study] }
    expect((await adam.ask('POST', '/api/holds', body)).status).toBe(403)
    const placed = await paul.ask('POST', '/api/holds', body)
    expect(placed.status).toBe(200)
    const step = (who: Session, name: string) =>
      who.sign(`/api/holds/${String(placed.json['id'])}/${name}`, { reason: 'z' })
    expect(await step(paul, 'release')).toMatchObject({ status: 409, json: { code: 'HOLD_STATE' } })
    expect((await step(paul, 'ask')).status).toBe(200)
    expect(await step(paul, 'release')).toMatchObject({ status: 403, json: { code: 'HOLD_SAME_PERSON' } })
    expect(await step(people.rita, 'release')).toMatchObject({ status: 403, json: { code: 'ACCESS_DENIED' } })
    expect(await paul.ask('POST', '/api/holds', { ...body, studies: ['no uid'] })).toMatchObject({ status: 400 })
    expect(await paul.ask('POST', '/api/holds', { ...body, studies: [] })).toMatchObject({ status: 400 })
    expect(browser.complaints.filter((text) => !/status of (400|401|403|409|503)/.test(text))).toEqual([])
  })
})
