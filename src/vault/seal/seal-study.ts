/**
 * Seals what a study has in the inbox: the next version of its object, proved before anyone relies on it.
 *
 * Each pack is written, synced, and read back: every received file is made again from it and must have the digest it had
 * on arrival. Only then is the version committed. Nothing is released here; whoever asked journals that it is sealed.
 *
 * It runs in a thread of its own (`worker.ts`), one object at a time, and needs no database.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { type ByteStream, type Bytes, gather } from '../../base/bytes.ts'
import { canonicalJson } from '../../base/canonical-json.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { Files } from '../../storage/files/files.ts'
import type { ObjectStore } from '../../storage/objects/object-store.ts'
import { segmentName } from '../inbox/recover.ts'
import { versionNumber } from '../ocfl/inventory.ts'
import { objectId, objectPath } from '../ocfl/paths.ts'
import { beginVersion, nameOf, presentVersion } from '../ocfl/study-object.ts'
import { PackLayout } from '../pack/zip.ts'
import type { Payload } from '../payload.ts'
import { makeStored } from '../recipe/make.ts'
import { parseRecipe, type Recipe } from '../recipe/recipe.ts'
import { type DecodeFrame, undone } from '../recipe/undo.ts'
import { type Draft, drafts } from './draft.ts'
import type { SealAnswer, SealedInstance, SealedStudy, SealItem, SealOrder } from './order.ts'
import { entryName, type PackPlan, planPacks } from './packing.ts'
import { abandonUnfinished, beginSealing, endSealing } from './unfinished.ts'

export interface SealParts {
  readonly files: Files
  readonly store: ObjectStore
  /** The inbox's folder. */
  readonly inbox: string
  /** For drafts; whatever is in it is thrown away. */
  readonly scratch: string
  readonly decode: DecodeFrame
  /** Told of received bytes done, to slow down or show progress. */
  readonly progress?: (bytes: number) => Promise<void> | void
}

/** Fixed words: who and why of a version name nobody (OCFL wants both). */
const USER = { name: 'clearkeep', address: 'urn:clearkeep:seal' }
const MESSAGE = 'received instances sealed'

/** @throws {ArchiveError} `VAULT_DAMAGED`, `JOURNAL_CORRUPT`; whatever a codec throws. Nothing is committed then */
export async function sealStudy(parts: SealParts, order: SealOrder): Promise<SealAnswer> {
  const { store } = parts
  const id = objectId(order.study)
  // What an earlier one left that failed.
  await abandonUnfinished(parts.files, store, parts.inbox)
  const before = await presentVersion(store, id, true)
  // A version that was sealed and has gone is not written a second time: it may be on a disk that is not there.
  if ((before === undefined ? 0 : versionNumber(before.inventory)) < order.sealed)
    throw new ArchiveError('VAULT_DAMAGED', { name: objectPath(id), why: `version ${order.sealed} is not there` })
  const known = before === undefined ? [] : (await readStudy(store, order.study)).instances
  const here = new Set(known.map(({ n }) => n))
  const wanted = order.series
    .map((series) => ({ ...series, items: series.items.filter(({ n }) => !here.has(n)) }))
    .filter(({ items }) => items.length > 0)
  // A crash came between the commit and the journal: it is sealed already.
  if (wanted.length === 0 && before !== undefined)
    return answer(order, versionNumber(before.inventory), before.digest, known)

  await beginSealing(
    parts.files,
    parts.inbox,
    order.study,
    before === undefined ? 1 : versionNumber(before.inventory) + 1,
  )
  const version = await beginVersion(store, id, before)
  const added = new Map<string, string>()
  const sealed: SealedInstance[] = []
  for (const pack of planPacks(wanted, version.number)) {
    const written = await writePack(parts, order, pack, version.contentName(pack.name))
    await provePack(parts, version.contentName(pack.name), written)
    added.set(pack.name, written.sha512)
    sealed.push(...written.instances)
  }
  const study: SealedStudy = { v: 1, study: order.study, instances: [...known, ...sealed] }
  const text = `${canonicalJson(JSON.parse(JSON.stringify(study)))}\n`
  const bytes = new TextEncoder().encode(text)
  await store.put(version.contentName('study.json'), once(bytes))
  added.set('study.json', createHash('sha512').update(bytes).digest('hex'))
  const { digest } = await version.commit(added, { created: order.created, message: MESSAGE, user: USER })
  await endSealing(parts.files, parts.inbox)
  return answer(order, version.number, digest, sealed)
}

function answer(
  order: SealOrder,
  version: number,
  inventory: string,
  instances: readonly SealedInstance[],
): SealAnswer {
  return {
    study: order.study,
    object: objectPath(objectId(order.study)),
    version,
    inventory,
    received: {
      instances: instances.length,
      bytes: instances.reduce((sum, { original }) => sum + original.length, 0),
    },
    kept: { bytes: instances.reduce((sum, { length, recipe }) => sum + length + (recipe?.[1] ?? 0), 0) },
  }
}

/** What the present version of a study's object says of its instances. @throws {ArchiveError} `VAULT_DAMAGED` */
export async function readStudy(store: ObjectStore, study: string): Promise<SealedStudy> {
  const id = objectId(study)
  const present = await presentVersion(store, id)
  const name = present && nameOf(id, present, 'study.json')
  if (present === undefined || name === undefined) return { v: 1, study, instances: [] }
  const bytes = await gather(store.read(name))
  if (createHash('sha512').update(bytes).digest('hex') !== present.state.get('study.json'))
    throw new ArchiveError('VAULT_DAMAGED', { name, why: 'its digest is another' })
  return JSON.parse(new TextDecoder().decode(bytes)) as SealedStudy
}

// --- writing -------------------------------------------------------------------------

interface WrittenPack {
  readonly instances: readonly SealedInstance[]
  readonly sha512: string
}

async function writePack(parts: SealParts, order: SealOrder, plan: PackPlan, name: string): Promise<WrittenPack> {
  const instances: SealedInstance[] = []
  const whole = createHash('sha512')
  const draft = drafts(parts.files, parts.scratch)

  async function* bytes(): ByteStream {
    const layout = new PackLayout()
    for (const [index, item] of plan.items.entries()) {
      const placed = await placeItem(parts, order, plan, item, index + 1, layout, draft)
      yield* placed.bytes
      instances.push(placed.sealed())
      await parts.progress?.(item.length)
    }
    yield layout.end()
  }
  async function* digested(): ByteStream {
    for await (const piece of bytes()) {
      whole.update(piece)
      yield piece
    }
  }
  await parts.store.put(name, digested())
  return { instances, sha512: whole.digest('hex') }
}

interface PlacedItem {
  readonly bytes: ByteStream
  /** After its bytes were taken. */
  sealed(): SealedInstance
}

async function placeItem(
  parts: SealParts,
  order: SealOrder,
  plan: PackPlan,
  item: PackPlan['items'][number],
  ordinal: number,
  layout: PackLayout,
  draft: () => Draft,
): Promise<PlacedItem> {
  const payload = await openPayload(parts, item)
  const digests = await digestsOf(payload, item)
  const made = order.verbatim
    ? ({ form: 'received', why: 'it could not be sealed otherwise' } as const)
    : await makeStored({
        payload,
        sha256: digests.sha256,
        sopClass: item.sopClass,
        instance: item.instance,
        draft,
      })
  const {
    n,
    series,
    instance,
    sopClass,
    version,
    transferSyntax,
    origin,
    receivedAt,
    source,
    leniencies,
    ds,
    dsStart,
  } = item
  const facts = {
    n,
    series,
    instance,
    sopClass,
    version,
    transferSyntax,
    origin,
    receivedAt,
    source,
    leniencies,
    ds,
    dsStart,
  }
  const original = { length: item.length, sha256: digests.sha256, sha512: digests.sha512 }
  const entry = entryName(ordinal, 'dcm')
  const where = { pack: plan.name, entry }

  if (made.form === 'received') {
    const { header, start } = layout.begin({ name: entry, length: item.length, crc: digests.crc })
    return {
      bytes: (async function* () {
        yield header
        yield* payload.read({ start: 0, end: payload.length })
        await payload.close()
      })(),
      sealed: () => ({
        ...facts,
        original,
        form: 'received',
        why: made.why,
        ...where,
        start,
        length: item.length,
        sha256: digests.sha256,
      }),
    }
  }
  const { stored, recipe, pixels } = made
  await payload.close()
  const recipeBytes = new TextEncoder().encode(`${JSON.stringify(recipe)}\n`)
  const { header, start } = layout.begin({ name: entry, length: stored.length, crc: stored.crc })
  const beside = layout.begin({ name: entryName(ordinal, 'json'), length: recipeBytes.length, crc: crc32(recipeBytes) })
  return {
    bytes: (async function* () {
      yield header
      yield* stored.read()
      yield beside.header
      yield recipeBytes
      await stored.discard()
    })(),
    sealed: () => ({
      ...facts,
      original,
      pixels,
      form: 'htj2k',
      ...where,
      start,
      length: stored.length,
      sha256: stored.sha256(),
      recipe: [beside.start, recipeBytes.length],
    }),
  }
}

// --- reading what was received --------------------------------------------------------

interface OpenPayload extends Payload {
  close(): Promise<void>
}

const PIECE = 1024 * 1024

async function openPayload({ files, inbox }: SealParts, { placement, length }: SealItem): Promise<OpenPayload> {
  const file = await files.open(join(inbox, placement.segment === 0 ? placement.spool : segmentName(placement.segment)))
  return {
    length,
    read: async function* ({ start, end }) {
      for (let at = start; at < end; at += PIECE)
        yield await file.read(placement.start + at, placement.start + Math.min(at + PIECE, end))
    },
    close: () => file.close(),
  }
}

/** One pass; what the journal said on arrival must still be so. @throws {ArchiveError} `JOURNAL_CORRUPT` */
async function digestsOf(payload: Payload, { ds, dsStart, placement }: SealItem) {
  const [sha256, sha512, dataSet] = [createHash('sha256'), createHash('sha512'), createHash('sha256')]
  let crc = 0
  let at = 0
  for await (const piece of payload.read({ start: 0, end: payload.length })) {
    sha256.update(piece)
    sha512.update(piece)
    crc = crc32(piece, crc)
    if (at + piece.length > dsStart) dataSet.update(piece.subarray(Math.max(0, dsStart - at)))
    at += piece.length
  }
  if (dataSet.digest('hex') !== ds)
    throw new ArchiveError('JOURNAL_CORRUPT', {
      segment: placement.segment === 0 ? placement.spool : placement.segment,
      at: placement.start,
      why: 'a payload has another digest than on arrival',
    })
  return { sha256: sha256.digest('hex'), sha512: sha512.digest('hex'), crc }
}

// --- the proof ------------------------------------------------------------------------

/** @throws {ArchiveError} `VAULT_DAMAGED` when what was written does not give back what was received */
async function provePack(parts: SealParts, name: string, { instances, sha512 }: WrittenPack): Promise<void> {
  const { store, decode } = parts
  const whole = createHash('sha512')
  for await (const piece of store.read(name)) whole.update(piece)
  if (whole.digest('hex') !== sha512) throw new ArchiveError('VAULT_DAMAGED', { name, why: 'it reads back otherwise' })
  for (const sealed of instances) {
    const hash = createHash('sha256')
    let length = 0
    for await (const piece of originalOf(store, name, sealed, decode)) {
      hash.update(piece)
      length += piece.length
    }
    if (hash.digest('hex') !== sealed.original.sha256 || length !== sealed.original.length)
      throw new ArchiveError('VAULT_DAMAGED', {
        name: `${name} ${sealed.entry}`,
        why: 'it does not give back what was received',
      })
  }
}

/** The received file of a sealed instance, from its pack. */
export async function* originalOf(
  store: Pick<ObjectStore, 'read'>,
  name: string,
  sealed: Pick<SealedInstance, 'start' | 'length' | 'recipe'>,
  decode: DecodeFrame,
): ByteStream {
  const stored = packed(store, name, sealed)
  if (sealed.recipe === undefined) return yield* stored.read({ start: 0, end: stored.length })
  yield* undone(stored, await recipeOf(store, name, sealed.recipe), decode)
}

/** An entry of a pack as a payload. */
export const packed = (
  store: Pick<ObjectStore, 'read'>,
  name: string,
  { start, length }: { readonly start: number; readonly length: number },
): Payload => ({
  length,
  read: (range) => store.read(name, { start: start + range.start, end: start + range.end }),
})

export async function recipeOf(
  store: Pick<ObjectStore, 'read'>,
  name: string,
  [start, length]: readonly [number, number],
): Promise<Recipe> {
  const recipe = parseRecipe(new TextDecoder().decode(await gather(store.read(name, { start, end: start + length }))))
  if (recipe === undefined) throw new ArchiveError('VAULT_DAMAGED', { name, why: 'a recipe cannot be read' })
  return recipe
}

async function* once(bytes: Bytes): ByteStream {
  yield bytes
}
