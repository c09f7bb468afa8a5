import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { ByteStream } from '../../base/bytes.ts'
import { diskFiles } from '../../storage/files/disk.ts'
import { diskObjects } from '../../storage/objects/disk.ts'
import { objectId, objectPath } from '../ocfl/paths.ts'
import { beginVersion, presentVersion } from '../ocfl/study-object.ts'
import type { Copy as Place } from './places.ts'
import { type Reconciled, reconcile } from './reconcile.ts'

type Copy = Pick<Place, 'name' | 'store'>

const STUDY = '2.25.1'
const PATH = objectPath(objectId(STUDY))
const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-copies-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

let made = 0
/** The vault and so many mirrors, in folders of their own. */
async function places(mirrors: number) {
  made += 1
  const base = join(scratch, String(made))
  const names = ['vault', ...Array.from({ length: mirrors }, (_, at) => `mirror ${at + 1}`)]
  const copies: Copy[] = []
  for (const name of names)
    copies.push({
      name,
      store: await diskObjects(diskFiles(), join(base, name), join(base, 'new'), join(base, 'aside')),
    })
  return { base, copies, folder: (copy: string) => join(base, copy, PATH) }
}

async function* once(text: string): ByteStream {
  yield new TextEncoder().encode(text)
}

/** One more version, in one copy, as sealing writes it. */
async function seal({ store }: Copy, text: string): Promise<string> {
  const id = objectId(STUDY)
  const version = await beginVersion(store, id, await presentVersion(store, id))
  const name = `v${version.number}-small.zip`
  await store.put(version.contentName(name), once(text))
  const added = new Map([[name, createHash('sha512').update(text).digest('hex')]])
  const facts = { created: '2026-01-01T00:00:00Z', message: 'x', user: { name: 'x', address: 'x:x' } }
  return (await version.commit(added, facts)).digest
}

/** Every file of an object and its bytes. */
function filesIn(folder: string): ReadonlyMap<string, string> {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  return new Map(
    found
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'latin1')]),
  )
}

const flip = (path: string, at: number): void => {
  const bytes = readFileSync(path)
  bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ 0x10
  writeFileSync(path, bytes)
}
const run = (copies: readonly Copy[], sealed: ReadonlyMap<number, string>, look: 'bytes' | 'names' = 'bytes') =>
  reconcile({ copies, sealed, look }, STUDY)
const told = ({ findings }: Reconciled) =>
  findings.map(({ copy, name, flaw, from }) => [copy, name.slice(PATH.length + 1), flaw, from ?? ''])

describe('copies of a study’s object', () => {
  it('are found equal, every byte of each read', async () => {
    const { copies, folder } = await places(1)
    const [vault] = copies as [Copy]
    const sealed = new Map([[1, await seal(vault, 'one')]])
    await run(copies, sealed)
    expect(filesIn(folder('mirror 1'))).toEqual(filesIn(folder('vault')))
    const again = await run(copies, sealed)
    expect(told(again)).toEqual([])
    const length = [...filesIn(folder('vault')).values()].reduce((sum, { length }) => sum + length, 0)
    expect(again.bytes).toBe(2 * length)
  })

  it('follow: a mirror that was away gets the versions it lacks, its inventory last', async () => {
    const { copies, folder } = await places(1)
    const [vault] = copies as [Copy]
    const sealed = new Map([[1, await seal(vault, 'one')]])
    await run(copies, sealed, 'names')
    sealed.set(2, await seal(vault, 'two'))
    sealed.set(3, await seal(vault, 'three'))
    const findings = told(await run(copies, sealed, 'names'))
    expect(findings.at(-1)).toEqual(['mirror 1', 'inventory.json.sha512', 'behind', 'vault'])
    expect(new Set(findings.map(([, , flaw]) => flaw))).toEqual(new Set(['missing', 'behind']))
    expect(filesIn(folder('mirror 1'))).toEqual(filesIn(folder('vault')))
  })

  it('mend each other whatever is harmed, so long as one of each file is good', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ file: fc.nat(), copy: fc.nat(), at: fc.nat(), how: fc.constantFrom('flip', 'cut', 'gone') }),
          {
            minLength: 1,
            maxLength: 12,
          },
        ),
        async (harms) => {
          const { copies, folder } = await places(2)
          const [vault] = copies as [Copy]
          const sealed = new Map([[1, await seal(vault, 'one'.repeat(99))]])
          sealed.set(2, await seal(vault, 'two'.repeat(99)))
          await run(copies, sealed, 'names')
          const whole = filesIn(folder('vault'))
          const names = [...whole.keys()]
          const harmed = new Map<string, Set<string>>()
          for (const { file, copy, at, how } of harms) {
            const name = names[file % names.length] ?? ''
            const where = copies[copy % copies.length]?.name ?? ''
            const had = harmed.get(name) ?? new Set()
            // One of each stays good.
            if (had.has(where) || had.size === copies.length - 1) continue
            harmed.set(name, had.add(where))
            const path = join(folder(where), name)
            if (how === 'flip') flip(path, at)
            else if (how === 'cut') truncateSync(path, at % readFileSync(path).length)
            else rmSync(path)
          }
          const { findings } = await run(copies, sealed)
          expect(findings.filter(({ from }) => from === undefined)).toEqual([])
          for (const { name } of copies) expect(filesIn(folder(name)), name).toEqual(whole)
          expect(findings.length).toBe([...harmed.values()].reduce((sum, { size }) => sum + size, 0))
        },
      ),
      { numRuns: 20 },
    )
  }, 120_000)

  it('keep the bad bytes aside when they are written again', async () => {
    const { copies, folder, base } = await places(1)
    const [vault] = copies as [Copy]
    const sealed = new Map([[1, await seal(vault, 'one')]])
    await run(copies, sealed)
    writeFileSync(join(folder('vault'), 'v1/content/v1-small.zip'), 'bad')
    const [finding] = (await run(copies, sealed)).findings
    expect(finding).toMatchObject({ copy: 'vault', flaw: 'altered', from: 'mirror 1' })
    expect(readFileSync(finding?.aside ?? '', 'utf8')).toBe('bad')
    expect(finding?.aside?.startsWith(join(base, 'aside'))).toBe(true)
  })

  it('that are all bad are named and left as they are', async () => {
    const { copies, folder } = await places(1)
    const [vault] = copies as [Copy]
    const sealed = new Map([[1, await seal(vault, 'one')]])
    await run(copies, sealed)
    for (const copy of ['vault', 'mirror 1']) flip(join(folder(copy), 'v1/content/v1-small.zip'), 1)
    const before = filesIn(folder('vault'))
    expect(told(await run(copies, sealed))).toEqual([
      ['vault', 'v1/content/v1-small.zip', 'altered', ''],
      ['mirror 1', 'v1/content/v1-small.zip', 'altered', ''],
    ])
    expect(filesIn(folder('vault'))).toEqual(before)
  })

  it('believe the log: a copy in which everything was mended to look right is not the one that is kept', async () => {
    const { copies, folder } = await places(1)
    const [vault, mirror] = copies as [Copy, Copy]
    const sealed = new Map([[1, await seal(vault, 'what came')]])
    await run(copies, sealed)
    const whole = filesIn(folder('vault'))
    rmSync(folder('vault'), { recursive: true })
    await seal(vault, 'what never came')
    await run(copies, sealed)
    expect(filesIn(folder('vault'))).toEqual(whole)
    expect(mirror.name).toBe('mirror 1')
  })

  it('of which none has an inventory are not known', async () => {
    const { copies } = await places(1)
    expect(await run(copies, new Map([[1, 'f'.repeat(128)]]))).toMatchObject({ known: false })
  })
})
