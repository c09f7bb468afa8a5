/** A few decoding workers. A worker whose decoder failed is thrown away: a trapped WebAssembly instance stays broken. */
import type { DecodeResult, DecodeTask } from './decode.worker.ts'
import type { Displayable } from './displayable.ts'

interface Waiting {
  readonly task: DecodeTask
  readonly resolve: (shown: Displayable) => void
  readonly reject: (error: Error) => void
}

const MOST_WORKERS = Math.max(1, Math.min(4, Math.floor((navigator.hardwareConcurrency || 2) / 2)))

/** The frame reached us but could not be decoded here. */
export class DecodeFailure extends Error {}

let nextId = 1
const queue: Waiting[] = []
const idle: Worker[] = []
const busy = new Map<Worker, Waiting>()

/** Decodes in a worker; the bytes are handed over and gone afterwards. @throws {DecodeFailure} */
export function decodeInWorker(task: Omit<DecodeTask, 'id'>): Promise<Displayable> {
  return new Promise((resolve, reject) => {
    queue.push({ task: { ...task, id: nextId++ }, resolve, reject })
    pump()
  })
}

function pump(): void {
  while (queue.length > 0) {
    const worker = idle.pop() ?? (busy.size < MOST_WORKERS ? start() : undefined)
    const next = worker && queue.shift()
    if (!worker || !next) return
    busy.set(worker, next)
    worker.postMessage(next.task, { transfer: [next.task.bytes.buffer as ArrayBuffer] })
  }
}

function start(): Worker {
  const worker = new Worker(new URL('./decode.worker.ts', import.meta.url), { type: 'module' })
  worker.addEventListener('message', ({ data }: MessageEvent<DecodeResult>) => {
    const done = busy.get(worker)
    busy.delete(worker)
    if ('shown' in data) {
      idle.push(worker)
      done?.resolve(data.shown)
    } else {
      worker.terminate()
      done?.reject(new DecodeFailure(data.failed))
    }
    pump()
  })
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    const done = busy.get(worker)
    busy.delete(worker)
    worker.terminate()
    done?.reject(new DecodeFailure(event.message || 'the decoder stopped'))
    pump()
  })
  return worker
}
