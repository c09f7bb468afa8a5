/** No faster than so many bytes a second, over all that shares it: an old archive has its day's work to do. */
export interface Pace {
  /** Resolves when these bytes may have come. */
  spend(bytes: number): Promise<void>
}

/** @param perSecond  bytes; 0 for no limit */
export function openPace(perSecond: number, now: () => number = () => performance.now()): Pace {
  if (perSecond <= 0) return { spend: async () => {} }
  // The moment up to which what came is paid for.
  let paid = now()
  return {
    async spend(bytes) {
      const moment = now()
      paid = Math.max(paid, moment) + (bytes / perSecond) * 1000
      const wait = paid - moment
      // Less than that is lost in the timer.
      if (wait > 20) await new Promise((resolve) => setTimeout(resolve, wait))
    },
  }
}
