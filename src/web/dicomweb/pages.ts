/**
 * Pages of a search that stay where they were while objects arrive. The place where a page ended is in the address of
 * the next one (`Link: <…>; rel="next"`, RFC 8288), and is remembered for a while for those who count with `offset`:
 * whoever asks the same again at the offset a page ended at goes on behind it.
 */
import type { FastifyRequest } from 'fastify'
import { addressOf, ROOT } from './addresses.ts'

const REMEMBERED = 2000
const MINUTES = 10

export interface Pages {
  /** Where the page before `offset` ended, if it was given to this asker lately. */
  endedAt(asker: string, question: string, offset: number): string | undefined
  /** A page that ended before `offset` was given out. */
  ended(asker: string, question: string, offset: number, place: string): void
}

export function openPages(now: () => number = () => performance.now()): Pages {
  // The oldest is first: a Map keeps the order of insertion.
  const places = new Map<string, { readonly place: string; readonly until: number }>()
  const name = (asker: string, question: string, offset: number) => JSON.stringify([asker, question, offset])
  return {
    endedAt(asker, question, offset) {
      const known = places.get(name(asker, question, offset))
      return known !== undefined && known.until > now() ? known.place : undefined
    },
    ended(asker, question, offset, place) {
      const key = name(asker, question, offset)
      places.delete(key)
      places.set(key, { place, until: now() + MINUTES * 60_000 })
      const [oldest] = places.keys()
      if (places.size > REMEMBERED && oldest !== undefined) places.delete(oldest)
    },
  }
}

/** What is asked, whichever page of it. */
export function questionOf(request: FastifyRequest): string {
  const [path = '', search = ''] = request.url.split('?')
  const parameters = new URLSearchParams(search)
  for (const one of ['limit', 'offset', 'after', 'accept']) parameters.delete(one)
  return `${path}?${parameters}`
}

/** The address of the page behind `place`. */
export function nextLink(request: FastifyRequest, place: string): string {
  const [path = '', search = ''] = request.url.split('?')
  const parameters = new URLSearchParams(search)
  parameters.delete('offset')
  parameters.set('after', place)
  return `<${addressOf(request)}${path.slice(ROOT.length)}?${parameters}>; rel="next"`
}
