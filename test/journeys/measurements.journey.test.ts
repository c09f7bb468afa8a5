/**
 * Measurements that last: what a reader measures is kept as a structured report of the study, stands there again when it is
 * opened, and is followed from examination to examination under the lesion's own UID. DCMTK and dciodvfy judge what is kept.
 */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Measurements } from '../../src/api/measurements.ts'
import { gather } from '../../src/base/bytes.ts'
import { readWhole } from '../../src/dicom/reader.ts'
import { readMeasurementReport } from '../../src/findings/read-report.ts'
import { NODULE_TRACKING_UID, noduleMeasurements } from '../../src/synthetic/measurements.ts'
import { noduleExaminations, noduleHistory } from '../../src/synthetic/nodule-story.ts'
import { demonstrationTruth } from '../../src/synthetic/truth.ts'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { original, stow } from '../support/client.ts'
import { corpusDir } from '../support/corpus.ts'
import { errorsOf, hasDciodvfy } from '../support/dciodvfy.ts'
import { hasDcmtk, run } from '../support/dcmtk.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const SIDE = 256
const OBJECT = syntheticInstance({
  seed: 1,
  study: 3,
  rows: SIDE,
  columns: SIDE,
  spacing: '0.5\\0.5',
  value: (column, row) => column + 2 * row,
})
const history = noduleHistory()

describe.skipIf(browserPath() === undefined)('measurements', () => {
  let server: RunningServer
  let browser: RunningBrowser
  let page: Page

  beforeAll(async () => {
    server = await startServer()
    const put = async (bytes: Uint8Array) => expect((await stow(server.dicomweb, bytes)).status).toBe(200)
    await put(OBJECT.bytes)
    for (const { series, instance } of history.slice(0, 3))
      for (const object of noduleExaminations())
        if (object.series === series && object.instance === instance) await put(await gather(object.open()))
    browser = await openBrowser({ width: 1400, height: 1000, ignore: /no dataType provided|409/ })
    page = browser.page
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const reports = async (study: string): Promise<Measurements> =>
    (await (await fetch(`${server.url}/api/studies/${study}/measurements`)).json()) as Measurements
  const shown = () => page.locator('[data-viewport][data-state="shown"]').first().waitFor()
  const save = (study: string, body: object) =>
    fetch(`${server.url}/api/studies/${study}/measurements`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const kept = () => page.locator('[data-kept="true"]', { hasText: 'Kept as a structured report' }).waitFor()
  const drawn = () =>
    page
      .locator('[data-measure]')
      .evaluateAll((found) =>
        found.map((one) => [
          one.getAttribute('data-measure'),
          one.getAttribute('data-lesion'),
          one.getAttribute('data-says'),
        ]),
      )

  it('of every kind are drawn with keys alone', async () => {
    await page.goto(`${server.url}/v/${OBJECT.study}`)
    await shown()
    await page.keyboard.press('Shift+O')
    await page.locator('[data-viewport][data-state="shown"][data-zoom="1"]').waitFor()
    let count = 0
    for (const key of ['d', 'b', 'a', 'Shift+A', 'q', 'Shift+Q', 'x', 'Shift+D']) {
      await page.keyboard.press(key)
      await page.keyboard.press('Enter')
      count += 1
      await page.locator(`[data-measurements="${count}"]`).waitFor()
    }
    await page.keyboard.press('Escape')
    const says = new Map((await drawn()).map(([kind, , words]) => [kind, words]))
    expect(says.get('length')).toBe('Length 60 mm')
    expect(says.get('bidirectional')).toBe('Long 60 mm · Short 30 mm')
    expect(says.get('angle')).toMatch(/^Angle [\d.]+°$/)
    expect(says.get('cobb')).toMatch(/^Cobb angle [\d.]+°$/)
    expect(says.get('freehand')).toContain('Area 1600 mm² (6400 px)')
    expect(says.get('probe')).toMatch(/^\d+$/)
  })

  it('are named, described and kept from the panel, and stand there again on opening, number for number', async () => {
    await page.keyboard.press('n')
    await page.getByRole('textbox', { name: 'Words of L8' }).fill('Look here')
    await page.getByRole('combobox', { name: 'Site of L2' }).selectOption({ label: 'Liver' })
    await page.getByText('Not kept yet.').waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    const before = await drawn()
    await page.getByRole('button', { name: 'Keep', exact: true }).click()
    await kept()
    await page.reload()
    await shown()
    await page.locator('[data-measurements="8"]').waitFor()
    await page.keyboard.press('Shift+O')
    await page.locator('[data-viewport][data-state="shown"][data-zoom="1"]').waitFor()
    expect(await drawn()).toEqual(before)
  })

  it('are a report that is the same when it is kept again unchanged: values, places, UIDs', async () => {
    const first = (await reports(OBJECT.study)).reports[0]!
    expect(first.findings).toHaveLength(8)
    const again = await save(OBJECT.study, { findings: first.findings, basedOn: first.instance })
    expect(again.status).toBe(200)
    const [second, ...others] = (await reports(OBJECT.study)).reports
    expect(others).toEqual([])
    expect(second?.instance).not.toBe(first.instance)
    expect(second?.series).toBe(first.series)
    expect(second?.findings).toEqual(first.findings)
  })

  it('name their predecessor, hold the patient of the study, and are accepted by dciodvfy and dsrdump', async () => {
    const [report] = (await reports(OBJECT.study)).reports
    const file = await original(server.url, OBJECT.study, report!.series, report!.instance)
    const read = readMeasurementReport(readWhole(file).dataSet)
    expect(read?.predecessors).toHaveLength(1)
    if (hasDciodvfy()) expect(await errorsOf(file)).toEqual([])
    if (!hasDcmtk()) return
    const path = `${mkdtempSync(`${tmpdir()}/clearkeep-sr-`)}/one.dcm`
    writeFileSync(path, file)
    const { code, said } = await run('dsrdump', path)
    expect(code).toBe(0)
    expect(said.replaceAll(/^W: The VR checker does not support.*$/gm, '')).not.toMatch(/^[WEF]:/m)
    expect(said).toContain('SYNTHETIC^PATIENT')
    expect(said).toContain('"Cobb angle"')
  })

  it('of two who keep at once the second is told, and nothing of the first is lost', async () => {
    const [report] = (await reports(OBJECT.study)).reports
    const stale = await save(OBJECT.study, { findings: [], basedOn: null })
    expect(stale.status).toBe(409)
    expect(((await stale.json()) as { code: string }).code).toBe('MEASUREMENTS_CHANGED')
    expect((await reports(OBJECT.study)).reports[0]?.instance).toBe(report?.instance)
    const strange = await save(OBJECT.study, {
      basedOn: report?.instance,
      findings: report?.findings.map((one) => ({
        ...one,
        shapes: one.shapes.map((shape) => ({ ...shape, image: { ...shape.image, instance: '1.2.3' } })),
      })),
    })
    expect(strange.status).toBe(404)
  })

  it.skipIf(corpusDir() === undefined)('of other makers are read from every report of the corpus', async () => {
    const folder = `${corpusDir()}/sr/tid1500`
    for (const name of readdirSync(folder).filter((one) => one.startsWith('sr'))) {
      const bytes = readFileSync(`${folder}/${name}`)
      expect([200, 202], name).toContain((await stow(server.dicomweb, bytes)).status)
      const study = readMeasurementReport(readWhole(bytes).dataSet)!.study
      const found = (await reports(study)).reports.filter((one) => !one.own)
      expect(found.flatMap(({ findings }) => findings).length, name).toBeGreaterThan(0)
    }
  })

  it('of the synthetic nodule are one lesion in all examinations; its trend is what the generator knows', async () => {
    for (const object of noduleMeasurements())
      expect((await stow(server.dicomweb, await gather(object.open()))).status).toBe(200)
    await page.goto(`${server.url}/v/${history[2]!.study}/trends`)
    const row = page.locator('tr[data-lesion="L1"]')
    await row.waitFor()
    const truth = demonstrationTruth().nodule.map(({ longAxis }) => longAxis)
    expect((await row.getAttribute('data-sizes'))?.split(' ').map(Number)).toEqual(truth)
    expect((await page.locator('[data-line="L1"]').getAttribute('data-sizes'))?.split(' ').map(Number)).toEqual(truth)
    const dates = await page.locator('section[aria-label="Sizes, a table"] thead th').allTextContents()
    expect(dates.slice(1, 7)).toEqual([
      '5 Mar 2019',
      '10 Sep 2019',
      '17 Mar 2020',
      '21 Jul 2020',
      '13 Apr 2021',
      '7 Oct 2025',
    ])
    const responses = await page
      .locator('tr[data-response]')
      .evaluateAll((rows) => rows.map((one) => one.getAttribute('data-response')))
    // 4.75, 9.41, 18.03, 12.21, 7.19, 3.7 mm. The smallest before the last is the baseline, 4.75: progression takes 5 mm more than
    // that, and a response 30 % less, 3.33.
    expect(responses).toEqual(['baseline', 'SD', 'PD', 'PD', 'SD', 'SD'])
    await page.getByText('a target has 10 mm at least').waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
  })

  it('are signed by a named person; the report is then verified', async () => {
    await page.getByRole('button', { name: 'Sign this assessment' }).click()
    await page.locator('[data-signed]').waitFor()
    const report = (await reports(history[2]!.study)).reports.find(({ study }) => study === history[2]!.study)!
    expect(report.signed?.name).toBeTruthy()
    expect(report.conclusion).toContain('RECIST 1.1')
    expect(report.findings[0]?.trackingUid).toBe(NODULE_TRACKING_UID)
    const file = await original(server.url, report.study, report.series, report.instance)
    if (hasDciodvfy()) expect(await errorsOf(file)).toEqual([])
  })

  it('lead from the table to the image, with what was measured on it', async () => {
    await page.locator('tr[data-lesion="L1"] a').first().click()
    await shown()
    await page.locator('[data-lesion="L1"][data-measure="bidirectional"]').waitFor()
    expect(await page.locator('[data-lesion="L1"]').getAttribute('data-says')).toBe('Long 4.8 mm · Short 4.5 mm')
  })

  it('say where there is nothing to follow what to do', async () => {
    const empty = syntheticInstance({ seed: 7, study: 7, patientId: 'SYN-7' })
    expect((await stow(server.dicomweb, empty.bytes)).status).toBe(200)
    await page.goto(`${server.url}/v/${empty.study}/trends`)
    await page.getByText('Nothing is followed yet').waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await page.goto(`${server.url}/v/1.2.3.4.5/trends`)
    await page.getByRole('button', { name: /Retry|Try again/ }).waitFor()
  })

  it('gave the browser nothing to complain of', () => {
    expect(browser.complaints.filter((one) => !one.includes('404'))).toEqual([])
  })
})
