import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { openDoor } from '../../../test/support/dicom-door.ts'
import { commandPdu, dataPdu, ECHO_RQ, RawPeer, requestPdu, storeRq } from '../../../test/support/raw-peer.ts'
import { type ServiceUser, UPPER_LAYER_DEFAULTS, UpperLayer } from './association.ts'
import type { Ending } from './ending.ts'
import { encodePdu } from './pdu.ts'
import type { Fragment } from './pdu-reader.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function door(upperLayer: object) {
  const one = await openDoor({ upperLayer, graceMs: 100 })
  ends.push(() => one.close())
  return one
}

async function peerOf(port: number, associate = true): Promise<RawPeer> {
  const peer = associate ? await RawPeer.associate(port) : await RawPeer.connect(port)
  ends.push(() => peer.destroy())
  return peer
}

describe('timers of an association', () => {
  it('hangs up on a caller that asks for nothing within ARTIM (PS3.8 section 9.1.5)', async () => {
    const here = await door({ artimMs: 60 })
    const peer = await peerOf(here.port, false)
    await peer.closed()
    expect(here.associations()).toEqual([])
  })

  it('hangs up on a caller that sends its request a byte at a time, slower than ARTIM', async () => {
    const here = await door({ artimMs: 60 })
    const peer = await peerOf(here.port, false)
    const trickle = setInterval(() => peer.socket.write('\x01'), 5)
    await peer.closed()
    clearInterval(trickle)
  })

  it('hangs up on a peer that does not, after it was rejected', async () => {
    // The same timer runs until the request is there, and the peer lives in this process: it must have time to send it.
    const here = await door({ artimMs: 1000 })
    const peer = await peerOf(here.port, false)
    peer.send(encodePdu(requestPdu({ applicationContext: '1.2.3' })))
    expect(await peer.next()).toMatchObject({ pdu: { type: 'A-ASSOCIATE-RJ' } })
    await peer.closed()
  })

  it('hangs up on a peer that goes on sending after the association was aborted', async () => {
    const here = await door({ artimMs: 60 })
    const peer = await peerOf(here.port)
    peer.send(dataPdu(5, 3, Buffer.from('not accepted')))
    expect(await peer.next()).toEqual({ kind: 'pdu', pdu: { type: 'A-ABORT', source: 0, reason: 0 } })
    peer.send(dataPdu(1, 3, Buffer.alloc(1000)), commandPdu(1, ECHO_RQ))
    await peer.closed()
    expect(here.associations()[0]?.counts.echo).toBe(0)
  })

  it('aborts an association on which nothing comes for the idle time', async () => {
    const here = await door({ idleMs: 60 })
    const peer = await peerOf(here.port)
    expect(await peer.next()).toEqual({ kind: 'pdu', pdu: { type: 'A-ABORT', source: 0, reason: 0 } })
    expect(here.associations()[0]?.state).toBe('aborted by us: it was silent for 0.06 seconds')
  })

  it('aborts one that stops in the middle of an object', async () => {
    const here = await door({ idleMs: 60 })
    const peer = await peerOf(here.port)
    peer.send(commandPdu(3, storeRq('1.2.3')), dataPdu(3, 0, Buffer.alloc(1000)))
    expect(await peer.next()).toMatchObject({ pdu: { type: 'A-ABORT' } })
    expect(here.associations()[0]?.state).toMatch(/silent/)
  })

  it('is patient with the peer while the answer is ours to give', async () => {
    // Longer than elsewhere: the peer lives in this process, and is silent whenever the process is.
    const here = await door({ idleMs: 1000 })
    here.archive.before = () => new Promise((resolve) => setTimeout(resolve, 1300))
    const peer = await peerOf(here.port)
    peer.send(commandPdu(3, storeRq('1.2.3')), dataPdu(3, 2, Buffer.from('data')))
    expect(await peer.next()).toMatchObject({ kind: 'data', command: true, last: true })
  })

  it('is patient with a peer that it holds back itself', async () => {
    // Longer than elsewhere: the peer lives in this process, and is silent whenever the process is.
    const here = await door({ idleMs: 1000 })
    here.archive.before = () => new Promise((resolve) => setTimeout(resolve, 1300))
    const peer = await peerOf(here.port)
    const data = Array.from({ length: 200 }, (_, index) => dataPdu(3, index === 199 ? 2 : 0, Buffer.alloc(100_000)))
    peer.send(commandPdu(3, storeRq('1.2.3')), ...data)
    expect(await peer.next()).toMatchObject({ kind: 'data', command: true, last: true })
    expect(here.archive.kept[0]?.length).toBe(20_000_000)
  })

  it('aborts a peer that takes nothing of what it asked for', async () => {
    const here = await door({ idleMs: 80, artimMs: 80 })
    const peer = await peerOf(here.port)
    peer.socket.pause()
    const echoes = Buffer.concat(Array.from({ length: 2000 }, () => commandPdu(1, ECHO_RQ)))
    let stopped = false
    const flood = (): void => {
      if (!stopped && !peer.socket.destroyed) peer.socket.write(echoes, () => setImmediate(flood))
    }
    flood()
    while (here.associations()[0]?.state === 'open') await new Promise((resolve) => setImmediate(resolve))
    stopped = true
    expect(here.associations()[0]?.state).toBe('aborted by us: it took nothing of what we sent for 0.08 seconds')
  })
})

/** A service user that only remembers what it was told. */
function listening(): ServiceUser & { readonly told: string[]; readonly ending: Promise<Ending> } {
  const told: string[] = []
  let tell: (ending: Ending) => void = () => undefined
  const ending = new Promise<Ending>((resolve) => {
    tell = resolve
  })
  return {
    told,
    ending,
    associateIndicated: () => void told.push('associate'),
    associateConfirmed: () => void told.push('accepted'),
    dataIndicated: (fragment: Fragment) => void told.push(`data ${Buffer.from(fragment.bytes).toString()}`),
    releaseIndicated: () => void told.push('release'),
    ended: (end) => {
      told.push(end.how)
      tell(end)
    },
    closed: () => void told.push('closed'),
    failed: (thrown) => void told.push(`failed: ${thrown}`),
    isOurTurn: () => false,
  }
}

/** Two upper layers on one connection: ours on both ends, the requestor established. */
async function pair() {
  const acceptorUser = listening()
  const requestorUser = listening()
  const accepted = Promise.withResolvers<UpperLayer>()
  const server: Server = createServer((socket: Socket) => {
    accepted.resolve(UpperLayer.accept(socket, acceptorUser, UPPER_LAYER_DEFAULTS))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => new Promise((resolve) => server.close(resolve)))
  const { port } = server.address() as { port: number }
  const established = Promise.withResolvers<void>()
  requestorUser.associateConfirmed = () => established.resolve()
  const requestor = UpperLayer.request(
    () => connect({ port, host: '127.0.0.1' }),
    requestPdu(),
    requestorUser,
    UPPER_LAYER_DEFAULTS,
  )
  const acceptor = await accepted.promise
  const asked = Promise.withResolvers<void>()
  acceptorUser.associateIndicated = () => asked.resolve()
  await asked.promise
  acceptor.accept({
    type: 'A-ASSOCIATE-AC',
    protocolVersion: 1,
    calledAet: 'A',
    callingAet: 'B',
    applicationContext: '1.2.840.10008.3.1.1.1',
    contexts: [],
    user: {},
  })
  await established.promise
  ends.push(() => {
    requestor.abort('the test is over')
    acceptor.abort('the test is over')
  })
  return { requestor, acceptor, requestorUser, acceptorUser }
}

describe('the service user of the upper layer (PS3.8 section 7)', () => {
  it('may send data after the peer asked to release, and the release waits for its answer', async () => {
    const { requestor, acceptor, requestorUser, acceptorUser } = await pair()
    const asked = Promise.withResolvers<void>()
    acceptorUser.releaseIndicated = () => asked.resolve()
    requestor.release()
    await asked.promise
    expect(acceptor.state).toBe('Sta8')
    acceptor.send([dataPdu(1, 3, Buffer.from('late'))])
    acceptor.releaseResponse()
    expect(await requestorUser.ending).toEqual({ how: 'released', by: 'us', why: '' })
    expect(await acceptorUser.ending).toEqual({ how: 'released', by: 'peer', why: '' })
    expect(requestorUser.told).toEqual(['data late', 'released'])
  })

  it('survives both sides asking to release at once (PS3.8 section 7.2.2.6)', async () => {
    const { requestor, acceptor, requestorUser, acceptorUser } = await pair()
    requestorUser.releaseIndicated = () => requestor.releaseResponse()
    requestor.release()
    acceptor.release()
    const [one, other] = await Promise.all([requestorUser.ending, acceptorUser.ending])
    expect([one.how, other.how]).toEqual(['released', 'released'])
  })

  it('is told of a defect of its own, which ends this association and nothing else', async () => {
    const { requestor, acceptorUser, requestorUser } = await pair()
    acceptorUser.dataIndicated = () => {
      throw new Error('a bug')
    }
    requestor.send([dataPdu(1, 3, Buffer.from('data'))])
    expect(await acceptorUser.ending).toMatchObject({ how: 'lost' })
    expect(await requestorUser.ending).toMatchObject({ how: 'lost', by: 'peer' })
    expect(acceptorUser.told.slice(0, 2)).toEqual(['failed: Error: a bug', 'lost'])
  })

  it('is told that it cannot send when the association is gone', async () => {
    const { requestor, acceptor, acceptorUser } = await pair()
    requestor.abort('enough')
    await acceptorUser.ending
    expect(() => acceptor.send([Buffer.from('x')])).toThrow('ended early: aborted by its user')
    await expect(acceptor.drained()).rejects.toThrow('ended early')
    acceptor.release()
    acceptor.releaseResponse()
    acceptor.abort('again')
    expect(acceptorUser.told.filter((word) => word === 'aborted')).toHaveLength(1)
  })
})
