/**
 * Signs of life: when nothing was journaled for a while, an entry says that the archive ran. So how long it did not run is
 * known from the log alone, to within that while (compliance specification 3.5, question 4).
 */
import type { Happening } from './archive.ts'

export interface HeartbeatParts {
  readonly event: (happening: Happening) => Promise<void>
  /** How many leaves there are: it has grown when something else was journaled. */
  readonly leaves: () => number
  readonly everyMs: number
}

/** Gives how to end it. What cannot be journaled is not: that is what its absence says. */
export function openHeartbeat({ event, leaves, everyMs }: HeartbeatParts): () => void {
  let known = leaves()
  const timer = setInterval(() => {
    const now = leaves()
    const quiet = now === known
    known = quiet ? now + 1 : now
    if (quiet) event({ type: 'heartbeat', action: 'E', outcome: 0, detail: {} }).catch(() => {})
  }, everyMs).unref()
  return () => clearInterval(timer)
}
