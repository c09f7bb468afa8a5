/**
 * The Merkle tree of RFC 6962 section 2.1 over SHA-256: hashes, roots, and the checking of inclusion and consistency
 * proofs (the algorithms of RFC 9162, 2.1.3.2 and 2.1.4.2, which are the same tree).
 *
 * Sizes and indices are numbers below 2^53; they are halved by division, since JavaScript's shifts end at 2^32.
 */
import { type Bytes, equalBytes } from '../base/bytes.ts'
import { HASH_LENGTH, sha256 } from './sha256.ts'

export type Hash = Uint8Array<ArrayBuffer>

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

/** The root of no leaves at all. */
export const EMPTY_ROOT: Hash = sha256()

export const leafHash = (entry: Bytes): Hash => sha256(LEAF, entry)
export const nodeHash = (left: Bytes, right: Bytes): Hash => sha256(NODE, left, right)

/** The largest power of two below the size, which is 2 or more: where RFC 6962 divides a list. */
export function split(size: number): number {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}

/** MTH (RFC 6962, 2.1) over leaf hashes. */
export function rootOf(leaves: readonly Bytes[]): Hash {
  const tree = growingTree()
  for (const leaf of leaves) tree.append(leaf)
  return tree.root()
}

export interface GrowingTree {
  readonly size: number
  /** Constant on average: each node is hashed once in the life of a tree. */
  append(leaf: Bytes): void
  root(): Hash
}

/** A tree that keeps only the roots of its complete subtrees, largest first: what the next leaf and the root need. */
export function growingTree(): GrowingTree {
  const complete: Bytes[] = []
  let size = 0
  return {
    get size() {
      return size
    },
    append(leaf) {
      let hash = leaf
      for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) hash = nodeHash(complete.pop() as Bytes, hash)
      complete.push(hash)
      size += 1
    },
    root: () => foldRight(complete) ?? EMPTY_ROOT,
  }
}

/** The root over complete subtrees that stand side by side, largest first. */
export function foldRight(subtrees: readonly Bytes[]): Hash | undefined {
  let root: Bytes | undefined
  for (let at = subtrees.length - 1; at >= 0; at -= 1) {
    const subtree = subtrees[at] as Bytes
    root = root === undefined ? subtree : nodeHash(subtree, root)
  }
  return root === undefined ? undefined : new Uint8Array(root)
}

/** A run of leaves whose hash a proof holds; `end` is exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** PATH (RFC 6962, 2.1.1): whose hashes make the inclusion proof, in its order, from the leaf up. */
export function inclusionSpans(index: number, size: number): readonly Span[] {
  const down: Span[] = []
  for (let start = 0, end = size; end - start > 1; ) {
    const middle = start + split(end - start)
    if (index < middle) {
      down.push({ start: middle, end })
      end = middle
    } else {
      down.push({ start, end: middle })
      start = middle
    }
  }
  return down.reverse()
}

/** PROOF (RFC 6962, 2.1.2): whose hashes make the consistency proof, in its order. None when one of the two is empty. */
export function consistencySpans(from: number, to: number): readonly Span[] {
  if (from === 0 || from === to) return []
  const down: Span[] = []
  let [start, end, whole] = [0, to, true]
  while (end !== from) {
    const middle = start + split(end - start)
    if (from <= middle) {
      down.push({ start: middle, end })
      end = middle
    } else {
      down.push({ start, end: middle })
      start = middle
      whole = false
    }
  }
  return (whole ? down : [...down, { start, end }]).reverse()
}

/** Does the proof show the leaf at this index of the tree? (RFC 9162, 2.1.3.2.) */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Bytes,
  proof: readonly Bytes[],
  root: Bytes,
): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || !areHashes([leaf, root, ...proof])) return false
  let [node, last] = [index, size - 1]
  let hash: Bytes = leaf
  for (const sibling of proof) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash)
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, half(last)]
    } else hash = nodeHash(hash, sibling)
    ;[node, last] = [half(node), half(last)]
  }
  return last === 0 && equalBytes(hash, root)
}

/**
 * Does the proof show that the larger tree begins with the smaller? (RFC 9162, 2.1.4.2.) Of an empty tree nothing can be
 * shown, so it is refused.
 */
export function verifyConsistency(
  from: number,
  to: number,
  proof: readonly Bytes[],
  oldRoot: Bytes,
  newRoot: Bytes,
): boolean {
  if (!isCount(from) || !isCount(to) || from === 0 || from > to) return false
  if (!areHashes([oldRoot, newRoot, ...proof])) return false
  if (from === to) return proof.length === 0 && equalBytes(oldRoot, newRoot)

  // A tree of a power of two is itself the first subtree of the proof.
  const path = isPowerOfTwo(from) ? [oldRoot, ...proof] : [...proof]
  let [node, last] = [from - 1, to - 1]
  while (node % 2 === 1) [node, last] = [half(node), half(last)]
  const first = path.shift()
  if (first === undefined) return false
  let [old, now] = [first, first]
  for (const sibling of path) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      old = nodeHash(sibling, old)
      now = nodeHash(sibling, now)
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, half(last)]
    } else now = nodeHash(now, sibling)
    ;[node, last] = [half(node), half(last)]
  }
  return last === 0 && equalBytes(old, oldRoot) && equalBytes(now, newRoot)
}

const half = (count: number): number => Math.floor(count / 2)
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0
const areHashes = (hashes: readonly Bytes[]): boolean => hashes.every(({ length }) => length === HASH_LENGTH)
function isPowerOfTwo(count: number): boolean {
  let rest = count
  while (rest % 2 === 0) rest /= 2
  return rest === 1
}
