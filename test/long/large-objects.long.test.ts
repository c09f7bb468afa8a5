/**
 * Objects of more than 4 GB in by each door and out again, and what the main process holds meanwhile.
 *
 * One is native, as long as 32 bits allow; one lies in fragments, beyond 4 GiB, with an extended offset table. `FRAMES`
 * sets another number of megabytes. Needs some 14 GB where temporary files lie.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ENCAPSULATED,
  FRAME_BYTES,
  type LargeObject,
  largeObject,
  NATIVE,
  writeLarge,
} from '../support/large-objects.ts'
import { type RunningServer, startServer } from '../support/server.ts'

const NATIVE_FRAMES = Number(process.env['FRAMES'] ?? 4095)
const ENCAPSULATED_FRAMES = Number(process.env['FRAMES'] ?? 4200)
const MINUTES = 60_000
/** Resident megabytes of the main process, whatever passes (product contract, section 7). */
const MOST_MEMORY = 300

interface OnDisk {
  readonly object: LargeObject
  readonly path: string
  readonly length: number
  readonly sha256: string
}

/** The most the process has ever held, in MB. */
function peakMemory(pid: number): number {
  const [, kilobytes = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

function clearkeep(...words: readonly string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((done, failed) => {
    const child = spawn(resolve('bin/clearkeep'), words, { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
    child.once('error', failed)
    child.once('close', (code) => done({ code, said }))
  })
}

/** SHA-256 of what follows preamble and meta group, whose length (0002,0000) tells (PS3.10 7.1). */
async function dataSetDigest(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  let head = Buffer.alloc(0)
  let begun = false
  for await (const chunk of bytes) {
    if (begun) {
      hash.update(chunk)
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.length < 144) continue
    const start = 144 + head.readUInt32LE(140)
    if (head.length < start) continue
    hash.update(head.subarray(start))
    begun = true
  }
  return hash.digest('hex')
}

/** Length and SHA-256 of an answer, read as it comes. */
async function digestOf(response: Response): Promise<{ status: number; length: number; sha256: string }> {
  const hash = createHash('sha256')
  let length = 0
  for await (const chunk of response.body ?? []) {
    hash.update(chunk)
    length += chunk.length
  }
  return { status: response.status, length, sha256: hash.digest('hex') }
}

const addressOf = (server: RunningServer, { study, series, instance }: LargeObject) =>
  `${server.dicomweb}/studies/${study}/series/${series}/instances/${instance}`

describe('objects of more than 4 GB', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-large-'))
  const servers: RunningServer[] = []
  let native: OnDisk
  let encapsulated: OnDisk

  beforeAll(async () => {
    const write = async (number: number, frames: number, syntax: string): Promise<OnDisk> => {
      const object = largeObject(number, frames, syntax)
      const path = join(scratch, `${number}.dcm`)
      return { object, path, ...(await writeLarge(object, path)) }
    }
    native = await write(1, NATIVE_FRAMES, NATIVE)
    encapsulated = await write(2, ENCAPSULATED_FRAMES, ENCAPSULATED)
  }, 10 * MINUTES)
  afterAll(async () => {
    for (const server of servers) await server.stop()
    rmSync(scratch, { recursive: true, force: true })
  })

  async function start(data?: string): Promise<RunningServer> {
    for (const server of servers.splice(0)) await server.stop()
    const server = await startServer(data === undefined ? {} : { data })
    servers.push(server)
    return server
  }

  /** Everything that can be asked of it, compared with what was sent. */
  async function expectBack(server: RunningServer, { object, length, sha256 }: OnDisk): Promise<void> {
    const { study, series, instance, frames } = object
    const address = addressOf(server, object)
    for (const number of [1, Math.ceil(frames / 2), frames]) {
      const frame = await fetch(`${address}/frames/${number}`, { headers: { accept: 'application/octet-stream' } })
      expect(Buffer.from(await frame.arrayBuffer()).equals(object.frame(number)), `frame ${number}`).toBe(true)
    }
    expect((await fetch(`${address}/frames/${frames + 1}`)).status).toBe(404)
    const metadata = (await (await fetch(`${address}/metadata`)).json()) as Record<string, { Value?: unknown[] }>[]
    expect(metadata[0]?.['00280008']?.Value).toEqual([frames])
    const stored = await fetch(address, { headers: { accept: 'application/dicom; transfer-syntax=*' } })
    expect(await digestOf(stored)).toEqual({ status: 200, length, sha256 })
    const original = await fetch(`${server.url}/api/instances/${study}/${series}/${instance}/original`)
    expect(await digestOf(original)).toEqual({ status: 200, length, sha256 })
    expect(peakMemory(server.pid)).toBeLessThan(MOST_MEMORY)
  }

  it(
    'come by STOW-RS',
    async () => {
      const server = await start()
      const response = await fetch(`${server.dicomweb}/studies`, {
        method: 'POST',
        headers: { 'content-type': 'application/dicom', accept: 'application/dicom+json' },
        body: ReadableStream.from(createReadStream(encapsulated.path, { highWaterMark: 256 * 1024 })),
        duplex: 'half',
      } as RequestInit)
      expect(response.status, await response.text()).toBe(200)
      await expectBack(server, encapsulated)
      // What no value of 32 bits can hold cannot be given in Explicit VR Little Endian: said before the first byte.
      const explicit = await fetch(addressOf(server, encapsulated.object), { headers: { accept: 'application/dicom' } })
      if (ENCAPSULATED_FRAMES * FRAME_BYTES > 0xffff_fffe) expect(explicit.status).toBe(406)
      else expect(explicit.status).toBe(200)
      await explicit.body?.cancel()
    },
    20 * MINUTES,
  )

  it(
    'come by C-STORE, and are found again after a restart',
    async () => {
      const data = join(scratch, 'c-store')
      const server = await start(data)
      const { code, said } = await clearkeep('send', `CLEARKEEP@127.0.0.1:${server.dicomPort}`, native.path)
      expect(code, said).toBe(0)
      expect(peakMemory(server.pid)).toBeLessThan(MOST_MEMORY)

      const again = await start(data)
      const { study, series, instance } = native.object
      const original = await fetch(`${again.url}/api/instances/${study}/${series}/${instance}/original`)
      expect(original.status).toBe(200)
      // The meta group is the archive's own; the data set is what was sent.
      const sent = await dataSetDigest(createReadStream(native.path, { highWaterMark: 1024 * 1024 }))
      expect(await dataSetDigest(original.body as AsyncIterable<Uint8Array>)).toBe(sent)
      const frame = await fetch(`${addressOf(again, native.object)}/frames/${NATIVE_FRAMES}`, {
        headers: { accept: 'application/octet-stream' },
      })
      expect(Buffer.from(await frame.arrayBuffer()).equals(native.object.frame(NATIVE_FRAMES))).toBe(true)
      expect(peakMemory(again.pid)).toBeLessThan(MOST_MEMORY)
      for (const one of servers.splice(0)) await one.stop()
      rmSync(data, { recursive: true, force: true })
    },
    20 * MINUTES,
  )

  it(
    'come by import into a running archive and straight into a data folder',
    async () => {
      const server = await start()
      const remote = await clearkeep('import', native.path, '--server', server.url, '--resume', join(scratch, 'list'))
      expect(remote.code, remote.said).toBe(0)
      await expectBack(server, native)
      for (const one of servers.splice(0)) await one.stop()
      const data = join(scratch, 'data')
      const local = await clearkeep('import', encapsulated.path, '--data', data)
      expect(local.code, local.said).toBe(0)
      const again = await startServer({ data })
      servers.push(again)
      await expectBack(again, encapsulated)
    },
    30 * MINUTES,
  )
})
