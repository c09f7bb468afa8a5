import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type Attributes,
  asker,
  EXPLICIT_VR_LITTLE_ENDIAN,
  fileOf,
  type IndexedFiles,
  indexedFiles,
  largeFileOf,
  NO_VAULT,
  type Witness,
  witness,
} from '../../test/support/indexed.ts'
import { indexOn, removeIndexes } from '../../test/support/indexes.ts'
import { type ByteStream, gather } from '../base/bytes.ts'
import type { Context } from '../base/context.ts'
import { openFrameDecoder } from '../codecs/open.ts'
import { bytesElement, dataSet, element, sequence } from '../dicom/build.ts'
import type { Element } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import { fragments } from '../dicom/encapsulation.ts'
import { metaGroup } from '../dicom/part10.ts'
import { readWhole } from '../dicom/reader.ts'
import { uid } from '../dicom/uid.ts'
import { text } from '../dicom/values.ts'
import { writeDataSet } from '../dicom/writer.ts'
import type { Database } from '../storage/sql/database.ts'
import type { InstanceRecord } from './archive.ts'
import { emptyTable, INDEX_TABLES } from './intake.queries.ts'
import { openLocate } from './locate.ts'
import { openRead, type Reading } from './read.ts'
import { ahead, joinedBits } from './transcode.ts'

const decoder = openFrameDecoder({ workers: 1, timeoutMs: 20_000 })
afterAll(async () => {
  await decoder.close()
  await removeIndexes()
})

const STUDY = uid('2.25.1')
const image = (rows: number, columns: number, more: Attributes = {}): Attributes => ({
  StudyInstanceUID: STUDY,
  PatientID: 'P1',
  PatientName: 'Synthetic^Anna',
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  Rows: rows,
  Columns: columns,
  BitsAllocated: 8,
  BitsStored: 8,
  HighBit: 7,
  PixelRepresentation: 0,
  ...more,
})
const pixels = (bytes: Uint8Array, vr: 'OB' | 'OW' = 'OB'): Element => bytesElement(T.PixelData, vr, bytes)
const numbered = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => at % 251)

/** The same data set in another transfer syntax, as a sender would write it. */
async function inSyntax(file: Uint8Array, syntax: string): Promise<Uint8Array> {
  const read = readWhole(file)
  const at = async function* ({ start, end }: { start: number; end: number }): ByteStream {
    yield file.subarray(start, end)
  }
  const meta = metaGroup({
    sopClass: text(read.dataSet, T.SOPClassUID),
    sopInstance: text(read.dataSet, T.SOPInstanceUID),
    transferSyntax: syntax,
  })
  return Buffer.concat([meta, await gather(writeDataSet(read.dataSet, syntax, at))])
}

/** A file whose Pixel Data is these codestreams, each in these fragments. */
async function encapsulatedFile(syntax: string, attributes: Attributes, frames: readonly (readonly Uint8Array[])[]) {
  const read = readWhole(fileOf(attributes))
  const meta = metaGroup({
    sopClass: text(read.dataSet, T.SOPClassUID),
    sopInstance: text(read.dataSet, T.SOPInstanceUID),
    transferSyntax: syntax,
  })
  const whole = frames.flat().map((bytes) => ({ length: bytes.length, bytes }))
  const pixelData = {
    ...fragments(whole),
    basicOffsets: frames.every((of) => of.length === 1) ? fragments(whole).basicOffsets : [],
  }
  const nowhere = async function* (): ByteStream {}
  return Buffer.concat([meta, await gather(writeDataSet(read.dataSet, syntax, nowhere, { pixelData }))])
}

/** RLE of one 8-bit sample (PS3.5 Annex G): one literal run a row is enough. */
function rle(bytes: Uint8Array): Uint8Array {
  const header = new Uint8Array(64)
  new DataView(header.buffer).setUint32(0, 1, true)
  new DataView(header.buffer).setUint32(4, 64, true)
  const runs: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += 128) {
    const run = bytes.subarray(at, at + 128)
    runs.push(Uint8Array.of(run.length - 1), run)
  }
  const body = Buffer.concat(runs)
  return Buffer.concat([header, body, new Uint8Array(body.length % 2)])
}

const IMPLICIT = '1.2.840.10008.1.2'
const BIG_ENDIAN = '1.2.840.10008.1.2.2'
const DEFLATED = '1.2.840.10008.1.2.1.99'
const RLE = '1.2.840.10008.1.2.5'
const MPEG2 = '1.2.840.10008.1.2.4.100'

describe.each(indexOn)('reading, index on %s', (_, open) => {
  let db: Database
  let store: IndexedFiles
  let acts: Witness
  let reading: Reading
  const reader: Context = asker('radiologist')

  beforeAll(async () => {
    db = await open()
    return () => db.close()
  })
  beforeEach(async () => {
    await db.write((tx) => tx.batch(INDEX_TABLES.map((table) => emptyTable(db.read, table))))
    store = indexedFiles(db)
    acts = witness()
    reading = openRead({ db, locate: openLocate({ db, inbox: store.inbox, vault: NO_VAULT, decoder }), acts, decoder })
  })

  const kept = async (file: Uint8Array): Promise<InstanceRecord> => {
    await store.add([file])
    const { dataSet } = readWhole(file)
    const key = {
      study: uid(text(dataSet, T.StudyInstanceUID)),
      series: uid(text(dataSet, T.SeriesInstanceUID)),
      instance: uid(text(dataSet, T.SOPInstanceUID)),
    }
    const last = (await reading.versions(reader, key)).at(-1)
    if (last === undefined) throw new Error('not kept')
    return last
  }
  const frame = async (record: InstanceRecord, number: number, form: 'stored' | 'explicit' = 'explicit') => {
    for await (const answer of reading.frames(reader, record, [number], form)) {
      const bytes = await gather(answer.bytes)
      expect(bytes.length).toBe(answer.size)
      return { bytes: [...bytes], transferSyntax: answer.transferSyntax }
    }
    throw new Error('no frame')
  }

  describe('the original', () => {
    it('is given back byte for byte, whole or a range of it', async () => {
      const file = fileOf(image(2, 2), [pixels(numbered(4))])
      const record = await kept(file)
      expect(Buffer.compare(await gather(reading.original(reader, record)), file)).toBe(0)
      expect([...(await gather(reading.original(reader, record, { start: 130, end: 134 })))]).toEqual([
        ...file.subarray(130, 134),
      ])
      expect(await gather(reading.original(reader, record, { start: 10_000_000, end: 10_000_001 }))).toHaveLength(0)
    })

    it('of every version can be had, and only the first is current', async () => {
      const identity = { SOPInstanceUID: '2.25.77' }
      const first = fileOf({ ...image(1, 2), ...identity }, [pixels(Uint8Array.of(1, 2))])
      const second = fileOf({ ...image(1, 2), ...identity }, [pixels(Uint8Array.of(3, 4))])
      await kept(first)
      await kept(second)
      const key = { study: STUDY, series: uid('2.25.2'), instance: uid('2.25.77') }
      const versions = await reading.versions(reader, key)
      expect(versions.map(({ version, current }) => [version, current])).toEqual([
        [1, true],
        [2, false],
      ])
      expect(Buffer.compare(await gather(reading.original(reader, versions[1] as InstanceRecord)), second)).toBe(0)
      expect(await reading.instances(reader, { study: STUDY })).toHaveLength(1)
      await expect(reading.versions(reader, { ...key, series: uid('2.25.3') })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
    })
  })

  describe('instances', () => {
    it('come series by series in order of number', async () => {
      const add = (series: string, number: number, instance: number) =>
        kept(
          fileOf({
            StudyInstanceUID: STUDY,
            SeriesInstanceUID: series,
            SeriesNumber: number,
            InstanceNumber: instance,
          }),
        )
      await add('2.25.30', 2, 2)
      await add('2.25.30', 2, 1)
      await add('2.25.31', 1, 10)
      await add('2.25.31', 1, 9)
      const numbers = (await reading.instances(reader, { study: STUDY })).map((record) => [
        record.key.series,
        record.instanceNumber,
      ])
      expect(numbers).toEqual([
        ['2.25.31', 9],
        ['2.25.31', 10],
        ['2.25.30', 1],
        ['2.25.30', 2],
      ])
    })

    it('that are not there are not found', async () => {
      await expect(reading.instances(reader, { study: uid('2.25.404') })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    })
  })

  describe('a file', () => {
    it('as stored is the original, when that is a file', async () => {
      const file = fileOf(image(2, 2), [pixels(numbered(4))])
      const { bytes, transferSyntax } = reading.file(reader, await kept(file), 'stored')
      expect(transferSyntax).toBe(EXPLICIT_VR_LITTLE_ENDIAN)
      expect(Buffer.compare(await gather(bytes), file)).toBe(0)
    })

    it('that came without preamble and meta group gets them, and its data set stays as it is', async () => {
      const whole = await inSyntax(fileOf(image(2, 2), [pixels(numbered(4))]), IMPLICIT)
      const bare = whole.subarray(readWhole(whole).dataSetStart)
      const record = await kept(bare)
      const file = await gather(reading.file(reader, record, 'stored').bytes)
      const read = readWhole(file)
      expect(read.transferSyntax).toBe(IMPLICIT)
      expect(read.leniencies).toEqual([])
      expect(Buffer.compare(file.subarray(read.dataSetStart), bare)).toBe(0)
    })

    it.each([IMPLICIT, BIG_ENDIAN, DEFLATED])('in %s is written again in Explicit VR Little Endian', async (syntax) => {
      const file = fileOf(
        {
          ...image(3, 3, { BitsAllocated: 16, BitsStored: 16, HighBit: 15 }),
          RequestAttributesSequence: [{ RequestedProcedureID: '7' }],
        },
        [pixels(numbered(18), 'OW')],
      )
      const record = await kept(await inSyntax(file, syntax))
      const explicit = readWhole(await gather(reading.file(reader, record, 'explicit').bytes))
      const before = readWhole(file)
      expect([...explicit.dataSet.elements.keys()]).toEqual([...before.dataSet.elements.keys()])
      expect(text(explicit.dataSet, T.PatientName)).toBe('Synthetic^Anna')
      expect((await frame(record, 1)).bytes).toEqual([...numbered(18)])
    })

    it('of video is refused before the first byte, with a reason a door can answer', async () => {
      const record = await kept(await encapsulatedFile(MPEG2, image(2, 2, { NumberOfFrames: 9 }), [[numbered(100)]]))
      const { bytes } = reading.file(reader, record, 'explicit')
      await expect(bytes[Symbol.asyncIterator]().next()).rejects.toMatchObject({
        code: 'PIXELS_UNSUPPORTED',
        http: 406,
      })
      expect((await frame(record, 1, 'stored')).bytes).toEqual([...numbered(100)])
    })

    it('of an encapsulated document is no matter of pixels', async () => {
      const record = await kept(
        await inSyntax(
          await largeFileOf(
            { SOPClassUID: '1.2.840.10008.5.1.4.1.1.104.1', MIMETypeOfEncapsulatedDocument: 'application/pdf' },
            [bytesElement(T.EncapsulatedDocument, 'OB', numbered(100_001))],
          ),
          IMPLICIT,
        ),
      )
      const file = await gather(reading.file(reader, record, 'explicit').bytes)
      const value = readWhole(file).dataSet.elements.get(T.EncapsulatedDocument)?.value
      expect(value?.kind === 'distant' && [...file.subarray(value.range.start, value.range.start + 100_001)]).toEqual([
        ...numbered(100_001),
      ])
    })
  })

  describe('frames', () => {
    it('of native pixels are cut where they lie', async () => {
      const record = await kept(fileOf(image(2, 3, { NumberOfFrames: 3 }), [pixels(numbered(18))]))
      expect(await frame(record, 2)).toEqual({ bytes: [6, 7, 8, 9, 10, 11], transferSyntax: EXPLICIT_VR_LITTLE_ENDIAN })
      expect((await frame(record, 3, 'stored')).bytes).toEqual([12, 13, 14, 15, 16, 17])
    })

    it('of an odd number of bytes in big endian words come out in order', async () => {
      const file = await inSyntax(fileOf(image(1, 3, { NumberOfFrames: 3 }), [pixels(numbered(9), 'OW')]), BIG_ENDIAN)
      const record = await kept(file)
      expect([
        (await frame(record, 1)).bytes,
        (await frame(record, 2)).bytes,
        (await frame(record, 3, 'stored')).bytes,
      ]).toEqual([
        [0, 1, 2],
        [3, 4, 5],
        [6, 7, 8],
      ])
    })

    it('of a deflated data set are found inside it', async () => {
      const record = await kept(
        await inSyntax(fileOf(image(100, 100, { NumberOfFrames: 4 }), [pixels(numbered(40_000))]), DEFLATED),
      )
      expect((await frame(record, 3)).bytes).toEqual([...numbered(40_000).subarray(20_000, 30_000)])
    })

    it('of single bits begin at a byte of their own', async () => {
      const record = await kept(
        fileOf(image(1, 3, { NumberOfFrames: 3, BitsAllocated: 1, BitsStored: 1, HighBit: 0 }), [
          pixels(Uint8Array.of(0b11_001_110, 0b1, 0)),
        ]),
      )
      expect([(await frame(record, 1)).bytes, (await frame(record, 2)).bytes, (await frame(record, 3)).bytes]).toEqual([
        [0b110],
        [0b001],
        [0b111],
      ])
    })

    it('of many cost no more than one: nothing else is read', async () => {
      const frames = Array.from({ length: 5000 }, (_, at) => [rle(new Uint8Array(300).fill(at % 256))])
      const record = await kept(await encapsulatedFile(RLE, image(10, 30, { NumberOfFrames: 5000 }), frames))
      const ranges: number[] = []
      const inbox: typeof store.inbox = {
        read: (placement, range) => {
          ranges.push(range.end - range.start)
          return store.inbox.read(placement, range)
        },
      }
      const watched = openRead({ db, locate: openLocate({ db, inbox, vault: NO_VAULT, decoder }), acts, decoder })
      for await (const answer of watched.frames(reader, record, [4321], 'explicit'))
        expect((await gather(answer.bytes))[0]).toBe(4320 % 256)
      expect(ranges).toEqual([rle(new Uint8Array(300)).length])
    })

    it('of floating point numbers are given as they are', async () => {
      const floats = new Uint8Array(new Float32Array([1.5, -2, 3, 4]).buffer)
      const attributes = image(1, 2, { NumberOfFrames: 2, BitsAllocated: 32 })
      const record = await kept(
        await inSyntax(fileOf(attributes, [bytesElement(T.FloatPixelData, 'OF', floats)]), BIG_ENDIAN),
      )
      expect((await frame(record, 2)).bytes).toEqual([...floats.subarray(8)])
    })

    it('in several fragments are joined, and decoded when asked', async () => {
      const [one, two] = [rle(numbered(300)), rle(numbered(300).reverse())]
      const file = await encapsulatedFile(RLE, image(10, 30, { NumberOfFrames: 2 }), [
        [one.subarray(0, 100), one.subarray(100)],
        [two.subarray(0, 100), two.subarray(100)],
      ])
      const record = await kept(file)
      expect(await frame(record, 2, 'stored')).toEqual({ bytes: [...two], transferSyntax: RLE })
      expect(await frame(record, 2)).toEqual({
        bytes: [...numbered(300).reverse()],
        transferSyntax: EXPLICIT_VR_LITTLE_ENDIAN,
      })
    })

    it('are given in the order asked for', async () => {
      const frames = [0, 1, 2, 3, 4, 5].map((at) => [rle(new Uint8Array(300).fill(at))])
      const record = await kept(await encapsulatedFile(RLE, image(10, 30, { NumberOfFrames: 6 }), frames))
      const got: (number | undefined)[][] = []
      for await (const answer of reading.frames(reader, record, [6, 1, 3, 3, 2], 'explicit'))
        got.push([answer.frame, (await gather(answer.bytes))[0]])
      expect(got).toEqual([
        [6, 5],
        [1, 0],
        [3, 2],
        [3, 2],
        [2, 1],
      ])
    })

    it.each([[[4]], [[0]], [[1, 4]], [[1.5]]])(
      'that are not there are refused before the first: %j',
      async (numbers) => {
        const record = await kept(fileOf(image(2, 3, { NumberOfFrames: 3 }), [pixels(numbered(18))]))
        const first = reading.frames(reader, record, numbers, 'stored')[Symbol.asyncIterator]().next()
        await expect(first).rejects.toMatchObject({ code: 'PIXELS_NO_FRAME', http: 404 })
      },
    )

    it('of what is no image are none', async () => {
      const first = reading
        .frames(reader, await kept(fileOf({})), [1], 'stored')
        [Symbol.asyncIterator]()
        .next()
      await expect(first).rejects.toMatchObject({ code: 'PIXELS_NO_FRAME' })
    })

    it('that the bytes do not hold are damaged, and the others are not', async () => {
      const record = await kept(fileOf(image(2, 3, { NumberOfFrames: 3 }), [pixels(numbered(14))]))
      expect((await frame(record, 2)).bytes).toEqual([6, 7, 8, 9, 10, 11])
      await expect(frame(record, 3)).rejects.toMatchObject({ code: 'PIXELS_DAMAGED' })
    })
  })

  describe('metadata', () => {
    const all = async (base: string) => {
      const texts: string[] = []
      for await (const one of reading.metadata(reader, { study: STUDY }, base)) texts.push(one)
      return texts
    }

    it('is DICOM JSON of each instance in order, bulk data by absolute address', async () => {
      await kept(fileOf({ ...image(2, 2), SOPInstanceUID: '2.25.51', InstanceNumber: 2 }, [pixels(numbered(4))]))
      await kept(fileOf({ ...image(2, 2), SOPInstanceUID: '2.25.50', InstanceNumber: 1 }, [pixels(numbered(4))]))
      const sets = (await all('https://archive.test/dicom-web')).map((one) => JSON.parse(one))
      expect(sets.map((one) => one['00080018'].Value[0])).toEqual(['2.25.50', '2.25.51'])
      expect(sets[0]['7FE00010']).toEqual({
        vr: 'OB',
        BulkDataURI: 'https://archive.test/dicom-web/studies/2.25.1/series/2.25.2/instances/2.25.50/bulkdata/7FE00010',
      })
      expect(sets[0]['00100010'].Value).toEqual([{ Alphabetic: 'Synthetic^Anna' }])
    })

    it('changes nothing but addresses, whatever the text says', async () => {
      const comment = 'see "BulkDataURI":"bulkdata/1" and $& or $1'
      await kept(fileOf({ ...image(2, 2), ImageComments: comment }, [pixels(numbered(4))]))
      const [one] = await all('http://h/$&')
      const set = JSON.parse(one ?? '')
      expect(set['00204000'].Value).toEqual([comment])
      expect(set['7FE00010'].BulkDataURI).toMatch(/^http:\/\/h\/\$&\/studies/)
    })

    it('of more instances than are fetched at once comes whole and in order', async () => {
      await store.add(
        Array.from({ length: 250 }, (_, at) =>
          fileOf({ StudyInstanceUID: STUDY, SOPInstanceUID: `2.25.8${at}`, InstanceNumber: at }),
        ),
      )
      const numbers = (await all('')).map((one) => JSON.parse(one)['00200013'].Value[0])
      expect(numbers).toEqual(Array.from({ length: 250 }, (_, at) => at))
    })
  })

  describe('bulk data', () => {
    const bulk = async (record: InstanceRecord, path: string, range?: { start: number; end: number }) => {
      const { bytes, size } = await reading.bulkData(reader, record, path, range)
      const got = await gather(bytes)
      expect(got.length).toBe(size)
      return [...got]
    }
    const waveform = sequence(T.WaveformSequence, [
      dataSet([element(T.WaveformBitsAllocated, 16)]),
      dataSet([bytesElement(T.WaveformData, 'OW', numbered(70_000))]),
    ])

    it('is found by its path, in items of sequences too, whole or in part', async () => {
      const record = await kept(await largeFileOf({}, [waveform]))
      expect(await bulk(record, '54000100/2/54001010')).toEqual([...numbered(70_000)])
      expect(await bulk(record, '54000100/2/54001010', { start: 69_999, end: 80_000 })).toEqual([
        numbered(70_000)[69_999],
      ])
    })

    it('is little endian however it was sent', async () => {
      const record = await kept(await inSyntax(await largeFileOf({}, [waveform]), BIG_ENDIAN))
      expect(await bulk(record, '54000100/2/54001010')).toEqual([...numbered(70_000)])
      expect(await bulk(record, '54000100/2/54001010', { start: 3, end: 8 })).toEqual([3, 4, 5, 6, 7])
    })

    it('of compressed pixels is the fragments, of native ones the samples', async () => {
      const fragmented = await encapsulatedFile(RLE, image(10, 30), [[rle(numbered(300))]])
      expect(await bulk(await kept(fragmented), '7FE00010')).toEqual([...rle(numbered(300))])
      const native = await inSyntax(fileOf(image(2, 3), [pixels(numbered(6), 'OW')]), BIG_ENDIAN)
      expect(await bulk(await kept(native), '7FE00010')).toEqual([...numbered(6)])
    })

    it('any range of any value is the same part of the whole', async () => {
      const record = await kept(await inSyntax(await largeFileOf({}, [waveform]), BIG_ENDIAN))
      const whole = await bulk(record, '54000100/2/54001010')
      await fc.assert(
        fc.asyncProperty(fc.nat(70_010), fc.nat(70_010), async (start, end) => {
          expect(await bulk(record, '54000100/2/54001010', { start, end })).toEqual(
            whole.slice(start, Math.max(start, end)),
          )
        }),
        { numRuns: 30 },
      )
    })

    it.each([
      ['54000100/3/54001010', 'NOT_FOUND'],
      ['54000100', 'NOT_FOUND'],
      ['7FE00010', 'NOT_FOUND'],
      ['00100020/1/00100020', 'NOT_FOUND'],
      ['54000100/0/54001010', 'BAD_REQUEST'],
      ['54000100/1', 'BAD_REQUEST'],
      ['../../etc/passwd', 'BAD_REQUEST'],
      ['', 'BAD_REQUEST'],
    ])('%j is %s', async (path, code) => {
      const record = await kept(await largeFileOf({}, [waveform]))
      await expect(reading.bulkData(reader, record, path)).rejects.toMatchObject({ code })
    })
  })

  describe('audit', () => {
    it('an opening leaf with study and patient precedes the first byte; what passed is counted', async () => {
      const file = fileOf(image(2, 2), [pixels(numbered(4))])
      const record = await kept(file)
      const { bytes } = reading.file(reader, record, 'stored')
      expect(acts.events).toEqual([])
      const stream = bytes[Symbol.asyncIterator]()
      await stream.next()
      expect(acts.events).toEqual([
        expect.objectContaining({ type: 'aud.110103', study: STUDY, patient: '|P1', when: 'now' }),
      ])
      await stream.next()
      expect(acts.seenSoFar[STUDY]).toEqual({ instances: 1, frames: 0, bytes: file.length })
    })

    it('counts what passed when the reader stops half way', async () => {
      const record = await kept(fileOf(image(2, 3, { NumberOfFrames: 3 }), [pixels(numbered(18))]))
      for await (const answer of reading.frames(reader, record, [1, 2, 3], 'stored')) {
        await gather(answer.bytes)
        break
      }
      expect(acts.seenSoFar[STUDY]).toEqual({ instances: 0, frames: 1, bytes: 6 })
    })

    it.each<[string, (record: InstanceRecord, who: Context) => Promise<unknown>]>([
      ['original', (record, who) => gather(reading.original(who, record))],
      ['file', (record, who) => gather(reading.file(who, record, 'explicit').bytes)],
      [
        'frames',
        (record, who) => reading.frames(who, record, [1], 'stored')[Symbol.asyncIterator]().next() as Promise<unknown>,
      ],
      [
        'metadata',
        (record, who) =>
          reading.metadata(who, { study: record.key.study }, '')[Symbol.asyncIterator]().next() as Promise<unknown>,
      ],
      ['bulk data', (record, who) => reading.bulkData(who, record, '7FE00010')],
      ['instances', (record, who) => reading.instances(who, { study: record.key.study })],
      ['versions', (record, who) => reading.versions(who, record.key)],
    ])('%s: refused to who may not, and the refusal is journaled', async (_, ask) => {
      const record = await kept(fileOf(image(2, 2), [pixels(numbered(4))]))
      await expect(ask(record, asker('student'))).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
      expect(acts.events).toEqual([expect.objectContaining({ type: 'aud.110113', when: 'now' })])
      expect(acts.seenSoFar).toEqual({})
    })

    it('a reader who goes away ends the stream', async () => {
      const record = await kept(fileOf(image(2, 2), [pixels(numbered(4))]))
      const gone: Context = { ...reader, signal: AbortSignal.abort() }
      await expect(gather(reading.original(gone, record))).rejects.toThrow(/abort/i)
    })
  })
})

describe('running a little ahead', () => {
  it('gives results in order, with no more than so many under way', async () => {
    let running = 0
    let most = 0
    const work = async (number: number) => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      return number
    }
    const results: number[] = []
    for await (const result of ahead(3, 20, 4, work)) results.push(result)
    expect(results).toEqual(Array.from({ length: 18 }, (_, at) => at + 3))
    expect(most).toBe(4)
  })

  it('answers a failure when its turn comes, and leaves none behind', async () => {
    const work = async (number: number) => {
      if (number === 2 || number === 3) throw new Error(`no ${number}`)
      return number
    }
    const results: number[] = []
    const run = async () => {
      for await (const result of ahead(1, 5, 4, work)) results.push(result)
    }
    await expect(run()).rejects.toThrow('no 2')
    expect(results).toEqual([1])
  })
})

describe('frames of single bits', () => {
  it('are joined without a gap, whatever their number of bits', async () => {
    const frame = fc
      .integer({ min: 1, max: 40 })
      .chain((bits) =>
        fc.tuple(
          fc.constant(bits),
          fc.array(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: bits, maxLength: bits }), { maxLength: 6 }),
        ),
      )
    await fc.assert(
      fc.asyncProperty(frame, async ([bits, frames]) => {
        const packed = (list: readonly number[]) => {
          const bytes = new Uint8Array(Math.ceil(list.length / 8))
          list.forEach((bit, at) => {
            bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (bit << (at % 8))
          })
          return bytes
        }
        const pieces = async function* (): ByteStream {
          yield* frames.map(packed)
        }
        expect([...(await gather(joinedBits(pieces(), bits)))]).toEqual([...packed(frames.flat())])
      }),
    )
  })
})
