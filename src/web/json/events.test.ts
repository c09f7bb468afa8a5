import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MemoryArchive, memoryArchive, webDoor } from '../../../test/support/web-door.ts'
import { Arrivals } from '../../api/events.ts'
import type { Receipt } from '../../archive/archive.ts'
import { uid } from '../../dicom/uid.ts'

/** Reads a stream event by event. */
async function* events(response: Response): AsyncGenerator<{ readonly name: string; readonly data: string }> {
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString()
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const block = text.slice(0, end)
      text = text.slice(end + 2)
      const name = /^event: (.*)$/m.exec(block)?.[1]
      if (name !== undefined) yield { name, data: /^data: (.*)$/m.exec(block)?.[1] ?? '' }
    }
  }
}

describe('GET /api/events', () => {
  let archive: MemoryArchive
  let door: Awaited<ReturnType<typeof webDoor>>

  beforeEach(async () => {
    archive = memoryArchive()
    door = await webDoor(archive, { events: { gatherMs: 20, beatMs: 60_000, streamMs: 60_000 } })
  })
  afterEach(() => door.close())

  async function listen() {
    const response = await fetch(`${door.url}/api/events`)
    const stream = events(response)
    expect((await stream.next()).value?.name).toBe('open')
    return {
      response,
      next: async () => Arrivals.parse(JSON.parse((await stream.next()).value?.data ?? '')),
      rest: () => stream.next(),
    }
  }
  const receive = (study: string) => {
    const key = { study: uid(study), series: uid('1.2.4'), instance: uid('1.2.5') }
    archive.take = async ({ bytes }): Promise<Receipt> => {
      for await (const _ of bytes);
      return { outcome: 'stored', key, sopClass: '1.2', ds: '', version: 1, leniencies: [] }
    }
    const context = {
      principal: { kind: 'job', name: 'test' } as const,
      client: { address: '' },
      now: () => new Date(),
      signal: new AbortController().signal,
    }
    return archive.receive(context, { door: 'import', bytes: (async function* () {})() })
  }

  it('tells what arrives by study and count, and nothing else', async () => {
    const stream = await listen()
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream')
    expect(stream.response.headers.get('cache-control')).toBe('no-store')
    await receive('1.2.3')
    await receive('1.2.3')
    await receive('1.2.9')
    expect(await stream.next()).toEqual({
      studies: [
        { study: '1.2.3', instances: 2 },
        { study: '1.2.9', instances: 1 },
      ],
      more: false,
    })
    await receive('1.2.3')
    expect(await stream.next()).toEqual({ studies: [{ study: '1.2.3', instances: 1 }], more: false })
  })

  it('lists fifty studies at most and says that there are more', async () => {
    const stream = await listen()
    for (let at = 1; at <= 60; at++) await receive(`1.2.${at}`)
    const told = await stream.next()
    expect(told.studies.length).toBeLessThanOrEqual(50)
    // The rest came with this event or with the next.
    const all = told.more ? 60 : told.studies.length + (await stream.next()).studies.length
    expect(all).toBe(60)
  })

  it('tells every listener, and ends the streams when the archive stops', async () => {
    const [one, other] = await Promise.all([listen(), listen()])
    await receive('1.2.3')
    expect(await one.next()).toEqual(await other.next())
    const began = performance.now()
    const [ended] = await Promise.all([one.rest(), door.close()])
    expect(ended.done).toBe(true)
    expect(performance.now() - began).toBeLessThan(9000) // not cut off: ended
    door = await webDoor(archive)
  })
})
