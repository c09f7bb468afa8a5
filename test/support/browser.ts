/**
 * Debian's Chromium with a profile that is thrown away, watched: whatever a page complains of is kept, so that a journey
 * can end with nothing to complain of. WebGL is drawn by software; everything is slow, so waits are long.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const PATIENCE_MS = 60_000

/** Undefined where there is no Chromium; on CI that is a failure. */
export function browserPath(): string | undefined {
  if (existsSync(CHROMIUM)) return CHROMIUM
  if (process.env['CI'] === 'true') throw new Error(`no browser at ${CHROMIUM}: set CHROMIUM`)
  return undefined
}

export interface RunningBrowser {
  readonly page: Page
  /** Errors of pages, and complaints on their consoles. */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

export interface BrowserOptions {
  readonly width?: number
  readonly height?: number
  readonly flags?: readonly string[]
  /** Complaints that are expected. */
  readonly ignore?: RegExp
}

/** What tests bring about themselves: they read the canvas back. */
const OURS = /willReadFrequently/

export async function openBrowser(options: BrowserOptions = {}): Promise<RunningBrowser> {
  const profile = mkdtempSync(join(tmpdir(), 'clearkeep-browser-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    args: [...FLAGS, ...(options.flags ?? [])],
    viewport: { width: options.width ?? 1360, height: options.height ?? 900 },
    timeout: PATIENCE_MS,
  })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = context.pages()[0] ?? (await context.newPage())
  const complaints: string[] = []
  const complain = (text: string) => {
    if (!options.ignore?.test(text) && !OURS.test(text)) complaints.push(text)
  }
  page.on('pageerror', (error) => complain(`page: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complain(`console: ${message.text()}`)
  })
  return {
    page,
    complaints,
    async close() {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

let axe: string | undefined

interface AxeResults {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[]
  }[]
}

/** What axe finds against WCAG 2.2 A and AA on the page as it stands; a line each. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  axe ??= readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  // Fading colours are no colours to judge.
  const fading =
    'document.getAnimations().some((one) => one.playState === "running" && one.effect.getComputedTiming().iterations !== Infinity)'
  while (await page.evaluate<boolean>(fading)) await page.evaluate('new Promise(requestAnimationFrame)')
  await page.evaluate(axe)
  const results = await page.evaluate<AxeResults>(
    'axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })',
  )
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary.replace(/\s+/g, ' ')}`),
  )
}

/**
 * Leaves a picture for somebody to look at where SCREENSHOTS names a folder. The pages of the app scroll inside: for the
 * picture the window is made as high as what there is to see.
 */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS']
  if (folder === undefined) return
  const before = page.viewportSize()
  const height = await page.evaluate<number>(
    'Math.max(...[...document.querySelectorAll("html, main")].map(({ scrollHeight }) => scrollHeight)) + 80',
  )
  if (before)
    await page.setViewportSize({ width: before.width, height: Math.max(before.height, Math.min(height, 6000)) })
  await page.screenshot({ path: join(folder, `${name}.png`) })
  if (before) await page.setViewportSize(before)
}
