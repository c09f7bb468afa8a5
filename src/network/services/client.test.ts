import { createServer, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type DoorForTests, openDoor } from '../../../test/support/dicom-door.ts'
import { CT, EXPLICIT, IMPLICIT, VERIFICATION } from '../../../test/support/raw-peer.ts'
import { ArchiveError } from '../../base/errors.ts'
import { encodePdu } from '../upper-layer/pdu.ts'
import { type AssociationOptions, openAssociation } from './client.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function door(options: Parameters<typeof openDoor>[0] = {}): Promise<DoorForTests> {
  const one = await openDoor({ graceMs: 50, ...options })
  ends.push(() => one.close())
  return one
}

const open = (port: number, options: Partial<AssociationOptions> = {}) =>
  openAssociation({
    host: '127.0.0.1',
    port,
    calledAet: 'PEER',
    callingAet: 'US',
    contexts: [
      { abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] },
      { abstractSyntax: CT, transferSyntaxes: [EXPLICIT] },
      { abstractSyntax: CT, transferSyntaxes: [IMPLICIT] },
    ],
    ...options,
  })

/** A peer that answers what it is told to, whatever it is asked. */
async function peerThatSays(...answers: readonly (Uint8Array | 'hang up')[]): Promise<number> {
  const server: Server = createServer((socket) => {
    const left = [...answers]
    socket.on('error', () => undefined)
    socket.on('data', () => {
      const answer = left.shift()
      if (answer === 'hang up') socket.destroy()
      else if (answer !== undefined) socket.write(answer)
    })
    ends.push(() => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => server.close())
  return (server.address() as { port: number }).port
}

async function* pieces(...list: readonly Uint8Array[]) {
  yield* list
}

const acceptance = (changes: object = {}, transferSyntax = IMPLICIT) =>
  encodePdu({
    type: 'A-ASSOCIATE-AC',
    protocolVersion: 1,
    calledAet: 'PEER',
    callingAet: 'US',
    applicationContext: '1.2.840.10008.3.1.1.1',
    contexts: [{ id: 1, result: 0, transferSyntax }],
    user: { maximumLength: 16_384, ...changes },
  })

describe('an association that we ask for', () => {
  it('knows what was accepted, and picks the context by SOP class and transfer syntax', async () => {
    const here = await door()
    const association = await open(here.port)
    expect(association.contexts.map((context) => context.id)).toEqual([1, 3, 5])
    expect(association.contextFor(CT, IMPLICIT)?.id).toBe(5)
    for (const transferSyntax of [EXPLICIT, IMPLICIT])
      await association.store(pieces(Buffer.from('data')), { sopClass: CT, sopInstance: '1.2.3', transferSyntax })
    expect(here.archive.kept.map((kept) => kept.arrival.stream?.transferSyntax)).toEqual([EXPLICIT, IMPLICIT])
    expect(association.isOpen).toBe(true)
    await association.release()
    expect(association.isOpen).toBe(false)
    expect(await association.ended).toEqual({ how: 'released', by: 'us', why: '' })
  })

  it('stores what was accepted, and says so of what was not', async () => {
    const association = await open((await door()).port)
    const object = { sopClass: CT, sopInstance: '1.2.3', transferSyntax: '1.2.840.10008.1.2.4.90' }
    await expect(association.store(pieces(Buffer.from('data')), object)).rejects.toMatchObject({
      code: 'NET_NOT_NEGOTIATED',
    })
    expect((await association.echo()).status).toBe(0)
    await association.release()
  })

  it('cannot be had where nobody listens', async () => {
    const here = await openDoor()
    await here.close()
    await expect(open(here.port)).rejects.toMatchObject({ code: 'NET_UNREACHABLE' })
    await expect(open(here.port)).rejects.toThrow(`PEER (127.0.0.1:${here.port}) cannot be reached: ECONNREFUSED`)
  })

  it('cannot be had where the name is of nobody', async () => {
    await expect(open(104, { host: 'no-such-host.invalid' })).rejects.toMatchObject({ code: 'NET_UNREACHABLE' })
  })

  it('is refused in words', async () => {
    const port = await peerThatSays(encodePdu({ type: 'A-ASSOCIATE-RJ', result: 2, source: 3, reason: 1 }))
    await expect(open(port)).rejects.toMatchObject({ code: 'NET_REFUSED' })
    await expect(open(port)).rejects.toThrow('temporary congestion (rejected-transient)')
  })

  it('is aborted, lost or never answered, each in its own words', async () => {
    const aborts = await peerThatSays(encodePdu({ type: 'A-ABORT', source: 2, reason: 1 }))
    await expect(open(aborts)).rejects.toThrow('ended early: unrecognized PDU')
    await expect(open(await peerThatSays('hang up'))).rejects.toMatchObject({ code: 'NET_ABORTED' })
    const silent = open(await peerThatSays(), { timeouts: { associateMs: 50 } })
    await expect(silent).rejects.toMatchObject({ code: 'NET_TIMEOUT', facts: { seconds: 0.05 } })
  })

  it('ends when the peer answers with nonsense', async () => {
    await expect(open(await peerThatSays(Buffer.from('HTTP/1.1 400 Bad Request\r\n')))).rejects.toThrow(
      'ended early: there is no PDU type 72',
    )
  })

  it('takes no transfer syntax that was not offered', async () => {
    const association = await open(await peerThatSays(acceptance({}, EXPLICIT)))
    expect(association.contexts).toEqual([])
    await expect(association.echo()).rejects.toMatchObject({ code: 'NET_NOT_NEGOTIATED' })
    association.abort()
  })

  it('cannot be used with a peer that takes no data', async () => {
    await expect(open(await peerThatSays(acceptance({ maximumLength: 6 })))).rejects.toMatchObject({
      code: 'NET_PDU_TOO_SMALL',
    })
  })

  it('waits for a response as long as it was told to, then ends', async () => {
    const association = await open(await peerThatSays(acceptance()), { timeouts: { responseMs: 50 } })
    await expect(association.echo()).rejects.toMatchObject({ code: 'NET_TIMEOUT' })
    expect(await association.ended).toMatchObject({ how: 'aborted', by: 'us' })
    await expect(association.echo()).rejects.toMatchObject({ code: 'NET_ABORTED' })
  })

  it('does not wait for ever for a release', async () => {
    const association = await open(await peerThatSays(acceptance()), { timeouts: { releaseMs: 50 } })
    await association.release()
    expect(await association.ended).toMatchObject({ how: 'aborted', by: 'us' })
  })

  it('can be called off, before and during', async () => {
    const before = new AbortController()
    before.abort()
    await expect(open((await door()).port, { signal: before.signal })).rejects.toMatchObject({ code: 'NET_ABORTED' })
    const during = new AbortController()
    const opening = open(await peerThatSays(), { signal: during.signal })
    during.abort()
    await expect(opening).rejects.toMatchObject({ code: 'NET_ABORTED' })
    const after = new AbortController()
    const association = await open((await door()).port, { signal: after.signal })
    after.abort()
    expect(await association.ended).toMatchObject({ how: 'aborted', by: 'us', why: 'it was called off' })
  })

  it('ends when an object cannot be read to its end, since half a message cannot be taken back', async () => {
    const here = await door()
    const association = await open(here.port)
    async function* broken() {
      yield Buffer.alloc(300_000)
      throw new ArchiveError('DICOM_TRUNCATED', { at: 1, why: 'the disk is gone' })
    }
    const object = { sopClass: CT, sopInstance: '1.2.3', transferSyntax: EXPLICIT }
    await expect(association.store(broken(), object)).rejects.toMatchObject({ code: 'DICOM_TRUNCATED' })
    expect(await association.ended).toMatchObject({ how: 'aborted', by: 'us' })
    expect(here.archive.kept).toEqual([])
  })

  it('gives the peer’s status, comment and elements as they are', async () => {
    const here = await door()
    here.archive.before = () => {
      throw new ArchiveError('DICOM_NO_UID', { attribute: 'SeriesInstanceUID' })
    }
    const association = await open(here.port)
    const object = { sopClass: CT, sopInstance: '1.2.3', transferSyntax: EXPLICIT }
    expect(await association.store(pieces(Buffer.from('data')), object)).toEqual({
      status: 0xa900,
      is: 'failure',
      comment: 'The object has no valid SeriesInstanceUID.',
      offendingElements: [0x0020000e],
    })
  })

  it('keeps as many operations outstanding as the peer grants, and no more', async () => {
    const here = await door({ asyncWindow: 3 })
    const association = await open(here.port, { asyncWindow: 10 })
    expect(association.window).toBe(3)
    const object = (index: number) => ({ sopClass: CT, sopInstance: `1.2.${index}`, transferSyntax: EXPLICIT })
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => association.store(pieces(Buffer.alloc(20_000)), object(index))),
    )
    expect(answers.every((answer) => answer.status === 0)).toBe(true)
    expect(here.archive.kept).toHaveLength(50)
    await association.release()
  })
})
