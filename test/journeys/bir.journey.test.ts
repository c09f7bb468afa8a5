/**
 * IHE Basic Image Review (RAD TF supplement; transaction RAD-16, 4.16.4.2.2.5), requirement by requirement: each test bears
 * the number the checklist gives it. The pictures are the corpus's, of every modality, and the synthetic patients'.
 */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gather } from '../../src/base/bytes.ts'
import { noduleExaminations, noduleHistory } from '../../src/synthetic/nodule-story.ts'
import { STORIES } from '../../src/synthetic/stories.ts'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { corpusDir } from '../support/corpus.ts'
import { hasDcmtk } from '../support/dcmtk.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'
import { type TruePixels, truePixels } from '../support/true-pixels.ts'
import { withIdentity } from '../support/with-identity.ts'

type Place = readonly [x: number, y: number]

const VIEWPORT = '[data-viewport]'
/** Picture, file, and whether a value may be off by one (lossy decoders differ). */
const PROBED: readonly (readonly [what: string, file: string])[] = [
  ['CT, signed', 'modalities/ct/01.dcm'],
  ['CT, another maker', 'modalities/ct/ct_image.dcm'],
  ['MR, unsigned, 12 bits, a rescale with fractions', 'modalities/mr/3.dcm'],
  ['CR, MONOCHROME1, 10 bits', 'modalities/cr-dx-mg/gdcm-CR-MONO1-10-chest.dcm'],
  ['DX, MONOCHROME1, 8 bits', 'modalities/cr-dx-mg/dx_image.dcm'],
  ['US, RGB', 'modalities/us/examples_rgb_color.dcm'],
  ['US, a palette', 'modalities/us/examples_palette.dcm'],
  ['PET', 'modalities/nm-pt/1.dcm'],
  ['RF', 'modalities/xa-rf/KarstenHilbertRF.dcm'],
  ['secondary capture, signed 16 bits', 'modalities/secondary-capture/test16signed.dcm'],
]

describe.skipIf(browserPath() === undefined || corpusDir() === undefined || !hasDcmtk())('basic image review', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  const [FIRST, SECOND] = noduleHistory()
  const brain = { study: '', series: new Map<string, string>() }

  beforeAll(async () => {
    server = await startServer()
    const put = async (bytes: Uint8Array) => expect((await stow(server.dicomweb, bytes)).status).toBe(200)
    for (const examination of [FIRST!, SECOND!])
      for (const object of [...noduleExaminations()].filter(({ series }) => series === examination.series).slice(4, 16))
        await put(await gather(object.open()))
    for (const object of STORIES.brain.objects()) {
      if (brain.study === '') brain.study = object.study
      if (object.study === brain.study) await put(await gather(object.open()))
    }
    for (const object of STORIES.heart.objects()) await put(await gather(object.open()))
    for (const slice of ['000004', '000005', '000006', '000007'])
      await put(readFileSync(`${corpusDir()}/series/ct-petct-20slices/${slice}.dcm`))
    await put(readFileSync(`${corpusDir()}/series/ct-petct-20slices-ko/kos.dcm`))
    browser = await openBrowser({ width: 1400, height: 900, ignore: /no dataType provided/ })
    page = browser.page
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const shown = (rest = '') => page.locator(`${VIEWPORT}[data-state="shown"]${rest}`).first().waitFor()
  const data = (name: string, of = VIEWPORT) => page.locator(of).first().getAttribute(`data-${name}`)
  const open = async (study: string, query = '') => {
    await page.goto(`${server.url}/v/${study}${query}`)
    await shown()
  }
  const openFile = async (file: string, at: number): Promise<Buffer> => {
    const bytes = await withIdentity(readFileSync(`${corpusDir()}/${file}`), 500 + at)
    expect((await stow(server.dicomweb, bytes)).status).toBe(200)
    await open(`2.25.771000${500 + at}`)
    return bytes
  }
  const openCorpus = async (file: string, at: number): Promise<{ truth: TruePixels }> => ({
    truth: truePixels(await openFile(file, at)),
  })
  /** On the screen at one pixel for one pixel. */
  async function onScreen({ columns, rows }: { columns: number; rows: number }, [x, y]: Place): Promise<Place> {
    const box = await page.locator(VIEWPORT).boundingBox()
    if (!box) throw new Error('no viewport')
    const corner = (start: number, span: number, size: number) => start + Math.round(span / 2 - size / 2)
    return [corner(box.x, box.width, columns) + x + 0.5, corner(box.y, box.height, rows) + y + 0.5]
  }
  const text = async (selector: string) => (await page.locator(selector).first().textContent()) ?? ''

  it.each(PROBED)('BIR-01 shows %s (%s), and tells at each point the value it means', async (what, file) => {
    const { truth } = await openCorpus(
      file,
      PROBED.findIndex(([one]) => one === what),
    )
    await page.keyboard.press('Shift+O')
    await shown('[data-zoom="1"]')
    const middle: Place = [Math.floor(truth.columns / 2), Math.floor(truth.rows / 2)]
    const near: readonly Place[] = [
      middle,
      [middle[0] - 31, middle[1] + 17],
      [middle[0] + 40, middle[1] - 23],
      [middle[0] - 11, middle[1] - 29],
    ]
    for (const place of near) {
      await page.mouse.move(...(await onScreen(truth, place)))
      await page.locator('[data-probe]', { hasText: `x ${place[0] + 1} y ${place[1] + 1} ·` }).waitFor()
      const said = (await text('[data-probe]')).split('·')[1] ?? ''
      const values = (said.replaceAll('−', '-').match(/-?\d+(\.\d+)?/g) ?? []).map(Number)
      const wanted = truth.at(...place)
      expect(values, `${what} at ${place.join(', ')}`).toHaveLength(wanted.length)
      values.forEach((value, at) => {
        expect(value, `${what} at ${place.join(', ')}`).toBeCloseTo(wanted[at] ?? 0, 1)
      })
    }
  })

  it('BIR-02 keeps series apart: each has at least one set of its own in the strip', async () => {
    await open(brain.study)
    const strip = page.getByRole('navigation', { name: 'Series' }).getByRole('button')
    await expect.poll(() => strip.count()).toBe(6)
    const names = await strip.allTextContents()
    expect(names[0]).toContain('T1 IR sagittal')
    expect(names[3]).toContain('T2 TSE coronal')
  })

  it('BIR-03 begins with the strip, the middle image, fitted, windowed as sent, annotated, and scrolling', async () => {
    expect(await data('tool')).toBe('scroll')
    const [index, count] = [Number(await data('image-index')), Number(await data('image-count'))]
    expect(index).toBe(Math.floor((count - 1) / 2))
    expect(Number(await data('zoom'))).toBeGreaterThan(1)
    expect(Number(await data('window-width'))).toBeGreaterThan(1)
    await page.getByText('born 30 Sep 1981').first().waitFor()
  })

  it('BIR-04 has a tool bar with a named button for each function', async () => {
    const bar = page.getByRole('toolbar', { name: 'Image tools' })
    for (const name of [
      /^Scroll/,
      /^Window \(/,
      /^Zoom/,
      /^Move/,
      /^Invert/,
      /^Fit/,
      /^Turn right/,
      /^Flip/,
      /^Length/,
      /^Angle/,
      /^Play/,
      /^As it came/,
    ])
      expect(await bar.getByRole('button', { name }).count(), String(name)).toBe(1)
    expect(await accessibilityFaults(page)).toEqual([])
  })

  it('BIR-05 shows one, two or four sets, the same in several places, and marks the active one', async () => {
    for (const layout of ['1 × 2', '2 × 1', '2 × 2']) {
      await page.keyboard.press('.')
      const [rows = 0, columns = 0] = layout.split(' × ').map(Number)
      await expect.poll(() => page.locator('[data-tile]').count()).toBe(rows * columns)
    }
    for (let tile = 0; tile < 4; tile++)
      await page.locator(`[data-tile="${tile}"] ${VIEWPORT}[data-state="shown"]`).waitFor()
    await page.locator('[data-tile="2"] [data-viewport]').click()
    await page.locator('[data-tile="2"][data-active="true"]').waitFor()
    expect(await page.locator('[data-tile][data-active="true"]').count()).toBe(1)
    const first = await data('sop', '[data-tile="0"] [data-viewport]')
    await page.getByRole('navigation', { name: 'Series' }).getByRole('button').first().click()
    await expect.poll(() => data('sop', '[data-tile="2"] [data-viewport]')).toBe(first)
    expect(await accessibilityFaults(page)).toEqual([])
    await page.keyboard.press('.')
    await expect.poll(() => page.locator('[data-tile]').count()).toBe(0)
  })

  it('BIR-06 turns and flips, and the letters follow', async () => {
    await open(FIRST!.study)
    const letters = () => page.locator('[data-letters]').first().getAttribute('data-letters')
    expect(await letters()).toBe('R A L P') // left, top, right, bottom
    await page.keyboard.press('r')
    await expect.poll(letters).toBe('P R A L')
    await page.keyboard.press('l')
    await page.keyboard.press('h')
    await expect.poll(letters).toBe('L A R P')
    await page.keyboard.press('h')
    await page.keyboard.press('v')
    await expect.poll(letters).toBe('R P L A')
    await page.keyboard.press('Space')
    await expect.poll(letters).toBe('R A L P')
  })

  it('BIR-07 goes from series to series by the strip, and tells current, seen and count', async () => {
    await open(brain.study)
    const strip = page.getByRole('navigation', { name: 'Series' }).getByRole('button')
    await expect.poll(() => strip.count()).toBe(6)
    await strip.nth(1).click()
    await page.locator('nav [aria-current="true"]', { hasText: 'T2 TSE axial' }).waitFor()
    await shown('[data-image-count="24"]')
    expect(await strip.first().textContent()).toMatch(/22 · seen/)
  })

  it('BIR-08 scrolls two studies of a patient together by place, until it is switched off', async () => {
    await open(SECOND!.study, '?prior=best')
    await page.locator('[data-side="b"][data-state="shown"]').waitFor()
    const height = async (side: string) => Number((await data('position', `[data-side="${side}"]`))?.split('\\')[2])
    await page.keyboard.press('ArrowDown')
    await expect.poll(async () => Math.abs((await height('a')) - (await height('b')))).toBeLessThanOrEqual(0.76)
    await page.keyboard.press('y')
    const there = await height('b')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.waitForFunction(
      `Math.abs(Number(document.querySelector('[data-side="a"]').dataset.position.split('\\\\')[2]) - ${there}) > 1`,
    )
    expect(await height('b')).toBe(there)
  })

  it('BIR-08 scrolls sets of one study together that share a frame of reference, and leaves other planes alone', async () => {
    await open(brain.study, '?layout=2x2')
    await page.locator(`[data-tile="3"] ${VIEWPORT}[data-state="shown"]`).waitFor()
    // In the order of the series: sagittal, axial, axial, coronal.
    await page.locator('[data-tile="1"] [data-viewport]').click()
    const index = async (tile: number) => Number(await data('image-index', `[data-tile="${tile}"] [data-viewport]`))
    const before = [await index(0), await index(1), await index(2)]
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => index(1)).toBe(before[1]! + 1)
    await expect.poll(() => index(2)).toBe(before[2]! + 1)
    expect(await index(0)).toBe(before[0])
  })

  it('BIR-09 draws where the active slice cuts the other planes, and moves it as one scrolls', async () => {
    const line = () => data('reference-line', '[data-tile="0"] [data-reference-line]')
    await page.locator('[data-tile="0"] [data-reference-line]').waitFor()
    const [from, to] = ((await line()) ?? '').split(' ').map((point) => point.split(',').map(Number))
    // An axial slice cuts a sagittal picture in a level line right across it.
    expect(Math.abs((from?.[1] ?? 0) - (to?.[1] ?? 9))).toBeLessThan(0.01)
    expect(await page.locator('[data-tile="2"] [data-reference-line]').count()).toBe(0)
    await page.keyboard.press('ArrowDown')
    await expect
      .poll(async () => Number((await line())?.split(' ')[0]?.split(',')[1]) - (from?.[1] ?? 0))
      .toBeGreaterThan(1)
  })

  it('BIR-10 widens by dragging right and brightens by dragging up, with the window tool', async () => {
    await open(FIRST!.study)
    await page.keyboard.press('Shift+W')
    const [width, center] = [Number(await data('window-width')), Number(await data('window-center'))]
    const box = await page.locator(VIEWPORT).boundingBox()
    const [x, y] = [(box?.x ?? 0) + 300, (box?.y ?? 0) + 300]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 100, y - 50, { steps: 4 })
    await page.mouse.up()
    await expect.poll(async () => Number(await data('window-width'))).toBe(width * 1.2)
    expect(Number(await data('window-center'))).toBe(center - width / 10)
    await page.keyboard.press('s')
  })

  it.each([
    ['stored values, which it fits', 'modalities/nm-pt/PrivateMDNTags.dcm', true],
    ['values after the rescale, which alone it fits', 'modalities/nm-pt/1.dcm', false],
  ] as const)('BIR-11 takes the window of a PET for one on %s', async (_, file, onStored) => {
    const { truth } = await openCorpus(file, onStored ? 50 : 51)
    const [center = 0, width = 0] = truth.window ?? []
    const ends = [center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2]
    const wanted = onStored ? ends.map((end) => end * truth.slope + truth.intercept) : ends
    const [shownWidth, shownCenter] = [Number(await data('window-width')), Number(await data('window-center'))]
    const half = (await data('voi-function')) === 'LINEAR' ? 0.5 : 0
    expect(shownCenter - half - (shownWidth - 2 * half) / 2).toBeCloseTo(wanted[0] ?? 0, 3)
    expect(shownCenter - half + (shownWidth - 2 * half) / 2).toBeCloseTo(wanted[1] ?? 0, 3)
  })

  it('BIR-12 offers every window and table of the object by its name, and presets', async () => {
    await open(FIRST!.study)
    await page.getByRole('button', { name: /▾$/ }).click()
    const menu = page.getByRole('menu')
    await menu.waitFor()
    const items = await menu.getByRole('menuitem').allTextContents()
    expect(items.some((item) => item.startsWith('LUNG'))).toBe(true)
    expect(items.some((item) => item.startsWith('Bone'))).toBe(true)
    await page.keyboard.press('Escape')
    await openCorpus('presentation-states/imageForPrLUTs.dcm', 52)
    expect(await data('voi-function')).toMatch(/^(LINEAR|TABLE|SIGMOID|LINEAR_EXACT)$/)
  })

  it('BIR-13 inverts, and chooses a sensible window where none came', async () => {
    // 0 to 381, and nothing that tells how to show them.
    const plain = syntheticInstance({ seed: 9, study: 9, value: (column, row) => column + 2 * row })
    expect((await stow(server.dicomweb, plain.bytes)).status).toBe(200)
    await open(plain.study)
    expect(Number(await data('window-width'))).toBe(382)
    await page.keyboard.press('i')
    await shown('[data-invert="true"]')
    await page.keyboard.press('i')
  })

  it('BIR-14 gives P-values: a ramp of values becomes an even ramp of greys', async () => {
    const { truth } = await openCorpus('modalities/ct/01.dcm', 54)
    await page.getByRole('textbox', { name: 'Window width' }).fill('1000')
    await page.getByRole('textbox', { name: 'Window level' }).fill('0')
    await page.keyboard.press('Enter')
    await page.locator(VIEWPORT).focus()
    await page.keyboard.press('Shift+O')
    await shown('[data-zoom="1"][data-window-width="1000"][data-window-center="0"]')
    const greys = await page.evaluate<number[]>(`(() => {
      const canvas = document.querySelector('${VIEWPORT} canvas')
      const x = Math.round((canvas.width - ${truth.columns}) / 2), y = Math.round((canvas.height - ${truth.rows}) / 2)
      const of = canvas.getContext('2d').getImageData(x + 100, y + 256, 300, 1).data
      return Array.from({ length: 300 }, (_, at) => of[at * 4])
    })()`)
    greys.forEach((grey, at) => {
      const value = truth.at(100 + at, 256)[0] ?? 0
      const p = Math.max(0, Math.min(1, (value + 0.5) / 999 + 0.5)) // PS3.3 C.11.2.1.2
      expect(Math.abs(grey - p * 255)).toBeLessThanOrEqual(1)
    })
  })

  it('BIR-15 scrolls by wheel, drag and keys from the head down, and tells where one is', async () => {
    await open(FIRST!.study)
    await page.keyboard.press('Home')
    await shown('[data-image-index="0"]')
    const top = Number((await data('position'))?.split('\\')[2])
    await page.locator(VIEWPORT).hover()
    await page.mouse.wheel(0, 100)
    await shown('[data-image-index="1"]')
    expect(Number((await data('position'))?.split('\\')[2])).toBeLessThan(top)
    const box = await page.locator(VIEWPORT).boundingBox()
    const [x, y] = [(box?.x ?? 0) + 200, (box?.y ?? 0) + 200]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x, y + 80, { steps: 4 })
    await page.mouse.up()
    await expect.poll(async () => Number(await data('image-index'))).toBeGreaterThan(2)
    await page.keyboard.press('End')
    await page.getByText('Im 12/12').waitFor()
  })

  it('BIR-16 zooms about the pointer, fits, shows one for one and true size, and moves', async () => {
    const fit = Number(await data('zoom'))
    await page.keyboard.press('+')
    await expect.poll(async () => Number(await data('zoom'))).toBeCloseTo(fit * 1.25, 5)
    await page.keyboard.press('Shift+O')
    await shown('[data-zoom="1"]')
    await page.keyboard.press('t')
    // 96 CSS pixels to the inch, as browsers have it, and 0.76 mm a pixel.
    await expect.poll(async () => Number(await data('zoom'))).toBeCloseTo((0.76 * 96) / 25.4, 4)
    await page.keyboard.press('Shift+ArrowRight')
    await page.keyboard.press('=')
    await expect.poll(async () => Number(await data('zoom'))).toBeCloseTo(fit, 5)
  })

  it('BIR-17 tells laterality of paired parts, and leaves letters away where nothing is known', async () => {
    const round = [...STORIES.breast.objects()][0]!
    expect((await stow(server.dicomweb, await gather(round.open()))).status).toBe(200)
    await open(round.study)
    await expect.poll(async () => (await page.locator(VIEWPORT).textContent()) ?? '').toMatch(/(Left|Right) · (CC|MLO)/)
    await openCorpus('modalities/secondary-capture/test16signed.dcm', 53)
    expect((await data('letters', '[data-letters]'))?.trim()).toBe('')
  })

  it('BIR-18 has who, where and when, and which slice in the corners', async () => {
    await open(FIRST!.study)
    const says = (await page.locator(VIEWPORT).textContent()) ?? ''
    for (const fact of [
      'Phantom, Nodula',
      'born 14 Mar 1948',
      'SYN-0001',
      'Female',
      '70 y',
      'SYNTHETIC HOSPITAL',
      'CT Chest with contrast',
      'Study',
      'Acc.',
      '5 Mar 2019',
      'Se 3',
      'Contrast:',
      'Lung nodule',
      'T 1.5 mm',
      'Loc',
      'mm/px',
      'kV',
      'W 1500 L -600',
    ])
      expect(says, fact).toContain(fact)
  })

  it('BIR-19 says that compression was lossy, how strong and by what', async () => {
    await openFile('modalities/us/examples_ybr_color.dcm', 55)
    await page.getByText('Lossy 19:1').first().waitFor()
  })

  it('BIR-20 takes the facts away and brings them back with one key; who it is stays above', async () => {
    await open(FIRST!.study)
    await page.keyboard.press('u')
    await page.getByText('born 14 Mar 1948').waitFor({ state: 'detached' })
    await page.getByRole('heading', { name: /Phantom, Nodula/ }).waitFor()
    await page.keyboard.press('u')
    await page.getByText('born 14 Mar 1948').waitFor()
  })

  it('BIR-21 plays a clip at its own rate, faster and slower, and steps through it', async () => {
    const heart = [...STORIES.heart.objects()][0]!
    await open(heart.study)
    const rate = page.getByRole('textbox', { name: 'Images a second' })
    expect(Number(await rate.inputValue())).toBeGreaterThan(1)
    await page.keyboard.press('c')
    const at = async () => Number(await data('image-index'))
    const before = await at()
    await expect.poll(at).not.toBe(before)
    await rate.fill('2')
    await page.keyboard.press('Enter')
    expect(await rate.inputValue()).toBe('2')
    await page.locator(VIEWPORT).focus()
    await page.keyboard.press('c')
    await page.getByRole('button', { name: 'Play (C)' }).waitFor()
    await shown()
    const still = await at()
    await page.keyboard.press('ArrowDown')
    await expect.poll(at).toBe((still + 1) % 40)
  })

  it('BIR-22 measures lengths and angles, and says what its millimetres are of', async () => {
    await open(FIRST!.study)
    await page.keyboard.press('d')
    await page.keyboard.press('Enter')
    const length = page.locator('[data-measure="length"]')
    await length.waitFor()
    expect(await length.getAttribute('data-says')).toMatch(/^Length [\d.]+ mm$/)
    await page.keyboard.press('a')
    await page.keyboard.press('Enter')
    expect(await page.locator('[data-measure="angle"]').getAttribute('data-says')).toMatch(/^Angle [\d.]+°$/)
    await openCorpus('modalities/cr-dx-mg/gdcm-CR-MONO1-10-chest.dcm', 56)
    await page.keyboard.press('d')
    await page.keyboard.press('Enter')
    await page.locator('[data-measure="length"]').waitFor()
    expect(await page.locator('[data-measure="length"]').getAttribute('data-says')).toMatch(
      /px · not calibrated|at detector plane|calibrated/,
    )
  })

  it('BIR-23 marks key images, and shows them alone', async () => {
    const study = truthOf(readFileSync(`${corpusDir()}/series/ct-petct-20slices/000004.dcm`))
    await open(study)
    const all = page.locator('[data-key-images]')
    await all.waitFor()
    const count = Number(await all.getAttribute('data-key-images'))
    expect(count).toBeGreaterThan(0)
    await all.click()
    await shown(`[data-image-count="${count}"]`)
    await page.getByText(/· ★ key image/).waitFor()
  })

  it('BIR-24 needs nothing but a browser: no script, font or frame of anybody else', async () => {
    const hosts = await page.evaluate<string[]>(
      `[...new Set(performance.getEntriesByType('resource').map(({ name }) => new URL(name).host))].filter((host) => host !== '')`,
    )
    expect(hosts).toEqual([new URL(server.url).host])
  })

  it('gave the browser nothing to complain of', () => {
    expect(browser.complaints).toEqual([])
  })
})

/** The study of a corpus file. */
function truthOf(file: Buffer): string {
  const at = file.indexOf(Buffer.from([0x20, 0x00, 0x0d, 0x00]))
  const length = file.readUInt16LE(at + 6)
  return file
    .toString('latin1', at + 8, at + 8 + length)
    .replace(/\0/g, '')
    .trim()
}
