/**
 * A stored object as a Part 10 file in a compressed transfer syntax it is not kept in: every frame decoded and encoded
 * again without loss, a few at a time, everything else as it was. `transcode.ts` has the uncompressed ones.
 */
import type { ByteStream } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import type { EncodedFrame } from '../codecs/encode.ts'
import type { FrameDecoder } from '../codecs/frame-decoder.ts'
import { element, withElements } from '../dicom/build.ts'
import { T } from '../dicom/dictionary.ts'
import { transferSyntax } from '../dicom/transfer-syntaxes.ts'
import type { Uid } from '../dicom/uid.ts'
import { text } from '../dicom/values.ts'
import { type EncodedFragment, writeDataSet } from '../dicom/writer.ts'
import { readPayload } from '../vault/payload.ts'
import type { InstanceRecord } from './archive.ts'
import { encodedFrame } from './frame-reader.ts'
import type { PackedFrames } from './frame-table.ts'
import type { Located } from './locate.ts'
import { ahead, metaFor, pixelChanges, storedFile, withNativeItems } from './transcode.ts'

/** Frames encoded ahead of the reader; each waits in memory. */
const AHEAD = 4

/**
 * @throws {ArchiveError} `PIXELS_UNSUPPORTED`, `PIXELS_DAMAGED`; those of the first frame before any byte is given
 */
export async function* encodedFile(
  located: Located,
  record: InstanceRecord,
  decoder: FrameDecoder,
  target: Uid,
): ByteStream {
  if (located.transferSyntax === target) return yield* storedFile(located, record)
  const frames = await located.frames()
  const syntax = transferSyntax(located.transferSyntax)
  if (frames === undefined || !syntax.image)
    throw new ArchiveError('PIXELS_UNSUPPORTED', { transferSyntax: syntax.uid, why: 'it holds no single frames' })
  const first = await encodedFrame(located, frames, 1, decoder, target)
  const read = await readPayload(located.payload)
  const dataSet = syntax.encapsulated ? await withNativeItems(located, read, read.dataSet, decoder) : read.dataSet
  const changes = pixelChanges(dataSet, { ...first, planarConfiguration: 0 })
  // Once lossy, always lossy (PS3.3 C.7.6.1.1.5): said here where the sender left it to the transfer syntax.
  if (syntax.codec === 'jpeg' && text(dataSet, T.LossyImageCompression) === '')
    changes.push(element(T.LossyImageCompression, '01'))
  const written = withElements(dataSet, [...changes, [T.EncapsulatedPixelDataValueTotalLength, undefined]])
  yield metaFor(record, target)
  // An empty offset table: the lengths are known only when every frame was encoded (PS3.5 A.4).
  const pixelData = { basicOffsets: [], fragments: fragmentsOf(located, frames, decoder, target, first) }
  yield* writeDataSet(written, target, located.at, { pixelData })
}

async function* fragmentsOf(
  located: Located,
  frames: PackedFrames,
  decoder: FrameDecoder,
  target: Uid,
  first: EncodedFrame,
): AsyncGenerator<EncodedFragment, void> {
  yield { length: first.bytes.length, bytes: first.bytes }
  const encode = (frame: number) => encodedFrame(located, frames, frame, decoder, target)
  for await (const { bytes } of ahead(2, frames.count, AHEAD, encode)) yield { length: bytes.length, bytes }
}
