/** `node verify.mjs [PACK] [--key KEY-OR-FILE]... [--checkpoint FILE]...`: the verifier without a browser. */
import type { ByteRange, Bytes } from '../../base/bytes.ts'
import { asArchiveError } from '../../base/errors.ts'
import type { Members } from '../../proof/pack.ts'
import { zipBytes, zipEntries } from '../../proof/zip.ts'
import { check, summary, withoutFolder } from './check.ts'

/** What is used of Node, which this room's types do not know. */
interface Hash {
  update(bytes: Bytes): Hash
  digest(form: 'hex'): string
}
interface Handle {
  stat(): Promise<{ readonly size: number }>
  read(bytes: Bytes, at: number, length: number, position: number): Promise<{ readonly bytesRead: number }>
  close(): Promise<void>
}
interface Node {
  readonly crypto: { createHash(name: string): Hash }
  readonly fs: {
    open(path: string): Promise<Handle>
    readFile(path: string, form: 'utf8'): Promise<string>
    readdir(path: string, options: object): Promise<readonly { name: string; parentPath: string; isFile(): boolean }[]>
    stat(path: string): Promise<{ readonly size: number; isDirectory(): boolean }>
    realpath(path: string): Promise<string>
  }
  readonly process: {
    readonly argv: readonly string[]
    exitCode?: number
    readonly stdout: { write(text: string): void }
  }
}

const HELP = `node verify.mjs [PACK] [--key KEY-OR-FILE]... [--checkpoint FILE]...

PACK is an evidence pack (a ZIP, or the folder it was unpacked into; this folder when it is left out), the folder of a
year's log, or a report (.ndjson). --key: a verifier key of the log or of a witness, or a file that holds one: get it another way than the pack.
--checkpoint: a checkpoint you kept. Answers 0 when nothing failed, 1 when something did, 2 for wrong words.
`
const CHUNK = 1 << 20
const REPORT = /\.ndjson$/

export async function runInNode(): Promise<void> {
  const load = (name: string): Promise<unknown> => import(/* @vite-ignore */ name)
  const node: Node = {
    crypto: (await load('node:crypto')) as Node['crypto'],
    fs: (await load('node:fs/promises')) as Node['fs'],
    process: (globalThis as unknown as { process: Node['process'] }).process,
  }
  const say = (line: string) => node.process.stdout.write(`${line}\n`)
  try {
    const asked = await words(node)
    if (asked === undefined) return say(HELP)
    const { size, directory } = await statOf(node, asked.path)
    const members = directory
      ? await folder(node, asked.path)
      : REPORT.test(asked.path)
        ? await oneFile(node, asked.path)
        : await zip(node, asked.path, size)
    const { steps } = await check(members, asked, () => {})
    for (const { what, outcome, fact, findings } of steps) {
      say(`${outcome.padEnd(5)} ${what}: ${fact}`)
      for (const finding of findings) say(`        ${finding}`)
    }
    say(`\n${summary(steps)}`)
    node.process.exitCode = steps.some(({ outcome }) => outcome === 'FAIL') ? 1 : 0
  } catch (thrown) {
    say(thrown instanceof Error && thrown.constructor === Error ? thrown.message : asArchiveError(thrown).fact)
    node.process.exitCode = 2
  }
}

async function statOf({ fs }: Node, path: string): Promise<{ readonly size: number; readonly directory: boolean }> {
  try {
    const of = await fs.stat(path)
    return { size: of.size, directory: of.isDirectory() }
  } catch {
    throw new Error(`There is no ${path}. Say which pack is meant: node verify.mjs PACK`)
  }
}

/** Undefined when help was asked for. */
async function words({ fs, process }: Node) {
  const given = process.argv.slice(2)
  const keys: string[] = []
  const checkpoints: string[] = []
  let path: string | undefined
  for (let at = 0; at < given.length; at += 1) {
    const word = given[at] ?? ''
    const next = given[at + 1]
    if (word === '--help' || word === '-h') return undefined
    if (word === '--key' || word === '--checkpoint') {
      if (next === undefined) throw new Error(`${word} wants something behind it.`)
      at += 1
      if (word === '--checkpoint') checkpoints.push(await fs.readFile(next, 'utf8'))
      else keys.push(/\+.+\+/.test(next) ? next : await fs.readFile(next, 'utf8'))
    } else if (word.startsWith('--') || path !== undefined) throw new Error(`${word} is not understood.\n\n${HELP}`)
    else path = word
  }
  return { path: path ?? '.', keys: keys.join('\n'), checkpoints }
}

async function oneFile({ fs, crypto }: Node, path: string): Promise<Members> {
  const bytes = new TextEncoder().encode(await fs.readFile(path, 'utf8'))
  return {
    names: [path],
    read: async () => bytes,
    digest: async (_name, from = 0) => crypto.createHash('sha256').update(bytes.subarray(from)).digest('hex'),
    length: async () => bytes.length,
  }
}

async function folder({ fs, crypto }: Node, path: string): Promise<Members> {
  // The whole path: the names below `.` would come without it.
  const root = (await fs.realpath(path)).replaceAll('\\', '/').replace(/\/+$/, '')
  const entries = await fs.readdir(root, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`.replaceAll('\\', '/'))
    .map((name) => name.slice(root.length + 1))
  const at = async <T>(name: string, use: (handle: Handle, size: number) => Promise<T>): Promise<T> => {
    const handle = await fs.open(`${root}/${name}`)
    try {
      return await use(handle, (await handle.stat()).size)
    } finally {
      await handle.close()
    }
  }
  return {
    names: names.sort(),
    read: (name) => at(name, (handle, size) => range(handle, { start: 0, end: size })),
    digest: (name, from = 0) => at(name, (handle, size) => digest(crypto, handle, { start: from, end: size })),
    length: (name) => at(name, async (_handle, size) => size),
  }
}

async function zip({ fs, crypto }: Node, path: string, size: number): Promise<Members> {
  const handle = await fs.open(path)
  const read = (of: ByteRange): Promise<Bytes> => range(handle, of)
  const entries = await zipEntries(size, read)
  const short = withoutFolder(entries.map(({ name }) => name))
  const byName = new Map(entries.map((entry) => [short(entry.name), entry]))
  const place = (name: string): Promise<ByteRange> => {
    const entry = byName.get(name)
    if (entry === undefined) throw new Error(`${name} is not in the pack`)
    return zipBytes(entry, size, read)
  }
  return {
    names: [...byName.keys()].sort(),
    read: async (name) => range(handle, await place(name)),
    digest: async (name, from = 0) => {
      const { start, end } = await place(name)
      return digest(crypto, handle, { start: start + from, end })
    },
    length: async (name) => byName.get(name)?.length ?? 0,
  }
}

async function range(handle: Handle, { start, end }: ByteRange): Promise<Bytes> {
  const bytes = new Uint8Array(end - start)
  let at = 0
  while (at < bytes.length) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  return bytes.subarray(0, at)
}

async function digest(crypto: Node['crypto'], handle: Handle, { start, end }: ByteRange): Promise<string> {
  const hash = crypto.createHash('sha256')
  for (let at = start; at < end; at += CHUNK)
    hash.update(await range(handle, { start: at, end: Math.min(end, at + CHUNK) }))
  return hash.digest('hex')
}
