/** What `find`, `get` and `move` share: the keys of a query as words of the command line. */
import { ArchiveError } from '../base/errors.ts'
import { tagFromText, tagText } from '../dicom/data-set.ts'
import { implicitVr, lookUp, T, tagOf } from '../dicom/dictionary.ts'
import type { DicomJson, DicomJsonElement, DicomJsonValue } from '../dicom/json.ts'
import type { QueryOptions, Root } from '../network/services/query.ts'
import { dicomAddress } from './command.ts'
import { type TlsFlags, tlsOf } from './tls.ts'

export interface QueryFlags extends TlsFlags {
  readonly calling: string
  readonly root: string
  readonly level?: string
  readonly key?: readonly string[]
  readonly study?: string
  readonly series?: string
  readonly instance?: string
}

const LEVELS = ['PATIENT', 'STUDY', 'SERIES', 'IMAGE']
const NUMBERS = new Set(['DS', 'IS', 'US', 'SS', 'UL', 'SL', 'FL', 'FD', 'UV', 'SV'])

/** @throws {ArchiveError} `USAGE` */
export function queryOptions(address: string, flags: QueryFlags, signal: AbortSignal): QueryOptions {
  const { aet, host, port } = dicomAddress(address)
  if (flags.root !== 'patient' && flags.root !== 'study') throw usage('--root is patient or study')
  return {
    host,
    port,
    calledAet: aet,
    callingAet: flags.calling,
    root: flags.root satisfies Root,
    signal,
    ...tlsOf(flags),
  }
}

/**
 * `PatientName=DOE*`, `00100010=DOE*`, `StudyDate` to be told of it, and the three UIDs by flags of their own. The level,
 * when it is not said, is that of the deepest UID.
 *
 * @throws {ArchiveError} `USAGE`
 */
export function queryKeys(flags: QueryFlags): DicomJson {
  const { study, series, instance } = flags
  const level = (flags.level ?? (instance ? 'IMAGE' : series ? 'SERIES' : 'STUDY')).toUpperCase()
  if (!LEVELS.includes(level)) throw usage(`--level is one of ${LEVELS.join(', ')}`)
  const keys: Record<string, DicomJsonElement> = {}
  const put = (tag: number, value: string): void => {
    const vr = implicitVr(tag as Parameters<typeof implicitVr>[0])
    keys[tagText(tag as Parameters<typeof tagText>[0])] = { vr, ...(value !== '' && { Value: valuesOf(vr, value) }) }
  }
  put(T.QueryRetrieveLevel, level)
  for (const word of flags.key ?? []) {
    const [, name = '', value = ''] = /^\(?([0-9A-Za-z,]+)\)?(?:=(.*))?$/s.exec(word) ?? []
    const digits = name.replace(',', '')
    const tag = /^[0-9a-fA-F]{8}$/.test(digits) ? tagFromText(digits.toUpperCase()) : tagOf(name)
    if (tag === undefined) throw usage(`"${word}" names no attribute; one looks like PatientName=DOE* or 00100010=DOE*`)
    put(tag, value)
  }
  for (const [tag, value] of [
    [T.StudyInstanceUID, study],
    [T.SeriesInstanceUID, series],
    [T.SOPInstanceUID, instance],
  ] as const)
    if (value !== undefined) put(tag, value)
  return keys
}

function valuesOf(vr: string, value: string): readonly DicomJsonValue[] {
  if (vr === 'PN') {
    const [Alphabetic = '', Ideographic, Phonetic] = value.split('=')
    return [{ Alphabetic, ...(Ideographic && { Ideographic }), ...(Phonetic && { Phonetic }) }]
  }
  const values = value.split('\\')
  return NUMBERS.has(vr) && values.every((one) => /^-?\d+(\.\d+)?$/.test(one)) ? values.map(Number) : values
}

/** `PatientName: DOE^JANE`, one attribute a line. */
export function linesOf(found: DicomJson): string[] {
  return Object.entries(found).map(([name, { Value = [] }]) => {
    const { keyword = '' } = lookUp(tagFromText(name)) ?? {}
    return `${keyword || name}: ${Value.map(textOf).join('\\')}`
  })
}

function textOf(value: DicomJsonValue): string {
  if (value === null) return ''
  if (typeof value !== 'object') return String(value)
  if ('Alphabetic' in value || 'Ideographic' in value || 'Phonetic' in value)
    return [value['Alphabetic'], value['Ideographic'], value['Phonetic']]
      .map((group) => group ?? '')
      .join('=')
      .replace(/=+$/, '')
  return JSON.stringify(value)
}

const usage = (why: string): ArchiveError => new ArchiveError('USAGE', { why: `${why}.` })
