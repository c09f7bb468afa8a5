/**
 * Identifiers of the Modality Worklist (PS3.4 K.4.1.1): the request's into what it asks for, an item of the worklist into
 * an answer's. Pure.
 */
import type { Match } from '../../archive/archive.ts'
import { NOT_MATCHED } from '../../archive/keys.ts'
import type { Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'
import { type Tag, tagFromText, tagText } from '../../dicom/data-set.ts'
import { T } from '../../dicom/dictionary.ts'
import { type DicomJson, type DicomJsonElement, fromDicomJson, toDicomJson } from '../../dicom/json.ts'
import { readWhole } from '../../dicom/reader.ts'
import { recoded } from '../../dicom/recode.ts'
import { encodeElements } from '../../dicom/writer.ts'
import { keyText } from './find-identifier.ts'

export interface WorklistAsked {
  readonly matches: readonly Match[]
  readonly keys: DicomJson
  readonly characterSet: readonly string[]
  /** How the question is journaled. */
  readonly raw: string
}

const MATCHES_AT_MOST = 200

/** @throws {ArchiveError} `IDENTIFIER_INVALID`; `DICOM_*` when it is not a data set */
export function readWorklistIdentifier(bytes: Bytes, transferSyntax: string): WorklistAsked {
  const { dataSet } = readWhole(bytes, { format: { transferSyntax }, keepUpTo: bytes.length })
  const keys = toDicomJson(dataSet)
  const matches = matchesOf(keys, [])
  if (matches.length > MATCHES_AT_MOST)
    throw new ArchiveError('IDENTIFIER_INVALID', { why: `it holds more than ${MATCHES_AT_MOST} keys to match` })
  return { matches, keys, characterSet: dataSet.characterSet, raw: JSON.stringify(keys) }
}

function matchesOf(keys: DicomJson, path: readonly Tag[]): readonly Match[] {
  return Object.entries(keys).flatMap(([name, element]): readonly Match[] => {
    const tag = tagFromText(name)
    if (NOT_MATCHED.has(tag)) return []
    if (element.vr !== 'SQ') {
      const value = keyText(element)
      return value === '' ? [] : [{ path: [...path, tag], value }]
    }
    const [item] = element.Value ?? []
    return item === null || typeof item !== 'object' ? [] : matchesOf(item as DicomJson, [...path, tag])
  })
}

/** Attributes of the worklist that are matched here; others that carry a value cannot be (PS3.4 K.4.1.3.1, FF01H). */
export const unmatched = (matches: readonly Match[], item: DicomJson): boolean =>
  matches.some(({ path }) => !isIn(path, item))

function isIn([tag, ...rest]: readonly Tag[], item: DicomJson): boolean {
  const element = tag === undefined ? undefined : item[tagText(tag)]
  if (element === undefined) return false
  const [inner] = element.Value ?? []
  return (
    rest.length === 0 ||
    inner === undefined ||
    (typeof inner === 'object' && inner !== null && isIn(rest, inner as DicomJson))
  )
}

/** What was asked for of an item, empty where there is no value; a sequence without keys is given whole. */
export function worklistAnswer(item: DicomJson, asked: WorklistAsked, transferSyntax: string): Bytes[] {
  const inUnicode = fromDicomJson(picked(item, asked.keys))
  const beyondAscii = inUnicode.elements.has(T.SpecificCharacterSet)
  const asAsked = beyondAscii && asked.characterSet.length > 0 ? recoded(inUnicode, asked.characterSet) : undefined
  return [encodeElements(asAsked ?? inUnicode, transferSyntax)]
}

function picked(item: DicomJson, keys: DicomJson): DicomJson {
  const answer: Record<string, DicomJsonElement> = {}
  for (const [name, { vr, Value = [] }] of Object.entries(keys)) {
    if (NOT_MATCHED.has(tagFromText(name))) continue
    const element = item[name]
    const [wanted] = Value
    if (vr !== 'SQ' || element === undefined || wanted === null || typeof wanted !== 'object')
      answer[name] = element ?? { vr }
    else {
      const items = (element.Value ?? []).map((one) => picked(one as DicomJson, wanted as DicomJson))
      answer[name] = items.length === 0 ? { vr } : { vr, Value: items }
    }
  }
  return answer
}
