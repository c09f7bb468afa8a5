/**
 * What OCFL 1.1 section 3.5 demands of an inventory by itself. Pure: a parsed JSON value in; findings and, when it can be
 * worked with, the inventory out. It believes nothing of the value's shape.
 */
import type { Code } from './codes.ts'

type Members = Readonly<Record<string, unknown>>

export interface ReadVersion {
  readonly created: unknown
  readonly message: unknown
  readonly user: unknown
  /** Logical path to digest, lower case. */
  readonly state: ReadonlyMap<string, string>
}

export interface ReadInventory {
  readonly id: string
  readonly type: string
  readonly algorithm: 'sha512' | 'sha256'
  readonly head: string
  readonly content: string
  /** Content path to digest, lower case. */
  readonly manifest: ReadonlyMap<string, string>
  /** By algorithm: content path to digest. */
  readonly fixity: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly versions: ReadonlyMap<string, ReadVersion>
}

export type Tell = (code: Code, what: string) => void

const TYPE = /^https:\/\/ocfl\.io\/1\.[01]\/spec\/#inventory$/
const VERSION = /^v\d+$/
/** RFC 3339 with seconds and a zone. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/

export const isVersionName = (name: string): boolean => VERSION.test(name) && Number(name.slice(1)) > 0

function members(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined
}

function names(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined
}

export function readInventory(value: unknown, tell: Tell): ReadInventory | undefined {
  const all = members(value)
  if (all === undefined) {
    tell('E034', 'the inventory')
    return undefined
  }
  const { id, type, digestAlgorithm, head } = all
  for (const [name, one] of Object.entries({ id, type, digestAlgorithm, head }))
    if (one === undefined) tell('E036', name)
    else if (typeof one !== 'string') tell(name === 'head' ? 'E040' : 'E036', name)
  if (typeof id === 'string' && id === '') tell('E037', 'id')
  else if (typeof id === 'string' && !URI.test(id)) tell('W005', id)
  if (typeof type === 'string' && !TYPE.test(type)) tell('E038', type)
  if (digestAlgorithm === 'sha256') tell('W004', 'digestAlgorithm')
  else if (typeof digestAlgorithm === 'string' && digestAlgorithm !== 'sha512') tell('E025', digestAlgorithm)

  const content = all['contentDirectory'] ?? 'content'
  if (typeof content !== 'string' || content === '' || content.includes('/')) tell('E017', 'contentDirectory')
  else if (content === '.' || content === '..') tell('E018', 'contentDirectory')

  const manifest = readManifest(all['manifest'], typeof content === 'string' ? content : 'content', tell)
  const versions = readVersions(all['versions'], members(all['manifest']), tell)
  const fixity = readFixity(all['fixity'], manifest, tell)
  checkNaming([...(versions?.keys() ?? [])], head, tell)
  if (typeof id !== 'string' || typeof type !== 'string' || typeof head !== 'string') return undefined
  if (digestAlgorithm !== 'sha512' && digestAlgorithm !== 'sha256') return undefined
  if (manifest === undefined || versions === undefined || typeof content !== 'string') return undefined
  return { id, type, algorithm: digestAlgorithm, head, content, manifest, fixity, versions }
}

/** 3.3.1 and 3.5.3.1: v1, v2, v3 … without a gap, padded all alike or not at all; head is the last. */
function checkNaming(found: readonly string[], head: unknown, tell: Tell): void {
  for (const name of found) if (!isVersionName(name)) tell('E046', name)
  const named = found.filter(isVersionName)
  if (found.length === 0) tell('E008', 'versions')
  if (named.length === 0) return
  const numbers = named.map((name) => Number(name.slice(1))).sort((a, b) => a - b)
  if (numbers[0] !== 1) tell('E009', named.join(' '))
  if (numbers.some((number, at) => number !== at + (numbers[0] ?? 1))) tell('E010', named.join(' '))
  if (named.some((name) => name.startsWith('v0'))) {
    tell('W001', named.join(' '))
    for (const name of named) if (!name.startsWith('v0')) tell('E011', name)
    if (new Set(named.map(({ length }) => length)).size > 1 || !named.every((name) => name.startsWith('v0')))
      tell('E013', named.join(' '))
  }
  const newest = named.reduce((last, name) => (Number(name.slice(1)) > Number(last.slice(1)) ? name : last))
  if (typeof head === 'string' && head !== newest) tell('E040', `head ${head}, newest ${newest}`)
}

function readManifest(value: unknown, content: string, tell: Tell): ReadonlyMap<string, string> | undefined {
  const all = members(value)
  if (all === undefined) {
    tell('E041', 'manifest')
    return undefined
  }
  const digests = new Set<string>()
  const paths = new Map<string, string>()
  for (const [digest, listed] of Object.entries(all)) {
    if (digests.has(digest.toLowerCase())) tell('E096', digest)
    digests.add(digest.toLowerCase())
    for (const path of names(listed) ?? []) {
      if (paths.has(path)) tell('E101', path)
      paths.set(path, digest.toLowerCase())
      checkContentPath(path, tell)
      if (!path.startsWith('/') && (!/^v\d+$/.test(path.split('/')[0] ?? '') || path.split('/')[1] !== content))
        tell('E042', path)
    }
    if (names(listed) === undefined) tell('E041', digest)
  }
  for (const path of folders(paths.keys())) tell('E101', path)
  return paths
}

function checkContentPath(path: string, tell: Tell): void {
  if (path.startsWith('/') || path.endsWith('/')) tell('E100', path)
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..')) tell('E099', path)
}

/** Paths that are also folders of others. */
function folders(paths: Iterable<string>): string[] {
  const all = new Set(paths)
  const both = new Set<string>()
  for (const path of all)
    for (let at = path.indexOf('/', 1); at > 0; at = path.indexOf('/', at + 1))
      if (all.has(path.slice(0, at))) both.add(path.slice(0, at))
  return [...both]
}

function readVersions(
  value: unknown,
  manifest: Members | undefined,
  tell: Tell,
): ReadonlyMap<string, ReadVersion> | undefined {
  const all = members(value)
  if (all === undefined) {
    tell('E044', 'versions')
    return undefined
  }
  const known = new Set(Object.keys(manifest ?? {}))
  const used = new Set<string>()
  const versions = new Map<string, ReadVersion>()
  for (const [name, one] of Object.entries(all)) {
    const { created, message, user, state } = members(one) ?? {}
    if (created === undefined || state === undefined) tell('E048', name)
    if (
      created !== undefined &&
      !(typeof created === 'string' && TIME.test(created) && !Number.isNaN(Date.parse(created)))
    )
      tell('E049', `${name} created`)
    if (message !== undefined && typeof message !== 'string') tell('E094', `${name} message`)
    checkUser(name, message, user, tell)
    versions.set(name, { created, message, user, state: readState(name, state, known, used, tell) })
  }
  if (manifest !== undefined) for (const digest of known) if (!used.has(digest)) tell('E107', digest)
  return versions
}

function checkUser(version: string, message: unknown, user: unknown, tell: Tell): void {
  if (message === undefined || user === undefined) tell('W007', version)
  if (user === undefined) return
  const { name, address } = members(user) ?? {}
  if (typeof name !== 'string' || name === '') tell('E054', `${version} user`)
  else if (address === undefined) tell('W008', `${version} user`)
  else if (typeof address !== 'string' || !URI.test(address)) tell('W009', `${version} user`)
}

/** A state's digests are keys of the manifest: letter by letter, though digests of either case are allowed. */
function readState(
  version: string,
  value: unknown,
  known: ReadonlySet<string>,
  used: Set<string>,
  tell: Tell,
): ReadonlyMap<string, string> {
  const paths = new Map<string, string>()
  const all = members(value)
  if (all === undefined) {
    if (value !== undefined) tell('E050', `${version} state`)
    return paths
  }
  for (const [digest, listed] of Object.entries(all)) {
    if (!known.has(digest)) tell('E050', `${version} ${digest}`)
    used.add(digest)
    if (names(listed) === undefined) tell('E050', `${version} ${digest}`)
    for (const path of names(listed) ?? []) {
      if (paths.has(path)) tell('E095', `${version} ${path}`)
      paths.set(path, digest.toLowerCase())
      if (path.startsWith('/') || path.endsWith('/')) tell('E053', `${version} ${path}`)
      if (path.split('/').some((part) => part === '' || part === '.' || part === '..'))
        tell('E052', `${version} ${path}`)
    }
  }
  for (const path of folders(paths.keys())) tell('E095', `${version} ${path}`)
  return paths
}

function readFixity(
  value: unknown,
  manifest: ReadonlyMap<string, string> | undefined,
  tell: Tell,
): ReadInventory['fixity'] {
  const fixity = new Map<string, Map<string, string>>()
  if (value === undefined) return fixity
  const all = members(value)
  if (all === undefined) tell('E056', 'fixity')
  for (const [algorithm, block] of Object.entries(all ?? {})) {
    const paths = new Map<string, string>()
    const digests = new Set<string>()
    if (members(block) === undefined) tell('E056', algorithm)
    for (const [digest, listed] of Object.entries(members(block) ?? {})) {
      if (digests.has(digest.toLowerCase())) tell('E097', `${algorithm} ${digest}`)
      digests.add(digest.toLowerCase())
      if (names(listed) === undefined) tell('E056', `${algorithm} ${digest}`)
      for (const path of names(listed) ?? []) {
        checkContentPath(path, tell)
        if (manifest !== undefined && !manifest.has(path)) tell('E057', `${algorithm} ${path}`)
        paths.set(path, digest.toLowerCase())
      }
    }
    fixity.set(algorithm, paths)
  }
  return fixity
}
