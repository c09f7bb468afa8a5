/**
 * Computes the synthetic patients in a thread of its own: one slice takes as long as a hundred requests. Each `next`
 * is answered with one file, or with the end.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { gather } from '../../base/bytes.ts'
import { demonstration, type StoryName } from '../../synthetic/stories.ts'

export type FromWorker =
  | { readonly kind: 'plan'; readonly total: number }
  | { readonly kind: 'object'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }

const objects = [...demonstration(workerData as readonly StoryName[])]
const port = parentPort
let at = 0
let last: Promise<void> = Promise.resolve()

async function next(): Promise<void> {
  const object = objects[at]
  at += 1
  if (object === undefined) return port?.postMessage({ kind: 'end' } satisfies FromWorker)
  const bytes = await gather(object.open())
  port?.postMessage({ kind: 'object', bytes } satisfies FromWorker, [bytes.buffer])
}

port?.on('message', () => {
  last = last.then(next)
})
port?.postMessage({ kind: 'plan', total: objects.length } satisfies FromWorker)
