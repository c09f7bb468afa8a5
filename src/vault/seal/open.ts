/**
 * The one who hands studies to the sealing thread: one at a time; the thread starts with the first and ends when nothing
 * has come for a while.
 */
import { Worker } from 'node:worker_threads'
import { ArchiveError } from '../../base/errors.ts'
import type { SealAnswer, SealOrder } from './order.ts'
import type { SealReply, SealWorkerData } from './worker.ts'

export interface Sealer {
  /**
   * @param progress  told of received bytes as they are done
   * @throws {ArchiveError} `SEAL_FAILED`, `VAULT_DAMAGED`, `JOURNAL_CORRUPT`: nothing is committed
   */
  seal(order: SealOrder, progress?: (bytes: number) => void): Promise<SealAnswer>
  close(): Promise<void>
}

const WORKER = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)
const IDLE_MS = 60_000

export function openSealer(data: SealWorkerData): Sealer {
  let worker: Worker | undefined
  let timer: NodeJS.Timeout | undefined
  let line: Promise<unknown> = Promise.resolve()
  let closed = false

  const end = async (): Promise<void> => {
    clearTimeout(timer)
    const ending = worker
    worker = undefined
    await ending?.terminate()
  }

  const run = (order: SealOrder, progress: (bytes: number) => void): Promise<SealAnswer> =>
    new Promise((resolve, reject) => {
      clearTimeout(timer)
      worker ??= new Worker(WORKER, { workerData: data })
      const thread = worker
      thread.ref()
      const failed = (why: string) => {
        settle()
        if (worker === thread) worker = undefined
        void thread.terminate()
        reject(new ArchiveError('SEAL_FAILED', { study: order.study, why }))
      }
      const settle = () => {
        thread.off('message', take)
        thread.off('error', crashed)
        thread.off('exit', gone)
      }
      const crashed = (error: Error) => failed(`its thread crashed (${error.name})`)
      const gone = () => failed('its thread ended')
      const take = (reply: SealReply) => {
        if (reply.kind === 'progress') return progress(reply.bytes)
        // A WebAssembly module that has trapped once gives wrong or no answers for ever after.
        if (reply.kind === 'trapped') return failed(`a codec failed (${reply.what})`)
        settle()
        thread.unref()
        timer = setTimeout(() => void end(), IDLE_MS).unref()
        if (reply.kind === 'sealed') resolve(reply.answer)
        else reject(new ArchiveError(reply.code, reply.facts))
      }
      thread.on('message', take)
      thread.on('error', crashed)
      thread.on('exit', gone)
      thread.postMessage(order)
    })

  return {
    seal: (order, progress = () => {}) => {
      const next = line.then(() => {
        if (closed) throw new ArchiveError('SEAL_FAILED', { study: order.study, why: 'the archive is closing' })
        return run(order, progress)
      })
      line = next.catch(() => {})
      return next
    },
    close: async () => {
      closed = true
      await end()
    },
  }
}
