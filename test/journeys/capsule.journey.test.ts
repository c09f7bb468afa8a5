/**
 * The time capsule of a patient: taken out of a running archive, unpacked into a bare folder, opened from there in a browser
 * that has no network. Its originals are what was received, its values are those of the originals, and taking it out is told.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { runInNewContext } from 'node:vm'
import { inflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CapsuleBook, CapsuleImage, CapsulePart } from '../../src/api/capsule.ts'
import { gather } from '../../src/base/bytes.ts'
import { unpackValues } from '../../src/pixels/packed-values.ts'
import { betweenObjects } from '../../src/synthetic/between.ts'
import { noduleExaminations, noduleHistory } from '../../src/synthetic/nodule-story.ts'
import { noduleReports } from '../../src/synthetic/reports.ts'
import { bellyObjects } from '../../src/synthetic/ultrasound-story.ts'
import { sha256 } from '../support/archives.ts'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { type RunningServer, startServer } from '../support/server.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const KEY = Buffer.from('CLEARKEEP SYNTHETIC|SYN-0001').toString('base64url')
const HISTORY = noduleHistory()

/** A few slices of the first two examinations, films, an ultrasound in colour, reports and a letter. */
function* sent() {
  for (const examination of HISTORY.slice(0, 2)) {
    const slices = [...noduleExaminations()].filter(({ series }) => series === examination.series)
    yield* slices.slice(6, 12)
  }
  yield* betweenObjects()
  yield* bellyObjects()
  yield* noduleReports()
}

describe('a time capsule', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-capsule-'))
  const received: Uint8Array[] = []
  let server: RunningServer
  let folder: string
  let book: CapsuleBook
  let browser: RunningBrowser
  const asked: string[] = []

  beforeAll(async () => {
    server = await startServer()
    for (const object of sent()) {
      const bytes = await gather(object.open())
      expect((await stow(server.dicomweb, bytes)).status).toBe(200)
      received.push(bytes)
    }
    const answer = await fetch(`${server.url}/api/patients/${KEY}/capsule`)
    expect(answer.headers.get('content-disposition')).toMatch(/filename="time-capsule-\d{8}T\d{6}\.zip"/)
    const zip = join(scratch, 'capsule.zip')
    writeFileSync(zip, Buffer.from(await answer.arrayBuffer()))
    const unzipped = spawnSync('python3', ['-m', 'zipfile', '-e', zip, scratch], { encoding: 'utf8' })
    expect(unzipped.stderr).toBe('')
    folder = join(scratch, readdirSync(scratch).find((name) => name.startsWith('time-capsule')) ?? '')
    book = called<CapsuleBook>('capsule/book.js', 'book')
    if (browserPath() === undefined) return
    // Axe wants to read the style sheet by itself, which the page forbids.
    browser = await openBrowser({ ignore: /capsule\.css|preload assets/ })
    browser.page.on('request', (request) => asked.push(request.url()))
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    rmSync(scratch, { recursive: true, force: true })
  })

  /** What a file hands to the page. */
  function called<Given>(file: string, door: 'book' | 'part'): Given {
    const given: Given[] = []
    const take = (...all: Given[]) => void given.push(all.at(-1) as Given)
    runInNewContext(readFileSync(join(folder, file), 'utf8'), { clearkeepCapsule: { [door]: take } })
    return given[0] as Given
  }
  function images(study: number): readonly CapsuleImage[] {
    return (book.studies[study]?.series ?? [])
      .flatMap(({ parts }) => parts)
      .flatMap(({ file }) => {
        const part = called<CapsulePart>(file, 'part')
        return 'images' in part ? part.images : []
      })
  }
  const at = (date: string) => book.studies.findIndex((study) => study.date === date)

  it('holds every study with every object as it was received, bit for bit, and passes its own verifier', () => {
    const objects = JSON.parse(readFileSync(join(folder, 'data/objects.json'), 'utf8')) as { path: string }[]
    const digests = objects.map(({ path }) => sha256(readFileSync(join(folder, path))))
    expect(new Set(digests)).toEqual(new Set(received.map(sha256)))
    const { stdout, status } = spawnSync(process.execPath, ['verify.mjs'], { cwd: folder, env: {}, encoding: 'utf8' })
    expect(stdout).toContain(`objects: ${received.length} objects`)
    expect(stdout).not.toContain('FAIL')
    expect(status).toBe(0)
  })

  it('has the acts of arrival alone: who looked at the images since is nobody else’s business', async () => {
    const acts = readFileSync(join(folder, 'data/acts.csv'), 'utf8').trim().split('\n').slice(1)
    expect(acts).toHaveLength(received.length)
    for (const act of acts) expect(act).toContain('stored an instance')
  })

  it('says of each study what the timeline says', () => {
    expect(book.patient).toMatchObject({ id: 'SYN-0001', birthDate: '19480314', sex: 'F' })
    expect(book.studies.map(({ date, families, lanes }) => [date, families.join(), lanes.join()])).toEqual(
      expect.arrayContaining([
        ['20060511', 'XR', 'chest'],
        ['20120614', 'US', 'abdomen'],
        ['20140902', 'XR', 'knee'],
        ['20190305', 'CT', 'chest'],
      ]),
    )
    expect(book.studies.map(({ date }) => date)).toEqual(book.studies.map(({ date }) => date).sort())
  })

  it('shows grey images by the values of the original, sample by sample', () => {
    for (const date of ['20190305', '20060511', '20140902']) {
      const shown = images(at(date))
      expect(shown.length, date).toBeGreaterThan(0)
      for (const image of shown) {
        if (image.kind !== 'values') throw new Error(`${date} is not shown by values`)
        const packed = { kind: image.values, bytes: inflateRawSync(Buffer.from(image.data, 'base64')) }
        const values = unpackValues(packed, image.columns)
        const original = readFileSync(join(folder, image.object))
        // The demonstration's objects are native, 16 bits, and end with their pixels.
        const count = image.rows * image.columns
        const stored = new DataView(original.buffer, original.byteOffset + original.length - count * 2, count * 2)
        const signed = image.values === 'i16'
        for (let pixel = 0; pixel < count; pixel += 1) {
          const expected = signed ? stored.getInt16(pixel * 2, true) : stored.getUint16(pixel * 2, true)
          if (values[pixel] !== expected) expect.fail(`${date}, pixel ${pixel}: ${values[pixel]} for ${expected}`)
        }
      }
    }
    const [ct] = images(at('20190305'))
    expect(ct).toMatchObject({ slope: 1, intercept: expect.any(Number), unit: 'HU' })
    const places = images(at('20190305')).map(({ position }) => position ?? Number.NaN)
    expect(places).toEqual([...places].sort((a, b) => a - b))
  })

  it('shows what is not grey as pictures, and reads reports and letters', () => {
    for (const image of images(at('20120614'))) {
      if (image.kind !== 'picture') throw new Error('the ultrasound is not shown as a picture')
      expect(readFileSync(join(folder, image.file)).subarray(1, 4).toString()).toBe('PNG')
    }
    const reports = book.studies.flatMap((study) => study.reports)
    const letter = reports.find(({ kind }) => kind === 'document')
    expect(
      readFileSync(join(folder, letter?.file ?? ''))
        .subarray(0, 4)
        .toString(),
    ).toBe('%PDF')
    const report = called<CapsulePart>(reports.find(({ kind }) => kind === 'text')?.file ?? '', 'part')
    const lines = 'report' in report ? report.report.below.map(({ name, value }) => `${name}: ${value}`) : []
    expect(lines).toContain(`Long Axis: ${HISTORY[0]?.longAxis} mm`)
  })

  it('comes from the command line too, from a running archive, and writes over nothing', () => {
    const file = join(scratch, 'again.zip')
    const words = ['export', '--capsule', 'SYN-0001', '--issuer', 'CLEARKEEP SYNTHETIC', '--server', server.url, file]
    const run = () => spawnSync(resolve('bin/clearkeep'), words, { encoding: 'utf8' })
    const { status, stderr } = run()
    expect(stderr).toContain('open index.html')
    expect(status).toBe(0)
    const checked = spawnSync(process.execPath, [join(folder, 'verify.mjs'), file], { env: {}, encoding: 'utf8' })
    expect(checked.status, checked.stdout).toBe(0)
    expect(run()).toMatchObject({ status: 2, stderr: expect.stringContaining('is not written over') })
    const nobody = spawnSync(resolve('bin/clearkeep'), words.with(2, 'NOBODY').with(-1, join(scratch, 'no.zip')), {
      encoding: 'utf8',
    })
    expect(nobody).toMatchObject({ status: 1, stderr: expect.stringContaining('There is no such patient') })
    expect(readdirSync(scratch).filter((name) => name.startsWith('no.zip'))).toEqual([])
  })

  it('is a disclosure: the account of who got the patient’s images lists it', async () => {
    const { disclosures } = (await (await fetch(`${server.url}/api/patients/${KEY}/access`)).json()) as {
      disclosures: { what: string }[]
    }
    expect(disclosures.map(({ what }) => what)).toEqual([1, 2].map(() => expect.stringContaining('time capsule')))
  })

  describe.skipIf(browserPath() === undefined)('opened from its folder', () => {
    it('shows the life of the patient without a network', async () => {
      const { page } = browser
      await page.goto(`file://${folder}/index.html`)
      await page.getByRole('heading', { name: 'Phantom, Nodula' }).waitFor()
      expect(await page.locator('.card').count()).toBe(book.studies.length)
      await expect
        .poll(() =>
          page.evaluate<boolean>(
            '[...document.images].filter((one) => one.getBoundingClientRect().top < innerHeight).every((one) => one.complete && one.naturalWidth > 0)',
          ),
        )
        .toBe(true)
      expect(await accessibilityFaults(page)).toEqual([])
      await page.getByLabel('Region').selectOption('Knee')
      expect(await page.locator('.card').count()).toBe(1)
      await page.getByLabel('Region').selectOption('All')
    })

    const brightness = (which = 0) =>
      browser.page.evaluate<number>(`(() => {
        const canvas = document.querySelectorAll('canvas.image')[${which}]
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        let sum = 0
        for (let at = 0; at < data.length; at += 4) sum += data[at]
        return sum / (canvas.width * canvas.height)
      })()`)

    it('scrolls and windows, by keys and fields as well as by hand', async () => {
      const { page } = browser
      await page.goto(`file://${folder}/index.html#/s/${at('20190305') + 1}`)
      const canvas = page.locator('canvas.image')
      await page.locator('canvas.image[data-image]').waitFor()
      const shown = Number(await canvas.getAttribute('data-image'))
      await canvas.focus()
      await page.keyboard.press('ArrowDown')
      await page.locator(`canvas.image[data-image="${shown + 1}"]`).waitFor()
      await canvas.hover()
      await page.mouse.wheel(0, -100)
      await page.locator(`canvas.image[data-image="${shown}"]`).waitFor()
      const [before, facts] = [await brightness(), await page.locator('.facts').textContent()]
      expect(before).toBeGreaterThan(1)
      await page.getByLabel('Centre').fill('40') // it came in a lung window
      await page.getByLabel('Centre').press('Tab')
      await expect.poll(() => brightness()).not.toBe(before)
      expect(await page.locator('.facts').textContent()).toContain('C 40 ')
      await page.getByRole('button', { name: 'Reset' }).click()
      await expect.poll(() => brightness()).toBe(before)
      expect(await page.locator('.facts').textContent()).toBe(facts)
      expect(await accessibilityFaults(page)).toEqual([])
    })

    it('puts the study before beside it, at the same place of the table', async () => {
      const { page } = browser
      await page.goto(`file://${folder}/index.html#/s/${at('20190910') + 1}/${at('20190305') + 1}`)
      await expect.poll(() => page.locator('canvas.image[data-image]').count()).toBe(2)
      await page.getByText('by table position, not registered').waitFor()
      await page.locator('canvas.image').first().focus()
      await page.keyboard.press('Home')
      const place = async (which: number) =>
        Number(/(-?[\d.]+) mm/.exec((await page.locator('.facts').nth(which).textContent()) ?? '')?.[1])
      await expect.poll(async () => Math.abs((await place(0)) - (await place(1)))).toBeLessThan(8)
      for (const which of [0, 1]) expect(await brightness(which)).toBeGreaterThan(1)
    })

    it('opens reports, goes to the study before with an arrow, and comes back to the timeline', async () => {
      const { page } = browser
      await page.goto(`file://${folder}/index.html#/s/${at('20190305') + 1}`)
      await page.getByText('CT Report').first().click()
      await page.getByText(`${HISTORY[0]?.longAxis} mm`).waitFor()
      await page.getByRole('heading', { level: 1 }).click()
      await page.keyboard.press('ArrowLeft')
      await page.getByRole('heading', { level: 1, name: '11 May 2006' }).waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('heading', { name: 'Phantom, Nodula' }).waitFor()
    })

    it('says plainly when a file of it is missing', async () => {
      const { page } = browser
      const [series] = book.studies[at('20140902')]?.series ?? []
      rmSync(join(folder, series?.parts[0]?.file ?? ''))
      await page.goto(`file://${folder}/index.html#/s/${at('20140902') + 1}`)
      await page.getByText('is missing or damaged. Unpack the whole ZIP file').waitFor()
    })

    it('asked for nothing but its own files', () => {
      expect(asked.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([])
      const told = browser.complaints.filter((complaint) => !complaint.includes('ERR_FILE_NOT_FOUND'))
      expect(told).toEqual([])
    })
  })
})
