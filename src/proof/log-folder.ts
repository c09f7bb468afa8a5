/**
 * Is the folder of a year's log what its checkpoint signs? Every leaf is hashed again; what a checkpoint or a witness kept
 * elsewhere shows is held against it (docs/ledger.md). The twin, in a browser, of `clearkeep verify log/2026`.
 */
import { type Bytes, equalBytes } from '../base/bytes.ts'
import { asArchiveError } from '../base/errors.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { growingTree, leafHash } from './merkle.ts'
import { parseKey, type VerifierKey } from './note.ts'
import type { Elsewhere, Members } from './pack.ts'
import { openReport, type PackStep } from './pack-report.ts'
import { decodeBundle, hashesOf, type Tile, tilePath, tilesOf } from './tiles.ts'
import { isWitnessKey, signatureSteps } from './verify.ts'

/** Whether these files are a log's folder: its checkpoint stands at its top. */
export const isLogFolder = ({ names }: Pick<Members, 'names'>): boolean =>
  names.includes('checkpoint') && names.some((name) => name.startsWith('tile/'))

export async function verifyLogFolder(
  members: Members,
  { keys, checkpoints }: Elsewhere,
  progress: (done: string) => void = () => {},
): Promise<readonly PackStep[]> {
  const report = openReport()
  const text = async (name: string): Promise<string> => new TextDecoder().decode(await members.read(name))
  const signature = report.step('key and signature')
  let checkpoint: ReturnType<typeof parseCheckpoint>
  try {
    checkpoint = parseCheckpoint(await text('checkpoint'))
  } catch (thrown) {
    signature.fail(asArchiveError(thrown).fact)
    return report.steps
  }
  const given = keys.filter((key) => !isWitnessKey(key))
  const logs = given.length > 0 ? given : await keyBeside(members, text)
  const signed = signatureSteps(checkpoint, { logs, witnesses: [], quorum: 0 }, (_what, passed) => passed)
  if (!signed)
    signature.fail(
      `the checkpoint of ${checkpoint.size} leaves is not signed by the key ${given.length > 0 ? 'you gave' : 'beside it'}`,
    )
  else if (given.length > 0) signature.end(`${checkpoint.size} leaves, signed by the key you gave`)
  else
    signature.skip(
      `signed by the key that lies beside it, which proves nothing about who signed: ${logs.map(({ name }) => name).join(', ')}`,
    )

  const kept = keptOf(checkpoints)
  const [entries, tiles, order] = [report.step('entries'), report.step('tiles'), report.step('numbers and times')]
  const tree = growingTree()
  const roots = new Map<number, Bytes>()
  let last = { n: -1, ts: '' }
  let whole = true
  for (const tile of tilesOf(checkpoint.size)) {
    if (tile.level !== 'entries') continue
    progress(tilePath(tile))
    const leaves = await bundle(members, tile)
    const hashes = await tileHashes(members, { ...tile, level: 0 })
    if (leaves === undefined || leaves.length < tile.width) {
      entries.finding(`${tilePath(tile)} is missing, damaged or cut short`)
      whole = false
      break
    }
    if (hashes === undefined) tiles.finding(`${tilePath({ ...tile, level: 0 })} is missing`)
    for (const [at, leaf] of leaves.slice(0, tile.width).entries()) {
      const number = tree.size
      const hash = leafHash(leaf)
      const listed = hashes?.[at]
      if (listed !== undefined && !equalBytes(listed, hash))
        tiles.finding(`leaf at place ${number} is not the one its tile has`)
      last = inOrder(leaf, number, last, order.finding)
      tree.append(hash)
      if (kept.some(({ size }) => size === tree.size)) roots.set(tree.size, tree.root())
    }
  }
  entries.end(`${tree.size} leaves in their bundles`)
  const read = whole ? `${tree.size} leaves` : `the ${tree.size} leaves before the one that is missing`
  tiles.end(`${read}, each the one its tile has`)
  if (tree.size === 0 && !whole) order.skip('no leaf could be read')
  else order.end(`${read}, numbered without a gap, none dated before the one before it`)

  const root = report.step('root')
  if (tree.size === checkpoint.size && equalBytes(tree.root(), checkpoint.root))
    root.end('the leaves have the root that is signed')
  else root.fail(`the ${tree.size} leaves there are have another root than the ${checkpoint.size} that are signed`)

  checkKept(report, checkpoint, keys.filter(isWitnessKey), logs, kept, roots)
  return report.steps
}

interface Kept {
  readonly size: number
  readonly parsed: ReturnType<typeof parseCheckpoint> | undefined
  readonly fault: string
}

const keptOf = (checkpoints: readonly string[]): readonly Kept[] =>
  checkpoints.map((text) => {
    try {
      const parsed = parseCheckpoint(text)
      return { size: parsed.size, parsed, fault: '' }
    } catch (thrown) {
      return { size: -1, parsed: undefined, fault: asArchiveError(thrown).fact }
    }
  })

function checkKept(
  report: ReturnType<typeof openReport>,
  checkpoint: ReturnType<typeof parseCheckpoint>,
  witnesses: readonly VerifierKey[],
  logs: readonly VerifierKey[],
  kept: readonly Kept[],
  roots: ReadonlyMap<number, Bytes>,
): void {
  const step = report.step('kept checkpoints')
  if (kept.length === 0) {
    step.skip('you gave none: a log that was cut short, or written anew by whoever has its key, would not show')
    return
  }
  for (const { size, parsed, fault } of kept) {
    const root = roots.get(size)
    if (parsed === undefined) step.finding(fault)
    else if (!signatureSteps(parsed, { logs, witnesses, quorum: 0 }, (_what, passed) => passed))
      step.finding(`the checkpoint of ${size} leaves that you kept is signed by another key than this log`)
    else if (parsed.origin !== checkpoint.origin)
      step.finding(`the checkpoint you kept is of another log, ${parsed.origin}`)
    else if (root === undefined)
      step.finding(`you kept a checkpoint of ${size} leaves, and this log has ${checkpoint.size}: it was cut short`)
    else if (!equalBytes(root, parsed.root))
      step.finding(
        `the first ${size} leaves are not those of the checkpoint you kept: the log was forked or written anew`,
      )
  }
  step.end(`the log extends the ${kept.length} checkpoints you kept`)
}

/** Ledger numbers rise by one, times never go back. */
function inOrder(
  leaf: Bytes,
  place: number,
  last: { readonly n: number; readonly ts: string },
  finding: (fact: string) => void,
): { readonly n: number; readonly ts: string } {
  try {
    const { n, ts } = JSON.parse(new TextDecoder().decode(leaf)) as { n: number; ts: string }
    if (last.n >= 0 && n !== last.n + 1) finding(`leaf ${n} stands at place ${place}, behind leaf ${last.n}`)
    if (ts < last.ts) finding(`leaf ${n} is dated ${ts}, before leaf ${last.n} that came before it (${last.ts})`)
    return { n, ts }
  } catch {
    finding(`the leaf at place ${place} cannot be read`)
    return last
  }
}

async function bundle(members: Members, tile: Tile): Promise<readonly Bytes[] | undefined> {
  const name = tilePath(tile)
  return members.names.includes(name) ? decodeBundle(await members.read(name)) : undefined
}

async function tileHashes(members: Members, tile: Tile): Promise<readonly Bytes[] | undefined> {
  const name = tilePath(tile)
  return members.names.includes(name) ? hashesOf(await members.read(name)) : undefined
}

async function keyBeside(members: Members, text: (name: string) => Promise<string>): Promise<readonly VerifierKey[]> {
  if (!members.names.includes('about.json')) return []
  const { key } = JSON.parse(await text('about.json')) as { key?: string }
  return key === undefined ? [] : [parseKey(key)]
}
