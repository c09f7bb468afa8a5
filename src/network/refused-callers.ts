/**
 * When a refused caller is worth an event: at the first refusal, then at most once a minute for each caller, and for a
 * bounded number of callers a minute. What is between is counted and reported with the next, so that a stranger who
 * calls a million times, or under a million names, does not fill the log for ever.
 */
const PERIOD_MS = 60_000
const CALLERS_A_PERIOD = 60

export interface RefusalToRecord {
  /** Refusals of this caller since the last event about it, this one included. */
  readonly times: number
  /** Refusals of other callers that got no event of their own in the minute before. */
  readonly others: number
}

export class RefusedCallers {
  #period = 0
  #others = 0
  readonly #times = new Map<string, number>()

  /** Counts a refusal; gives what to record if it is to be recorded now. */
  note(aet: string, address: string, now: Date): RefusalToRecord | undefined {
    const period = Math.floor(now.getTime() / PERIOD_MS)
    const unreported = new Map<string, number>()
    if (period !== this.#period) {
      this.#period = period
      for (const [caller, times] of this.#times) if (times > 0) unreported.set(caller, times)
      this.#times.clear()
    }
    const caller = `${address} ${aet}`
    for (const [other, times] of unreported) if (other !== caller) this.#others += times

    const counted = this.#times.get(caller)
    if (counted !== undefined) {
      this.#times.set(caller, counted + 1)
      return undefined
    }
    if (this.#times.size >= CALLERS_A_PERIOD) {
      this.#others += 1
      return undefined
    }
    this.#times.set(caller, 0)
    const others = this.#others
    this.#others = 0
    return { times: (unreported.get(caller) ?? 0) + 1, others }
  }
}
