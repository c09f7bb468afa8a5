import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filesContract } from '../../../test/contract/files.contract.ts'
import { diskFiles } from './disk.ts'

filesContract('the disk', async () => {
  const root = await mkdtemp(join(tmpdir(), 'clearkeep-files-'))
  return { files: diskFiles(), root, remove: () => rm(root, { recursive: true, force: true }) }
})
