/**
 * `/api/events`: what arrives, told to those who may find it while it does (Server-Sent Events).
 *
 * An event a second at most, with studies and counts; a listener that does not read is cut off, and a stream ends after
 * some minutes, so that whoever listens is asked who he is again. What was missed is no harm: the page asks for what it
 * shows whenever a stream begins. Only what this process receives is told; pages ask now and then besides.
 */
import type { ServerResponse } from 'node:http'
import type { Arrivals } from '../../api/events.ts'
import type { Archive } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import { type Route, route } from '../routes.ts'

export interface EventFeed {
  readonly routes: readonly Route[]
  /** Ends every stream: a server that stops does not wait for them. */
  close(): void
}

export interface EventTimes {
  /** How long arrivals gather before they are told. */
  readonly gatherMs: number
  /** A line without meaning, so that nothing between here and there takes the silence for an end. */
  readonly beatMs: number
  readonly streamMs: number
}

export const EVENT_TIMES: EventTimes = { gatherMs: 1000, beatMs: 20_000, streamMs: 5 * 60_000 }

const STUDIES_AT_MOST = 50
const LISTENERS_AT_MOST = 500
/** Unread bytes after which a listener is given up. */
const UNREAD_AT_MOST = 64 * 1024
/** How soon a browser comes back, in milliseconds. */
const RETRY = 2000

export function eventFeed(
  archive: Pick<Archive, 'onReceived' | 'unrestricted'>,
  times: EventTimes = EVENT_TIMES,
): EventFeed {
  const listeners = new Set<ServerResponse>()
  const counts = new Map<string, number>()
  let more = false
  let telling: NodeJS.Timeout | undefined

  const forget = archive.onReceived(({ key }) => {
    if (listeners.size === 0) return
    const known = counts.get(key.study)
    if (known === undefined && counts.size >= STUDIES_AT_MOST) more = true
    else counts.set(key.study, (known ?? 0) + 1)
    telling ??= setTimeout(() => void tell(), times.gatherMs)
  })

  async function tell(): Promise<void> {
    telling = undefined
    const gathered = new Map(counts)
    const cut = more
    counts.clear()
    more = false
    // What not everybody sees is told to nobody: who may see it finds it when the page next asks.
    const shown = await archive.unrestricted([...gathered.keys()]).catch(() => new Set<string>())
    const studies = [...gathered].flatMap(([study, instances]) => (shown.has(study) ? [{ study, instances }] : []))
    if (studies.length === 0 && !cut) return
    const arrivals: Arrivals = { studies, more: cut }
    send(`event: arrivals\ndata: ${JSON.stringify(arrivals)}\n\n`)
  }

  function send(text: string): void {
    for (const listener of listeners) {
      if (listener.writableLength > UNREAD_AT_MOST) listener.destroy()
      else listener.write(text)
    }
  }

  const beat = setInterval(() => send(': still here\n\n'), times.beatMs).unref()

  const events = route({
    method: 'GET',
    url: '/api/events',
    act: 'find',
    says: 'Server-Sent Events `arrivals`: which studies receive objects, and how many; at most one a second.',
    answers: [
      { status: 200, says: 'The stream.', types: ['text/event-stream'] },
      { status: 503, says: 'There are too many listeners.' },
    ],
    handle: async ({ request }, reply) => {
      if (listeners.size >= LISTENERS_AT_MOST) throw new ArchiveError('STORE_BUSY')
      reply.hijack()
      const response = reply.raw
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) response.setHeader(name, value)
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
      response.write(`retry: ${RETRY}\nevent: open\ndata: {}\n\n`)
      if (request.method === 'HEAD') return response.end()
      listeners.add(response)
      const over = setTimeout(() => response.end(), times.streamMs)
      response.once('close', () => {
        listeners.delete(response)
        clearTimeout(over)
      })
      response.on('error', () => response.destroy())
      return reply
    },
  })

  return {
    routes: [events],
    close: () => {
      forget()
      clearInterval(beat)
      clearTimeout(telling)
      for (const listener of listeners) listener.end()
    },
  }
}
