/** What people say of retention in a browser: said on a study's page, a promised date let go, a request for erasure answered. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, picture, type RunningBrowser } from '../support/browser.ts'
import { adoptByHttp } from '../support/rules.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newPerson, OWN_PASSWORD, type Session, storeAs } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

describe.skipIf(browserPath() === undefined)('what people say of retention', () => {
  const one = syntheticInstance({ seed: 1, study: 1, studyDate: '20160315' })
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  let people: Readonly<Record<'rita' | 'rosa' | 'paul', Session>>

  const actAs = async (name: keyof typeof people, path: string) => {
    const [key = '', value = ''] = people[name].cookie.split('=')
    await page.context().clearCookies()
    await page.context().addCookies([{ name: key, value, url: server.url }])
    await page.goto(server.url + path)
  }
  const dialog = () => page.getByRole('dialog')
  const look = async (name: string) => {
    expect(await accessibilityFaults(page), name).toEqual([])
    await picture(page, name)
  }

  beforeAll(async () => {
    server = await startServer({ open: false })
    const adam = await firstAdministrator(server)
    people = {
      rita: await newPerson(adam, 'rita', 'records'),
      rosa: await newPerson(adam, 'rosa', 'records'),
      paul: await newPerson(adam, 'paul', 'privacy'),
    }
    await adoptByHttp(people.rita, people.paul)
    expect((await storeAs(server, people.rita, one.bytes)).status).toBe(200)
    browser = await openBrowser()
    page = browser.page
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  it('is said on the page of a study, after a look at what it would change', async () => {
    await actAs('rita', `/s/${one.study}`)
    await page.getByText('Kept at least through 15 Mar 2035.').waitFor()
    await page.getByText('What people said').click()
    await page.getByText('Nobody said anything that neither the images nor messages say.').waitFor()
    await look('facts-empty')
    await page.getByRole('button', { name: 'Say something of this study…' }).click()
    await dialog().getByRole('combobox', { name: 'What' }).fill('kept at')
    await page.getByRole('option', { name: 'kept at least through' }).click()
    await dialog().getByLabel('The day').fill('2050-12-31')
    await dialog().getByRole('button', { name: 'See what it would change' }).click()
    await dialog().getByText('Kept through 15 Mar 2035, it is now kept through 31 Dec 2050.').waitFor()
    await dialog().getByLabel('Reason').fill('SYNTHETIC: a teaching file.')
    await look('facts-say')
    await dialog().getByRole('button', { name: 'Say it' }).click()
    await page.getByText('Kept through 31 Dec 2050 because people want it.').waitFor()
    await page.getByText('Kept at least through: 31 Dec 2050').waitFor()
    await look('facts-said')
  })

  it('is said of a patient and of the trial he is in; what cannot be is refused in words', async () => {
    await page.getByRole('button', { name: 'Say something of the patient…' }).click()
    await dialog().getByRole('combobox', { name: 'What' }).fill('which trial')
    await page.getByRole('option', { name: 'which trial it is in' }).click()
    await dialog().getByLabel('Name of the trial').fill('EUCT 2023-505')
    await dialog().getByLabel('Reason').fill('SYNTHETIC: consent of 2015.')
    await dialog().getByRole('button', { name: 'Say it' }).click()
    await page.getByText('In the trial EUCT 2023-505').waitFor()
    await page.getByRole('button', { name: 'Say something of the trial EUCT 2023-505…' }).click()
    await dialog().getByRole('combobox', { name: 'What' }).fill('a tag')
    await page.getByRole('option', { name: /a tag, such as/ }).click()
    await dialog().getByRole('combobox', { name: 'Tag' }).fill('trial-ind')
    await page.getByRole('option', { name: 'trial-ind' }).click()
    await dialog().getByLabel('Reason').fill('SYNTHETIC: an investigational drug.')
    await dialog().getByRole('button', { name: 'Say it' }).click()
    await page.getByText('Kept until more is known: the day of the approval, the end of the trial.').waitFor()
    await page.getByRole('button', { name: 'Say something of the patient…' }).click()
    await dialog().getByRole('combobox', { name: 'What' }).fill('day of death')
    await page.getByRole('option', { name: 'the day of death' }).click()
    await dialog().getByLabel('The day').fill('2999-01-01')
    await dialog().getByRole('button', { name: 'See what it would change' }).click()
    await dialog()
      .getByText(/death lies ahead/)
      .waitFor()
    await look('facts-error')
    await page.keyboard.press('Escape')
  })

  it('can be taken back; a date promised by it stands until three people sign that it goes', async () => {
    await page.getByRole('button', { name: 'Take back: In the trial EUCT 2023-505' }).click()
    await dialog().getByRole('button', { name: 'See what it would change' }).click()
    await dialog()
      .getByText(/that stands until three people let it go/)
      .waitFor()
    await dialog().getByLabel('Reason').fill('SYNTHETIC: the wrong patient.')
    await look('facts-take-back')
    await dialog().getByRole('button', { name: 'Take it back' }).click()
    await page.getByText(/^Promised without end before more became known/).waitFor()

    await actAs('rita', '/compliance')
    await page.getByText('No date is to be let go').waitFor()
    await page.getByRole('button', { name: 'Let a date go' }).click()
    await dialog().getByLabel('Study Instance UID').fill(one.study)
    await dialog().getByLabel('It rests on').fill('Letter of the sponsor')
    await dialog().getByLabel('Reason').fill('SYNTHETIC: never in the trial.')
    await look('reduction-propose')
    await dialog().getByRole('button', { name: 'Propose to let it go' }).click()
    await page.getByText('Stands without end').waitFor()
    for (const [who, button, send] of [
      ['rosa', /^Approve: reduction/, 'Approve it'],
      ['paul', /^Let it go: reduction/, 'Let the date go'],
    ] as const) {
      await actAs(who, '/compliance')
      await page.getByRole('button', { name: button }).click()
      await dialog().getByLabel('Reason').fill('SYNTHETIC: agreed.')
      expect(await dialog().getByRole('button', { name: send }).isDisabled()).toBe(true)
      await dialog().getByLabel('Your password').fill(OWN_PASSWORD)
      await look(`reduction-${who}`)
      await dialog().getByRole('button', { name: send }).click()
      await dialog().waitFor({ state: 'detached' })
    }
    await page.getByText('Let go', { exact: true }).waitFor()
    await look('reduction-done')
    await page.goto(`${server.url}/s/${one.study}`)
    await page.getByText('Kept through 31 Dec 2050 because people want it.').waitFor()
  })

  it('has a request for erasure recorded and answered, with a letter that cites the rule', async () => {
    await actAs('rita', '/compliance')
    await page.getByText('Nobody asked for erasure').waitFor()
    await page.getByRole('button', { name: 'Record a request' }).click()
    await dialog().getByRole('combobox', { name: 'Patient' }).fill('SYN-1')
    await page.getByRole('option', { name: /SYN-1/ }).click()
    await dialog().getByLabel('Asked on').fill('2026-01-31')
    await dialog().getByLabel('Who asked, and how').fill('The patient, by letter')
    await dialog().getByLabel('How the identity was made sure').fill('Passport seen')
    await look('erasure-record')
    await dialog().getByRole('button', { name: 'Record the request' }).click()
    await page.getByText('Waits for an answer').waitFor()
    await page.getByText(/The month ended on 1 Mar 2026|To be answered by 1 Mar 2026/).waitFor()
    // Until 2050 because people want it, until 2035 because of the law: the law is what the patient is told.
    await page.getByText(/^Refused: kept through 15 Mar 2035/).waitFor()
    expect(await page.getByRole('button', { name: /^Answer: request/ }).count()).toBe(0)
    await actAs('paul', `/compliance`)
    await page.getByRole('button', { name: /^Answer: request/ }).click()
    await dialog().getByLabel('To the patient').fill('SYNTHETIC: with kind regards.')
    await look('erasure-answer')
    await dialog().getByRole('button', { name: 'Answer the request' }).click()
    await page.getByText('Answered', { exact: true }).waitFor()
    await look('erasure-answered')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /^Letter \(PDF\): request/ }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^erasure-\d+\.pdf$/)
    expect(browser.complaints.filter((text) => !/status of (400|401|404|409)/.test(text))).toEqual([])
  })
})
