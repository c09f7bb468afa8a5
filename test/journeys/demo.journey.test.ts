/**
 * The demonstration from its command and from the button to the screen: it arrives, is there already the second time, and
 * a person sees the nodule change.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gather } from '../../src/base/bytes.ts'
import { noduleExaminations, noduleHistory } from '../../src/synthetic/nodule-story.ts'
import { demonstration } from '../../src/synthetic/stories.ts'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { qido, stow, value } from '../support/client.ts'
import { type RunningServer, startServer } from '../support/server.ts'

function clearkeep(...words: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(resolve('bin/clearkeep'), words, { stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise((settle) => child.once('close', (status) => settle({ status, stdout, stderr })))
}

describe('clearkeep demo', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(async () => {
    await server.stop()
  })

  it('brings its patients into a running archive, and finds them there the second time', async () => {
    const objects = [...demonstration(['fracture', 'heart'])]
    const words = ['demo', '--only', 'fracture,heart', '--server', server.url]
    const first = await clearkeep(...words)
    expect(first.stderr).toContain(`${objects.length} stored, 0 already there, 0 refused`)
    expect(first.status).toBe(0)
    const again = await clearkeep('--json', ...words)
    expect(again.stderr).toContain(`0 stored, ${objects.length} already there, 0 refused`)
    expect(again.status).toBe(0)
    const records = again.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(records).toHaveLength(objects.length + 1)
    expect(records.at(-1)).toMatchObject({ report: { already: objects.length, stored: 0, refused: 0 } })
    expect(await qido(server.dicomweb, '/instances')).toHaveLength(objects.length)

    const [wrist] = await qido(server.dicomweb, '/studies?PatientID=SYN-0002&StudyDate=20230812&includefield=00100021')
    expect(value(wrist, '00100010')).toMatchObject({ Alphabetic: 'Testwrist^Calcula' })
    expect(value(wrist, '00100021')).toBe('CLEARKEEP SYNTHETIC')
    expect(value(wrist, '00201208')).toBe(2)
  })

  it('brings them into a data folder that nobody has open', async () => {
    const data = mkdtempSync(join(tmpdir(), 'clearkeep-demo-'))
    try {
      const { status, stderr } = await clearkeep('demo', '--only', 'heart', '--data', data)
      expect(stderr).toContain('1 stored, 0 already there, 0 refused; 8.2 MB.')
      expect(status).toBe(0)
    } finally {
      rmSync(data, { recursive: true, force: true })
    }
  })

  it('tells its truth, and which stories there are', async () => {
    const truth = await clearkeep('demo', '--truth')
    expect(JSON.parse(truth.stdout)).toEqual({ nodule: noduleHistory() })
    const wrong = await clearkeep('demo', '--only', 'dragons', '--server', server.url)
    expect(wrong.stderr).toContain('There is no story dragons; the stories are nodule, fracture, brain')
    expect(wrong.status).toBe(2)
  })
})

describe.skipIf(browserPath() === undefined)('the demonstration in the browser', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page

  beforeAll(async () => {
    server = await startServer()
    browser = await openBrowser({ width: 1200, height: 900 })
    page = browser.page
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  it('is offered where there is nothing yet, and fills the worklist', async () => {
    // The whole of it is for the long suite; here one story.
    await page.route('**/api/demo', (route) =>
      route.request().method() === 'POST'
        ? route.continue({ postData: JSON.stringify({ only: ['breast'] }) })
        : route.continue(),
    )
    await page.goto(server.url)
    const offer = page.getByRole('button', { name: 'Fill with synthetic demonstration patients' })
    await offer.waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await offer.click()
    await page.mouse.move(700, 5) // whoever points at a list is asked before it grows
    await page
      .getByRole('row', { name: /Маммола/ })
      .first()
      .waitFor()
    // Studies are told of as they arrive: the last object may still be on its way.
    await expect
      .poll(async () => ((await (await fetch(`${server.url}/api/demo`)).json()) as { state: string }).state, {
        timeout: 30_000,
      })
      .toBe('done')
    const state = (await (await fetch(`${server.url}/api/demo`)).json()) as Record<string, unknown>
    expect(state).toMatchObject({ state: 'done', done: 8, total: 8, stored: 8, problem: null })
    await expect.poll(() => page.getByRole('row', { name: /Маммола/ }).count(), { timeout: 20_000 }).toBe(2)
  })

  it('shows the nodule larger at the third examination than at the first, and smaller at the last', async () => {
    const history = noduleHistory()
    const seen: { readonly bright: number; readonly picture: Buffer }[] = []
    for (const at of [0, 2, 5]) {
      const { study, series, instance } = history[at]!
      const object = [...noduleExaminations()].find((each) => each.instance === instance)!
      expect((await stow(server.dicomweb, await gather(object.open()))).status).toBe(200)
      await page.goto(`${server.url}/v/${study}?series=${series}&image=${instance}`)
      await page.locator(`[data-viewport][data-state="shown"][data-sop="${instance}"]`).waitFor()
      seen.push({ bright: await brightAround(page, history[at]!.position), picture: await page.screenshot() })
    }
    const [first, third, last] = seen.map(({ bright }) => bright)
    expect(first).toBeGreaterThan(0)
    expect(third).toBeGreaterThan(4 * first!)
    expect(last).toBeLessThan(third! / 4)
    expect(seen[0]!.picture.equals(seen[1]!.picture)).toBe(false)
    expect(browser.complaints).toEqual([])
  })
})

/** Points of the screen brighter than lung, in a square of 24 mm around a place in the patient. */
async function brightAround(page: Page, [x, y]: readonly [number, number, number]): Promise<number> {
  return page.evaluate<number>(`(() => {
    const viewport = document.querySelector('[data-viewport]')
    const canvas = viewport.querySelector('canvas')
    const zoom = Number(viewport.dataset.zoom) * (canvas.width / canvas.getBoundingClientRect().width)
    const left = canvas.width / 2 + ((${x} - 0) / 0.76) * zoom
    const top = canvas.height / 2 + ((${y} - 4) / 0.76) * zoom
    const half = Math.round((12 / 0.76) * zoom)
    const pixels = canvas.getContext('2d').getImageData(Math.round(left - half), Math.round(top - half), 2 * half, 2 * half).data
    let bright = 0
    for (let at = 0; at < pixels.length; at += 4) if (pixels[at] > 150) bright += 1
    return bright / (zoom * zoom)
  })()`)
}
