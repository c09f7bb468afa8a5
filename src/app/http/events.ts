/**
 * What arrives at the archive, told while it does: one stream of events for all screens of this page.
 *
 * It is open while a screen listens and the page is in sight (a browser keeps only a few connections to one place), and
 * comes back after each interruption, longer and longer apart. What happened meanwhile is not told: listeners hear
 * `anew` and ask again. Where there is no stream, screens ask now and then as before.
 */
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { Arrivals } from '../../api/events.ts'

const PATH = '/api/events'
const AGAIN_AFTER_MS = 2000
const AGAIN_AT_MOST_MS = 60_000
/** A study is being received until nothing of it came for so long. */
const STILL_MS = 6000

type Call = (happened: Arrivals | 'anew') => void

const calls = new Set<Call>()
const watchers = new Set<() => void>()
let source: EventSource | undefined
let live = false
let interrupted = false
let failures = 0
let again: ReturnType<typeof setTimeout> | undefined
let receiving: ReadonlyMap<string, number> = new Map()
let settling: ReturnType<typeof setTimeout> | undefined

/** Calls back with what arrives, for as long as the screen is shown. */
export function useArrivals(call: Call): void {
  const latest = useRef(call)
  useEffect(() => {
    latest.current = call
  })
  useEffect(() => {
    const stable: Call = (happened) => latest.current(happened)
    calls.add(stable)
    adjust()
    return () => {
      calls.delete(stable)
      adjust()
    }
  }, [])
}

/** Is the stream open? If not, a screen asks more often. */
export const useLive = (): boolean => useSyncExternalStore(watch, () => live)

/** Studies that are being received just now. */
export const useReceiving = (): ReadonlyMap<string, number> => useSyncExternalStore(watch, () => receiving)

function watch(call: () => void): () => void {
  watchers.add(call)
  return () => watchers.delete(call)
}

function changed(): void {
  for (const call of watchers) call()
}

/** Opens or closes the stream, whichever is due. */
function adjust(): void {
  const wanted = calls.size > 0 && document.visibilityState === 'visible'
  if (wanted && source === undefined && again === undefined) open()
  if (!wanted) {
    clearTimeout(again)
    again = undefined
    if (source !== undefined) close()
  }
}

function open(): void {
  const stream = new EventSource(PATH)
  source = stream
  stream.addEventListener('open', () => {
    failures = 0
    setLive(true)
    if (interrupted) tell('anew')
    interrupted = false
  })
  stream.addEventListener('arrivals', (event) => {
    const read = Arrivals.safeParse(parsed(String(event.data)))
    if (!read.success) return
    note(read.data)
    tell(read.data)
  })
  stream.addEventListener('error', () => {
    close()
    failures += 1
    again = setTimeout(
      () => {
        again = undefined
        adjust()
      },
      Math.min(AGAIN_AFTER_MS * 2 ** (failures - 1), AGAIN_AT_MOST_MS),
    )
  })
}

function close(): void {
  source?.close()
  source = undefined
  interrupted = true
  setLive(false)
}

function setLive(now: boolean): void {
  if (live === now) return
  live = now
  changed()
}

function tell(happened: Arrivals | 'anew'): void {
  for (const call of calls) call(happened)
}

function note({ studies }: Arrivals): void {
  const next = new Map(receiving)
  for (const { study } of studies) next.set(study, Date.now())
  receiving = next
  changed()
  if (settling === undefined) settling = setTimeout(settle, STILL_MS)
}

function settle(): void {
  settling = undefined
  const now = Date.now()
  const next = new Map([...receiving].filter(([, at]) => now - at < STILL_MS))
  if (next.size < receiving.size) {
    receiving = next
    changed()
  }
  if (next.size > 0) settling = setTimeout(settle, 1000)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

document.addEventListener('visibilitychange', adjust)
