import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { diskFiles } from '../../storage/files/disk.ts'
import { copyFile } from './copy-file.ts'
import { lockSecrets, unlockSecrets } from './secrets.ts'
import { sha256Of } from './studies.ts'

const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-copy-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const [from, to] = [join(scratch, 'from'), join(scratch, 'to')]
const files = diskFiles()

describe('a copied file', () => {
  it('has the bytes and the digest of the first, whatever of it is zeros, and leaves nothing beside it', async () => {
    const run = fc.tuple(
      fc.constantFrom(0, 1, 255),
      fc.constantFrom(0, 1, 100, 65_535, 65_536, 65_537, 1_048_576, 1_200_000),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(run, { maxLength: 5 }), async (runs) => {
        const bytes = Buffer.concat(runs.map(([value, length]) => Buffer.alloc(length, value)))
        writeFileSync(from, bytes)
        expect(await copyFile(files, from, to)).toEqual({ length: bytes.length, sha256: sha256Of(bytes) })
        expect(readFileSync(to).equals(bytes)).toBe(true)
        expect(readdirSync(scratch).sort()).toEqual(['from', 'to'])
      }),
      { numRuns: 40 },
    )
  })

  it('takes no room for long zeros', async () => {
    writeFileSync(from, Buffer.concat([Buffer.from('a'), Buffer.alloc(20_000_000), Buffer.from('b')]))
    await copyFile(files, from, to)
    expect(await files.size(to)).toBe(20_000_002)
    expect(await files.allocated(to)).toBeLessThan(2_000_000)
  })
})

describe('secrets under a passphrase', () => {
  it('come back with it, in either way of writing it, and not with another or when a bit is', async () => {
    const secrets = new Map([
      ['keys/log-ed25519.pem', new TextEncoder().encode('a key')],
      ['control.db', Uint8Array.from({ length: 5000 }, (_, at) => at % 256)],
    ])
    const locked = await lockSecrets(secrets, 'Zwölf Mäuse im Garten')
    const back = await unlockSecrets(locked, 'Zwölf Mäuse im Garten'.normalize('NFD'))
    expect([...back].map(([path, bytes]) => [path, [...bytes]])).toEqual(
      [...secrets].map(([path, bytes]) => [path, [...bytes]]),
    )
    expect(await lockSecrets(secrets, 'Zwölf Mäuse im Garten')).not.toEqual(locked)
    await expect(unlockSecrets(locked, 'Zwölf Mäuse im Garten!')).rejects.toMatchObject({ code: 'BACKUP_LOCKED' })
    for (const at of [10, locked.indexOf(10) + 5, locked.length - 1]) {
      const bent = Uint8Array.from(locked)
      bent[at] = (bent[at] ?? 0) ^ 1
      await expect(unlockSecrets(bent, 'Zwölf Mäuse im Garten')).rejects.toMatchObject({ code: 'BACKUP_LOCKED' })
    }
  })
})
