import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

describe.skipIf(browserPath() === undefined)('the storage page', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page

  beforeAll(async () => {
    server = await startServer()
    for (let at = 0; at < 4; at += 1)
      await stow(
        server.dicomweb,
        syntheticInstance({
          seed: at,
          rows: 256,
          columns: 256,
          value: (column, row) => (column * row + at) % 4096,
        }).bytes,
      )
    browser = await openBrowser()
    page = browser.page
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  it('says what waits, seals it when told, and shows what came of it', async () => {
    await page.goto(`${server.url}/storage`)
    await page.getByText('4 objects in 1 study, kept as received').waitFor()
    await page.getByRole('button', { name: 'Seal what waits' }).click()
    await page.getByRole('row', { name: /CT 4/ }).waitFor()
    await page.getByText('0 objects in 0 studies, kept as received').waitFor()
    const { kept } = (await (await fetch(`${server.url}/api/storage`)).json()) as {
      kept: { received: number; kept: number }[]
    }
    const share = (((kept[0]?.kept ?? 0) / (kept[0]?.received ?? 1)) * 100).toFixed(1)
    expect(await page.getByRole('row', { name: /CT 4/ }).textContent()).toContain(`${share} %`)
    expect(await accessibilityFaults(page)).toEqual([])
    expect(browser.complaints).toEqual([])
  })
})
