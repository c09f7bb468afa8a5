/** Who is logged in: `POST`, `GET`, `DELETE /api/session`. */
import { z } from 'zod'
import { Problem } from './admin.ts'

/** Without `code` an account with a second factor is answered `ACCESS_CODE_NEEDED`, once the password is right. */
export const Login = z.object({
  name: z.string().min(1).max(200),
  password: z.string().min(1).max(1000),
  code: z.string().min(1).max(100).optional(),
})
export type Login = z.infer<typeof Login>

export const Session = z.object({
  user: z
    .object({
      name: z.string(),
      roles: z.array(z.string()),
      mustChangePassword: z.boolean(),
      /** True while a role of it needs a second factor and there is none: nothing else may be done. */
      mustEnrol: z.boolean(),
      /** A provider vouches for the account: password and second factor are its own. */
      byProvider: z.boolean(),
    })
    .nullable(),
  /** Acts this person may do, by their names in the table of access. */
  acts: z.array(z.string()),
  /** Sent back in the header `x-csrf-token` with every request that changes something. */
  csrf: z.string(),
  /** True when the archive was started with --open: there is no login. */
  open: z.boolean(),
  /** What people may log in with beside a local account, by its name; null when no provider is configured. */
  provider: z.string().nullable(),
  /** Why the last login of this browser by the provider failed. */
  refusal: Problem.nullable(),
  /** After so long a page that nobody touches locks itself. */
  idleSeconds: z.number(),
  product: z.object({ version: z.string(), aeTitle: z.string(), dicomPort: z.number(), httpPort: z.number() }),
})
export type Session = z.infer<typeof Session>

/** `GET /api/session/provider`: where in the app one wants to be after it. */
export const ProviderLogin = z.object({ to: z.string().max(2000).optional() })
export type ProviderLogin = z.infer<typeof ProviderLogin>

/** The answer to `DELETE /api/session` where a provider is to be left too: the address to go to. */
export const Left = z.object({ leave: z.string() })

/** `DELETE /api/session`: a page that locked itself says so. */
export const LogOut = z.object({ why: z.literal('idle').optional() })

/** `GET /api/sessions`, `DELETE /api/sessions`, `DELETE /api/sessions/{id}`: where one is logged in. */
export const OwnSession = z.object({
  /** Names the session without opening it. */
  id: z.string(),
  begunAt: z.string(),
  usedAt: z.string(),
  address: z.string(),
  userAgent: z.string(),
  /** The one that asks. */
  current: z.boolean(),
})
export const OwnSessions = z.object({ sessions: z.array(OwnSession) })
export type OwnSession = z.infer<typeof OwnSession>

/** `POST /api/account/password` */
export const PasswordChange = z.object({ current: z.string().max(1000), next: z.string().min(12).max(1000) })
export type PasswordChange = z.infer<typeof PasswordChange>

/** `GET /api/account/second-factor` */
export const SecondFactor = z.object({
  /** When it was set up, or '' when there is none. */
  since: z.string(),
  /** Recovery codes not used yet. */
  recoveryCodes: z.number(),
  /** One of the account's roles must have one. */
  required: z.boolean(),
})
export type SecondFactor = z.infer<typeof SecondFactor>
/** `POST /api/account/second-factor`: the password again, since the page may have been left open. */
export const NewSecondFactor = z.object({ password: z.string().min(1).max(1000) })
/** The answer: what the app is told, as text and as a key URI for a QR code. */
export const SecondFactorSecret = z.object({ secret: z.string(), uri: z.string() })
export type SecondFactorSecret = z.infer<typeof SecondFactorSecret>
/** `POST /api/account/second-factor/{confirm,recovery-codes,remove}` */
export const Code = z.object({ code: z.string().min(1).max(100) })
/** Shown once. */
export const RecoveryCodes = z.object({ recoveryCodes: z.array(z.string()) })
export type RecoveryCodes = z.infer<typeof RecoveryCodes>

/** `GET`, `POST /api/tokens`, `DELETE /api/tokens/{id}`: one's own API tokens. The secret is shown once, in the answer to POST. */
export const Scope = z.enum(['read', 'store', 'reject', 'records', 'audit', 'state', 'admin'])
export type Scope = z.infer<typeof Scope>
export const NewToken = z.object({
  label: z.string().min(1).max(100),
  days: z.number().int().min(1).max(3650),
  /** What it is limited to; without, all that the account may. */
  scopes: z.array(Scope).optional(),
  /** Addresses it may be used from, as CIDR ranges; without, any. */
  addresses: z.array(z.string().max(50)).max(20).optional(),
})
export const Token = z.object({
  id: z.string(),
  label: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  lastUsedAt: z.string().nullable(),
  scopes: z.array(Scope),
  addresses: z.array(z.string()),
})
export const CreatedToken = Token.extend({ secret: z.string() })
/** The answer to `GET /api/tokens`. */
export const Tokens = z.object({ tokens: z.array(Token) })
export type Token = z.infer<typeof Token>
export type CreatedToken = z.infer<typeof CreatedToken>

/** `GET`, `POST /api/accounts`, `POST /api/accounts/{name}/password` for administrators. */
export const NewAccount = z.object({ name: z.string().min(1).max(200), roles: z.array(z.string()).min(1) })
export const Account = z.object({
  name: z.string(),
  roles: z.array(z.string()),
  disabled: z.boolean(),
  createdAt: z.string(),
  /** `due`: a role of it must have one, and it has none. */
  secondFactor: z.enum(['off', 'on', 'due']),
  /** The provider that vouches for it; '' for a local account. */
  provider: z.string(),
})
/** `PATCH /api/accounts/{name}` */
export const AccountChange = z.object({
  roles: z.array(z.string()).min(1).optional(),
  disabled: z.boolean().optional(),
})
export const CreatedAccount = Account.extend({ password: z.string() })
export type Account = z.infer<typeof Account>
export type CreatedAccount = z.infer<typeof CreatedAccount>
/** The answer to `GET /api/accounts`. */
export const Accounts = z.object({ accounts: z.array(Account) })
