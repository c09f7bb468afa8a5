/**
 * Judges an OCFL object as it lies on the disk by the specification alone (OCFL 1.1, section 3): whatever wrote it, ours or
 * not. It changes nothing, goes on after a finding, and reads each content file once.
 */
import { createHash, type Hash } from 'node:crypto'
import { type ByteStream, gather } from '../../../base/bytes.ts'
import type { Code, Finding } from './codes.ts'
import { isVersionName, type ReadInventory, readInventory } from './inventory-rules.ts'

/** Files as they lie there, names of folders with `/` at their end. */
export interface ObjectFiles {
  list(folder: string): Promise<readonly string[]>
  read(path: string): ByteStream
}

export interface Judged {
  readonly findings: readonly Finding[]
  /** The root inventory, when it can be worked with. */
  readonly inventory: ReadInventory | undefined
}

/** Registered at github.com/OCFL/extensions; the files below an extension are its own affair. */
const EXTENSIONS = new Set([
  '0001-digest-algorithms',
  '0002-flat-direct-storage-layout',
  '0003-hash-and-id-n-tuple-storage-layout',
  '0004-hashed-n-tuple-storage-layout',
  '0005-mutable-head',
  '0006-flat-omit-prefix-storage-layout',
  '0007-n-tuple-omit-prefix-storage-layout',
  '0008-schema-registry',
  '0009-digest-algorithms',
  '0010-differential-n-tuple-omit-prefix-storage-layout',
  '0011-direct-clean-path-layout',
  'initial',
])
/** Our names of the algorithms of section 3.5.2 and the fixity block; what the platform lacks cannot be checked. */
const HASHES: Readonly<Record<string, string>> = {
  sha512: 'sha512',
  sha256: 'sha256',
  sha1: 'sha1',
  md5: 'md5',
  'blake2b-512': 'blake2b512',
  'sha512/256': 'sha512-256',
}
const DECLARATION = /^0=ocfl_object_1\.[01]$/

interface Version {
  readonly name: string
  readonly inventory: ReadInventory | undefined
  /** Content paths found below it. */
  readonly content: readonly string[]
}

interface Expectation {
  readonly algorithm: string
  readonly digest: string
  readonly code: Extract<Code, 'E092' | 'E093'>
}

/** @param root  without a slash at its end */
export async function judgeObject(files: ObjectFiles, root: string): Promise<Judged> {
  const findings = new Map<string, Finding>()
  const tell = (code: Code, where: string): void => {
    findings.set(`${code} ${where}`, { code, where })
  }
  const entries = await files.list(root)
  await checkDeclaration(files, root, entries, tell)
  const top = await inventoryIn(files, root, '', entries, tell)
  const folders = entries.filter((one) => one.endsWith('/')).map((one) => one.slice(0, -1))
  checkPlaces(entries, top.inventory, tell)
  await checkExtensions(files, root, folders, tell)

  const versions: Version[] = []
  const named = folders.filter(isVersionName).sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
  for (const name of named) versions.push(await versionIn(files, root, name, top.inventory, tell))
  if (top.inventory !== undefined) {
    checkVersions(top.inventory, versions, tell)
    const head = versions.find(({ name }) => name === top.inventory?.head)
    if (head !== undefined) await checkHead(files, root, head, top.text, tell)
    await checkContent(files, root, top.inventory, versions, tell)
  }
  return { findings: [...findings.values()], inventory: top.inventory }
}

type Tell = (code: Code, where: string) => void

async function checkDeclaration(files: ObjectFiles, root: string, entries: readonly string[], tell: Tell) {
  const declared = entries.filter((one) => one.startsWith('0='))
  if (declared.length !== 1 || !DECLARATION.test(declared[0] ?? '')) {
    tell('E003', declared.join(' ') || 'no 0=ocfl_object_1.1')
    return
  }
  const [name = ''] = declared
  if ((await textOf(files, `${root}/${name}`)) !== `${name.slice(2)}\n`) tell('E007', name)
}

/** 3.1: nothing lies in the object root that the specification does not name. */
function checkPlaces(entries: readonly string[], inventory: ReadInventory | undefined, tell: Tell): void {
  const sidecar = `inventory.json.${inventory?.algorithm ?? ''}`
  for (const name of entries) {
    if (name.startsWith('0=') || name === 'inventory.json') continue
    if (name === sidecar || (inventory === undefined && name.startsWith('inventory.json.'))) continue
    if (name === 'logs/' || name === 'extensions/' || (name.endsWith('/') && isVersionName(name.slice(0, -1)))) continue
    tell('E001', name)
  }
}

async function checkExtensions(files: ObjectFiles, root: string, folders: readonly string[], tell: Tell) {
  if (!folders.includes('extensions')) return
  for (const name of await files.list(`${root}/extensions`))
    if (!name.endsWith('/')) tell('E067', `extensions/${name}`)
    else if (!EXTENSIONS.has(name.slice(0, -1))) tell('W013', `extensions/${name.slice(0, -1)}`)
}

async function inventoryIn(files: ObjectFiles, root: string, folder: string, entries: readonly string[], tell: Tell) {
  const name = `${folder}inventory.json`
  if (!entries.includes('inventory.json')) {
    tell(folder === '' ? 'E063' : 'W010', folder === '' ? name : folder.slice(0, -1))
    return { inventory: undefined, text: undefined }
  }
  const bytes = await gather(files.read(`${root}/${name}`))
  const text = new TextDecoder().decode(bytes)
  let inventory: ReadInventory | undefined
  try {
    inventory = readInventory(JSON.parse(text), (code, what) => tell(code, `${name}: ${what}`))
  } catch {
    tell('E033', name)
  }
  const algorithm = inventory?.algorithm ?? algorithmBeside(entries)
  const sidecar = `inventory.json.${algorithm}`
  if (algorithm === undefined || !entries.includes(sidecar)) tell('E058', `${folder}${sidecar}`)
  else {
    const digest = /^([0-9a-fA-F]+)[ \t]+inventory\.json\s*$/.exec(
      await textOf(files, `${root}/${folder}${sidecar}`),
    )?.[1]
    if (digest === undefined) tell('E061', `${folder}${sidecar}`)
    else if (digest.toLowerCase() !== createHash(algorithm).update(bytes).digest('hex'))
      tell('E060', `${folder}${sidecar}`)
  }
  return { inventory, text }
}

const algorithmBeside = (entries: readonly string[]): string | undefined =>
  ['sha512', 'sha256'].find((one) => entries.includes(`inventory.json.${one}`))

async function versionIn(
  files: ObjectFiles,
  root: string,
  name: string,
  top: ReadInventory | undefined,
  tell: Tell,
): Promise<Version> {
  const entries = await files.list(`${root}/${name}`)
  const { inventory } = await inventoryIn(files, root, `${name}/`, entries, tell)
  const folder = top?.content ?? inventory?.content ?? 'content'
  for (const one of entries) {
    if (one === `${folder}/` || one === 'inventory.json' || /^inventory\.json\.sha(512|256)$/.test(one)) continue
    tell(one.endsWith('/') ? 'W002' : 'E015', `${name}/${one}`)
  }
  const content: string[] = []
  if (entries.includes(`${folder}/`)) await walk(files, root, `${name}/${folder}`, content, tell)
  return { name, inventory, content }
}

async function walk(files: ObjectFiles, root: string, folder: string, found: string[], tell: Tell): Promise<void> {
  const entries = await files.list(`${root}/${folder}`)
  if (entries.length === 0) tell('E024', folder)
  for (const name of entries)
    if (name.endsWith('/')) await walk(files, root, `${folder}/${name.slice(0, -1)}`, found, tell)
    else found.push(`${folder}/${name}`)
}

/** 3.5 and 3.3: what the root inventory says of its versions, against their folders and their own inventories. */
function checkVersions(top: ReadInventory, versions: readonly Version[], tell: Tell): void {
  const there = new Set(versions.map(({ name }) => name))
  for (const name of top.versions.keys()) {
    if (!isVersionName(name) || there.has(name)) continue
    tell('E010', `${name} is not there`)
    tell('E046', `${name} is not there`)
  }
  for (const { name } of versions) if (!top.versions.has(name)) tell('E046', `${name} is not in inventory.json`)
  let edition = ''
  for (const { name, inventory } of versions) {
    if (inventory === undefined) continue
    if (inventory.type < edition) tell('E103', `${name}/inventory.json`)
    if (inventory.type > edition) edition = inventory.type
    if (inventory.id !== top.id) tell('E037', `${name}/inventory.json`)
    if (inventory.content !== top.content) tell('E019', `${name}/inventory.json`)
    if (inventory.head !== name) tell('E040', `${name}/inventory.json: head ${inventory.head}`)
    for (const [version, own] of inventory.versions) checkSame(name, version, own, inventory, top, tell)
  }
  if (top.type < edition) tell('E103', 'inventory.json')
}

/** A version is for ever what its own inventory says it is. */
function checkSame(
  name: string,
  version: string,
  own: NonNullable<ReturnType<ReadInventory['versions']['get']>>,
  inventory: ReadInventory,
  top: ReadInventory,
  tell: Tell,
): void {
  const now = top.versions.get(version)
  const where = `${name}/inventory.json: ${version}`
  if (now === undefined) return
  if (JSON.stringify([own.created, own.message, own.user]) !== JSON.stringify([now.created, now.message, now.user]))
    tell('W011', where)
  if (own.state.size !== now.state.size) tell('E066', where)
  const pathsOf = (of: ReadInventory, digest: string | undefined): ReadonlySet<string> =>
    new Set([...of.manifest].flatMap(([path, its]) => (its === digest ? [path] : [])))
  for (const [path, digest] of own.state) {
    const its = now.state.get(path)
    if (inventory.algorithm === top.algorithm) {
      if (its !== digest) tell('E066', `${where} ${path}`)
      continue
    }
    // Of another algorithm: the same content, by where it lies.
    const [before, after] = [pathsOf(inventory, digest), pathsOf(top, its)]
    if (its === undefined || ![...before].some((one) => after.has(one))) tell('E066', `${where} ${path}`)
  }
}

async function checkHead(files: ObjectFiles, root: string, head: Version, text: string, tell: Tell): Promise<void> {
  if (head.inventory === undefined) return
  if ((await textOf(files, `${root}/${head.name}/inventory.json`)) !== text) tell('E064', `${head.name}/inventory.json`)
}

/** Every content file belongs to a manifest and has every digest that any inventory gives it. */
async function checkContent(
  files: ObjectFiles,
  root: string,
  top: ReadInventory,
  versions: readonly Version[],
  tell: Tell,
): Promise<void> {
  const due = new Map<string, Expectation[]>()
  const expect = (path: string, one: Expectation): void => {
    due.set(path, [...(due.get(path) ?? []), one])
  }
  for (const inventory of [top, ...versions.flatMap(({ inventory: own }) => own ?? [])]) {
    for (const [path, digest] of inventory.manifest)
      expect(path, { algorithm: inventory.algorithm, digest, code: 'E092' })
    for (const [algorithm, block] of inventory.fixity)
      for (const [path, digest] of block) expect(path, { algorithm, digest, code: 'E093' })
  }
  const there = new Set<string>()
  for (const [at, { content }] of versions.entries())
    for (const path of content) {
      there.add(path)
      const knowing = [top, ...versions.slice(at).flatMap(({ inventory }) => inventory ?? [])]
      if (knowing.some(({ manifest }) => !manifest.has(path))) tell('E023', path)
    }
  for (const [path, expected] of due) {
    if (there.has(path)) await checkDigests(files, root, path, expected, tell)
    else for (const { code } of expected) tell(code, path)
  }
}

async function checkDigests(
  files: ObjectFiles,
  root: string,
  path: string,
  expected: readonly Expectation[],
  tell: Tell,
): Promise<void> {
  const hashes = new Map<string, Hash>()
  for (const { algorithm } of expected) {
    const name = HASHES[algorithm]
    if (name !== undefined && !hashes.has(algorithm)) hashes.set(algorithm, createHash(name))
  }
  for await (const piece of files.read(`${root}/${path}`)) for (const hash of hashes.values()) hash.update(piece)
  const found = new Map([...hashes].map(([algorithm, hash]) => [algorithm, hash.digest('hex')]))
  for (const { algorithm, digest, code } of expected)
    if (found.has(algorithm) && found.get(algorithm) !== digest) tell(code, path)
}

async function textOf(files: ObjectFiles, path: string): Promise<string> {
  return new TextDecoder().decode(await gather(files.read(path)))
}
