/**
 * DIMSE command sets (PS3.7 section 6.3 and Annex E): group 0000, always Implicit VR Little Endian.
 *
 * A codec of its own, since command sets are small, flat and met twice for every message: the reader of `dicom` is made
 * for data sets of any size. Elements the table does not name are skipped when read.
 */
import type { Bytes } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'

/** PS3.7 Table E.1-1, the elements the services here use: keyword, element number, VR. */
const ELEMENTS = [
  ['affectedSopClassUid', 0x0002, 'UI'],
  ['requestedSopClassUid', 0x0003, 'UI'],
  ['commandField', 0x0100, 'US'],
  ['messageId', 0x0110, 'US'],
  ['messageIdBeingRespondedTo', 0x0120, 'US'],
  ['moveDestination', 0x0600, 'AE'],
  ['priority', 0x0700, 'US'],
  ['commandDataSetType', 0x0800, 'US'],
  ['status', 0x0900, 'US'],
  ['offendingElements', 0x0901, 'AT'],
  ['errorComment', 0x0902, 'LO'],
  ['errorId', 0x0903, 'US'],
  ['affectedSopInstanceUid', 0x1000, 'UI'],
  ['requestedSopInstanceUid', 0x1001, 'UI'],
  ['eventTypeId', 0x1002, 'US'],
  ['attributeIdentifierList', 0x1005, 'AT'],
  ['actionTypeId', 0x1008, 'US'],
  ['numberOfRemainingSuboperations', 0x1020, 'US'],
  ['numberOfCompletedSuboperations', 0x1021, 'US'],
  ['numberOfFailedSuboperations', 0x1022, 'US'],
  ['numberOfWarningSuboperations', 0x1023, 'US'],
  ['moveOriginatorAet', 0x1030, 'AE'],
  ['moveOriginatorMessageId', 0x1031, 'US'],
] as const

type Row = (typeof ELEMENTS)[number]
type ValueOf<V extends Row[2]> = V extends 'US' ? number : V extends 'AT' ? readonly number[] : string

/** A command set by keyword; what is absent is undefined. `CommandGroupLength` is the codec's affair. */
export type CommandSet = { readonly [R in Row as R[0]]?: ValueOf<R[2]> | undefined }

/** PS3.7 section E.1: (0000,0100). A response is its request with the highest bit set. */
export const COMMAND_FIELD = {
  'C-STORE-RQ': 0x0001,
  'C-GET-RQ': 0x0010,
  'C-FIND-RQ': 0x0020,
  'C-MOVE-RQ': 0x0021,
  'C-ECHO-RQ': 0x0030,
  'N-EVENT-REPORT-RQ': 0x0100,
  'N-GET-RQ': 0x0110,
  'N-SET-RQ': 0x0120,
  'N-ACTION-RQ': 0x0130,
  'N-CREATE-RQ': 0x0140,
  'N-DELETE-RQ': 0x0150,
  'C-CANCEL-RQ': 0x0fff,
} as const

export const RESPONSE = 0x8000
/** (0000,0800): this value says that no data set follows; any other says that one does. */
export const NO_DATA_SET = 0x0101
/** What we write when one follows: any value but 0101H would do. */
export const DATA_SET_FOLLOWS = 0x0000
/** (0000,0700). */
export const PRIORITY = { low: 2, medium: 0, high: 1 } as const

const COMMAND_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(COMMAND_FIELD).map(([name, field]) => [field as number, name]),
)

/** `C-STORE-RQ`, `C-STORE-RSP`, or the number of what has no name. */
export function commandName(field: number): string {
  const request = COMMAND_NAMES.get(field & ~RESPONSE)
  if (request === undefined || request === 'C-CANCEL-RQ') return COMMAND_NAMES.get(field) ?? `command ${hex(field)}`
  return (field & RESPONSE) === 0 ? request : request.replace(/RQ$/, 'RSP')
}

const hex = (value: number): string => `${value.toString(16).toUpperCase().padStart(4, '0')}H`

/** (0000,0902) is an LO: 64 characters of the default repertoire at most, no backslash (PS3.7 Annex C, PS3.5 6.2). */
export function errorComment(text: string): string {
  const plain = text.replace(/[^\x20-\x5b\x5d-\x7e]+/g, ' ').trim()
  return plain.length <= 64 ? plain : `${plain.slice(0, 61).trimEnd()}...`
}

const ELEMENT_HEADER = 8
const BY_ELEMENT: ReadonlyMap<number, Row> = new Map(ELEMENTS.map((row) => [row[1], row]))

/** A command set as bytes, with its group length; `reserve` bytes are left free in front, for the headers of a PDU. */
export function encodeCommandSet(command: CommandSet, reserve = 0): Buffer {
  let length = ELEMENT_HEADER + 4
  for (const [keyword, , vr] of ELEMENTS) {
    const value = command[keyword]
    if (value !== undefined) length += ELEMENT_HEADER + even(valueLength(vr, value))
  }
  const bytes = Buffer.alloc(reserve + length)
  let at = writeHeader(bytes, reserve, 0x0000, 4)
  at = bytes.writeUInt32LE(length - ELEMENT_HEADER - 4, at)
  for (const [keyword, element, vr] of ELEMENTS) {
    const value = command[keyword]
    if (value === undefined) continue
    const size = even(valueLength(vr, value))
    at = writeHeader(bytes, at, element, size)
    if (typeof value === 'number') bytes.writeUInt16LE(value, at)
    else if (typeof value === 'string') {
      // UIDs are padded with NUL, which `alloc` left; text with a space (PS3.5 section 6.2).
      bytes.write(value, at, 'latin1')
      if (vr !== 'UI' && value.length % 2 === 1) bytes[at + value.length] = 0x20
    } else
      value.forEach((tag, index) => {
        bytes.writeUInt16LE(Math.floor(tag / 0x10000), at + index * 4)
        bytes.writeUInt16LE(tag % 0x10000, at + index * 4 + 2)
      })
    at += size
  }
  return bytes
}

function writeHeader(bytes: Buffer, at: number, element: number, length: number): number {
  bytes.writeUInt16LE(0x0000, at)
  bytes.writeUInt16LE(element, at + 2)
  return bytes.writeUInt32LE(length, at + 4)
}

const even = (length: number): number => length + (length % 2)

function valueLength(vr: Row[2], value: string | number | readonly number[]): number {
  if (typeof value === 'string') return value.length
  return vr === 'US' ? 2 : (value as readonly number[]).length * 4
}

/**
 * Reads a command set; what is of another group behind it is passed over.
 *
 * @throws {ArchiveError} `NET_PDU_INVALID` when it is not one: another group before the command field, values that pass the end, no command field
 */
export function decodeCommandSet(bytes: Bytes): CommandSet {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const command: Record<string, string | number | readonly number[]> = {}
  let at = 0
  while (at < view.length) {
    if (view.length - at < ELEMENT_HEADER) throw invalid('a command set ends within an element')
    const group = view.readUInt16LE(at)
    const element = view.readUInt16LE(at + 2)
    const length = view.readUInt32LE(at + 4)
    at += ELEMENT_HEADER
    if (group !== 0) {
      // DCMTK, and Orthanc with it, puts the failed instances of a C-GET behind the command instead of into a data set.
      if (command['commandField'] !== undefined) break
      throw invalid(`a command set holds an element of group ${hex(group)}`)
    }
    if (length > view.length - at) throw invalid('a command set ends within a value')
    const row = BY_ELEMENT.get(element)
    if (row !== undefined) {
      const value = decodeValue(view, at, length, row[2])
      if (value !== undefined) command[row[0]] = value
    }
    at += length
  }
  if (command['commandField'] === undefined) throw invalid('a command set has no command field')
  return command
}

function decodeValue(view: Buffer, at: number, length: number, vr: Row[2]): string | number | number[] | undefined {
  if (vr === 'US') return length >= 2 ? view.readUInt16LE(at) : undefined
  if (vr === 'AT')
    return Array.from(
      { length: Math.floor(length / 4) },
      (_, index) => view.readUInt16LE(at + index * 4) * 0x10000 + view.readUInt16LE(at + index * 4 + 2),
    )
  const text = view.toString('latin1', at, at + length)
  return vr === 'UI' ? text.replace(/[ \0]+$/, '') : text.replace(/[ \0]+$/, '').replace(/^ +/, '')
}

const invalid = (why: string): ArchiveError => new ArchiveError('NET_PDU_INVALID', { why })
