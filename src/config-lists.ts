/**
 * Options that are lists of things with parts: what an entry is, and how one is read. `config.ts` has the table.
 */
import { isAbsolute, normalize } from 'node:path'
import { ArchiveError } from './base/errors.ts'
import { DEVICE_ACTS } from './compliance/access.ts'
import { type RoleRule, readRoleRules } from './compliance/provider-claims.ts'

export type ListKind =
  | 'webDestinations'
  | 'origins'
  | 'mirrors'
  | 'destinations'
  | 'devices'
  | 'witnesses'
  | 'repositories'
  | 'roleRules'
  | 'tierRules'

export type { RoleRule }

export interface Destination {
  readonly aet: string
  readonly host: string
  readonly port: number
  readonly tls?: boolean
}

export interface WebDestinationEntry {
  readonly name: string
  readonly url: string
  /** Path of a file; '' for none. */
  readonly tokenFile: string
}

export interface DeviceEntry {
  readonly aet: string
  readonly host: string
  /** SHA-256 of its TLS certificate: 64 hex digits in lower case. */
  readonly certificate?: string
  readonly may?: readonly string[]
}

export interface WitnessEntry {
  readonly url: string
  readonly key: string
}

/** The path of a folder, or a prefix of a bucket. */
export type MirrorEntry = string | S3Entry

export interface S3Entry {
  /** `https://HOST/BUCKET/PREFIX`. */
  readonly url: string
  readonly region: string
  /** Paths of files; `ca` may be empty. */
  readonly credentials: string
  readonly ca: string
  readonly encrypt: boolean
}

export interface TierRuleEntry {
  readonly studyDays: number
  readonly unseenDays: number
  readonly modalities?: readonly string[]
  readonly institutions?: readonly string[]
}

export interface RepositoryEntry {
  readonly name: string
  readonly transport: 'tls' | 'udp'
  readonly host: string
  readonly port: number
  readonly from: 'beginning' | 'now'
}

function peers(key: string, given: unknown, withPort: boolean): unknown {
  const wrong = (why: string) => new ArchiveError('CONFIG_INVALID', { key, why })
  if (!Array.isArray(given)) throw wrong('a list is needed')
  return given.map((item: unknown) => {
    if (typeof item !== 'object' || item === null) throw wrong('each entry needs {aet, host}')
    const { aet, host = '', port, tls, certificate, may, ...rest } = item as Record<string, unknown>
    const unknown = Object.keys(rest)[0]
    if (unknown !== undefined) throw wrong(`an entry has no ${unknown}`)
    if (typeof aet !== 'string' || aet.trim() === '' || aet.length > 16)
      throw wrong('an AE title is 1 to 16 characters')
    if (typeof host !== 'string') throw wrong('host is a text')
    if (!withPort) {
      if (port !== undefined || tls !== undefined) throw wrong('an entry has {aet, host, certificate, may}')
      if (may !== undefined && (!Array.isArray(may) || may.some((act) => !DEVICE_ACTS.includes(act))))
        throw wrong(`may is a list out of ${DEVICE_ACTS.join(', ')}`)
      const device = { aet: aet.trim(), host, ...(may !== undefined && { may }) }
      if (certificate === undefined) return device
      const digits = String(certificate).replace(/[:\s]/g, '').toLowerCase()
      if (!/^[0-9a-f]{64}$/.test(digits)) throw wrong('certificate is a SHA-256 fingerprint, 64 hexadecimal digits')
      return { ...device, certificate: digits }
    }
    if (certificate !== undefined || may !== undefined) throw wrong('an entry has {aet, host, port, tls}')
    if (tls !== undefined && typeof tls !== 'boolean') throw wrong('tls is true or false')
    if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65535)
      throw wrong('port is from 1 to 65535')
    return { aet: aet.trim(), host, port, ...(tls === true && { tls }) }
  })
}

function mirrors(key: string, given: unknown): readonly MirrorEntry[] {
  const wrong = (why: string) => new ArchiveError('CONFIG_INVALID', { key, why })
  if (!Array.isArray(given)) throw wrong('a list is needed')
  const entries = given.map((item: unknown) => {
    if (typeof item === 'object' && item !== null) return s3Entry(item, wrong)
    if (typeof item !== 'string' || !isAbsolute(item))
      throw wrong('each entry is an absolute path, or {url, credentials} of an object store')
    return normalize(item).replace(/(?<=.)\/+$/, '')
  })
  const places = entries.map((entry) => (typeof entry === 'string' ? entry : entry.url))
  if (new Set(places).size < places.length) throw wrong('a place stands there twice')
  return entries
}

function s3Entry(item: object, wrong: (why: string) => ArchiveError): S3Entry {
  const { url, credentials, region = 'us-east-1', ca = '', encrypt = true, ...rest } = item as Record<string, unknown>
  const unknown = Object.keys(rest)[0]
  if (unknown !== undefined) throw wrong(`an entry has no ${unknown}`)
  const parts = /^(https?):\/\/([^\s/@?#]+)((?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+)\/*$/.exec(String(url))
  if (parts === null) throw wrong('url is https://HOST/BUCKET or https://HOST/BUCKET/PREFIX')
  if (parts[1] === 'http' && !/^(127\.[\d.]+|localhost|\[::1\])(:\d+)?$/.test(parts[2] ?? ''))
    throw wrong('images do not go to another machine in the clear: https:// is needed')
  if (typeof credentials !== 'string' || !isAbsolute(credentials))
    throw wrong('credentials is the absolute path of a file with aws_access_key_id and aws_secret_access_key')
  if (typeof ca !== 'string' || (ca !== '' && !isAbsolute(ca))) throw wrong('ca is the absolute path of a PEM file')
  if (typeof region !== 'string' || region === '') throw wrong('region is a text')
  if (typeof encrypt !== 'boolean') throw wrong('encrypt is true or false')
  return { url: `${parts[1]}://${parts[2]}${parts[3]}`, region, credentials, ca, encrypt }
}

function tierRules(key: string, given: unknown): readonly TierRuleEntry[] {
  const wrong = (why: string) => new ArchiveError('CONFIG_INVALID', { key, why })
  if (!Array.isArray(given)) throw wrong('a list is needed')
  const texts = (name: string, value: unknown): readonly string[] => {
    if (!Array.isArray(value) || value.some((one) => typeof one !== 'string' || one === ''))
      throw wrong(`${name} is a list of texts`)
    return value as string[]
  }
  return given.map((item: unknown) => {
    const { studyDays, unseenDays, modalities, institutions, ...rest } = Object(item) as Record<string, unknown>
    const unknown = Object.keys(rest)[0]
    if (unknown !== undefined) throw wrong(`an entry has no ${unknown}`)
    for (const days of [studyDays, unseenDays])
      if (typeof days !== 'number' || !Number.isInteger(days) || days < 0)
        throw wrong('studyDays and unseenDays are whole numbers of days')
    return {
      studyDays: studyDays as number,
      unseenDays: unseenDays as number,
      ...(modalities !== undefined && { modalities: texts('modalities', modalities) }),
      ...(institutions !== undefined && { institutions: texts('institutions', institutions) }),
    }
  })
}

/** Exactly as a browser writes them in its Origin header; `*` and `null` are everybody's, and so nobody's. */
function originList(key: string, given: unknown): readonly string[] {
  const wrong = (why: string) => new ArchiveError('CONFIG_INVALID', { key, why })
  if (!Array.isArray(given)) throw wrong('a list is needed')
  return given.map((item: unknown) => {
    const url = typeof item === 'string' && URL.canParse(item) ? new URL(item) : undefined
    if (url === undefined || !/^https?:$/.test(url.protocol) || url.origin !== item)
      throw wrong('each entry is an origin, such as https://viewer.example or http://127.0.0.1:3000, without a path')
    return item
  })
}

function webDestinations(key: string, given: unknown): readonly WebDestinationEntry[] {
  const wrong = (why: string) => new ArchiveError('CONFIG_INVALID', { key, why })
  if (!Array.isArray(given)) throw wrong('a list is needed')
  const names = new Set<unknown>()
  return given.map((item: unknown) => {
    const { name, url, tokenFile = '', ...rest } = Object(item) as Record<string, unknown>
    const unknown = Object.keys(rest)[0]
    if (unknown !== undefined) throw wrong(`an entry has no ${unknown}`)
    if (typeof name !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$/.test(name))
      throw wrong('name is up to 40 letters, digits, spaces, dots, hyphens')
    if (names.has(name)) throw wrong(`there are two called ${name}`)
    names.add(name)
    const parts = /^(https?):\/\/([^\s/@?#]+)(\/[^\s?#]*)?$/.exec(String(url))
    if (typeof url !== 'string' || parts === null) throw wrong('url is https://HOST/dicom-web, of the DICOMweb service')
    if (parts[1] === 'http' && !/^(127\.[\d.]+|localhost|\[::1\])(:\d+)?$/.test(parts[2] ?? ''))
      throw wrong('images do not go to another machine in the clear: https:// is needed')
    if (typeof tokenFile !== 'string' || (tokenFile !== '' && !isAbsolute(tokenFile)))
      throw wrong('tokenFile is the absolute path of a file')
    return { name, url: url.replace(/\/+$/, ''), tokenFile }
  })
}

function witnesses(key: string, given: unknown): readonly WitnessEntry[] {
  const wrong = (why: string) => new ArchiveError('CONFIG_INVALID', { key, why })
  if (!Array.isArray(given)) throw wrong('a list is needed')
  return given.map((item: unknown) => {
    const { url, key: verifier, ...rest } = Object(item) as Record<string, unknown>
    const unknown = Object.keys(rest)[0]
    if (unknown !== undefined) throw wrong(`an entry has no ${unknown}`)
    if (typeof url !== 'string' || !/^https?:\/\/[^\s]+$/.test(url))
      throw wrong('url is an address, http:// or https://')
    if (typeof verifier !== 'string' || !/^[^\s+]+\+[0-9a-f]{8}\+\S+$/u.test(verifier))
      throw wrong('key is a verifier key, name+id+key')
    return { url, key: verifier }
  })
}

/** Ports of RFC 5425 and RFC 5426, for an address without one. */
const SYSLOG_PORTS = { tls: 6514, udp: 514 } as const

function repositories(key: string, given: unknown): readonly RepositoryEntry[] {
  const wrong = (why: string) => new ArchiveError('CONFIG_INVALID', { key, why })
  if (!Array.isArray(given)) throw wrong('a list is needed')
  const names = new Set<unknown>()
  return given.map((item: unknown) => {
    const { name, url, from = 'beginning', ...rest } = Object(item) as Record<string, unknown>
    const unknown = Object.keys(rest)[0]
    if (unknown !== undefined) throw wrong(`an entry has no ${unknown}`)
    // It names a file too.
    if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9-]{0,39}$/.test(name))
      throw wrong('name is up to 40 small letters, digits and hyphens')
    if (names.has(name)) throw wrong(`there are two called ${name}`)
    names.add(name)
    const address = /^syslog-(tls|udp):\/\/(?:\[([0-9a-fA-F:.]+)\]|([^\s/:@[\]]+))(?::(\d{1,5}))?\/?$/.exec(String(url))
    if (address === null) throw wrong('url is syslog-tls://host:port or syslog-udp://host:port')
    const transport = address[1] as 'tls' | 'udp'
    const port = Number(address[4] ?? SYSLOG_PORTS[transport])
    if (port < 1 || port > 65535) throw wrong('port is from 1 to 65535')
    if (from !== 'beginning' && from !== 'now') throw wrong('from is beginning or now')
    return { name, transport, host: address[2] ?? address[3] ?? '', port, from }
  })
}

/** How the value of each kind is read. @throws {ArchiveError} `CONFIG_INVALID` */
export const LISTS: Readonly<Record<ListKind, (key: string, given: unknown) => unknown>> = {
  origins: originList,
  mirrors,
  destinations: (key, given) => peers(key, given, true),
  webDestinations,
  devices: (key, given) => peers(key, given, false),
  witnesses,
  repositories,
  roleRules: readRoleRules,
  tierRules,
}
