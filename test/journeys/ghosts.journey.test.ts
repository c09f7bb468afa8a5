/**
 * A lesion of the prior, shown at its place in the current study: nothing is matched until a person says so, and what is
 * measured then is the same lesion, under the Tracking Unique Identifier it has for ever.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Measurements } from '../../src/api/measurements.ts'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const study = (number: number, studyDate: string) =>
  [0, 1, 2].map((slice) =>
    syntheticInstance({
      seed: number * 10 + slice,
      study: number,
      studyDate,
      studyDescription: 'CT Chest',
      rows: 128,
      columns: 128,
      spacing: '1\\1',
      position: slice * 3,
      frameOfReference: `2.25.${number}`,
      value: (column, row) => column * 8 + row,
    }),
  )
const [PRIOR, CURRENT] = [study(160, '20250101'), study(161, '20260101')]
const [OLD, NEW] = [PRIOR[0]!.study, CURRENT[0]!.study]

describe.skipIf(browserPath() === undefined)('ghosts of lesions', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  let uid = ''

  beforeAll(async () => {
    server = await startServer()
    for (const { bytes } of [...PRIOR, ...CURRENT]) expect((await stow(server.dicomweb, bytes)).status).toBe(200)
    browser = await openBrowser({ width: 1400, height: 900, ignore: /no dataType provided/ })
    page = browser.page
    await page.goto(`${server.url}/v/${OLD}`)
    await page.locator('[data-viewport][data-state="shown"]').waitFor()
    await page.keyboard.press('b')
    await page.keyboard.press('Enter')
    await page.keyboard.press('n')
    await page.locator('[data-finding="L1"]').waitFor()
    uid = (await page.locator('[data-finding="L1"]').getAttribute('data-tracking')) ?? ''
    await page.getByRole('button', { name: 'Keep', exact: true }).click({ timeout: 15_000 })
    await page.locator('[data-kept="true"]').waitFor({ timeout: 15_000 })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })
  const kept = async (of: string) =>
    ((await (await fetch(`${server.url}/api/studies/${of}/measurements`)).json()) as Measurements).reports.filter(
      (report) => report.study === of,
    )

  it('stand at their place, said how well it is known, and on that slice alone', async () => {
    await page.goto(`${server.url}/v/${NEW}?prior=${OLD}`)
    const ghost = page.locator('[data-side="a"] [data-ghost="L1"]')
    await ghost.waitFor({ timeout: 15_000 })
    expect(await ghost.getAttribute('data-tier')).toBe('table position')
    expect(await ghost.innerText()).toContain('not registered')
    expect(await page.locator('[data-side="b"] [data-ghost]').count()).toBe(0)
    expect(await accessibilityFaults(page)).toEqual([])
    const folder = process.env['SCREENSHOTS']
    if (folder) await page.screenshot({ path: `${folder}/ghost.png` })
    await page.keyboard.press('ArrowDown')
    await ghost.waitFor({ state: 'detached' })
    await page.keyboard.press('ArrowUp')
    await ghost.waitFor()
  })

  it('are nothing until a person says so; then it is the same lesion, with numbers of its own', async () => {
    expect(await kept(NEW)).toEqual([])
    await page.getByRole('button', { name: 'L1: the same lesion here' }).press('Enter', { timeout: 5000 })
    await page.locator('[data-side="a"] [data-measure="bidirectional"][data-lesion="L1"]').waitFor()
    await page.locator('[data-ghost]').first().waitFor({ state: 'detached' })
    await page.keyboard.press('n')
    await page.getByRole('button', { name: 'Keep', exact: true }).click({ timeout: 15_000 })
    await page.locator('[data-kept="true"]').waitFor({ timeout: 15_000 })
    const [report] = await kept(NEW)
    expect(report?.findings.map(({ trackingUid }) => trackingUid)).toEqual([uid])
    expect(report?.findings[0]?.measured.length).toBeGreaterThan(1)
  })
})
