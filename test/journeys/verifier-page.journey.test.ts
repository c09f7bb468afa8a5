/**
 * The page of an evidence pack, opened from a folder in Chromium, without a server or a network: what it says of a sound
 * pack, of one with a bit changed, and of a log's folder that somebody attacked who knows the formats.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { gather } from '../../src/base/bytes.ts'
import { uid } from '../../src/dicom/uid.ts'
import { keyText } from '../../src/proof/note.ts'
import { decodeBundle, tilePath, tilesOf } from '../../src/proof/tiles.ts'
import { ADMINISTRATOR, asFile, removeArchives, runArchive, user } from '../support/archives.ts'
import { remakeLog, stolenKey } from '../support/attacker.ts'
import { accessibilityFaults, browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { noteSigner } from '../support/made-log.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const YEAR = String(new Date().getUTCFullYear())

describe.skipIf(browserPath() === undefined)('the verifier as a page', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-page-'))
  const privacy = user('privacy')
  let browser: RunningBrowser
  let page: Page
  let pack: string
  let unpacked: string
  let data: string
  let key: string
  let origin: string
  const early = join(scratch, 'early')

  beforeAll(async () => {
    const running = await runArchive()
    const { archive } = running
    const made = [1, 2, 3, 4].map((seed) => syntheticInstance({ seed }))
    for (const { bytes } of made.slice(0, 3)) await archive.receive(ADMINISTRATOR, asFile(bytes, 'import'))
    await vi.waitFor(() => expect(Number(archive.log.checkpoint(YEAR)?.split('\n')[1])).toBeGreaterThan(4), 30_000)
    writeFileSync(early, archive.log.checkpoint(YEAR) ?? '')
    for (const { bytes } of made.slice(3)) await archive.receive(ADMINISTRATOR, asFile(bytes, 'import'))
    const { name, bytes } = await archive.evidence(privacy, { study: uid(made[0]?.study ?? '') })
    pack = join(scratch, `${name}.zip`)
    writeFileSync(pack, await gather(bytes))
    expect(spawnSync('python3', ['-m', 'zipfile', '-e', pack, scratch]).status).toBe(0)
    unpacked = join(scratch, name)
    key = archive.log.key(YEAR) ?? ''
    origin = key.split('+')[0] ?? ''
    await running.close()
    data = running.folder
    browser = await openBrowser()
    page = browser.page
  })
  afterAll(async () => {
    await browser?.close()
    await removeArchives()
    rmSync(scratch, { recursive: true, force: true })
  })

  /** Opens the page anew, gives it what was got elsewhere and what is to be checked, and reads its lines. */
  async function checked(
    what: { readonly zip: string } | { readonly folder: string },
    elsewhere: { readonly keys?: string; readonly checkpoints?: readonly string[] } = {},
  ): Promise<{ readonly status: string; readonly lines: Readonly<Record<string, string>> }> {
    await page.goto(pathToFileURL(join(unpacked, 'verify.html')).href)
    if (elsewhere.keys !== undefined) await page.getByLabel('Keys').fill(elsewhere.keys)
    if (elsewhere.checkpoints !== undefined)
      await page.getByLabel('Checkpoints you kept').setInputFiles([...elsewhere.checkpoints])
    if ('zip' in what) await page.getByLabel('The ZIP file').setInputFiles(what.zip)
    else await page.getByLabel(/or a folder/).setInputFiles(what.folder)
    await page.locator('#status[data-state]').waitFor()
    const rows = await page.getByRole('row').all()
    const lines: Record<string, string> = {}
    for (const row of rows.slice(1)) {
      const [name = '', outcome = '', fact = ''] = await row.locator('th,td').allTextContents()
      lines[name] = `${outcome}: ${fact}`
    }
    return { status: (await page.locator('#status').textContent()) ?? '', lines }
  }

  it('checks a pack line by line, with the key and the checkpoint its reader got elsewhere, and without', async () => {
    const without = await checked({ zip: pack })
    expect(without.status).toMatch(/^\d checks passed, \d could not be made/)
    expect(without.lines['key']).toMatch(/^Not checked: you gave none/)
    expect(without.lines['objects']).toMatch(/^Passed: 4 objects/)
    expect(await accessibilityFaults(page)).toEqual([])

    const own = join(unpacked, `data/log/${YEAR}/checkpoint`)
    const { lines } = await checked({ zip: pack }, { keys: key, checkpoints: [own] })
    expect(lines['key']).toMatch(/^Passed/)
    expect(lines['kept checkpoints']).toMatch(/^Passed/)
    expect((await checked({ zip: pack }, { keys: keyText(noteSigner(origin, 7).key) })).lines['signatures']).toMatch(
      /^Failed/,
    )
    expect((await checked({ zip: pack }, { keys: 'no key' })).status).toContain('is no verifier key')
  })

  it('names the file in which a bit was changed, in the ZIP and in the folder', async () => {
    const [object] = JSON.parse(readFileSync(join(unpacked, 'data/objects.json'), 'utf8')) as { path: string }[]
    const name = object?.path ?? ''
    const bytes = readFileSync(pack)
    const inside = readFileSync(join(unpacked, name))
    const at = bytes.indexOf(inside.subarray(inside.length - 64)) + 20
    bytes[at] = (bytes[at] ?? 0) ^ 1
    const flipped = join(scratch, 'flipped.zip')
    writeFileSync(flipped, bytes)
    const { lines, status } = await checked({ zip: flipped })
    expect(status).toMatch(/checks failed/)
    expect(lines['files']).toContain(`${name} is not what it was`)
    expect(lines['objects']).toContain(`${name}: its data set is not the one that was received`)

    const folder = join(scratch, 'changed')
    cpSync(unpacked, folder, { recursive: true })
    rmSync(join(folder, name))
    expect((await checked({ folder })).lines['files']).toContain(`${name} is missing`)
  })

  it('refuses what is neither a pack nor a log, and a ZIP cut short', async () => {
    const file = join(scratch, 'none.zip')
    writeFileSync(file, 'not a ZIP')
    expect((await checked({ zip: file })).status).toContain('it is no ZIP, or cut short')
    writeFileSync(file, readFileSync(pack).subarray(0, 5000))
    expect((await checked({ zip: file })).status).toContain('it is no ZIP, or cut short')
  })

  describe('of the folder of a year’s log', () => {
    let copies = 0
    const log = () => {
      copies += 1
      const folder = join(scratch, `log-${copies}`)
      cpSync(join(data, 'log', YEAR), folder, { recursive: true })
      return folder
    }
    const leavesOf = (folder: string): string[] => {
      const size = Number(readFileSync(join(folder, 'checkpoint'), 'utf8').split('\n')[1])
      return [...tilesOf(size)]
        .filter(({ level }) => level === 'entries')
        .flatMap((tile) => [...(decodeBundle(readFileSync(join(folder, tilePath(tile)))) ?? [])])
        .map((leaf) => Buffer.from(leaf).toString())
    }
    const owner = () => stolenKey(data, origin)

    it('finds a sound one sound', async () => {
      const { lines } = await checked({ folder: log() }, { keys: key, checkpoints: [early] })
      expect(Object.values(lines).filter((line) => !line.startsWith('Passed'))).toEqual([])
      expect(Object.keys(lines)).toEqual([
        'key and signature',
        'entries',
        'tiles',
        'numbers and times',
        'root',
        'kept checkpoints',
      ])
    })

    it.each<[string, (leaves: string[]) => string[], string]>([
      ['altered', (leaves) => leaves.with(3, leaves[3]?.replace('"v":1', '"v":2') ?? ''), 'root'],
      ['dropped', (leaves) => leaves.toSpliced(3, 1), 'entries'],
      [
        'moved',
        (leaves) => [...leaves.slice(0, 3), leaves[4] ?? '', leaves[3] ?? '', ...leaves.slice(5)],
        'numbers and times',
      ],
      ['put in', (leaves) => leaves.toSpliced(3, 0, leaves[2] ?? ''), 'entries'],
      [
        'dated back',
        (leaves) => leaves.with(5, leaves[5]?.replace(/"ts":"[^"]+"/, '"ts":"2001-01-01T00:00:00.000Z"') ?? ''),
        'numbers and times',
      ],
    ])('a leaf %s, tiles made again: the root is not the one that is signed', async (_name, attack, also) => {
      const folder = log()
      remakeLog(folder, attack(leavesOf(folder)), owner(), false)
      const { lines } = await checked({ folder }, { keys: key })
      expect(lines['root'] ?? lines['entries']).toMatch(/^Failed/)
      expect(lines[also]).toMatch(/^Failed/)
      // With the log's own key everything is signed anew: then only what was kept elsewhere tells.
      const signed = log()
      remakeLog(signed, attack(leavesOf(signed)), owner())
      const held = await checked({ folder: signed }, { keys: key, checkpoints: [early] })
      expect(held.lines['key and signature']).toMatch(/^Passed/)
      expect(`${held.lines['kept checkpoints']}${held.lines['numbers and times']}`).toContain('Failed')
    })

    it('altered in its bundle alone, or cut short, says where', async () => {
      const folder = log()
      const [tile] = [...tilesOf(leavesOf(folder).length)].filter(({ level }) => level === 'entries')
      if (tile === undefined) throw new Error('no bundle')
      const file = join(folder, tilePath(tile))
      writeFileSync(file, readFileSync(file, 'latin1').replace('"v":1', '"v":3'), 'latin1')
      expect((await checked({ folder }, { keys: key })).lines['tiles']).toMatch(
        /Failed.*leaf at place 0 is not the one its tile has/,
      )

      const short = log()
      remakeLog(short, leavesOf(short).slice(0, 2), owner())
      expect((await checked({ folder: short }, { keys: key })).lines['root']).toMatch(/^Passed/)
      expect(
        (await checked({ folder: short }, { keys: key, checkpoints: [early] })).lines['kept checkpoints'],
      ).toContain('it was cut short')
    })

    it('forked, or signed by another, is found with the checkpoint a witness gave and with the key on paper', async () => {
      const fork = log()
      const leaves = leavesOf(fork)
      remakeLog(fork, leaves.with(1, leaves[1]?.replace(/"a":"[^"]+"/, '"a":"ae:FORGED"') ?? ''), owner())
      const { lines } = await checked({ folder: fork }, { keys: key, checkpoints: [early] })
      expect(lines['key and signature']).toMatch(/^Passed/)
      expect(lines['kept checkpoints']).toContain('the log was forked or written anew')

      const other = log()
      remakeLog(other, leavesOf(other), noteSigner(origin, 9))
      expect((await checked({ folder: other }, { keys: key })).lines['key and signature']).toMatch(/^Failed/)
    })
  })

  it('has nothing to complain of, and asks the network for nothing', () => {
    expect(browser.complaints).toEqual([])
  })
})
