/**
 * API tokens: 256 random bits a program sends instead of a password. Only the SHA-256 is kept, which is enough for a
 * secret nobody can guess. A token may what its account may, until it expires or the account is disabled; less when it is
 * limited to scopes, and only from the addresses it is limited to.
 */
import { createHash, randomBytes } from 'node:crypto'
import { BlockList, isIP } from 'node:net'
import { ArchiveError } from '../base/errors.ts'
import type { ControlStore } from '../storage/sql/control-store.ts'
import { SCOPES, type TokenScope } from './access.ts'
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
  /** Empty: all that its account may. */
  readonly scopes: readonly TokenScope[]
  /** CIDR ranges it may be used from; empty: anywhere. */
  readonly addresses: readonly string[]
}

export interface TokenLimits {
  readonly scopes?: readonly TokenScope[]
  readonly addresses?: readonly string[]
}

export interface Tokens {
  /**
   * The secret is given here and never again.
   *
   * @throws {ArchiveError} `BAD_REQUEST` for an address range there is not
   */
  create(
    account: string,
    label: string,
    days: number,
    limits?: TokenLimits,
  ): { readonly token: ApiToken; readonly secret: string }
  list(account: string): readonly ApiToken[]
  /** False when the account has no such token. */
  remove(account: string, id: string): boolean
  /** The valid token of this secret, and the account whose it is. Whether the address is right is asked with `usableFrom`. */
  use(secret: string): { readonly account: string; readonly token: ApiToken } | undefined
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
  scopes: JSON.parse(row.scopes) as TokenScope[],
  addresses: JSON.parse(row.addresses) as string[],
})

/** @throws {ArchiveError} `BAD_REQUEST` */
function rangeOf(text: string): string {
  const [address = '', length, more] = text.trim().split('/')
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : -1
  if (more !== undefined || prefix < 0 || prefix > bits)
    throw new ArchiveError('BAD_REQUEST', { why: 'an address range is like 10.1.0.0/16, 10.1.2.3 or fd00::/8' })
  return `${address}/${prefix}`
}

/** May a token with these ranges be used from this address? */
export function usableFrom(addresses: readonly string[], address: string): boolean {
  if (addresses.length === 0) return true
  const list = new BlockList()
  for (const range of addresses) {
    const [network = '', prefix] = range.split('/')
    list.addSubnet(network, Number(prefix), isIP(network) === 6 ? 'ipv6' : 'ipv4')
  }
  const kind = isIP(address)
  return kind !== 0 && list.check(address, kind === 6 ? 'ipv6' : 'ipv4')
}

export function openTokens(store: ControlStore, now: () => Date): Tokens {
  return {
    create(account, label, days, { scopes = [], addresses = [] } = {}) {
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
        scopes: JSON.stringify(SCOPES.filter((scope) => scopes.includes(scope))),
        addresses: JSON.stringify([...new Set(addresses.map(rangeOf))]),
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

    use(secret) {
      if (!secret.startsWith(PREFIX) || secret.length > 100) return undefined
      const row = tokenByHash(store, hashOf(secret))
      const at = now()
      if (row === undefined || row.expires_at <= at.toISOString()) return undefined
      if (row.last_used_at === null || at.getTime() - Date.parse(row.last_used_at) >= NOTE_USE_EVERY)
        noteTokenUse(store, row.token_id, at.toISOString())
      return { account: row.account_id, token: tokenOf(row) }
    },
  }
}
