import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  let mirror: string

  beforeAll(async () => {
    mirror = join(mkdtempSync(join(tmpdir(), 'clearkeep-page-')), 'mirror')
    server = await startServer({ environment: { CLEARKEEP_VAULT__MIRRORS: JSON.stringify([mirror]) } })
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
    rmSync(join(mirror, '..'), { recursive: true, force: true })
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

  it('says when everything was read again, and which image a damaged file takes with it', async () => {
    await page.getByRole('button', { name: 'Read everything again now' }).click()
    await page.getByText('Everything was as it came').waitFor()
    await page.getByText('It has everything that is sealed.').waitFor()
    for (const vault of [join(server.data, 'vault'), join(mirror, 'vault')]) {
      const [pack = ''] = readdirSync(vault, { recursive: true, encoding: 'utf8' }).filter((one) =>
        one.endsWith('.zip'),
      )
      const bytes = readFileSync(join(vault, pack))
      const at = bytes.indexOf(Buffer.from([0xff, 0xd9])) - 20
      bytes[at] = (bytes[at] ?? 0) ^ 1
      writeFileSync(join(vault, pack), bytes)
    }
    await page.getByRole('button', { name: 'Read everything again now' }).click()
    await page.getByText('1 file damaged in every copy').waitFor()
    await page.getByText(/^1 image cannot be given out: 2\.25\.\d+ \(bytes [\d,]+ to [\d,]+\)\.$/).waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    expect(browser.complaints).toEqual([])
    const figures = await (await fetch(`${server.url}/metrics`)).text()
    expect(figures).toMatch(/^clearkeep_copy_good\{copy="mirror-1"\} 1$/m)
    expect(figures).toMatch(/^clearkeep_fixity_harmed_instances 1$/m)
  })
})
