/**
 * Parsers that read what strangers send, each with seeds that it takes and what it may do with anything else: give a
 * value or refuse with an error of the table. Used by the thousand in the daily suite and by the hundred thousand in the
 * long one.
 */
import { readWanted } from '../../src/archive/matching.ts'
import { ArchiveError } from '../../src/base/errors.ts'
import { syntaxOfPart } from '../../src/dicom/bulk-media.ts'
import type { Vr } from '../../src/dicom/data-set.ts'
import { fromDicomJson } from '../../src/dicom/from-json.ts'
import { fuzzyNamePattern, likePattern, matchesLike, nameMatches, namePattern } from '../../src/dicom/name-search.ts'
import { nativeXml } from '../../src/dicom/native-xml.ts'
import { fromNativeXml } from '../../src/dicom/native-xml-reader.ts'
import { transferSyntax } from '../../src/dicom/transfer-syntaxes.ts'
import {
  COMMAND_FIELD,
  decodeCommandSet,
  encodeCommandSet,
  NO_DATA_SET,
  RESPONSE,
} from '../../src/network/dimse/commands.ts'
import { imagePixelModule } from '../../src/pixels/image-pixel-module.ts'
import { readQuery } from '../../src/web/dicomweb/query.ts'
import { readRendering } from '../../src/web/dicomweb/rendering-parameters.ts'
import { acceptable, parseMediaType } from '../../src/web/media-types.ts'
import { splitMultipart } from '../../src/web/multipart.ts'
import type { Chance } from './hostile.ts'

export interface Parser {
  readonly name: string
  readonly seeds: readonly (string | Uint8Array)[]
  parse(input: Buffer, chance: Chance): unknown
}

const MULTIPART = [
  '--B\r\nContent-Type: application/dicom\r\n\r\nabc\r\n--B\r\n\r\n--B-\r\n--B--\r\n',
  'preamble\r\n--B\r\nA: b\r\nC:\td\r\n\r\n\r\n--B--epilogue',
  `--B\r\nContent-Type: application/dicom\r\nContent-Location: x\r\n\r\n${'\r\n--'.repeat(50)}\r\n--B--`,
]
const QUERIES = [
  'PatientName=SM*TH^J?HN&StudyDate=20200101-20201231&limit=10&offset=5&includefield=all&fuzzymatching=true',
  '00081110.00081155=1.2.3,1.2.4&includefield=00080060,PatientID&ModalitiesInStudy=CT',
  'StudyTime=10-1200&AccessionNumber=%22%22&PatientID=%E5%B1%B1',
]
const JSON_SETS = [
  '{"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"A^B"}]}}',
  '{"00400275":{"vr":"SQ","Value":[{"00400007":{"vr":"LO","Value":["x",null]}},{}]},"00280010":{"vr":"US","Value":[3]}}',
  '{"7FE00010":{"vr":"OW","InlineBinary":"AAEC"},"00091001":{"vr":"FD","Value":[1e308,-0]}}',
]
/** A baseline and a lossless JPEG, a JPEG-LS and a JPEG 2000 codestream, each as far as its first coded data. */
const CODESTREAMS = [
  'ffd8ffe000104a46494600010100000100010000ffc0001108000800080301220002110103110100ffda000c03010002110311003f00',
  'ffd8ffc3000b100008000801011100ffda000801010001000000',
  'ffd8fff7000b080008000801011100ffda0008010100000000',
  'ff4fff51002900000000000800000008000000000000000000000008000000080000000000000000000107010' +
    '1ff52000c00000001000504040001ff90',
].map((hex) => Buffer.from(hex, 'hex'))
const VRS: readonly Vr[] = ['PN', 'DA', 'TM', 'DT', 'UI', 'CS', 'LO', 'IS', 'DS', 'US', 'AT', 'UN', 'SQ', 'OB']

export const PARSERS: readonly Parser[] = [
  {
    name: 'multipart bodies',
    seeds: MULTIPART,
    async parse(input, chance) {
      async function* body() {
        for (let at = 0; at < input.length; ) {
          const end = Math.min(input.length, at + 1 + chance.next(20))
          yield input.subarray(at, end) as Uint8Array<ArrayBuffer>
          at = end
        }
      }
      let bytes = 0
      for await (const part of splitMultipart(body(), 'B')) for await (const piece of part.bytes) bytes += piece.length
      if (bytes > input.length) throw new Error('more came out than went in')
    },
  },
  {
    name: 'search queries',
    seeds: QUERIES,
    parse: (input, chance) => {
      const { matches } = readQuery(String(input), chance.pick(['study', 'series', 'instance'] as const), {})
      for (const { value } of matches) readWanted(chance.pick(VRS), value, chance.next(2) === 0, 'a key')
    },
  },
  {
    name: 'matching keys',
    seeds: [
      'SM*TH^J?HN',
      '20200101-20201231',
      '-1200',
      '20200101120000.000000+0100-',
      '1.2.3\\1.2.4',
      '""',
      '*?*?*?*',
      '山田^太郎',
    ],
    parse: (input, chance) => {
      const text = String(input)
      for (const vr of VRS) {
        try {
          readWanted(vr, text, chance.next(2) === 0, 'a key')
        } catch (error) {
          if (!(error instanceof ArchiveError)) throw error
        }
      }
      nameMatches(namePattern(text), 'Yamada^Tarou=山田^太郎')
      nameMatches(fuzzyNamePattern(text), 'Yamada^Tarou=山田^太郎')
      matchesLike('a'.repeat(64), likePattern(text))
    },
  },
  {
    name: 'DICOM JSON',
    seeds: JSON_SETS,
    parse: (input) => fromDicomJson(JSON.parse(String(input))),
  },
  {
    name: 'Native DICOM Model',
    seeds: JSON_SETS.map((json) => nativeXml(JSON.parse(json))),
    parse: (input) => fromDicomJson(fromNativeXml(String(input))),
  },
  {
    name: 'headers of codestreams',
    seeds: CODESTREAMS,
    parse: (input) => {
      for (const type of ['image/jpeg', 'image/jls', 'image/jp2', 'image/jphc']) {
        const syntax = transferSyntax(syntaxOfPart(type, input) ?? '')
        imagePixelModule(input, syntax)
      }
    },
  },
  {
    name: 'command sets',
    seeds: [
      encodeCommandSet({
        affectedSopClassUid: '1.2.840.10008.5.1.4.1.1.2',
        commandField: COMMAND_FIELD['C-STORE-RQ'],
        messageId: 7,
        priority: 0,
        commandDataSetType: 0,
        affectedSopInstanceUid: '1.2.3',
      }),
      encodeCommandSet({
        commandField: COMMAND_FIELD['C-STORE-RQ'] + RESPONSE,
        messageIdBeingRespondedTo: 7,
        commandDataSetType: NO_DATA_SET,
        status: 0,
      }),
    ],
    parse: (input) => decodeCommandSet(input),
  },
  {
    name: 'media types',
    seeds: ['multipart/related; type="application/dicom"; transfer-syntax=*, */*;q=0.1', 'a/b;c="\\"";d=e'],
    parse: (input) => {
      parseMediaType(String(input))
      acceptable(String(input), String(input))
    },
  },
  {
    name: 'parameters of pictures',
    seeds: ['40,400,linear', '100,100,1,2,-3,4', '90'],
    parse: (input) => {
      for (const name of ['window', 'viewport', 'quality']) {
        try {
          readRendering({ [name]: String(input) })
        } catch (error) {
          if (!(error instanceof ArchiveError)) throw error
        }
      }
    },
  },
]

/** A seed changed in one to four places: bytes, pieces of itself, signs that mean something somewhere. */
export function changed(parser: Parser, chance: Chance): Buffer {
  let input = Buffer.from(chance.pick(parser.seeds))
  for (let times = chance.next(5); times > 0; times -= 1) {
    const at = chance.next(input.length + 1)
    const kind = chance.next(5)
    const [before, after] = [input.subarray(0, at), input.subarray(at)]
    if (kind === 0 && at < input.length) input[at] = chance.next(256)
    else if (kind === 1) input = Buffer.concat([before, after.subarray(1 + chance.next(8))])
    else if (kind === 2) input = Buffer.concat([before, Buffer.from(chance.pick(SIGNS)), after])
    else if (kind === 3) input = Buffer.concat([before, input.subarray(chance.next(input.length + 1)), after])
    else input = Buffer.concat([before, Buffer.alloc(chance.next(40), chance.pick(SIGNS)), after])
  }
  return input
}

const SIGNS = [
  '\r\n',
  '--B',
  '--',
  '"',
  '\\',
  '*',
  '?',
  '%',
  '=',
  '&',
  ',',
  ';',
  '{',
  '[',
  '\0',
  '^',
  '-',
  '9',
  'é',
  '\ud83d\ude00',
]

/** One case; what is thrown but is no refusal is a defect. */
export async function withstandOne(parser: Parser, chance: Chance): Promise<'taken' | 'refused'> {
  const input = changed(parser, chance)
  try {
    await parser.parse(input, chance)
    return 'taken'
  } catch (error) {
    // Text that is no JSON never reaches our parser: JavaScript's own refuses it.
    const notJson = parser.name === 'DICOM JSON' && error instanceof SyntaxError
    const refused = error instanceof ArchiveError ? error.code !== 'DEFECT' : notJson
    if (refused) return 'refused'
    throw new Error(`${parser.name}: ${JSON.stringify(String(input)).slice(0, 500)}`, { cause: error })
  }
}
