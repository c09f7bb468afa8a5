/**
 * OHIF, unchanged, with us as its only source: its list, a study, and a study beside its prior, in Chromium. It comes from
 * another origin, as it would in a hospital.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gather } from '../../src/base/bytes.ts'
import { noduleExaminations, noduleHistory } from '../../src/synthetic/nodule-story.ts'
import { browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { missing as missingOhif, type Ohif, openOhif } from '../support/ohif.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const missing = browserPath() === undefined ? 'needs Chromium' : missingOhif
/** Where screenshots are left for somebody to look at. */
const PICTURES = process.env['PICTURES_DIR']
const [FIRST, , THIRD] = noduleHistory()
const STRANGER = syntheticInstance({ seed: 5, study: 77, patientId: 'ELSE-1', patientName: 'ELSEWHERE^SOMEBODY' })

describe.skipIf(missing !== '')(`OHIF${missing && `: ${missing}`}`, { timeout: 240_000 }, () => {
  let ohif: Ohif
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  /** What it asked us and was not answered well. */
  const failed: string[] = []

  beforeAll(async () => {
    ohif = await openOhif(() => server.dicomweb)
    server = await startServer({ environment: { CLEARKEEP_HTTP__CORSORIGINS: JSON.stringify([ohif.origin]) } })
    for (const examination of [FIRST!, THIRD!]) {
      const slices = [...noduleExaminations()].filter(({ series }) => series === examination.series).slice(5, 15)
      for (const object of slices) expect((await stow(server.dicomweb, await gather(object.open()))).status).toBe(200)
    }
    expect((await stow(server.dicomweb, STRANGER.bytes)).status).toBe(200)
    browser = await openBrowser({ width: 1600, height: 1000, flags: ['--enable-unsafe-swiftshader'] })
    page = browser.page
    page.on('response', (response) => {
      if (response.url().startsWith(server.url) && response.status() >= 400)
        failed.push(`${response.status()} ${response.url()}`)
    })
    page.on('requestfailed', (request) => {
      // What it gives up itself, when a page is left, is no fault of ours.
      if (request.url().startsWith(server.url) && request.failure()?.errorText !== 'net::ERR_ABORTED')
        failed.push(`${request.failure()?.errorText} ${request.url()}`)
    })
  })
  afterAll(async () => {
    await browser?.close()
    await Promise.all([server?.stop(), ohif?.close()])
  })

  async function picture(name: string): Promise<Buffer> {
    const png = await page.screenshot()
    if (PICTURES !== undefined) {
      mkdirSync(PICTURES, { recursive: true })
      await sharp(png).toFile(join(PICTURES, `ohif-${name}.png`))
    }
    return png
  }
  /** How much the greys of a viewport differ: an image does, a black pane does not. */
  async function spread(at: number): Promise<number> {
    const png = await page.locator('.cornerstone-canvas').nth(at).screenshot()
    const { channels } = await sharp(png).greyscale().stats()
    return channels[0]?.stdev ?? 0
  }

  it('lists what is here', async () => {
    await page.goto(ohif.origin)
    await page.getByText('ELSEWHERE', { exact: false }).first().waitFor()
    await picture('list')
    expect(failed).toEqual([])
  })

  it('opens a study and shows its images', async () => {
    await page.goto(`${ohif.origin}/viewer?StudyInstanceUIDs=${THIRD!.study}`)
    await page.locator('.cornerstone-canvas').first().waitFor()
    await expect.poll(() => spread(0), { timeout: 120_000 }).toBeGreaterThan(20)
    await picture('study')
    expect(failed).toEqual([])
  })

  it('shows the current study and its prior together', async () => {
    const both = `StudyInstanceUIDs=${THIRD!.study}&StudyInstanceUIDs=${FIRST!.study}`
    await page.goto(`${ohif.origin}/viewer?${both}&hangingprotocolid=@ohif/hpCompare`)
    await page.locator('.cornerstone-canvas').nth(1).waitFor()
    for (const at of [0, 1]) await expect.poll(() => spread(at), { timeout: 120_000 }).toBeGreaterThan(20)
    await picture('compare')
    expect(failed).toEqual([])
  })
})
