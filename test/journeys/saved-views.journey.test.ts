/**
 * What a reader leaves in a study: the picture as it stands, kept as a presentation state that others read, shown again as it
 * was; and key images. DCMTK's own reader and dciodvfy judge what is kept.
 */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { T } from '../../src/dicom/dictionary.ts'
import { readWhole } from '../../src/dicom/reader.ts'
import { items, text } from '../../src/dicom/values.ts'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { original, stow } from '../support/client.ts'
import { errorsOf, hasDciodvfy } from '../support/dciodvfy.ts'
import { hasDcmtk, run } from '../support/dcmtk.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const SIDE = 256
const SLICES = [0, 1, 2].map((at) =>
  syntheticInstance({
    seed: 900 + at,
    study: 90,
    rows: SIDE,
    columns: SIDE,
    spacing: '0.5\\0.5',
    position: at * 5,
    value: (column, row) => column * 8 + row * 4 + at,
  }),
)
const STUDY = SLICES[0]?.study ?? ''

describe.skipIf(browserPath() === undefined)('what a reader leaves in a study', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page

  beforeAll(async () => {
    server = await startServer()
    for (const { bytes } of SLICES) expect((await stow(server.dicomweb, bytes)).status).toBe(200)
    browser = await openBrowser({ height: 1000, ignore: /no dataType provided/ })
    page = browser.page
    await page.goto(`${server.url}/v/${STUDY}`)
    await shown()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })
  const shown = (rest = '') => page.locator(`[data-viewport][data-state="shown"]${rest}`).waitFor({ timeout: 10_000 })
  const data = (name: string) => page.locator('[data-viewport]').getAttribute(`data-${name}`)
  const shot = async (name: string) => {
    const folder = process.env['SCREENSHOTS']
    if (folder) await page.screenshot({ path: `${folder}/${name}.png` })
  }
  const kept = async (modality: string) => {
    const answer = await fetch(`${server.dicomweb}/studies/${STUDY}/instances?Modality=${modality}`, {
      headers: { accept: 'application/dicom+json' },
    })
    const [found] = (await answer.json()) as { [tag: string]: { Value: string[] } }[]
    const [series, instance] = ['0020000E', '00080018'].map((tag) => found?.[tag]?.Value[0] ?? '')
    return { instance, bytes: await original(server.url, STUDY, series!, instance!) }
  }

  let saved = { width: '', center: '' }

  it('keeps the picture by keys alone: window, turn, part, and what is drawn', async () => {
    await page.keyboard.press('Alt+Shift+ArrowRight')
    await page.keyboard.press('i')
    await page.keyboard.press('r')
    await page.keyboard.press('h')
    await page.keyboard.press('+')
    await page.keyboard.press('d')
    await page.keyboard.press('Enter')
    await page.locator('[data-measurements="1"]').waitFor()
    await page.keyboard.press('Shift+V')
    const name = page.getByLabel('Name of the view')
    await name.fill('Läsion, left')
    await shown('[data-invert="true"]')
    saved = { width: (await data('window-width'))!, center: (await data('window-center'))! }
    await shot('keep-panel')
    await page.getByText('for 3 of 3 images').waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await name.press('Enter')
    await page.getByText('Kept. It stands in the strip of series.').waitFor()
    await page.getByRole('navigation', { name: 'Series' }).getByText('Läsion, left').waitFor()
  })

  it('what is kept names the images and their window, and nobody finds fault with it', async () => {
    const { instance, bytes } = await kept('PR')
    const { dataSet } = readWhole(bytes)
    expect(text(dataSet, T.ContentLabel)).toBe('LA_SION_ LEFT')
    expect(
      items(dataSet, T.ReferencedSeriesSequence).flatMap((one) => items(one, T.ReferencedImageSequence)),
    ).toHaveLength(3)
    expect(text(items(dataSet, T.SoftcopyVOILUTSequence)[0]!, T.WindowWidth)).toBe(saved.width)
    if (hasDciodvfy()) expect(await errorsOf(bytes)).toEqual([])
    if (hasDcmtk()) {
      const folder = mkdtempSync(`${tmpdir()}/clearkeep-view-`)
      writeFileSync(`${folder}/state.dcm`, bytes)
      writeFileSync(`${folder}/image.dcm`, SLICES[1]!.bytes)
      const { code, said } = await run(
        'dcmp2pgm',
        '-p',
        `${folder}/state.dcm`,
        `${folder}/image.dcm`,
        `${folder}/out.pgm`,
      )
      expect([code, said.match(/^[EF]:.*$/gm)]).toEqual([0, null])
    }
    expect(instance).not.toBe('')
  })

  it('BIR-23 shows a saved view as it was saved, told as one, and leaves the series as it came', async () => {
    await page.goto(`${server.url}/v/${STUDY}`)
    await shown('[data-invert="false"]')
    await page.getByRole('navigation', { name: 'Series' }).getByText('Läsion, left').click()
    await shown('[data-invert="true"]')
    expect([await data('window-width'), await data('window-center')]).toEqual([saved.width, saved.center])
    expect(await data('image-count')).toBe('3')
    await page.locator('[data-saved-view]', { hasText: 'Saved view: Läsion, left' }).waitFor()
    await page.locator('[data-saved-marks="2"]').waitFor()
    expect(await page.locator('[data-letters]').getAttribute('data-letters')).toMatch(/^. . . .$/)
    await shot('saved-view')
    expect(await accessibilityFaults(page)).toEqual([])
    await page.locator('[data-viewport]').focus()
    // Graphics belong to the image they were drawn on.
    await page.keyboard.press('ArrowDown')
    await shown('[data-image-index="2"]')
    await page.locator('[data-saved-marks="0"]').waitFor()
    await page.keyboard.press('i')
    await shown('[data-invert="false"]')
    await page.keyboard.press('Space')
    await shown('[data-invert="true"]')
  })

  it('BIR-23 marks key images by a key, keeps them with a reason, and shows them alone', async () => {
    await page.goto(`${server.url}/v/${STUDY}`)
    await shown('[data-image-index="1"]')
    await page.keyboard.press('Shift+K')
    await page.getByText('☆ marked, not kept yet').waitFor()
    await page.keyboard.press('Shift+V')
    await page.getByLabel('Why they are marked').selectOption('conference')
    await page.getByRole('button', { name: 'Keep one key image' }).press('Enter')
    await page.getByText('Kept. It stands in the strip of series.').waitFor()
    await page.getByText('· ★ key image').waitFor()
    await shot('key-image')
    await page.locator('[data-key-images="1"]').click()
    await shown('[data-image-count="1"]')
    const { bytes } = await kept('KO')
    expect(items(readWhole(bytes).dataSet, T.ContentSequence).at(-1)).toBeDefined()
    if (hasDciodvfy()) expect(await errorsOf(bytes)).toEqual([])
    if (hasDcmtk()) {
      const path = `${mkdtempSync(`${tmpdir()}/clearkeep-keys-`)}/one.dcm`
      writeFileSync(path, bytes)
      const { code, said } = await run('dsrdump', path)
      expect(code).toBe(0)
      expect(said).toContain('For Conference')
    }
  })
})
