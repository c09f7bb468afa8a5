import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { hasPython, python } from '../../test/support/python.ts'
import { gather } from '../base/bytes.ts'
import { writeZip } from './zip-stream.ts'

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
const zipOf = (files: readonly (readonly [string, Uint8Array])[], size = 1000) =>
  gather(writeZip(files.map(([name, bytes]) => ({ name, bytes: inPieces(bytes, size) }))))

describe.skipIf(!hasPython)('a ZIP written as it is read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-zip-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Python's zipfile takes it apart and checks each CRC. */
  function unpacked(zip: Uint8Array): Map<string, Buffer> {
    const into = mkdtempSync(join(folder, 'out-'))
    const file = join(into, 'it.zip')
    writeFileSync(file, zip)
    const script =
      'import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);assert z.testzip() is None;z.extractall(sys.argv[2]+"/x")'
    const { status, lines } = python('-c', script, file, into)
    expect(status, lines.join('\n')).toBe(0)
    const names = readdirSync(join(into, 'x'), { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    return new Map(
      names.map((one) => {
        const path = join(one.parentPath, one.name)
        return [path.slice(join(into, 'x').length + 1), readFileSync(path)]
      }),
    )
  }

  it('gives back every file, empty ones too, in folders', async () => {
    const files = [
      ['a/1.dcm', Buffer.from('one')],
      ['a/2.dcm', Buffer.alloc(0)],
      ['b/3.dcm', Buffer.alloc(300_000, 7)],
    ] as const
    expect(unpacked(await zipOf(files))).toEqual(new Map(files))
  })

  it('is the same whatever pieces the bytes come in, and whenever it is made', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), fc.integer({ min: 1, max: 999 }), async (bytes, size) => {
        expect(unzippedOnce(await zipOf([['x', bytes]], size))).toEqual(Buffer.from(bytes))
      }),
      { numRuns: 15 },
    ))
  const unzippedOnce = (zip: Uint8Array) => unpacked(zip).get('x')

  it('fails where a file fails, and lets go of what it read', async () => {
    let closed = false
    async function* failing() {
      try {
        yield Buffer.alloc(10)
        throw new Error('torn')
      } finally {
        closed = true
      }
    }
    await expect(gather(writeZip([{ name: 'x', bytes: failing() }]))).rejects.toThrow('torn')
    expect(closed).toBe(true)
  })

  it('stops reading when nobody takes it any more', async () => {
    let read = 0
    let closed = false
    async function* endless() {
      try {
        for (;;) {
          read += 1
          yield Buffer.alloc(64 * 1024, read % 256)
        }
      } finally {
        closed = true
      }
    }
    let taken = 0
    for await (const piece of writeZip([{ name: 'x', bytes: endless() }])) {
      taken += piece.length
      if (taken > 1000) break
    }
    await expect.poll(() => closed).toBe(true)
    expect(read).toBeLessThan(200)
  })
})
