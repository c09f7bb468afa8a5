/**
 * `clearkeep keys`: the wrapping keys of encrypted copies. Without them nothing of such a copy can be read, so they are
 * looked at before they are needed, and kept elsewhere under a passphrase.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { ArchiveError } from '../base/errors.ts'
import type { Loaded } from '../config.ts'
import { diskFiles } from '../storage/files/disk.ts'
import { lockSecrets, unlockSecrets } from '../vault/backup/secrets.ts'
import { joined, KEYRING, keyringBytes, parseKeyring, readKeyring, writeKeyring } from '../vault/copies/keyring.ts'
import { mirrorName } from '../vault/copies/places.ts'
import { checkKeys, rotateKeys } from '../vault/copies/rotate-keys.ts'
import { passphraseOf } from './backup.ts'
import { EXIT, type Exit, type Output } from './command.ts'

type Flags = Readonly<Record<string, unknown>>

/** In the file under the passphrase. */
const PATH = `keys/${KEYRING}`

function placeOf({ config }: Loaded) {
  const data = resolve(config.data)
  const id = join(data, 'inbox', 'archive-id')
  if (!existsSync(id)) throw new ArchiveError('USAGE', { why: `${data} is no data folder: it has no inbox.` })
  return { archive: readFileSync(id, 'utf8').trim(), keys: join(data, 'keys') }
}

/** Every place that may be encrypted. */
const encryptable = ({ config }: Loaded) => [...config['vault.mirrors'], ...config['vault.cold']]

/** Unwraps the key of every study in every encrypted copy; the archive may run. */
export async function check(loaded: Loaded, out: Output): Promise<Exit> {
  const [files, of] = [diskFiles(), placeOf(loaded)]
  const ring = await readKeyring(files, of.keys)
  let bad = 0
  for (const address of encryptable(loaded)) {
    const found = await checkKeys(files, address, of)
    if (found === undefined) continue
    const name = mirrorName(address)
    out.record({ mirror: name, ...found })
    if (found.problem !== undefined) bad += 1
    out.print(
      found.problem === undefined
        ? `good   ${name}: ${found.keys} keys unwrapped, with ${found.wrapping.join(', ') || 'none yet'}`
        : `WRONG  ${name}: ${found.problem}`,
    )
  }
  out.say(
    ring === undefined
      ? 'There is no wrapping key: nothing is encrypted yet.'
      : `${ring.keys.size === 1 ? 'One wrapping key' : `${ring.keys.size} wrapping keys`} in keys/; the current one is ${ring.current}, made ${ring.made.get(ring.current)}.`,
  )
  return bad > 0 ? EXIT.failed : EXIT.done
}

/** With the data folder locked: whoever has it open remembers keys. */
export async function rotate(loaded: Loaded, version: string, signal: AbortSignal, out: Output): Promise<Exit> {
  const of = placeOf(loaded)
  const { openTower } = await import('../server.ts')
  const { config } = loaded
  const tower = await openTower({ ...config, 'seal.automatic': false, 'fixity.days': 0 }, version, 'keys rotate')
  try {
    const count = await rotateKeys(diskFiles(), encryptable(loaded), of)
    const current = (await readKeyring(diskFiles(), of.keys))?.current ?? ''
    const context = {
      principal: { kind: 'job', name: 'keys' } as const,
      client: { address: 'local', userAgent: `keys by ${userInfo().username}` },
      now: () => new Date(),
      signal,
    }
    const detail = { what: `the wrapping key was changed; ${count} keys were wrapped anew`, current }
    await tower.archive.record(context, { type: 'cfg.change', action: 'E', outcome: 0, detail }, 'now')
    out.record({ rewrapped: count, current })
    out.say(`${count} keys wrapped anew with ${current}. Export it: what was exported before opens nothing any more.`)
    return EXIT.done
  } finally {
    await tower.close()
  }
}

export async function exportKeys(to: string, flags: Flags, loaded: Loaded, out: Output): Promise<Exit> {
  const passphrase = passphraseOf(flags)
  const ring = await readKeyring(diskFiles(), placeOf(loaded).keys)
  if (ring === undefined)
    throw new ArchiveError('USAGE', { why: 'There is no wrapping key: nothing is encrypted yet.' })
  if (existsSync(to)) throw new ArchiveError('USAGE', { why: `${to} is there already; nothing is written over it.` })
  const locked = await lockSecrets(new Map([[PATH, keyringBytes(ring)]]), passphrase)
  writeFileSync(to, locked, { mode: 0o600, flag: 'wx', flush: true })
  // What was written is what can be read.
  parseKeyring((await unlockSecrets(readFileSync(to), passphrase)).get(PATH) ?? new Uint8Array())
  out.record({ file: resolve(to), wrapping: [...ring.keys.keys()] })
  out.say(`Exported to ${resolve(to)} and read back. Keep it, and the passphrase elsewhere, away from this machine.`)
  return EXIT.done
}

export async function importKeys(from: string, flags: Flags, loaded: Loaded, out: Output): Promise<Exit> {
  const passphrase = passphraseOf(flags)
  if (!existsSync(from)) throw new ArchiveError('USAGE', { why: `There is no file ${from}.` })
  const bytes = (await unlockSecrets(readFileSync(from), passphrase)).get(PATH)
  if (bytes === undefined) throw new ArchiveError('USAGE', { why: `${from} has no wrapping keys in it.` })
  const { keys } = placeOf(loaded)
  const files = diskFiles()
  // A keyring that cannot be read is what this mends.
  const own = await readKeyring(files, keys).catch(() => undefined)
  const ring = await writeKeyring(files, keys, joined(own, parseKeyring(bytes)))
  out.record({ wrapping: [...ring.keys.keys()] })
  out.say(
    `${ring.keys.size === 1 ? 'One wrapping key' : `${ring.keys.size} wrapping keys`} in keys/. Now: clearkeep keys check.`,
  )
  return EXIT.done
}
