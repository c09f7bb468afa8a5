import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

describe.skipIf(browserPath() === undefined)('the storage page', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page
  let mirror: string

  beforeAll(async () => {
    mirror = join(mkdtempSync(join(tmpdir(), 'clearkeep-page-')), 'mirror')
    server = await startServer({ environment: { CLEARKEEP_VAULT__MIRRORS: JSON.stringify([mirror]) } })
    for (let at = 0; at < 4; at += 1)
      await stow(
        server.dicomweb,
        syntheticInstance({
          seed: at,
          rows: 256,
          columns: 256,
          value: (column, row) => (column * row + at) % 4096,
        }).bytes,
      )
    browser = await openBrowser()
    page = browser.page
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    rmSync(join(mirror, '..'), { recursive: true, force: true })
  })

  it('says what waits, seals it when told, and shows what came of it', async () => {
    await page.goto(`${server.url}/storage`)
    await page.getByText('4 objects in 1 study, kept as received').waitFor()
    await page.getByRole('button', { name: 'Seal what waits' }).click()
    await page.getByRole('row', { name: /CT 4/ }).waitFor()
    await page.getByText('0 objects in 0 studies, kept as received').waitFor()
    const { kept } = (await (await fetch(`${server.url}/api/storage`)).json()) as {
      kept: { received: number; kept: number }[]
    }
    const share = (((kept[0]?.kept ?? 0) / (kept[0]?.received ?? 1)) * 100).toFixed(1)
    expect(await page.getByRole('row', { name: /CT 4/ }).textContent()).toContain(`${share} %`)
    expect(await accessibilityFaults(page)).toEqual([])
    expect(browser.complaints).toEqual([])
  })

  it('says that a forecast needs 14 whole days; with a year behind it, when the disk is full and what would change that', async () => {
    await page.goto(`${server.url}/storage`)
    await page.getByText(/^A forecast needs 14 whole days\./).waitFor()
    const older = await startServer({})
    try {
      await stow(older.dicomweb, syntheticInstance({ seed: 9 }).bytes)
      grownOver(older.data, 400)
      await page.goto(`${older.url}/storage`)
      await page.getByText(/^About .* a week/).waitFor()
      const verdict = page.locator('section[aria-labelledby=growth] strong')
      const before = await verdict.textContent()
      await page.getByLabel('… and more disk, in TB').fill('500')
      await expect.poll(() => verdict.textContent()).not.toBe(before)
      await page.getByText('The year ahead as a table').click()
      expect(await page.locator('section[aria-labelledby=growth] tbody tr').count()).toBe(12)
      const { SCREENSHOTS } = process.env
      if (SCREENSHOTS !== undefined) await page.screenshot({ path: join(SCREENSHOTS, 'growth.png'), fullPage: true })
      expect(await accessibilityFaults(page)).toEqual([])
      expect(browser.complaints).toEqual([])
      await page.goto(`${server.url}/storage`)
    } finally {
      await older.stop()
    }
  })

  it('says what is in the cold store, what is on its way back, and why it does not come', async () => {
    const cold = join(mirror, '..', 'cold')
    const tiered = await startServer({ environment: { CLEARKEEP_VAULT__COLD: JSON.stringify([cold]) } })
    try {
      const image = syntheticInstance({
        seed: 20,
        rows: 256,
        columns: 256,
        value: (column, row) => (column * row) % 4096,
      })
      await stow(tiered.dicomweb, image.bytes)
      await page.goto(`${tiered.url}/storage`)
      await page.getByText(/0 studies, 0 B, found as ever/).waitFor()
      const post = async (path: string, body: object) =>
        (
          await fetch(`${tiered.url}${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          })
        ).text()
      await post('/api/seal', {})
      await post('/api/cold', { studies: [image.study] })
      renameSync(cold, `${cold}-away`)
      await post(`/api/studies/${image.study}/recall`, {})
      await page.goto(`${tiered.url}/storage`)
      await page.getByText(/1 study, [\d.]+ kB, found as ever/).waitFor()
      await page.getByRole('row', { name: /Nothing can be written to .*not there/ }).waitFor({ timeout: 30_000 })
      const { SCREENSHOTS } = process.env
      if (SCREENSHOTS !== undefined) await page.screenshot({ path: join(SCREENSHOTS, 'cold.png'), fullPage: true })
      expect(await accessibilityFaults(page)).toEqual([])
      expect(browser.complaints).toEqual([])
      await page.goto(`${server.url}/storage`)
    } finally {
      await tiered.stop()
    }
  })

  it('says when everything was read again, and which image a damaged file takes with it', async () => {
    await page.getByRole('button', { name: 'Read everything again now' }).click()
    await page.getByText('Everything was as it came').waitFor()
    await page.getByText('It has everything that is sealed.').waitFor()
    for (const vault of [join(server.data, 'vault'), join(mirror, 'vault')]) {
      const [pack = ''] = readdirSync(vault, { recursive: true, encoding: 'utf8' }).filter((one) =>
        one.endsWith('.zip'),
      )
      const bytes = readFileSync(join(vault, pack))
      const at = bytes.indexOf(Buffer.from([0xff, 0xd9])) - 20
      bytes[at] = (bytes[at] ?? 0) ^ 1
      writeFileSync(join(vault, pack), bytes)
    }
    await page.getByRole('button', { name: 'Read everything again now' }).click()
    await page.getByText('1 file damaged in every copy').waitFor()
    await page.getByText(/^1 image cannot be given out: 2\.25\.\d+ \(bytes [\d,]+ to [\d,]+\)\.$/).waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    expect(browser.complaints).toEqual([])
    const figures = await (await fetch(`${server.url}/metrics`)).text()
    expect(figures).toMatch(/^clearkeep_copy_good\{copy="mirror-1"\} 1$/m)
    expect(figures).toMatch(/^clearkeep_fixity_harmed_instances 1$/m)
  })
})

/** Studies like the one there is, one a day up to yesterday, each of some gigabytes: rows of the index and nothing else. */
function grownOver(data: string, days: number): void {
  const db = new Sqlite(join(data, 'index.db'))
  const copy = (table: string, set: Record<string, string>) => {
    const columns = (db.prepare(`select name from pragma_table_info('${table}')`).all() as { name: string }[]).map(
      ({ name }) => name,
    )
    return db.prepare(
      `insert into ${table} (${columns.join(', ')}) select ${columns.map((name) => set[name] ?? name).join(', ')} from ${table} order by rowid limit 1`,
    )
  }
  const study = copy('studies', { study_uid: '@uid', received_first: '@at', received_last: '@at' })
  const series = copy('series', { study_uid: '@uid', series_uid: '@uid', bytes: '@bytes' })
  for (let day = 1; day <= days; day += 1) {
    const row = {
      uid: `2.25.${1_000_000 + day}`,
      at: new Date(Date.now() - day * 86_400_000).toISOString(),
      bytes: Math.round(4e9 * (1 + 0.3 * Math.sin(day * 1.7)) * (2 - day / days)),
    }
    study.run(row)
    series.run(row)
  }
  db.close()
}
