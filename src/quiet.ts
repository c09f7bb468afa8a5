/**
 * Lets memory go when there is nothing to do. V8 sweeps when it allocates, so a process that has started, or has served
 * a crowd, and now waits keeps what that left behind until the next crowd comes: 13 MB after a start. When the process
 * has been at rest for a second, and has worked since it was last swept, its heap is swept once and the pages given
 * back. The sweep takes some 60 ms of a moment when nobody waits; a process at rest is not swept again.
 */

export interface Rest {
  /** Tells the processor time used so far, in ms; answers whether to sweep now. Asked twice a second. */
  look(usedMs: number): boolean
}

const LOOK_MS = 500
/** Looks at rest before a sweep: a second is no pause between two objects, nor between two pages of a reader. */
const QUIET_LOOKS = 2
/** Processor time between two looks, in ms, up to which it counts as rest: heartbeats and timers take less. */
const REST_MS = 10
/** Processor time since the last sweep, in ms, below which there is nothing worth letting go. */
const WORTH_MS = 250

export function restOf(startedMs: number): Rest {
  let last = startedMs
  let swept = startedMs
  let quiet = 0
  return {
    look(usedMs) {
      quiet = usedMs - last <= REST_MS ? quiet + 1 : 0
      last = usedMs
      if (quiet < QUIET_LOOKS || usedMs - swept < WORTH_MS) return false
      swept = usedMs
      return true
    },
  }
}

/** What `--expose-gc` gives, which bin/clearkeep asks for; the flavour that returns pages is not in Node's types. */
type Sweep = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void

/** @returns the end of it; a process without `--expose-gc` keeps what V8 keeps. */
export function sweepAtRest(): () => void {
  const sweep = (globalThis as { gc?: Sweep }).gc
  if (sweep === undefined) return () => {}
  const used = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
  const rest = restOf(0)
  const timer = setInterval(() => {
    if (rest.look(used())) sweep({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  }, LOOK_MS)
  timer.unref()
  return () => clearInterval(timer)
}
