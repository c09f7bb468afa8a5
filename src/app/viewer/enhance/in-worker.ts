/** One filtering worker for all panes; what nobody waits for any more is not begun. */

import type { Displayable } from '../frames/displayable.ts'
import type { EnhanceResult, EnhanceTask } from './enhance.worker.ts'
import type { EnhanceInput } from './enhanced.ts'

interface Waiting {
  readonly task: EnhanceTask
  readonly signal: AbortSignal
  readonly resolve: (shown: Displayable) => void
  readonly reject: (error: Error) => void
}

let worker: Worker | undefined
let busy: Waiting | undefined
let nextId = 1
const queue: Waiting[] = []

/** @throws {Error} when it cannot be filtered, or nobody waits any more */
export function enhanceInWorker(input: EnhanceInput, signal: AbortSignal): Promise<Displayable> {
  return new Promise((resolve, reject) => {
    queue.push({ task: { ...input, id: nextId++ }, signal, resolve, reject })
    pump()
  })
}

function pump(): void {
  while (busy === undefined) {
    const next = queue.shift()
    if (!next) return
    if (next.signal.aborted) {
      next.reject(new Error('not waited for'))
      continue
    }
    busy = next
    worker ??= start()
    worker.postMessage(next.task)
  }
}

function start(): Worker {
  const started = new Worker(new URL('./enhance.worker.ts', import.meta.url), { type: 'module' })
  started.addEventListener('message', ({ data }: MessageEvent<EnhanceResult>) => {
    const done = busy
    busy = undefined
    if ('shown' in data) done?.resolve(data.shown)
    else done?.reject(new Error(data.failed))
    pump()
  })
  started.addEventListener('error', (event) => {
    event.preventDefault()
    const done = busy
    busy = undefined
    started.terminate()
    worker = undefined
    done?.reject(new Error(event.message || 'the filter stopped'))
    pump()
  })
  return started
}
