/**
 * The Native DICOM Model (PS3.19 Annex A.1), as PS3.18 F uses it for `application/dicom+xml`: a DICOM JSON object as XML.
 *
 * Private attributes stand under block 00 with the name of their creator, so that the block they came in does not matter.
 */
import { tagFromText } from './data-set.ts'
import { lookUp } from './dictionary.ts'
import type { DicomJson, DicomJsonElement, DicomJsonValue, PersonNameJson } from './json.ts'

/** A document of its own. */
export const nativeXml = (json: DicomJson): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<NativeDicomModel xmlns="http://dicom.nema.org/PS3.19/models/NativeDICOM" xml:space="preserve">${attributesOf(json)}</NativeDicomModel>\n`

function attributesOf(json: DicomJson): string {
  let text = ''
  for (const tag of Object.keys(json).sort()) {
    const element = json[tag]
    if (element !== undefined) text += attributeOf(tag, element, json)
  }
  return text
}

function attributeOf(tag: string, element: DicomJsonElement, around: DicomJson): string {
  const { vr } = element
  const creator = creatorOf(tag, around)
  const shown = creator === undefined ? tag : `${tag.slice(0, 4)}00${tag.slice(6)}`
  const keyword = creator === undefined && !isPrivate(tag) ? lookUp(tagFromText(tag))?.keyword : undefined
  const names = [
    `tag="${shown}" vr="${vr}"`,
    ...(keyword === undefined || keyword === '' ? [] : [`keyword="${keyword}"`]),
    ...(creator === undefined ? [] : [`privateCreator="${escaped(creator)}"`]),
  ]
  const inner = contentOf(element)
  return inner === ''
    ? `<DicomAttribute ${names.join(' ')}/>`
    : `<DicomAttribute ${names.join(' ')}>${inner}</DicomAttribute>`
}

const isPrivate = (tag: string): boolean => Number.parseInt(tag.slice(0, 4), 16) % 2 === 1

/** PS3.5 7.8.1: element `xxyy` is of the creator that stands at `00xx` of its group. */
function creatorOf(tag: string, around: DicomJson): string | undefined {
  if (!isPrivate(tag) || tag.slice(4, 6) === '00') return undefined
  const [name] = around[`${tag.slice(0, 4)}00${tag.slice(4, 6)}`]?.Value ?? []
  return typeof name === 'string' && name !== '' ? name : undefined
}

function contentOf({ vr, Value, InlineBinary, BulkDataURI }: DicomJsonElement): string {
  if (BulkDataURI !== undefined) return `<BulkData uri="${escaped(BulkDataURI)}"/>`
  if (InlineBinary !== undefined) return `<InlineBinary>${InlineBinary}</InlineBinary>`
  return (Value ?? []).map((value, at) => (vr === 'SQ' ? item(value, at + 1) : single(vr, value, at + 1))).join('')
}

const item = (value: DicomJsonValue, number: number): string =>
  `<Item number="${number}">${attributesOf((value ?? {}) as DicomJson)}</Item>`

function single(vr: string, value: DicomJsonValue, number: number): string {
  if (vr === 'PN') return personName((value ?? {}) as PersonNameJson, number)
  return value === null ? `<Value number="${number}"/>` : `<Value number="${number}">${escaped(String(value))}</Value>`
}

const COMPONENTS = ['FamilyName', 'GivenName', 'MiddleName', 'NamePrefix', 'NameSuffix'] as const

function personName(name: PersonNameJson, number: number): string {
  const groups = (['Alphabetic', 'Ideographic', 'Phonetic'] as const).map((group) => {
    const text = name[group]
    if (text === undefined || text === '') return ''
    const parts = text.split('^').map((part, at) => {
      const component = COMPONENTS[at]
      return part === '' || component === undefined ? '' : `<${component}>${escaped(part)}</${component}>`
    })
    return `<${group}>${parts.join('')}</${group}>`
  })
  return `<PersonName number="${number}">${groups.join('')}</PersonName>`
}

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' }

/** Characters XML 1.0 cannot hold, not even escaped (section 2.2), become U+FFFD. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"\r]/g, (character) => NAMED[character] ?? '')
