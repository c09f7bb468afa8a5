/**
 * A witness (C2SP tlog-witness): it remembers the last checkpoint of each log it knows, and cosigns the next one only when
 * that extends it. So nobody can be shown a log that was forked, cut short or written anew without its saying no.
 *
 * What it remembers is synced before it answers. One request after the other: between comparing and remembering nothing
 * else may come.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { equalBytes } from '../../base/bytes.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import { parseAddCheckpoint } from '../../proof/add-checkpoint.ts'
import { type Checkpoint, parseCheckpoint } from '../../proof/checkpoint.ts'
import { EMPTY_ROOT, verifyConsistency } from '../../proof/merkle.ts'
import { type Note, SIGNATURE_TYPE, signersOf, type VerifierKey, verifierKey } from '../../proof/note.ts'
import { type Files, makeFolderDurably } from '../../storage/files/files.ts'
import { replaceFile } from '../../storage/files/replace.ts'
import { openSigningKey } from '../log/signing-key.ts'
import { namesIn, readText } from '../verify/read-log.ts'

export interface WitnessOptions {
  readonly files: Files
  /** Its key and what it remembers; nobody else's. */
  readonly folder: string
  readonly name: string
  /** Keys of the logs it knows. One of a year is good for the same log's other years. */
  readonly logs: readonly VerifierKey[]
  readonly now: () => Date
  /** Told in words of a log that does not extend what was cosigned. */
  readonly alarm: (what: string) => void
}

export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422
  readonly type: string
  readonly body: string
}

export interface Witness {
  readonly key: VerifierKey
  /** Answers a request's body. */
  add(body: string): Promise<WitnessAnswer>
  /** The last checkpoints cosigned, each with log's signature and ours. */
  checkpoints(): Promise<readonly string[]>
}

type Signed = Checkpoint & { readonly note: Note }

const TEXT = 'text/plain; charset=utf-8'
const KEY_FILE = 'witness-ed25519.pem'
/** Evidence of misbehaviour is kept, but does not fill a disk. */
const MOST_REFUSED = 1000

export async function openWitness(options: WitnessOptions): Promise<Witness> {
  const { files, folder, name, logs, now, alarm } = options
  const [remembered, refused] = [join(folder, 'logs'), join(folder, 'refused')]
  for (const path of [remembered, refused]) await makeFolderDurably(files, path)
  // A key without what it cosigned could be made to contradict itself: they are made, kept and lost together.
  const opened = openSigningKey(folder, (await namesIn(files, remembered)).length === 0, KEY_FILE)
  if (opened === undefined)
    throw new ArchiveError('USAGE', { why: `${folder} has checkpoints and no key: this witness must be given up.` })
  const signer = opened
  await files.syncFolder(folder)
  const key = verifierKey(name, SIGNATURE_TYPE.cosignature, signer.publicKey)
  let queue: Promise<unknown> = Promise.resolve()

  const pathOf = (origin: string): string =>
    join(remembered, `${createHash('sha256').update(origin).digest('hex')}.checkpoint`)
  /** @throws {ArchiveError} `PROOF_INVALID` when it is damaged: then nothing is cosigned */
  const lastOf = async (origin: string): Promise<Signed | undefined> => {
    const text = await readText(files, pathOf(origin))
    return text === undefined ? undefined : parseCheckpoint(text)
  }
  const keyOf = (origin: string): VerifierKey | undefined => {
    const base = (of: string): string => of.replace(/\/\d{4}$/, '')
    const known = logs.find((one) => one.name === origin) ?? logs.find((one) => base(one.name) === base(origin))
    return known && verifierKey(origin, known.type, known.key)
  }

  /** Signed by the log, and not an extension of what it signed before: whoever shows this shows that it misbehaved. */
  const keepEvidence = async (origin: string, body: string, what: string): Promise<void> => {
    alarm(`${origin} ${what}`)
    if ((await namesIn(files, refused)).length >= MOST_REFUSED) return
    const digest = createHash('sha256').update(body).digest('hex').slice(0, 16)
    const path = join(refused, `${now().toISOString().replaceAll(':', '')}-${digest}.txt`)
    await replaceFile(files, path, new TextEncoder().encode(body), true)
  }

  async function answer(body: string): Promise<WitnessAnswer> {
    const say = (status: WitnessAnswer['status'], text: string): WitnessAnswer => ({
      status,
      type: TEXT,
      body: `${text}\n`,
    })
    let request: ReturnType<typeof parseAddCheckpoint>
    let checkpoint: Signed
    try {
      request = parseAddCheckpoint(body)
      checkpoint = parseCheckpoint(request.checkpoint)
    } catch (thrown) {
      return say(400, asArchiveError(thrown).fact)
    }
    const { origin, size, root, note } = checkpoint
    const log = keyOf(origin)
    if (log === undefined) return say(404, `The log ${origin} is not known here.`)
    if (!isSigned(note, log)) return say(403, 'The log has not signed this checkpoint.')
    const { old, hashes } = request
    if (old > size) return say(400, 'The old size is larger than the checkpoint’s.')

    const last = await lastOf(origin)
    const known = last?.size ?? 0
    const conflict: WitnessAnswer = { status: 409, type: 'text/x.tlog.size', body: `${known}\n` }
    if (last !== undefined && size === known && !equalBytes(root, last.root)) {
      await keepEvidence(origin, body, `signed two logs of ${size} leaves`)
      return conflict
    }
    if (old !== known) return conflict
    if (!extendsLast(old, checkpoint, hashes, last)) {
      await keepEvidence(origin, body, `does not extend the ${known} leaves that were cosigned, with its ${size}`)
      return say(422, 'The proof does not show that this checkpoint extends the last one.')
    }
    const line = signer.cosign(note.text, name, Math.floor(now().getTime() / 1000))
    await replaceFile(
      files,
      pathOf(origin),
      new TextEncoder().encode(`${ownText(request.checkpoint, log)}${line}`),
      true,
    )
    return { status: 200, type: TEXT, body: line }
  }

  return {
    key,
    add: (body) => {
      const answered = queue.then(() => answer(body))
      queue = answered.catch(() => {})
      return answered
    },
    checkpoints: async () => {
      const texts: string[] = []
      for (const file of await namesIn(files, remembered)) {
        const text = file.endsWith('.checkpoint') ? await readText(files, join(remembered, file)) : undefined
        if (text !== undefined) texts.push(text)
      }
      return texts
    },
  }
}

function isSigned(note: Note, key: VerifierKey): boolean {
  try {
    return signersOf(note, [key]).length > 0
  } catch {
    return false
  }
}

/** The checkpoint with the log's signature alone: others' are not ours to keep. */
function ownText(checkpoint: string, { name }: VerifierKey): string {
  const end = checkpoint.lastIndexOf('\n\n') + 2
  const lines = checkpoint.slice(end).split('\n')
  return `${checkpoint.slice(0, end)}${lines.filter((line) => line.startsWith(`— ${name} `)).join('\n')}\n`
}

function extendsLast(
  old: number,
  { size, root }: Checkpoint,
  hashes: readonly Uint8Array[],
  last: Checkpoint | undefined,
): boolean {
  if (size === 0) return hashes.length === 0 && equalBytes(root, EMPTY_ROOT)
  // Of no leaves at all nothing can be shown, and of the same leaves nothing need be.
  if (old === 0) return hashes.length === 0
  if (last === undefined) return false
  if (old === size) return hashes.length === 0 && equalBytes(root, last.root)
  return verifyConsistency(old, size, hashes, last.root, root)
}
