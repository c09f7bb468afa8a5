/**
 * How often somebody may guess a password: few times for one name from one address, more for all names of an address
 * (a ward behind one gateway) and for one name from all addresses (or else a stranger could lock a person out).
 *
 * An attempt counts from its beginning, so that many at once are not more than many in a row; a right password takes
 * its count back and clears its own pair of name and address.
 */
export interface LoginLimit {
  /** Seconds to wait, or 0: then the attempt is counted. */
  attempt(name: string, address: string): number
  succeeded(name: string, address: string): void
}

const WINDOW_SECONDS = 15 * 60
const PAIR = 5
const ADDRESS = 60
const NAME = 60
const KEYS_AT_MOST = 50_000

export function loginLimit(now: () => Date): LoginLimit {
  const counts = new Map<string, { count: number; until: number }>()

  const keys = (name: string, address: string): readonly (readonly [string, number])[] => {
    const person = name.trim().normalize('NFKC').toLowerCase()
    return [
      [`pair ${address} ${person}`, PAIR],
      [`address ${address}`, ADDRESS],
      [`name ${person}`, NAME],
    ]
  }

  const current = (key: string, at: number) => {
    const entry = counts.get(key)
    return entry === undefined || entry.until <= at ? undefined : entry
  }

  return {
    attempt(name, address) {
      const at = now().getTime()
      let wait = 0
      for (const [key, allowed] of keys(name, address)) {
        const entry = current(key, at)
        if (entry !== undefined && entry.count >= allowed) wait = Math.max(wait, entry.until - at)
      }
      if (wait > 0) return Math.ceil(wait / 1000)
      for (const [key] of keys(name, address)) {
        const entry = current(key, at)
        if (entry !== undefined) entry.count += 1
        else {
          counts.delete(key) // set again: the map stays in order of the window's beginning
          counts.set(key, { count: 1, until: at + WINDOW_SECONDS * 1000 })
        }
      }
      for (const [key, entry] of counts) {
        if (counts.size <= KEYS_AT_MOST && entry.until > at) break
        counts.delete(key)
      }
      return 0
    },

    succeeded(name, address) {
      const [pair, ...others] = keys(name, address)
      if (pair !== undefined) counts.delete(pair[0])
      for (const [key] of others) {
        const entry = counts.get(key)
        if (entry !== undefined) entry.count = Math.max(0, entry.count - 1)
      }
    },
  }
}
