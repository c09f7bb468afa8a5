/**
 * Gets one frame from the archive and makes it ready to show.
 *
 * As stored when this browser decodes that syntax, else decoded by the archive; also when decoding here fails, since
 * the archive's decoders are other ones and may succeed.
 */
import { uid } from '../../../dicom/uid.ts'
import { readCodestream } from '../../../pixels/codestream.ts'
import { RequestError, request } from '../../http/client.ts'
import { number } from '../model/dicom-json.ts'
import type { FrameRef } from '../model/frame-sets.ts'
import { type FrameFacts, type ImageFacts, type ObjectFacts, readFrame } from '../model/image.ts'
import type { VoiTable } from '../model/voi.ts'
import { afterRescale, isOnStored } from '../model/window-units.ts'
import { DecodeFailure, decodeInWorker } from './decoder.ts'
import type { Displayable, Meaning } from './displayable.ts'
import { firstPart } from './multipart.ts'
import { isDecodedHere } from './syntaxes.ts'
import type { Tables } from './tables.ts'

/** A frame with all that showing it needs. */
export interface ShownFrame {
  readonly ref: FrameRef
  readonly facts: FrameFacts
  readonly image: ImageFacts
  /** VOI LUTs of the object. */
  readonly tables: readonly VoiTable[]
  readonly pixels: Displayable
}

const OCTETS = 'multipart/related; type="application/octet-stream"'

/** @throws {RequestError} with what the archive said, or why the frame could not be shown */
export async function loadFrame(ref: FrameRef, signal: AbortSignal): Promise<ShownFrame> {
  const { object, frame } = ref
  const { image } = object
  if (!image) throw broken(frame, 'the object holds no image')
  const facts = readFrame(object.json, frame)
  const { voi, ...tables } = await tablesOf(object, signal)
  const meaning: Meaning = { ...tables, rescale: facts.rescale, padding: number(object.json, '00280120') }
  const pixels = await pixelsOf(ref, image, meaning, signal)
  return { ref, facts: withWindows(ref, facts, pixels), image, tables: voi, pixels }
}

/** Of each series, as its first frame had it: one brightness for all of them. */
const onStored = new Map<string, boolean>()

function withWindows({ object }: FrameRef, facts: FrameFacts, pixels: Displayable): FrameFacts {
  if (pixels.kind !== 'values' || !facts.rescale) return facts
  const known = onStored.get(object.series) ?? isOnStored(object.modality, facts, pixels)
  onStored.set(object.series, known)
  return known ? { ...facts, windows: afterRescale(facts.windows, facts.rescale) } : facts
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
 * The colour model of what the archive decodes. JPEG 2000 and JPEG XL come out as RGB. JPEG keeps its chrominance; some
 * say RGB where the codestream holds YBR, and only its header tells.
 */
function decodedPhotometric(object: ObjectFacts, image: ImageFacts, signal: AbortSignal): Promise<string> {
  const said = image.photometricInterpretation
  if (/^YBR_(ICT|RCT)$/.test(said)) return Promise.resolve('RGB')
  const isJpegXl = /^1\.2\.840\.10008\.1\.2\.4\.11[0-2]$/.test(object.transferSyntax)
  if (isJpegXl && image.samplesPerPixel === 3) return Promise.resolve('RGB')
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

const NO_TABLES: Tables = { palette: undefined, modalityLut: undefined, voi: [] }
const tables = new WeakMap<ObjectFacts, Promise<Tables>>()

function tablesOf(object: ObjectFacts, signal: AbortSignal): Promise<Tables> {
  let known = tables.get(object)
  if (!known) {
    known = readTablesOf(object, signal)
    tables.set(object, known)
    known.catch(() => tables.delete(object))
  }
  return known
}

async function readTablesOf(object: ObjectFacts, signal: AbortSignal): Promise<Tables> {
  const { json, image } = object
  const isPalette = image?.photometricInterpretation === 'PALETTE COLOR'
  const has = isPalette || json['00283000'] !== undefined || json['00283010'] !== undefined
  if (!image || !has) return NO_TABLES
  const { readTables } = await import('./tables.ts')
  return readTables(json, { ...image, transferSyntax: uid(object.transferSyntax) }, (address) =>
    fetchBulk(object, address, signal),
  )
}

/** A value that was left out of the metadata of an object. */
export async function fetchBulk(object: ObjectFacts, address: string, signal: AbortSignal): Promise<Uint8Array> {
  return (await part(await request(samePath(address, object), { accept: OCTETS, signal }))).bytes
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
