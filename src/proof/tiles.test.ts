import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { vectorsDir } from '../../test/support/vectors.ts'
import { type Bytes, concat, equalBytes, toHex } from '../base/bytes.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { consistencySpans, inclusionSpans, leafHash, rootOf, verifyConsistency, verifyInclusion } from './merkle.ts'
import { parseKey, signersOf } from './note.ts'
import { sha256 } from './sha256.ts'
import {
  completeRoot,
  decodeBundle,
  encodeBundle,
  hashesOf,
  parseTilePath,
  spanHash,
  type Tile,
  tilePath,
  tilesOf,
  tileWidth,
} from './tiles.ts'

const entries = (count: number): readonly Bytes[] =>
  Array.from({ length: count }, (_, at) => new TextEncoder().encode(`entry ${at}`))

/** A tile by its definition. */
function tileOf(leaves: readonly Bytes[], { level, index, width }: Tile): Bytes {
  const span = 256 ** Number(level)
  return concat(
    Array.from({ length: width }, (_, at) => {
      const start = (index * 256 + at) * span
      return rootOf(leaves.slice(start, start + span))
    }),
  )
}

describe('C2SP tlog-tiles', () => {
  it('names tiles as the specification does', () => {
    expect(tilePath({ level: 0, index: 1234067, width: 256 })).toBe('tile/0/x001/x234/067')
    expect(tilePath({ level: 'entries', index: 0, width: 44 })).toBe('tile/entries/000.p/44')
  })

  it('reads the names it writes, and no others', () => {
    const tile = fc.record({
      level: fc.oneof(fc.constant('entries' as const), fc.nat(63)),
      index: fc.nat(10 ** 9),
      width: fc.integer({ min: 1, max: 256 }),
    })
    fc.assert(
      fc.property(tile, (one) => {
        expect(parseTilePath(tilePath(one))).toEqual(one)
      }),
    )
    for (const path of [
      'tile/64/000',
      'tile/00/000',
      'tile/0/0',
      'tile/0/x000/001',
      'tile/0/001/002',
      'tile/0/000.p/0',
    ])
      expect(parseTilePath(path), path).toBeUndefined()
    for (const path of [
      'tile/0/000.p/256',
      'tile/0/000.p/01',
      'tile/0/../000',
      'tile/0/000/',
      '/tile/0/000',
      'checkpoint',
    ])
      expect(parseTilePath(path), path).toBeUndefined()
  })

  it('has the tiles of the specification’s tree of 70,000', () => {
    const of = (level: number) => [...tilesOf(70_000)].filter((tile) => tile.level === level)
    expect(of(0).length).toBe(274)
    expect(of(0).at(-1)).toEqual({ level: 0, index: 273, width: 112 })
    expect(of(1)).toEqual([
      { level: 1, index: 0, width: 256 },
      { level: 1, index: 1, width: 17 },
    ])
    expect(of(2)).toEqual([{ level: 2, index: 0, width: 1 }])
    expect(of(3)).toEqual([])
    expect([...tilesOf(256)].map(tilePath)).toEqual(['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1'])
    expect(tileWidth(1, 1, 70_000)).toBe(17)
    expect(tileWidth(1, 2, 70_000)).toBe(0)
  })

  it('has the tiles of the compliance specification’s 300 entries', () => {
    const leaves = entries(300).map(leafHash)
    expect(toHex(rootOf(leaves))).toBe('ca393d0296bec5e0b8dcab983bd1fb7d1461f512e7267cb89631ad26fd66d848')
    expect(toHex(tileOf(leaves, { level: 1, index: 0, width: 1 }))).toBe(
      'da6596d95369f5fef322ab8e4e0da3b0b50236aa9c8a3b1d246f7411c9e2e32e',
    )
    expect(toHex(sha256(tileOf(leaves, { level: 0, index: 1, width: 44 })))).toBe(
      'b7fedf2b6e00be3853e3fd898c5f25e4182fd9d6ff22f5e48fe48f6b538c94e4',
    )
    expect(toHex(completeRoot(leaves.slice(0, 256)))).toBe(toHex(rootOf(leaves.slice(0, 256))))
  })

  it('gives every hash of every proof', async () => {
    const leaves = entries(700).map(leafHash)
    const made = new Map<string, Bytes>()
    const read = async (tile: Tile) => {
      const path = tilePath(tile)
      const bytes = made.get(path) ?? tileOf(leaves, tile)
      made.set(path, bytes)
      return bytes
    }
    for (const size of [1, 2, 255, 256, 257, 511, 512, 700]) {
      const root = rootOf(leaves.slice(0, size))
      for (const index of new Set([0, 1, size >> 1, size - 1].filter((at) => at < size))) {
        const inclusion = await Promise.all(inclusionSpans(index, size).map((span) => spanHash(span, size, read)))
        expect(verifyInclusion(index, size, leaves[index] as Bytes, inclusion, root)).toBe(true)
        if (index === 0) continue
        const grown = await Promise.all(consistencySpans(index, size).map((span) => spanHash(span, size, read)))
        expect(verifyConsistency(index, size, grown, rootOf(leaves.slice(0, index)), root)).toBe(true)
      }
    }
  })

  it('reads the bundles it writes, and says when one is broken', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 })), (all) => {
        const bundle = encodeBundle(all)
        const read = decodeBundle(bundle) ?? []
        expect(read.length).toBe(all.length)
        expect(read.every((entry, at) => equalBytes(entry, all[at] as Bytes))).toBe(true)
        if (bundle.length > 0) expect(decodeBundle(bundle.subarray(0, -1))).toBeUndefined()
      }),
    )
  })
})

const TLOG = vectorsDir('tlog')
describe.skipIf(TLOG === undefined)('the log in shared/vectors/tlog, made by others', () => {
  const file = (path: string) => readFileSync(join(TLOG ?? '', path))
  const key = parseKey('example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx')

  it('has checkpoints signed over the roots of its entries, and tiles that agree', () => {
    for (let size = 1; size <= 15; size += 1) {
      const bundle = file(`tile/entries/000.p/${size}`)
      const leaves = (decodeBundle(bundle) ?? []).map(leafHash)
      expect(leaves.length).toBe(size)
      expect(existsSync(join(TLOG ?? '', `tile/0/000.p/${size}`))).toBe(true)
      expect(hashesOf(file(`tile/0/000.p/${size}`)).map(toHex)).toEqual(leaves.map(toHex))
      const checkpoint = parseCheckpoint(file(`checkpoint.${size}`).toString('utf8'))
      expect(checkpoint).toMatchObject({ origin: 'example.com/log/testdata', size })
      expect(toHex(checkpoint.root)).toBe(toHex(rootOf(leaves)))
      expect(signersOf(checkpoint.note, [key]).length).toBe(1)
    }
  })
})
