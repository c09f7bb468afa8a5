/** Routing in the browser: a rule is tried and made, what waits for a destination that is away is seen and tried again. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { type DoorForTests, openDoor } from '../support/dicom-door.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const image = (seed: number, modality = 'CT') =>
  syntheticInstance({ seed, study: seed, rows: 16, columns: 16, modality })

describe.skipIf(browserPath() === undefined)('routing in the browser', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  let node: DoorForTests
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-routing-page-'))
  beforeAll(async () => {
    node = await openDoor()
    const gone = await openDoor()
    const { port } = gone
    await gone.close()
    const destinations = [
      { aet: 'WORKSTATION', host: '127.0.0.1', port: node.port },
      { aet: 'NIGHT', host: '127.0.0.1', port },
    ]
    writeFileSync(join(folder, 'clearkeep.json'), JSON.stringify({ dicom: { destinations } }))
    server = await startServer({ flags: ['--config', join(folder, 'clearkeep.json')] })
    browser = await openBrowser()
    page = browser.page
    await stow(server.dicomweb, image(1).bytes)
    await stow(server.dicomweb, image(2, 'MR').bytes)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await node?.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const shot = (name: string) =>
    process.env['SCREENSHOTS'] && page.screenshot({ path: `${process.env['SCREENSHOTS']}/${name}.png`, fullPage: true })

  it('makes a rule that was tried on what is here', async () => {
    await page.goto(`${server.url}/routing`)
    await page.getByText('No rules').waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await shot('routing-empty')
    await page.getByRole('button', { name: 'New rule' }).click()
    const dialog = page.getByRole('dialog', { name: 'New rule' })
    await dialog.getByLabel('Name').fill('All CT')
    await dialog.getByLabel('Attributes').fill('Modality')
    await dialog.getByText('Line 1 is not KEYWORD=VALUE.').waitFor()
    await dialog.getByLabel('Attributes').fill('Modality=CT')
    await dialog.getByLabel('WORKSTATION').check()
    await dialog.getByLabel('NIGHT').check()
    await dialog.getByRole('button', { name: 'Try it on recent studies' }).click()
    await dialog.getByText('Of the 2 studies that came last it would have sent something of 1.').waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await shot('routing-rule')
    await dialog.getByRole('button', { name: 'Make the rule' }).click()
    await page.getByRole('row', { name: /All CT.*Modality is CT.*WORKSTATION, NIGHT.*On/ }).waitFor()
  })

  it('shows what waits for a destination that is away, while another has it', async () => {
    await stow(server.dicomweb, image(3).bytes)
    await stow(server.dicomweb, image(4, 'MR').bytes)
    await expect.poll(() => node.archive.kept.length).toBe(1)
    await page.getByRole('row', { name: /NIGHT.*1.*Away/ }).waitFor()
    await page.getByRole('row', { name: /WORKSTATION.*There/ }).waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await shot('routing')
    await page.getByRole('button', { name: 'Queue of NIGHT' }).click()
    const dialog = page.getByRole('dialog', { name: 'Queue of NIGHT' })
    await dialog.getByLabel('Reason').fill('It was mended.')
    expect(await accessibilityFaults(page)).toEqual([])
    await shot('routing-queue')
    await dialog.getByRole('button', { name: 'Try all of it now' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Switch off All CT' }).click()
    await page.getByRole('row', { name: /All CT.*Off/ }).waitFor()
    await page.getByRole('button', { name: 'Remove All CT' }).click()
    await page.getByText('No rules').waitFor()
  })
})
