/**
 * API tokens: 256 random bits a program sends instead of a password. Only the SHA-256 is kept, which is enough for a
 * secret nobody can guess. A token may what its account may, until it expires or the account is disabled.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { ControlStore } from '../storage/sql/control-store.ts'
import {
  deleteExpiredTokens,
  deleteToken,
  insertToken,
  noteTokenUse,
  type TokenRow,
  tokenByHash,
  tokensOf,
} from './control.queries.ts'

export interface ApiToken {
  readonly id: string
  readonly label: string
  readonly createdAt: string
  readonly expiresAt: string
  readonly lastUsedAt: string | null
}

export interface Tokens {
  /** The secret is given here and never again. */
  create(account: string, label: string, days: number): { readonly token: ApiToken; readonly secret: string }
  list(account: string): readonly ApiToken[]
  /** False when the account has no such token. */
  remove(account: string, id: string): boolean
  /** The id of the account whose valid token this is. */
  accountOf(secret: string): string | undefined
}

/** So that a secret found in a log or a repository can be recognised as one. */
const PREFIX = 'ckt_'
const DAY = 86_400_000
/** Each use is not worth a synced write: once a minute a token. */
const NOTE_USE_EVERY = 60_000
const TOKENS_AT_MOST = 100

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex')

const tokenOf = (row: TokenRow): ApiToken => ({
  id: row.token_id,
  label: row.label,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
})

export function openTokens(store: ControlStore, now: () => Date): Tokens {
  return {
    create(account, label, days) {
      const at = now()
      const secret = PREFIX + randomBytes(32).toString('base64url')
      const row: TokenRow = {
        token_id: randomBytes(8).toString('hex'),
        account_id: account,
        hash: hashOf(secret),
        label,
        created_at: at.toISOString(),
        expires_at: new Date(at.getTime() + days * DAY).toISOString(),
        last_used_at: null,
      }
      store.together(() => {
        deleteExpiredTokens(store, new Date(at.getTime() - 90 * DAY).toISOString())
        for (const old of tokensOf(store, account).slice(TOKENS_AT_MOST - 1)) deleteToken(store, account, old.token_id)
        insertToken(store, row)
      })
      return { token: tokenOf(row), secret }
    },

    list: (account) => tokensOf(store, account).map(tokenOf),
    remove: (account, id) => deleteToken(store, account, id) > 0,

    accountOf(secret) {
      if (!secret.startsWith(PREFIX) || secret.length > 100) return undefined
      const row = tokenByHash(store, hashOf(secret))
      const at = now()
      if (row === undefined || row.expires_at <= at.toISOString()) return undefined
      if (row.last_used_at === null || at.getTime() - Date.parse(row.last_used_at) >= NOTE_USE_EVERY)
        noteTokenUse(store, row.token_id, at.toISOString())
      return row.account_id
    },
  }
}
