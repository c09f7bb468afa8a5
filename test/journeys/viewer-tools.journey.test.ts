/**
 * The viewer's tools as a person uses them: what is measured on a picture whose values and spacing are known is what
 * arithmetic on paper gives, with the pointer and with keys alone.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

/** Half a millimetre a pixel; a pixel's value is its column and twice its row, counted from 0. */
const OBJECT = syntheticInstance({
  seed: 1,
  rows: 256,
  columns: 256,
  spacing: '0.5\\0.5',
  value: (column, row) => column + 2 * row,
})
const SIDE = 256

type Place = readonly [x: number, y: number]

describe.skipIf(browserPath() === undefined)('the tools of the viewer', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page

  beforeAll(async () => {
    server = await startServer()
    expect((await stow(server.dicomweb, OBJECT.bytes)).status).toBe(200)
    browser = await openBrowser({ height: 1000, ignore: /no dataType provided/ })
    page = browser.page
    await page.goto(`${server.url}/v/${OBJECT.study}`)
    await page.locator('[data-viewport][data-state="shown"]').waitFor()
    await page.keyboard.press('Shift+O')
    await page.locator('[data-viewport][data-state="shown"][data-zoom="1"]').waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  /** The place on the screen of a point of the picture, which lies in the middle at one pixel for one pixel. */
  async function onScreen([x, y]: Place): Promise<Place> {
    const box = await page.locator('[data-viewport]').boundingBox()
    if (!box) throw new Error('no viewport')
    const corner = (start: number, span: number) => start + Math.round(span / 2 - SIDE / 2)
    return [corner(box.x, box.width) + x, corner(box.y, box.height) + y]
  }

  async function drag(from: Place, to: Place): Promise<void> {
    await page.mouse.move(...(await onScreen(from)))
    await page.mouse.down()
    await page.mouse.move(...(await onScreen([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2])))
    await page.mouse.move(...(await onScreen(to)))
    await page.mouse.up()
  }

  const says = (kind: string) => page.locator(`[data-measure="${kind}"]`).last().getAttribute('data-says')
  const count = async () => Number(await page.locator('[data-measurements]').getAttribute('data-measurements'))
  const waitForCount = (wanted: number) => page.locator(`[data-measurements="${wanted}"]`).waitFor()

  it('tells the value under the pointer', async () => {
    await page.mouse.move(...(await onScreen([30.5, 40.5])))
    await page.locator('[data-probe]', { hasText: 'x 31 y 41 · 110' }).waitFor()
  })

  it('measures a length in millimetres', async () => {
    await page.keyboard.press('d')
    await drag([20, 30], [50, 70])
    await waitForCount(1)
    expect(await says('length')).toBe('Length 25 mm') // 30 and 40 pixels, so 50, of half a millimetre
  })

  it('measures an angle with a drag and a press', async () => {
    await page.keyboard.press('a')
    await drag([110, 200], [160, 200])
    await page.mouse.move(...(await onScreen([160, 120])))
    await page.mouse.down()
    await page.mouse.up()
    await waitForCount(2)
    expect(await says('angle')).toBe('Angle 90°')
  })

  it('gives mean, deviation, least and greatest of an ellipse, from the pixels as they came', async () => {
    await page.keyboard.press('i')
    await page.keyboard.press('q')
    await drag([100, 60], [120, 80])
    await waitForCount(3)
    const inside: number[] = []
    for (let row = 0; row < SIDE; row += 1)
      for (let column = 0; column < SIDE; column += 1)
        if (Math.hypot(column + 0.5 - 110, row + 0.5 - 70) <= 10) inside.push(column + 2 * row)
    const mean = inside.reduce((sum, value) => sum + value, 0) / inside.length
    const deviation = Math.sqrt(inside.reduce((sum, value) => sum + (value - mean) ** 2, 0) / inside.length)
    expect(await says('ellipse')).toBe(
      [
        `Mean ${mean} SD ${Number(deviation.toFixed(1))}`,
        `Min ${Math.min(...inside)} Max ${Math.max(...inside)}`,
        `Area ${Number((Math.PI * 25).toFixed(1))} mm² (${inside.length} px)`, // a radius of 10 pixels is 5 mm
      ].join(' · '),
    )
    await page.keyboard.press('i')
  })

  it('keeps all numbers when the picture is turned, flipped and enlarged', async () => {
    const all = () =>
      page.locator('[data-measure]').evaluateAll((found) => found.map((one) => one.getAttribute('data-says')))
    const before = await all()
    expect(before).toHaveLength(3)
    for (const key of ['r', 'h', '+']) await page.keyboard.press(key)
    await page.locator('[data-viewport][data-state="shown"]:not([data-zoom="1"])').waitFor()
    expect(await all()).toEqual(before)
    expect(await accessibilityFaults(page)).toEqual([])
    await page.keyboard.press('Space')
    await page.keyboard.press('Shift+O')
    await page.locator('[data-viewport][data-state="shown"][data-zoom="1"]').waitFor()
  })

  it('takes the window from a region', async () => {
    await page.keyboard.press('w')
    await drag([10, 10], [20, 20])
    // Columns and rows 10 to 19: values from 30 to 57, black to white (PS3.3 C.11.2.1.2).
    await page.locator('[data-viewport][data-state="shown"][data-window-width="28"][data-window-center="44"]').waitFor()
    await page.keyboard.press('Space')
    await page.keyboard.press('Shift+O')
    await page.locator('[data-viewport][data-state="shown"][data-zoom="1"]').waitFor()
  })

  it('magnifies under the pointer', async () => {
    await page.keyboard.press('m')
    await page.mouse.move(...(await onScreen([128, 128])))
    await page.locator('canvas[data-lens]').waitFor()
    // Ten pixels right of its middle lie four pixels of the picture further.
    const [middle, right] = await page.evaluate<[number, number]>(`(() => {
      const glass = document.querySelector('canvas[data-lens]')
      const at = (x) => glass.getContext('2d').getImageData(x, glass.height / 2, 1, 1).data[0]
      return [at(glass.width / 2), at(glass.width / 2 + 100)]
    })()`)
    const window = await page
      .locator('[data-viewport]')
      .evaluate((element) => Number(element.getAttribute('data-window-width')))
    // A hundred pixels of the glass are 40 of the picture, whose values grow by one a column.
    expect(Math.abs(right - middle - (40 / window) * 255)).toBeLessThan(3)
    await page.keyboard.press('m')
    await page.locator('canvas[data-lens]').waitFor({ state: 'detached' })
  })

  it('removes what is chosen, takes back, and does again', async () => {
    await page.keyboard.press('Backspace')
    await waitForCount(2)
    await page.keyboard.press('Control+z')
    await waitForCount(3)
    await page.keyboard.press('Control+y')
    await waitForCount(2)
  })

  it('does it all by keys: puts a length in the middle and moves its end', async () => {
    await page.locator('[data-viewport]').focus()
    await page.keyboard.press('d')
    await page.keyboard.press('Enter')
    await waitForCount(3)
    expect(await says('length')).toBe('Length 60 mm') // 120 pixels
    const handle = page.getByRole('button', { name: /^Length 60 mm: point 2 of 2/ })
    await handle.focus()
    for (let press = 0; press < 4; press += 1) await page.keyboard.press('ArrowRight')
    await page.locator('[data-says="Length 62 mm"]').waitFor()
    await page.keyboard.press('Alt+ArrowLeft')
    await page.locator('[data-says="Length 61.8 mm"]').waitFor() // 123.5 pixels
    await page.keyboard.press('Delete')
    await waitForCount(2)
    expect(await page.evaluate("document.activeElement.hasAttribute('data-viewport')")).toBe(true)
    await page.keyboard.press('Escape')
    await page.locator('[data-viewport][data-tool="scroll"]').waitFor()
    expect(await count()).toBe(2)
  })

  it('lists its keys in the help', async () => {
    await page.keyboard.press('?')
    const help = page.getByRole('dialog', { name: 'Keys of this screen' })
    await help.waitFor()
    expect(await help.textContent()).toContain('Ellipse with mean and deviation')
    await page.keyboard.press('Escape')
    await help.waitFor({ state: 'detached' })
  })

  it('gave the browser nothing to complain of', () => {
    expect(browser.complaints).toEqual([])
  })
})
