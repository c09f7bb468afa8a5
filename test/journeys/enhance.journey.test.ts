/**
 * Filters for viewing: they change what stands on the screen and nothing else. The original is one key away, bit for bit; it
 * is said that the picture is processed for as long as it is; every number is of the original.
 */
import { createHash } from 'node:crypto'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gather } from '../../src/base/bytes.ts'
import { noduleExaminations, noduleHistory } from '../../src/synthetic/nodule-story.ts'
import { STORIES } from '../../src/synthetic/stories.ts'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { original, stow } from '../support/client.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const FILTERS = ['Bone detail', 'Lung lines', 'Soft tissue', 'Less noise', 'Specks away']
const [FIRST] = noduleHistory()

describe.skipIf(browserPath() === undefined)('filters for viewing', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  const breast = [...STORIES.breast.objects()][0]!

  beforeAll(async () => {
    server = await startServer()
    const slices = [...noduleExaminations()].filter(({ series }) => series === FIRST!.series).slice(8, 12)
    for (const object of [...slices, breast])
      expect((await stow(server.dicomweb, await gather(object.open()))).status).toBe(200)
    browser = await openBrowser({ width: 1400, height: 1000, ignore: /no dataType provided/ })
    page = browser.page
    await page.goto(`${server.url}/v/${FIRST!.study}`)
    await page.locator('[data-viewport][data-state="shown"]').waitFor()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  /** The drawn pixels, as they are. */
  const canvas = async () => {
    const pixels = await page.evaluate<string>(`(() => {
      const canvas = document.querySelector('[data-viewport] canvas')
      const copy = document.createElement('canvas')
      copy.width = canvas.width
      copy.height = canvas.height
      const context = copy.getContext('2d')
      context.drawImage(canvas, 0, 0)
      const { data } = context.getImageData(0, 0, copy.width, copy.height)
      let text = ''
      for (let at = 0; at < data.length; at += 4) text += String.fromCharCode(data[at])
      return btoa(text)
    })()`)
    return createHash('sha256').update(pixels).digest('hex')
  }
  const drawn = (processed: boolean) =>
    page
      .locator(`[data-viewport][data-state="shown"]${processed ? ':not([data-processed=""])' : '[data-processed=""]'}`)
      .waitFor()
  const panel = () => page.getByRole('complementary', { name: 'Panel' })
  const numbers = () =>
    page.locator('[data-measure]').evaluateAll((found) => found.map((one) => one.getAttribute('data-says')))
  const mark = () => page.locator('[data-processed-mark]')
  let asItCame = ''

  it('are off until a person asks for them', async () => {
    await page.keyboard.press('q')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    await page.locator('[data-measure="ellipse"]').waitFor()
    await drawn(false)
    expect(await mark().count()).toBe(0)
    await page.keyboard.press('e')
    await panel().getByRole('heading', { name: 'Enhance' }).waitFor()
    await drawn(false)
    asItCame = await canvas()
    expect(await accessibilityFaults(page)).toEqual([])
  })

  it.each(FILTERS)(
    '%s changes the picture and says so; measurements keep their numbers; hold o for the original, bit for bit',
    async (name) => {
      const before = await numbers()
      expect(before[0]).toMatch(/^Mean .* SD .* HU/)
      await panel().getByRole('button', { name, exact: true }).click()
      await drawn(true)
      expect(await mark().textContent()).toContain('PROCESSED for viewing')
      const processed = await canvas()
      expect(processed).not.toBe(asItCame)
      expect(await numbers()).toEqual(before)

      await page.keyboard.down('o')
      await drawn(false)
      expect(await mark().count()).toBe(0)
      expect(await canvas()).toBe(asItCame)
      expect(await numbers()).toEqual(before)
      await page.keyboard.up('o')
      await drawn(true)
      expect(await canvas()).toBe(processed)
    },
  )

  it('are marked even where the facts on the image are off', async () => {
    await page.locator('[data-viewport]').focus()
    await page.keyboard.press('u')
    expect(await mark().count()).toBe(1)
    await page.keyboard.press('u')
  })

  it('follow from image to image: the mark and the picture change together', async () => {
    const first = await page.locator('[data-viewport]').getAttribute('data-sop')
    await page.keyboard.press('ArrowDown')
    await page
      .locator(`[data-viewport][data-state="shown"]:not([data-sop="${first}"]):not([data-processed=""])`)
      .waitFor()
    await page.keyboard.press('ArrowUp')
    await page.locator(`[data-viewport][data-state="shown"][data-sop="${first}"]:not([data-processed=""])`).waitFor()
  })

  it('go away with everything else on Space', async () => {
    await page.keyboard.press('Space')
    await drawn(false)
    expect(await mark().count()).toBe(0)
    expect(await canvas()).toBe(asItCame)
  })

  it('are not offered for mammograms', async () => {
    await page.goto(`${server.url}/v/${breast.study}`)
    await page.locator('[data-viewport][data-state="shown"]').waitFor()
    await page.keyboard.press('e')
    await panel().getByText('There are no filters for MG images').waitFor()
    expect(await panel().getByRole('slider').count()).toBe(0)
  })

  it('left what is kept as it came', async () => {
    const [first] = [...noduleExaminations()].filter(({ series }) => series === FIRST!.series).slice(8, 9)
    const sent = await gather(first!.open())
    const kept = await original(server.url, first!.study, first!.series, first!.instance)
    expect(Buffer.compare(kept, Buffer.from(sent))).toBe(0)
  })

  it('gave the browser nothing to complain of', () => {
    expect(browser.complaints).toEqual([])
  })
})
