/**
 * DCMTK on the other end: its clients send to our door, and our client sends to its server. The data sets must arrive
 * bit by bit, whatever the transfer syntax.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { readWhole } from '../../src/dicom/reader.ts'
import { openAssociation } from '../../src/network/services/client.ts'
import { type SendResult, send } from '../../src/network/services/send.ts'
import { type CorpusFile, corpus, corpusDir } from '../support/corpus.ts'
import { hasDcmtk, run, startStoreScp } from '../support/dcmtk.ts'
import { openDoor } from '../support/dicom-door.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function door(options: Parameters<typeof openDoor>[0] = {}) {
  const one = await openDoor({ graceMs: 100, ...options })
  ends.push(() => one.close())
  return one
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'clearkeep-dcmtk-'))
  ends.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Synthetic files in a folder, with what their data sets hash to. */
function files(count: number, rows = 64): { readonly paths: string[]; readonly digests: string[] } {
  const where = folder()
  const objects = Array.from({ length: count }, (_, seed) => syntheticInstance({ seed, rows, columns: rows }))
  const paths = objects.map((object, index) => {
    const path = join(where, `${index}.dcm`)
    writeFileSync(path, object.bytes)
    return path
  })
  return { paths, digests: objects.map((object) => object.ds) }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** The data set of a Part 10 file, as it stands in it. */
function dataSetOf(file: Buffer): Buffer {
  return file.subarray(readWhole(file).dataSetStart)
}

describe.skipIf(!hasDcmtk())('DCMTK sends to our door', () => {
  it('echoscu is answered', async () => {
    const here = await door()
    expect(await run('echoscu', '127.0.0.1', String(here.port))).toMatchObject({ code: 0 })
    expect(here.associations()[0]).toMatchObject({ counts: { echo: 1 }, state: 'released by the peer' })
  })

  it('echoscu with every option it has for negotiation is answered', async () => {
    const here = await door()
    const words = ['--repeat', '5', '--propose-ts', '3', '--propose-pc', '128', '--max-pdu', '4096']
    expect(await run('echoscu', ...words, '127.0.0.1', String(here.port))).toMatchObject({ code: 0 })
    expect(here.associations()[0]?.counts.echo).toBe(5)
  })

  it('storescu with a user name and passcode is answered, and neither is kept', async () => {
    const here = await door()
    const { paths } = files(1)
    const words = ['--user', 'somebody', '--password', 'secret-word', '127.0.0.1', String(here.port), ...paths]
    expect(await run('storescu', ...words)).toMatchObject({ code: 0 })
    expect(JSON.stringify([here.associations(), here.logged])).not.toMatch(/somebody|secret-word/)
  })

  it('storescu stores, with the smallest PDUs and the largest', async () => {
    const { paths, digests } = files(5)
    for (const size of ['4096', '131072']) {
      const here = await door()
      const words = ['--max-pdu', size, '--max-send-pdu', size, '127.0.0.1', String(here.port), ...paths]
      expect(await run('storescu', ...words)).toMatchObject({ code: 0 })
      expect(here.archive.kept.map((kept) => kept.sha256)).toEqual(digests)
    }
  })

  it('storescu is told why it may not', async () => {
    const here = await door({ unknownCallers: 'refuse' })
    const refused = await run('storescu', '-v', '127.0.0.1', String(here.port), ...files(1).paths)
    expect(refused.code).not.toBe(0)
    expect(refused.said).toMatch(/Calling AE Title Not Recognized/i)
    const strict = await door({ anyCalledAet: false })
    const wrong = await run('echoscu', '-v', '-aec', 'OTHER', '127.0.0.1', String(strict.port))
    expect(wrong.said).toMatch(/Called AE Title Not Recognized/i)
  })

  it('storescu hears of a refusal, and goes on with the next', async () => {
    const here = await door()
    const { paths } = files(3)
    let first = true
    here.archive.before = async () => {
      const { ArchiveError } = await import('../../src/base/errors.ts')
      if (first) {
        first = false
        throw new ArchiveError('STORE_NO_SPACE', { free: 1, needed: 2 })
      }
    }
    const sent = await run('storescu', '-v', '--no-halt', '127.0.0.1', String(here.port), ...paths)
    expect(sent.said).toMatch(/Out ?of ?Resources/i)
    expect(here.archive.kept).toHaveLength(2)
    expect(here.associations()[0]?.counts).toMatchObject({ refused: 1, stored: 2 })
  })

  it('four storescu at once are all served', async () => {
    const here = await door()
    const { paths } = files(20)
    const runs = [0, 1, 2, 3].map((at) =>
      run('storescu', '127.0.0.1', String(here.port), ...paths.slice(at * 5, at * 5 + 5)),
    )
    expect((await Promise.all(runs)).map((finished) => finished.code)).toEqual([0, 0, 0, 0])
    expect(new Set(here.archive.kept.map((kept) => kept.sha256)).size).toBe(20)
  })

  it('storescu that is aborted half way leaves nothing', async () => {
    const here = await door()
    const { paths } = files(1, 2048)
    const sent = await run('storescu', '--abort', '127.0.0.1', String(here.port), ...paths)
    expect(sent.code).toBe(0)
    expect(here.associations()[0]?.state).toMatch(/^aborted by the peer/)
  })
})

describe.skipIf(!hasDcmtk() || corpusDir() === undefined)('DCMTK sends the corpus to our door', () => {
  it('what a bit-preserving storescp gets from the same dcmsend arrives here too, to the bit', async () => {
    const good = corpus().filter((file) => file.expect === 'ok' && file.bytes < 1_000_000)
    const some = firstOfEach(good, (file) => file.transferSyntax).concat(firstOfEach(good, (file) => file.sopClass))
    const paths = [...new Set(some.map((file) => file.file))]
    const here = await door()
    const theirs = await startStoreScp('--accept-all', '--promiscuous')
    ends.push(() => theirs.stop())
    const words = ['--decompress-never', '--multi-associations', '--no-halt', '127.0.0.1']
    await run('dcmsend', ...words, String(here.port), ...paths)
    await run('dcmsend', ...words, String(theirs.port), ...paths)
    // It takes no transfer syntax that DCMTK cannot decode; we take all, so what it has is some of what we have.
    const theirDigests = [...theirs.files().values()].map((file) => sha256(dataSetOf(file)))
    const ours = new Set(here.archive.kept.map((kept) => kept.sha256))
    for (const digest of theirDigests) expect(ours).toContain(digest)
    expect(theirDigests.length).toBeGreaterThan(20)
    expect(here.archive.kept.length).toBeGreaterThan(theirDigests.length)
  })
})

const firstOfEach = (files: readonly CorpusFile[], key: (file: CorpusFile) => string): CorpusFile[] => [
  ...new Map([...files].reverse().map((file) => [key(file), file])).values(),
]

describe.skipIf(!hasDcmtk())('our client sends to DCMTK', () => {
  it('storescp answers our C-ECHO and refuses what it does not know', async () => {
    const theirs = await startStoreScp()
    ends.push(() => theirs.stop())
    const association = await openAssociation({
      host: '127.0.0.1',
      port: theirs.port,
      calledAet: 'STORESCP',
      callingAet: 'CLEARKEEP',
      asyncWindow: 4,
      contexts: [
        { abstractSyntax: '1.2.840.10008.1.1', transferSyntaxes: ['1.2.840.10008.1.2'] },
        { abstractSyntax: '1.2.826.0.1.9', transferSyntaxes: ['1.2.840.10008.1.2'] },
      ],
    })
    expect(association.contexts).toHaveLength(1)
    expect(await association.echo()).toMatchObject({ status: 0 })
    await association.release()
    expect(await association.ended).toMatchObject({ how: 'released' })
  })

  it('storescp keeps our data sets bit by bit, whatever PDU size it takes', async () => {
    const { paths, digests } = files(10)
    for (const size of ['4096', '131072']) {
      const theirs = await startStoreScp('--max-pdu', size)
      ends.push(() => theirs.stop())
      const sent = await results(send(sources(paths), destination(theirs.port)))
      expect(sent.map((result) => result.outcome)).toEqual(Array(10).fill('stored'))
      expect([...theirs.files().values()].map((file) => sha256(dataSetOf(file))).sort()).toEqual([...digests].sort())
    }
  })

  it.skipIf(corpusDir() === undefined)(
    'storescp takes the corpus as it is stored, where it knows what it is',
    async () => {
      const good = corpus().filter((file) => file.expect === 'ok' && file.bytes < 1_000_000)
      const some = firstOfEach(good, (file) => file.transferSyntax)
      const theirs = await startStoreScp('--accept-all', '--promiscuous')
      ends.push(() => theirs.stop())
      const sent = await results(send(sources(some.map((file) => file.file)), destination(theirs.port)))
      const kept = sent.filter((result) => result.outcome === 'stored')
      expect(kept.length).toBeGreaterThan(9)
      expect(new Set(sent.map((result) => result.outcome))).toEqual(new Set(['stored', 'not accepted', 'unreadable']))
      const arrived = new Set([...theirs.files().values()].map((file) => sha256(dataSetOf(file))))
      for (const { name, transferSyntax } of kept) {
        const dataSet = dataSetOf(readFileSync(name))
        const odd = dataSet.length % 2 === 1 && transferSyntax === '1.2.840.10008.1.2.1.99'
        expect(arrived, name).toContain(sha256(odd ? Buffer.concat([dataSet, Buffer.alloc(1)]) : dataSet))
      }
    },
  )
})

const destination = (port: number) => ({
  host: '127.0.0.1',
  port,
  calledAet: 'STORESCP',
  callingAet: 'CLEARKEEP',
})

const sources = (paths: readonly string[]) =>
  paths.map((name) => ({
    name,
    inOrder: false,
    open: async function* () {
      yield readFileSync(name)
    },
  }))

async function results(iterable: AsyncIterable<SendResult>): Promise<SendResult[]> {
  const list: SendResult[] = []
  for await (const result of iterable) list.push(result)
  return list
}
