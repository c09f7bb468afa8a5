import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat } from '../base/bytes.ts'
import { PackLayout } from '../vault/pack/zip.ts'
import { zipBytes, zipEntries } from './zip.ts'

const reader = (bytes: Uint8Array) => async (range: { start: number; end: number }) =>
  bytes.subarray(range.start, range.end)

/** As the writer of packs makes one; CRCs are not looked at by this reader. */
function zipOf(members: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const layout = new PackLayout()
  const parts = Object.entries(members).flatMap(([name, bytes]) => [
    layout.begin({ name, length: bytes.length, crc: 0 }).header,
    bytes,
  ])
  return concat([...parts, layout.end()])
}

describe('a ZIP', () => {
  it('gives every entry as it was put in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^[a-z][a-z/.]{0,20}$/), fc.uint8Array({ maxLength: 200 })),
        async (members) => {
          const zip = zipOf(members)
          const entries = await zipEntries(zip.length, reader(zip))
          expect(entries.map(({ name }) => name)).toEqual(Object.keys(members))
          for (const entry of entries) {
            const { start, end } = await zipBytes(entry, zip.length, reader(zip))
            expect(zip.subarray(start, end)).toEqual(members[entry.name])
          }
        },
      ),
    )
  })

  it('of more than 65,535 entries is read by its ZIP64 record', async () => {
    const members = Object.fromEntries(Array.from({ length: 70_000 }, (_, at) => [`m${at}`, new Uint8Array(0)]))
    const zip = zipOf(members)
    expect(await zipEntries(zip.length, reader(zip))).toHaveLength(70_000)
  })

  it('that is damaged or none is refused in words, whatever it is', async () => {
    const good = zipOf({ one: Uint8Array.of(1, 2, 3), two: new Uint8Array(50) })
    const damaged = fc
      .tuple(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length))
      .map(([at, value, cut]) => good.with(at, value).subarray(0, cut))
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged), async (bytes) => {
        try {
          for (const entry of await zipEntries(bytes.length, reader(bytes)))
            await zipBytes(entry, bytes.length, reader(bytes))
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'PROOF_INVALID' })
        }
      }),
      { numRuns: 2000 },
    )
  })
})
