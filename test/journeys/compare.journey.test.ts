/**
 * From the worklist to the current study and its relevant prior side by side with one key, as a reader of the nodule's
 * follow-up does it: the right prior, at the same place of the table, and nobody else's study.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gather } from '../../src/base/bytes.ts'
import { betweenObjects } from '../../src/synthetic/between.ts'
import { noduleExaminations, noduleHistory } from '../../src/synthetic/nodule-story.ts'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

/** Slices of the thin series around the nodule; a film of the week before the third examination; somebody else. */
const [FIRST, SECOND, THIRD] = noduleHistory()
const STRANGER = syntheticInstance({ seed: 5, study: 77, patientId: 'ELSE-1' })

function* sent() {
  for (const examination of [FIRST!, SECOND!, THIRD!]) {
    const slices = [...noduleExaminations()].filter(({ series }) => series === examination.series)
    yield* slices.slice(5, 15)
  }
  yield* betweenObjects()
}

describe.skipIf(browserPath() === undefined)('the current study and its prior', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page

  beforeAll(async () => {
    server = await startServer()
    for (const object of sent()) expect((await stow(server.dicomweb, await gather(object.open()))).status).toBe(200)
    expect((await stow(server.dicomweb, STRANGER.bytes)).status).toBe(200)
    browser = await openBrowser({ width: 1360, height: 900, ignore: /no dataType provided/ })
    page = browser.page
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const pane = (side: 'a' | 'b') => page.locator(`[data-viewport][data-side="${side}"]`)
  /** Height on the table of what stands there, mm. */
  const height = async (side: 'a' | 'b') => Number((await pane(side).getAttribute('data-position'))?.split('\\')[2])
  const index = async (side: 'a' | 'b') => Number(await pane(side).getAttribute('data-image-index'))
  async function bothShown(): Promise<void> {
    for (const side of ['a', 'b'] as const)
      await page.locator(`[data-viewport][data-side="${side}"][data-state="shown"]`).waitFor()
  }
  /** Slices of 1.5 mm: the nearest is never farther than half of that. */
  const atTheSamePlace = () =>
    expect.poll(async () => Math.abs((await height('a')) - (await height('b')))).toBeLessThanOrEqual(0.76)

  it('come up side by side with one key in the worklist: the CT before, not the film of last week', async () => {
    await page.goto(`${server.url}/?q=20200317`)
    await page.getByRole('row', { name: /17 Mar 2020/ }).waitFor()
    await page.keyboard.press('x')
    await bothShown()
    expect(page.url()).toContain(`/v/${THIRD!.study}`)
    await page.getByRole('heading', { name: '10 Sep 2019 · 6 mo before' }).waitFor()
    await page.getByRole('heading', { name: '17 Mar 2020 · current' }).waitFor()
    expect(await page.locator('[data-reasons]').textContent()).toBe(
      'Prior 1 of 4: same region (chest), same modality (CT), both with contrast, 6 months before.',
    )
  })

  it('are both drawn, at the same place of the table, though their slices begin elsewhere', async () => {
    await atTheSamePlace()
    expect(await index('a')).not.toBe(await index('b'))
    for (const side of ['a', 'b'] as const)
      expect(
        await page.evaluate<number>(`(() => {
          const canvas = document.querySelector('[data-side="${side}"] canvas')
          const copy = document.createElement('canvas')
          copy.width = canvas.width
          copy.height = canvas.height
          const context = copy.getContext('2d')
          context.drawImage(canvas, 0, 0)
          const shades = new Set(context.getImageData(0, 0, copy.width, copy.height).data.filter((_, at) => at % 4 === 0))
          return shades.size
        })()`),
        `shades drawn in ${side}`,
      ).toBeGreaterThan(50)
  })

  it('scroll together, from either side', async () => {
    const before = await index('a')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => index('a')).toBe(before + 2)
    await atTheSamePlace()
    await pane('b').click()
    await page.keyboard.press('ArrowUp')
    await expect.poll(() => index('a')).toBe(before + 1)
    await atTheSamePlace()
  })

  it('take the same window and show a millimetre as large', async () => {
    await pane('a').focus()
    await page.keyboard.press('2')
    await expect.poll(() => pane('b').getAttribute('data-window-width')).toBe('400')
    await page.keyboard.press('+')
    const zoom = (side: 'a' | 'b') => pane(side).getAttribute('data-zoom').then(Number)
    await expect.poll(async () => (await zoom('b')) / (await zoom('a'))).toBeCloseTo(1, 3)
  })

  it('go apart and are linked again where a person says so', async () => {
    await page.keyboard.press('y')
    await page.getByText('Not linked').waitFor()
    const there = await index('b')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await expect.poll(async () => Math.abs((await height('a')) - (await height('b')))).toBeGreaterThan(2)
    expect(await index('b')).toBe(there)
    await page.keyboard.press('Shift+S')
    await page.getByText(/Linked at slice \(offset \d/).waitFor()
    const apart = (await height('b')) - (await height('a'))
    await page.keyboard.press('ArrowUp')
    await expect.poll(() => index('b')).toBe(there - 1)
    expect((await height('b')) - (await height('a'))).toBeCloseTo(apart, 5)
    await page.getByRole('button', { name: 'Table position' }).click()
    await atTheSamePlace()
  })

  it('have nothing for axe to find', async () => {
    for (const width of [1360, 390]) {
      await page.setViewportSize({ width, height: 900 })
      await bothShown()
      expect(await accessibilityFaults(page), `${width} wide`).toEqual([])
    }
    await page.setViewportSize({ width: 1360, height: 900 })
  })

  it('give way to the next best with the same key, and to the study alone with Shift', async () => {
    await page.keyboard.press('p')
    await page.getByRole('heading', { name: '5 Mar 2019 · 12 mo before' }).waitFor()
    await bothShown()
    await page.keyboard.press('Shift+P')
    await page.locator('[data-viewport][data-state="shown"]:not([data-side])').waitFor()
    expect(await page.locator('[data-viewport]').count()).toBe(1)
    expect(page.url()).not.toContain('prior=')
  })

  it('are never of two patients, whatever the address says', async () => {
    await page.goto(`${server.url}/v/${THIRD!.study}?prior=${STRANGER.study}`)
    await page.getByText('This study is not of the same patient.').waitFor()
    await page.locator('[data-viewport][data-side="a"][data-state="shown"]').waitFor()
    expect(await pane('b').count()).toBe(0)
  })

  it('come up with one click in the worklist, and from the timeline of the patient', async () => {
    await page.goto(server.url)
    await page
      .getByRole('row', { name: /17 Mar 2020/ })
      .getByRole('link', { name: 'Open with the relevant prior' })
      .click()
    await bothShown()
    await page.goto(server.url)
    await page
      .getByRole('link', { name: /Nodula/ })
      .first()
      .click()
    await page.getByRole('heading', { name: 'Patient timeline' }).waitFor()
    await page.getByText(/suggested: same region \(chest\)/).waitFor()
    expect(await page.getByRole('region', { name: /^Chest, 5 studies/ }).count()).toBe(1)
    await page.keyboard.press('p')
    await bothShown()
    expect(page.url()).toContain(`prior=${SECOND!.study}`)
  })

  it('are chosen on the timeline by keys alone, and the address holds what was chosen', async () => {
    const key = Buffer.from('CLEARKEEP SYNTHETIC|SYN-0001').toString('base64url')
    await page.goto(`${server.url}/p/${key}?zoom=years&a=${THIRD!.study}`)
    const card = (date: RegExp) => page.getByRole('region', { name: /^Chest/ }).getByRole('button', { name: date })
    await card(/17 Mar 2020/).focus()
    for (const scheme of ['dark', 'light']) {
      await page.evaluate(`document.documentElement.dataset.mantineColorScheme = '${scheme}'`)
      expect(await accessibilityFaults(page), scheme).toEqual([])
    }
    await page.keyboard.press('ArrowLeft') // the film of the week before
    await page.waitForFunction("document.activeElement.textContent.includes('10 Mar 2020')")
    await page.keyboard.press('b')
    await page.waitForURL((url) => url.searchParams.get('b') !== null)
    await page.getByText('taken by you').waitFor()
    await page.reload()
    await page.getByText('taken by you').waitFor()
    await card(/10 Mar 2020/).waitFor()
    expect(await card(/17 Mar 2020/).getAttribute('data-mark')).toBe('A')
    expect(await card(/10 Mar 2020/).getAttribute('data-mark')).toBe('B')
    await page.keyboard.press('-')
    await page.waitForURL((url) => url.searchParams.get('zoom') === 'all')
    await page.keyboard.press('l')
    await page.getByRole('button', { name: /^B: 10 Mar 2020/, pressed: true }).waitFor()
    expect(await accessibilityFaults(page), 'as a list').toEqual([])
    await page.keyboard.press('p')
    await bothShown()
    await page.getByText('No common places: each scrolls alone').waitFor()
    await page.getByRole('heading', { name: /^10 Mar 2020/ }).waitFor()
  })

  it('gave the browser nothing to complain of', () => {
    expect(browser.complaints).toEqual([])
  })
})
