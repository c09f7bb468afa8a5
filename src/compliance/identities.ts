/**
 * Who a person says to be on an association (PS3.7 D.3.3.7, PS3.15 B.4 to B.6): a name, a name and passcode, or a JSON
 * Web Token, looked up among our accounts.
 *
 * A password alone proves nothing of an account that has a second factor. A name alone proves nothing: it gives no rights, and none are taken for it. Kerberos and SAML are not verified here, and
 * so not taken; the association is then the device's, as it would be without, and the peer gets no positive response.
 */
import type { Bytes } from '../base/bytes.ts'
import type { Account, Accounts } from './accounts.ts'
import { type JwtTrust, jwtKeys, readJwt } from './jwt.ts'
import { loginLimit } from './login-limit.ts'

/** The sub-item of the request. */
export interface StatedIdentity {
  readonly type: number
  readonly primary: Bytes
  readonly secondary: Bytes
}

export type Identified =
  /** Proved: what is done on the association this person does. */
  | { readonly is: 'person'; readonly account: Account; readonly method: 'password' | 'token' }
  /** An account's name, unproved. */
  | { readonly is: 'named'; readonly account: Account }
  /** Nothing that we look at, or know: as if it had not been said. */
  | { readonly is: 'not taken'; readonly why: string }
  /** Looked at and found wrong. `name`: for the audit body. */
  | { readonly is: 'wrong'; readonly name: string; readonly why: string }

export interface Identities {
  identify(stated: StatedIdentity, address: string): Promise<Identified>
}

/** PS3.7 Table D.3-14. */
const NAME = 1
const NAME_AND_PASSCODE = 2
const JWT = 5
const OTHERS: Readonly<Record<number, string>> = { 3: 'a Kerberos ticket', 4: 'a SAML assertion' }
const LONGEST_NAME = 200

export function openIdentities(options: {
  readonly accounts: Pick<Accounts, 'login' | 'byName'>
  /** Without it tokens are not taken. @throws {ArchiveError} `CONFIG_INVALID` */
  readonly jwt?: JwtTrust
  readonly now: () => Date
}): Identities {
  const { accounts, jwt, now } = options
  const limit = loginLimit(now)
  const keys = jwt === undefined ? [] : jwtKeys(jwt.keys)
  const textOf = (bytes: Bytes) => Buffer.from(bytes).toString('utf8')

  function usable(account: Account | undefined): account is Account {
    return account !== undefined && !account.disabled
  }

  async function byPasscode(name: string, passcode: string, address: string): Promise<Identified> {
    const seconds = limit.attempt(name, address)
    if (seconds > 0) return { is: 'wrong', name, why: `too many attempts; the next one in ${seconds} seconds` }
    const account = await accounts.login(name, passcode)
    if (account === undefined) return { is: 'wrong', name, why: 'name or password wrong' }
    limit.succeeded(name, address)
    if (account.mustChangePassword) return { is: 'wrong', name, why: 'the one-time password must be changed first' }
    // An association cannot ask for a code: who has a second factor, or must have one, comes with a token.
    if (account.secondFactor !== 'off')
      return { is: 'wrong', name, why: 'the account needs a second factor; its password alone is not taken' }
    return { is: 'person', account, method: 'password' }
  }

  function byToken(token: string, trust: JwtTrust): Identified {
    const verdict = readJwt(token, keys, trust, now())
    if ('why' in verdict) return { is: 'wrong', name: '', why: `the token is not accepted: ${verdict.why}` }
    const name = verdict.name.slice(0, LONGEST_NAME)
    const account = accounts.byName(name)
    return usable(account)
      ? { is: 'person', account, method: 'token' }
      : { is: 'wrong', name, why: 'the token names nobody who has an account here' }
  }

  return {
    async identify({ type, primary, secondary }, address) {
      const name = textOf(primary).slice(0, LONGEST_NAME)
      if (type === NAME_AND_PASSCODE) return byPasscode(name, textOf(secondary), address)
      if (type === JWT && jwt !== undefined) return byToken(textOf(primary), jwt)
      if (type === NAME) {
        const account = accounts.byName(name)
        return usable(account) ? { is: 'named', account } : { is: 'not taken', why: 'the name is no account here' }
      }
      const what =
        type === JWT ? 'a token, and no keys are configured' : (OTHERS[type] ?? `a kind ${type} there is not`)
      return { is: 'not taken', why: `it is ${what}` }
    },
  }
}
