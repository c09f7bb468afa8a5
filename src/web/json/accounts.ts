/**
 * `/api/accounts`: accounts, for administrators. `/api/tokens`: one's own API tokens.
 */
import type { z } from 'zod'
import {
  AccountChange,
  Account as AccountShape,
  Accounts,
  CreatedAccount,
  CreatedToken,
  NewAccount,
  NewToken,
  type Token as TokenShape,
  Tokens,
} from '../../api/session.ts'
import type { Archive } from '../../archive/archive.ts'
import type { Json } from '../../base/canonical-json.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { Account } from '../../compliance/accounts.ts'
import type { Control } from '../../compliance/control.ts'
import type { ApiToken } from '../../compliance/tokens.ts'
import type { Visitor } from '../authenticate.ts'
import { type Route, route } from '../routes.ts'
import type { Sessions } from '../sessions.ts'

export function accountRoutes({
  archive,
  control,
  sessions,
}: {
  readonly archive: Archive
  readonly control: Control
  readonly sessions: Sessions
}): readonly Route[] {
  const changed = (context: Context, action: 'C' | 'U' | 'D', detail: { readonly [key: string]: Json | undefined }) =>
    archive.record(context, { type: 'acl.change', action, outcome: 0, detail }, 'now')

  return [
    route({
      method: 'GET',
      url: '/api/accounts',
      act: 'accounts.manage',
      says: 'All accounts.',
      answers: [{ status: 200, says: 'The accounts by name.', shape: Accounts }],
      handle: async () => ({ accounts: control.accounts.list().map(shown) }),
    }),
    route({
      method: 'POST',
      url: '/api/accounts',
      act: 'accounts.manage',
      says: 'Makes an account; its one-time password is shown here and never again.',
      body: NewAccount,
      answers: [
        { status: 201, says: 'Made.', shape: CreatedAccount },
        { status: 409, says: 'There is an account of that name.' },
      ],
      handle: async ({ body, context }, reply) => {
        const { account, password } = await control.accounts.create(body.name, body.roles)
        await changed(context, 'C', { account: account.id, name: account.name, roles: [...account.roles] })
        return reply.status(201).send({ ...shown(account), password })
      },
    }),
    route({
      method: 'PATCH',
      url: '/api/accounts/:name',
      act: 'accounts.manage',
      says: 'Changes roles, disables or enables an account. Disabling ends its sessions and its tokens’ use.',
      body: AccountChange,
      answers: [
        { status: 200, says: 'Changed.', shape: AccountShape },
        { status: 409, says: 'It is the last administrator, or its roles are its provider’s to give.' },
      ],
      handle: async ({ params, body, context }) => {
        const { roles, disabled } = body
        const account = control.accounts.change(params['name'] ?? '', {
          ...(roles === undefined ? {} : { roles }),
          ...(disabled === undefined ? {} : { disabled }),
        })
        if (account.disabled) sessions.endAll(account.id)
        await changed(context, 'U', { account: account.id, name: account.name, roles: [...account.roles], disabled })
        return shown(account)
      },
    }),
    route({
      method: 'POST',
      url: '/api/accounts/:name/password',
      act: 'accounts.manage',
      says: 'Gives an account a new one-time password, shown here and never again; its sessions end.',
      answers: [{ status: 200, says: 'The new password.', shape: CreatedAccount }],
      handle: async ({ params, context }) => {
        const { account, password } = await control.accounts.reset(params['name'] ?? '')
        sessions.endAll(account.id)
        await changed(context, 'U', { account: account.id, name: account.name, what: 'password reset' })
        return { ...shown(account), password }
      },
    }),
    route({
      method: 'POST',
      url: '/api/accounts/:name/second-factor/reset',
      act: 'accounts.manage',
      says: 'Takes the second factor off an account whose owner lost it; its sessions end.',
      answers: [
        { status: 200, says: 'It has none any more.', shape: AccountShape },
        { status: 404, says: 'There is no such account.' },
        { status: 409, says: 'It had none.' },
      ],
      handle: async ({ params, context }) => {
        const account = control.accounts.byName(params['name'] ?? '')
        if (account === undefined) throw new ArchiveError('NOT_FOUND', { what: 'such account' })
        if (!control.secondFactors.remove(account.id))
          throw new ArchiveError('ACCESS_FACTOR_STATE', { why: 'is not set up' })
        sessions.endAll(account.id)
        await changed(context, 'U', { account: account.id, name: account.name, what: 'second factor reset' })
        return shown(control.accounts.byId(account.id) ?? account)
      },
    }),
    route({
      method: 'GET',
      url: '/api/tokens',
      act: 'tokens.own',
      says: 'One’s own API tokens, without their secrets.',
      answers: [{ status: 200, says: 'The tokens, newest first.', shape: Tokens }],
      handle: async ({ visitor }) => ({
        tokens: visitor.kind === 'open' ? [] : control.tokens.list(own(visitor).id).map(shownToken),
      }),
    }),
    route({
      method: 'POST',
      url: '/api/tokens',
      act: 'tokens.own',
      says: 'Makes an API token; the secret is shown here and never again. It may what the account may, or less: its scopes.',
      body: NewToken,
      answers: [{ status: 201, says: 'Made.', shape: CreatedToken }],
      handle: async ({ visitor, body, context }, reply) => {
        // A token that leaked must not be able to make others that outlive it.
        if (visitor.kind === 'account' && visitor.session === undefined)
          throw new ArchiveError('ACCESS_DENIED', { who: 'An API token', act: 'make another' })
        const { label, days, scopes = [], addresses = [] } = body
        const { token, secret } = control.tokens.create(own(visitor).id, label, days, { scopes, addresses })
        const made = shownToken(token)
        const { id, expiresAt } = made
        const detail = { token: id, label, expiresAt, scopes: made.scopes, addresses: made.addresses }
        await changed(context, 'C', detail)
        return reply.status(201).send({ ...made, secret })
      },
    }),
    route({
      method: 'DELETE',
      url: '/api/tokens/:id',
      act: 'tokens.own',
      says: 'Ends one of one’s own API tokens.',
      answers: [
        { status: 204, says: 'Ended.' },
        { status: 404, says: 'There is no such token.' },
      ],
      handle: async ({ visitor, params, context }, reply) => {
        const id = params['id'] ?? ''
        if (!control.tokens.remove(own(visitor).id, id)) throw new ArchiveError('NOT_FOUND', { what: 'such token' })
        await changed(context, 'D', { token: id })
        return reply.status(204).send()
      },
    }),
  ]
}

const shown = ({
  name,
  roles,
  disabled,
  createdAt,
  secondFactor,
  provider,
}: Account): z.infer<typeof AccountShape> => ({
  name,
  roles: [...roles],
  disabled,
  createdAt,
  secondFactor,
  provider,
})

const shownToken = ({ scopes, addresses, ...token }: ApiToken): z.infer<typeof TokenShape> => ({
  ...token,
  scopes: [...scopes],
  addresses: [...addresses],
})

function own(visitor: Visitor): Account {
  if (visitor.kind === 'account') return visitor.account
  throw new ArchiveError('BAD_REQUEST', { why: 'the archive was started with --open: there are no accounts' })
}
