/**
 * From the fact that a version of a study's object is sealed to the index's rows of where its instances lie: for a live
 * seal, for recovery and for a rebuild alike. Places come from `study.json`, everything else from the stored files.
 */
import { type ByteRange, type ByteStream, gather } from '../base/bytes.ts'
import { canonicalJson } from '../base/canonical-json.ts'
import { ArchiveError } from '../base/errors.ts'
import type { FrameDecoder } from '../codecs/frame-decoder.ts'
import type { ObjectStore } from '../storage/objects/object-store.ts'
import type { Mend } from '../vault/copies/mender.ts'
import type { InstanceHeader } from '../vault/inbox/records.ts'
import { objectId } from '../vault/ocfl/paths.ts'
import { nameOf, presentVersion } from '../vault/ocfl/study-object.ts'
import { type Payload, readPayload } from '../vault/payload.ts'
import { undone } from '../vault/recipe/undo.ts'
import type { SealAnswer, SealedInstance, SealFact } from '../vault/seal/order.ts'
import { packed, readStudy, recipeOf } from '../vault/seal/seal-study.ts'
import { packFrames } from './frame-table.ts'
import { settledFrameTableOf } from './frames-of.ts'
import type { SealedRow } from './project.ts'

export const sealFact = ({ study, version, inventory }: SealAnswer, sealedAt: string): string =>
  canonicalJson({ v: 1, study, version, inventory, sealedAt } satisfies SealFact)

/**
 * @param text  of the fact
 * @throws {ArchiveError} `VAULT_DAMAGED` when the object does not hold what the fact says
 */
export async function sealedRows(vault: ObjectStore, text: string): Promise<readonly SealedRow[]> {
  const { study, version } = JSON.parse(text) as SealFact
  const id = objectId(study)
  const present = await presentVersion(vault, id)
  if (present === undefined) throw new ArchiveError('VAULT_DAMAGED', { name: id, why: 'the object is not there' })
  const { instances } = await readStudy(vault, study)
  const rows: SealedRow[] = []
  for (const sealed of instances) {
    if (!sealed.pack.startsWith(`v${version}-`)) continue
    const pack = nameOf(id, present, sealed.pack)
    if (pack === undefined) throw new ArchiveError('VAULT_DAMAGED', { name: id, why: `${sealed.pack} is not in it` })
    rows.push(await rowOf(vault, pack, sealed))
  }
  return rows
}

async function rowOf(vault: ObjectStore, pack: string, sealed: SealedInstance): Promise<SealedRow> {
  const { n, start, length, recipe, why = '' } = sealed
  const row = { id: n, pack, start, length, why }
  if (recipe === undefined)
    return {
      ...row,
      ds_start: sealed.dsStart,
      recipe_start: 0,
      recipe_length: 0,
      frames: new Uint8Array(0),
      transferSyntax: sealed.transferSyntax,
    }
  const payload = packed(vault, pack, sealed)
  const read = await readPayload(payload)
  const table = await settledFrameTableOf(read, (range) => gather(payload.read(range)))
  if (table === undefined) throw new ArchiveError('VAULT_DAMAGED', { name: pack, why: `${sealed.entry} has no pixels` })
  return {
    ...row,
    ds_start: read.dataSetStart,
    recipe_start: recipe[0],
    recipe_length: recipe[1],
    frames: packFrames(table),
    transferSyntax: read.transferSyntax,
  }
}

/** The received bytes of an instance the inbox has no more; undefined when the vault has none of it. */
export type VaultLookup = (header: InstanceHeader) => Promise<Payload | undefined>

/** Instances come study by study, so what a study's object says is kept until another is asked for. */
const KEPT_STUDIES = 8

export function openVaultLookup(
  vault: ObjectStore,
  decoder: FrameDecoder,
  mend: Mend = async () => false,
): VaultLookup {
  const studies = new Map<string, Promise<ReadonlyMap<number, SealedInstance & { readonly name: string }>>>()
  const studyOf = (study: string) => {
    const known = studies.get(study)
    if (known !== undefined) return known
    const found = instancesIn(vault, study, mend)
    studies.set(study, found)
    const [oldest] = studies.keys()
    if (studies.size > KEPT_STUDIES && oldest !== undefined) studies.delete(oldest)
    return found
  }
  return async ({ study, n, ds }) => {
    const sealed = (await studyOf(study)).get(n)
    if (sealed === undefined || sealed.ds !== ds) return undefined
    const stored = packed(vault, sealed.name, sealed)
    const { recipe } = sealed
    if (recipe === undefined) return stored
    return {
      length: sealed.original.length,
      read: async function* (range: ByteRange): ByteStream {
        yield* undone(stored, await recipeOf(vault, sealed.name, recipe), decoder.decode, range)
      },
    }
  }
}

type Found = ReadonlyMap<number, SealedInstance & { readonly name: string }>

async function instancesIn(vault: ObjectStore, study: string, mend: Mend): Promise<Found> {
  const id = objectId(study)
  const found = new Map<number, SealedInstance & { readonly name: string }>()
  try {
    const present = await presentVersion(vault, id)
    if (present === undefined) return found
    for (const sealed of (await readStudy(vault, study)).instances) {
      const name = nameOf(id, present, sealed.pack)
      if (name !== undefined) found.set(sealed.n, { ...sealed, name })
    }
  } catch (thrown) {
    if (!(thrown instanceof ArchiveError)) throw thrown
    // A study that was mended is asked once more, and not mended again.
    if (await mend(study)) return instancesIn(vault, study, async () => false)
    // A damaged object has none of it: the instance is reported as unreadable, and nothing is lost of what is there.
  }
  return found
}
