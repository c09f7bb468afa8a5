/** What a site and a reader want of priors, in the browser: a rule tried and made, a prior preferred and let go again. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, picture, type RunningBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const of = (seed: number, studyDate: string, modality: string, studyDescription: string) =>
  syntheticInstance({ seed, study: seed, studyDate, modality, rows: 32, columns: 32, studyDescription })
const CURRENT = of(1, '20240301', 'CT', 'CT Chest')
const BEFORE = of(2, '20230301', 'CT', 'CT Thorax')
const FILM = of(3, '20240220', 'CR', 'Chest PA')
const OLDEST = of(4, '20150220', 'CT', 'CT Thorax')

describe.skipIf(browserPath() === undefined)('what is wanted of priors', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page

  beforeAll(async () => {
    server = await startServer()
    for (const { bytes } of [CURRENT, BEFORE, FILM, OLDEST])
      expect((await stow(server.dicomweb, bytes)).status).toBe(200)
    browser = await openBrowser({ ignore: /no dataType provided/ })
    page = browser.page
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const look = async (name: string) => {
    expect(await accessibilityFaults(page), name).toEqual([])
    await picture(page, name)
  }
  const order = async (): Promise<readonly string[]> => {
    const answer = await fetch(`${server.url}/api/studies/${CURRENT.study}/priors`)
    const { priors } = (await answer.json()) as {
      readonly priors: readonly { readonly study: { readonly study: string } }[]
    }
    return priors.map(({ study }) => study.study)
  }

  it('is tried on a study before it counts, and then counts', async () => {
    expect(await order()).toEqual([BEFORE.study, OLDEST.study, FILM.study])
    await page.goto(`${server.url}/prior-rules`)
    await page.getByText('No rules of your own').waitFor()
    await look('prior-rules-empty')
    await page.getByRole('button', { name: 'New rule' }).click()
    const dialog = page.getByRole('dialog', { name: 'New rule' })
    await dialog.getByLabel('Name').fill('The last film first')
    const prior = dialog.getByRole('group', { name: 'an earlier one' })
    await prior.getByRole('combobox', { name: 'Kind of examination' }).fill('XR')
    await page.getByRole('option', { name: 'XR' }).click()
    await page.keyboard.press('Escape')
    await dialog.getByLabel('Points').fill('60')
    await dialog.getByLabel('At most so many years before').fill('1')
    await dialog.getByRole('combobox', { name: 'On a study' }).fill('CT Chest')
    await page.getByRole('option', { name: /1 Mar 2024 · CT · CT Chest/ }).click()
    await dialog.getByRole('button', { name: 'See what it would change' }).click()
    await dialog.getByText('The priors of this study would be:').waitFor()
    expect(await dialog.getByRole('listitem').first().textContent()).toMatch(
      /20 Feb 2024 · CR · Chest PA.*up 2.*rule “The last film first” \(\+60\)/,
    )
    await look('prior-rules-try')
    expect(await order()).toEqual([BEFORE.study, OLDEST.study, FILM.study])
    await dialog.getByRole('button', { name: 'Make the rule' }).click()
    await page
      .getByRole('row', { name: /The last film first.*anything.*XR.*at most 1 year before.*\+60.*Counts/ })
      .waitFor()
    await look('prior-rules')
    expect((await order())[0]).toBe(FILM.study)
  })

  it('is changed, switched off and removed', async () => {
    await page.getByRole('button', { name: 'Change The last film first' }).click()
    const dialog = page.getByRole('dialog', { name: 'Rule “The last film first”' })
    await dialog.getByLabel('Points').fill('-100')
    await dialog.getByText('This gives: never.').waitFor()
    await dialog.getByRole('button', { name: 'Change the rule' }).click()
    await page.getByRole('row', { name: /never/ }).waitFor()
    expect(await order()).toEqual([BEFORE.study, OLDEST.study])
    await page.getByRole('button', { name: 'Switch off The last film first' }).click()
    await page.getByRole('row', { name: /Off/ }).waitFor()
    expect(await order()).toHaveLength(3)
    await page.getByRole('button', { name: 'Remove The last film first' }).click()
    await page.getByText('No rules of your own').waitFor()
  })

  it('is the reader’s own choice, kept for the study until it is let go', async () => {
    await page.goto(`${server.url}/v/${CURRENT.study}`)
    await page.locator('[data-viewport][data-state="shown"]').first().waitFor()
    await page.keyboard.press('p')
    await page.getByText(/^Prior 1 of 3/).waitFor()
    expect(await page.getByRole('button', { name: 'Prefer this prior' }).count()).toBe(0)
    await page.keyboard.press('p')
    await page.getByText(/^Prior 2 of 3/).waitFor()
    await page.getByRole('button', { name: 'Prefer this prior' }).click()
    await page.getByText('Kept.').waitFor()
    await page.getByText(/^Prior 1 of 3: you chose it for this study/).waitFor()
    await look('prior-preferred')
    await page.goto(`${server.url}/v/${CURRENT.study}?prior=best`)
    await page.getByText(/^Prior 1 of 3: you chose it for this study/).waitFor()
    await page.getByRole('button', { name: 'Let the archive choose' }).click()
    await page.getByText(/^Prior 1 of 3: same region/).waitFor()
    expect(await order()).toEqual([BEFORE.study, OLDEST.study, FILM.study])
    expect(browser.complaints).toEqual([])
  })

  it('says what is wrong with a rule, and when the rules cannot be had', async () => {
    const post = (body: object) =>
      fetch(`${server.url}/api/priors/rules`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const bad = await post({ name: 'x', points: 10, prior: { regions: ['thorax'] } })
    expect([bad.status, await bad.text()]).toEqual([400, expect.stringContaining('there is no region thorax')])
    await page.route(/\/api\/priors\/rules/, (route) =>
      route.fulfill({ status: 503, contentType: 'application/json', body: '{}' }),
    )
    await page.goto(`${server.url}/prior-rules`)
    await page.getByRole('heading', { name: 'Could not show the rules' }).waitFor()
    await look('prior-rules-error')
  })
})
