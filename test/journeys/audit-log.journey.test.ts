/** The audit log as a stranger meets it: over HTTP, without a login, checked by a program that is not ours. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCheckpoint } from '../../src/proof/checkpoint.ts'
import { parseKey } from '../../src/proof/note.ts'
import { decodeBundle, tilePath, tilesOf } from '../../src/proof/tiles.ts'
import { verifyProof } from '../../src/proof/verify.ts'
import { stow } from '../support/client.ts'
import { hasPython, python } from '../support/python.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

let server: RunningServer
const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-stranger-'))
const year = String(new Date().getUTCFullYear())
const get = async (path: string) => {
  const answer = await fetch(`${server.url}${path}`)
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) }
}
const textOf = async (path: string) => (await get(path)).bytes.toString('utf8')
const sizeNow = async () => parseCheckpoint(await textOf(`/log/${year}/checkpoint`)).size

beforeAll(async () => {
  server = await startServer({ open: false, environment: { CLEARKEEP_LOG__ORIGIN: 'archive.example.org' } })
})
afterAll(async () => {
  await server.stop()
  rmSync(scratch, { recursive: true, force: true })
})

describe('the audit log over HTTP', () => {
  it('says who it is, to anybody', async () => {
    await expect.poll(() => get('/log').then(({ bytes }) => JSON.parse(bytes.toString()).shards.length)).toBe(1)
    const [shard] = JSON.parse(await textOf('/log')).shards
    expect(shard).toMatchObject({ year, origin: `archive.example.org/log/${year}`, prefix: `/log/${year}` })
    expect(await textOf(`/log/${year}/key`)).toBe(`${shard.key}\n`)
    const checkpoint = await get(`/log/${year}/checkpoint`)
    expect(checkpoint.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(checkpoint.headers.get('cache-control')).toBe('public, max-age=1')
  })

  it('gives every tile of a checkpoint; with them a stranger’s program finds it well', async () => {
    const before = await sizeNow()
    expect((await fetch(`${server.url}/api/status`)).status).toBe(401)
    for (let round = 0; round < 5; round += 1) await stow(server.dicomweb, syntheticInstance({ seed: round }).bytes)
    await expect.poll(sizeNow).toBeGreaterThan(before - 1)
    const text = await textOf(`/log/${year}/checkpoint`)
    const { size } = parseCheckpoint(text)
    writeFileSync(join(scratch, 'checkpoint'), text)
    for (const tile of tilesOf(size)) {
      const { status, headers, bytes } = await get(`/log/${year}/${tilePath(tile)}`)
      expect(status, tilePath(tile)).toBe(200)
      expect(headers.get('cache-control')).toContain('immutable')
      mkdirSync(dirname(join(scratch, tilePath(tile))), { recursive: true })
      writeFileSync(join(scratch, tilePath(tile)), bytes)
    }
    if (hasPython) {
      const ran = python('tools/verify-log.py', 'log', scratch, (await textOf(`/log/${year}/key`)).trim())
      expect(ran.lines.filter((line) => !line.startsWith('pass'))).toEqual([])
    }
  })

  it('answers 404 for tiles no checkpoint needs, and for what is not a tile', async () => {
    for (const path of ['tile/0/001', 'tile/5/000.p/1', 'tile/0/000.p/0', 'tile/entries/../../x', 'tile/', 'tile/0/0'])
      expect((await get(`/log/${year}/${path}`)).status, path).toBe(404)
    expect((await get('/log/1999/checkpoint')).status).toBe(404)
  })
})

describe('the audit search over HTTP', () => {
  it('tells in sentences what was done to a patient’s study, the newest first, and that somebody asked', async () => {
    await server.stop()
    server = await startServer()
    const { bytes, study } = syntheticInstance({ seed: 21, patientId: 'AUDIT-21' })
    await stow(server.dicomweb, bytes)
    expect((await fetch(`${server.dicomweb}/studies/${study}/metadata`)).status).toBe(200)
    const ask = async (query: string) => JSON.parse(await textOf(`/api/audit${query}`))
    const found = await ask('?patient=AUDIT-21')
    expect(found.next).toBeNull()
    expect(found.events.map(({ sentence }: { sentence: string }) => sentence)).toEqual([
      `open opened images of study ${study} from 127.0.0.1.`,
      `open stored an instance of study ${study} from 127.0.0.1.`,
    ])
    expect(found.events[1]).toMatchObject({ type: 'obj.ingest', who: 'open', patientId: 'AUDIT-21', outcome: 0 })
    const asked = await ask('?type=aud.110101&who=u:open&limit=1')
    expect(asked.events).toMatchObject([{ sentence: 'open used the audit log from 127.0.0.1.', action: 'R' }])
    expect((await ask('?who=ct1&type=obj.ingest')).events).toEqual([])
    const table = await get('/api/audit.csv?patient=AUDIT-21')
    expect(table.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(table.bytes.toString('utf8').split('\r\n')).toEqual([
      '"n","ts","type","action","outcome","who","actor","issuer","patientId","study","sentence"',
      expect.stringContaining(`"","AUDIT-21","${study}","open opened images of study ${study} from 127.0.0.1."`),
      expect.stringContaining(`"","AUDIT-21","${study}","open stored an instance of study ${study} from 127.0.0.1."`),
      '',
    ])
    for (const query of ['limit=0', 'type=other', 'from=yesterday', 'before=-1', 'study=1.2.x'])
      expect((await get(`/api/audit?${query}`)).status, query).toBe(400)
  })
})

describe('a proof of a leaf', () => {
  it('is given to whoever is logged in, checks by itself, and its use is an event', async () => {
    await server.stop()
    server = await startServer({ environment: { CLEARKEEP_LOG__ORIGIN: 'archive.example.org' } })
    await stow(server.dicomweb, syntheticInstance({ seed: 9 }).bytes)
    await expect.poll(() => get('/api/log/proof/2').then(({ status }) => status)).toBe(200)
    const proof = await textOf('/api/log/proof/2')
    const key = (await textOf(`/log/${year}/key`)).trim()
    const { size } = parseCheckpoint(proof.slice(proof.indexOf('\n\n') + 2))
    const bundle = decodeBundle(
      (await get(`/log/${year}/${tilePath({ level: 'entries', index: 0, width: size })}`)).bytes,
    )
    const leaf = bundle?.[2] ?? new Uint8Array()
    expect(JSON.parse(Buffer.from(leaf).toString('utf8'))).toMatchObject({ n: 2, t: 'obj.ingest' })
    const steps = verifyProof(leaf, proof, { logs: [parseKey(key)], witnesses: [], quorum: 0 })
    expect(steps.every(({ passed }) => passed)).toBe(true)
    writeFileSync(join(scratch, 'leaf'), leaf)
    writeFileSync(join(scratch, 'leaf.tlog-proof'), proof)
    if (hasPython)
      expect(
        python('tools/verify-log.py', 'proof', join(scratch, 'leaf'), join(scratch, 'leaf.tlog-proof'), key).status,
      ).toBe(0)
    expect((await get('/api/log/proof/999999')).status).toBe(404)
    const used = async () => {
      const width = await sizeNow()
      const { bytes } = await get(`/log/${year}/${tilePath({ level: 'entries', index: 0, width })}`)
      return (decodeBundle(bytes) ?? []).map((entry) => JSON.parse(Buffer.from(entry).toString('utf8')).t)
    }
    await expect.poll(used).toContain('aud.110101')
  })
})
