/**
 * The pool behind `FrameDecoder`: worker threads that start when the first frame comes and end when none has come for a
 * while, one frame each at a time.
 *
 * A worker is never trusted again after a trap, a crash or a time-out: it is ended and the next frame gets a new one.
 */
import { Worker } from 'node:worker_threads'
import { ArchiveError } from '../base/errors.ts'
import { transferSyntax } from '../dicom/transfer-syntaxes.ts'
import { frameLength } from '../pixels/frame.ts'
import { checkFrame } from './decode.ts'
import type { FrameDecoder } from './frame-decoder.ts'
import { decodeNative } from './native.ts'
import type { Answer, Task } from './worker.ts'

export interface FrameDecoderOptions {
  /** Frames decoded at once, each in a thread of its own. */
  readonly workers: number
  /** What any frame may take, in ms, a worker's start included. */
  readonly timeoutMs: number
  /**
   * What a frame may take besides for each megabyte it decodes to, in ms; 500 unless told. The slowest decoder here makes
   * 8 MB/s on a quiet core; a busy machine gets a quarter of that.
   */
  readonly msPerMegabyte?: number
  /** A worker idle for so long is ended, in ms; 60,000 unless told. */
  readonly idleMs?: number
}

const WORKER = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)

type Done = Extract<Answer, { readonly kind: 'decoded' | 'pictured' | 'encoded' }>

interface Waiting {
  readonly task: Task
  readonly timeoutMs: number
  readonly resolve: (answer: Done) => void
  readonly reject: (reason: ArchiveError) => void
}

export function openFrameDecoder(options: FrameDecoderOptions): FrameDecoder {
  const { workers, timeoutMs, msPerMegabyte = 500, idleMs = 60_000 } = options
  const waiting: Waiting[] = []
  const idle: PooledWorker[] = []
  const all = new Set<PooledWorker>()
  let closed = false

  const next = (): void => {
    while (waiting.length > 0) {
      const free = idle.pop() ?? (all.size < Math.max(1, workers) ? start() : undefined)
      if (free === undefined) return
      const first = waiting.shift()
      if (first !== undefined) free.run(first)
    }
  }
  const start = (): PooledWorker => {
    const worker = new PooledWorker(idleMs, {
      free: () => {
        idle.push(worker)
        next()
      },
      ending: () => {
        const at = idle.indexOf(worker)
        if (at >= 0) idle.splice(at, 1)
      },
      gone: () => {
        all.delete(worker)
        if (!closed) next()
      },
    })
    all.add(worker)
    return worker
  }

  /** @param task  its bytes are a copy, since handing over takes them from the caller */
  const inWorker = (task: Task): Promise<Done> =>
    new Promise((resolve, reject) => {
      const allowed = timeoutMs + (frameLength(task.image) / 1e6) * msPerMegabyte
      waiting.push({ task, timeoutMs: allowed, resolve, reject })
      next()
    })

  return {
    decode: async (encoded, image, frame) => {
      if (closed) throw CLOSED()
      const syntax = transferSyntax(image.transferSyntax)
      checkFrame(encoded, image, frame, syntax)
      // Plain samples are not worth the way to a worker and back.
      if (syntax.codec === 'native') {
        const { photometricInterpretation, planarConfiguration } = image
        return { bytes: decodeNative(encoded, image, frame), photometricInterpretation, planarConfiguration }
      }
      const answer = await inWorker({ encoded: new Uint8Array(encoded), image, frame })
      if (answer.kind !== 'decoded')
        throw new ArchiveError('DEFECT', { what: 'a picture where samples were asked for' })
      const { bytes, photometricInterpretation, planarConfiguration } = answer
      return { bytes, photometricInterpretation, planarConfiguration }
    },
    picture: async (encoded, image, frame, rendering, options) => {
      if (closed) throw CLOSED()
      checkFrame(encoded, image, frame, transferSyntax(image.transferSyntax))
      const picture = { rendering, options }
      const { bytes } = await inWorker({ encoded: new Uint8Array(encoded), image, frame, picture })
      return bytes
    },
    encode: async (encoded, image, frame, target) => {
      if (closed) throw CLOSED()
      checkFrame(encoded, image, frame, transferSyntax(image.transferSyntax))
      const answer = await inWorker({ encoded: new Uint8Array(encoded), image, frame, target })
      if (answer.kind !== 'encoded') throw new ArchiveError('DEFECT', { what: 'no frame where one was to be encoded' })
      return { bytes: answer.bytes, photometricInterpretation: answer.photometricInterpretation }
    },
    close: async () => {
      closed = true
      for (const { reject } of waiting.splice(0)) reject(CLOSED())
      await Promise.all([...all].map((worker) => worker.end(CLOSED())))
    },
  }
}

const CLOSED = (): ArchiveError => new ArchiveError('DEFECT', { what: 'a frame after the decoder was closed' })

/** What the pool is told of a worker: it can take a frame, it must not be given one any more, its memory is free. */
interface Events {
  readonly free: () => void
  readonly ending: () => void
  readonly gone: () => void
}

/** One thread and the frame it has in hand. */
class PooledWorker {
  readonly #worker = new Worker(WORKER)
  readonly #idleMs: number
  readonly #tell: Events
  #current: Waiting | undefined
  #timer: NodeJS.Timeout | undefined
  #ended = false

  constructor(idleMs: number, tell: Events) {
    this.#idleMs = idleMs
    this.#tell = tell
    this.#worker.on('message', (answer: Answer) => this.#take(answer))
    this.#worker.on('error', () => this.end(this.#damaged('its decoder crashed')))
    this.#worker.on('exit', () => this.end(this.#damaged('its decoder crashed')))
  }

  run(waiting: Waiting): void {
    this.#current = waiting
    clearTimeout(this.#timer)
    this.#worker.ref()
    const { task, timeoutMs } = waiting
    this.#timer = setTimeout(
      () => this.end(this.#damaged(`it was not decoded within ${Math.round(timeoutMs / 1000)} seconds`)),
      timeoutMs,
    )
    this.#worker.postMessage(task, [task.encoded.buffer])
  }

  async end(reason: ArchiveError): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#timer)
    this.#tell.ending()
    const current = this.#current
    this.#current = undefined
    // Not before it is gone: what replaces it must not find two in memory.
    await this.#worker.terminate()
    current?.reject(reason)
    this.#tell.gone()
  }

  #take(answer: Answer): void {
    const current = this.#current
    if (this.#ended || current === undefined) return
    if (answer.kind === 'trapped') {
      void this.end(this.#damaged(`its decoder failed (${answer.what})`))
      return
    }
    this.#current = undefined
    clearTimeout(this.#timer)
    if (answer.kind === 'refused') current.reject(new ArchiveError(answer.code, answer.facts))
    else current.resolve(answer)
    // Idle threads do not keep the process alive.
    this.#worker.unref()
    this.#timer = setTimeout(() => this.end(CLOSED()), this.#idleMs).unref()
    this.#tell.free()
  }

  #damaged(why: string): ArchiveError {
    return new ArchiveError('PIXELS_DAMAGED', { frame: this.#current?.task.frame ?? 0, why })
  }
}
