/**
 * `/api/account/second-factor`: one's own second factor, set up, renewed, removed. Only in a session: an API token that
 * leaked must not be able to lock its owner out.
 */
import {
  Code,
  NewSecondFactor,
  RecoveryCodes,
  SecondFactorSecret,
  SecondFactor as SecondFactorShape,
} from '../../api/session.ts'
import type { Archive } from '../../archive/archive.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { Account } from '../../compliance/accounts.ts'
import type { Control } from '../../compliance/control.ts'
import type { LoginLimit } from '../../compliance/login-limit.ts'
import { base32, keyUri } from '../../compliance/totp.ts'
import type { Authenticator, Visitor } from '../authenticate.ts'
import { type Route, route } from '../routes.ts'
import type { Session, Sessions } from '../sessions.ts'

export interface SecondFactorParts {
  readonly archive: Pick<Archive, 'record'>
  readonly control: Pick<Control, 'accounts' | 'secondFactors'>
  readonly sessions: Sessions
  readonly limit: LoginLimit
  readonly authenticator: Authenticator
  /** What the app shows beside the account's name: which archive it is for. */
  readonly issuer: string
}

const ADDRESS = '/api/account/second-factor'

export function secondFactorRoutes(parts: SecondFactorParts): readonly Route[] {
  const { archive, control, sessions, limit, authenticator, issuer } = parts
  const { secondFactors } = control

  const changed = (context: Context, action: 'C' | 'U' | 'D', what: string) =>
    archive.record(context, { type: 'acl.change', action, outcome: 0, detail: { what } }, 'now')

  /** @throws {ArchiveError} `ACCESS_BAD_CODE`, `ACCESS_TOO_MANY`, `ACCESS_FACTOR_STATE` */
  async function proveCode(context: Context, account: Account, code: string): Promise<void> {
    if (account.secondFactor !== 'on') throw new ArchiveError('ACCESS_FACTOR_STATE', { why: 'is not set up' })
    const verdict = secondFactors.check(account.id, code)
    if (verdict === 'app' || verdict === 'recovery') return
    await archive.record(
      context,
      {
        type: 'aud.110114',
        action: 'E',
        outcome: 4,
        detail: { what: '110122', name: account.name, why: 'second factor wrong' },
      },
      'soon',
    )
    throw verdict === 'wrong'
      ? new ArchiveError('ACCESS_BAD_CODE')
      : new ArchiveError('ACCESS_TOO_MANY', { seconds: verdict.wait })
  }

  return [
    route({
      method: 'GET',
      url: ADDRESS,
      act: 'account',
      says: 'Whether one’s own account has a second factor.',
      answers: [{ status: 200, says: 'Since when, or not.', shape: SecondFactorShape }],
      handle: async ({ visitor }) => {
        const { account } = own(visitor)
        const { since = '', recoveryCodes = 0 } = secondFactors.of(account.id) ?? {}
        return { since, recoveryCodes, required: account.secondFactorRequired }
      },
    }),
    route({
      method: 'POST',
      url: ADDRESS,
      act: 'account',
      says: 'Begins to set up a second factor; it holds once a code of it is confirmed within ten minutes.',
      body: NewSecondFactor,
      answers: [
        { status: 200, says: 'The secret, shown here and never again.', shape: SecondFactorSecret },
        { status: 401, says: 'The password is wrong.' },
        { status: 409, says: 'There is one already.' },
      ],
      handle: async ({ visitor, body, context }) => {
        const { account } = own(visitor)
        if (account.mustChangePassword) throw new ArchiveError('ACCESS_MUST_CHANGE')
        if (account.provider !== '') throw new ArchiveError('ACCOUNT_PROVIDER', { what: 'second factor' })
        if (account.secondFactor === 'on') throw new ArchiveError('ACCESS_FACTOR_STATE', { why: 'is set up already' })
        const seconds = limit.attempt(account.name, context.client.address)
        if (seconds > 0) throw new ArchiveError('ACCESS_TOO_MANY', { seconds })
        if ((await control.accounts.login(account.name, body.password)) === undefined)
          throw new ArchiveError('ACCESS_BAD_CREDENTIALS')
        limit.succeeded(account.name, context.client.address)
        const secret = secondFactors.begin(account.id)
        return { secret: base32(secret), uri: keyUri(issuer, account.name, secret) }
      },
    }),
    route({
      method: 'POST',
      url: `${ADDRESS}/confirm`,
      act: 'account',
      says: 'Sets up the second factor that was begun; every other session of the account ends.',
      body: Code,
      answers: [
        { status: 200, says: 'The recovery codes, shown here and never again.', shape: RecoveryCodes },
        { status: 401, says: 'The code is wrong.' },
        { status: 409, says: 'None was begun.' },
      ],
      handle: async ({ visitor, body, context }, reply) => {
        const { account, session } = own(visitor)
        const recoveryCodes = secondFactors.confirm(account.id, body.code)
        sessions.endAll(account.id)
        const after = control.accounts.byId(account.id) ?? account
        authenticator.setCookie(reply, sessions.begin(after, context.client, session))
        await changed(context, 'C', 'second factor set up')
        return { recoveryCodes: [...recoveryCodes] }
      },
    }),
    route({
      method: 'POST',
      url: `${ADDRESS}/recovery-codes`,
      act: 'account',
      says: 'Gives new recovery codes; the old ones end.',
      body: Code,
      answers: [
        { status: 200, says: 'The recovery codes, shown here and never again.', shape: RecoveryCodes },
        { status: 401, says: 'The code is wrong.' },
        { status: 409, says: 'There is no second factor.' },
      ],
      handle: async ({ visitor, body, context }) => {
        const { account } = own(visitor)
        await proveCode(context, account, body.code)
        const recoveryCodes = secondFactors.renewRecoveryCodes(account.id)
        await changed(context, 'U', 'recovery codes renewed')
        return { recoveryCodes: [...recoveryCodes] }
      },
    }),
    route({
      method: 'POST',
      url: `${ADDRESS}/remove`,
      act: 'account',
      says: 'Removes one’s own second factor, unless a role must have one.',
      body: Code,
      answers: [
        { status: 204, says: 'Removed.' },
        { status: 401, says: 'The code is wrong.' },
        { status: 409, says: 'There is none, or it must stay.' },
      ],
      handle: async ({ visitor, body, context }, reply) => {
        const { account } = own(visitor)
        if (account.secondFactorRequired)
          throw new ArchiveError('ACCESS_FACTOR_STATE', { why: 'must stay, for one of its roles' })
        await proveCode(context, account, body.code)
        secondFactors.remove(account.id)
        await changed(context, 'D', 'second factor removed')
        return reply.status(204).send()
      },
    }),
  ]
}

function own(visitor: Visitor): { readonly account: Account; readonly session: Session } {
  if (visitor.kind === 'account' && visitor.session !== undefined)
    return { account: visitor.account, session: visitor.session }
  throw new ArchiveError('BAD_REQUEST', { why: 'a second factor is that of a person at a browser' })
}
