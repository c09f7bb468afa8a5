/** Who is logged in: `POST`, `GET`, `DELETE /api/session`. */
import { z } from 'zod'

export const Login = z.object({ name: z.string().min(1).max(200), password: z.string().min(1).max(1000) })
export type Login = z.infer<typeof Login>

export const Session = z.object({
  user: z.object({ name: z.string(), roles: z.array(z.string()), mustChangePassword: z.boolean() }).nullable(),
  /** Acts this person may do, by their names in the table of access. */
  acts: z.array(z.string()),
  /** Sent back in the header `x-csrf-token` with every request that changes something. */
  csrf: z.string(),
  /** True when the archive was started with --open: there is no login. */
  open: z.boolean(),
  /** After so long a page that nobody touches locks itself. */
  idleSeconds: z.number(),
  product: z.object({ version: z.string(), aeTitle: z.string(), dicomPort: z.number(), httpPort: z.number() }),
})
export type Session = z.infer<typeof Session>

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

/** `GET`, `POST /api/tokens`, `DELETE /api/tokens/{id}`: one's own API tokens. The secret is shown once, in the answer to POST. */
export const NewToken = z.object({ label: z.string().min(1).max(100), days: z.number().int().min(1).max(3650) })
export const Token = z.object({
  id: z.string(),
  label: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  lastUsedAt: z.string().nullable(),
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
