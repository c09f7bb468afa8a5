/**
 * Sessions of people at browsers: in memory, so they end with the process, and lost without harm.
 *
 * A session ends when nobody used it for a while, after a working day whatever happens, when its account's password
 * changes, and when it is closed. Its id is 256 random bits and is new at every login.
 */
import { randomBytes } from 'node:crypto'
import type { Account } from '../compliance/accounts.ts'

export interface Session {
  readonly id: string
  /** For audit bodies: names the session without opening it. */
  readonly tail: string
  readonly csrf: string
  readonly account: string
  readonly passwordSetAt: string
  readonly begunAt: number
}

export interface SessionTimes {
  readonly idleSeconds: number
  readonly absoluteSeconds: number
}

export const SESSION_TIMES: SessionTimes = { idleSeconds: 30 * 60, absoluteSeconds: 12 * 60 * 60 }

const SESSIONS_AT_MOST = 10_000

export interface Sessions {
  /** @param csrf  kept when a session is replaced by a new one of the same person at the same page */
  begin(account: Account, csrf?: string): Session
  /** The session, unless it is over; using it keeps it alive. */
  use(id: string): Session | undefined
  end(id: string): void
  /** All sessions of one account. */
  endAll(account: string): void
}

export function openSessions(now: () => Date, times: SessionTimes = SESSION_TIMES): Sessions {
  /** In order of last use, so the first is the one idle longest. */
  const sessions = new Map<string, Session & { usedAt: number }>()

  return {
    begin(account, csrf = randomBytes(32).toString('base64url')) {
      const at = now().getTime()
      for (const [id, session] of sessions) {
        if (sessions.size < SESSIONS_AT_MOST && at - session.usedAt < times.idleSeconds * 1000) break
        sessions.delete(id)
      }
      const id = randomBytes(32).toString('base64url')
      const session = {
        id,
        tail: randomBytes(6).toString('hex'),
        csrf,
        account: account.id,
        passwordSetAt: account.passwordSetAt,
        begunAt: at,
        usedAt: at,
      }
      sessions.set(id, session)
      return session
    },

    use(id) {
      const session = sessions.get(id)
      if (session === undefined) return undefined
      const at = now().getTime()
      sessions.delete(id)
      if (at - session.usedAt >= times.idleSeconds * 1000 || at - session.begunAt >= times.absoluteSeconds * 1000)
        return undefined
      session.usedAt = at
      sessions.set(id, session)
      return session
    },

    end: (id) => void sessions.delete(id),
    endAll(account) {
      for (const [id, session] of sessions) if (session.account === account) sessions.delete(id)
    },
  }
}
