import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { diskFiles } from '../../storage/files/disk.ts'
import { makeFolderDurably } from '../../storage/files/files.ts'
import { diskObjects } from '../../storage/objects/disk.ts'
import { objectId, objectPath } from '../ocfl/paths.ts'
import { abandonUnfinished, beginSealing, unfinished } from './unfinished.ts'

const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-unfinished-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const files = diskFiles()
const inbox = join(scratch, 'inbox')
const PATH = objectPath(objectId('1.2.3'))

describe('what a crash left of a seal', () => {
  it('stays, when the inventory beside it is harmed, and holds up nothing: it is mended first where it can be', async () => {
    await makeFolderDurably(files, inbox)
    const store = await diskObjects(files, join(scratch, 'vault'))
    const put = (name: string, text: string) =>
      store.put(
        `${PATH}/${name}`,
        (async function* () {
          yield new TextEncoder().encode(text)
        })(),
      )
    await put('inventory.json', '{ harmed')
    await put('v2/content/v2-small.zip', 'half a pack')
    await beginSealing(files, inbox, '1.2.3', 2)
    const asked: string[] = []
    const mend = async (study: string) => {
      asked.push(study)
      return false
    }
    expect(await abandonUnfinished(files, store, inbox, mend)).toBe('1.2.3')
    expect(asked).toEqual(['1.2.3'])
    expect(await unfinished(files, inbox)).toBeUndefined()
    expect(await store.head(`${PATH}/v2/content/v2-small.zip`)).toBeDefined()

    await beginSealing(files, inbox, '1.2.3', 2)
    const mended = async () => {
      // No good copy had a version of it.
      rmSync(join(scratch, 'vault', PATH, 'inventory.json'))
      return true
    }
    expect(await abandonUnfinished(files, store, inbox, mended)).toBe('1.2.3')
    expect(await store.head(`${PATH}/v2/content/v2-small.zip`)).toBeUndefined()
    writeFileSync(join(inbox, 'sealing.json'), 'torn')
    expect(await abandonUnfinished(files, store, inbox)).toBeUndefined()
  })
})
