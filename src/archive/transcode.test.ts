import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { corpus, corpusDir, corpusTable } from '../../test/support/corpus.ts'
import { asker, indexedFiles, NO_VAULT, witness } from '../../test/support/indexed.ts'
import { indexOn, removeIndexes } from '../../test/support/indexes.ts'
import { type ByteStream, gather } from '../base/bytes.ts'
import { openFrameDecoder } from '../codecs/open.ts'
import { withElements } from '../dicom/build.ts'
import { type DataSet, type Element, type Tag, tag } from '../dicom/data-set.ts'
import { T } from '../dicom/dictionary.ts'
import { frameRanges } from '../dicom/encapsulation.ts'
import { ENCODED_SYNTAXES } from '../dicom/encoded-syntaxes.ts'
import { readWhole } from '../dicom/reader.ts'
import { EXPLICIT_LITTLE, transferSyntax } from '../dicom/transfer-syntaxes.ts'
import { text } from '../dicom/values.ts'
import { cutFrame, frameBits, storedValues } from '../pixels/frame.ts'
import { describeImage, type ImageDescription } from '../pixels/image.ts'
import type { Database } from '../storage/sql/database.ts'
import type { InstanceRecord } from './archive.ts'
import { unpackFrames } from './frame-table.ts'
import { instanceRecord } from './instance-record.ts'
import { openLocate } from './locate.ts'
import { normalisedDigest, PIXEL_ENCODING } from './normalised.ts'
import { framesOf } from './read.queries.ts'
import { openRead, type Reading } from './read.ts'

const decoder = openFrameDecoder({ workers: 2, timeoutMs: 20_000 })
afterAll(async () => {
  await decoder.close()
  await removeIndexes()
})

describe.skipIf(corpusDir() === undefined)('every image of the corpus in Explicit VR Little Endian', () => {
  const truths = new Map(corpusTable('pixels.tsv').map((row) => [row['path'] ?? '', row]))
  const files = corpus().filter(
    ({ expect, path }) => expect === 'ok' && !path.includes('DICOMDIR') && !path.startsWith('worklists/'),
  )
  const context = asker('radiologist')
  const records = new Map<string, InstanceRecord>()
  /** Files given in each transfer syntax that they are not kept in. */
  const encoded = new Map<string, number>()
  let db: Database
  let reading: Reading

  beforeAll(async () => {
    const [[, open] = []] = indexOn
    if (open === undefined) throw new Error('no engine')
    db = await open()
    const store = indexedFiles(db)
    for (const { path, file } of files) {
      const bytes = readFileSync(file)
      const { dataSet } = readWhole(bytes)
      if (text(dataSet, T.SOPInstanceUID) === '' || text(dataSet, T.StudyInstanceUID) === '') continue
      const id = await store.add([bytes])
      const row = await db.read
        .selectFrom('instances')
        .selectAll()
        .where('id', '=', id[0] ?? 0)
        .executeTakeFirstOrThrow()
      records.set(path, instanceRecord(row))
    }
    reading = openRead({
      db,
      locate: openLocate({ db, inbox: store.inbox, vault: NO_VAULT, decoder }),
      acts: witness(),
      decoder,
    })
  })
  afterAll(async () => {
    await db.close()
  })

  it.each(files.map(({ path }) => path))('%s', async (path) => {
    const record = records.get(path)
    if (record === undefined) return // without a UID: never an instance
    const stored = await gather(reading.original(context, record))
    const before = readWhole(stored)
    const explicit = reading.file(context, record, 'explicit')
    expect(explicit.transferSyntax).toBe(EXPLICIT_LITTLE.uid)
    const bytes = await gather(explicit.bytes)
    const after = readWhole(bytes)
    expect(after.transferSyntax).toBe(EXPLICIT_LITTLE.uid)
    expect(after.leniencies.filter((name) => !before.leniencies.includes(name))).toEqual([])
    expect(await normalisedDigest(withoutInnerPixels(after.dataSet), within(bytes))).toBe(
      await normalisedDigest(withoutInnerPixels(before.dataSet), within(plain(before, stored, bytes))),
    )

    const table = unpackFrames(await framesOf(db, record.id))
    if (table === undefined) return
    const image = table.image(record.transferSyntax)
    const pixels = after.dataSet.elements.get(tag(0x7fe00000 + table.element))?.value
    if (pixels?.kind !== 'distant') throw new Error('no pixels')
    const value = bytes.subarray(pixels.range.start, pixels.range.end)
    if (record.transferSyntax !== EXPLICIT_LITTLE.uid) expect(value.length % 2).toBe(0)

    // Frame by frame they are the same; of compressed ones, which are decoded anew, the first and the last are asked for.
    const bits = table.native?.bitsPerFrame ?? frameBits(image)
    const cut = (frame: number) =>
      cutFrame(value.subarray((bits * (frame - 1)) >> 3), { skip: (bits * (frame - 1)) % 8, bits })
    const all = Array.from({ length: table.count }, (_, at) => at + 1)
    const numbers = table.encapsulated ? [...new Set([1, table.count])] : all
    let answers = 0
    for await (const answer of reading.frames(context, record, numbers, 'explicit')) {
      const frame = await gather(answer.bytes)
      expect(frame.length).toBe(answer.size)
      expect(Buffer.compare(frame, cut(answer.frame))).toBe(0)
      answers += 1
    }
    expect(answers).toBe(numbers.length)

    const truth = truths.get(TURNED_TWINS[path] ?? path)
    if (truth === undefined || truth['kind'] === 'lossy') return
    // Frames of single bits are written there as they follow each other in Pixel Data.
    const told =
      image.bitsAllocated % 8 === 0
        ? all.map((frame) => (table.encapsulated ? cut(frame) : interleaved(cut(frame), image)))
        : [value.subarray(0, Math.ceil((bits * table.count) / 8))]
    expect(createHash('sha256').update(Buffer.concat(told)).digest('hex')).toBe(truth['sha256'])
  })

  // Each in one syntax, in turn: together every syntax meets every kind of image.
  it.each(files.map(({ path }, at) => [path, ENCODED_SYNTAXES[at % ENCODED_SYNTAXES.length] ?? ''] as const))(
    '%s, encoded in %s',
    async (path, target) => {
      const record = records.get(path)
      if (record === undefined || record.frames > 20 || record.rows * record.columns > 1024 * 1024) return
      const explicit = await gather(reading.file(context, record, 'explicit').bytes).catch(() => undefined)
      if (explicit === undefined) return
      const given = reading.file(context, record, { as: transferSyntax(target).uid })
      const bytes = await gather(given.bytes).catch((error: unknown) => error)
      if (!(bytes instanceof Uint8Array)) {
        expect(bytes).toMatchObject({ code: 'PIXELS_UNSUPPORTED' })
        expect(String(bytes)).not.toContain('does not keep')
        return
      }
      const [before, after] = [readWhole(explicit), readWhole(bytes)]
      expect(after.transferSyntax).toBe(given.transferSyntax)
      expect(await normalisedDigest(withoutInnerPixels(after.dataSet), within(bytes))).toBe(
        await normalisedDigest(withoutInnerPixels(before.dataSet), within(explicit)),
      )
      if (record.frames === 0) return expect(given.transferSyntax).toBe(EXPLICIT_LITTLE.uid)
      encoded.set(given.transferSyntax, (encoded.get(given.transferSyntax) ?? 0) + 1)
      const image = describeImage(after.dataSet, after.transferSyntax)
      const plainImage = describeImage(before.dataSet, before.transferSyntax)
      if (image === undefined || plainImage === undefined) throw new Error('no image')
      const ranges = frameRanges(after.dataSet, image.frames)
      expect(ranges).toHaveLength(plainImage.frames)
      const pixels = before.dataSet.elements.get(T.PixelData)?.value
      if (pixels?.kind !== 'distant') return
      const value = explicit.subarray(pixels.range.start, pixels.range.end)
      const bits = frameBits(plainImage)
      for (const [at, parts] of ranges.entries()) {
        const codestream = Buffer.concat(parts.map(({ start, end }) => bytes.subarray(start, end)))
        const uncompressed = transferSyntax(after.transferSyntax).codec === 'native'
        const back = uncompressed ? codestream : (await decoder.decode(codestream, image, at + 1)).bytes
        const cut = cutFrame(value.subarray((bits * at) >> 3), { skip: (bits * at) % 8, bits })
        expect(storedValues(back, image)).toEqual(storedValues(interleaved(cut, plainImage), image))
      }
    },
  )

  it('gives all but a few of them in every syntax', () => {
    console.info([...encoded].map(([uid, count]) => `${transferSyntax(uid).keyword} ${count}`).join(', '))
    for (const uid of ENCODED_SYNTAXES) expect(encoded.get(uid), uid).toBeGreaterThan(5)
  })
})

/** The truth of this one is the words of its OW as they stand, unturned; the little endian twin says what they are. */
const TURNED_TWINS: Readonly<Record<string, string>> = {
  'transfer-syntaxes/rgb-small/SC_rgb_small_odd_big_endian.dcm': 'transfer-syntaxes/rgb-small/SC_rgb_small_odd.dcm',
}

/** Icons and other images in sequences are decoded with the image: what says how they stand is left out, as for the image. */
function withoutInnerPixels(dataSet: DataSet, isRoot = true): DataSet {
  const changes: (Element | readonly [Tag, undefined])[] = []
  for (const element of dataSet.elements.values()) {
    const { tag, value } = element
    if (!isRoot && dataSet.elements.has(T.PixelData) && PIXEL_ENCODING.has(tag)) changes.push([tag, undefined])
    if (value.kind === 'items')
      changes.push({
        ...element,
        value: { kind: 'items', items: value.items.map((item) => withoutInnerPixels(item, false)) },
      })
  }
  return withElements(dataSet, changes)
}

const within = (bytes: Uint8Array) =>
  async function* ({ start, end }: { start: number; end: number }): ByteStream {
    yield bytes.subarray(start, end)
  }

/** Ranges of a deflated data set are of the inflated one, which is what the explicit file holds behind its meta group. */
function plain(read: ReturnType<typeof readWhole>, stored: Uint8Array, explicit: Uint8Array): Uint8Array {
  if (!transferSyntax(read.transferSyntax).deflated) return stored
  const { dataSetStart } = readWhole(explicit)
  return Buffer.concat([new Uint8Array(read.dataSetStart), explicit.subarray(dataSetStart)])
}

/** R…G…B… to RGB…, as the truths are written. */
function interleaved(
  frame: Uint8Array,
  { samplesPerPixel, planarConfiguration, bitsAllocated }: ImageDescription,
): Uint8Array {
  if (samplesPerPixel === 1 || planarConfiguration === 0) return frame
  const size = bitsAllocated / 8
  const plane = frame.length / samplesPerPixel
  const out = new Uint8Array(frame.length)
  for (let at = 0; at < frame.length; at += 1) {
    const sample = Math.floor(at / plane)
    const within = at - sample * plane
    out[(Math.floor(within / size) * samplesPerPixel + sample) * size + (within % size)] = frame[at] ?? 0
  }
  return out
}
