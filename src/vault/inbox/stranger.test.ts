import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, truncateSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { eventRecord, factRecord, instanceRecord, spooledRecord } from '../../../test/support/journal-records.ts'
import { lossyFiles } from '../../../test/support/lossy-files.ts'
import { randomBytes, seeded } from '../../../test/support/random.ts'
import { openInbox } from './inbox.ts'

const PYTHON = '/usr/bin/python3'

describe('docs/disk-layout.md', () => {
  it.skipIf(!existsSync(PYTHON))(
    'is enough for a stranger’s program to read an inbox and every object in it',
    async () => {
      const base = await mkdtemp(join(tmpdir(), 'clearkeep-stranger-'))
      try {
        const random = seeded(1)
        const [folder, out] = [join(base, 'inbox'), join(base, 'out')]
        await mkdir(out)
        const files = await lossyFiles(folder, random)
        const open = () => openInbox({ files, folder, node: 'main', archiveId: 'archive', segmentBytes: 9000 })
        let inbox = await open()
        const payloads = Array.from({ length: 9 }, () => randomBytes(random, 3000))
        for (const [n, payload] of payloads.entries()) {
          const instance = n % 3 === 0 ? await spooledRecord(inbox, n, payload, 400) : instanceRecord(n, payload, 400)
          if (n === 4) {
            files.failNextSync()
            await inbox.append([eventRecord(n)]).durable.catch(() => {})
          }
          await inbox.append([eventRecord(n), instance, factRecord(n)]).durable
          if (n === 6) {
            await inbox.close()
            inbox = await open()
          }
        }
        await inbox.append([eventRecord(99)]).durable
        await inbox.close()
        const last = join(
          folder,
          readdirSync(folder)
            .filter((name) => name.endsWith('.journal'))
            .at(-1) ?? '',
        )
        truncateSync(last, (await readFile(last)).length - 1) // a torn tail

        const lines = execFileSync(PYTHON, ['docs/read-inbox.py', folder, out], { encoding: 'utf8' }).trim().split('\n')
        const records = lines.map(
          (line) => JSON.parse(line) as { kind: string; n: number; leaf?: string; body?: string },
        )
        expect(records.map(({ kind, n }) => `${kind} ${n}`)).toEqual(
          payloads.flatMap((_, n) => [`event ${n}`, `instance ${n}`, `fact ${n}`]),
        )
        expect(records[0]).toMatchObject({ leaf: eventRecord(0).leaf, body: eventRecord(0).body })
        for (const [n, payload] of payloads.entries())
          expect(new Uint8Array(await readFile(join(out, `1.2.3.${n}-1.dcm`)))).toEqual(payload)

        const damaged = join(folder, '00000001.journal')
        truncateSync(damaged, (await readFile(damaged)).length - 1)
        expect(spawnSync(PYTHON, ['docs/read-inbox.py', folder]).status).toBe(1)
      } finally {
        await rm(base, { recursive: true, force: true })
      }
    },
  )
})
