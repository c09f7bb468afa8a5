/**
 * The inside of a decoding worker: one frame at a time. Refusals of ours are answered; anything else a codec throws is
 * answered as well, but the one outside throws this worker away, since a WebAssembly module that has trapped once gives
 * wrong or no answers for ever after.
 */
import { parentPort } from 'node:worker_threads'
import { ArchiveError, type ErrorCode, type Facts } from '../base/errors.ts'
import type { Uid } from '../dicom/uid.ts'
import type { ImageDescription } from '../pixels/image.ts'
import type { PictureOptions, Rendering } from '../pixels/rendering.ts'
import { decodeFrame } from './decode.ts'

export interface Task {
  readonly encoded: Uint8Array<ArrayBuffer>
  readonly image: ImageDescription
  readonly frame: number
  /** A picture of the frame is wanted, not its samples. */
  readonly picture?: { readonly rendering: Rendering; readonly options: PictureOptions }
  /** The frame in another transfer syntax is wanted. */
  readonly target?: Uid
}

export type Answer =
  | {
      readonly kind: 'decoded'
      readonly bytes: Uint8Array<ArrayBuffer>
      readonly photometricInterpretation: string
      readonly planarConfiguration: 0 | 1
    }
  | { readonly kind: 'pictured'; readonly bytes: Uint8Array<ArrayBuffer> }
  | {
      readonly kind: 'encoded'
      readonly bytes: Uint8Array<ArrayBuffer>
      readonly photometricInterpretation: string
    }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly facts: Facts }
  | { readonly kind: 'trapped'; readonly what: string }

const port = parentPort
if (port === null) throw new Error('codecs/worker.ts runs in a worker only')

port.on('message', async ({ encoded, image, frame, picture, target }: Task) => {
  try {
    if (picture !== undefined) {
      // The encoder is loaded on first need, as the codecs are.
      const { makePicture } = await import('./picture.ts')
      const bytes = owned(await makePicture(encoded, image, frame, picture.rendering, picture.options))
      port.postMessage({ kind: 'pictured', bytes } satisfies Answer, [bytes.buffer])
      return
    }
    const decoded = await decodeFrame(encoded, image, frame)
    if (target !== undefined) {
      const { encodeFrame } = await import('./encode.ts')
      const made = await encodeFrame(decoded, image, frame, target)
      const bytes = owned(made.bytes)
      port.postMessage({ kind: 'encoded', ...made, bytes } satisfies Answer, [bytes.buffer])
      return
    }
    const bytes = owned(decoded.bytes)
    port.postMessage({ kind: 'decoded', ...decoded, bytes } satisfies Answer, [bytes.buffer])
  } catch (thrown) {
    port.postMessage(answerFor(thrown))
  }
})

/** A buffer of its own, so that it can be handed over and not copied. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes
  // Not `slice`, which of a Buffer is a view on memory that is shared.
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length
    ? new Uint8Array(buffer)
    : new Uint8Array(bytes)
}

function answerFor(thrown: unknown): Answer {
  if (thrown instanceof ArchiveError) return { kind: 'refused', code: thrown.code, facts: thrown.facts }
  // Emscripten throws numbers and pointers too; a message may hold anything, so only its kind is told.
  return { kind: 'trapped', what: thrown instanceof Error ? thrown.name : typeof thrown }
}
