/**
 * Makes a study's object equal in all copies: looks at each file of it in each, sets a bad one aside and writes it again
 * from a good one. One procedure for the scrub, which reads every byte, for a mirror that was away, and after a seal.
 *
 * What is written is read back before it counts. What no copy has in good state is named and left as it is.
 */
import { createHash } from 'node:crypto'
import type { ByteStream } from '../../base/bytes.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import type { Removal } from '../../storage/objects/object-store.ts'
import { objectId, objectPath } from '../ocfl/paths.ts'
import type { Copy } from './places.ts'
import { type SealedInventories, type Truth, truthOf, type Wanted } from './truth.ts'

/** `behind`: what an earlier version had there; no damage. */
export type Flaw = 'missing' | 'altered' | 'unreadable' | 'behind'

/** A file that was not as it must be in one copy. */
export interface Finding {
  readonly copy: string
  /** Of the file, in the storage root. */
  readonly name: string
  readonly flaw: Flaw
  /** The copy it was written again from; undefined when there is no good one, or it could not be written. */
  readonly from?: string
  /** Where the bad bytes are now. */
  readonly aside?: string
  /** Why it could not be written again: a code of the table of errors, or the system's. */
  readonly problem?: string
}

export interface Reconciled {
  readonly study: string
  readonly findings: readonly Finding[]
  /** Bytes read. */
  readonly bytes: number
  /** False when no copy has an inventory that can be relied on: then nothing of the study can be found. */
  readonly known: boolean
}

type Place = Pick<Copy, 'name' | 'store'>

export interface ReconcileParts {
  /** The first is the vault itself; which of several good ones is read from, in this order. */
  readonly copies: readonly Place[]
  readonly sealed: SealedInventories
  /**
   * `bytes`: each file's digest. `names`: whether it is there, and the bytes of small ones; what is missing is written,
   * with its digest looked at.
   */
  readonly look: 'bytes' | 'names'
  /** Of a look at names: content of versions from this one on by its bytes all the same. */
  readonly since?: number
  /** Told of bytes read, and may hold the reader up. */
  readonly pace?: (bytes: number) => Promise<void>
}

const TWIN: Removal = { because: 'abandoned', evidence: 'it was written from a copy that turned out to be bad' }

export async function reconcile(parts: ReconcileParts, study: string): Promise<Reconciled> {
  const id = objectId(study)
  let bytes = 0
  const pace = async (read: number): Promise<void> => {
    bytes += read
    await parts.pace?.(read)
  }
  const truth = await truthOf(parts.copies, id, parts.sealed)
  if (truth === undefined) {
    const name = `${objectPath(id)}/inventory.json`
    const findings = parts.copies.map(({ name: copy }): Finding => ({ copy, name, flaw: 'missing' }))
    return { study, findings, bytes, known: false }
  }
  const findings: Finding[] = []
  /** Copies that lack something still: their inventory must not say that it is there. */
  const lacking = new Set<string>()
  for (const wanted of truth.wanted)
    for (const finding of await level({ ...parts, pace }, wanted, truth, lacking)) {
      findings.push(finding)
      if (finding.from === undefined) lacking.add(finding.copy)
    }
  return { study, findings, bytes, known: true }
}

type Parts = ReconcileParts & { readonly pace: (bytes: number) => Promise<void> }

/** One file in all copies. */
async function level(
  parts: Parts,
  wanted: Wanted,
  truth: Truth,
  lacking: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const states = new Map<Place, Flaw | 'good'>()
  for (const copy of parts.copies) states.set(copy, await stateOf(parts, copy, wanted, truth))
  const findings: Finding[] = []
  for (const [copy, flaw] of states) {
    if (flaw === 'good') continue
    const sources = parts.copies.filter((one) => states.get(one) === 'good')
    const wait = wanted.growing === true && lacking.has(copy.name) && (flaw === 'missing' || flaw === 'behind')
    const done = wait ? {} : await mended(parts, copy, flaw, wanted, sources)
    findings.push({ copy: copy.name, name: wanted.name, flaw, ...done })
  }
  return findings
}

async function stateOf(parts: Parts, { store }: Place, wanted: Wanted, { wanted: all }: Truth): Promise<Flaw | 'good'> {
  try {
    if ((await store.head(wanted.name)) === undefined) return 'missing'
    if (wanted.text === undefined && parts.look === 'names' && !isSince(parts, wanted)) return 'good'
    const digest = await digestOf(store.read(wanted.name), parts.pace)
    if (digest === wanted.sha512) return 'good'
    // The object's own inventory of a copy that has not come so far is that of an earlier version.
    const earlier = wanted.growing && all.some((one) => one.sha512 === digest && one.name.endsWith(ending(wanted.name)))
    return earlier ? 'behind' : 'altered'
  } catch {
    return 'unreadable'
  }
}

const isSince = ({ since }: Pick<Parts, 'since'>, { name }: Wanted): boolean =>
  since !== undefined && Number(/\/v(\d+)\/content\//.exec(name)?.[1] ?? 0) >= since

const ending = (name: string): string => name.slice(name.lastIndexOf('/'))

async function digestOf(bytes: ByteStream, pace: (bytes: number) => Promise<void>): Promise<string> {
  const hash = createHash('sha512')
  for await (const piece of bytes) {
    hash.update(piece)
    await pace(piece.length)
  }
  return hash.digest('hex')
}

/** Writes the file again from the first source that has it in good state. */
async function mended(
  parts: Parts,
  copy: Place,
  flaw: Flaw,
  wanted: Wanted,
  sources: readonly Place[],
): Promise<Pick<Finding, 'from' | 'aside' | 'problem'>> {
  const { store } = copy
  const { name, text } = wanted
  const from = sources[0]?.name ?? (text === undefined ? undefined : 'its inventory')
  if (from === undefined) return {}
  let aside: string | undefined
  try {
    if (text !== undefined) {
      if (flaw === 'altered' || flaw === 'unreadable') aside = await store.setAside(name)
      await store.replace(name, new TextEncoder().encode(text))
      return { from, ...(aside !== undefined && { aside }) }
    }
    for (const source of sources) {
      // A source that was only seen to be there is read through before anything is moved for its sake.
      if (
        parts.look === 'names' &&
        !isSince(parts, wanted) &&
        (await digestOf(source.store.read(name), parts.pace)) !== wanted.sha512
      )
        continue
      if (flaw !== 'missing' && aside === undefined) aside = await store.setAside(name)
      await store.put(name, source.store.read(name))
      if ((await digestOf(store.read(name), parts.pace)) === wanted.sha512)
        return { from: source.name, ...(aside !== undefined && { aside }) }
      await store.remove(name, TWIN)
    }
    return { ...(aside !== undefined && { aside }) }
  } catch (thrown) {
    return { ...(aside !== undefined && { aside }), problem: problemOf(thrown) }
  }
}

/** The system's or the store's word for what went wrong, or ours. */
function problemOf(thrown: unknown): string {
  if (thrown instanceof ArchiveError && thrown.code === 'OBJECT_STORE_FAILED') return String(thrown.facts['why'])
  const code = Reflect.get(Object(thrown), 'code')
  return typeof code === 'string' ? code : asArchiveError(thrown).code
}
