/**
 * Checks a year's log folder against itself, a key, and checkpoints somebody kept: the signature, every entry against every
 * tile, the root of all entries against the one that is signed, numbers and times. It goes on after a finding, and holds
 * one tile of each level.
 *
 * It shares `proof` with the log it checks and nothing else.
 */
import { type Bytes, equalBytes } from '../../base/bytes.ts'
import { asArchiveError } from '../../base/errors.ts'
import { type Checkpoint, parseCheckpoint } from '../../proof/checkpoint.ts'
import { growingTree, type Hash, leafHash } from '../../proof/merkle.ts'
import { keyText, type Note, parseKey, signersOf, type VerifierKey, verifierKey } from '../../proof/note.ts'
import { completeRoot, TILE_WIDTH, type TileLevel, tilePath, tileWidth } from '../../proof/tiles.ts'
import { readLeaf } from './event-check.ts'
import { type KeptCheckpoint, keptCheckpoint } from './kept-checkpoint.ts'
import type { LogFolder } from './read-log.ts'
import type { Outcome, Report } from './report.ts'
import { checkStamps } from './stamps-check.ts'

export interface LogCheck {
  /** What the report calls it: `log/2026`. */
  readonly part: string
  readonly folder: LogFolder
  /** The folder's own texts, read before anything else. */
  readonly texts: LogTexts
  /** Keys the caller brought. */
  readonly keys: readonly VerifierKey[]
  readonly kept: readonly KeptCheckpoint[]
  /** Keys of witnesses the caller trusts. */
  readonly witnesses: readonly VerifierKey[]
  readonly advance?: (entries: number) => void
}

export interface LogTexts {
  readonly checkpoint: string | undefined
  /** The last one that witnesses cosigned, when there are any. */
  readonly cosigned: string | undefined
  /** Names of time stamps. */
  readonly stamps: readonly string[]
  readonly about: string | undefined
}

/** What is known of a log once it was looked through. */
export interface CheckedLog {
  /** Undefined when there is no checkpoint one can read. */
  readonly checkpoint: (Checkpoint & { readonly text: string; readonly signed: boolean }) | undefined
  /** Ledger number of the first leaf. */
  readonly first: number
  /** `prev` of the first leaf; undefined when it has none. */
  readonly previous: string | undefined
  /** Whose signature counts. */
  readonly key: VerifierKey | undefined
}

const utf8 = new TextDecoder()

export const readLogTexts = async (folder: LogFolder): Promise<LogTexts> => ({
  // The checkpoint last: on a folder that is written to it is then the newest.
  stamps: (await folder.names('stamps')).filter((name) => /^\d+\.tsr$/.test(name)),
  cosigned: await folder.text('cosigned'),
  about: await folder.text('about.json'),
  checkpoint: await folder.text('checkpoint'),
})

/** Does a first leaf's `prev` quote this checkpoint? Signatures of witnesses may have come to it since. */
export function quotes(previous: unknown, checkpoint: Checkpoint | undefined): boolean {
  try {
    const { origin, size, root } = parseCheckpoint(String(previous))
    return checkpoint?.origin === origin && checkpoint.size === size && equalBytes(checkpoint.root, root)
  } catch {
    return false
  }
}

export async function checkLog(check: LogCheck, report: Report): Promise<CheckedLog> {
  const { part, folder, texts, kept } = check
  const about = readAbout(texts.about)
  let checkpoint: ReturnType<typeof parseCheckpoint> | undefined
  try {
    if (texts.checkpoint === undefined) report.add(part, 'checkpoint', 'failed', `${part}/checkpoint is missing`)
    else checkpoint = parseCheckpoint(texts.checkpoint)
  } catch (thrown) {
    report.add(part, 'checkpoint', 'failed', `${part}/checkpoint: ${asArchiveError(thrown).fact}`)
  }
  if (checkpoint === undefined || texts.checkpoint === undefined)
    return { checkpoint: undefined, first: about?.first ?? 0, previous: undefined, key: undefined }

  const key = keyStep(check, checkpoint.origin, about?.key, report)
  const signed = signatureStep(part, 'signature', checkpoint, key, report)
  const all = [...kept, ...cosignedOf(part, texts.cosigned, report)]
  const stamped = await checkStamps(part, folder, texts.stamps, report)
  const sightings = witnessStep(part, [{ where: `${part}/checkpoint`, ...checkpoint }, ...all], check.witnesses, report)
  const ours = all.filter(({ origin }) => origin === checkpoint.origin).sort((a, b) => a.size - b.size)
  const walked = await walkEntries(
    folder,
    part,
    checkpoint,
    [...ours, ...stamped],
    sightings,
    about?.first,
    check.advance ?? (() => {}),
    report,
  )
  let known = 0
  for (const one of ours)
    if (
      keptStep(part, one, { key, known, first: walked.opening.first }, checkpoint, walked.roots.get(one.size), report)
    )
      known = one.size
  stampedStep(part, stamped, key, checkpoint.size, walked.roots, report)
  return { checkpoint: { ...checkpoint, text: texts.checkpoint, signed }, key, ...walked.opening }
}

interface About {
  readonly first: number
  readonly key: string
  readonly origin: string
}

export function readAbout(text: string | undefined): About | undefined {
  try {
    const { first, key, origin } = JSON.parse(text ?? '{}') as Record<string, unknown>
    if (typeof first !== 'number' || typeof key !== 'string' || typeof origin !== 'string') return undefined
    return { first, key, origin }
  } catch {
    return undefined
  }
}

/** What a witness saw, and when: what was not there then came later, and what was there came before. */
interface Sighting {
  readonly size: number
  /** Milliseconds. */
  readonly seen: number
  readonly who: string
}

/** A leaf has its time before it is signed, clocks differ, and witnesses are not asked at once. */
const SLACK_MS = 600_000

function cosignedOf(part: string, text: string | undefined, report: Report): readonly KeptCheckpoint[] {
  try {
    return text === undefined ? [] : [keptCheckpoint(`${part}/cosigned`, text)]
  } catch (thrown) {
    report.add(part, 'cosigned', 'failed', `${part}/cosigned: ${asArchiveError(thrown).fact}`)
    return []
  }
}

/** Which checkpoints the caller’s witnesses cosigned. */
function witnessStep(
  part: string,
  checkpoints: readonly Omit<KeptCheckpoint, 'text'>[],
  witnesses: readonly VerifierKey[],
  report: Report,
): readonly Sighting[] {
  if (witnesses.length === 0) return []
  const step = report.open(part, 'witnesses')
  const sightings: Sighting[] = []
  for (const { where, size, note } of checkpoints)
    try {
      for (const { key, seen } of signersOf(note, witnesses))
        if (seen !== undefined) sightings.push({ size, seen: seen * 1000, who: key.name })
    } catch (thrown) {
      step.finding(`${where}: ${asArchiveError(thrown).fact}`)
    }
  if (sightings.length === 0) step.finding('no checkpoint here is cosigned by a witness whose key was given')
  step.end(
    sightings.map(({ size, seen, who }) => `${who} saw ${size} leaves at ${new Date(seen).toISOString()}`).join('; '),
  )
  return sightings
}

/** Whose signature counts: the caller's key for this log, of another year of this log, or the one that lies beside it. */
function keyStep(
  { part, keys }: LogCheck,
  origin: string,
  beside: string | undefined,
  report: Report,
): VerifierKey | undefined {
  const base = (name: string): string => name.replace(/\d{4}$/, '')
  const own = keys.find(({ name }) => name === origin)
  const other = keys.find(({ name }) => base(name) === base(origin))
  const given = own ?? (other && verifierKey(origin, other.type, other.key))
  if (given !== undefined) {
    const same = beside === keyText(given)
    const where = own === undefined ? `the key given for ${other?.name}` : 'the key given'
    report.add(
      part,
      'key',
      same ? 'passed' : 'failed',
      same
        ? `${where} is the one the log says is its own`
        : `the log says its key is ${beside ?? 'none'}, and ${where} is another`,
    )
    return given
  }
  if (keys.length > 0) {
    report.add(
      part,
      'key',
      'failed',
      `the log is ${origin}; the keys given are of ${keys.map(({ name }) => name).join(', ')}`,
    )
    return undefined
  }
  try {
    const found = parseKey(beside ?? '')
    report.add(
      part,
      'key',
      'not checked',
      'none was given: the one in about.json is used, which lies beside what it signed and does not show whose it is',
    )
    return found
  } catch {
    report.add(part, 'key', 'failed', 'none was given, and about.json has none')
    return undefined
  }
}

export function signatureStep(
  part: string,
  what: string,
  { origin, size, note }: Checkpoint & { readonly note: Note },
  key: VerifierKey | undefined,
  report: Report,
): boolean {
  if (key === undefined) {
    report.add(part, what, 'not checked', 'there is no key to check it with')
    return false
  }
  const answer = (signed: boolean, fact: string): boolean => {
    report.add(part, what, signed ? 'passed' : 'failed', fact)
    return signed
  }
  try {
    const signed = key.name === origin && signersOf(note, [key]).length > 0
    return answer(signed, signed ? `${origin} signed ${size} leaves` : `${origin} did not sign it with this key`)
  } catch (thrown) {
    return answer(false, asArchiveError(thrown).fact)
  }
}

/**
 * A kept checkpoint: signed by the same log, and extended by it.
 *
 * @param known  how many leaves an older one has shown to be as they were
 */
function keptStep(
  part: string,
  kept: KeptCheckpoint,
  { key, known, first }: { readonly key: VerifierKey | undefined; readonly known: number; readonly first: number },
  { size, root: published }: Checkpoint,
  root: Bytes | undefined,
  report: Report,
): boolean {
  if (!signatureStep(part, `signature of ${kept.where}`, kept, key, report) && key !== undefined) return false
  const answer = (outcome: Outcome, fact: string): boolean => {
    report.add(part, `extends ${kept.where}`, outcome, fact)
    return outcome === 'passed'
  }
  if (kept.size > size)
    return answer(
      'failed',
      `the checkpoint kept covers ${kept.size} leaves and the log’s own ${size}: the log was cut short`,
    )
  // Of one size the two roots say it, whatever became of the entries.
  const own = kept.size === size ? published : root
  if (own === undefined) return answer('not checked', `the first ${kept.size} leaves are not all there`)
  if (equalBytes(own, kept.root))
    return answer('passed', `its first ${kept.size} leaves are those of the checkpoint kept`)
  return answer(
    'failed',
    `of its first ${kept.size} leaves one from leaf ${first + known} to ${first + kept.size - 1} is not that of the checkpoint kept: the log was forked or written anew`,
  )
}

/** What was stamped with the time must be signed and extended like what was kept elsewhere: one step for all of it. */
function stampedStep(
  part: string,
  stamped: readonly KeptCheckpoint[],
  key: VerifierKey | undefined,
  size: number,
  roots: ReadonlyMap<number, Bytes>,
  report: Report,
): void {
  if (stamped.length === 0) return
  const step = report.open(part, 'extends what was stamped')
  for (const one of stamped) {
    const known = roots.get(one.size)
    if (key === undefined || !isSigned(one, key)) step.finding(`${one.where}: it is not signed by this log`)
    else if (one.size > size) step.finding(`${one.where}: it covers ${one.size} leaves: the log was cut short`)
    else if (known === undefined || !equalBytes(known, one.root))
      step.finding(`${one.where}: the log’s first ${one.size} leaves are not those it covers`)
  }
  step.end(`${stamped.length} checkpoints that were stamped, each signed by this log and extended by it`)
}

function isSigned({ origin, note }: KeptCheckpoint, key: VerifierKey): boolean {
  try {
    return key.name === origin && signersOf(note, [key]).length > 0
  } catch {
    return false
  }
}

// --- entries and tiles

interface Walked {
  /** Roots of the first so many entries. */
  readonly roots: ReadonlyMap<number, Hash>
  readonly opening: Pick<CheckedLog, 'first' | 'previous'>
}

async function walkEntries(
  folder: LogFolder,
  part: string,
  { size, root, origin }: Checkpoint,
  kept: readonly KeptCheckpoint[],
  sightings: readonly Sighting[],
  firstByAbout: number | undefined,
  advance: (entries: number) => void,
  report: Report,
): Promise<Walked> {
  const steps = {
    entries: report.open(part, 'entries'),
    tiles: report.open(part, 'tiles'),
    numbers: report.open(part, 'numbers'),
    times: report.open(part, 'times'),
  }
  const roots = new Map<number, Hash>()
  const wanted = new Set(kept.map((one) => one.size))
  const byEntries = growingTree()
  const byTiles = growingTree()
  let whole = true
  let tilesWhole = true
  let read = 0
  let tiles = 0
  let first = firstByAbout ?? 0
  let previous: string | undefined
  let last = ''

  const look = (entry: Bytes, index: number): void => {
    const leaf = readLeaf(utf8.decode(entry))
    if (leaf === undefined) {
      steps.entries.finding(`leaf ${first + index} cannot be read`)
      return
    }
    if (index === 0) {
      if (firstByAbout === undefined) first = leaf.n
      const { origin: named, prev } = leaf.public
      previous = typeof prev === 'string' ? prev : undefined
      if (leaf.type !== 'log.open' || named !== origin)
        steps.entries.finding(`leaf ${leaf.n} comes first and does not open ${origin}`)
    }
    if (leaf.n !== first + index) steps.numbers.finding(`where leaf ${first + index} is due stands leaf ${leaf.n}`)
    if (leaf.ts < last)
      steps.times.finding(`leaf ${leaf.n} (${leaf.type}) is dated ${leaf.ts}, before the leaf before it (${last})`)
    last = leaf.ts
    const at = Date.parse(leaf.ts)
    for (const { size: covered, seen, who } of sightings) {
      if (index >= covered ? at >= seen - SLACK_MS : at <= seen + SLACK_MS) continue
      const when = index >= covered ? 'before' : 'after'
      steps.times.finding(
        `leaf ${leaf.n} (${leaf.type}) is dated ${leaf.ts}, more than ten minutes ${when} ${who} saw the log ${index >= covered ? 'without' : 'with'} it (${new Date(seen).toISOString()})`,
      )
    }
  }

  const levels = levelTiles(async (level, index, hashes) => {
    tiles += 1
    const path = tilePath({ level, index, width: hashes.length })
    const found = await folder.tile({ level, index, width: hashes.length })
    if (typeof found === 'string') {
      if (level === 0) tilesWhole = false
      return steps.tiles.finding(`${path}: ${found}`)
    }
    const wrong = hashes.flatMap((hash, at) => (equalBytes(hash, found[at] as Bytes) ? [] : [at]))
    if (level === 0) for (const hash of found) byTiles.append(hash)
    const span = TILE_WIDTH ** level
    for (const at of wrong) {
      const start = first + (index * TILE_WIDTH + at) * span
      steps.tiles.finding(
        level === 0
          ? `${path}: leaf ${start} has another hash than its entry`
          : `${path}: leaves ${start} to ${start + span - 1} have another hash than their entries`,
      )
    }
  })

  for (let index = 0; index * TILE_WIDTH < size; index += 1) {
    const width = tileWidth('entries', index, size)
    const found = await folder.tile({ level: 'entries', index, width })
    tiles += 1
    let hashes: readonly Bytes[]
    if (typeof found === 'string') {
      steps.entries.finding(`${tilePath({ level: 'entries', index, width })}: ${found}`)
      whole = false
      const instead = await folder.tile({ level: 0, index, width })
      hashes = typeof instead === 'string' ? [] : instead
    } else {
      read += found.length
      for (const [at, entry] of found.entries()) look(entry, index * TILE_WIDTH + at)
      hashes = found.map(leafHash)
    }
    if (hashes.length < width) {
      // Neither entries nor hashes: nothing above them can be worked out.
      steps.tiles.finding(`${tilePath({ level: 0, index, width })}: it is missing, as its entries are`)
      steps.entries.end(`${read} of ${size} entries could be read`)
      steps.tiles.leave('not gone on with')
      steps.numbers.leave('not gone on with')
      steps.times.leave('not gone on with')
      report.add(part, 'root', 'not checked', 'the entries are not all there')
      return { roots, opening: { first, previous } }
    }
    for (const hash of hashes) {
      byEntries.append(hash)
      await levels.add(hash)
      if (wanted.has(byEntries.size)) roots.set(byEntries.size, byEntries.root())
    }
    advance(width)
  }
  await levels.end()
  if (wanted.has(0)) roots.set(0, growingTree().root())

  steps.entries.end(`${read} of ${size} leaves are there, from leaf ${first} on`)
  steps.tiles.end(`${tiles} tiles and bundles compared with what the entries give`)
  steps.numbers.end(`${read} numbers, gapless`)
  steps.times.end(`${read} times, none before the one before it`)
  const holds = equalBytes(byEntries.root(), root)
  const others = !holds && tilesWhole && equalBytes(byTiles.root(), root)
  if (holds && whole)
    report.add(part, 'root', 'passed', `worked out from ${size} entries, it is the one in the checkpoint`)
  else if (holds)
    report.add(
      part,
      'root',
      'not checked',
      'worked out from hashes, since entries are missing; it is the one in the checkpoint',
    )
  else
    report.add(
      part,
      'root',
      'failed',
      others
        ? 'the entries do not give the root in the checkpoint, the hashes in the tiles do: entries were changed'
        : 'neither the entries nor the tiles give the root in the checkpoint: what was signed is another log',
    )
  return { roots, opening: { first, previous } }
}

/** From hashes of leaves to the tiles of every level, each handed over as it becomes full, and at the end what is not. */
function levelTiles(give: (level: number, index: number, hashes: readonly Bytes[]) => Promise<void>) {
  const levels: { hashes: Bytes[]; index: number }[] = []
  const add = async (hash: Bytes, level: number): Promise<void> => {
    const at = levels[level] ?? { hashes: [], index: 0 }
    levels[level] = at
    at.hashes.push(hash)
    if (at.hashes.length < TILE_WIDTH) return
    const full = at.hashes
    await give(level, at.index, full)
    at.hashes = []
    at.index += 1
    await add(completeRoot(full), level + 1)
  }
  return {
    add: (hash: Bytes) => add(hash, 0),
    end: async () => {
      for (const [level, { hashes, index }] of levels.entries()) if (hashes.length > 0) await give(level, index, hashes)
    },
  }
}

/** The entries of a log one after the other, as far as its bundles can be read. */
export function entryReader(folder: LogFolder, size: number): (index: number) => Promise<Bytes | undefined> {
  let held: { readonly index: number; readonly entries: readonly Bytes[] } | undefined
  const level: TileLevel = 'entries'
  return async (index) => {
    if (index < 0 || index >= size) return undefined
    const bundle = Math.floor(index / TILE_WIDTH)
    if (held?.index !== bundle) {
      const found = await folder.tile({ level, index: bundle, width: tileWidth(level, bundle, size) })
      held = { index: bundle, entries: typeof found === 'string' ? [] : found }
    }
    return held.entries[index % TILE_WIDTH]
  }
}
