/**
 * Is an evidence pack what it says it is? Each step apart with what it counted, never one green tick (compliance
 * specification 4.5). Needs nothing but the pack and what its reader got elsewhere: keys, and checkpoints kept.
 *
 * The pack is a bag (BagIt, RFC 8493). What lies in `data/` is described in docs/evidence.md.
 */
import { type Bytes, concat, fromHex, toHex } from '../base/bytes.ts'
import { asArchiveError } from '../base/errors.ts'
import { fromBase64 } from './base64.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { leafHash, verifyConsistency, verifyInclusion } from './merkle.ts'
import { parseKey, type VerifierKey } from './note.ts'
import { openReport, type PackStep } from './pack-report.ts'
import { sha256 } from './sha256.ts'
import { parseTlogProof } from './tlog-proof.ts'
import { isWitnessKey, signatureSteps } from './verify.ts'

/** The files of a pack, by their paths in it, `/` between folders. */
export interface Members {
  readonly names: readonly string[]
  read(name: string): Promise<Bytes>
  /** SHA-256, hex, of all of it, or from a byte on. */
  digest(name: string, from?: number): Promise<string>
  length(name: string): Promise<number>
}

/** What the reader got elsewhere. */
export interface Elsewhere {
  readonly keys: readonly VerifierKey[]
  /** Signed checkpoints, whole. */
  readonly checkpoints: readonly string[]
}

/** An object as `data/objects.json` has it. */
export interface PackObject {
  /** The number of the leaf of its arrival. */
  readonly n: number
  readonly path: string
  readonly study: string
  readonly series: string
  readonly instance: string
  readonly version: number
  /** SHA-256 of its data set, which begins at this byte of the file. */
  readonly ds: string
  readonly dsStart: number
}

interface Salts {
  readonly body: string
  readonly study?: { readonly id: string; readonly salt: string }
  readonly patient?: { readonly id: string; readonly salt: string }
}

type Body = Readonly<Record<string, unknown>>

const text = (bytes: Bytes): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes)
const ENTRY = /^data\/entries\/(\d+)\/leaf\.json$/

export async function verifyPack(
  members: Members,
  { keys, checkpoints }: Elsewhere,
  progress: (done: string) => void = () => {},
): Promise<readonly PackStep[]> {
  const report = openReport()
  // One step that cannot be made does not keep the others from being made.
  const part = async <T>(what: string, run: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await run()
    } catch (thrown) {
      report.step(what).fail(asArchiveError(thrown).fact)
      return undefined
    }
  }
  await part('bag', () => checkBag(members, report, progress))
  const bodies = await part('acts', () => checkEntries(members, report, progress))
  await part('proofs', () => checkProofs(members, report, keys, progress))
  await part('kept checkpoints', () => checkKept(members, report, keys, checkpoints))
  await part('objects', () => checkObjects(members, report, bodies ?? new Map(), progress))
  report
    .step('all there is')
    .skip(
      'whether these are all the acts there were cannot be seen from a pack: hold the whole log against its checkpoint (verify-log.py, or this page with the folder of a year)',
    )
  return report.steps
}

/** RFC 8493: every file of the payload is in the manifest and is what it was, and nothing else lies there. */
async function checkBag(members: Members, report: Report, progress: (done: string) => void): Promise<void> {
  for (const [what, manifest, own] of [
    ['files', 'manifest-sha256.txt', (name: string) => name.startsWith('data/')],
    ['tag files', 'tagmanifest-sha256.txt', (name: string) => !name.startsWith('data/')],
  ] as const) {
    const step = report.step(what)
    if (!members.names.includes(manifest)) {
      step.fail(`there is no ${manifest}`)
      continue
    }
    const listed = new Map<string, string>()
    for (const line of text(await members.read(manifest)).split('\n')) {
      const [, digest, name] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? []
      if (digest !== undefined && name !== undefined) listed.set(name, digest)
      else if (line !== '') step.finding(`${manifest} has a line that is none: ${line.slice(0, 80)}`)
    }
    for (const [name, digest] of listed) {
      progress(name)
      if (!members.names.includes(name)) step.finding(`${name} is missing`)
      else if ((await members.digest(name)) !== digest) step.finding(`${name} is not what it was`)
    }
    for (const name of members.names)
      if (own(name) && !listed.has(name) && name !== 'tagmanifest-sha256.txt')
        step.finding(`${name} is not listed in ${manifest}`)
    step.end(`${listed.size} ${what}, each with the digest listed for it, and nothing else`)
  }
}

type Report = ReturnType<typeof openReport>

/** Each act: is the body the one its leaf commits to, and the study and patient too? */
async function checkEntries(
  members: Members,
  report: Report,
  progress: (done: string) => void,
): Promise<ReadonlyMap<number, Body>> {
  const step = report.step('acts')
  const bodies = new Map<number, Body>()
  let count = 0
  for (const name of members.names) {
    const number = ENTRY.exec(name)?.[1]
    if (number === undefined) continue
    count += 1
    progress(name)
    const n = Number(number)
    try {
      const folder = name.slice(0, -'leaf.json'.length)
      const leaf = JSON.parse(text(await members.read(name))) as Body
      const bodyText = text(await members.read(`${folder}body.json`))
      const salts = JSON.parse(text(await members.read(`${folder}salts.json`))) as Salts
      const faults = [
        leaf['n'] !== n && `leaf ${n} says it is leaf ${String(leaf['n'])}`,
        leaf['b'] !== commitment('b1', salts.body, bodyText) && `leaf ${n}: its body is not the one it commits to`,
        leaf['s'] !== subject(salts.study) && `leaf ${n}: its study is not the one it commits to`,
        leaf['p'] !== subject(salts.patient) && `leaf ${n}: its patient is not the one it commits to`,
      ].filter((fault) => fault !== false)
      const body = JSON.parse(bodyText) as Body
      if (body['type'] !== leaf['t'] || body['ts'] !== leaf['ts'])
        faults.push(`leaf ${n}: its body tells of another act`)
      for (const fault of faults) step.finding(fault)
      if (faults.length === 0) bodies.set(n, body)
    } catch (thrown) {
      step.finding(`leaf ${n}: ${asArchiveError(thrown).fact}`)
    }
  }
  if (count === 0) step.fail('the pack holds no act')
  else step.end(`${count} acts: body, study and patient of each are what its leaf commits to`)
  return bodies
}

/** hex(SHA-256(label ‖ 00 ‖ salt ‖ utf8(text))): docs/ledger.md. */
const commitment = (label: 'b1' | 'c1', salt: string, of: string): string =>
  toHex(sha256(concat([new TextEncoder().encode(`${label}\0`), fromHex(salt), new TextEncoder().encode(of)])))
const subject = (of: Salts['study']): string | undefined => of && commitment('c1', of.salt, of.id)

/** Each leaf in a tree that the log, and witnesses, signed. */
async function checkProofs(
  members: Members,
  report: Report,
  given: readonly VerifierKey[],
  progress: (done: string) => void,
): Promise<void> {
  const keyStep = report.step('key')
  const logs = given.filter((key) => !isWitnessKey(key))
  const witnesses = given.filter(isWitnessKey)
  const own = await keysInPack(members)
  if (logs.length > 0) keyStep.end(`the key you gave: ${logs.map(({ name }) => name).join(', ')}`)
  else
    keyStep.skip(
      `you gave none, so the one in the pack was used, which proves nothing about who signed. Hold it against the one you got elsewhere: ${own.map(({ text: of }) => of).join(', ')}`,
    )
  const policy = { logs: logs.length > 0 ? logs : own.map(({ key }) => key), witnesses, quorum: 0 }

  const [signatures, inclusion, cosigned] = [
    report.step('signatures'),
    report.step('inclusion'),
    report.step('witnesses'),
  ]
  /** A checkpoint's signatures are looked at once: many proofs are under the same. */
  const known = new Map<string, readonly { readonly what: string; readonly passed: boolean; readonly fact: string }[]>()
  let [count, seen] = [0, 0]
  for (const name of members.names) {
    const number = ENTRY.exec(name)?.[1]
    if (number === undefined) continue
    count += 1
    progress(name)
    try {
      const proof = parseTlogProof(text(await members.read(`data/entries/${number}/leaf.tlog-proof`)))
      const checkpoint = parseCheckpoint(proof.checkpoint)
      let steps = known.get(proof.checkpoint)
      if (steps === undefined) {
        const made: { what: string; passed: boolean; fact: string }[] = []
        signatureSteps(checkpoint, policy, (what, passed, fact) => {
          made.push({ what, passed, fact })
          return passed
        })
        known.set(proof.checkpoint, made)
        for (const one of made)
          if (!one.passed && one.what === 'signature')
            signatures.finding(`checkpoint of ${checkpoint.size} leaves: ${one.fact}`)
        steps = made
      }
      if (steps.some(({ what, passed }) => what === 'witnesses' && passed)) seen += 1
      const leaf = await members.read(name)
      if (!verifyInclusion(proof.index, checkpoint.size, leafHash(leaf), proof.hashes, checkpoint.root))
        inclusion.finding(`leaf ${Number(number)} is not in the tree its checkpoint signs`)
    } catch (thrown) {
      inclusion.finding(`leaf ${Number(number)}: ${asArchiveError(thrown).fact}`)
    }
  }
  const sizes = [...known.keys()].map((one) => parseCheckpoint(one).size)
  signatures.end(`checkpoints of ${sizes.join(', ')} leaves, signed by the log`)
  inclusion.end(`${count} leaves, each in the tree its checkpoint signs`)
  if (witnesses.length === 0) cosigned.skip('you gave no key of a witness')
  else if (seen === count)
    cosigned.end(`${count} leaves under checkpoints that ${witnesses.map(({ name }) => name).join(', ')} cosigned`)
  else cosigned.fail(`only ${seen} of ${count} leaves are under a checkpoint that a witness you named cosigned`)
}

async function keysInPack(members: Members): Promise<readonly { readonly text: string; readonly key: VerifierKey }[]> {
  const keys: { text: string; key: VerifierKey }[] = []
  for (const name of members.names)
    if (/^data\/log\/\d{4}\/key$/.test(name)) {
      const of = text(await members.read(name)).trim()
      keys.push({ text: of, key: parseKey(of) })
    }
  return keys
}

/** Checkpoints kept elsewhere: does the log in the pack extend them? */
async function checkKept(
  members: Members,
  report: Report,
  given: readonly VerifierKey[],
  checkpoints: readonly string[],
): Promise<void> {
  const step = report.step('kept checkpoints')
  if (checkpoints.length === 0) {
    step.skip('you gave none: a log that was written anew would not show')
    return
  }
  const logs = [...given.filter((key) => !isWitnessKey(key)), ...(await keysInPack(members)).map(({ key }) => key)]
  for (const kept of checkpoints)
    try {
      const old = parseCheckpoint(kept)
      if (!signatureSteps(old, { logs, witnesses: [], quorum: 0 }, (_what, passed) => passed))
        throw new Error(`the checkpoint you kept, of ${old.size} leaves, is not signed by this log`)
      const now = await ownCheckpoint(members, old.origin)
      if (now === undefined) throw new Error(`the pack has no checkpoint of ${old.origin}`)
      const name = `data/log/${old.origin.slice(-4)}/consistency-${old.size}.txt`
      if (old.size !== now.size && !members.names.includes(name))
        throw new Error(
          `the pack has no proof that it extends your checkpoint of ${old.size} leaves: ask for one with ?kept=${old.size}`,
        )
      const hashes = old.size === now.size ? [] : linesOf(text(await members.read(name)))
      if (!verifyConsistency(old.size, now.size, hashes, old.root, now.root))
        throw new Error(
          `the log of the pack does not extend your checkpoint of ${old.size} leaves: it was written anew`,
        )
    } catch (thrown) {
      step.finding(thrown instanceof Error ? factOf(thrown) : String(thrown))
    }
  step.end(`the log extends the ${checkpoints.length} checkpoints you kept`)
}

const factOf = (error: Error): string => (error.constructor === Error ? error.message : asArchiveError(error).fact)

function linesOf(of: string): readonly Bytes[] {
  return of
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => fromBase64(line) ?? new Uint8Array(0))
}

async function ownCheckpoint(
  members: Members,
  origin: string,
): Promise<ReturnType<typeof parseCheckpoint> | undefined> {
  for (const name of members.names)
    if (/^data\/log\/\d{4}\/checkpoint$/.test(name)) {
      const checkpoint = parseCheckpoint(text(await members.read(name)))
      if (checkpoint.origin === origin) return checkpoint
    }
  return undefined
}

/** Each object is the one that the act of its arrival tells of. */
async function checkObjects(
  members: Members,
  report: Report,
  bodies: ReadonlyMap<number, Body>,
  progress: (done: string) => void,
): Promise<void> {
  const step = report.step('objects')
  let objects: readonly PackObject[] = []
  try {
    objects = JSON.parse(text(await members.read('data/objects.json'))) as readonly PackObject[]
  } catch {
    step.fail('data/objects.json cannot be read')
    return
  }
  for (const object of objects) {
    progress(object.path)
    // The leaf after the object's own number is that of its arrival.
    const body = bodies.get(object.n)
    if (body === undefined || body['type'] !== 'obj.ingest') {
      step.finding(`${object.path}: the act of its arrival, leaf ${object.n}, is not here or not sound`)
      continue
    }
    if (!members.names.includes(object.path)) {
      step.finding(`${object.path} is missing`)
      continue
    }
    const said = (body['objects'] as readonly Body[] | undefined)?.[0]
    const uids = said?.['instanceUids'] as readonly string[] | undefined
    if (said?.['studyUid'] !== object.study || said['seriesUid'] !== object.series || uids?.[0] !== object.instance)
      step.finding(`${object.path}: the act of its arrival tells of another object`)
    const digest = await members.digest(object.path, object.dsStart)
    if (digest !== body['ds']) step.finding(`${object.path}: its data set is not the one that was received`)
    else if ((await members.length(object.path)) - object.dsStart < 0) step.finding(`${object.path} is cut short`)
  }
  step.end(`${objects.length} objects: the data set of each has the digest the log has of its arrival`)
}
