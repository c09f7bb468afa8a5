/** What `clearkeep verify` makes of a vault that somebody changed; each attack is made on a copy of a real folder. */
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { uid } from '../../src/dicom/uid.ts'
import { objectId, objectPath } from '../../src/vault/ocfl/paths.ts'
import { ADMINISTRATOR, asFile, removeArchives, runArchive } from '../support/archives.ts'
import { syntheticInstance } from '../support/synthetic.ts'
import { look } from '../support/verify.ts'

const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-vault-attacks-'))
const whole = join(scratch, 'whole')
const image = (seed: number, study: number) =>
  syntheticInstance({ seed, study, rows: 64, columns: 64, value: (column, row) => (column * row * seed) % 4096 })
const study = image(1, 1).study
const object = join('vault', objectPath(objectId(study)))
let copies = 0

beforeAll(async () => {
  mkdirSync(whole)
  const running = await runArchive({ folder: whole, segmentBytes: 20_000 })
  for (const seed of [1, 2, 3]) await running.archive.receive(ADMINISTRATOR, asFile(image(seed, 1).bytes))
  await running.archive.receive(ADMINISTRATOR, asFile(image(4, 2).bytes))
  for await (const { outcome } of running.archive.seal(ADMINISTRATOR, [uid(study)])) expect(outcome).toBe('sealed')
  await running.close()
})
afterAll(async () => {
  await removeArchives()
  rmSync(scratch, { recursive: true, force: true })
})

/** The findings of a copy after `harm`, in one text. */
async function harmed(harm: (folder: string) => void): Promise<string> {
  copies += 1
  const folder = join(scratch, `copy-${copies}`)
  cpSync(whole, folder, { recursive: true })
  harm(folder)
  const { exit, failed } = await look(folder)
  expect(exit).toBe(1)
  return Object.entries(failed)
    .map(([step, found]) => `${step}: ${found}`)
    .join('\n')
}

const flip = (path: string, at: number): void => {
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
  writeFileSync(path, bytes)
}

/** Changes `study.json`, and everything in the object that says what it should be. */
function mended(folder: string, change: (text: string) => string): void {
  const sha512 = (bytes: Uint8Array | string) => createHash('sha512').update(bytes).digest('hex')
  const path = join(folder, object, 'v1/content/study.json')
  const before = sha512(readFileSync(path))
  writeFileSync(path, change(readFileSync(path, 'utf8')))
  const after = sha512(readFileSync(path))
  for (const place of [object, join(object, 'v1')]) {
    const inventory = join(folder, place, 'inventory.json')
    const text = readFileSync(inventory, 'utf8').replaceAll(before, after)
    writeFileSync(inventory, text)
    writeFileSync(`${inventory}.sha512`, `${sha512(text)} inventory.json\n`)
  }
}

describe('a vault', () => {
  it('nobody touched is intact, and what only it has is counted', async () => {
    const { exit, steps } = await look(whole)
    expect(exit).toBe(0)
    const fact = (part: string, what: string) => steps.find((one) => one.part === part && one.what === what)?.fact
    expect(fact('vault', 'received files')).toMatch(/^3 received files, 3 of them made again/)
    expect(fact('journal and vault', 'sealed versions')).toMatch(/^1 sealed versions/)
  })

  it('in which a bit is another anywhere is named by the file, and by the image it belongs to', async () => {
    const files = readdirSync(join(whole, object), { recursive: true, withFileTypes: true }).filter(
      (one) => one.isFile() && !one.name.startsWith('0='),
    )
    expect(files.length).toBeGreaterThan(5)
    for (const { parentPath, name } of files) {
      const path = join(relative(whole, parentPath), name)
      const found = await harmed((folder) => flip(join(folder, path), 40))
      expect(found, path).toContain(name.replace('.sha512', ''))
    }
    const pack = join(object, 'v1/content/v1-small.zip')
    const [first] = (
      JSON.parse(readFileSync(join(whole, object, 'v1/content/study.json'), 'utf8')) as {
        instances: { instance: string; start: number; length: number }[]
      }
    ).instances
    const found = await harmed((folder) => flip(join(folder, pack), (first?.start ?? 0) + (first?.length ?? 0) - 30))
    expect(found).toContain(`instance ${first?.instance} of study ${study}`)
  })

  it('that says another content came, everything in it mended, is named by the seal that was journaled', async () => {
    const found = await harmed((folder) => mended(folder, (text) => text.replace(/"ds":"./, '"ds":"-')))
    expect(found).toContain('the inventory of v1 is another than the one that was sealed')
    expect(found).toContain('the vault has another content under its number')
  })

  it('that lost a study, or a pack of it, says which', async () => {
    expect(await harmed((folder) => rmSync(join(folder, object), { recursive: true }))).toContain(
      `study ${study}: version v1 was sealed and is not in the vault`,
    )
    expect(await harmed((folder) => rmSync(join(folder, object, 'v1/content/v1-small.zip')))).toContain(
      'v1/content/v1-small.zip is missing',
    )
  })

  it('into which something was put says what', async () => {
    expect(await harmed((folder) => writeFileSync(join(folder, object, 'v1/content/more.zip'), 'x'))).toContain(
      'more.zip is named by no inventory',
    )
  })

  it('that a crash left in the middle of a seal is intact: nothing relies on what was begun', async () => {
    copies += 1
    const folder = join(scratch, `copy-${copies}`)
    cpSync(whole, folder, { recursive: true })
    mkdirSync(join(folder, object, 'v2/content'), { recursive: true })
    writeFileSync(join(folder, object, 'v2/content/v2-small.zip'), 'half a pack')
    writeFileSync(join(folder, 'inbox/sealing.json'), JSON.stringify({ study, version: 2 }))
    expect((await look(folder)).failed).toEqual({})
    rmSync(join(folder, 'inbox/sealing.json'))
    expect((await look(folder)).failed['vault, objects']).toContain('v2-small.zip is named by no inventory')
  })
})
