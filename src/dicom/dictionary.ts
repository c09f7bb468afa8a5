/**
 * The data dictionary (PS3.6, PS3.7 Annex E) and the registry of UIDs, looked up in the generated tables.
 *
 * Keywords are read at once, since constants are made of them; the rest of a row when it is first needed. Repeating
 * groups, group lengths and private creators are rules rather than rows (PS3.5 sections 7.2, 7.6 and 7.8.1).
 */
import type { Tag, Vr } from './data-set.ts'
import ATTRIBUTES from './tables/attributes.generated.json' with { type: 'json' }
import type { Keyword, UidKeyword } from './tables/keywords.generated.ts'
import UID_TABLE from './tables/uids.generated.json' with { type: 'json' }
import type { Uid } from './uid.ts'

export type { Keyword, UidKeyword } from './tables/keywords.generated.ts'

export interface Attribute {
  /** Empty for the few retired attributes that have none. */
  readonly keyword: string
  readonly name: string
  /** The VR to read it with when none is stated: see `vrs`. */
  readonly vr: Vr
  /** All the standard allows, such as US and SS; empty for items and delimiters, which have none. */
  readonly vrs: readonly Vr[]
  readonly vm: string
  readonly retired: boolean
}

export type UidKind = 'syntax' | 'storage' | 'class' | 'meta' | 'other'

export interface RegisteredUid {
  readonly uid: string
  readonly kind: UidKind
  readonly keyword: string
  readonly name: string
  readonly retired: boolean
}

const attribute = (keyword: string, name: string, vr: Vr, vm: string, retired: boolean): Attribute => ({
  keyword,
  name,
  vr,
  vrs: [vr],
  vm,
  retired,
})

const PRIVATE_CREATOR = attribute('PrivateCreator', 'Private Creator', 'LO', '1', false)
/** Group lengths were retired for all groups but 0000 and 0002, which have rows of their own (PS3.5 section 7.2). */
const GROUP_LENGTH = attribute('GenericGroupLength', 'Generic Group Length', 'UL', '1', true)

/** Which digits count, for each way in which the standard writes `x` in a tag. */
interface Pattern {
  readonly mask: number
  readonly rows: Map<number, Attribute>
}

interface Tables {
  readonly tags: Readonly<Record<Keyword, Tag>>
  /** Row numbers, for a row is read when its tag is first looked up: most never are. */
  readonly rows: ReadonlyMap<number, number>
  readonly patterns: readonly Pattern[]
}

const tables = readTables()
const known = new Map<Tag, Attribute>()

/** Tags by keyword: `T.PatientID` is 0x00100020. Of a repeating group the first: `T.OverlayData` is 0x60003000. */
export const T = tables.tags

/** UIDs by keyword: `UIDS.CTImageStorage`. */
export const UIDS = uidsByKeyword()

/** What the standard says of a tag; undefined for private elements and unknown ones. */
export function lookUp(tag: Tag): Attribute | undefined {
  const found = known.get(tag)
  if (found !== undefined) return found
  const row = tables.rows.get(tag)
  if (row !== undefined) {
    const made = readRow(ATTRIBUTES.rows[row] ?? '')
    known.set(tag, made)
    return made
  }
  const group = Math.floor(tag / 0x10000)
  const element = tag % 0x10000
  if (element === 0) return GROUP_LENGTH
  if (group % 2 === 1) return element >= 0x10 && element <= 0xff ? PRIVATE_CREATOR : undefined
  for (const { mask, rows } of tables.patterns) {
    const repeated = rows.get((tag & mask) >>> 0)
    if (repeated !== undefined) return repeated
  }
  return undefined
}

/** The tag of a keyword that need not be one; of a repeating group, the first. */
export function tagOf(keyword: string): Tag | undefined {
  return Object.hasOwn(T, keyword) ? T[keyword as Keyword] : undefined
}

/**
 * The VR to read an element with when its bytes do not state one (PS3.5 section A.1).
 *
 * @param signedPixels  Pixel Representation (0028,0103) is 1 where the element stands: settles `US or SS`
 */
export function implicitVr(tag: Tag, signedPixels = false): Vr {
  const found = lookUp(tag)
  if (found === undefined) return 'UN'
  return signedPixels && found.vr === 'US' && found.vrs.includes('SS') ? 'SS' : found.vr
}

function readTables(): Tables {
  const tags: Record<string, number> = {}
  const rows = new Map<number, number>()
  const patterns = new Map<number, Map<number, Attribute>>()
  for (const [at, row] of ATTRIBUTES.rows.entries()) {
    const digits = row.slice(0, 8)
    const keyword = row.slice(9, row.indexOf('|', 9))
    const repeats = digits.includes('x')
    const tag = Number.parseInt(repeats ? digits.replaceAll('x', '0') : digits, 16)
    if (repeats) {
      const mask = Number.parseInt(digits.replace(/[^x]/g, 'F').replaceAll('x', '0'), 16)
      patterns.set(mask, (patterns.get(mask) ?? new Map<number, Attribute>()).set(tag, readRow(row)))
    } else rows.set(tag, at)
    if (keyword !== '' && !digits.includes('x', 4)) tags[keyword] = tag
  }
  return {
    tags: tags as Readonly<Record<Keyword, Tag>>,
    rows,
    patterns: [...patterns].map(([mask, of]) => ({ mask, rows: of })),
  }
}

function readRow(row: string): Attribute {
  const [, keyword = '', name = '', vr = '', vm = '', retired] = row.split('|')
  const vrs = vr === '' ? [] : (vr.split('/') as Vr[])
  return { keyword, name, vr: readingVr(vrs), vrs, vm, retired: retired === 'R' }
}

function uidsByKeyword(): Readonly<Record<UidKeyword, Uid>> {
  const uids: Record<string, string> = {}
  for (const row of UID_TABLE.rows) {
    const [uid = '', , keyword = ''] = row.split('|', 3)
    uids[keyword] = uid
  }
  return uids as Readonly<Record<UidKeyword, Uid>>
}

/** Where there is a choice, words: OW is what implicit VR prescribes for pixels, overlays, curves and LUTs (PS3.5 A.1). */
function readingVr(vrs: readonly Vr[]): Vr {
  if (vrs.length > 1 && vrs.includes('OW')) return 'OW'
  return vrs[0] ?? 'UN'
}

let registry: ReadonlyMap<string, RegisteredUid> | undefined

/** A UID of PS3.6 Annex A. */
export function registeredUid(uid: string): RegisteredUid | undefined {
  registry ??= readUids()
  return registry.get(uid)
}

/** The standard's name of a UID, such as `CT Image Storage`. */
export const uidName = (uid: string): string | undefined => registeredUid(uid)?.name

/** Is it a SOP class of the standard that is sent by C-STORE? Private ones are stored too, but not known here. */
export const isStorageSopClass = (uid: string): boolean => registeredUid(uid)?.kind === 'storage'

/** Every registered UID of a kind, in order of UID: `registeredUids('storage')`. */
export function registeredUids(kind: UidKind): RegisteredUid[] {
  registry ??= readUids()
  return [...registry.values()].filter((row) => row.kind === kind)
}

function readUids(): ReadonlyMap<string, RegisteredUid> {
  const rows = new Map<string, RegisteredUid>()
  for (const line of UID_TABLE.rows) {
    const [uid = '', kind = '', keyword = '', name = '', retired] = line.split('|')
    rows.set(uid, { uid, kind: kind as UidKind, keyword, name, retired: retired === 'R' })
  }
  return rows
}
