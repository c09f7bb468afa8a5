import { createHash } from 'node:crypto'
import { networkInterfaces } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { type DoorForTests, openDoor } from '../../test/support/dicom-door.ts'
import {
  CT,
  commandPdu,
  dataPdu,
  ECHO_RQ,
  EXPLICIT,
  IMPLICIT,
  RawPeer,
  requestPdu,
  storeRq,
  VERIFICATION,
} from '../../test/support/raw-peer.ts'
import { ArchiveError } from '../base/errors.ts'
import { decodeCommandSet } from './dimse/commands.ts'
import type { DicomListenerOptions } from './listener.ts'
import { type Association, type AssociationOptions, openAssociation } from './services/client.ts'
import { encodePdu } from './upper-layer/pdu.ts'

const doors: DoorForTests[] = []
const opened: Association[] = []
const peers: RawPeer[] = []

async function door(options: Partial<DicomListenerOptions> = {}): Promise<DoorForTests> {
  const one = await openDoor(options)
  doors.push(one)
  return one
}

async function associate({ port }: DoorForTests, options: Partial<AssociationOptions> = {}): Promise<Association> {
  const association = await openAssociation({
    host: '127.0.0.1',
    port,
    calledAet: 'CLEARKEEP',
    callingAet: 'TESTS',
    contexts: [
      { abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] },
      { abstractSyntax: CT, transferSyntaxes: [EXPLICIT] },
    ],
    ...options,
  })
  opened.push(association)
  return association
}

async function raw({ port }: DoorForTests): Promise<RawPeer> {
  const peer = await RawPeer.associate(port)
  peers.push(peer)
  return peer
}

afterEach(async () => {
  for (const association of opened.splice(0)) association.abort()
  for (const peer of peers.splice(0)) peer.destroy()
  for (const one of doors.splice(0)) await one.close()
})

/** A machine without IPv6 cannot show it. */
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))

async function* pieces(...list: readonly Uint8Array[]) {
  yield* list
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const object = (sopInstance: string) => ({ sopClass: CT, sopInstance, transferSyntax: EXPLICIT })

/** The status of the next response a raw peer gets. */
async function nextStatus(peer: RawPeer): Promise<number | undefined> {
  const incoming = await peer.next()
  if (incoming?.kind !== 'data') throw new Error(JSON.stringify(incoming))
  return decodeCommandSet(incoming.bytes).status
}

describe('the DICOM door, admission (PS3.8 section 9.3.4)', () => {
  it('refuses callers that are no listed device, notes them and records it', async () => {
    const here = await door({ unknownCallers: 'refuse' })
    await expect(associate(here)).rejects.toThrow(
      'rejected the association: the calling AE title is not recognized (rejected-permanent)',
    )
    expect(here.refused).toEqual([{ aet: 'TESTS', address: '127.0.0.1' }])
    expect(here.archive.recorded).toHaveLength(1)
    expect(here.archive.recorded[0]).toMatchObject({
      context: { principal: { kind: 'device', aeTitle: 'TESTS', known: false } },
      happened: { type: 'aud.110113', outcome: 4, detail: { alertType: '110126', callingAet: 'TESTS', times: 1 } },
    })
    expect(here.associations()[0]?.state).toMatch(/^rejected by us: the calling AE title is not recognized/)
  })

  it('answers a refused caller with result 1, source 1, reason 3', async () => {
    const here = await door({ unknownCallers: 'refuse' })
    const peer = await RawPeer.connect(here.port)
    peers.push(peer)
    peer.send(encodePdu(requestPdu()))
    expect(await peer.next()).toEqual({ kind: 'pdu', pdu: { type: 'A-ASSOCIATE-RJ', result: 1, source: 1, reason: 3 } })
  })

  it('takes listed devices, and says so to the archive', async () => {
    const here = await door({ unknownCallers: 'refuse' })
    const association = await associate(here, { callingAet: 'LISTED' })
    await association.store(pieces(Buffer.from('bytes!')), object('1.2.3'))
    expect(here.archive.kept[0]?.context).toMatchObject({
      principal: { kind: 'device', aeTitle: 'LISTED', known: true },
      client: { address: '127.0.0.1', aeTitle: 'LISTED' },
    })
  })

  it('vouches for every caller under `accept`, and still tells listed from other', async () => {
    const here = await door()
    const association = await associate(here)
    await association.store(pieces(Buffer.from('bytes!')), object('1.2.3'))
    expect(here.archive.kept[0]?.context.principal).toMatchObject({ known: true })
    expect(here.associations()[0]).toMatchObject({ callingAet: 'TESTS', listed: false, state: 'open' })
  })

  it('minds the called AE title only when told to', async () => {
    await associate(await door(), { calledAet: 'WHOEVER' })
    await expect(associate(await door({ anyCalledAet: false }), { calledAet: 'WHOEVER' })).rejects.toThrow(
      'the called AE title is not recognized',
    )
    await associate(await door({ anyCalledAet: false }))
  })

  it('rejects another application context and another protocol version', async () => {
    const here = await door()
    for (const [changes, rejection] of [
      [{ applicationContext: '1.2.3' }, { result: 1, source: 1, reason: 2 }],
      [{ protocolVersion: 2 }, { result: 1, source: 2, reason: 2 }],
    ] as const) {
      const peer = await RawPeer.connect(here.port)
      peers.push(peer)
      peer.send(encodePdu(requestPdu(changes)))
      expect(await peer.next()).toEqual({ kind: 'pdu', pdu: { type: 'A-ASSOCIATE-RJ', ...rejection } })
    }
  })

  it('rejects a caller that takes no PDU with anything in it', async () => {
    const here = await door()
    const peer = await RawPeer.connect(here.port)
    peers.push(peer)
    peer.send(encodePdu(requestPdu({ user: { maximumLength: 7 } })))
    expect(await peer.next()).toMatchObject({ pdu: { type: 'A-ASSOCIATE-RJ', result: 1, source: 1, reason: 1 } })
  })

  it('rejects for the time being when there are too many associations, in all or from one address', async () => {
    const few = await door({ maxAssociations: 2, maxAssociationsPerPeer: 2 })
    const first = await associate(few)
    await associate(few)
    await expect(associate(few)).rejects.toThrow('a local limit is exceeded (rejected-transient)')
    await first.release()
    await associate(few)

    const shared = await door({ maxAssociations: 10, maxAssociationsPerPeer: 1 })
    await associate(shared)
    await expect(associate(shared)).rejects.toThrow('a local limit is exceeded')
  })
})

describe('the DICOM door, its port', () => {
  it('says why it cannot have a port', async () => {
    const here = await door()
    await expect(openDoor({ port: here.port })).rejects.toThrow(
      `Port ${here.port} of 127.0.0.1 cannot be listened on: EADDRINUSE.`,
    )
  })

  it.skipIf(!hasIpv6)('listens on IPv6 too, and knows callers by their plain addresses', async () => {
    const here = await door({ host: '::' })
    await (await associate(here)).release()
    await (await associate(here, { host: '::1' })).release()
    expect(here.associations().map((summary) => summary.address)).toEqual(['::1', '127.0.0.1'])
  })
})

describe('the DICOM door, operations', () => {
  it('answers C-ECHO', async () => {
    const here = await door()
    const association = await associate(here)
    expect(await association.echo()).toMatchObject({ status: 0, is: 'success' })
    expect(here.associations()[0]?.counts.echo).toBe(1)
  })

  it('streams a C-STORE into the archive, with command, titles and implementation, and answers 0000H', async () => {
    const here = await door()
    const association = await associate(here)
    const bytes = Buffer.alloc(1_000_001, 'pixels')
    const answer = await association.store(pieces(bytes.subarray(0, 10), bytes.subarray(10)), object('1.2.3.4'))
    expect(answer).toMatchObject({ status: 0 })
    const [kept] = here.archive.kept
    expect(kept).toMatchObject({ length: bytes.length, sha256: sha256(bytes) })
    expect(kept?.arrival).toMatchObject({
      door: 'c-store',
      stream: {
        transferSyntax: EXPLICIT,
        sopClass: CT,
        sopInstance: '1.2.3.4',
        callingAet: 'TESTS',
        calledAet: 'CLEARKEEP',
        implementationVersion: 'CLEARKEEP_0.1',
      },
    })
    expect(decodeCommandSet(kept?.arrival.stream?.commandSet ?? Buffer.alloc(0))).toMatchObject({
      commandField: 1,
      affectedSopInstanceUid: '1.2.3.4',
    })
    expect(kept?.pieces).toBeGreaterThan(5)
  })

  it('answers 0000H for the same again and for a conflict, and counts them apart', async () => {
    const here = await door()
    const association = await associate(here)
    for (const text of ['first!', 'first!', 'second'])
      expect((await association.store(pieces(Buffer.from(text)), object('1.2.3'))).status).toBe(0)
    expect(here.associations()[0]?.counts).toEqual({
      echo: 0,
      stored: 1,
      already: 1,
      conflict: 1,
      found: 0,
      retrieved: 0,
      committed: 0,
      performed: 0,
      refused: 0,
    })
  })

  it.each([
    [new ArchiveError('STORE_NO_SPACE', { free: 1, needed: 2 }), 0xa700, []],
    [
      new ArchiveError('STORE_UID_MISMATCH', { attribute: 'SOPInstanceUID', expected: '1', actual: '2' }),
      0xa900,
      [0x00080018],
    ],
    [new ArchiveError('DICOM_NO_UID', { attribute: 'StudyInstanceUID' }), 0xa900, [0x0020000d]],
    [new ArchiveError('ACCESS_DENIED', { who: 'it', act: 'store' }), 0x0124, []],
    [new Error('a bug'), 0x0110, []],
  ])(
    'answers %s with its status, a comment and the element, reads the rest, and goes on',
    async (error, status, elements) => {
      const here = await door()
      here.archive.before = () => {
        throw error
      }
      const association = await associate(here)
      const answer = await association.store(pieces(Buffer.alloc(3_000_000)), object('1.2.3'))
      expect(answer).toMatchObject({ status, is: 'failure', offendingElements: elements })
      expect(answer.comment.length).toBeGreaterThan(0)
      expect(answer.comment.length).toBeLessThanOrEqual(64)
      expect(answer.comment).not.toContain('a bug')
      here.archive.before = () => undefined
      expect((await association.store(pieces(Buffer.from('more')), object('1.2.4'))).status).toBe(0)
      expect(here.associations()[0]?.counts).toMatchObject({ refused: 1, stored: 1 })
      expect(here.associations()[0]?.refusals).toMatchObject([{ code: expect.any(String), times: 1 }])
      expect(JSON.stringify(here.associations()[0])).not.toContain('a bug')
    },
  )

  it('refuses in the middle of an object, reads the rest, and goes on', async () => {
    const here = await door()
    let seen = 0
    here.archive.onPiece = (bytes) => {
      seen += bytes.length
      if (seen > 500_000) throw new ArchiveError('STORE_NO_SPACE', { free: 0, needed: 1 })
    }
    const association = await associate(here)
    expect(await association.store(pieces(Buffer.alloc(5_000_000)), object('1.2.3'))).toMatchObject({ status: 0xa700 })
    expect(await association.echo()).toMatchObject({ status: 0 })
  })

  it('reads no more of a refused object than it must', async () => {
    const here = await door({ limits: { maxDrain: 1_000_000 } })
    here.archive.before = () => {
      throw new ArchiveError('STORE_BUSY')
    }
    const association = await associate(here)
    await expect(association.store(pieces(Buffer.alloc(8_000_000)), object('1.2.3'))).rejects.toThrow(/ended early/)
    expect(here.associations()[0]?.state).toBe('aborted by us: the rest of a refused data set is too long')
  })

  it('refuses a C-STORE without SOP class, instance or data set, and goes on', async () => {
    const peer = await raw(await door())
    peer.send(commandPdu(3, { ...storeRq('1.2.3'), commandDataSetType: 0x0101 }))
    expect(await nextStatus(peer)).toBe(0xc000)
    peer.send(commandPdu(3, { ...storeRq(''), affectedSopInstanceUid: undefined }), dataPdu(3, 2, Buffer.from('data')))
    expect(await nextStatus(peer)).toBe(0xa900)
    peer.send(
      commandPdu(3, { ...storeRq('1.2.3'), affectedSopClassUid: undefined }),
      dataPdu(3, 2, Buffer.from('data')),
    )
    expect(await nextStatus(peer)).toBe(0xa900)
    peer.send(commandPdu(1, ECHO_RQ))
    expect(await nextStatus(peer)).toBe(0)
  })

  it('answers operations it does not know with 0211H, and known ones in the wrong context with 0122H', async () => {
    const peer = await raw(await door())
    peer.send(commandPdu(1, { ...ECHO_RQ, commandField: 0x0110 }))
    expect(await nextStatus(peer)).toBe(0x0211)
    peer.send(commandPdu(1, storeRq('1.2.3')), dataPdu(1, 2, Buffer.from('data')))
    expect(await nextStatus(peer)).toBe(0x0122)
    peer.send(commandPdu(3, ECHO_RQ))
    expect(await nextStatus(peer)).toBe(0x0122)
  })

  it('sends each answer in one write', async () => {
    const here = await door()
    const peer = await raw(here)
    const chunks: Buffer[] = []
    peer.socket.on('data', (chunk) => chunks.push(chunk))
    peer.send(commandPdu(3, storeRq('1.2.3')), dataPdu(3, 2, Buffer.from('data')))
    expect(await nextStatus(peer)).toBe(0)
    expect(chunks).toHaveLength(1)
  })

  it('carries PDUs of any size the peer allows, from the smallest to no limit', async () => {
    const bytes = Buffer.alloc(300_000, 'image')
    for (const ours of [4096, 4097, 16_384, 131_072, 0]) {
      const here = await door({ upperLayer: { maxPdu: ours } })
      for (const theirs of [64, 4096, 0]) {
        const association = await associate(here, { maxPdu: theirs })
        expect((await association.store(pieces(bytes), object(`1.2.${theirs}`))).status).toBe(0)
        await association.release()
      }
      expect(here.archive.kept.map((kept) => kept.sha256)).toEqual(Array(3).fill(sha256(bytes)))
    }
  })

  it('performs several operations at once for a peer that negotiated it, and one at a time for others', async () => {
    for (const [asyncWindow, atOnce] of [
      [4, 4],
      [100, 8],
      [1, 1],
    ] as const) {
      const here = await door()
      let running = 0
      let most = 0
      const waiting: (() => void)[] = []
      here.archive.before = async () => {
        running += 1
        most = Math.max(most, running)
        if (running < atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
        else for (const resolve of waiting.splice(0)) resolve()
        running -= 1
      }
      const association = await associate(here, { asyncWindow })
      expect(association.window).toBe(atOnce)
      const answers = await Promise.all(
        Array.from({ length: atOnce }, (_, index) =>
          association.store(pieces(Buffer.from('data')), object(`1.2.${index}`)),
        ),
      )
      expect(answers.every((answer) => answer.status === 0)).toBe(true)
      expect(most).toBe(atOnce)
    }
  })

  it('answers a peer that sends its next request before the answer, in order', async () => {
    const here = await door()
    const peer = await raw(here)
    const requests = Array.from({ length: 50 }, (_, index) => [
      commandPdu(3, storeRq(`1.2.${index}`, index + 1)),
      dataPdu(3, 2, Buffer.alloc(1000)),
    ])
    peer.send(...requests.flat())
    for (let index = 0; index < 50; index += 1) {
      const incoming = await peer.next()
      if (incoming?.kind !== 'data') throw new Error('no answer')
      expect(decodeCommandSet(incoming.bytes).messageIdBeingRespondedTo).toBe(index + 1)
    }
    expect(here.archive.kept.map((kept) => kept.arrival.stream?.sopInstance)).toEqual(
      Array.from({ length: 50 }, (_, index) => `1.2.${index}`),
    )
  })

  it('reads no faster from the socket than the archive takes', async () => {
    const here = await door({ limits: { maxHeld: 100_000 } })
    let taken = 0
    let mostAhead = 0
    here.archive.onPiece = async (bytes) => {
      mostAhead = Math.max(mostAhead, (here.associations()[0]?.bytesReceived ?? 0) - taken)
      await new Promise((resolve) => setImmediate(resolve))
      taken += bytes.length
    }
    const association = await associate(here)
    const whole = Array.from({ length: 200 }, () => Buffer.alloc(100_000))
    expect((await association.store(pieces(...whole), object('1.2.3'))).status).toBe(0)
    expect(taken).toBe(20_000_000)
    // What may be held, one chunk of the socket on top of it, and headers.
    expect(mostAhead).toBeLessThan(100_000 + 2 * 65_536)
  })

  it('hands the end of the association on to the archive in the middle of an object', async () => {
    const here = await door()
    const ended = new Promise<unknown>((resolve) => {
      here.archive.receive = async (context, arrival) => {
        try {
          for await (const _ of arrival.bytes);
        } catch (thrown) {
          resolve([thrown, context.signal.aborted])
          throw thrown
        }
        throw new Error('it was never whole')
      }
    })
    const peer = await raw(here)
    peer.send(commandPdu(3, storeRq('1.2.3')), dataPdu(3, 0, Buffer.alloc(1000)))
    peer.destroy()
    expect(await ended).toMatchObject([{ code: 'NET_ABORTED' }, true])
  })
})

describe('the DICOM door, ends of associations', () => {
  it('agrees to a release once what it owes is answered', async () => {
    const here = await door()
    const peer = await raw(here)
    peer.send(commandPdu(3, storeRq('1.2.3')), dataPdu(3, 2, Buffer.from('data')), encodePdu({ type: 'A-RELEASE-RQ' }))
    expect(await nextStatus(peer)).toBe(0)
    expect(await peer.next()).toEqual({ kind: 'pdu', pdu: { type: 'A-RELEASE-RP' } })
    expect(here.associations()[0]?.state).toBe('released by the peer')
  })

  it('tells how each ended', async () => {
    const here = await door()
    ;(await raw(here)).send(encodePdu({ type: 'A-ABORT', source: 0, reason: 0 }))
    const second = await raw(here)
    second.send(encodePdu({ type: 'A-ABORT', source: 2, reason: 6 }))
    await second.closed()
    const third = await raw(here)
    third.destroy()
    const fourth = await raw(here)
    fourth.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    expect(await fourth.next()).toEqual({ kind: 'pdu', pdu: { type: 'A-ABORT', source: 2, reason: 1 } })
    expect(here.associations().map((summary) => summary.state)).toEqual([
      'aborted by us: there is no PDU type 71',
      'lost by the peer: the connection was closed',
      'aborted by the peer: invalid PDU parameter value',
      'aborted by the peer: aborted by its user',
    ])
  })

  it('keeps a summary in words of what was proposed, agreed and done', async () => {
    const here = await door()
    const association = await associate(here, {
      contexts: [
        { abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] },
        { abstractSyntax: CT, transferSyntaxes: [EXPLICIT, IMPLICIT] },
        { abstractSyntax: '1.2.840.10008.5.1.4.34.6.1', transferSyntaxes: [IMPLICIT] },
        { abstractSyntax: CT, transferSyntaxes: ['1.2.3'] },
      ],
    })
    await association.echo()
    await association.release()
    expect(here.associations()[0]).toMatchObject({
      callingAet: 'TESTS',
      calledAet: 'CLEARKEEP',
      address: '127.0.0.1',
      implementationVersion: 'CLEARKEEP_0.1',
      contexts: [
        { abstractSyntax: 'Verification SOP Class', answer: 'Implicit VR Little Endian', accepted: true },
        {
          abstractSyntax: 'CT Image Storage',
          proposed: ['Explicit VR Little Endian', 'Implicit VR Little Endian'],
          answer: 'Explicit VR Little Endian',
        },
        { answer: 'abstract syntax not supported', accepted: false },
        { proposed: ['1.2.3'], answer: 'transfer syntaxes not supported', accepted: false },
      ],
      counts: { echo: 1 },
      state: 'released by the peer',
    })
  })

  it('remembers the last hundred', async () => {
    const here = await door()
    for (let round = 0; round < 105; round += 1) await (await associate(here)).release()
    expect(here.associations()).toHaveLength(100)
    expect(here.associations()[0]?.id).toBe(105)
  })

  it('lets associations finish when it closes, takes no new ones, and aborts what stays', async () => {
    const here = await door({ graceMs: 300 })
    let go = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    here.archive.before = () => gate
    const busy = await associate(here)
    const lingering = await associate(here)
    const answer = busy.store(pieces(Buffer.from('data')), object('1.2.3'))
    const closing = here.close()
    await expect(associate(here)).rejects.toThrow(/cannot be reached/)
    go()
    expect((await answer).status).toBe(0)
    await busy.release()
    await closing
    expect(await lingering.ended).toMatchObject({ how: 'aborted', by: 'peer' })
    expect(here.associations().map((summary) => summary.state)).toContain('aborted by us: the archive is stopping')
  })
})
