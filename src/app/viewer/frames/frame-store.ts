/**
 * The frames of a viewer: fetched once, kept within a budget of memory, prefetched around the one being looked at.
 *
 * What is looked at goes first; at most a few requests are under way, so that the network never queues what the eye waits
 * for behind what it may want later. Leaving the viewer ends them all.
 */
import type { FrameRef } from '../model/frame-sets.ts'
import { loadFrame, type ShownFrame } from './frame-source.ts'

const BUDGET_BYTES = 600 * 1024 * 1024
const AT_ONCE = 4
/** Frames fetched ahead in the direction of travel and behind it. */
const AHEAD = 60
const BEHIND = 20

type Entry =
  | { readonly state: 'loading'; readonly promise: Promise<ShownFrame> }
  | { readonly state: 'ready'; readonly frame: ShownFrame; readonly bytes: number }

export interface FrameStore {
  /** The frame when it is here already: showing it needs no waiting. */
  ready(ref: FrameRef): ShownFrame | undefined
  /** Gets a frame before all others. A failure is not kept: asking again tries again. */
  get(ref: FrameRef): Promise<ShownFrame>
  /** Fetches around a place in a set, in the order one would want them. */
  prefetch(frames: readonly FrameRef[], at: number, direction: 1 | -1): void
  /** One frame for a thumbnail, when nothing else is wanted. */
  whenIdle(ref: FrameRef): Promise<ShownFrame>
  readonly onChange: (call: () => void) => () => void
  close(): void
}

export function openFrameStore(): FrameStore {
  const entries = new Map<string, Entry>() // in order of use, oldest first
  const closing = new AbortController()
  const listeners = new Set<() => void>()
  let wanted: readonly FrameRef[] = []
  let idleQueue: { readonly ref: FrameRef; readonly resolve: (frame: Promise<ShownFrame>) => void }[] = []
  let running = 0
  let bytes = 0

  function start(ref: FrameRef): Promise<ShownFrame> {
    const key = keyOf(ref)
    const known = entries.get(key)
    if (known) {
      entries.delete(key)
      entries.set(key, known)
      return known.state === 'ready' ? Promise.resolve(known.frame) : known.promise
    }
    running++
    const promise = loadFrame(ref, closing.signal).then(
      (frame) => {
        running--
        const size = frame.pixels.data.byteLength
        entries.set(key, { state: 'ready', frame, bytes: size })
        bytes += size
        evict()
        changed()
        return frame
      },
      (error: unknown) => {
        running--
        entries.delete(key)
        throw error
      },
    )
    entries.set(key, { state: 'loading', promise })
    promise.catch(() => undefined).finally(pump)
    return promise
  }

  function evict(): void {
    for (const [key, entry] of entries) {
      if (bytes <= BUDGET_BYTES) return
      if (entry.state !== 'ready') continue
      entries.delete(key)
      bytes -= entry.bytes
    }
  }

  function pump(): void {
    while (running < AT_ONCE && !closing.signal.aborted && !document.hidden) {
      const next = wanted.find((ref) => !entries.has(keyOf(ref)))
      if (next) {
        wanted = wanted.slice(wanted.indexOf(next) + 1)
        // A frame that fails here fails again, visibly, when one comes to it.
        start(next).catch(() => undefined)
        continue
      }
      const idle = idleQueue.shift()
      if (!idle) return
      const got = start(idle.ref)
      got.catch(() => undefined)
      idle.resolve(got)
    }
  }

  function changed(): void {
    for (const call of listeners) call()
  }

  document.addEventListener('visibilitychange', pump)
  return {
    ready(ref) {
      const entry = entries.get(keyOf(ref))
      return entry?.state === 'ready' ? entry.frame : undefined
    },
    get: start,
    prefetch(frames, at, direction) {
      const budgeted = fitting(frames)
      const near: FrameRef[] = []
      for (let step = 1; step <= AHEAD; step++) {
        const ahead = frames[at + direction * step]
        const behind = step <= BEHIND ? frames[at - direction * step] : undefined
        if (ahead) near.push(ahead)
        if (behind) near.push(behind)
      }
      wanted = near.slice(0, budgeted)
      pump()
    },
    whenIdle(ref) {
      return new Promise((resolve) => {
        idleQueue.push({ ref, resolve })
        pump()
      })
    },
    onChange(call) {
      listeners.add(call)
      return () => listeners.delete(call)
    },
    close() {
      closing.abort()
      wanted = []
      idleQueue = []
      entries.clear()
      document.removeEventListener('visibilitychange', pump)
    },
  }
}

/** How many frames of this set the budget holds with room to spare. */
function fitting(frames: readonly FrameRef[]): number {
  const image = frames[0]?.object.image
  if (!image) return 0
  const size = image.rows * image.columns * (image.samplesPerPixel > 1 ? 3 : 4)
  return Math.max(2, Math.floor((BUDGET_BYTES * 0.7) / size))
}

const keyOf = ({ object, frame }: FrameRef) => `${object.sop}/${frame}`
