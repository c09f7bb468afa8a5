/**
 * Signatures: an approval is given with the password of who approves, and with a code where the account has a second
 * factor, whatever session or token it came with (compliance specification 2.6; 21 CFR 11.200(a)). What is wrong counts as
 * a failed login. Whom a provider vouches for has no password here: he signs by having logged in there just before.
 */
import type { Signed } from '../api/signing.ts'
import type { Archive } from '../archive/archive.ts'
import type { Context, Signature } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import type { Control } from '../compliance/control.ts'
import type { LoginLimit } from '../compliance/login-limit.ts'
import type { Visitor } from './authenticate.ts'
import type { Session } from './sessions.ts'

/**
 * @returns undefined where nothing was signed: then what is signed is refused further in
 * @throws {ArchiveError} `ACCESS_BAD_CREDENTIALS`, `ACCESS_CODE_NEEDED`, `ACCESS_BAD_CODE`, `ACCESS_TOO_MANY`
 */
export type Sign = (context: Context, visitor: Visitor, given: Signed) => Promise<Signature | undefined>

export function openSigning({
  archive,
  control,
  limit,
  now,
}: {
  readonly archive: Pick<Archive, 'record'>
  readonly control: Pick<Control, 'accounts' | 'secondFactors'>
  readonly limit: LoginLimit
  readonly now: () => Date
}): Sign {
  /** PS3.15 A.5.3.12: a login that failed. */
  const failed = (context: Context, name: string, why: string) =>
    archive.record(
      context,
      { type: 'aud.110114', action: 'E', outcome: 4, detail: { what: '110122', name, why } },
      'soon',
    )

  return async (context, visitor, { password, code }) => {
    if (visitor.kind !== 'account') return undefined
    const { account, session } = visitor
    if (account.provider !== '') return session !== undefined && isFresh(session, now()) ? 'provider' : undefined
    if (password === undefined) return undefined
    const { address } = context.client
    const seconds = limit.attempt(account.name, address)
    if (seconds > 0) throw new ArchiveError('ACCESS_TOO_MANY', { seconds })
    if ((await control.accounts.login(account.name, password)) === undefined) {
      await failed(context, account.name, 'password of a signature wrong')
      throw new ArchiveError('ACCESS_BAD_CREDENTIALS')
    }
    if (account.secondFactor !== 'on') {
      limit.succeeded(account.name, address)
      return 'password'
    }
    if (code === undefined) throw new ArchiveError('ACCESS_CODE_NEEDED')
    const verdict = control.secondFactors.check(account.id, code)
    if (verdict !== 'app' && verdict !== 'recovery') {
      await failed(context, account.name, 'second factor wrong')
      throw verdict === 'wrong'
        ? new ArchiveError('ACCESS_BAD_CODE')
        : new ArchiveError('ACCESS_TOO_MANY', { seconds: verdict.wait })
    }
    limit.succeeded(account.name, address)
    return verdict === 'app' ? 'password and code' : 'password and recovery code'
  }
}

/** How long after a login by a provider something can be signed. */
const FRESH_MS = 5 * 60_000

/** When he proved to the provider who he is (OpenID Connect Core 2, `auth_time`); where it does not say, when he came here. */
function isFresh({ idToken, begunAt }: Session, now: Date): boolean {
  const at = (authTimeOf(idToken) ?? Number.POSITIVE_INFINITY) * 1000
  return now.getTime() - Math.min(at, begunAt) <= FRESH_MS
}

/** Of a token that was checked when it came. */
function authTimeOf(idToken: string | undefined): number | undefined {
  const [, payload = ''] = (idToken ?? '').split('.')
  try {
    const { auth_time: at } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
      readonly auth_time?: unknown
    }
    return typeof at === 'number' ? at : undefined
  } catch {
    return undefined
  }
}
