/**
 * Builds the tower: lock, files, database, inbox, archive, control data, and on top of them the doors. Nothing imports
 * it but the command line. No container and no event bus: constructors, called in the order of the drawing.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import pino, { type Logger } from 'pino'
import type { Association } from './api/admin.ts'
import type { Archive } from './archive/archive.ts'
import { openArchive } from './archive/open.ts'
import type { Context, Role } from './base/context.ts'
import { ArchiveError, asArchiveError } from './base/errors.ts'
import type { FrameDecoder } from './codecs/frame-decoder.ts'
import { openFrameDecoder } from './codecs/open.ts'
import { ROLES } from './compliance/accounts.ts'
import { type Control, openControl } from './compliance/control.ts'
import { type Identities, openIdentities } from './compliance/identities.ts'
import { openSealingKey } from './compliance/sealing.ts'
import { type Config, isLoopback, type WitnessEntry } from './config.ts'
import { destinationsOf, outletsOf, toldOn } from './destinations.ts'
import { LENIENCIES, type LeniencyName } from './dicom/leniencies.ts'
import { isCharacterSet } from './hl7/character-set.ts'
import type { AuditSource } from './ledger/audit/message.ts'
import type { WitnessPeer } from './ledger/log/witnessing.ts'
import { NO_REPORTING, type ReportingOptions } from './ledger/repository/reporting.ts'
import { type Meters, openMeters } from './metrics.ts'
import { openDicomListener } from './network/listener.ts'
import { type MllpListener, openMllpListener } from './network/mllp/listener.ts'
import { openRouter } from './network/routing/router.ts'
import { probe } from './network/services/probe.ts'
import type { AssociationSummary } from './network/summary.ts'
import type { TlsMaterial } from './network/upper-layer/tls.ts'
import { openCold, openPlaces, withLocks } from './places.ts'
import { parseKey, SIGNATURE_TYPE } from './proof/note.ts'
import { openCapsules } from './record/capsule/capsule.ts'
import { openRecord } from './record/open.ts'
import { diskFiles } from './storage/files/disk.ts'
import type { Files } from './storage/files/files.ts'
import { lockFolder } from './storage/lock.ts'
import type { Database } from './storage/sql/database.ts'
import { openSqlite } from './storage/sql/sqlite.ts'
import { RESTORED, RESTORING } from './vault/backup/restore.ts'
import type { Copy } from './vault/copies/places.ts'
import { type Inbox, openInbox } from './vault/inbox/inbox.ts'
import { openSealer, type Sealer } from './vault/seal/open.ts'
import { isSafe, type ProviderOptions } from './web/login/provider.ts'
import { openWeb } from './web/open.ts'

/** The archive without its doors: what `import --data`, `rebuild` and `serve` have in common. */
export interface Tower {
  readonly archive: Archive
  readonly control: Control
  readonly db: Database
  readonly inbox: Inbox
  readonly log: Logger
  readonly meters: Meters
  /** Tells a second process that wants the folder where this one answers. */
  announce(address: string): void
  close(): Promise<void>
}

export interface Doors {
  readonly webUrl: string
  readonly dicomUrl: string
  close(): Promise<void>
}

/** Database and inbox of a data folder that nobody else has open. */
export interface Storage {
  readonly data: string
  readonly files: Files
  readonly db: Database
  readonly inbox: Inbox
  /** The vault's own folder first, then mirrors. */
  readonly copies: readonly Copy[]
  readonly cold?: Copy
  readonly sealer: Sealer
  readonly decoder: FrameDecoder
  readonly log: Logger
  announce(address: string): void
  close(): Promise<void>
}

export interface StorageOptions {
  /** Throw the embedded index away first. */
  readonly anew?: boolean
  /** Make the vault's folder anew, which has gone for good. */
  readonly recreate?: boolean
}

/**
 * @param command  for the lock: what holds the folder
 * @throws {ArchiveError} `DATA_LOCKED` when another process has it
 */
export async function openStorage(
  config: Config,
  command: string,
  { anew = false, recreate = false }: StorageOptions = {},
): Promise<Storage> {
  const log = logger(config)
  const data = resolve(config.data)
  const inboxFolder = join(data, 'inbox')
  for (const folder of [data, inboxFolder, join(data, 'cache')]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  const closing: (() => Promise<void> | void)[] = []
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step()
  }
  try {
    if (existsSync(join(data, RESTORING))) throw new ArchiveError('DATA_RESTORING', { folder: data })
    const lock = lockFolder(data, { pid: process.pid, command })
    closing.push(() => lock.release())
    const index = join(data, 'index.db')
    if (anew) for (const ending of ['', '-wal', '-shm']) rmSync(`${index}${ending}`, { force: true })
    const url = config['database.url']
    const db =
      url === '' ? await openSqlite(index) : await (await import('./storage/sql/postgres.ts')).openPostgres(url)
    closing.push(() => db.close())
    const files = diskFiles()
    const inbox = await openInbox({
      files,
      folder: inboxFolder,
      node: '',
      archiveId: archiveId(data),
      onRemoval: (file, removal) => log.warn({ file, ...removal }, 'a spool file that no record names was removed'),
      segmentBytes: config['storage.segmentBytes'],
    })
    closing.push(() => inbox.close())
    const mirrors = withLocks(config)
    const places = await openPlaces(files, data, mirrors, archiveId(data), log, recreate)
    const sealer = openSealer({
      vault: places.folders.vault,
      inbox: inboxFolder,
      scratch: join(data, 'cache', 'seal'),
      setAside: places.folders.setAside,
      mirrors,
      of: { archive: archiveId(data), keys: join(data, 'keys') },
    })
    const cold = await openCold(config, files, data, archiveId(data), log)
    closing.push(() => {
      for (const copy of [...places.copies, ...(cold ? [cold] : [])]) copy.close?.()
    })
    closing.push(() => sealer.close())
    const decoder = openDecoder(config)
    closing.push(() => decoder.close())
    return {
      data,
      files,
      db,
      inbox,
      copies: places.copies,
      ...(cold && { cold }),
      sealer,
      decoder,
      log,
      announce: lock.announce,
      close,
    }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

export const openDecoder = (config: Config): FrameDecoder =>
  openFrameDecoder({
    workers: config['pixels.workers'],
    timeoutMs: config['pixels.timeoutSeconds'] * 1000,
  })

/** Opens the data folder and everything in it, recovering what a crash left. @throws as `openStorage` */
export async function openTower(
  config: Config,
  version: string,
  command: string,
  options: StorageOptions = {},
): Promise<Tower> {
  const storage = await openStorage(config, command, options)
  const { data, files, db, inbox, copies, cold, sealer, decoder, log } = storage
  const closing: (() => Promise<void> | void)[] = [storage.close]
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step()
  }
  try {
    const meters = openMeters(version)
    const opened = await openArchive({
      db,
      inbox,
      files,
      dataFolder: data,
      decoder,
      copies,
      ...(cold && { cold }),
      sealer,
      now: () => new Date(),
      random: (bytes) => randomBytes(bytes),
      log,
      version,
      grouped: meters.group,
      options: {
        reserveBytes: config['storage.reserveBytes'],
        memoryBytes: config['storage.memoryBytes'],
        inHand: config['intake.maxObjects'],
        leniencies: switchedOff(config['intake.strict']),
        logOrigin: logOrigin(config['log.origin'], data),
        rejectionNotesFrom: listed(config['dicom.rejectionNotesFrom']),
        disposition: { coolingDays: config['disposition.coolingDays'], automatic: true },
        fixity: { days: config['fixity.days'], bytesPerSecond: config['fixity.bytesPerSecond'] },
        tiers: { rules: config['vault.coldRules'], everyMs: 86_400_000, retryMs: 60_000 },
        seal: { automatic: config['seal.automatic'], quietSeconds: config['seal.quietSeconds'] },
        witnesses: config['log.witnesses'].map(witnessPeer),
        tsaUrl: tsaUrl(config['log.tsa.url']),
        stampMs: config['log.tsa.hours'] * 3_600_000,
        witnessMs: config['log.witnessSeconds'] * 1000,
        heartbeatMs: config['log.heartbeatSeconds'] * 1000,
        reporting: reportingOf(config),
        auditKeepDays: config['audit.keepDays'],
      },
    })
    closing.push(() => opened.close())
    await sayRestored(opened, data)
    const archive = meters.metered(opened)
    const control = openControl(join(data, 'control.db'), {
      configuredDevices: config['dicom.devices'],
      sealingKey: openSealingKey(join(data, 'keys')),
      withSecondFactor: rolesOf(config, 'access.secondFactor'),
    })
    closing.push(() => control.close())
    return { archive, control, db, inbox, log, meters, announce: storage.announce, close }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

/** Once, after a restore: the log says from which backup this archive goes on. */
async function sayRestored(archive: Archive, data: string): Promise<void> {
  const path = join(data, RESTORED)
  if (!existsSync(path)) return
  const { made, restored } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly made?: string
    readonly restored?: string
  }
  const what = `restored from the backup of ${made}`
  const detail = { what, made, restored }
  await archive.record(
    { ...WATCHER, principal: { kind: 'job', name: 'restore' } },
    { type: 'cfg.change', action: 'E', outcome: 0, detail },
    'now',
  )
  rmSync(path)
}

/** Opens both ports. The web knows the DICOM port, which may have been picked just now. */
export async function openDoors(tower: Tower, config: Config, version: string): Promise<Doors> {
  const { archive, control, db, log, meters } = tower
  const aeTitle = config['dicom.aeTitle']
  const tls = dicomTls(config)
  const destinations = destinationsOf(config, tls)
  const outlets = outletsOf(archive, config, destinations)
  const dicom = await openDicomListener({
    archive,
    devices: control.devices,
    commitments: control.commitments,
    reports: {
      retryMs: config['dicom.commitmentRetrySeconds'] * 1000,
      giveUpMs: config['dicom.commitmentHours'] * 3_600_000,
    },
    notices: { notices: control.notices, ...toldOn(config) },
    aeTitle,
    // With `open` there are no accounts to be.
    ...(!config.open && { identities: identitiesOf(control, config) }),
    destinations,
    host: config.host,
    port: config['dicom.tls.only'] ? undefined : config['dicom.port'],
    ...(tls?.cert !== undefined && { tls: { ...tls, port: config['dicom.tls.port'] } }),
    unknownCallers: config.open ? 'accept' : (config['dicom.unknownCallers'] as 'refuse' | 'accept'),
    anyCalledAet: config['dicom.anyCalledAet'],
    acceptUnknownSopClasses: config['dicom.acceptUnknownSopClasses'],
    maxAssociations: config['dicom.maxAssociations'],
    upperLayer: {
      maxPdu: config['dicom.maxPduLength'],
      idleMs: config['dicom.idleSeconds'] * 1000,
      artimMs: config['dicom.artimSeconds'] * 1000,
    },
    ended: meters.associationEnded,
    log,
    now: () => new Date(),
  })
  const hl7 = await openHl7(tower, config, tls).catch(async (thrown: unknown) => {
    await dicom.close()
    throw thrown
  })
  const retryMs = config['routing.retrySeconds'] * 1000
  const router = openRouter({ archive, routes: control.routes, outlets, retryMs, log, now: () => new Date() })
  const received = archive.onReceived(() => void router.nudge())
  meters.watch(archive, WATCHER, () => dicom.associations().filter(({ state }) => state === 'open').length)
  try {
    const record = openRecord({ db, archive, wishes: control.priorWishes })
    const web = await openWeb({
      archive,
      record,
      capsules: openCapsules({ archive, record, version }),
      control,
      routing: router,
      host: config.host,
      port: config['http.port'],
      open: config.open,
      aeTitle,
      auditSource: auditSourceOf(config),
      dicomPort: dicom.port,
      associations: () => dicom.associations().map(associationRow),
      echo: async ({ aet, tls: byTls, ...to }, signal) => {
        const as = { calledAet: aet, callingAet: aeTitle, ...(byTls && { tls: tls ?? {} }), signal }
        const { services, ...probed } = await probe({ ...to, ...as })
        return { ...probed, services: [...services] }
      },
      appFolder: fileURLToPath(new URL('../dist/app', import.meta.url)),
      version,
      meter: { open: config['metrics.open'], answered: meters.answered, text: meters.metrics.text },
      origins: config['http.corsOrigins'],
      sessions: {
        idleSeconds: config['http.sessionIdleMinutes'] * 60,
        absoluteSeconds: config['http.sessionHours'] * 3600,
      },
      ...(config['oidc.issuer'] !== '' && { provider: providerOf(config) }),
      log,
    })
    tower.announce(webUrl(config.host, web.port))
    return {
      webUrl: webUrl(config.host, web.port),
      dicomUrl: `dicom://${aeTitle}@${bracketed(config.host)}:${dicom.port}`,
      close: async () => {
        received()
        await Promise.all([web.close(), dicom.close(), hl7?.close(), router.close()])
      },
    }
  } catch (thrown) {
    received()
    await Promise.all([dicom.close(), hl7?.close(), router.close()])
    throw thrown
  }
}

/** The HL7 door, when it has a port. @throws {ArchiveError} `CONFIG_INVALID`, `NET_PORT` */
async function openHl7(
  { archive, log }: Tower,
  config: Config,
  tls: TlsMaterial | undefined,
): Promise<MllpListener | undefined> {
  const { 'hl7.port': port, 'hl7.tlsPort': tlsPort, 'hl7.characterSet': undeclared } = config
  if (port < 0 && tlsPort < 0) return undefined
  if (tlsPort >= 0 && tls?.cert === undefined)
    throw new ArchiveError('CONFIG_INVALID', { key: 'hl7.tlsPort', why: 'there is no dicom.tls.cert' })
  if (!isCharacterSet(undeclared))
    throw new ArchiveError('CONFIG_INVALID', { key: 'hl7.characterSet', why: 'it is none of HL7 table 0211 read here' })
  const door = await openMllpListener({
    archive,
    host: config.host,
    port: port < 0 ? undefined : port,
    ...(tlsPort >= 0 && { tls: { ...tls, port: tlsPort } }),
    senders: listed(config['hl7.senders']),
    undeclared,
    maxMessageBytes: config['hl7.maxMessageBytes'],
    log,
    now: () => new Date(),
  })
  log.info({ port: door.port, tlsPort: door.tlsPort }, 'HL7 messages are taken')
  return door
}

/** @throws {ArchiveError} `CONFIG_INVALID` for a file that cannot be read, or a part without the other */
function tlsMaterial(config: Config, of: 'dicom.tls' | 'audit.tls'): TlsMaterial {
  const read = (part: 'cert' | 'key' | 'ca'): string | undefined => {
    const key = `${of}.${part}` as const
    if (config[key] === '') return undefined
    try {
      return readFileSync(config[key], 'utf8')
    } catch (thrown) {
      throw new ArchiveError('CONFIG_INVALID', { key, why: `the file cannot be read (${String(thrown).slice(0, 80)})` })
    }
  }
  const [cert, key, ca] = [read('cert'), read('key'), read('ca')]
  if ((cert === undefined) !== (key === undefined))
    throw new ArchiveError('CONFIG_INVALID', { key: `${of}.key`, why: 'certificate and key go together' })
  return { ...(cert !== undefined && { cert }), ...(key !== undefined && { key }), ...(ca !== undefined && { ca }) }
}

/** @throws {ArchiveError} `CONFIG_INVALID` */
function dicomTls(config: Config): TlsMaterial | undefined {
  const tls = tlsMaterial(config, 'dicom.tls')
  if (tls.cert === undefined && config['dicom.tls.only'])
    throw new ArchiveError('CONFIG_INVALID', { key: 'dicom.tls.only', why: 'there is no dicom.tls.cert' })
  return tls.cert === undefined && tls.ca === undefined ? undefined : tls
}

/** As whom this archive tells of its acts. */
const auditSourceOf = (config: Config): AuditSource => {
  const aeTitle = config['dicom.aeTitle']
  return { id: config['audit.source'] || aeTitle, site: config['audit.site'], aeTitle, host: hostname() }
}

/** Who is told of every act. @throws {ArchiveError} `CONFIG_INVALID` */
function reportingOf(config: Config): ReportingOptions {
  const byTls = config['audit.repositories'].some(({ transport }) => transport === 'tls')
  return {
    ...NO_REPORTING,
    repositories: config['audit.repositories'],
    tls: byTls ? tlsMaterial(config, 'audit.tls') : {},
    source: auditSourceOf(config),
    origin: { host: hostname(), process: process.pid, messageId: config['audit.messageId'] },
  }
}

/** @throws {ArchiveError} `CONFIG_INVALID` for a role there is not */
function rolesOf(config: Config, key: 'access.secondFactor'): readonly Role[] {
  return listed(config[key]).map((name) => {
    const role = ROLES.find((one) => one === name)
    if (role === undefined)
      throw new ArchiveError('CONFIG_INVALID', { key, why: `${name} is no role; roles are ${ROLES.join(', ')}` })
    return role
  })
}

function identitiesOf(control: Control, config: Config): Identities {
  const now = () => new Date()
  const { accounts } = control
  const key = 'dicom.jwt.keys'
  if (config[key] === '') return openIdentities({ accounts, now })
  if (config['dicom.jwt.issuer'] === '')
    throw new ArchiveError('CONFIG_INVALID', { key: 'dicom.jwt.issuer', why: 'keys need the issuer they are of' })
  try {
    const keys = readFileSync(config[key], 'utf8')
    const trust = { keys, issuer: config['dicom.jwt.issuer'], audience: config['dicom.jwt.audience'] }
    return openIdentities({ accounts, now, jwt: trust })
  } catch (thrown) {
    if (thrown instanceof ArchiveError) throw thrown
    throw new ArchiveError('CONFIG_INVALID', { key, why: `the file cannot be read (${String(thrown).slice(0, 80)})` })
  }
}

/** @throws {ArchiveError} `CONFIG_INVALID` for what is missing, or would send a secret in the clear */
function providerOf(config: Config): ProviderOptions {
  const wrong = (key: string, why: string) => new ArchiveError('CONFIG_INVALID', { key, why })
  const { 'oidc.issuer': issuer, 'oidc.url': url, 'oidc.clientId': clientId } = config
  if (!isSafe(issuer)) throw wrong('oidc.issuer', 'it is no https:// address')
  if (clientId === '') throw wrong('oidc.clientId', 'a provider needs to know us by one')
  if (url === '' ? !isLoopback(config.host) : !isSafe(url))
    throw wrong('oidc.url', 'people come back to an https:// address; only on loopback may it be left out')
  if (config['oidc.roles'].length === 0) throw wrong('oidc.roles', 'without it nobody of the provider is let in')
  return {
    issuer,
    clientId,
    clientSecret: config['oidc.clientSecret'],
    name: config['oidc.name'],
    scope: config['oidc.scope'],
    url,
    nameClaim: config['oidc.nameClaim'],
    rolesClaim: config['oidc.rolesClaim'],
    roles: config['oidc.roles'],
    acr: listed(config['oidc.acr']),
    amr: listed(config['oidc.amr']),
  }
}

/** Who reads the archive's state for the figures. */
const WATCHER: Context = {
  principal: { kind: 'job', name: 'metrics' },
  client: { address: '' },
  now: () => new Date(),
  signal: new AbortController().signal,
}

/** A summary of the DICOM door as the web has it. */
const associationRow = ({ port: _, endedAt, ...summary }: AssociationSummary): Association => ({
  ...summary,
  endedAt: endedAt ?? null,
  contexts: summary.contexts.map(({ proposed, ...context }) => ({ ...context, proposed: [...proposed] })),
  counts: { ...summary.counts },
  refusals: [...summary.refusals],
})

/** JSON lines on standard error: standard output belongs to the ready line. */
const logger = (config: Config): Logger => pino({ level: config['log.level'], base: null }, pino.destination(2))

/** Names this archive in each journal segment, so that segments of two archives are never mixed up. Made once. */
function archiveId(data: string): string {
  const path = join(data, 'inbox', 'archive-id')
  if (!existsSync(path)) writeFileSync(path, `${randomBytes(16).toString('hex')}\n`, { mode: 0o600, flush: true })
  return readFileSync(path, 'utf8').trim()
}

/** @throws {ArchiveError} `CONFIG_INVALID` for what may not stand in a C2SP key name */
function logOrigin(configured: string, data: string): string {
  if (/[\s+]/u.test(configured))
    throw new ArchiveError('CONFIG_INVALID', { key: 'log.origin', why: 'it has a space or a plus sign' })
  return configured === '' ? `clearkeep-${archiveId(data).slice(0, 16)}` : configured.replace(/\/+$/, '')
}

/** @throws {ArchiveError} `CONFIG_INVALID` for a key that does not cosign */
function witnessPeer({ url, key: text }: WitnessEntry): WitnessPeer {
  try {
    const key = parseKey(text)
    if (key.type !== SIGNATURE_TYPE.cosignature)
      throw new ArchiveError('PROOF_INVALID', { what: 'key', why: 'it is not a cosigner’s' })
    return { url, key }
  } catch (thrown) {
    throw new ArchiveError('CONFIG_INVALID', { key: 'log.witnesses', why: asArchiveError(thrown).fact })
  }
}

/** @throws {ArchiveError} `CONFIG_INVALID` for what is no address */
function tsaUrl(configured: string): string {
  if (configured !== '' && !/^https?:\/\/\S+$/.test(configured))
    throw new ArchiveError('CONFIG_INVALID', { key: 'log.tsa.url', why: 'it is no address, http:// or https://' })
  return configured
}

function switchedOff(names: string): Partial<Record<LeniencyName, boolean>> {
  const off: Partial<Record<LeniencyName, boolean>> = {}
  for (const name of names
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')) {
    if (!Object.hasOwn(LENIENCIES, name))
      throw new ArchiveError('CONFIG_INVALID', { key: 'intake.strict', why: `there is no leniency ${name}` })
    off[name as LeniencyName] = false
  }
  return off
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)
const webUrl = (host: string, port: number): string => `http://${bracketed(host)}:${port}`

/** Names separated by commas. */
const listed = (text: string): readonly string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
