/** Three planes through a series (MPR) and slabs of them, as a person uses them: by keys, by the pointer, and what is refused. */
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const SLICES = 16
/** Lighter towards the head, 3 mm a slice; a bright rod along the patient. */
const slices = Array.from({ length: SLICES }, (_, at) =>
  syntheticInstance({
    seed: 1200 + at,
    study: 120,
    rows: 96,
    columns: 96,
    spacing: '1\\1',
    position: at * 3,
    value: (column, row) => (Math.hypot(column - 30, row - 60) < 5 ? 4000 : at * 150),
  }),
)
const flat = syntheticInstance({ seed: 1300, study: 130, rows: 96, columns: 96 })
const STUDY = slices[0]?.study ?? ''

describe.skipIf(browserPath() === undefined)('three planes', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page

  beforeAll(async () => {
    server = await startServer()
    for (const { bytes } of [...slices, flat]) expect((await stow(server.dicomweb, bytes)).status).toBe(200)
    browser = await openBrowser({ height: 1000, ignore: /no dataType provided/ })
    page = browser.page
    await page.goto(`${server.url}/v/${STUDY}`)
    await page.locator('[data-viewport][data-state="shown"]').waitFor()
    await page.keyboard.press('Shift+X')
    await shown()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })
  const pane = (name: string, rest = '') => page.locator(`[data-mpr="${name}"][data-state="shown"]${rest}`)
  const shown = async (rest = '') => {
    for (const name of ['axial', 'coronal', 'sagittal']) await pane(name, rest).waitFor({ timeout: 15_000 })
  }
  const shot = async (name: string) => {
    const folder = process.env['SCREENSHOTS']
    if (folder) await page.screenshot({ path: `${folder}/${name}.png` })
  }
  /** Mean grey of a small square of a pane; places are fractions of it. */
  async function greyAt(name: string, x: number, y: number): Promise<number> {
    const picture = sharp(await pane(name).locator('canvas').first().screenshot())
    const { width = 1, height = 1 } = await picture.metadata()
    const part = { left: Math.round(width * x) - 3, top: Math.round(height * y) - 3, width: 6, height: 6 }
    // Statistics are of what is given, not of what was cut from it.
    const { channels } = await sharp(await picture.extract(part).png().toBuffer()).stats()
    return channels[0]?.mean ?? 0
  }

  it('are as large as the volume, straight, lettered, and say that they are computed', async () => {
    const size = (name: string) => pane(name).getAttribute('data-size')
    expect([await size('axial'), await size('coronal'), await size('sagittal')]).toEqual(['96x96', '96x46', '96x46'])
    await pane('coronal').getByText('COMPUTED: Coronal').waitFor()
    expect(await pane('coronal').innerText()).toMatch(/SYNTHETIC, PATIENT[\s\S]*R[\s\S]*L[\s\S]*H[\s\S]*F/)
    expect(await accessibilityFaults(page)).toEqual([])
    await shot('planes')
  })

  it('show the head above: lighter towards the head, as the slices are', async () => {
    expect(await greyAt('coronal', 0.85, 0.32)).toBeGreaterThan((await greyAt('coronal', 0.85, 0.68)) + 30)
  })

  it('go to the point one presses on, in all three', async () => {
    const box = await pane('axial').boundingBox()
    if (!box) throw new Error('no pane')
    // The rod, where the axial plane is fitted into its pane.
    const side = Math.min(box.width, box.height)
    const place = (at: number, start: number, span: number) => start + span / 2 + ((at + 0.5 - 48) * side) / 96
    await page.mouse.click(place(30, box.x, box.width), place(60, box.y, box.height))
    await page.mouse.move(0, 0)
    await shown()
    expect(await greyAt('sagittal', 0.65, 0.4)).toBeGreaterThan(200)
    await shot('planes-rod')
  })

  it('scroll, turn and thicken by keys alone, and go back to how they began', async () => {
    const centre = () => pane('axial').getAttribute('data-centre')
    await page.keyboard.press('Space')
    await shown()
    const begun = await centre()
    await page.keyboard.press('ArrowDown')
    await shown(`:not([data-centre="${begun?.replaceAll('\\', '\\\\')}"])`)
    await page.keyboard.press('Shift+ArrowRight')
    await pane('coronal', '[data-turned="5"]').waitFor()
    await pane('sagittal', '[data-turned="5"]').waitFor()
    await pane('axial', '[data-turned="0"]').waitFor()
    await pane('coronal').getByText('oblique by 5°').waitFor()
    for (let press = 0; press < 5; press += 1) await page.keyboard.press('Shift+ArrowUp')
    await pane('coronal').getByText('maximum (MIP) of 40 mm').waitFor()
    await shown()
    await shot('planes-slab')
    await page.keyboard.press('Space')
    await pane('coronal', '[data-turned="0"]').waitFor()
    expect(await centre()).toBe(begun)
    await page.keyboard.press('Shift+X')
    await page.locator('[data-viewport][data-state="shown"]').waitFor()
  })

  it('are refused with the reason where no volume can be made', async () => {
    await page.goto(`${server.url}/v/${flat.study}?layout=mpr`)
    await page.getByRole('alert').getByText('it has fewer than 3 slices').waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await shot('planes-refused')
    await page.getByRole('button', { name: 'Back to the series' }).press('Enter')
    await page.locator('[data-viewport][data-state="shown"]').waitFor()
  })
})
