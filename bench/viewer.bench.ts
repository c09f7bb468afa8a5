/**
 * How soon a reader sees what is wanted, in a real browser: from the worklist to the first image, and to the current study
 * with its relevant prior beside it, by one key; how smoothly a series scrolls; and the first paint of a patient's timeline of
 * five hundred studies (issue 9, must show 1 and 10): `node bench/viewer.bench.ts [rounds] [slices]`.
 *
 * Two CT series of one patient, 512 by 512, come in by STOW-RS; each round is a browser with nothing in its cache, first from the
 * inbox, then sealed. WebGL is drawn by software where there is no graphics card. What is timed ends with the frame after the one that was drawn.
 */
import { cpus, loadavg } from 'node:os'
import { openBrowser } from '../test/support/browser.ts'
import { stow } from '../test/support/client.ts'
import { LIFETIME_KEY, lifetime } from '../test/support/lifetime.ts'
import { type RunningServer, startServer } from '../test/support/server.ts'
import { syntheticInstance } from '../test/support/synthetic.ts'

const rounds = Number(process.argv[2] ?? 5)
const slices = Number(process.argv[3] ?? 300)
const SCROLL_MS = 3000

/** A body of soft shades with the grain of a CT: what a codec has to do with it is near to the real thing. */
const shade = (slice: number) => {
  let grain = slice + 1
  return (column: number, row: number): number => {
    grain = (Math.imul(grain, 1664525) + 1013904223) >>> 0
    const far = Math.hypot(column - 256, (row - 256) * 1.3) / 240
    const body = far > 1 ? 24 : 1024 + 120 * Math.sin(column / 37 + slice / 9) * Math.cos(row / 29) - 300 * far * far
    return Math.max(0, Math.min(4095, Math.round(body) + (grain >>> 27)))
  }
}

function* series(study: number, studyDate: string) {
  for (let slice = 0; slice < slices; slice += 1)
    yield syntheticInstance({
      seed: study * 10_000 + slice,
      study,
      studyDate,
      studyDescription: 'CT Chest',
      rows: 512,
      columns: 512,
      spacing: '0.7\\0.7',
      position: slice * 1.25,
      value: shade(slice),
    })
}

/** Notes, in the page, when the key went down, when something was drawn, and when both sides were. */
const WATCH = `(() => {
  const told = (window.told = { key: 0, first: 0, pair: 0 })
  const after = (name) => requestAnimationFrame(() => requestAnimationFrame(() => { told[name] ||= performance.now() }))
  addEventListener('keydown', () => { if (!told.key) told.key = performance.now() }, true)
  const look = () => {
    if (told.key && !told.first && document.querySelector('[data-viewport][data-state="shown"]')) { told.first = 0; after('first') }
    if (told.key && !told.pair && document.querySelectorAll('[data-viewport][data-side][data-state="shown"]').length === 2) after('pair')
    requestAnimationFrame(look)
  }
  look()
})()`

/** Polled in the page: its policy lets no text be compiled there. */
const until = (name: 'first' | 'pair') =>
  `new Promise((done, failed) => {
    setTimeout(() => failed(new Error('nothing was shown in a minute')), 60_000)
    const look = () => (window.told.${name} ? done(window.told) : requestAnimationFrame(look))
    look()
  })`

const SCROLL = `new Promise((done) => {
  const pane = document.querySelector('[data-viewport]')
  const [began, seen, gaps] = [performance.now(), new Set(), []]
  let [last, frames] = [began, 0]
  const step = (now) => {
    seen.add(pane.getAttribute('data-image-index'))
    gaps.push(now - last)
    last = now
    frames += 1
    if (now - began > ${SCROLL_MS}) {
      const seconds = (now - began) / 1000
      done({ frames: frames / seconds, images: seen.size / seconds, worst: Math.max(...gaps.slice(1)) })
      return
    }
    pane.dispatchEvent(new WheelEvent('wheel', { deltaY: 100, bubbles: true, cancelable: true }))
    requestAnimationFrame(step)
  }
  requestAnimationFrame(step)
})`

interface Told {
  readonly key: number
  readonly first: number
  readonly pair: number
}
interface Scrolled {
  readonly frames: number
  readonly images: number
  readonly worst: number
}

const figures = new Map<string, number[]>()
const note = (what: string, value: number) => figures.set(what, [...(figures.get(what) ?? []), value])

/** One reader with an empty cache. */
async function read(server: RunningServer, how: string): Promise<void> {
  const { page, close } = await openBrowser({ width: 1440, height: 900 })
  try {
    for (const time of ['first time', 'again'])
      for (const [key, what] of [
        ['v', 'study'],
        ['x', 'pair'],
      ] as const) {
        await page.goto(`${server.url}/?q=20240301`)
        await page.getByRole('row', { name: /1 Mar 2024/ }).waitFor()
        // The rest of the app is fetched while one looks at the list.
        await page.waitForLoadState('networkidle')
        await page.evaluate(WATCH)
        await page.keyboard.press(key)
        const told = await page.evaluate<Told>(what === 'pair' ? until('pair') : until('first'))
        note(`${how}, ${time}: key to first image${what === 'pair' ? ' of the pair' : ''}, ms`, told.first - told.key)
        if (what === 'pair') note(`${how}, ${time}: key to current and prior side by side, ms`, told.pair - told.key)
        if (what === 'study' && time === 'again') {
          await page.waitForTimeout(3000) // what lies ahead is fetched
          const scrolled = await page.evaluate<Scrolled>(SCROLL)
          note(`${how}: scrolling, frames a second`, scrolled.frames)
          note(`${how}: scrolling, images a second`, scrolled.images)
          note(`${how}: scrolling, longest frame, ms`, scrolled.worst)
        }
      }
  } finally {
    await close()
  }
}

async function timeline(server: RunningServer): Promise<void> {
  const { page, close } = await openBrowser({ width: 1440, height: 900 })
  try {
    await page.goto(server.url)
    await page.getByRole('grid', { name: 'Studies' }).waitFor()
    await page.waitForLoadState('networkidle')
    const [ms] = await Promise.all([
      page.evaluate<number>(`new Promise((done) => {
        let began = 0
        addEventListener('keydown', () => { began ||= performance.now() }, true)
        const look = () => began && document.querySelector('[aria-label="Studies over time"] ol button')
          ? requestAnimationFrame(() => done(performance.now() - began)) : requestAnimationFrame(look)
        look()
      })`),
      page.waitForTimeout(100).then(() => page.keyboard.press('t')),
    ])
    note('timeline of 500 studies: key to first paint, ms', ms)
    await page.goto(`${server.url}/p/${LIFETIME_KEY}`)
  } finally {
    await close()
  }
}

const server = await startServer()
for (const image of [...series(1, '20240301'), ...series(2, '20230301')]) {
  const { status } = await stow(server.dicomweb, image.bytes)
  if (status !== 200) throw new Error(`STOW-RS answered ${status}`)
}
for (let round = 0; round < rounds; round += 1) await read(server, 'unsealed')
const sealed = await fetch(`${server.url}/api/seal`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{}',
})
await sealed.text()
for (let round = 0; round < rounds; round += 1) await read(server, 'sealed')
await server.stop()

const many = await startServer()
for (const { bytes } of lifetime()) await stow(many.dicomweb, bytes)
for (let round = 0; round < rounds; round += 1) await timeline(many)
await many.stop()

const load = loadavg().map((one) => one.toFixed(1))
console.log(
  `\n${slices} slices of 512 by 512, ${rounds} rounds; ${cpus().length} cores for browser and archive together. Load of the machine: ${load.join(', ')}.\n`,
)
console.log('| what | median | least | greatest |\n| --- | ---: | ---: | ---: |')
for (const [what, values] of figures) {
  const sorted = [...values].sort((a, b) => a - b)
  const shown = (value: number | undefined) => String(Math.round(value ?? 0))
  console.log(`| ${what} | ${shown(sorted[sorted.length >> 1])} | ${shown(sorted[0])} | ${shown(sorted.at(-1))} |`)
}
