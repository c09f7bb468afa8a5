import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { memoryArchive, webDoor } from '../../../test/support/web-door.ts'
import { gather } from '../../base/bytes.ts'
import { ArchiveError } from '../../base/errors.ts'

const archive = memoryArchive()
const door = await webDoor(archive)
const ownTake = archive.take
afterAll(() => door.close())
beforeEach(() => {
  archive.kept.length = 0
  archive.arrivals.length = 0
  archive.take = ownTake
})

const TYPE = 'multipart/related; type="application/dicom"; boundary=b'
const part = (content: string, type = 'application/dicom') => `--b\r\nContent-Type: ${type}\r\n\r\n${content}\r\n`
const END = '--b--\r\n'

type Items = Record<string, { vr: string; Value: (string | number)[] }>[]
interface Stored {
  readonly status: number
  readonly json: Record<string, { vr: string; Value: unknown[] }> & { code?: string; fact?: string }
  readonly headers: Headers
  readonly referenced: Items
  readonly failed: Items
  readonly others: Items
}

async function post(body: string, type = TYPE, path = '/studies', accept = 'application/dicom+json'): Promise<Stored> {
  const response = await fetch(door.dicomweb + path, {
    method: 'POST',
    headers: { 'content-type': type, accept },
    body,
  })
  const json = JSON.parse(await response.text()) as Stored['json']
  const items = (tag: string) => (json[tag]?.Value ?? []) as Items
  return {
    status: response.status,
    json,
    headers: response.headers,
    referenced: items('00081199'),
    failed: items('00081198'),
    others: items('0008119A'),
  }
}

const value = (items: Items, tag: string) => items.map((item) => item[tag]?.Value[0])

/** Sends bytes as they are; gives everything that came back. */
async function raw(send: (socket: Socket) => void | Promise<void>): Promise<string> {
  const socket = connect(door.port, '127.0.0.1')
  await once(socket, 'connect')
  let text = ''
  socket.on('data', (bytes) => {
    text += String(bytes)
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => undefined)
  await send(socket)
  await closed
  return text
}

const head = (length: number, extra = '') =>
  `POST /dicom-web/studies HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${TYPE}\r\nContent-Length: ${length}\r\n${extra}\r\n`

/** Waits until something is so; the test's own time limit ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

describe('STOW-RS (PS3.18 section 10.5)', () => {
  it('stores every part and says where each is', async () => {
    const { status, referenced, json, headers } = await post(part('1.2.9.1') + part('1.2.9.2') + END)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/dicom+json')
    expect(value(referenced, '00081155')).toEqual(['1.2.9.1', '1.2.9.2'])
    expect(value(referenced, '00081190')[0]).toBe(`${door.dicomweb}/studies/1.2.3/series/1.2.3.4/instances/1.2.9.1`)
    expect(json['00081190']?.Value).toEqual([`${door.dicomweb}/studies/1.2.3`])
    expect(archive.arrivals.map(({ arrival }) => arrival.door)).toEqual(['stow', 'stow'])
  })

  it('stores a single part that is the whole body', async () => {
    const { status, referenced } = await post('1.2.9.1', 'application/dicom')
    expect(status).toBe(200)
    expect(referenced).toHaveLength(1)
  })

  it('hands the study of the address to the archive', async () => {
    await post(part('1.2.9.1') + END, TYPE, '/studies/1.2.3')
    expect(archive.arrivals[0]?.arrival.onlyStudy).toBe('1.2.3')
    expect((await post(part('1.2.9.1') + END, TYPE, '/studies/not-a-uid')).json.code).toBe('DICOM_INVALID_UID')
  })

  it('takes the same content again as a success, other content under its UID with a warning', async () => {
    await post(part('1.2.9.1') + END)
    expect(await post(part('1.2.9.1') + END)).toMatchObject({ status: 200 })
    const { status, referenced } = await post(part('1.2.9.1\r\n') + END)
    expect(status).toBe(202)
    expect(value(referenced, '00081196')).toEqual([0x0111])
  })

  it('says of each refused instance why, and stores the rest', async () => {
    const { status, referenced, failed } = await post(part('1.2.9.1') + part('1.2.9.2 damaged') + part('1.2.9.3') + END)
    expect(status).toBe(202)
    expect(value(referenced, '00081155')).toEqual(['1.2.9.1', '1.2.9.3'])
    expect(failed).toEqual([
      {
        '00081150': { vr: 'UI', Value: ['1.9'] },
        '00081155': { vr: 'UI', Value: ['1.2.9.2'] },
        '00081197': { vr: 'US', Value: [0xc000] },
        '00000902': { vr: 'LO', Value: ['This is not a DICOM object: damaged.'] },
        '00090010': { vr: 'LO', Value: ['CLEARKEEP'] },
        '00091001': { vr: 'LO', Value: ['DICOM_NOT_DICOM'] },
        '00091002': {
          vr: 'LT',
          Value: ['This is not a DICOM object: damaged. Send a DICOM Part 10 file or a bare data set.'],
        },
      },
    ])
  })

  it('says in a private block which objects were here already, which the standard has no word for', async () => {
    await post(part('1.2.9.1') + END)
    const { referenced } = await post(part('1.2.9.1') + part('1.2.9.2') + END)
    expect(value(referenced, '00091001')).toEqual(['ALREADY', 'STORED'])
  })

  it('lists what it could not even name apart', async () => {
    archive.take = async () => {
      throw new ArchiveError('DICOM_NOT_DICOM', { why: 'it is a picture of a cat' })
    }
    const { status, others, failed } = await post(part('x') + END)
    expect(status).toBe(409)
    expect(failed).toEqual([])
    expect(value(others, '00081197')).toEqual([0xc000])
  })

  it.each([
    ['DICOM_MALFORMED', 409],
    ['STORE_UID_MISMATCH', 409],
    ['STORE_NO_SPACE', 507],
    ['STORE_WRITE_FAILED', 503],
    ['STORE_BUSY', 503],
    ['ACCESS_DENIED', 403],
  ] as const)('answers %s for all with %i, the reason with each', async (code, status) => {
    archive.take = async () => {
      throw new ArchiveError(code, { sopInstance: '1.2.9.1' })
    }
    const answer = await post(part('x') + part('y') + END)
    expect(answer.status).toBe(status)
    expect(answer.failed).toHaveLength(2)
  })

  it.each([
    ['another media type', part('x') + END, 'text/plain', 415],
    ['form data', part('x') + END, 'multipart/form-data; boundary=b', 415],
    ['JSON alone', '{}', 'application/json', 415],
    ['no boundary', part('x') + END, 'multipart/related; type="application/dicom"', 400],
    ['a body without parts', END, TYPE, 400],
    ['an empty body', '', TYPE, 400],
    ['another boundary', part('x') + END, 'multipart/related; type="application/dicom"; boundary=c', 400],
  ])('refuses %s', async (_, body, type, status) => {
    const answer = await post(body, type)
    expect(answer.status).toBe(status)
    expect(answer.json.fact).toMatch(/\w/)
  })

  it('refuses a part of another media type, and stores the rest', async () => {
    const { status, referenced, others } = await post(part('x', 'image/jpeg') + part('1.2.9.1') + END)
    expect(status).toBe(202)
    expect(referenced).toHaveLength(1)
    expect(others).toHaveLength(1)
    expect((await post(part('x', 'image/jpeg') + END)).status).toBe(415)
  })

  it('takes a boundary in quotes, a type without, and parts without a type', async () => {
    const type = 'Multipart/Related; type=application/dicom; boundary="b"'
    expect((await post(`--b\r\n\r\n1.2.9.1\r\n${END}`, type)).status).toBe(200)
  })

  it('answers in XML who asks for that, and in no other language', async () => {
    const ask = (accept: string) =>
      fetch(`${door.dicomweb}/studies`, {
        method: 'POST',
        headers: { 'content-type': TYPE, accept },
        body: part('1.2.9.1') + END,
      })
    const answer = await ask('application/dicom+xml')
    expect(answer.headers.get('content-type')).toBe('application/dicom+xml')
    expect(await answer.text()).toContain('keyword="ReferencedSOPSequence"')
    archive.arrivals.length = 0
    expect((await ask('text/html')).status).toBe(406)
    expect(archive.arrivals).toHaveLength(0)
  })
})

describe('a STOW-RS body as it streams', () => {
  it('is taken in while the parts before wait to be durable, so that one sync serves several', async () => {
    let inHand = 0
    const all = Promise.withResolvers<void>()
    archive.take = async (arrival) => {
      const receipt = await ownTake(arrival)
      inHand += 1
      if (inHand === 8) all.resolve()
      await all.promise
      return receipt
    }
    const body = Array.from({ length: 8 }, (_, at) => part(`1.2.9.${at + 1}`)).join('')
    expect((await post(body + END)).referenced).toHaveLength(8)
  })

  it('keeps no part in memory, however long', async () => {
    archive.take = async ({ bytes }) => {
      for await (const _ of bytes);
      return ownTake({ door: 'stow', bytes: [Buffer.from('1.2.9.1')] as never })
    }
    const chunk = Buffer.alloc(1024 * 1024, 7)
    const before = process.memoryUsage.rss()
    let most = 0
    const body = new ReadableStream({
      pull(controller) {
        most = Math.max(most, process.memoryUsage.rss())
        if (sent === 0) controller.enqueue(Buffer.from('--b\r\n\r\n'))
        if (sent < 300) controller.enqueue(chunk)
        else {
          controller.enqueue(Buffer.from('\r\n--b--'))
          controller.close()
        }
        sent += 1
      },
    })
    let sent = 0
    const response = await fetch(`${door.dicomweb}/studies`, {
      method: 'POST',
      headers: { 'content-type': TYPE },
      body,
      duplex: 'half',
    } as RequestInit)
    expect(response.status).toBe(200)
    expect(archive.arrivals[0]?.length).toBe(300 * 1024 * 1024)
    // Client and server are one process here; 300 MiB would show.
    expect(most - before).toBeLessThan(150 * 1024 * 1024)
  })

  it('is read no faster than the archive takes it', async () => {
    const go = Promise.withResolvers<void>()
    archive.take = async (arrival) => {
      await go.promise
      await gather(arrival.bytes)
      return ownTake({ ...arrival, bytes: [Buffer.from('1.2.9.1')] as never })
    }
    const chunk = Buffer.alloc(1024 * 1024)
    const text = await raw(async (socket) => {
      socket.write(`${head(7 + 64 * chunk.length + 9, 'Connection: close\r\n')}--b\r\n\r\n`)
      for (let written = 0; written < 64; written += 1) socket.write(chunk)
      socket.write('\r\n--b--\r\n')
      // Until nothing moves any more: what has left fills the kernel's buffers, the rest waits for us.
      let still = 0
      for (let last = -1; still < 50; still = socket.writableLength === last ? still + 1 : 0) {
        last = socket.writableLength
        await new Promise((resolve) => setImmediate(resolve))
      }
      expect(socket.writableLength).toBeGreaterThan(32 * 1024 * 1024)
      go.resolve()
    })
    expect(text).toContain('HTTP/1.1 200')
  })

  it('that is refused at its beginning is answered, though the sender goes on sending', async () => {
    archive.take = async () => {
      throw new ArchiveError('STORE_NO_SPACE', { free: 1, needed: 2, sopInstance: '1.2.9.1' })
    }
    const text = await raw(async (socket) => {
      socket.write(head(7 + 20_000_000 + 9, 'Connection: close\r\n'))
      socket.write('--b\r\n\r\n')
      socket.write(Buffer.alloc(20_000_000))
      socket.write('\r\n--b--\r\n')
    })
    expect(text).toContain('HTTP/1.1 507')
  })

  it('that ends before its closing boundary keeps what was complete, and says what happened', async () => {
    const answer = await post(`${part('1.2.9.1')}${part('1.2.9.2').slice(0, -4)}`)
    expect(answer.status).toBe(202)
    expect(value(answer.referenced, '00081155')).toEqual(['1.2.9.1'])
    expect([...answer.failed, ...answer.others]).toHaveLength(1)
    expect(answer.headers.get('warning')).toContain('ends before its closing boundary')
    expect(await post('--b\r\n\r\n1.2.9.3')).toMatchObject({ status: 400, json: { code: 'MULTIPART_INVALID' } })
    expect(archive.kept.map(({ record }) => record.key.instance)).toEqual(['1.2.9.1'])
  })

  it('whose connection breaks keeps what was complete and nothing of the rest', async () => {
    await raw(async (socket) => {
      socket.write(head(100_000))
      socket.write(part('1.2.9.1') + part('1.2.9.2').slice(0, -6))
      await until(() => archive.arrivals.length === 1)
      socket.destroy()
    })
    expect(archive.kept.map(({ record }) => record.key.instance)).toEqual(['1.2.9.1'])
    expect((await post(part('1.2.9.5') + END)).status).toBe(200)
  })

  it('leaves the connection fit for the next request', async () => {
    const body = part('1.2.9.1 damaged') + part('1.2.9.2') + END
    const text = await raw((socket) => {
      socket.write(head(body.length) + body)
      socket.write(head(body.length, 'Connection: close\r\n') + body)
    })
    expect(text.match(/HTTP\/1\.1 202/g)).toHaveLength(2)
  })
})
