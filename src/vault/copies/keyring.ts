/**
 * The wrapping keys of encrypted copies, in `keys/vault-wrapping.json`: `{"v": 1, "keys": [{"id", "made", "key"}]}`, the last
 * one current; `key` is 32 bytes in base64, `id` the first 16 hex digits of its SHA-256. Readable by nobody else.
 */
import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ArchiveError } from '../../base/errors.ts'
import type { Files } from '../../storage/files/files.ts'
import { replaceFile } from '../../storage/files/replace.ts'
import type { Keyring } from '../../storage/objects/wrapped-keys.ts'

export const KEYRING = 'vault-wrapping.json'

/** Keys by their names, oldest first, and when they were made. */
export interface Ring extends Keyring {
  readonly made: ReadonlyMap<string, string>
}

const nameOf = (key: Uint8Array): string => createHash('sha256').update(key).digest('hex').slice(0, 16)

/** @param folder  the data folder's `keys` @throws {ArchiveError} `KEY_UNUSABLE` for a file that is no keyring */
export async function readKeyring(files: Files, folder: string): Promise<Ring | undefined> {
  const path = join(folder, KEYRING)
  const size = await files.size(path).catch(() => undefined)
  if (size === undefined) return undefined
  const file = await files.open(path)
  try {
    return parseKeyring(await file.read(0, size))
  } finally {
    await file.close()
  }
}

/** @throws {ArchiveError} `KEY_UNUSABLE` */
export function parseKeyring(bytes: Uint8Array): Ring {
  const unusable = (cause?: unknown) =>
    new ArchiveError('KEY_UNUSABLE', { scope: `keys/${KEYRING}`, why: 'it is no list of wrapping keys' }, { cause })
  try {
    const { keys } = JSON.parse(new TextDecoder().decode(bytes)) as {
      readonly keys: readonly { readonly id: string; readonly made: string; readonly key: string }[]
    }
    const parsed = new Map(keys.map(({ id, key }) => [id, new Uint8Array(Buffer.from(key, 'base64'))]))
    for (const [id, key] of parsed) if (key.length !== 32 || nameOf(key) !== id) throw unusable()
    const current = keys.at(-1)?.id
    if (current === undefined) throw unusable()
    return { current, keys: parsed, made: new Map(keys.map(({ id, made }) => [id, String(made)])) }
  } catch (thrown) {
    throw thrown instanceof ArchiveError ? thrown : unusable(thrown)
  }
}

export function keyringBytes({ keys, made }: Pick<Ring, 'keys' | 'made'>): Uint8Array {
  const list = [...keys].map(([id, key]) => ({
    id,
    made: made.get(id) ?? '',
    key: Buffer.from(key).toString('base64'),
  }))
  return new TextEncoder().encode(`${JSON.stringify({ v: 1, keys: list })}\n`)
}

export async function writeKeyring(files: Files, folder: string, ring: Pick<Ring, 'keys' | 'made'>): Promise<Ring> {
  const bytes = keyringBytes(ring)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await replaceFile(files, join(folder, KEYRING), bytes, true)
  await chmod(join(folder, KEYRING), 0o600)
  return parseKeyring(bytes)
}

/** The keyring as it is; made with one key when there is none. */
export async function ensureKeyring(files: Files, folder: string): Promise<Ring> {
  return (
    (await readKeyring(files, folder)) ?? writeKeyring(files, folder, withNewKey({ keys: new Map(), made: new Map() }))
  )
}

/** With one more key, which is then the current one. */
export function withNewKey({ keys, made }: Pick<Ring, 'keys' | 'made'>): Pick<Ring, 'keys' | 'made'> {
  const key = new Uint8Array(randomBytes(32))
  const id = nameOf(key)
  return { keys: new Map([...keys, [id, key]]), made: new Map([...made, [id, new Date().toISOString()]]) }
}

/** The keys of both; the current one stays. */
export function joined(own: Ring | undefined, other: Ring): Pick<Ring, 'keys' | 'made'> {
  const rest = own ?? { keys: new Map(), made: new Map() }
  const missing = [...other.keys].filter(([id]) => !rest.keys.has(id))
  return { keys: new Map([...missing, ...rest.keys]), made: new Map([...other.made, ...rest.made]) }
}
