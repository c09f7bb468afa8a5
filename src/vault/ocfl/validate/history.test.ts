/** What we write, whatever the order of writing, is valid by a validator that knows nothing of how we write. */
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { below, randomBytes, seeded } from '../../../../test/support/random.ts'
import type { ByteStream, Bytes } from '../../../base/bytes.ts'
import { diskFiles } from '../../../storage/files/disk.ts'
import { diskObjects } from '../../../storage/objects/disk.ts'
import { objectId, objectPath } from '../paths.ts'
import { prepareRoot } from '../root.ts'
import { beginVersion, presentVersion } from '../study-object.ts'
import type { Finding } from './codes.ts'
import { objectFilesOf } from './files.ts'
import { judgeRoot } from './root.ts'

it.each(Array.from({ length: 10 }, (_, seed) => seed))(
  'a random history of versions is valid (seed %i)',
  async (seed) => {
    const random = seeded(seed)
    const folder = await mkdtemp(join(tmpdir(), 'clearkeep-ocfl-'))
    try {
      const store = await diskObjects(diskFiles(), join(folder, 'vault'))
      await prepareRoot(store)
      for (let step = 0; step < 12; step += 1) {
        const id = objectId(`1.2.${1 + below(random, 3)}`)
        const version = await beginVersion(store, id, await presentVersion(store, id))
        const added = new Map<string, string>()
        // study.json changes with each version; a pack is new each time.
        for (const name of ['study.json', `v${version.number}-s0001-CT.zip`]) {
          const bytes = randomBytes(random, below(random, 3000))
          await store.put(version.contentName(name), once(bytes))
          added.set(name, createHash('sha512').update(bytes).digest('hex'))
        }
        // Now and then a crash: begun, and never committed.
        if (below(random, 4) === 0) continue
        const user = { name: 'clearkeep', address: 'urn:clearkeep:seal' }
        await version.commit(added, { created: '2026-11-26T10:00:00.000Z', message: 'sealed', user })
      }
      // What a crash left is thrown away by whoever writes next, and is not part of this.
      for (const n of [1, 2, 3]) {
        const id = objectId(`1.2.${n}`)
        const present = await presentVersion(store, id)
        const left =
          present === undefined
            ? `${objectPath(id)}/`
            : `${objectPath(id)}/v${Number(present.inventory.head.slice(1)) + 1}/`
        const names: string[] = []
        for await (const { name } of store.list(left)) names.push(name)
        for (const name of names) await store.remove(name, { because: 'abandoned', evidence: 'never committed' })
      }
      const found: Finding[] = []
      let objects = 0
      found.push(
        ...(await judgeRoot(objectFilesOf(diskFiles()), join(folder, 'vault'), objectPath, (_, judged) => {
          objects += 1
          found.push(...judged.findings)
        })),
      )
      expect(found).toEqual([])
      expect(objects).toBeGreaterThan(0)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
)

async function* once(bytes: Bytes): ByteStream {
  yield bytes
}
