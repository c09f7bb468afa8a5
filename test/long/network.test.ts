/**
 * The DICOM door for hours in minutes: fuzzing by the hundred thousand, objects of gigabytes, associations by the
 * thousand, message numbers all around.
 */
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { openAssociation } from '../../src/network/services/client.ts'
import { encodePdu } from '../../src/network/upper-layer/pdu.ts'
import { openPduReader } from '../../src/network/upper-layer/pdu-reader.ts'
import { openDoor } from '../support/dicom-door.ts'
import { anyPdu } from '../support/pdus.ts'
import { CT, commandPdu, dataPdu, IMPLICIT, RawPeer, storeRq, VERIFICATION } from '../support/raw-peer.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function door(options: Parameters<typeof openDoor>[0] = {}) {
  const one = await openDoor({ graceMs: 100, ...options })
  ends.push(() => one.close())
  return one
}

const associate = (port: number) =>
  openAssociation({
    host: '127.0.0.1',
    port,
    calledAet: 'CLEARKEEP',
    callingAet: 'LONG',
    contexts: [
      { abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] },
      { abstractSyntax: CT, transferSyntaxes: [IMPLICIT] },
    ],
  })

const MINUTES = 60_000

describe('the DICOM door, for long', () => {
  it(
    'reads a million streams of noise and near misses without a break',
    () => {
      const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))
      const nearMiss = fc
        .tuple(fc.array(anyPdu.map(encodePdu), { minLength: 1, maxLength: 3 }), fc.array(change, { maxLength: 3 }))
        .map(([pdus, changes]) => {
          const bytes = Buffer.concat(pdus)
          for (const [where, byte] of changes) bytes[where % bytes.length] = byte
          return bytes
        })
      const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))
      fc.assert(
        fc.property(fc.oneof({ arbitrary: noise, weight: 9 }, { arbitrary: nearMiss, weight: 1 }), (bytes) => {
          const reader = openPduReader({ maxPdu: 131_072, maxControlPdu: 1_048_576 })
          for (let at = 0; at < bytes.length; at += 7) reader.push(bytes.subarray(at, at + 7))
        }),
        { numRuns: 1_000_000 },
      )
    },
    20 * MINUTES,
  )

  it(
    'takes an object of 4.5 GB with memory that stays flat',
    async () => {
      const here = await door()
      const piece = Buffer.alloc(262_144, 'pixels')
      const pieces = Math.ceil((4.5 * 1024 ** 3) / piece.length)
      let most = 0
      let count = 0
      here.archive.onPiece = () => {
        count += 1
        if (count % 1000 === 0) most = Math.max(most, process.memoryUsage().rss)
      }
      async function* object() {
        for (let index = 0; index < pieces; index += 1) yield piece
      }
      const association = await associate(here.port)
      const before = process.memoryUsage().rss
      const answer = await association.store(object(), { sopClass: CT, sopInstance: '1.2.3', transferSyntax: IMPLICIT })
      await association.release()
      expect(answer.status).toBe(0)
      expect(here.archive.kept[0]?.length).toBe(pieces * piece.length)
      // Sender, receiver and digest are all in this process.
      expect(most - before).toBeLessThan(200 * 1024 * 1024)
    },
    20 * MINUTES,
  )

  it(
    'numbers messages past 65535',
    async () => {
      const here = await door()
      const association = await associate(here.port)
      for (let round = 0; round < 66_000; round += 1) await association.echo()
      await association.release()
      expect(here.associations()[0]?.counts.echo).toBe(66_000)
    },
    20 * MINUTES,
  )

  it(
    'keeps nothing of 5,000 associations that came to every kind of end',
    async () => {
      const here = await door({ maxAssociationsPerPeer: 200 })
      const one = async (index: number): Promise<void> => {
        const peer = await RawPeer.associate(here.port)
        if (index % 5 === 0) peer.send(commandPdu(3, storeRq('1.2.3')), dataPdu(3, 0, Buffer.alloc(5000)))
        if (index % 5 === 1) peer.send(encodePdu({ type: 'A-ABORT', source: 0, reason: 0 }))
        if (index % 5 === 2) peer.send(encodePdu({ type: 'A-RELEASE-RQ' }))
        if (index % 5 === 3) peer.send(Buffer.from('nonsense'))
        if (index % 5 !== 0 && index % 5 !== 4) await peer.next()
        peer.destroy()
      }
      await one(2)
      for (let index = 0; index < 1000; index += 1) await one(index)
      const before = process.memoryUsage().heapUsed
      for (let index = 0; index < 4000; index += 20)
        await Promise.all(Array.from({ length: 20 }, (_, at) => one(index + at)))
      while (here.associations().some((summary) => summary.state === 'open'))
        await new Promise((resolve) => setImmediate(resolve))
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024)
      const association = await associate(here.port)
      expect((await association.echo()).status).toBe(0)
      await association.release()
    },
    20 * MINUTES,
  )
})
