import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Bytes, gather } from '../../../src/base/bytes.ts'
import { objectStoreContract } from '../../../test/contract/object-store.contract.ts'
import { lossyFiles } from '../../../test/support/lossy-files.ts'
import { below, randomBytes, seeded } from '../../../test/support/random.ts'
import { diskFiles } from '../files/disk.ts'
import { diskObjects } from './disk.ts'

objectStoreContract('the disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'clearkeep-objects-'))
  return {
    open: () => diskObjects(diskFiles(), join(folder, 'store')),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
})

describe('objects on disk after a power failure', () => {
  it.each(Array.from({ length: 30 }, (_, seed) => seed))(
    'are whole or absent, and there once put (seed %i)',
    async (seed) => {
      const random = seeded(seed)
      const folder = await mkdtemp(join(tmpdir(), 'clearkeep-objects-'))
      try {
        const files = await lossyFiles(join(folder, 'data'), random)
        files.powerOffDuring(1 + below(random, 60))
        const put = new Map<string, Uint8Array>()
        const asked = new Map<string, Uint8Array>()
        try {
          const store = await diskObjects(files, join(folder, 'data', 'vault'))
          for (let number = 0; ; number += 1) {
            const name = `${'ab'.charAt(below(random, 2))}/${number}`
            const bytes = randomBytes(random, below(random, 5000))
            asked.set(name, bytes)
            await store.put(name, once(bytes))
            put.set(name, bytes)
          }
        } catch (thrown) {
          expect((thrown as Error).name).toBe('PowerLoss')
        }

        const after = await diskObjects(diskFiles(), join(await files.crash(), 'vault'))
        for (const [name, bytes] of put) expect(await gather(after.read(name))).toEqual(bytes)
        for await (const { name } of after.list('')) expect(await gather(after.read(name))).toEqual(asked.get(name))
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  )
})

async function* once(bytes: Uint8Array): AsyncGenerator<Bytes> {
  yield bytes
}
