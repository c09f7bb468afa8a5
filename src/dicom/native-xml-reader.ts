/**
 * The Native DICOM Model (PS3.19 Annex A.1) back to a DICOM JSON object: metadata that is stored as `application/dicom+xml`.
 * The way there is `native-xml.ts`.
 *
 * Well-formedness is saxes' matter. A document type is refused, so that no entity is ever defined; what the model does not
 * have is refused too, as nothing that was sent may be dropped in silence.
 */
import { SaxesParser } from 'saxes'
import { ArchiveError } from '../base/errors.ts'
import type { DicomJson, DicomJsonElement, DicomJsonValue } from './json.ts'
import { LIMITS } from './limits.ts'
import { isVr } from './vr.ts'

const LAST_VALUE = 1_000_000
const WIDEST_GAP = 8
const GROUPS = ['Alphabetic', 'Ideographic', 'Phonetic'] as const
const COMPONENTS = ['FamilyName', 'GivenName', 'MiddleName', 'NamePrefix', 'NameSuffix'] as const

/** What may stand where, by local name. */
const PARENTS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['NativeDicomModel', ['']],
  ['DicomAttribute', ['NativeDicomModel', 'Item']],
  ['Value', ['DicomAttribute']],
  ['PersonName', ['DicomAttribute']],
  ['Item', ['DicomAttribute']],
  ['BulkData', ['DicomAttribute']],
  ['InlineBinary', ['DicomAttribute']],
  ...GROUPS.map((group): [string, readonly string[]] => [group, ['PersonName']]),
  ...COMPONENTS.map((component): [string, readonly string[]] => [component, GROUPS]),
])
/** Those whose text is a value, white space included. */
const TEXTS: ReadonlySet<string> = new Set(['Value', 'InlineBinary', ...COMPONENTS])

interface Attribute {
  readonly tag: string
  readonly creator: string
  readonly json: { vr?: string; Value?: DicomJsonValue[]; InlineBinary?: string; BulkDataURI?: string }
}

interface Open {
  readonly name: string
  /** Of the model and of items. */
  readonly attributes: Attribute[]
  readonly attribute: Attribute | undefined
  /** Place among the values, from 0. */
  readonly at: number
  /** Of PersonName and its groups, by the name of the part. */
  readonly parts: Record<string, string>
  text: string
}

const refused = (why: string) => new ArchiveError('BAD_REQUEST', { why: `Native DICOM Model: ${why}` })

/** @throws {ArchiveError} `BAD_REQUEST`, `DICOM_LIMIT` */
export function fromNativeXml(xml: string): DicomJson {
  const stack: Open[] = [opened('', undefined, 0)]
  let model: DicomJson | undefined
  let elements = 0

  // Without namespaces: writers leave them out, or give them any prefix.
  const parser = new SaxesParser()
  // saxes' messages quote the text; only that there is one is told.
  parser.on('error', () => {
    throw refused('it is not well-formed XML')
  })
  parser.on('doctype', () => {
    throw refused('a document type is not allowed')
  })
  parser.on('xmldecl', ({ encoding = 'UTF-8' }) => {
    if (!/^(utf-8|us-ascii)$/i.test(encoding)) throw refused('it must be in UTF-8')
  })
  parser.on('opentag', ({ name: full, attributes }) => {
    const name = full.slice(full.indexOf(':') + 1)
    const around = stack.at(-1) as Open
    if (PARENTS.get(name)?.includes(around.name) !== true)
      throw refused(`${localName(name)} has no place where it stands`)
    elements += 1
    if (elements > LIMITS.elements)
      throw new ArchiveError('DICOM_LIMIT', { limit: 'elements', allowed: LIMITS.elements, at: 0 })
    if (stack.length > LIMITS.depth * 2 + 8)
      throw new ArchiveError('DICOM_LIMIT', { limit: 'depth', allowed: LIMITS.depth, at: 0 })
    stack.push(begun(name, attributes, around))
  })
  const text = (given: string): void => {
    const open = stack.at(-1) as Open
    if (TEXTS.has(open.name)) open.text += given
    else if (given.trim() !== '') throw refused('there is text between its elements')
  }
  parser.on('text', text)
  parser.on('cdata', text)
  parser.on('closetag', () => {
    const done = stack.pop() as Open
    const around = stack.at(-1) as Open
    if (done.name === 'NativeDicomModel') model = objectOf(done.attributes)
    else ended(done, around)
  })
  parser.write(xml).close()
  if (model === undefined) throw refused('it holds no NativeDicomModel')
  return model
}

const opened = (name: string, attribute: Attribute | undefined, at: number): Open => ({
  name,
  attributes: [],
  attribute,
  at,
  parts: {},
  text: '',
})

/** A name out of the text, as far as it is one of the words a message may hold. */
const localName = (name: string): string => (PARENTS.has(name) ? name : 'an element')

function begun(name: string, given: Readonly<Record<string, string>>, around: Open): Open {
  if (name === 'DicomAttribute') {
    const { tag = '', vr, privateCreator = '' } = given
    if (!/^[0-9A-Fa-f]{8}$/.test(tag)) throw refused('a tag is eight hexadecimal digits')
    if (vr !== undefined && !isVr(vr)) throw refused(`unknown vr at ${tag}`)
    const attribute: Attribute = {
      tag: tag.toUpperCase(),
      creator: privateCreator,
      json: vr === undefined ? {} : { vr },
    }
    around.attributes.push(attribute)
    return opened(name, attribute, 0)
  }
  const { attribute } = around
  if (name === 'BulkData' && attribute !== undefined) {
    const uri = given['uri'] ?? given['uuid']
    if (uri === undefined || attribute.json.BulkDataURI !== undefined)
      throw refused(`BulkData at ${attribute.tag} has no one uri`)
    attribute.json.BulkDataURI = uri
  }
  const numbered = name === 'Value' || name === 'PersonName' || name === 'Item'
  const number = Number(given['number'] ?? (attribute?.json.Value?.length ?? 0) + 1)
  if (numbered && !(Number.isInteger(number) && number >= 1 && number <= LAST_VALUE))
    throw refused(`a number at ${attribute?.tag} is none`)
  return opened(name, attribute, number - 1)
}

function ended({ name, attribute, at, text, attributes, parts }: Open, around: Open): void {
  if (name === 'Value') place(attribute, at, text === '' ? null : text)
  else if (name === 'Item') place(attribute, at, objectOf(attributes))
  else if (name === 'PersonName') place(attribute, at, Object.keys(parts).length === 0 ? null : parts)
  else if (name === 'InlineBinary' && attribute !== undefined) attribute.json.InlineBinary = text.replace(/\s/g, '')
  else if (COMPONENTS.some((component) => component === name)) around.parts[name] = text
  else if (GROUPS.some((group) => group === name)) {
    const joined = COMPONENTS.map((component) => parts[component] ?? '')
      .join('^')
      .replace(/\^+$/, '')
    if (joined !== '') around.parts[name] = joined
  }
}

function place(attribute: Attribute | undefined, at: number, value: DicomJsonValue): void {
  if (attribute === undefined) return
  attribute.json.Value ??= []
  const values = attribute.json.Value
  // Numbers left out are empty values; far apart ones would be a way to ask for memory.
  if (at > values.length + WIDEST_GAP) throw refused(`the numbers of the values at ${attribute.tag} have a gap`)
  while (values.length < at) values.push(null)
  values[at] = value
}

/** With private attributes in blocks of their creators (PS3.5 7.8.1), which the model leaves open. */
function objectOf(attributes: readonly Attribute[]): DicomJson {
  const json: Record<string, DicomJsonElement> = {}
  for (const { tag, creator, json: element } of attributes) if (creator === '') json[tag] = element as DicomJsonElement
  for (const { tag, creator, json: element } of attributes)
    if (creator !== '') json[inBlockOf(creator, tag, json)] = element as DicomJsonElement
  return json
}

function inBlockOf(creator: string, tag: string, json: Record<string, DicomJsonElement>): string {
  const group = tag.slice(0, 4)
  if (Number.parseInt(group, 16) % 2 === 0) throw refused(`${tag} is not private and has a creator`)
  // The block that is its own; else the first that is nobody's.
  for (const isIts of [
    (held: DicomJsonElement | undefined) => held?.Value?.[0] === creator,
    (held: DicomJsonElement | undefined) => held === undefined,
  ])
    for (let block = 0x10; block <= 0xff; block += 1) {
      const number = block.toString(16).toUpperCase()
      if (!isIts(json[`${group}00${number}`])) continue
      json[`${group}00${number}`] ??= { vr: 'LO', Value: [creator] }
      return `${group}${number}${tag.slice(6)}`
    }
  throw refused(`group ${group} has no block left`)
}
