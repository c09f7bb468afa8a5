/**
 * Every file of the corpus through reader, writer and JSON, beside what others read in it: the corpus's manifest,
 * pydicom, dcmjs and DCMTK's dcm2json.
 */
import { Buffer } from 'node:buffer'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import dcmjs from 'dcmjs'
import { afterAll, describe, expect, it } from 'vitest'
import { type CorpusFile, corpus, corpusDir } from '../../test/support/corpus.ts'
import { pieces } from '../../test/support/dicom-bytes.ts'
import { type ByteRange, type Bytes, concat, gather } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import { type DataSet, inTagOrder, tagText } from './data-set.ts'
import { T } from './dictionary.ts'
import { frameRanges } from './encapsulation.ts'
import { dicomJsonText, fromDicomJson, toDicomJson } from './json.ts'
import { metaGroup } from './part10.ts'
import { openReader, type ReadResult, readWhole } from './reader.ts'
import { DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, transferSyntax } from './transfer-syntaxes.ts'
import { int, text } from './values.ts'
import { encodeElements, writeDataSet } from './writer.ts'

const fine = corpus().filter(({ expect }) => expect === 'ok')
const sample = (every: number) => fine.filter((_, at) => at % every === 0)
const read = ({ file }: CorpusFile, keepUpTo = 65_536): ReadResult =>
  readWhole(readFileSync(file), { format: 'part10', keepUpTo })

const has = (command: string, ...args: readonly string[]) => spawnSync(command, args).status === 0

describe.skipIf(corpusDir() === undefined)('the corpus, read', () => {
  it('is what its manifest says', () => {
    for (const file of fine) {
      const { dataSet, transferSyntax } = read(file)
      const { columns } = file
      const rows = [int(dataSet, T.Rows), int(dataSet, T.Columns)].filter((size) => size !== undefined).join('x')
      expect({
        path: file.path,
        sopClass: text(dataSet, T.SOPClassUID) || file.sopClass, // a DICOMDIR has its class in group 0002
        transferSyntax,
        size: rows === '' ? '' : rows,
        frames: columns['frames'] === '' ? '' : text(dataSet, T.NumberOfFrames) || '1',
      }).toEqual({
        path: file.path,
        sopClass: file.sopClass,
        transferSyntax: file.transferSyntax,
        size: columns['rows_x_cols'],
        frames: columns['frames'],
      })
    }
  })

  it('is the same in pieces of any size', () => {
    for (const [at, file] of sample(9).entries()) {
      const whole = readFileSync(file.file)
      const reader = openReader({ format: 'part10' })
      for (const piece of pieces(whole, 1 + ((at * 37) % 4099))) reader.push(piece)
      expect(reader.end()).toEqual(readWhole(whole))
    }
  })

  it('has as many frames as it says, each in its own fragments', () => {
    for (const file of fine) {
      const { dataSet } = read(file)
      if (dataSet.elements.get(T.PixelData)?.value.kind !== 'fragments') continue
      const frames = int(dataSet, T.NumberOfFrames) || 1
      expect([file.path, frameRanges(dataSet, frames).length]).toEqual([file.path, frames])
    }
  })

  it.skipIf(!has('/usr/bin/python3', '-c', 'import pydicom'))('has the elements and names pydicom finds', () => {
    const script = fileURLToPath(new URL('../../test/support/pydicom_walk.py', import.meta.url))
    const input = fine.map(({ file }) => file).join('\n')
    const lines = execFileSync('/usr/bin/python3', [script], { input, maxBuffer: 1 << 26 })
      .toString()
      .trim()
      .split('\n')
    expect(lines).toHaveLength(fine.length)
    for (const [at, file] of fine.entries()) {
      const theirs = JSON.parse(lines[at] ?? '{}') as {
        tags: string[]
        elements: number
        name: string
        failure?: string
      }
      expect([file.path, theirs.failure]).toEqual([file.path, undefined])
      const { dataSet } = read(file)
      const tags = [...inTagOrder(dataSet)].map(({ tag }) => tagText(tag))
      expect([file.path, tags]).toEqual([file.path, theirs.tags])
      expect([file.path, count(dataSet)]).toEqual([file.path, theirs.elements])
      if (theirs.name.includes('\x1b')) continue // an escape sequence pydicom does not know
      expect([file.path, comparable(text(dataSet, T.PatientName))]).toEqual([file.path, comparable(theirs.name)])
    }
  })

  it('has the elements dcmjs finds', () => {
    for (const file of sample(25)) {
      const bytes = readFileSync(file.file)
      const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
      const theirs = Object.keys(dcmjs.data.DicomMessage.readFile(buffer).dict).sort()
      expect([file.path, [...inTagOrder(read(file).dataSet)].map(({ tag }) => tagText(tag))]).toEqual([
        file.path,
        theirs,
      ])
    }
  })
})

describe.skipIf(corpusDir() === undefined)('the corpus, written', () => {
  it('is read again as it was, in its own transfer syntax', async () => {
    for (const file of sample(3)) {
      const whole = readFileSync(file.file)
      const first = readWhole(whole)
      if (transferSyntax(first.transferSyntax).deflated) continue // its distant values lie in the inflated bytes
      const again = await rewritten(whole, first, first.transferSyntax)
      const options = { format: { transferSyntax: first.transferSyntax } }
      expect([file.path, await plain(again, readWhole(again, options).dataSet)]).toEqual([
        file.path,
        await plain(whole, first.dataSet),
      ])
    }
  })

  it('keeps every value through the other uncompressed encodings', async () => {
    const natives = [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG].map(({ uid }) => uid as string)
    for (const file of sample(7).filter((file) => natives.includes(file.transferSyntax))) {
      const whole = readFileSync(file.file)
      const first = readWhole(whole, { format: 'part10', keepUpTo: whole.length })
      const inLittle = await rewritten(whole, first, EXPLICIT_LITTLE.uid)
      const little = readWhole(inLittle, { format: { transferSyntax: EXPLICIT_LITTLE.uid }, keepUpTo: whole.length })
      for (const { uid } of [EXPLICIT_BIG, DEFLATED]) {
        const there = await rewritten(inLittle, little, uid)
        const options = { format: { transferSyntax: uid }, keepUpTo: whole.length }
        const back = readWhole(there, options)
        const bytes = uid === DEFLATED.uid ? inLittle : await rewritten(there, back, EXPLICIT_LITTLE.uid)
        expect([file.path, uid, bytes.equals(inLittle)]).toEqual([file.path, uid, true])
      }
    }
  })
})

describe.skipIf(corpusDir() === undefined || !has('dcm2json', '--version'))('what we write', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-written-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const json = (file: string) => {
    const { status, stdout } = spawnSync('dcm2json', ['-q', '-fc', file], { maxBuffer: 1 << 28 })
    expect([file, status]).toEqual([file, 0])
    return normalised(JSON.parse(stdout.toString()) as Record<string, unknown>)
  }

  it('DCMTK reads as it read the original', async () => {
    for (const path of WRITTEN) {
      const original = fine.find((file) => file.path === path)
      if (original === undefined) throw new Error(`${path} is not in the corpus`)
      const expected = json(original.file)
      const whole = readFileSync(original.file)
      const first = readWhole(whole, { format: 'part10', keepUpTo: whole.length })
      for (const { uid, keyword } of [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED]) {
        const [sopClass, sopInstance] = [text(first.dataSet, T.SOPClassUID), text(first.dataSet, T.SOPInstanceUID)]
        const group = metaGroup({ sopClass, sopInstance, transferSyntax: uid, sourceAet: 'CLEARKEEP' })
        const file = join(folder, `${keyword}.dcm`)
        writeFileSync(file, concat([group, await rewritten(whole, first, uid)]))
        expect([path, keyword, json(file)]).toEqual([path, keyword, expected])
      }
    }
  })
})

/** Nested sequences, words of every size, big endian and implicit originals. */
const WRITTEN = [
  'transfer-syntaxes/mr-small/MR_small.dcm',
  'transfer-syntaxes/mr-small/MR_small_bigendian.dcm',
  'transfer-syntaxes/mr-small/MR_small_implicit.dcm',
  'transfer-syntaxes/rgb-small/SC_rgb_expb_16bit_2frame.dcm',
  'rt/small/rtplan.dcm',
]

describe.skipIf(corpusDir() === undefined)('the corpus as DICOM JSON', () => {
  it('comes back from it with the same values', () => {
    for (const file of sample(5)) {
      const { dataSet } = read(file, 1 << 30)
      const json = toDicomJson(dataSet)
      // Only (0008,0005) may come new: the way back names the character set of letters beyond ASCII.
      const { '00080005': _, ...back } = toDicomJson(fromDicomJson(json))
      const { '00080005': __, ...there } = json
      expect([file.path, back]).toEqual([file.path, there])
    }
  })

  it.skipIf(!has('dcm2json', '--version'))('is what DCMTK makes of it', () => {
    let compared = 0
    for (const file of sample(10)) {
      const { status, stdout } = spawnSync('dcm2json', ['-q', '-fc', file.file], { maxBuffer: 1 << 28 })
      if (status !== 0) continue // it writes no encapsulated Pixel Data, and knows few character sets
      compared += 1
      const theirs = JSON.parse(stdout.toString()) as Record<string, unknown>
      const ours = JSON.parse(dicomJsonText(read(file, 1 << 30).dataSet)) as Record<string, unknown>
      expect([file.path, normalised(ours)]).toEqual([file.path, normalised(theirs)])
    }
    expect(compared).toBeGreaterThan(20)
  })
})

describe.skipIf(corpusDir() === undefined)('malformed files', () => {
  it('are read with named leniencies or refused, and tell why', () => {
    const outcomes = corpus('malformed').map((file) => {
      try {
        return [
          file.path.slice('malformed/'.length),
          read(file)
            .leniencies.filter((name) => name !== 'vr-mismatch')
            .join(' ') || 'read',
        ]
      } catch (refused) {
        if (!(refused instanceof ArchiveError)) throw refused
        return [file.path.slice('malformed/'.length), refused.code]
      }
    })
    expect(Object.fromEntries(outcomes.filter(([, outcome]) => outcome !== 'read'))).toEqual({
      '2026-05-06-Deeply-Nested-Sequence.dcm': 'DICOM_LIMIT',
      '3gb-bulk-data-truncated': 'DICOM_TRUNCATED',
      'CR-MONO1-10-chest': 'no-meta',
      'ExplVR_BigEndNoMeta.dcm': 'no-meta',
      'ExplVR_LitEndNoMeta.dcm': 'no-meta',
      'GH340.dcm': 'no-meta',
      'GH626.dcm': 'DICOM_TRUNCATED',
      'MR_truncated.dcm': 'DICOM_TRUNCATED',
      'emri_small_jpeg_2k_lossless_too_short.dcm': 'DICOM_TRUNCATED',
      'meta_missing_tsyntax.dcm': 'no-transfer-syntax odd-length',
      'nested_priv_SQ.dcm': 'odd-length',
      'no_meta.dcm': 'DICOM_NOT_DICOM',
      'no_meta_group_length.dcm': 'meta-group-length',
      'rtplan_truncated.dcm': 'DICOM_TRUNCATED',
    })
  })
})

const count = (dataSet: DataSet): number =>
  [...dataSet.elements.values()].reduce(
    (sum, { value }) =>
      sum + 1 + (value.kind === 'items' ? value.items.reduce((all, item) => all + count(item), 0) : 0),
    0,
  )

/** pydicom keeps padding inside names and writes all groups. */
const comparable = (name: string) => name.replace(/[\^=\s]+$/g, '').replace(/\s+(?=[=^])/g, '')

const from = (whole: Bytes) =>
  async function* ({ start, end }: ByteRange) {
    yield whole.subarray(start, end)
  }

const rewritten = async (whole: Bytes, { dataSet }: ReadResult, target: string) =>
  Buffer.from(await gather(writeDataSet(dataSet, target, from(whole))))

/** A data set with the bytes of its distant values, without group lengths and without the zero that pads odd values. */
async function plain(whole: Bytes, dataSet: DataSet): Promise<unknown> {
  const elements: unknown[] = []
  for (const { tag, vr, value } of inTagOrder(dataSet)) {
    if (tag % 0x10000 === 0) continue
    const slices = value.kind === 'fragments' ? value.fragments : value.kind === 'distant' ? [value.range] : []
    elements.push([
      tagText(tag),
      vr,
      value.kind,
      value.kind === 'bytes' ? even(value.bytes) : slices.map(({ start, end }) => even(whole.subarray(start, end))),
      value.kind === 'items' ? await Promise.all(value.items.map((item) => plain(whole, item))) : [],
    ])
  }
  return elements
}

const even = (bytes: Bytes) =>
  Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\0 ]$/, '')

/** What two writers of JSON may do differently without meaning anything else. */
function normalised(json: Record<string, unknown>): unknown {
  return Object.entries(json)
    .filter(([tag]) => tag !== '00080005' && !tag.startsWith('7FE0'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([tag, attribute]) => {
      const { vr, Value, InlineBinary } = attribute as { vr: string; Value?: unknown[]; InlineBinary?: string }
      // DCMTK knows private dictionaries and leaves UN as it is; both leave the bytes alone.
      if (InlineBinary !== undefined || vr === 'UN' || Number.parseInt(tag.slice(0, 4), 16) % 2 === 1) return [tag]
      return [
        tag,
        vr,
        vr === 'SQ'
          ? (Value ?? []).map((item) => normalised((item ?? {}) as Record<string, unknown>))
          : (Value ?? []).map((value) => one(vr, value)),
      ]
    })
}

function one(vr: string, value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\0+$/, '')
  if (vr === 'FL' && typeof value === 'number') return Math.fround(value)
  return vr === 'FD' && typeof value === 'number' ? Number(value.toPrecision(15)) : value
}

it('small sets are encoded in one piece as they are streamed', async () => {
  const set = fromDicomJson({ '00080060': { vr: 'CS', Value: ['CT'] } })
  expect(encodeElements(set, EXPLICIT_LITTLE.uid)).toEqual(
    await gather(writeDataSet(set, EXPLICIT_LITTLE.uid, () => from(new Uint8Array(0))({ start: 0, end: 0 }))),
  )
})
