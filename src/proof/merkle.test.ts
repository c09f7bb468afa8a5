import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { vectorsDir } from '../../test/support/vectors.ts'
import { type Bytes, equalBytes, fromHex, toHex } from '../base/bytes.ts'
import { toBase64 } from './base64.ts'
import {
  consistencySpans,
  EMPTY_ROOT,
  inclusionSpans,
  leafHash,
  nodeHash,
  rootOf,
  type Span,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts'
import { sha256 } from './sha256.ts'

// --- RFC 6962 section 2.1, word for word -------------------------------------------------

const K = (n: number): number => 2 ** (Math.ceil(Math.log2(n)) - 1)
function mth(d: readonly Bytes[]): Bytes {
  if (d.length === 0) return sha256()
  if (d.length === 1) return sha256(Uint8Array.of(0), d[0] as Bytes)
  const k = K(d.length)
  return sha256(Uint8Array.of(1), mth(d.slice(0, k)), mth(d.slice(k)))
}
function path(m: number, d: readonly Bytes[]): Bytes[] {
  if (d.length === 1) return []
  const k = K(d.length)
  return m < k ? [...path(m, d.slice(0, k)), mth(d.slice(k))] : [...path(m - k, d.slice(k)), mth(d.slice(0, k))]
}
function subproof(m: number, d: readonly Bytes[], b: boolean): Bytes[] {
  if (m === d.length) return b ? [] : [mth(d)]
  const k = K(d.length)
  return m <= k
    ? [...subproof(m, d.slice(0, k), b), mth(d.slice(k))]
    : [...subproof(m - k, d.slice(k), false), mth(d.slice(0, k))]
}

const entries = (count: number): readonly Bytes[] =>
  Array.from({ length: count }, (_, at) => new TextEncoder().encode(`entry ${at}`))
const hashed = (d: readonly Bytes[], spans: readonly Span[]) => spans.map(({ start, end }) => mth(d.slice(start, end)))
const hex = (hashes: readonly Bytes[]) => hashes.map(toHex)

describe('a Merkle tree as RFC 6962 defines it', () => {
  it('has its root for every size', () => {
    for (let size = 0; size <= 70; size += 1) {
      const d = entries(size)
      expect(toHex(rootOf(d.map(leafHash)))).toBe(toHex(mth(d)))
    }
  })

  it('has its inclusion and consistency proofs for every pair, and they verify', () => {
    for (let size = 1; size <= 40; size += 1) {
      const d = entries(size)
      const root = mth(d)
      for (let m = 0; m < size; m += 1) {
        const inclusion = hashed(d, inclusionSpans(m, size))
        expect(hex(inclusion)).toEqual(hex(path(m, d)))
        expect(verifyInclusion(m, size, leafHash(d[m] as Bytes), inclusion, root)).toBe(true)
        if (m === 0) continue
        const consistency = hashed(d, consistencySpans(m, size))
        expect(hex(consistency)).toEqual(hex(subproof(m, d, true)))
        expect(verifyConsistency(m, size, consistency, mth(d.slice(0, m)), root)).toBe(true)
      }
    }
  })

  it('refuses a proof in which anything was changed', () => {
    const pair = fc
      .integer({ min: 2, max: 60 })
      .chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1), fc.nat()))
    fc.assert(
      fc.property(pair, ([size, m, chance]) => {
        const d = entries(size)
        const [leaf, root] = [leafHash(d[m] as Bytes), mth(d)]
        const proof = path(m, d)
        const spoilt = proof.map((hash, at) => (at === chance % proof.length ? nodeHash(hash, hash) : hash))
        expect(verifyInclusion(m, size, leaf, spoilt, root)).toBe(false)
        expect(verifyInclusion(m, size, leaf, proof.slice(1), root)).toBe(false)
        expect(verifyInclusion(m, size, leaf, [...proof, root], root)).toBe(false)
        expect(verifyInclusion((m + 1) % size, size, leaf, proof, root)).toBe(false)
        if (m === 0) return
        const old = mth(d.slice(0, m))
        const grown = subproof(m, d, true)
        expect(verifyConsistency(m, size, [...grown, root], old, root)).toBe(false)
        expect(verifyConsistency(m, size, grown.slice(1), old, root)).toBe(false)
        expect(verifyConsistency(m, size, grown, leaf, root)).toBe(m === 1 && equalBytes(leaf, old))
      }),
      { numRuns: 60 },
    )
  })

  it('does not lose count beyond 2^32', () => {
    const [size, index] = [2 ** 40 + 3, 2 ** 40]
    expect(inclusionSpans(index, size)).toEqual([
      { start: 2 ** 40 + 1, end: 2 ** 40 + 2 },
      { start: 2 ** 40 + 2, end: size },
      { start: 0, end: 2 ** 40 },
    ])
    const leaf = leafHash(new Uint8Array())
    const proof = [leaf, leaf, leaf]
    const root = nodeHash(leaf, nodeHash(nodeHash(leaf, leaf), leaf))
    expect(verifyInclusion(index, size, leaf, proof, root)).toBe(true)
  })
})

describe('the vectors of the compliance specification, 4.8', () => {
  const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
  const d = leaves.map(fromHex)
  it.each([
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ])('root %#', (root) => {
    const size = (expect.getState().currentTestName ?? '').match(/root (\d)/)?.[1]
    expect(toHex(rootOf(d.slice(0, Number(size)).map(leafHash)))).toBe(root)
  })

  it('proofs', () => {
    expect(hashed(d, inclusionSpans(5, 8)).map(toBase64)).toEqual([
      'vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=',
      'yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=',
      '037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=',
    ])
    expect(hashed(d, consistencySpans(6, 8)).map(toBase64)).toEqual([
      'DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=',
      'yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=',
      '037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=',
    ])
    expect(toHex(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })
})

interface Vector {
  readonly leafIdx: number
  readonly treeSize: number
  readonly leafHash: string
  readonly root: string
  readonly size1: number
  readonly size2: number
  readonly root1: string
  readonly root2: string
  readonly proof: readonly string[] | null
  readonly wantErr: boolean
}

const MERKLE = vectorsDir('merkle')
describe.skipIf(MERKLE === undefined)('the vectors of transparency-dev/merkle', () => {
  const read = (kind: string) =>
    readdirSync(join(MERKLE ?? '', kind), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .map((name) => ({ name, ...(JSON.parse(readFileSync(join(MERKLE ?? '', kind, name), 'utf8')) as Vector) }))
  const bytes = (text: string) => Buffer.from(text, 'base64')

  it('inclusion', () => {
    const vectors = read('inclusion')
    expect(vectors.length).toBeGreaterThan(90)
    for (const { name, leafIdx, treeSize, leafHash: leaf, root, proof, wantErr } of vectors)
      expect(verifyInclusion(leafIdx, treeSize, bytes(leaf), (proof ?? []).map(bytes), bytes(root)), name).toBe(
        !wantErr,
      )
  })

  it('consistency; a root that is no SHA-256 digest and proofs from an empty tree are refused', () => {
    const vectors = read('consistency')
    expect(vectors.length).toBeGreaterThan(90)
    for (const { name, size1, size2, root1, root2, proof, wantErr } of vectors) {
      const sound = size1 > 0 && bytes(root1).length === 32
      expect(verifyConsistency(size1, size2, (proof ?? []).map(bytes), bytes(root1), bytes(root2)), name).toBe(
        !wantErr && sound,
      )
    }
  })
})
