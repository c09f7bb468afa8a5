/**
 * Whose picture it is, at every moment: while one goes from patient to patient, from study to study and from prior to prior, each
 * frame the browser shows is looked at. A picture never stands under another's name.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

/** One grey each: a pixel tells whose picture stands there. */
const PATIENTS = ['DARK', 'MIDDLE', 'LIGHT'].map((name, at) => {
  const value = [900, 2000, 3200][at] ?? 0
  return {
    name,
    // Two ends make the window the same for all.
    images: [0, 1, 2].map((slice) =>
      syntheticInstance({
        seed: 1400 + at * 10 + slice,
        study: 140 + at,
        rows: 128,
        columns: 128,
        patientName: `${name}^PATIENT`,
        patientId: `STRIP-${at}`,
        position: slice * 5,
        value: (column, row) => (row < 2 ? (column < 64 ? 0 : 4095) : value),
      }),
    ),
  }
})
/** The same patient, earlier. */
const PRIOR = syntheticInstance({
  seed: 1500,
  study: 150,
  rows: 128,
  columns: 128,
  patientName: 'DARK^PATIENT',
  patientId: 'STRIP-0',
  studyDate: '20200101',
  value: (column, row) => (row < 2 ? (column < 64 ? 0 : 4095) : 1500),
})

interface Sample {
  readonly header: string
  /** Of each picture: its grey, 0 where nothing stands, and the name in its corner and above it. */
  readonly panes: readonly { readonly grey: number; readonly corner: string; readonly head: string }[]
}

/** Looks after every frame, when what was painted still stands. Runs in the page. */
const WATCH = `(() => {
  const samples = []
  const look = () => {
    const panes = [...document.querySelectorAll('[data-viewport]')].map((viewport) => {
      const canvas = viewport.querySelector('canvas')
      const context = canvas?.getContext('2d')
      const pixel = context?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data
      const side = viewport.closest('section[aria-label$="study"]')
      return {
        grey: pixel?.[0] ?? 0,
        corner: viewport.querySelector('[data-letters]')?.textContent ?? '',
        head: side?.querySelector('header')?.textContent ?? '',
      }
    })
    samples.push({ header: document.querySelector('h1')?.textContent ?? '', panes })
  }
  const channel = new MessageChannel()
  channel.port1.onmessage = look
  const onFrame = () => {
    channel.port2.postMessage(0)
    requestAnimationFrame(onFrame)
  }
  requestAnimationFrame(onFrame)
  window.stripSamples = samples
})()`

describe.skipIf(browserPath() === undefined)('the name above a picture', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page

  beforeAll(async () => {
    server = await startServer()
    for (const { bytes } of [...PATIENTS.flatMap(({ images }) => images), PRIOR])
      expect((await stow(server.dicomweb, bytes)).status).toBe(200)
    browser = await openBrowser({ height: 900, ignore: /no dataType provided/ })
    page = browser.page
    await page.goto(`${server.url}/v/${studyOf(0)}`)
    await shown()
    await page.evaluate(WATCH)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })
  const studyOf = (patient: number) => PATIENTS[patient]?.images[0]?.study ?? ''
  const shown = () => page.locator('[data-viewport][data-state="shown"]').first().waitFor()
  /** Within the page, as links and keys go: nothing is loaded anew. */
  const go = (path: string) =>
    page.evaluate(`history.pushState({}, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'))`)
  const taken = () => page.evaluate<Sample[]>('stripSamples.splice(0)')

  it('is that of the picture in every frame, from patient to patient, slow and as fast as keys go', async () => {
    await taken()
    for (const round of [0, 1, 2, 3])
      for (const patient of [1, 2, 0]) {
        await go(`/v/${studyOf(patient)}`)
        // First each is waited for; then studies that are known already follow each other at once.
        if (round < 2) await page.locator('h1', { hasText: PATIENTS[patient]?.name ?? '' }).waitFor()
        if (round === 0) await shown()
        else await page.waitForTimeout(round * 12)
        await page.keyboard.press('ArrowDown')
      }
    await shown()
    const samples = await taken()
    const greys = new Map<string, Set<number>>()
    let pictures = 0
    for (const { header, panes } of samples)
      for (const { grey, corner } of panes) {
        if (grey === 0) continue
        pictures += 1
        const name = /DARK|MIDDLE|LIGHT/.exec(header)?.[0] ?? `nobody in ${header}`
        if (corner !== '') expect(corner).toContain(name)
        greys.set(name, (greys.get(name) ?? new Set()).add(grey))
      }
    // What is told of each name: one grey, its own.
    const [dark, middle, light] = ['DARK', 'MIDDLE', 'LIGHT'].map((name) => [...(greys.get(name) ?? [])])
    process.stderr.write(
      `${samples.length} frames, ${pictures} with a picture: ${JSON.stringify({ dark, middle, light })}\n`,
    )
    expect([dark?.length, middle?.length, light?.length]).toEqual([1, 1, 1])
    expect(new Set([dark?.[0], middle?.[0], light?.[0]]).size).toBe(3)
    expect(samples.length).toBeGreaterThan(30)
  })

  it('is that of the study in each of two pictures side by side', async () => {
    await go(`/v/${studyOf(0)}`)
    await shown()
    await taken()
    for (let time = 0; time < 3; time += 1) {
      await page.keyboard.press('p')
      await page.locator('[data-side="b"][data-state="shown"]').waitFor()
      await page.keyboard.press('Shift+P')
      await page.locator('[data-side="b"]').first().waitFor({ state: 'detached' })
    }
    const samples = await taken()
    const heads = new Map<string, Set<number>>()
    for (const { panes } of samples)
      for (const { grey, head } of panes)
        if (grey > 0 && head !== '') {
          const year = /20(20|26)/.exec(head)?.[0] ?? `no date in ${head}`
          heads.set(year, (heads.get(year) ?? new Set()).add(grey))
        }
    expect([...heads.keys()].sort()).toEqual(['2020', '2026'])
    expect([...heads.values()].map((greys) => greys.size)).toEqual([1, 1])
  })

  it('never has another patient beside it, whatever the address says', async () => {
    await taken()
    await go(`/v/${studyOf(0)}?prior=${studyOf(2)}`)
    await page.getByRole('alert').getByText('not of the same patient').waitFor()
    await page.keyboard.press('ArrowDown')
    await page.waitForTimeout(300)
    const samples = await taken()
    expect(samples.length).toBeGreaterThan(5)
    for (const { panes } of samples) expect(panes.length).toBeLessThanOrEqual(1)
  })
})
