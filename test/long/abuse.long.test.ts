/**
 * A running archive abused from all sides at once, while good clients go on: 500 associations, half-open sockets, slow
 * senders and readers, floods, bombs. They are served meanwhile, nothing acknowledged is lost, and memory stays where it was.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { metaGroup } from '../../src/dicom/part10.ts'
import { openAssociation } from '../../src/network/services/client.ts'
import { original, qido, stow } from '../support/client.ts'
import { CT, commandPdu, dataPdu, EXPLICIT, RawPeer, requestPdu, storeRq } from '../support/raw-peer.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Synthetic, syntheticInstance } from '../support/synthetic.ts'

const MINUTES = 60_000
/** Resident megabytes of the main process, whatever is done to it (product contract, section 7). */
const MOST_MEMORY = 300
/** What a second round of the same may add: what the first left behind is used again, not heaped up. */
const MOST_GROWTH = 48

/** The door lets one address have half of all connections: who abuses it sits elsewhere. */
const STRANGERS = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'] as const

const memory = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024

function plain(url: string, path: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ port: Number(port), host: hostname, localAddress: STRANGERS[0] }, () => resolve(socket))
    socket.on('error', () => undefined)
    socket.write(`${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`)
  })
}

/** A file of a megabyte that inflates to gigabytes (PS3.5 A.5). */
function deflationBomb(): Buffer {
  const head = metaGroup({ sopClass: CT, sopInstance: '2.25.1', transferSyntax: '1.2.840.10008.1.2.1.99' })
  return Buffer.concat([head, deflateRawSync(Buffer.alloc(512 * 1024 * 1024))])
}

describe('an archive abused from all sides', () => {
  let server: RunningServer
  const data = mkdtempSync(join(tmpdir(), 'clearkeep-abused-'))
  const environment = { CLEARKEEP_DICOM__MAXASSOCIATIONS: '1000', CLEARKEEP_INTAKE__MAXOBJECTS: '2000' }
  const kept: Synthetic[] = []
  const sockets: { destroy(): unknown }[] = []
  let seed = 1

  beforeAll(async () => {
    server = await startServer({ data, environment })
  })
  afterAll(async () => {
    for (const socket of sockets) socket.destroy()
    await server?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  const associate = () =>
    openAssociation({
      host: '127.0.0.1',
      port: server.dicomPort,
      calledAet: 'CLEARKEEP',
      callingAet: 'GOOD',
      contexts: [{ abstractSyntax: CT, transferSyntaxes: [EXPLICIT] }],
    })

  /** A good client: stores by both doors, finds, and reads back what it stored. */
  async function expectServed(): Promise<void> {
    const [one, other] = [syntheticInstance({ seed: seed++ }), syntheticInstance({ seed: seed++ })] as const
    expect((await stow(server.dicomweb, one.bytes)).status).toBe(200)
    const association = await associate()
    const dataSet = other.bytes.subarray(other.dataSetStart)
    const { status } = await association.store(
      (async function* () {
        yield dataSet as Uint8Array<ArrayBuffer>
      })(),
      { sopClass: CT, sopInstance: other.instance, transferSyntax: EXPLICIT },
    )
    await association.release()
    expect(status).toBe(0)
    kept.push(one, other)
    expect(await qido(server.dicomweb, `/instances?SOPInstanceUID=${other.instance}`)).toHaveLength(1)
    expect(await original(server.url, one.study, one.series, one.instance)).toEqual(one.bytes)
  }

  it(
    'takes 500 associations at once, each storing, and answers every one',
    async () => {
      const statuses = await Promise.all(
        Array.from({ length: 500 }, async (_, at) => {
          const object = syntheticInstance({ seed: 10_000 + at, study: 100 + at })
          const association = await associate()
          const dataSet = object.bytes.subarray(object.dataSetStart)
          const { status } = await association.store(
            (async function* () {
              yield dataSet as Uint8Array<ArrayBuffer>
            })(),
            { sopClass: CT, sopInstance: object.instance, transferSyntax: EXPLICIT },
          )
          await association.release()
          if (status === 0) kept.push(object)
          return status
        }),
      )
      expect(statuses.filter((status) => status !== 0)).toEqual([])
      await expectServed()
      expect(memory(server.pid)).toBeLessThan(MOST_MEMORY)
    },
    10 * MINUTES,
  )

  const ABUSES: readonly (readonly [what: string, abuse: () => Promise<void>])[] = [
    [
      '300 half-open DICOM connections that never say a word',
      async () => {
        for (let at = 0; at < 300; at += 1) sockets.push((await RawPeer.connect(server.dicomPort, STRANGERS[0])).socket)
      },
    ],
    [
      '200 associations left in the middle of an object',
      async () => {
        for (let at = 0; at < 200; at += 1) {
          const peer = await RawPeer.associate(server.dicomPort, {}, STRANGERS[1])
          peer.send(commandPdu(3, storeRq(`2.25.99${at}`)), dataPdu(3, 0, Buffer.alloc(60_000)))
          sockets.push(peer.socket)
        }
      },
    ],
    [
      '100 peers that announce PDUs of 4 GiB',
      async () => {
        for (let at = 0; at < 100; at += 1) {
          const peer = await RawPeer.associate(server.dicomPort, {}, STRANGERS[2])
          peer.send(Buffer.from([4, 0, 0xff, 0xff, 0xff, 0xff]), Buffer.alloc(100_000))
          sockets.push(peer.socket)
        }
      },
    ],
    [
      '100 requests with more presentation contexts than there are numbers for',
      async () => {
        const contexts = Array.from({ length: 2000 }, (_, at) => ({
          id: (2 * at + 1) % 256,
          abstractSyntax: CT,
          transferSyntaxes: Array.from({ length: 5 }, (_, index) => `1.2.3.${at}.${index}`),
        }))
        const { encodePdu } = await import('../../src/network/upper-layer/pdu.ts')
        const request = encodePdu(requestPdu({ contexts }))
        for (let at = 0; at < 100; at += 1) {
          const peer = await RawPeer.connect(server.dicomPort, STRANGERS[3])
          peer.send(request)
          sockets.push(peer.socket)
        }
      },
    ],
    [
      '300 HTTP connections that send their head a letter at a time',
      async () => {
        for (let at = 0; at < 300; at += 1) sockets.push(await plain(server.url, 'GET /dicom-web/studies'))
      },
    ],
    [
      '50 uploads of a gigabyte that stop after a kilobyte',
      async () => {
        for (let at = 0; at < 50; at += 1) {
          const socket = await plain(server.url, 'POST /dicom-web/studies')
          socket.write('Content-Type: application/dicom\r\nContent-Length: 1000000000\r\n\r\n')
          socket.write(syntheticInstance({ seed: 1 }).bytes.subarray(0, 1000))
          sockets.push(socket)
        }
      },
    ],
    [
      '50 readers that ask for a study and take nothing of it',
      async () => {
        const [one] = kept
        for (let at = 0; at < 50; at += 1) {
          const socket = await plain(server.url, `GET /dicom-web/studies/${one?.study}`)
          socket.pause()
          socket.write('Accept: */*\r\n\r\n')
          sockets.push(socket)
        }
      },
    ],
    [
      'a head of 200 kilobytes',
      async () => {
        const socket = await plain(server.url, 'GET /dicom-web/studies')
        socket.write(`X-Much: ${'a'.repeat(200_000)}\r\n\r\n`)
        socket.resume()
        await new Promise((resolve) => socket.once('close', resolve))
      },
    ],
    [
      'a body of 100,000 empty parts',
      async () => {
        const response = await fetch(`${server.dicomweb}/studies`, {
          method: 'POST',
          headers: { 'content-type': 'multipart/related; type="application/dicom"; boundary=B' },
          body: `${'--B\r\n\r\n\r\n'.repeat(100_000)}--B--`,
        })
        expect(response.status).toBeGreaterThanOrEqual(400)
        await response.body?.cancel()
      },
    ],
    [
      'a file that inflates a thousandfold',
      async () => {
        expect((await stow(server.dicomweb, deflationBomb())).status).toBeGreaterThanOrEqual(400)
      },
    ],
    [
      'searches with storms of wild cards and thousands of UIDs',
      async () => {
        const uids = Array.from({ length: 1500 }, (_, at) => `2.25.${at}`).join(',')
        for (const query of [
          `PatientName=${'*?'.repeat(200)}*`,
          `StudyInstanceUID=${uids}`,
          'limit=999999999&offset=99999',
        ]) {
          const response = await fetch(`${server.dicomweb}/studies?${query}`)
          expect(response.status).toBeLessThan(500)
          await response.arrayBuffer()
        }
      },
    ],
  ]

  it.each(ABUSES)(
    'goes on serving under %s',
    async (_, abuse) => {
      await abuse()
      await expectServed()
      expect(memory(server.pid)).toBeLessThan(MOST_MEMORY)
    },
    5 * MINUTES,
  )

  it(
    'holds no more when all of it is done again',
    async () => {
      const before = memory(server.pid)
      for (const socket of sockets.splice(0)) socket.destroy()
      for (const [, abuse] of ABUSES) await abuse()
      await expectServed()
      expect(memory(server.pid) - before).toBeLessThan(MOST_GROWTH)
    },
    5 * MINUTES,
  )

  it(
    'has all it acknowledged when everybody has gone, and after a restart',
    async () => {
      for (const socket of sockets.splice(0)) socket.destroy()
      await expectServed()
      await server.stop()
      server = await startServer({ data, environment })
      for (const { study, series, instance, bytes, dataSetStart } of kept) {
        const back = await original(server.url, study, series, instance)
        expect(back.subarray(-(bytes.length - dataSetStart)).equals(bytes.subarray(dataSetStart)), instance).toBe(true)
      }
    },
    5 * MINUTES,
  )
})
