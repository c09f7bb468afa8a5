import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { diskFiles } from '../../storage/files/disk.ts'
import {
  ensureKeyring,
  joined,
  KEYRING,
  keyringBytes,
  parseKeyring,
  readKeyring,
  withNewKey,
  writeKeyring,
} from './keyring.ts'

describe('wrapping keys', () => {
  let folder: string
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'clearkeep-keyring-')), 'keys')
  })
  afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

  it('are made once, for nobody else to read', async () => {
    expect(await readKeyring(diskFiles(), folder)).toBeUndefined()
    const ring = await ensureKeyring(diskFiles(), folder)
    expect(ring.keys.get(ring.current)).toHaveLength(32)
    expect(await ensureKeyring(diskFiles(), folder)).toEqual(ring)
    expect(await readKeyring(diskFiles(), folder)).toEqual(ring)
    expect(statSync(join(folder, KEYRING)).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it('get one more, which is the current one then', async () => {
    const before = await ensureKeyring(diskFiles(), folder)
    const after = await writeKeyring(diskFiles(), folder, withNewKey(before))
    expect([...after.keys.keys()]).toEqual([before.current, after.current])
    expect(after.current).not.toBe(before.current)
  })

  it('of two lists are joined, and the current one stays', async () => {
    const [own, other] = [parseKeyring(keyringBytes(withNewKey(NONE))), parseKeyring(keyringBytes(withNewKey(NONE)))]
    const both = parseKeyring(keyringBytes(joined(own, other)))
    expect(both.current).toBe(own.current)
    expect(new Set(both.keys.keys())).toEqual(new Set([own.current, other.current]))
    expect(parseKeyring(keyringBytes(joined(undefined, other)))).toEqual(other)
  })

  it('that were altered, in any bit of a key, are refused and not used', async () => {
    const text = new TextDecoder().decode(keyringBytes(withNewKey(NONE)))
    const key = /"key":"([^"]+)"/.exec(text)?.[1] ?? ''
    for (const bad of [
      '',
      '{}',
      '[]',
      '{"keys":[]}',
      '{"keys":[{}]}',
      text.replace(
        key,
        key.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')),
      ),
    ])
      expect(() => parseKeyring(new TextEncoder().encode(bad)), bad).toThrow('no list of wrapping keys')
    fc.assert(
      fc.property(fc.string(), (any) => {
        expect(() => parseKeyring(new TextEncoder().encode(any))).toThrow('no list of wrapping keys')
      }),
    )
    await ensureKeyring(diskFiles(), folder)
    writeFileSync(join(folder, KEYRING), '{"v":1')
    await expect(ensureKeyring(diskFiles(), folder)).rejects.toMatchObject({ code: 'KEY_UNUSABLE' })
  })
})

const NONE = { keys: new Map<string, Uint8Array>(), made: new Map<string, string>() }
