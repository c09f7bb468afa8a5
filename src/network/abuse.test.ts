import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type DoorForTests, openDoor } from '../../test/support/dicom-door.ts'
import { anyPdu } from '../../test/support/pdus.ts'
import {
  CT,
  commandPdu,
  dataPdu,
  ECHO_RQ,
  IMPLICIT,
  RawPeer,
  requestPdu,
  storeRq,
  VERIFICATION,
} from '../../test/support/raw-peer.ts'
import { encodeCommandSet } from './dimse/commands.ts'
import type { DicomListenerOptions } from './listener.ts'
import { openAssociation } from './services/client.ts'
import { encodePdu } from './upper-layer/pdu.ts'

const doors: DoorForTests[] = []
const peers: RawPeer[] = []

async function door(options: Partial<DicomListenerOptions> = {}): Promise<DoorForTests> {
  const one = await openDoor({ graceMs: 50, ...options })
  doors.push(one)
  return one
}

async function stranger({ port }: DoorForTests): Promise<RawPeer> {
  const peer = await RawPeer.connect(port)
  peers.push(peer)
  return peer
}

async function raw({ port }: DoorForTests): Promise<RawPeer> {
  const peer = await RawPeer.associate(port)
  peers.push(peer)
  return peer
}

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.destroy()
  for (const one of doors.splice(0)) await one.close()
})

async function* pieces(...list: readonly Uint8Array[]) {
  yield* list
}

/** Does the door still do its work for others? */
async function serves({ port }: DoorForTests): Promise<boolean> {
  const association = await openAssociation({
    host: '127.0.0.1',
    port,
    calledAet: 'CLEARKEEP',
    callingAet: 'GOOD',
    contexts: [
      { abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] },
      { abstractSyntax: CT, transferSyntaxes: [IMPLICIT] },
    ],
  })
  const object = { sopClass: CT, sopInstance: '1.2.3', transferSyntax: IMPLICIT }
  const [echo, store] = [await association.echo(), await association.store(pieces(Buffer.from('data')), object)]
  await association.release()
  return echo.status === 0 && store.status === 0
}

describe('a door that is abused', () => {
  it('aborts whoever breaks the rules of message exchange, in so many words, and serves others', async () => {
    const here = await door()
    const command = encodeCommandSet(storeRq('1.2.3'))
    const cases: readonly (readonly [string, readonly Uint8Array[]])[] = [
      ['it used presentation context 5, which was not accepted', [dataPdu(5, 3, command)]],
      ['it sent a data set that no command announced', [dataPdu(3, 2, Buffer.from('data'))]],
      [
        'it sent a data set that no command announced',
        [commandPdu(3, storeRq('1.2.3')), dataPdu(1, 2, Buffer.from('data'))],
      ],
      ['it began a command within a data set', [commandPdu(3, storeRq('1.2.3')), commandPdu(1, ECHO_RQ)]],
      [
        'it changed the presentation context within a command',
        [dataPdu(3, 1, command.subarray(0, 20)), dataPdu(1, 3, command.subarray(20))],
      ],
      ['it asked to release in the middle of a message', [dataPdu(3, 1, command), encodePdu({ type: 'A-RELEASE-RQ' })]],
      ['a command set has no command field', [dataPdu(3, 3, Buffer.alloc(0))]],
      ['its command set is too long', [dataPdu(3, 1, Buffer.alloc(100_000))]],
      [
        'it answered message 1 with C-ECHO-RSP, which was not asked',
        [commandPdu(1, { commandField: 0x8030, messageIdBeingRespondedTo: 1, status: 0 })],
      ],
    ]
    for (const [why, bytes] of cases) {
      const peer = await raw(here)
      peer.send(...bytes)
      expect(await peer.next(), why).toEqual({ kind: 'pdu', pdu: { type: 'A-ABORT', source: 0, reason: 0 } })
      expect(here.associations()[0]?.state).toBe(`aborted by us: ${why}`)
      peer.destroy()
    }
    expect(await serves(here)).toBe(true)
  })

  it('aborts whoever sends a PDU out of turn, as the provider', async () => {
    const here = await door()
    for (const pdu of [
      requestPdu(),
      { type: 'A-RELEASE-RP' } as const,
      { type: 'A-ASSOCIATE-RJ', result: 1, source: 1, reason: 1 } as const,
    ]) {
      const peer = await raw(here)
      peer.send(encodePdu(pdu))
      expect(await peer.next()).toEqual({ kind: 'pdu', pdu: { type: 'A-ABORT', source: 2, reason: 2 } })
      expect(here.associations()[0]?.state).toBe(`aborted by us: ${pdu.type} came when it could not`)
    }
  })

  it('outlives any bytes a stranger may send', async () => {
    const here = await door()
    const noise = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
      fc.array(anyPdu, { minLength: 1, maxLength: 3 }).map((pdus) => Buffer.concat(pdus.map(encodePdu))),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.concat([encodePdu(requestPdu()), dataPdu(1, 3, bytes)])),
      fc
        .uint8Array({ maxLength: 200 })
        .map((bytes) => Buffer.concat([encodePdu(requestPdu()), commandPdu(3, storeRq('1.2.3')), Buffer.from(bytes)])),
    )
    await fc.assert(
      fc.asyncProperty(noise, async (bytes) => {
        const peer = await RawPeer.connect(here.port)
        peer.send(bytes)
        peer.socket.end()
        await peer.closed()
        peer.destroy()
      }),
      { numRuns: 300 },
    )
    expect(await serves(here)).toBe(true)
    expect(here.logged.filter((line) => line.level === 'error')).toEqual([])
  })

  it('keeps its memory when many announce PDUs of 4 GiB', async () => {
    const here = await door()
    const before = process.memoryUsage().rss
    for (const header of ['0100FFFFFFFF', '04FFFFFFFFFFFFFFFFFF0103', '0200FFFFFFF0', '7F00FFFFFFFF'])
      for (let round = 0; round < 20; round += 1) {
        const peer = await stranger(here)
        peer.send(Buffer.from(header, 'hex'), Buffer.alloc(1000))
      }
    expect(await serves(here)).toBe(true)
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
  })

  it('keeps its memory when a peer floods it with tiny requests and takes no answers', async () => {
    const here = await door({ upperLayer: { idleMs: 300, artimMs: 300 } })
    const before = process.memoryUsage().rss
    const peer = await raw(here)
    peer.socket.pause()
    const echoes = Buffer.concat(Array.from({ length: 1000 }, () => commandPdu(1, ECHO_RQ)))
    let done = false
    const flood = (): void => {
      if (!done && !peer.socket.destroyed) peer.socket.write(echoes, () => setImmediate(flood))
    }
    flood()
    while (here.associations()[0]?.state === 'open') await new Promise((resolve) => setImmediate(resolve))
    done = true
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
    expect(await serves(here)).toBe(true)
  })

  it('does not let one address take every connection', async () => {
    const here = await door({ maxAssociations: 4, maxAssociationsPerPeer: 2, upperLayer: { artimMs: 10_000 } })
    const many = await Promise.all(Array.from({ length: 100 }, () => stranger(here)))
    const open = many.filter((peer) => !peer.socket.destroyed)
    // Those beyond the bound are closed at once; an end is seen by each.
    await Promise.all(many.slice(34).map((peer) => peer.closed()))
    expect(open.length).toBeGreaterThan(0)
  })

  it('serves others while many hold half-open connections', async () => {
    const here = await door({ maxAssociations: 100, maxAssociationsPerPeer: 100, upperLayer: { artimMs: 300 } })
    const silent = await Promise.all(Array.from({ length: 60 }, () => stranger(here)))
    const halfRequest = encodePdu(requestPdu()).subarray(0, 50)
    for (const peer of silent.slice(30)) peer.send(halfRequest)
    for (const peer of silent.slice(50)) peer.socket.end()
    expect(await serves(here)).toBe(true)
    await Promise.all(silent.map((peer) => peer.closed()))
    expect(await serves(here)).toBe(true)
  })

  it('serves good clients while another sends at a crawl', async () => {
    const here = await door()
    const slow = await raw(here)
    slow.send(commandPdu(3, storeRq('9.9.9')))
    const crawl = setInterval(() => slow.send(dataPdu(3, 0, Buffer.from('xy'))), 5)
    for (let round = 0; round < 20; round += 1) expect(await serves(here)).toBe(true)
    clearInterval(crawl)
    slow.send(dataPdu(3, 2, Buffer.from('end.')))
    expect(await slow.next()).toMatchObject({ kind: 'data', command: true })
    expect(here.archive.kept.at(-1)?.arrival.stream?.sopInstance).toBe('9.9.9')
  })

  it('takes 200 associations at once, each storing', async () => {
    const here = await door({ maxAssociations: 200, maxAssociationsPerPeer: 200 })
    const associations = await Promise.all(
      Array.from({ length: 200 }, () =>
        openAssociation({
          host: '127.0.0.1',
          port: here.port,
          calledAet: 'CLEARKEEP',
          callingAet: 'MANY',
          contexts: [{ abstractSyntax: CT, transferSyntaxes: [IMPLICIT] }],
        }),
      ),
    )
    expect(here.associations().filter((summary) => summary.state === 'open')).toHaveLength(200)
    const answers = await Promise.all(
      associations.map((association, index) =>
        association.store(pieces(Buffer.alloc(100_000, index)), {
          sopClass: CT,
          sopInstance: `1.2.${index}`,
          transferSyntax: IMPLICIT,
        }),
      ),
    )
    expect(answers.every((answer) => answer.status === 0)).toBe(true)
    await Promise.all(associations.map((association) => association.release()))
    expect(here.archive.kept).toHaveLength(200)
  })
})
