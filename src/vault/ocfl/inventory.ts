/**
 * OCFL 1.1 inventories (ocfl.io, section 3.5): what an object's versions hold and where the bytes lie, by SHA-512.
 *
 * Pure: text in, text out. Versions only add; a path in one version's state is a name for a digest.
 */

/** Logical names of a version, and the SHA-512 (hex) of each. */
export type State = ReadonlyMap<string, string>

export interface VersionFacts {
  readonly created: string // RFC 3339
  readonly message: string
  readonly user: { readonly name: string; readonly address: string }
}

interface InventoryVersion extends VersionFacts {
  readonly state: Readonly<Record<string, readonly string[]>>
}

export interface Inventory {
  readonly id: string
  readonly type: string
  readonly digestAlgorithm: 'sha512'
  readonly head: string
  readonly contentDirectory: string
  /** Content paths by digest. */
  readonly manifest: Readonly<Record<string, readonly string[]>>
  readonly versions: Readonly<Record<string, InventoryVersion>>
}

export const OCFL_OBJECT = 'ocfl_object_1.1'
export const OCFL_ROOT = 'ocfl_1.1'
const TYPE = 'https://ocfl.io/1.1/spec/#inventory'

export const versionNumber = ({ head }: Pick<Inventory, 'head'>): number => Number(head.slice(1))

/** Names and digests of the object's present version. */
export function stateOf({ versions, head }: Inventory): State {
  const state = new Map<string, string>()
  for (const [digest, names] of Object.entries(versions[head]?.state ?? {}))
    for (const name of names) state.set(name, digest)
  return state
}

/** Where the bytes of a digest lie inside the object. */
export const contentPath = ({ manifest }: Pick<Inventory, 'manifest'>, digest: string): string | undefined =>
  manifest[digest]?.[0]

/**
 * The inventory after one more version.
 *
 * @param added  new content: logical name and SHA-512; what the object holds already is not to be written again
 * @param state  every name of the new version
 */
export function nextInventory(
  before: Inventory | undefined,
  id: string,
  state: State,
  facts: VersionFacts,
): { readonly inventory: Inventory; readonly added: ReadonlyMap<string, string> } {
  const number = before === undefined ? 1 : versionNumber(before) + 1
  const head = `v${number}`
  const manifest: Record<string, readonly string[]> = { ...before?.manifest }
  const added = new Map<string, string>()
  const named: Record<string, string[]> = {}
  for (const [name, digest] of state) {
    named[digest] = [...(named[digest] ?? []), name]
    if (manifest[digest] !== undefined) continue
    manifest[digest] = [`${head}/content/${name}`]
    added.set(name, digest)
  }
  const inventory: Inventory = {
    id,
    type: TYPE,
    digestAlgorithm: 'sha512',
    head,
    contentDirectory: 'content',
    manifest,
    versions: { ...before?.versions, [head]: { ...facts, state: named } },
  }
  return { inventory, added }
}

export const inventoryText = (inventory: Inventory): string => `${JSON.stringify(inventory, undefined, 2)}\n`

/** The sidecar beside an inventory (3.5.4): digest, white space, name. */
export const sidecarText = (digest: string): string => `${digest} inventory.json\n`

/** Undefined when the text is no inventory of ours: whoever reads it then looks at the object with the validator. */
export function parseInventory(text: string): Inventory | undefined {
  try {
    const value = JSON.parse(text) as Partial<Inventory>
    const { id, head, digestAlgorithm, manifest, versions } = value
    if (typeof id !== 'string' || typeof head !== 'string' || digestAlgorithm !== 'sha512') return undefined
    if (typeof manifest !== 'object' || typeof versions !== 'object' || versions[head] === undefined) return undefined
    return { contentDirectory: 'content', ...value } as Inventory
  } catch {
    return undefined
  }
}
