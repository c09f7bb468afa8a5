/**
 * One run of the demonstration: a worker computes, the archive receives by its one door, in the name of who pressed the
 * button. A run goes on when the browser leaves; there is one at a time.
 */
import { on } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Demo } from '../../api/demo.ts'
import type { Archive } from '../../archive/archive.ts'
import type { Context } from '../../base/context.ts'
import { asArchiveError } from '../../base/errors.ts'
import type { StoryName } from '../../synthetic/stories.ts'
import type { FromWorker } from './worker.ts'

export interface DemoRun {
  state(): Demo
  /** Does nothing while a run is on. */
  start(context: Context, stories: readonly StoryName[]): void
  /** Stops a run; what was stored stays stored. */
  close(): Promise<void>
}

/** Objects under way: enough for the archive to make several durable with one sync, few enough to hold in memory. */
const IN_HAND = 4

const WORKER = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)

const IDLE: Demo = { state: 'idle', done: 0, total: 0, stored: 0, already: 0, bytes: 0, problem: null }

export function openDemoRun(archive: Archive): DemoRun {
  let state = IDLE
  let running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined

  async function run(context: Context, stories: readonly StoryName[]): Promise<void> {
    const worker = new Worker(WORKER, { workerData: stories })
    const inHand = new Set<Promise<void>>()
    let failure: unknown

    const receive = async (bytes: Uint8Array): Promise<void> => {
      try {
        const { outcome } = await archive.receive(context, { door: 'import', bytes: once(bytes) })
        state = {
          ...state,
          done: state.done + 1,
          bytes: state.bytes + bytes.length,
          stored: state.stored + (outcome === 'already' ? 0 : 1),
          already: state.already + (outcome === 'already' ? 1 : 0),
        }
        worker.postMessage('next')
      } catch (thrown) {
        // What is refused once would be refused again: there is nothing wrong with these objects.
        failure ??= thrown
        worker.postMessage('next')
      }
    }

    try {
      const messages = on(worker, 'message', { signal: context.signal }) as AsyncIterable<[FromWorker]>
      for (let free = 0; free < IN_HAND; free += 1) worker.postMessage('next')
      for await (const [message] of messages) {
        if (failure !== undefined) throw failure
        if (message.kind === 'end') break
        if (message.kind === 'plan') state = { ...state, total: message.total }
        else {
          const task = receive(message.bytes)
          inHand.add(task)
          void task.finally(() => inHand.delete(task))
        }
      }
      await Promise.all(inHand)
      if (failure !== undefined) throw failure
      state = { ...state, state: 'done' }
    } catch (thrown) {
      const stopped = context.signal.aborted
      state = { ...state, state: 'failed', problem: stopped ? STOPPED : asArchiveError(thrown).message }
    } finally {
      await worker.terminate()
      await Promise.all(inHand)
    }
  }

  return {
    state: () => state,
    start(context, stories) {
      if (running !== undefined) return
      state = { ...IDLE, state: 'running' }
      const stop = new AbortController()
      const ended = run({ ...context, signal: stop.signal }, stories).finally(() => {
        running = undefined
      })
      running = { stop, ended }
    },
    async close() {
      running?.stop.abort()
      await running?.ended
    },
  }
}

const STOPPED = 'The archive was stopped. Start the demonstration again; what it has brought in is there already.'

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
