/**
 * Gets one frame from the archive and makes it ready to show.
 *
 * As stored when this browser decodes that syntax, else decoded by the archive; also when decoding here fails, since
 * the archive's decoders are other ones and may succeed.
 */
import { readCodestream } from '../../../pixels/codestream.ts'
import { RequestError, request } from '../../http/client.ts'
import { item, type JsonDataSet, number, numbers } from '../model/dicom-json.ts'
import { type FrameFacts, type ImageFacts, type ObjectFacts, readFrame } from '../model/image.ts'
import type { FrameRef } from '../model/frame-sets.ts'
import { DecodeFailure, decodeInWorker } from './decoder.ts'
import type { Displayable, Meaning, Table } from './displayable.ts'
import { firstPart } from './multipart.ts'
import { type PaletteTables, readPalette } from './palette.ts'
import { isDecodedHere } from './syntaxes.ts'

/** A frame with all that showing it needs. */
export interface ShownFrame {
  readonly ref: FrameRef
  readonly facts: FrameFacts
  readonly image: ImageFacts
  readonly pixels: Displayable
}

const OCTETS = 'multipart/related; type="application/octet-stream"'

/** @throws {RequestError} with what the archive said, or why the frame could not be shown */
export async function loadFrame(ref: FrameRef, signal: AbortSignal): Promise<ShownFrame> {
  const { object, frame } = ref
  const { image } = object
  if (!image) throw broken(frame, 'the object holds no image')
  const facts = readFrame(object.json, frame)
  const meaning = await meaningOf(object, facts, signal)
  const pixels = await pixelsOf(ref, image, meaning, signal)
  return { ref, facts, image, pixels }
}

async function pixelsOf(
  { object, frame }: FrameRef,
  image: ImageFacts,
  meaning: Meaning,
  signal: AbortSignal,
): Promise<Displayable> {
  if (isDecodedHere(object.transferSyntax)) {
    const part = await fetchFrame(object, frame, 'stored', signal)
    const transferSyntax = /transfer-syntax="?([\d.]+)/.exec(part.type)?.[1] ?? object.transferSyntax
    const isStored = isDecodedHere(transferSyntax)
    try {
      const task = { bytes: part.bytes, format: image, meaning }
      return await decodeInWorker({ ...task, transferSyntax: isStored ? transferSyntax : undefined })
    } catch (error) {
      if (!(error instanceof DecodeFailure) || signal.aborted) throw error
    }
  }
  const { bytes } = await fetchFrame(object, frame, 'decoded', signal)
  const photometricInterpretation = await decodedPhotometric(object, image, signal)
  try {
    return await decodeInWorker({
      bytes,
      transferSyntax: undefined,
      format: { ...image, photometricInterpretation, ...(wasCompressed(object) ? { planarConfiguration: 0 } : {}) },
      meaning,
    })
  } catch (error) {
    if (error instanceof DecodeFailure) throw broken(frame, error.message)
    throw error
  }
}

/** Native syntaxes keep their planes; decoders give colour by pixel. */
const wasCompressed = ({ transferSyntax }: ObjectFacts) =>
  transferSyntax.startsWith('1.2.840.10008.1.2.4.') || transferSyntax === '1.2.840.10008.1.2.5'

const codedAs = new WeakMap<ObjectFacts, Promise<string>>()

/**
 * The colour model of what the archive decodes. JPEG keeps its chrominance; some say RGB where the codestream holds
 * YBR, and only its header tells.
 */
function decodedPhotometric(object: ObjectFacts, image: ImageFacts, signal: AbortSignal): Promise<string> {
  const said = image.photometricInterpretation
  if (/^YBR_(ICT|RCT)$/.test(said)) return Promise.resolve('RGB')
  const isJpeg = /^1\.2\.840\.10008\.1\.2\.4\.(5\d|6\d|70)$/.test(object.transferSyntax)
  if (said !== 'RGB' || !isJpeg) return Promise.resolve(said)
  let known = codedAs.get(object)
  if (!known) {
    known = fetchFrame(object, 1, 'stored', signal)
      .then(({ bytes }) => (readCodestream(bytes)?.colour === 'ybr' ? 'YBR_FULL' : said))
      .catch((error: unknown) => {
        codedAs.delete(object)
        throw error
      })
    codedAs.set(object, known)
  }
  return known
}

async function fetchFrame(
  { study, series, sop }: ObjectFacts,
  frame: number,
  form: 'stored' | 'decoded',
  signal: AbortSignal,
) {
  const path = `/dicom-web/studies/${study}/series/${series}/instances/${sop}/frames/${frame}`
  const accept = form === 'stored' ? `${OCTETS}; transfer-syntax=*` : OCTETS
  return part(await request(path, { accept, signal }))
}

async function part(response: Response) {
  const body = new Uint8Array(await response.arrayBuffer())
  const { type, bytes } = firstPart(response.headers.get('content-type') ?? '', body)
  // The worker takes the buffer over, so the part must own all of it.
  return { type, bytes: bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice() }
}

const meanings = new WeakMap<ObjectFacts, Promise<Pick<Meaning, 'palette' | 'modalityLut'>>>()

async function meaningOf(object: ObjectFacts, facts: FrameFacts, signal: AbortSignal): Promise<Meaning> {
  let tables = meanings.get(object)
  if (!tables) {
    tables = readTables(object, signal)
    meanings.set(object, tables)
    tables.catch(() => meanings.delete(object))
  }
  return { ...(await tables), rescale: facts.rescale, padding: number(object.json, '00280120') }
}

async function readTables(object: ObjectFacts, signal: AbortSignal) {
  const palette =
    object.image?.photometricInterpretation === 'PALETTE COLOR'
      ? await readPalette(object.json, (tag) => binary(object, object.json, tag, signal))
      : undefined
  return { palette: palette satisfies PaletteTables | undefined, modalityLut: await readModalityLut(object, signal) }
}

/** Modality LUT Sequence (PS3.3 C.11.1); a rescale beside it gives way. */
async function readModalityLut(object: ObjectFacts, signal: AbortSignal): Promise<Table | undefined> {
  const lut = item(object.json, '00283000')
  const [entries, first = 0] = numbers(lut, '00283002')
  if (!lut || entries === undefined) return undefined
  const inline = numbers(lut, '00283006')
  if (inline.length > 0) return { first, values: inline }
  const bytes = await binary(object, lut, '00283006', signal)
  return (
    bytes && {
      first,
      values: Array.from(
        { length: bytes.length >> 1 },
        (_, at) => (bytes[at * 2] ?? 0) | ((bytes[at * 2 + 1] ?? 0) << 8),
      ),
    }
  )
}

/** A binary value: in the metadata, as numbers, or behind its bulk data address. */
async function binary(
  object: ObjectFacts,
  holder: JsonDataSet,
  tag: string,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const element = holder[tag]
  if (!element) return undefined
  if (element.InlineBinary !== undefined)
    return Uint8Array.from(atob(element.InlineBinary), (char) => char.charCodeAt(0))
  if (element.Value) return new Uint8Array(Uint16Array.from(numbers(holder, tag)).buffer)
  if (element.BulkDataURI === undefined) return undefined
  const path = samePath(element.BulkDataURI, object)
  return (await part(await request(path, { accept: OCTETS, signal }))).bytes
}

/** Bulk data comes from where the page came from, whatever name the archive gave itself (a proxy may have another). */
function samePath(address: string, { study, series, sop }: ObjectFacts): string {
  const base = `${location.origin}/dicom-web/studies/${study}/series/${series}/instances/${sop}/`
  const { pathname, search } = new URL(address, base)
  return pathname + search
}

const broken = (frame: number, why: string) =>
  new RequestError(200, {
    code: 'FRAME_NOT_SHOWN',
    fact: `Frame ${frame} cannot be shown: ${why}.`,
    remedy: 'The other frames are not concerned. Download the original to look at it elsewhere.',
    request: '',
  })
