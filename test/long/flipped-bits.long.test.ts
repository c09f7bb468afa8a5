/**
 * Fifty bits, one after another, in a copy of a real folder with its mirror: in packs, inventories, sidecars and `study.json`
 * of the vault and of the mirror, and in the journal (`FLIPS` for another number, `FLIP_SEED` for where to begin). Each is
 * mended, or reaches nothing, or is named; and what is not reached by it comes back bit for bit. The index is a cache: it is
 * made anew each time, and not harmed here.
 */
import { cpSync, mkdirSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { dump } from '../../src/archive/dump.queries.ts'
import { gather } from '../../src/base/bytes.ts'
import { openFrameDecoder } from '../../src/codecs/open.ts'
import { uid } from '../../src/dicom/uid.ts'
import { diskFiles } from '../../src/storage/files/disk.ts'
import { ADMINISTRATOR, asFile, removeArchives, sha256, temporaryFolder } from '../support/archives.ts'
import { allGiven, filesIn, flip, image, opened } from '../support/copies-crash.ts'
import { below, seeded } from '../support/random.ts'
import type { Synthetic } from '../support/synthetic.ts'
import { look as verify } from '../support/verify.ts'

vi.setConfig({ testTimeout: 40 * 60_000, hookTimeout: 120_000 })

const FLIPS = Number(process.env['FLIPS'] ?? 50)
const FIRST = Number(process.env['FLIP_SEED'] ?? 9000)

const decoder = openFrameDecoder({ workers: 1, timeoutMs: 60_000 })
afterAll(async () => {
  await removeArchives()
  await decoder.close()
})

const whole = temporaryFolder()
/** In the vault: three studies, the first in two versions; only in the inbox: one. */
const images = Array.from({ length: 14 }, (_, at) => image(at, at % 3))
const waiting = [image(50, 3), image(51, 3), image(52, 3)]
let facts: readonly string[] = []

const disk = diskFiles()
const open = (folder: string) => opened(disk, folder, join(folder, 'index'), decoder)

/** But for events, of which each start makes more. */
async function factsOf({ db }: Awaited<ReturnType<typeof open>>): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of dump(db)) if (!line.includes('"table":"events"')) lines.push(line)
  return lines
}

beforeAll(async () => {
  mkdirSync(join(whole, 'data'))
  const first = await open(whole)
  const seal = async () => {
    for await (const { outcome } of first.archive.seal(ADMINISTRATOR, 'all')) expect(outcome).toBe('sealed')
  }
  for (const { bytes } of images.slice(0, 11)) await first.archive.receive(ADMINISTRATOR, asFile(bytes))
  await seal()
  for (const { bytes } of images.slice(11)) await first.archive.receive(ADMINISTRATOR, asFile(bytes))
  await seal()
  for (const { bytes } of waiting) await first.archive.receive(ADMINISTRATOR, asFile(bytes))
  facts = await factsOf(first)
  await first.close()
  expect((await verify(join(whole, 'data'))).exit).toBe(0)
})

type Place = 'vault' | 'mirror' | 'journal'
/** Four in ten in each copy of the vault, the rest in what has one copy. */
const placeOf = (number: number): Place =>
  (['vault', 'mirror', 'vault', 'mirror', 'journal', 'vault', 'mirror', 'vault', 'mirror', 'journal'] as const)[
    number % 10
  ] ?? 'vault'

/** What came of one bit. */
async function flipped(seed: number, place: Place): Promise<'mended' | 'named' | 'reached nothing'> {
  const random = seeded(seed)
  const folder = temporaryFolder()
  try {
    cpSync(whole, folder, { recursive: true })
    const data = join(folder, 'data')
    const pick = (names: readonly string[]): string => names[below(random, names.length)] ?? ''
    if (place === 'vault' || place === 'mirror') {
      const copy = join(folder, place === 'vault' ? 'data' : 'mirror')
      const sound = filesIn(copy)
      const name = pick([...sound.keys()])
      flip(join(copy, 'vault', name), random)
      if (place === 'vault') expect((await verify(data)).exit, `${name} is not named`).toBe(1)
      const here = await open(folder)
      for await (const { damaged } of here.archive.fixity(ADMINISTRATOR, 'all')) expect(damaged).toEqual([])
      const { mended } = (await here.archive.status(ADMINISTRATOR)).fixity
      expect(mended, name).toBe(1)
      expect(filesIn(copy)).toEqual(sound)
      await allGiven(here.archive, [...images, ...waiting])
      expect(await factsOf(here)).toEqual(facts)
      await here.close()
      expect((await verify(data)).exit).toBe(0)
      return 'mended'
    }
    const segments = readdirSync(join(data, 'inbox')).filter((name) => name.endsWith('.journal'))
    flip(join(data, 'inbox', pick(segments)), random)
    const { exit } = await verify(data)
    const here = await open(folder)
    const given: Synthetic[] = []
    for (const one of [...images, ...waiting]) if (await isGiven(here, one)) given.push(one)
    const { damage } = await here.archive.status(ADMINISTRATOR)
    const same = given.length === images.length + waiting.length && damage === 0
    await here.close()
    if (same && exit === 0) return 'reached nothing'
    // One bit is in one record of one group: no more than that is lost, and it is said.
    expect(exit, 'verify does not name it').toBe(1)
    expect(given.length).toBeGreaterThanOrEqual(images.length + waiting.length - 1)
    return 'named'
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function isGiven({ archive }: Awaited<ReturnType<typeof open>>, one: Synthetic): Promise<boolean> {
  const key = { study: uid(one.study), series: uid(one.series), instance: uid(one.instance) }
  const records = await archive.instances(ADMINISTRATOR, key).catch(() => [])
  if (records[0] === undefined) return false
  return gather(archive.original(ADMINISTRATOR, records[0])).then(
    (bytes) => {
      // Whatever is given out is what came.
      expect(sha256(bytes)).toBe(sha256(one.bytes))
      return true
    },
    () => false,
  )
}

describe(`of ${FLIPS} flipped bits`, () => {
  it('each is mended from the other copy, reaches nothing, or is named, and nothing else is lost', async () => {
    const came = new Map<string, number>()
    for (let number = 0; number < FLIPS; number += 1) {
      const place = placeOf(number)
      const outcome = await flipped(FIRST + number, place).catch((cause: unknown) => {
        throw new Error(`flip ${FIRST + number} in the ${place}: ${String(cause)}`, { cause })
      })
      const what = `${place} ${outcome}`
      came.set(what, (came.get(what) ?? 0) + 1)
    }
    console.info([...came].map(([what, times]) => `${what}: ${times}`).join(', '))
    expect([...came.values()].reduce((sum, times) => sum + times, 0)).toBe(FLIPS)
  })
})
