/**
 * The second factor of an account: codes of an authenticator app (`totp.ts`), and recovery codes for the day the phone is
 * lost. Optional for everyone, demanded of the roles that the configuration names.
 *
 * A secret has to be known again, so it is sealed (`sealing.ts`). Recovery codes are 80 random bits, kept as SHA-256, each
 * taken once. Set-up that was begun and not finished is in memory: it is forgotten after ten minutes.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Bytes } from '../base/bytes.ts'
import { ArchiveError } from '../base/errors.ts'
import type { ControlStore } from '../storage/sql/control-store.ts'
import {
  deleteFactor,
  deleteRecoveryCodes,
  factorOf,
  insertFactor,
  insertRecoveryCode,
  recoveryCodesLeft,
  takeRecoveryCode,
  takeStep,
} from './control.queries.ts'
import { seal, unseal } from './sealing.ts'
import { base32, stepOfCode } from './totp.ts'

/** How a code was right, or for how many seconds none is looked at. */
export type CodeVerdict = 'app' | 'recovery' | 'wrong' | { readonly wait: number }

export interface SecondFactor {
  readonly since: string
  readonly recoveryCodes: number
}

export interface SecondFactors {
  /** Undefined when the account has none. */
  of(account: string): SecondFactor | undefined
  /** A new secret, which is nothing until a code of it is given to `confirm`. */
  begin(account: string): Bytes
  /**
   * Sets up the factor begun, and gives its recovery codes, here and never again.
   *
   * @throws {ArchiveError} `ACCESS_FACTOR_NOT_BEGUN`, `ACCESS_BAD_CODE`, `ACCESS_TOO_MANY`
   */
  confirm(account: string, code: string): readonly string[]
  /** Looks at a code of the app, or a recovery code; what was right is used up. */
  check(account: string, code: string): CodeVerdict
  /** Other recovery codes; the old ones end. */
  renewRecoveryCodes(account: string): readonly string[]
  /** False when there was none. */
  remove(account: string): boolean
}

/** RFC 4226 section 4, R6. */
const SECRET_BYTES = 20
const RECOVERY_CODES = 10
const RECOVERY_BYTES = 10
const BEGUN_MS = 10 * 60_000
/**
 * RFC 4226 section 7.3: who guesses codes knows the password already, so guesses of an account count together, wherever
 * they come from. After five the wait doubles with each, from half a minute to an hour: three codes in a million are right
 * at any time, so a year of guessing finds one with a chance below 3 %.
 */
const FREE_GUESSES = 5
const FIRST_WAIT_SECONDS = 30
const LONGEST_WAIT_SECONDS = 3600
const FORGET_MS = 24 * 3_600_000

const plain = (code: string) => code.replace(/[\s-]/g, '').toUpperCase()
const hashOf = (account: string, code: string) =>
  createHash('sha256')
    .update(`${account} ${plain(code)}`)
    .digest('hex')

export function openSecondFactors(store: ControlStore, key: Bytes, now: () => Date): SecondFactors {
  const begun = new Map<string, { readonly secret: Bytes; readonly until: number }>()
  const wrong = new Map<string, { readonly count: number; readonly next: number }>()

  /** Seconds to wait, or 0: then the attempt is counted, from its beginning. */
  function attempt(account: string): number {
    const at = now().getTime()
    for (const [one, { next }] of wrong) if (at - next > FORGET_MS) wrong.delete(one)
    const { count, next } = wrong.get(account) ?? { count: 0, next: at }
    if (next > at) return Math.ceil((next - at) / 1000)
    const over = count + 1 - FREE_GUESSES
    const wait = over < 0 ? 0 : Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** over)
    wrong.set(account, { count: count + 1, next: at + wait * 1000 })
    return 0
  }

  function newRecoveryCodes(account: string): readonly string[] {
    deleteRecoveryCodes(store, account)
    return Array.from({ length: RECOVERY_CODES }, () => {
      const code = base32(randomBytes(RECOVERY_BYTES))
      insertRecoveryCode(store, account, hashOf(account, code))
      return code.replace(/.{4}(?=.)/g, '$&-')
    })
  }

  return {
    of(account) {
      const row = factorOf(store, account)
      return row === undefined ? undefined : { since: row.since, recoveryCodes: recoveryCodesLeft(store, account) }
    },

    begin(account) {
      const at = now().getTime()
      for (const [one, { until }] of begun) if (until <= at) begun.delete(one)
      const secret = randomBytes(SECRET_BYTES)
      begun.set(account, { secret, until: at + BEGUN_MS })
      return secret
    },

    confirm(account, code) {
      const at = now()
      const pending = begun.get(account)
      if (pending === undefined || pending.until <= at.getTime()) throw new ArchiveError('ACCESS_FACTOR_NOT_BEGUN')
      const seconds = attempt(account)
      if (seconds > 0) throw new ArchiveError('ACCESS_TOO_MANY', { seconds })
      const step = stepOfCode(pending.secret, plain(code), at, 0)
      if (step === undefined) throw new ArchiveError('ACCESS_BAD_CODE')
      wrong.delete(account)
      begun.delete(account)
      return store.together(() => {
        deleteFactor(store, account)
        const secret = seal(key, pending.secret, account)
        insertFactor(store, { account_id: account, secret, since: at.toISOString(), last_step: step })
        return newRecoveryCodes(account)
      })
    },

    check(account, code) {
      const row = factorOf(store, account)
      if (row === undefined) return 'wrong'
      const wait = attempt(account)
      if (wait > 0) return { wait }
      if (takeRecoveryCode(store, account, hashOf(account, code)) > 0) {
        wrong.delete(account)
        return 'recovery'
      }
      const step = stepOfCode(unseal(key, row.secret, account), plain(code), now(), row.last_step)
      if (step === undefined || takeStep(store, account, step) === 0) return 'wrong'
      wrong.delete(account)
      return 'app'
    },

    renewRecoveryCodes: (account) => store.together(() => newRecoveryCodes(account)),
    remove(account) {
      begun.delete(account)
      wrong.delete(account)
      return deleteFactor(store, account) > 0
    },
  }
}
