/**
 * The thread that seals: one study at a time, everything of it here, files included, so that ingest and viewing never wait
 * for it. Where the system lets it, it is the last in line for a core.
 *
 * A codec that traps takes this thread with it; the one outside begins a new one.
 */
import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { ArchiveError, type ErrorCode, type Facts } from '../../base/errors.ts'
import { decodeFrame } from '../../codecs/decode.ts'
import { diskFiles } from '../../storage/files/disk.ts'
import { type MirrorAddress, type MirrorOf, openMirrorPlace, openVaultPlace } from '../copies/places.ts'
import type { SealAnswer, SealOrder } from './order.ts'
import { sealAndCopy } from './seal-and-copy.ts'

export interface SealWorkerData {
  readonly vault: string
  readonly inbox: string
  /** A folder of its own, on the vault's file system. */
  readonly scratch: string
  readonly setAside: string
  /** Where mirrors are, and whose they must be. */
  readonly mirrors: readonly MirrorAddress[]
  readonly of: MirrorOf
}

export type SealReply =
  | { readonly kind: 'sealed'; readonly answer: SealAnswer }
  | { readonly kind: 'progress'; readonly bytes: number }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly facts: Facts }
  | { readonly kind: 'trapped'; readonly what: string }

const port = parentPort
if (port === null) throw new Error('vault/seal/worker.ts runs in a worker only')
const tell = (reply: SealReply): void => port.postMessage(reply)

try {
  // Linux gives each thread a number of its own, and a priority to it: /proc/thread-self is PID/task/TID.
  const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
  if (Number.isInteger(thread)) setPriority(thread, constants.priority.PRIORITY_LOW)
} catch {
  // Elsewhere it shares the cores as others do.
}

const { vault, inbox, scratch, setAside, mirrors, of } = workerData as SealWorkerData
const files = diskFiles()
const place = openVaultPlace(files, { vault, incoming: scratch, setAside })
const places = Promise.all(mirrors.map((mirror) => openMirrorPlace(files, mirror, of, 'seal')))

port.on('message', async (order: SealOrder) => {
  try {
    const own = await place
    const progress = (bytes: number) => tell({ kind: 'progress', bytes })
    const parts = { files, store: own.store, inbox, scratch, decode: decodeFrame, progress }
    tell({ kind: 'sealed', answer: await sealAndCopy(parts, own, await places, order) })
  } catch (thrown) {
    if (thrown instanceof ArchiveError) tell({ kind: 'refused', code: thrown.code, facts: thrown.facts })
    // A disk that does not take it says nothing against the codecs.
    else if (isSystem(thrown)) tell({ kind: 'refused', code: 'STORE_WRITE_FAILED', facts: {} })
    // A message may hold anything, so only its kind is told.
    else tell({ kind: 'trapped', what: thrown instanceof Error ? thrown.name : typeof thrown })
  }
})

/** Is it the system's: a disk that is full, read-only, gone? */
function isSystem(thrown: unknown): boolean {
  return typeof Reflect.get(Object(thrown), 'syscall') === 'string'
}
