/**
 * `clearkeep backup` and `clearkeep restore`: all truth of a data folder, keys and accounts under a passphrase, into a folder
 * on another disk and back. The archive may run while it is backed up.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ArchiveError } from '../base/errors.ts'
import type { Loaded, MirrorEntry } from '../config.ts'
import { diskFiles } from '../storage/files/disk.ts'
import { controlBytes } from '../storage/sql/control-store.ts'
import { backup as backUp, isSecret } from '../vault/backup/backup.ts'
import { restore as bringBack } from '../vault/backup/restore.ts'
import { LEAST_PASSPHRASE, type SecretFiles } from '../vault/backup/secrets.ts'
import { type Copy, openMirrorPlace, openVaultPlace } from '../vault/copies/places.ts'
import type { Finding } from '../vault/copies/reconcile.ts'
import { EXIT, type Exit, type Output, size } from './command.ts'

type Flags = Readonly<Record<string, unknown>>
const SHOWN = 20

export async function backup(
  to: string,
  flags: Flags,
  { config }: Loaded,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const passphrase = passphraseOf(flags)
  const files = diskFiles()
  const data = resolve(config.data)
  if (!existsSync(join(data, 'inbox', 'archive-id')))
    throw new ArchiveError('USAGE', { why: `${data} is no data folder: it has no inbox.` })
  if (`${resolve(to)}/`.startsWith(`${data}/`))
    throw new ArchiveError('USAGE', { why: 'A backup does not lie in the data folder.' })
  const progress = steadily('Backing up', out)
  try {
    const report = await backUp({
      files,
      data,
      to: resolve(to),
      vault:
        flags['withoutVault'] === true
          ? undefined
          : await vaultIn(data, [...config['vault.mirrors'], ...config['vault.cold']]),
      secrets: secretsIn(data),
      passphrase,
      check: flags['check'] === true,
      now: () => new Date(),
      advance: progress.advance,
      signal,
    })
    progress.done()
    out.record(report)
    told(report.findings, out)
    const vault =
      flags['withoutVault'] === true ? 'the vault is left to its mirror' : `${report.studies} studies of the vault`
    out.say(
      `Backed up to ${resolve(to)}: ${report.files} files (${size(report.bytes)}), ${vault}; ${size(report.copied)} were new.`,
    )
    return report.findings.length > 0 ? EXIT.failed : EXIT.done
  } finally {
    progress.done()
  }
}

export async function restore(
  from: string,
  flags: Flags,
  { config }: Loaded,
  signal: AbortSignal,
  out: Output,
): Promise<Exit> {
  const passphrase = passphraseOf(flags)
  const data = resolve(config.data)
  const progress = steadily('Restoring', out)
  try {
    const report = await bringBack({
      files: diskFiles(),
      from: resolve(from),
      data,
      passphrase,
      now: () => new Date(),
      advance: progress.advance,
      signal,
    })
    progress.done()
    out.record(report)
    told(report.findings, out)
    out.say(
      `Restored to ${data} as of ${report.made}: ${report.files} files (${size(report.bytes)}), ${
        report.studies === undefined
          ? 'without the vault. Name its mirror in vault.mirrors, then clearkeep fixity --recreate-vault'
          : `${report.studies} studies of the vault`
      }.`,
    )
    out.say(`Now: clearkeep verify --data ${data}, then clearkeep rebuild --data ${data}.`)
    return report.findings.length > 0 ? EXIT.failed : EXIT.done
  } finally {
    progress.done()
  }
}

/** @throws {ArchiveError} `USAGE` */
export function passphraseOf(flags: Flags): string {
  const file = flags['passphraseFile'] as string | undefined
  if (file === undefined)
    throw new ArchiveError('USAGE', {
      why: 'Keys and accounts go under a passphrase: give the file that holds it with --passphrase-file. Without it a backup cannot be restored, so keep it elsewhere.',
    })
  if (!existsSync(file)) throw new ArchiveError('USAGE', { why: `There is no file ${file}.` })
  const passphrase = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  if (passphrase.length < LEAST_PASSPHRASE)
    throw new ArchiveError('USAGE', { why: `A passphrase has at least ${LEAST_PASSPHRASE} characters.` })
  return passphrase
}

/** Keys as they are; control data as one consistent database, though the archive may be writing it. */
function secretsIn(data: string): SecretFiles {
  const found = new Map<string, Uint8Array>()
  for (const name of existsSync(join(data, 'keys')) ? readdirSync(join(data, 'keys')) : [])
    if (isSecret(`keys/${name}`) && !name.endsWith('.new'))
      found.set(`keys/${name}`, readFileSync(join(data, 'keys', name)))
  if (existsSync(join(data, 'control.db'))) found.set('control.db', controlBytes(join(data, 'control.db')))
  return found
}

/** Studies of the cold store are read from there: a backup has them all. */
async function vaultIn(data: string, mirrors: readonly MirrorEntry[]): Promise<readonly Copy[]> {
  const files = diskFiles()
  const archive = readFileSync(join(data, 'inbox', 'archive-id'), 'utf8').trim()
  const folders = {
    vault: join(data, 'vault'),
    // Never written to: the archive may run.
    incoming: join(data, 'cache', 'backup'),
    setAside: join(data, 'set-aside'),
  }
  const copies = [await openVaultPlace(files, folders)]
  for (const address of mirrors) {
    const mirror = await openMirrorPlace(files, address, { archive, keys: join(data, 'keys') }, 'backup')
    if ((await mirror.attached()) === 'good') copies.push(mirror)
  }
  return copies
}

function told(findings: readonly Finding[], out: Output): void {
  for (const { copy, name, flaw } of findings.slice(0, SHOWN)) out.print(`BAD  ${name}: ${flaw} in ${copy}`)
  if (findings.length > SHOWN) out.print(`     and ${findings.length - SHOWN} more`)
  if (findings.length > 0)
    out.say('Something kept is not what it should be: clearkeep fixity says what, and mends what it can.')
}

const MEGABYTE = 1_000_000

function steadily(label: string, out: Output) {
  const progress = out.progress(label, undefined, 'MB')
  let rest = 0
  let over = false
  return {
    advance: (bytes: number) => {
      rest += bytes
      const whole = Math.floor(rest / MEGABYTE)
      rest -= whole * MEGABYTE
      progress.advance(whole, bytes)
    },
    done: () => {
      if (!over) progress.done()
      over = true
    },
  }
}
