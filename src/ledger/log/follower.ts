/** From leaves in their order to shards: each year's log begins with its `log.open` leaf. */
import type { Json } from '../../base/canonical-json.ts'
import { ArchiveError } from '../../base/errors.ts'
import { type About, NO_EDGE, openShard, type Shard } from './shard.ts'

export interface LoggedLeaf {
  /** Ledger number. */
  readonly n: number
  /** The leaf's exact text. */
  readonly leaf: string
}

/** Leaves from this number on, in order and gapless. */
export type LeafSource = (from: number) => AsyncIterable<LoggedLeaf>

/** A shard no leaf will come to any more, and the checkpoint its successor's first leaf quotes. */
export interface FinishedShard {
  readonly shard: Shard
  readonly checkpoint: string
}

export interface Follower {
  readonly current: Shard | undefined
  /** Shards that ended, until they are taken out. */
  readonly finished: FinishedShard[]
  /** @throws {ArchiveError} `DEFECT` for a leaf that is not the next */
  feed(leaf: LoggedLeaf): void
}

const OPENING = '"t":"log.open"'
const utf8 = new TextEncoder()

/**
 * @param resumed   where the tree stands, if there is one
 * @param originOf  the origin of a year's shard whose opening leaf does not say it
 */
export function openFollower(resumed: Shard | undefined, originOf: (year: string) => string): Follower {
  let current = resumed
  const finished: FinishedShard[] = []
  return {
    finished,
    get current() {
      return current
    },
    feed({ n, leaf }) {
      if (current === undefined || leaf.includes(OPENING)) {
        const begun = beginning(n, leaf, originOf)
        if (current === undefined) current = openShard(begun.about, NO_EDGE)
        else if (begun.opens && begun.about.year > current.about.year) {
          finished.push({ shard: current, checkpoint: begun.previous })
          current = openShard(begun.about, NO_EDGE)
        }
      }
      if (n !== current.about.first + current.size)
        throw new ArchiveError('DEFECT', { what: `leaf ${n} where ${current.about.first + current.size} is due` })
      current.append(utf8.encode(leaf))
    },
  }
}

function beginning(
  n: number,
  leaf: string,
  originOf: (year: string) => string,
): { readonly opens: boolean; readonly about: About; readonly previous: string } {
  const { t, ts, x } = JSON.parse(leaf) as { t: string; ts: string; x?: { [key: string]: Json } }
  const year = ts.slice(0, 4)
  const origin = x?.['origin']
  const previous = x?.['prev']
  return {
    opens: t === 'log.open',
    about: { year, first: n, origin: typeof origin === 'string' ? origin : originOf(year) },
    previous: typeof previous === 'string' ? previous : '',
  }
}
