/**
 * A person at the browser: logs in, sends images, finds them, looks at them. What stands on the screen is compared with
 * the same pixels through the same window, computed here from the file that was sent.
 */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { T } from '../../src/dicom/dictionary.ts'
import { readWhole } from '../../src/dicom/reader.ts'
import { int, number, numbers, text } from '../../src/dicom/values.ts'
import { storedValues } from '../../src/pixels/frame.ts'
import type { ImageDescription } from '../../src/pixels/image.ts'
import { modalityOf, renderGrey, type Window } from '../../src/pixels/windowing.ts'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { corpus, corpusDir } from '../support/corpus.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { firstAdministrator, newAccount } from '../support/session.ts'

const SERIES = 'series/ct-petct-20slices'
const PASSWORD = 'a sentence to remember it by'

interface Slice {
  readonly series: string
  readonly z: number
  readonly image: ImageDescription
  /** Shades of grey through a window. */
  readonly through: (window: Window) => Uint8Array
}

/** The files that are sent, by SOP Instance UID, as they are read here. */
function readSlices(): Map<string, Slice> {
  const slices = new Map<string, Slice>()
  for (const { file } of corpus(SERIES)) {
    const bytes = readFileSync(file)
    const { dataSet, transferSyntax } = readWhole(bytes)
    const bits = int(dataSet, T.BitsStored) ?? 0
    const image: ImageDescription = {
      transferSyntax,
      rows: int(dataSet, T.Rows) ?? 0,
      columns: int(dataSet, T.Columns) ?? 0,
      frames: 1,
      samplesPerPixel: 1,
      bitsAllocated: int(dataSet, T.BitsAllocated) ?? 0,
      bitsStored: bits,
      highBit: number(dataSet, T.HighBit) ?? bits - 1,
      signed: int(dataSet, T.PixelRepresentation) === 1,
      planarConfiguration: 0,
      photometricInterpretation: text(dataSet, T.PhotometricInterpretation),
    }
    const pixels = dataSet.elements.get(T.PixelData)?.value
    if (pixels?.kind !== 'distant') throw new Error(`no pixels in ${file}`)
    const stored = storedValues(bytes.subarray(pixels.range.start, pixels.range.end), image)
    const modality = modalityOf(dataSet, image)
    slices.set(text(dataSet, T.SOPInstanceUID), {
      series: text(dataSet, T.SeriesInstanceUID),
      z: numbers(dataSet, T.ImagePositionPatient)[2] ?? 0,
      image,
      through: (window) => renderGrey(stored, image, modality, { kind: 'window', window }),
    })
  }
  return slices
}

interface Shown {
  readonly sop: string
  readonly index: number
  readonly count: number
  readonly zoom: number
  readonly invert: boolean
  readonly window: Window
}

const VIEWPORT = '[data-viewport]'

/** Waits until the picture asked for stands there, and says which it is. */
async function shown(page: Page): Promise<Shown> {
  const data = await page
    .locator(`${VIEWPORT}[data-state="shown"]`)
    .evaluate((element) => ({ ...(element as unknown as { dataset: Record<string, string> }).dataset }))
  return {
    sop: data['sop'] ?? '',
    index: Number(data['imageIndex']),
    count: Number(data['imageCount']),
    zoom: Number(data['zoom']),
    invert: data['invert'] === 'true',
    window: {
      center: Number(data['windowCenter']),
      width: Number(data['windowWidth']),
      function: 'LINEAR',
      explanation: '',
    },
  }
}

/** Does something and waits for the picture to become what `until` accepts. */
async function after(page: Page, act: () => Promise<unknown>, until: (now: Shown) => boolean): Promise<Shown> {
  await act()
  const deadline = Date.now() + 30_000
  for (;;) {
    const now = await shown(page)
    if (until(now)) return now
    if (Date.now() > deadline) throw new Error(`the picture stays ${JSON.stringify(now)}`)
    await page.evaluate('new Promise(requestAnimationFrame)')
  }
}

/** The middle of the canvas, as large as the picture, one byte a pixel. */
async function greysOnScreen(page: Page, { columns, rows }: ImageDescription): Promise<Uint8Array> {
  // As text: the tests' world knows no DOM.
  const base64 = await page.evaluate<string>(`(() => {
    const canvas = document.querySelector('${VIEWPORT} canvas')
    const left = Math.round((canvas.width - ${columns}) / 2)
    const top = Math.round((canvas.height - ${rows}) / 2)
    const pixels = canvas.getContext('2d').getImageData(left, top, ${columns}, ${rows}).data
    let binary = ''
    for (let at = 0; at < pixels.length; at += 4) binary += String.fromCharCode(pixels[at])
    return btoa(binary)
  })()`)
  return Buffer.from(base64, 'base64')
}

function largestDifference(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length)
  let largest = 0
  for (let at = 0; at < a.length; at++) largest = Math.max(largest, Math.abs((a[at] ?? 0) - (b[at] ?? 0)))
  return largest
}

describe.skipIf(corpusDir() === undefined || browserPath() === undefined)('a person at the browser', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  let oneTime: string
  const slices = corpusDir() === undefined ? new Map<string, Slice>() : readSlices()

  beforeAll(async () => {
    server = await startServer({ open: false })
    oneTime = await newAccount(await firstAdministrator(server), 'tess', 'technologist')
    // The first try at logging in is refused, which the browser writes on its console.
    browser = await openBrowser({ ignore: /status of 401/, height: 1000 })
    page = browser.page
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  it('is told what is wrong with the login, and nothing more', async () => {
    await page.goto(server.url)
    await page.getByLabel('Name').fill('tess')
    await page.getByLabel('Password', { exact: true }).fill('not the password')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('The name or the password is wrong.').waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
  })

  it('logs in with the one-time password, and must choose another first', async () => {
    await page.getByLabel('Password', { exact: true }).fill(oneTime)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Choose a password of your own' }).waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await page.getByLabel('Present password', { exact: true }).fill(oneTime)
    await page.getByLabel('New password', { exact: true }).fill(PASSWORD)
    await page.getByLabel('New password again', { exact: true }).fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByText('No studies yet').waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
  })

  it('sends a series from the browser and sees each file stored', async () => {
    await page.getByRole('link', { name: 'Add images' }).click()
    // The empty worklist has such a field too: not the one of a screen that is about to go.
    await page.getByRole('heading', { name: 'Add images' }).waitFor()
    await page.locator('input[type="file"][aria-label="Files"]').setInputFiles(corpus(SERIES).map(({ file }) => file))
    await page.getByText(`${slices.size} of ${slices.size} files`).waitFor()
    await page.getByText(`${slices.size} stored`).waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
  })

  it('finds the study by words and opens the viewer, with the keyboard alone', async () => {
    await page.keyboard.press('g')
    await page.keyboard.press('w')
    await page.getByRole('row', { name: /Multi, Ct a/ }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('nobody')
    await page.getByText('No study matches').waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.keyboard.type('multi ct 2015')
    await page.getByRole('row', { name: /Multi, Ct a/ }).waitFor()
    await page.waitForURL((url) => url.searchParams.get('q') === 'multi ct 2015')
    expect(await accessibilityFaults(page)).toEqual([])

    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: '2 series' }).waitFor()
    expect(await accessibilityFaults(page)).toEqual([])

    await page.keyboard.press('v')
    const first = await shown(page)
    expect(slices.has(first.sop)).toBe(true)
    expect(await page.getByText('Not for primary diagnosis').isVisible()).toBe(true)
    expect(await accessibilityFaults(page)).toEqual([])
  })

  it('scrolls through the slices from the head down', async () => {
    const { series } = slices.get((await shown(page)).sop) ?? { series: '' }
    const wanted = [...slices]
      .filter(([, slice]) => slice.series === series)
      .sort(([, a], [, b]) => b.z - a.z)
      .map(([sop]) => sop)
    const seen = [
      (
        await after(
          page,
          () => page.keyboard.press('Home'),
          ({ index }) => index === 0,
        )
      ).sop,
    ]
    for (let next = 1; next < wanted.length; next++)
      seen.push(
        (
          await after(
            page,
            () => page.keyboard.press('ArrowDown'),
            ({ index }) => index === next,
          )
        ).sop,
      )
    expect(seen).toEqual(wanted)

    const viewport = page.locator(VIEWPORT)
    await viewport.hover()
    await after(
      page,
      () => page.mouse.wheel(0, -100),
      ({ index }) => index === wanted.length - 2,
    )
  })

  it('sees exactly the pixels that were sent, through the window the screen tells', async () => {
    let now = await after(
      page,
      () => page.keyboard.press('Shift+O'),
      ({ zoom }) => zoom === 1,
    )
    const acts: readonly (readonly [what: string, key: string, until: (now: Shown, before: Shown) => boolean])[] = [
      ['as sent', 'Shift', () => true],
      ['a lung window', 'p', () => true],
      ['the slice before', 'ArrowUp', (now, before) => now.sop !== before.sop],
      ['inverted', 'i', ({ invert }) => invert],
    ]
    for (const [what, key, until] of acts) {
      const before = now
      if (key === 'p') {
        await page.getByRole('textbox', { name: 'Window width' }).fill('1500')
        await page.getByRole('textbox', { name: 'Window level' }).fill('-600')
        now = await after(
          page,
          () => page.keyboard.press('Enter'),
          ({ window }) => window.width === 1500 && window.center === -600,
        )
        await page.locator(VIEWPORT).focus()
      } else
        now = await after(
          page,
          () => page.keyboard.press(key),
          (later) => until(later, before),
        )
      const slice = slices.get(now.sop)
      if (!slice) throw new Error(`${now.sop} was not sent`)
      const greys = slice.through(now.window)
      const expected = now.invert ? greys.map((grey) => 255 - grey) : greys
      expect(largestDifference(await greysOnScreen(page, slice.image), expected), what).toBeLessThanOrEqual(1)
    }
    await page.keyboard.press('i')
  })

  it('widens the window by dragging right, and brightens by dragging up, with the right button', async () => {
    const before = await after(
      page,
      () => page.keyboard.press('Space'),
      ({ invert }) => !invert,
    )
    const box = await page.locator(VIEWPORT).boundingBox()
    const [x, y] = [(box?.x ?? 0) + 300, (box?.y ?? 0) + 300]
    await page.mouse.move(x, y)
    await page.mouse.down({ button: 'right' })
    await page.mouse.move(x + 100, y - 50, { steps: 4 })
    await page.mouse.up({ button: 'right' })
    const now = await after(
      page,
      async () => {},
      ({ window }) => window.width > before.window.width,
    )
    expect(now.window.width).toBe(before.window.width + before.window.width / 5)
    expect(now.window.center).toBe(before.window.center - before.window.width / 10)
  })

  it('finds nothing to complain of on any other screen, dark or light', async () => {
    for (const address of ['/', '/admin/connections', '/admin/conflicts', '/account', '/no-such-page']) {
      await page.goto(server.url + address)
      await page.getByRole('heading').first().waitFor()
      await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
      expect(await accessibilityFaults(page), address).toEqual([])
      await page.evaluate("document.documentElement.dataset.mantineColorScheme = 'light'")
      expect(await accessibilityFaults(page), `${address} light`).toEqual([])
    }
    await page.goto(server.url)
    await page.getByRole('row', { name: /Multi, Ct a/ }).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys of this screen' }).waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await page.keyboard.press('Escape')
  })

  it('is asked to log in where it was when the session ends, and nothing of the patient stays', async () => {
    await page.goto(`${server.url}/?q=multi`)
    await page.getByRole('row', { name: /Multi, Ct a/ }).waitFor()
    await page.context().clearCookies()
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByText('Your session ended').waitFor()
    expect(await page.content()).not.toContain('Multi')
    await page.getByLabel('Name').fill('tess')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('row', { name: /Multi, Ct a/ }).waitFor()
    expect(new URL(page.url()).search).toBe('?q=multi')
  })

  it('gave the browser nothing to complain of', () => {
    expect(browser.complaints).toEqual([])
  })
})
