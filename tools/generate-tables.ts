/**
 * Makes `src/dicom/tables/` from `../shared/standard` and `tables-supplement.ts`. Run by `generate.ts`.
 *
 * Tables are JSON with a row a string: loading them as TypeScript modules of thousands of literals took the start of the
 * server 150 ms more. The keywords are a type of their own, which costs nothing once it is checked.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Generated } from './generate.ts'
import * as supplement from './tables-supplement.ts'

const STANDARD = '../shared/standard'
const TABLES = 'src/dicom/tables'

interface GeneratedFile {
  readonly path: string
  readonly text: string
}

export function generateTables(): Generated | undefined {
  if (!existsSync(join(STANDARD, 'attributes.json'))) return undefined
  const attributes = attributeRows()
  const uids = uidRows()
  const files = [attributesFile(attributes), uidsFile(uids), keywordsFile(attributes, uids)]
  return new Map(files.map(({ path, text }) => [path, text]))
}

interface AttributeJson {
  readonly id: string
  readonly name: string
  readonly keyword: string
  readonly valueRepresentation: string
  readonly valueMultiplicity: string
  readonly retired: 'Y' | 'N'
}

interface SopJson {
  readonly id: string
  readonly name: string
}

interface AttributeRow {
  /** Eight hex digits; `x` where the standard prints one: `60xx3000`. */
  readonly tag: string
  readonly keyword: string
  readonly name: string
  readonly vr: string
  readonly vm: string
  readonly retired: boolean
}

interface UidRow {
  readonly uid: string
  readonly keyword: string
  readonly name: string
  readonly kind: string
  readonly retired: boolean
}

const readJson = <T>(name: string): T => JSON.parse(readFileSync(join(STANDARD, name), 'utf8')) as T

const lines = (table: string): string[] => table.split('\n').filter((line) => line !== '')

/** Hex digits in capitals, the standard's `x` left small, so that it is not mistaken for one. */
const tagKey = (id: string): string => id.toUpperCase().replaceAll('X', 'x')

function attributeRows(): AttributeRow[] {
  const fromStandard = readJson<AttributeJson[]>('attributes.json').map((row) => ({
    tag: tagKey(row.id),
    keyword: row.keyword,
    name: row.name,
    // Items and delimiters have no VR (PS3.5 section 7.5): "See Note 2"; a few retired rows have none printed.
    vr: row.valueRepresentation.startsWith('See') ? '' : row.valueRepresentation.replaceAll(' or ', '/'),
    vm: row.valueMultiplicity,
    retired: row.retired === 'Y',
  }))
  const ours = lines(supplement.COMMAND_ELEMENTS + supplement.NEWER_ATTRIBUTES).map((line) => {
    const [tag = '', keyword = '', name = '', vr = '', vm = '', retired] = line.split('|')
    return { tag, keyword, name, vr, vm, retired: retired === 'retired' }
  })
  return unique([...fromStandard, ...ours], (row) => row.tag).sort((a, b) => (a.tag < b.tag ? -1 : 1))
}

function uidRows(): UidRow[] {
  const storage = readJson<SopJson[]>('sops.json').map(({ id, name }) => ({
    uid: id,
    keyword: supplement.KEYWORDS[id] ?? keywordOf(name),
    name,
    kind: supplement.NOT_STORED.includes(id) ? 'class' : 'storage',
    retired: false,
  }))
  const ours = (
    [
      ['syntax', supplement.TRANSFER_SYNTAXES],
      ['storage', supplement.STORAGE_CLASSES],
      ['class', supplement.SERVICE_CLASSES],
      ['meta', supplement.META_CLASSES],
      ['other', supplement.OTHER_UIDS],
    ] as const
  ).flatMap(([kind, table]) =>
    lines(table).map((line) => {
      const [uid = '', keyword = '', name = '', retired] = line.split('|')
      return { uid, keyword, name, kind, retired: retired === 'retired' }
    }),
  )
  const rows = unique([...storage, ...ours], (row) => row.uid)
  return unique(rows, (row) => row.keyword).sort((a, b) => compareUids(a.uid, b.uid))
}

/** `CT Image Storage` → `CTImageStorage`, as PS3.6 forms its keywords. */
const keywordOf = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

function unique<T>(rows: readonly T[], key: (row: T) => string): T[] {
  const seen = new Set<string>()
  for (const row of rows) {
    const at = key(row)
    if (seen.has(at)) throw new Error(`${at} stands twice: remove it from tools/tables-supplement.ts`)
    seen.add(at)
  }
  return [...rows]
}

function compareUids(a: string, b: string): number {
  const left = a.split('.').map(Number)
  const right = b.split('.').map(Number)
  for (let at = 0; at < left.length && at < right.length; at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

const GENERATED = 'by `npm run generate`. Do not edit.'

/** As Biome writes JSON. */
const jsonFile = (name: string, what: string, from: string, rows: readonly string[]): GeneratedFile => ({
  path: `${TABLES}/${name}.generated.json`,
  text: `${JSON.stringify({ what, generated: `from ${from} and tools/tables-supplement.ts ${GENERATED}`, rows }, null, 2)}\n`,
})

function attributesFile(rows: readonly AttributeRow[]): GeneratedFile {
  const table = rows.map(({ tag, keyword, name, vr, vm, retired }) =>
    [tag, keyword, name, vr, vm, ...(retired ? ['R'] : [])].join('|'),
  )
  const what = 'Every attribute of PS3.6 and PS3.7: tag|keyword|name|VR/VR|VM, and |R when retired.'
  return jsonFile('attributes', what, '../shared/standard/attributes.json', table)
}

function uidsFile(rows: readonly UidRow[]): GeneratedFile {
  const table = rows.map(({ uid, keyword, name, kind, retired }) =>
    [uid, kind, keyword, name, ...(retired ? ['R'] : [])].join('|'),
  )
  const what = 'UIDs of PS3.6 Annex A: UID|kind|keyword|name, and |R when retired.'
  return jsonFile('uids', what, '../shared/standard/sops.json', table)
}

/** Has it a tag that a constant can stand for? Of a repeating group (50xx, 60xx, 7Fxx) the first one does. */
const isConstant = ({ keyword, tag }: AttributeRow): boolean =>
  keyword !== '' && !tag.replace(/^(..)xx/, '$100').includes('x')

function keywordsFile(attributes: readonly AttributeRow[], uids: readonly UidRow[]): GeneratedFile {
  const union = (keywords: readonly string[]): string => keywords.map((keyword) => `  | '${keyword}'`).join('\n')
  return {
    path: `${TABLES}/keywords.generated.ts`,
    text: `/**
 * Keywords of attributes and of UIDs: the types of \`T\` and \`UIDS\`.
 *
 * Generated from the tables beside it ${GENERATED}
 */
export type Keyword =
${union(attributes.filter(isConstant).map(({ keyword }) => keyword))}

export type UidKeyword =
${union(uids.map(({ keyword }) => keyword))}
`,
  }
}
