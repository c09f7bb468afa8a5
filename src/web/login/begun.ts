/**
 * Logins that were begun at a provider and have not come back, by the cookie of the browser that began them: an answer
 * that another browser brings belongs to nobody. Each is used once, whatever its answer was; in memory, and few.
 */
import { randomBytes } from 'node:crypto'
import type { ArchiveError } from '../../base/errors.ts'
import type { Begun } from './provider.ts'

/** So long may somebody look for the phone. */
const LAST_MS = 10 * 60 * 1000
const AT_MOST = 10_000

export interface BegunLogins {
  /** The id for the cookie. */
  keep(begun: Begun): string
  /** What was begun under the id, once. */
  take(id: string): Begun | undefined
  /** A login that failed, and the id for the cookie: the page that comes next shows why. */
  keepFailure(why: ArchiveError): string
  failure(id: string): ArchiveError | undefined
}

export function begunLogins(now: () => Date): BegunLogins {
  /** In the order they began. */
  const logins = new Map<string, { readonly at: number; readonly begun?: Begun; readonly failure?: ArchiveError }>()

  function current(id: string) {
    const at = now().getTime()
    for (const [old, login] of logins) {
      if (logins.size <= AT_MOST && at - login.at < LAST_MS) break
      logins.delete(old)
    }
    return logins.get(id)
  }

  function add(login: { readonly begun: Begun } | { readonly failure: ArchiveError }): string {
    const id = randomBytes(32).toString('base64url')
    logins.set(id, { at: now().getTime(), ...login })
    current(id)
    return id
  }

  return {
    keep: (begun) => add({ begun }),
    keepFailure: (failure) => add({ failure }),
    take(id) {
      const begun = current(id)?.begun
      if (begun !== undefined) logins.delete(id)
      return begun
    },
    failure: (id) => current(id)?.failure,
  }
}
