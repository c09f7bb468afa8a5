/** Rejection in a browser: one object, then a whole study, taken out of sight by who may, seen by who answers for it, taken back. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newPerson, type Session, storeAs } from '../support/session.ts'
import { syntheticInstance } from '../support/synthetic.ts'

describe.skipIf(browserPath() === undefined)('rejecting images', () => {
  const three = [1, 2, 3].map((seed) => syntheticInstance({ seed, study: 1, series: seed > 2 ? 2 : 1 }))
  const study = three[0]?.study ?? ''
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  let people: Readonly<Record<'theo' | 'rita' | 'clara', Session>>

  const actAs = async (name: keyof typeof people) => {
    const [key = '', value = ''] = people[name].cookie.split('=')
    await page.context().clearCookies()
    await page.context().addCookies([{ name: key, value, url: server.url }])
  }
  const shown = async () => {
    const { json } = await people.clara.ask('GET', `/api/studies/${study}/instances`)
    return Array.isArray(json['instances']) ? json['instances'].length : 0
  }

  beforeAll(async () => {
    server = await startServer({ open: false })
    const adam = await firstAdministrator(server)
    people = {
      theo: await newPerson(adam, 'theo', 'technologist'),
      rita: await newPerson(adam, 'rita', 'radiologist'),
      clara: await newPerson(adam, 'clara', 'clinician'),
    }
    for (const { bytes } of three) expect((await storeAs(server, people.theo, bytes)).status).toBe(200)
    browser = await openBrowser()
    page = browser.page
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  it('takes one object out of sight, for a reason this person may give, with the keyboard', async () => {
    await actAs('rita')
    await page.goto(`${server.url}/s/${study}`)
    await page.locator('summary', { hasText: '2 objects' }).click()
    await page.getByRole('button', { name: 'Reject object 1' }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Reject images' })
    await dialog.getByLabel('What is wrong with it').waitFor()
    expect(await dialog.getByRole('radio').count()).toBe(2) // no wrong worklist entry, no expired retention
    await dialog.getByRole('radio', { name: 'Poor quality' }).check()
    await dialog.getByLabel('What is wrong with it').fill('SYNTHETIC: moved')
    expect(await accessibilityFaults(page)).toEqual([])
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const row = page.getByRole('row', { name: /Poor quality 1 object/ })
    await row.getByText('SYNTHETIC: moved').waitFor()
    expect(await shown()).toBe(2)
    expect(await accessibilityFaults(page)).toEqual([])
  })

  it('is nothing a clinician may do or see', async () => {
    await actAs('clara')
    await page.goto(`${server.url}/s/${study}`)
    await page.getByRole('heading', { name: 'Objects' }).waitFor()
    expect(await page.getByRole('button', { name: /Reject/ }).count()).toBe(0)
    expect(await page.getByRole('heading', { name: 'Rejected' }).count()).toBe(0)
    expect((await people.clara.ask('GET', '/api/rejections')).status).toBe(403)
    const body = { code: '113001', reason: 'x' }
    expect((await people.clara.ask('POST', `/api/studies/${study}/rejections`, body)).status).toBe(403)
    expect(
      (await people.rita.ask('POST', `/api/studies/${study}/rejections`, { ...body, code: '113038' })).status,
    ).toBe(403)
    expect(
      (await people.rita.ask('POST', `/api/studies/${study}/rejections`, { ...body, code: '113000' })).status,
    ).toBe(400)
  })

  it('takes a whole study out of every list but that of what was rejected, and back', async () => {
    await actAs('theo')
    await page.goto(`${server.url}/s/${study}`)
    await page.getByRole('button', { name: 'Reject…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Reject images' })
    await dialog.getByRole('radio', { name: 'Wrong worklist entry' }).check()
    await dialog.getByLabel('What is wrong with it').fill('SYNTHETIC: another patient')
    await dialog.getByRole('button', { name: 'Reject 2 objects' }).click()
    await page.getByText('Nothing of this study is shown').waitFor()
    expect(await shown()).toBe(0)
    expect(await accessibilityFaults(page)).toEqual([])

    await page.getByRole('link', { name: 'Rejected' }).click()
    const row = page.getByRole('row', { name: /Wrong worklist entry 2 objects/ })
    await row.getByText('SYNTHETIC: another patient').waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await row.getByRole('button', { name: 'Take back' }).click()
    await page.getByRole('dialog').getByLabel('Reason').fill('SYNTHETIC: it was hers after all')
    await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click()
    await page.getByText(/Taken back by theo/).waitFor()
    expect(await shown()).toBe(2)
    expect(browser.complaints.filter((text) => !/status of (400|403|404)/.test(text))).toEqual([])
  })
})
