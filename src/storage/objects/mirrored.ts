/**
 * One store kept in two places. The first counts: what it took is stored, whatever becomes of the second. What it cannot
 * give is given by the second, from the byte where it stopped.
 */
import type { ByteRange, ByteStream } from '../../base/bytes.ts'
import type { ObjectHead, ObjectStore } from './object-store.ts'

export interface MirrorTold {
  /**
   * A write the second store did not take. It gets no other then: a later part of something whose earlier part it lacks
   * would be worse than none. Whoever knows what belongs together brings it up and makes a new composition.
   */
  readonly missed?: (name: string, thrown: unknown) => void
  /** What the first store could not give was asked of the second. */
  readonly fellBack?: (name: string, thrown: unknown) => void
}

export function mirrored(first: ObjectStore, second: ObjectStore, told: MirrorTold = {}): ObjectStore {
  let keeping = true
  const follow = async (name: string, write: () => Promise<unknown>): Promise<void> => {
    if (!keeping) return
    try {
      await write()
    } catch (thrown) {
      keeping = false
      told.missed?.(name, thrown)
    }
  }

  async function* read(name: string, range?: ByteRange): ByteStream {
    let given = 0
    try {
      for await (const piece of first.read(name, range)) {
        yield piece
        given += piece.length
      }
    } catch (thrown) {
      const start = (range?.start ?? 0) + given
      const rest = second.read(name, { start, end: range?.end ?? Number.MAX_SAFE_INTEGER })
      let began = false
      try {
        for await (const piece of rest) {
          if (!began) told.fellBack?.(name, thrown)
          began = true
          yield piece
        }
      } catch (other) {
        // Neither has it: what the first said is what counts.
        throw began ? other : thrown
      }
    }
  }

  return {
    read,
    put: async (name, bytes) => {
      const head = await first.put(name, bytes)
      await follow(name, () => second.put(name, first.read(name)))
      return head
    },
    replace: async (name, bytes) => {
      await first.replace(name, bytes)
      await follow(name, () => second.replace(name, bytes))
    },
    head: async (name) => {
      try {
        return (await first.head(name)) ?? (await second.head(name))
      } catch (thrown) {
        const head = await second.head(name).catch(() => undefined)
        if (head === undefined) throw thrown
        return head
      }
    },
    list: (prefix) => union(first.list(prefix), second.list(prefix)),
    setAside: async (name) => {
      const [one, other] = await Promise.allSettled([first.setAside(name), second.setAside(name)])
      if (one.status === 'fulfilled') return one.value
      if (other.status === 'fulfilled') return other.value
      throw one.reason
    },
    removeAll: async (prefix, removal) => {
      const removed = await first.removeAll(prefix, removal)
      await follow(prefix, () => second.removeAll(prefix, removal))
      return removed
    },
    remove: async (name, removal) => {
      await first.remove(name, removal)
      await follow(name, () => second.remove(name, removal))
    },
  }
}

/** Two sorted lists as one; of a name both have, the first's entry. One that cannot be listed is left out. */
async function* union(first: AsyncIterable<ObjectHead>, second: AsyncIterable<ObjectHead>): AsyncGenerator<ObjectHead> {
  const [a, b] = [first[Symbol.asyncIterator](), second[Symbol.asyncIterator]()]
  let failed: unknown
  const next = async (of: AsyncIterator<ObjectHead>): Promise<ObjectHead | undefined> => {
    try {
      const step = await of.next()
      return step.done === true ? undefined : step.value
    } catch (thrown) {
      if (failed !== undefined) throw thrown
      failed = thrown
      return undefined
    }
  }
  let [left, right] = [await next(a), await next(b)]
  while (left !== undefined || right !== undefined) {
    if (right === undefined || (left !== undefined && left.name <= right.name)) {
      if (left === undefined) return
      if (right?.name === left.name) right = await next(b)
      yield left
      left = await next(a)
    } else {
      yield right
      right = await next(b)
    }
  }
}
