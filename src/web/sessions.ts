/**
 * Sessions of people at browsers: in memory, so they end with the process, and lost without harm.
 *
 * A session ends when no person used it for a while, after a working day whatever happens, when its account's password
 * changes, and when it or all of its account's are closed. A page says with each request for how long nobody touched it, so
 * that what it asks by itself keeps nobody logged in. Its id is 256 random bits and is new at every login.
 */
import { randomBytes } from 'node:crypto'
import type { Client } from '../base/context.ts'
import type { Account } from '../compliance/accounts.ts'

export interface Session {
  readonly id: string
  /** For audit bodies: names the session without opening it. */
  readonly tail: string
  readonly csrf: string
  readonly account: string
  readonly passwordSetAt: string
  readonly begunAt: number
  /** When a person last did something; what a page asks by itself is no use. */
  readonly usedAt: number
  /** Where it was begun, for its owner to know it again. */
  readonly address: string
  readonly userAgent: string
  /** The ID token of the provider that vouched for the login, to log out there too; undefined after a password. */
  readonly idToken: string | undefined
}

/** Why a session ended by itself. */
export type Over = 'idle' | 'absolute'

export interface SessionTimes {
  readonly idleSeconds: number
  readonly absoluteSeconds: number
}

export const SESSION_TIMES: SessionTimes = { idleSeconds: 15 * 60, absoluteSeconds: 12 * 60 * 60 }

const SESSIONS_AT_MOST = 10_000

export interface Sessions {
  /** @param how  `csrf` is kept when a session is replaced by a new one of the same person at the same page */
  begin(
    account: Account,
    client: Pick<Client, 'address' | 'userAgent'>,
    how?: { readonly csrf?: string; readonly idToken?: string | undefined },
  ): Session
  /**
   * The session, unless it is over; using it keeps it alive.
   *
   * @param idleSeconds  for how long no person has touched the page that asks; Infinity for what no person asked for
   */
  use(id: string, idleSeconds?: number): Session | undefined
  end(id: string): void
  /** Those of one account that are not over, the last used first. */
  of(account: string): readonly Session[]
  /** Ends what is over, and gives it: nobody may ask again. */
  sweep(): readonly (readonly [Session, Over])[]
  /** All sessions of one account. */
  endAll(account: string): void
}

export function openSessions(now: () => Date, times: SessionTimes = SESSION_TIMES): Sessions {
  /** In order of asking, so the first is the one not heard of for longest. */
  const sessions = new Map<string, { -readonly [K in keyof Session]: Session[K] }>()
  const ended: [Session, Over][] = []

  const overBy = ({ usedAt, begunAt }: Session, at: number): Over | undefined =>
    at - begunAt >= times.absoluteSeconds * 1000
      ? 'absolute'
      : at - usedAt >= times.idleSeconds * 1000
        ? 'idle'
        : undefined

  return {
    begin(account, { address, userAgent = '' }, { csrf = randomBytes(32).toString('base64url'), idToken } = {}) {
      const at = now().getTime()
      for (const [id, session] of sessions) {
        if (sessions.size < SESSIONS_AT_MOST) break
        sessions.delete(id)
        ended.push([session, 'idle'])
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
        address,
        userAgent,
        idToken,
      }
      sessions.set(id, session)
      return session
    },

    use(id, idleSeconds = 0) {
      const session = sessions.get(id)
      if (session === undefined) return undefined
      const at = now().getTime()
      const over = overBy(session, at)
      if (over !== undefined) {
        sessions.delete(id)
        ended.push([session, over])
        return undefined
      }
      session.usedAt = Math.max(session.usedAt, at - Math.max(0, idleSeconds) * 1000)
      // Deleted and set again: the map stays in order.
      sessions.delete(id)
      sessions.set(id, session)
      return session
    },

    of(account) {
      const at = now().getTime()
      return [...sessions.values()]
        .filter((session) => session.account === account && overBy(session, at) === undefined)
        .sort((a, b) => b.usedAt - a.usedAt)
    },

    sweep() {
      const at = now().getTime()
      for (const [id, session] of sessions) {
        const over = overBy(session, at)
        if (over === undefined) continue
        sessions.delete(id)
        ended.push([session, over])
      }
      return ended.splice(0)
    },

    end: (id) => void sessions.delete(id),
    endAll(account) {
      for (const [id, session] of sessions) if (session.account === account) sessions.delete(id)
    },
  }
}
