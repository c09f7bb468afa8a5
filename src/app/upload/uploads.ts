/**
 * The uploads of this page: a queue that goes on while one moves between screens.
 *
 * It lives outside React; screens read it through `useUploads`, at most once a frame, so ten thousand files cost no more
 * renders than ten.
 */
import { useSyncExternalStore } from 'react'
import { sendFile } from './send.ts'

export interface Upload {
  readonly id: number
  readonly name: string
  readonly file: File
  state: 'waiting' | 'sending' | 'stored' | 'warned' | 'refused' | 'failed'
  sent: number // bytes
  reason?: string
  study?: string
}

export interface Uploads {
  readonly items: readonly Upload[]
  readonly totals: Readonly<Record<Upload['state'], number>>
  readonly bytes: number
  readonly sentBytes: number
  readonly active: boolean
}

const AT_ONCE = 3

const items: Upload[] = []
let nextId = 1
let running = 0
let stopper = new AbortController()
let snapshot = summarize()
let scheduled = false
const listeners = new Set<() => void>()

export function useUploads(): Uploads {
  return useSyncExternalStore(
    (call) => {
      listeners.add(call)
      return () => listeners.delete(call)
    },
    () => snapshot,
  )
}

export interface NamedFile {
  readonly name: string
  readonly file: File
}

export function enqueue(files: readonly NamedFile[]): void {
  for (const { name, file } of files) items.push({ id: nextId++, name, file, state: 'waiting', sent: 0 })
  changed()
  pump()
}

/** Sends again what did not arrive; what the archive refused stays refused. */
export function sendFailedAgain(): void {
  for (const item of items)
    if (item.state === 'failed') {
      item.state = 'waiting'
      item.sent = 0
      delete item.reason
    }
  changed()
  pump()
}

/** Stops what is under way; what was stored stays stored. */
export function stopUploads(): void {
  for (const item of items)
    if (item.state === 'waiting') {
      item.state = 'failed'
      item.reason = 'Stopped.'
    }
  stopper.abort()
  stopper = new AbortController()
  changed()
}

export function clearUploads(): void {
  items.splice(0, items.length, ...items.filter(({ state }) => state === 'waiting' || state === 'sending'))
  changed()
}

function pump(): void {
  while (running < AT_ONCE) {
    const item = items.find(({ state }) => state === 'waiting')
    if (!item) return
    running++
    void send(item).finally(() => {
      running--
      changed()
      pump()
    })
  }
}

async function send(item: Upload): Promise<void> {
  item.state = 'sending'
  changed()
  try {
    const answer = await sendFile(
      item.file,
      (sent) => {
        item.sent = sent
        changed()
      },
      stopper.signal,
    )
    item.state = answer.result
    if (answer.reason !== undefined) item.reason = answer.reason
    if (answer.study !== undefined) item.study = answer.study
  } catch (error) {
    item.state = 'failed'
    item.reason = error instanceof Error ? error.message : 'It did not arrive.'
  }
  item.sent = item.file.size
}

function changed(): void {
  if (scheduled) return
  scheduled = true
  requestAnimationFrame(() => {
    scheduled = false
    snapshot = summarize()
    for (const call of listeners) call()
  })
}

function summarize(): Uploads {
  const totals = { waiting: 0, sending: 0, stored: 0, warned: 0, refused: 0, failed: 0 }
  let bytes = 0
  let sentBytes = 0
  for (const item of items) {
    totals[item.state]++
    bytes += item.file.size
    sentBytes += item.sent
  }
  return { items: [...items], totals, bytes, sentBytes, active: totals.waiting + totals.sending > 0 }
}

// A page that closes takes its queue with it; the browser asks first.
window.addEventListener('beforeunload', (event) => {
  if (snapshot.active) event.preventDefault()
})
