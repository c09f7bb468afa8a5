/** The desk of destruction in a browser: proposed from the calendar by one person, approved by two others, called off. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, picture, type RunningBrowser } from '../support/browser.ts'
import { adoptByHttp } from '../support/rules.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newPerson, OWN_PASSWORD, type Session, storeAs } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const WHY = 'SYNTHETIC: past its date, looked at.'

describe.skipIf(browserPath() === undefined)('the desk of destruction', () => {
  const old = syntheticInstance({ seed: 2, study: 2, studyDate: '19900315' })
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  let people: Readonly<Record<'rita' | 'rosa' | 'paul' | 'adam', Session>>

  const actAs = async (name: keyof typeof people) => {
    const [key = '', value = ''] = people[name].cookie.split('=')
    await page.context().clearCookies()
    await page.context().addCookies([{ name: key, value, url: server.url }])
    await page.goto(`${server.url}/compliance`)
    await page.getByRole('heading', { name: 'Destruction' }).waitFor()
  }
  const say = async (button: string) => {
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill(WHY)
    if (button.startsWith('Approve')) await dialog.getByLabel('Your password').fill(OWN_PASSWORD)
    await dialog.getByRole('button', { name: button }).click()
    await dialog.waitFor({ state: 'detached' })
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
      rosa: await newPerson(adam, 'rosa', 'records'),
      paul: await newPerson(adam, 'paul', 'privacy'),
    }
    await adoptByHttp(people.rita, people.paul)
    expect((await storeAs(server, people.rita, old.bytes)).status).toBe(200)
    browser = await openBrowser()
    page = browser.page
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  it('takes what is due from the calendar, once what was assumed was looked at', async () => {
    await actAs('rita')
    await page.getByText('Nothing was proposed for destruction').waitFor()
    await page.getByRole('button', { name: 'List: Today' }).click()
    await page.getByRole('checkbox', { name: /Choose 15 Mar 1990/ }).check()
    await page.getByRole('button', { name: 'Propose 1 study for destruction…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Propose for destruction' })
    await dialog.getByLabel('Reason').fill(WHY)
    const send = dialog.getByRole('button', { name: 'Propose for destruction' })
    expect(await send.isDisabled()).toBe(true)
    await dialog.getByRole('checkbox', { name: /I have looked at 15 Mar 1990/ }).check()
    await look('desk-propose')
    await send.click()
    await page.getByText('Waits for the first approval').waitFor()
    expect(await page.getByRole('button', { name: /^Approve/ }).count()).toBe(0)
  })

  it('is approved by two others, hides the study, and says from when it is destroyed', async () => {
    await actAs('paul')
    await page.getByText('Waits for the first approval').waitFor()
    expect(await page.getByRole('button', { name: /^Approve/ }).count()).toBe(0)
    await actAs('rosa')
    await page.getByRole('button', { name: /^Approve: disposition/ }).click()
    await say('Approve the destruction')
    await page.getByText('Waits for the second approval').waitFor()
    await actAs('paul')
    await page.getByRole('button', { name: /^Approve: disposition/ }).waitFor()
    // One key leads to what waits for the person who looks.
    await page.getByRole('link', { name: /^Destruction.*1 under way.*1 waits for you/ }).waitFor()
    await look('desk-waits-for-you')
    await page.keyboard.press('a')
    await page.keyboard.press('Enter')
    // Looked at once it is there: what has not begun to fade in is no animation yet.
    await page.getByRole('dialog').getByLabel('Reason').fill(WHY)
    await look('destruction-approve')
    await say('Approve the destruction')
    await page.getByText('Cooling off').waitFor()
    await page.getByText(/Hidden, and destroyed from/).waitFor()
    await look('destruction-cooling')
    expect((await people.paul.ask('GET', `/api/studies/${old.study}/instances`)).status).toBe(404)
  })

  it('is called off, and the study is there again', async () => {
    await actAs('rita')
    await page.getByRole('button', { name: /^Call off: disposition/ }).click()
    await say('Call it off')
    await page
      .getByText(/Called off/)
      .first()
      .waitFor()
    await look('destruction-called-off')
    expect((await people.paul.ask('GET', `/api/studies/${old.study}/instances`)).status).toBe(200)
    expect((await people.adam.ask('POST', '/api/dispositions', { reason: 'x', studies: [old.study] })).status).toBe(403)
    const young = await people.rita.ask('POST', '/api/dispositions', { reason: 'x', studies: ['1.2.3'] })
    expect(young).toMatchObject({ status: 409, json: { code: 'DISPOSITION_NOT_DUE' } })
    expect((await people.paul.ask('GET', '/api/tombstones/1/certificate')).status).toBe(404)
    expect(browser.complaints.filter((text) => !/status of (403|404|409)/.test(text))).toEqual([])
  })
})

describe.skipIf(browserPath() === undefined)('the desk of destruction to its end', () => {
  it('destroys many studies that three people want gone, and gives a certificate of each', async () => {
    const server = await startServer({ open: false, environment: { CLEARKEEP_DISPOSITION__COOLINGDAYS: '0' } })
    const { page, close, complaints } = await openBrowser()
    try {
      const adam = await firstAdministrator(server)
      const [rita, rosa, paul] = [
        await newPerson(adam, 'rita', 'records'),
        await newPerson(adam, 'rosa', 'records'),
        await newPerson(adam, 'paul', 'privacy'),
      ]
      await adoptByHttp(rita, paul)
      const studies = [1, 2, 3, 4, 5, 6].map((seed) =>
        syntheticInstance({ seed, study: seed, studyDate: `199${seed}0315`, rows: 16, columns: 16 }),
      )
      for (const { bytes } of studies) expect((await storeAs(server, rita, bytes)).status).toBe(200)
      const at = async (who: Session) => {
        const [name = '', value = ''] = who.cookie.split('=')
        await page.context().clearCookies()
        await page.context().addCookies([{ name, value, url: server.url }])
        await page.goto(`${server.url}/compliance`)
      }
      const dialog = page.getByRole('dialog')
      const all = studies.map(({ study }) => study)
      const ask = { reason: WHY, studies: all, acknowledged: all, papers: {} }
      expect((await rita.ask('POST', '/api/dispositions', ask)).status).toBe(200)
      for (const who of [rosa, paul]) {
        await at(who)
        await page.getByRole('button', { name: /^Approve: disposition/ }).click()
        await dialog.getByLabel('Reason').fill(WHY)
        await dialog.getByLabel('Your password').fill(OWN_PASSWORD)
        await dialog.getByRole('button', { name: 'Approve the destruction' }).click()
        await dialog.waitFor({ state: 'detached' })
      }
      await expect
        .poll(
          async () => {
            await page.reload()
            return page.getByText('Destroyed', { exact: true }).count()
          },
          { timeout: 45_000, interval: 1000 },
        )
        .toBe(1)
      await page.getByRole('button', { name: 'All 6 studies' }).click()
      expect(await page.getByRole('link', { name: 'Certificate' }).count()).toBe(6)
      expect(await accessibilityFaults(page)).toEqual([])
      await picture(page, 'destruction-done')
      const paper = await page.getByRole('link', { name: 'Certificate' }).first().getAttribute('href')
      const answer = await fetch(server.url + paper, { headers: { cookie: paul.cookie } })
      expect([
        answer.status,
        Buffer.from(await answer.arrayBuffer())
          .subarray(0, 5)
          .toString(),
      ]).toEqual([200, '%PDF-'])
      for (const { study } of studies)
        expect((await rita.ask('GET', `/api/studies/${study}/instances`)).status).toBe(404)
      expect(complaints).toEqual([])
    } finally {
      await close()
      await server.stop()
    }
  }, 120_000)
})
