/**
 * Which instances share a pack, and what packs and entries are called: by ordinals and modality, never by identity.
 */
import type { SealItem, SealSeries } from './order.ts'

export interface PackPlan {
  readonly name: string
  readonly items: readonly (SealItem & { readonly series: string })[]
}

/** A pack is closed when what it holds was so long as received, in bytes. */
const MOST_BYTES = 4 * 1024 ** 3
/** Series shorter than this share a pack, in bytes. */
const SMALL = 256 * 1024

/** @param version  of the object, which the names begin with */
export function planPacks(series: readonly SealSeries[], version: number): readonly PackPlan[] {
  const packs: PackPlan[] = []
  const shared: (SealItem & { readonly series: string })[] = []
  let ordinal = 0
  for (const { series: uid, modality, items } of series) {
    const own = items.map((item) => ({ ...item, series: uid }))
    if (items.reduce((sum, { length }) => sum + length, 0) < SMALL) {
      shared.push(...own)
      continue
    }
    ordinal += 1
    const name = `v${version}-s${String(ordinal).padStart(4, '0')}${modality === '' ? '' : `-${modality}`}`
    for (const [part, of] of inParts(own).entries())
      packs.push({ name: `${name}${part === 0 ? '' : `-${part + 1}`}.zip`, items: of })
  }
  if (shared.length > 0)
    for (const [part, of] of inParts(shared).entries())
      packs.push({ name: `v${version}-small${part === 0 ? '' : `-${part + 1}`}.zip`, items: of })
  return packs
}

function inParts<Item extends { readonly length: number }>(items: readonly Item[]): Item[][] {
  const parts: Item[][] = [[]]
  let bytes = 0
  for (const item of items) {
    if (bytes > 0 && bytes + item.length > MOST_BYTES) {
      parts.push([])
      bytes = 0
    }
    parts.at(-1)?.push(item)
    bytes += item.length
  }
  return parts
}

/** `000123.dcm`, `000123.json`: unique in a pack. */
export const entryName = (ordinal: number, ending: 'dcm' | 'json'): string =>
  `${String(ordinal).padStart(6, '0')}.${ending}`
