/** The places of the configuration opened: the vault's own folder, mirrors, the cold store. */
import { join } from 'node:path'
import type { Logger } from 'pino'
import { knownMirrors } from './archive/mirrors.ts'
import { MIRRORS } from './archive/open.ts'
import { ArchiveError } from './base/errors.ts'
import type { Config } from './config.ts'
import type { Files } from './storage/files/files.ts'
import {
  type Copy,
  type MirrorAddress,
  makeMirror,
  mayBeMade,
  mirrorName,
  openMirrorPlace,
  openVaultPlace,
  prepareVault,
} from './vault/copies/places.ts'
import { STUBS } from './vault/copies/tiered.ts'

/** @throws {ArchiveError} `CONFIG_INVALID` when locks would run out between two looks */
export function withLocks(config: Config): readonly MirrorAddress[] {
  const [lockDays, looked] = [config['vault.lockDays'], config['fixity.days']]
  if (lockDays > 0 && (looked === 0 || lockDays <= looked))
    throw new ArchiveError('CONFIG_INVALID', {
      key: 'vault.lockDays',
      why: 'locks are renewed when fixity looks: it has to be more days than fixity.days, and that not 0',
    })
  return config['vault.mirrors'].map((mirror) => (typeof mirror === 'string' ? mirror : { ...mirror, lockDays }))
}

/** The vault's folder and its mirrors; what is new is made, and what has gone is not. */
export async function openPlaces(
  files: Files,
  data: string,
  mirrors: readonly MirrorAddress[],
  archive: string,
  log: Logger,
  recreate: boolean,
) {
  const folders = {
    vault: join(data, 'vault'),
    incoming: join(data, 'cache', 'vault'),
    setAside: join(data, 'set-aside'),
  }
  if (!(await prepareVault(files, folders, data, recreate))) log.error('the vault’s folder is not there')
  const known = await knownMirrors(files, join(data, MIRRORS))
  const of = { archive, keys: join(data, 'keys') }
  const copies = [await openVaultPlace(files, folders)]
  for (const mirror of mirrors) {
    const name = mirrorName(mirror)
    if (mayBeMade(mirror, known))
      await makeMirror(files, mirror, of).catch((thrown: unknown) =>
        log.error({ mirror: name, cause: String(thrown) }, 'a mirror could not be made'),
      )
    const copy = await openMirrorPlace(files, mirror, of, 'main')
    copies.push(copy)
    if (copy.can !== undefined && (await copy.attached()) === 'good')
      log.info({ mirror: name, can: copy.can() }, 'what the object store can do')
  }
  return { folders, copies }
}

/** The cold store; one that has gone is not made anew: `vault-cold` says what has to be in it. */
export async function openCold(
  config: Config,
  files: Files,
  data: string,
  archive: string,
  log: Logger,
): Promise<Copy | undefined> {
  const [address] = config['vault.cold']
  if (address === undefined) return undefined
  const name = mirrorName(address)
  if (config['vault.mirrors'].some((mirror) => mirrorName(mirror) === name))
    throw new ArchiveError('CONFIG_INVALID', { key: 'vault.cold', why: 'it is one of vault.mirrors' })
  const of = { archive, keys: join(data, 'keys') }
  const used = (await files.list(join(data, STUBS)).catch(() => [])).length > 0
  if (!used)
    await makeMirror(files, address, of).catch((thrown: unknown) =>
      log.error({ cold: name, cause: String(thrown) }, 'the cold store could not be made'),
    )
  const copy = await openMirrorPlace(files, address, of, 'cold')
  if ((await copy.attached()) !== 'good') log.error({ cold: name }, 'the cold store cannot be used')
  return copy
}
