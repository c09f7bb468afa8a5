/**
 * Local accounts: names, roles, passwords. A person is `u:<16 hex>` everywhere but here and in audit bodies.
 */
import { randomBytes } from 'node:crypto'
import type { Role } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import type { ControlStore } from '../storage/sql/control-store.ts'
import { LONE_ROLES } from './access.ts'
import {
  type AccountRow,
  accountById,
  accountByName,
  accountOfIdentity,
  allAccounts,
  insertAccount,
  insertIdentity,
  noteLogin,
  setDisabled,
  setPassword,
  setRoles,
} from './control.queries.ts'
import { hashPassword, oneTimePassword, verifyPassword } from './password.ts'
import type { ProviderIdentity } from './provider-claims.ts'
import { ROLES } from './roles.ts'

export { ROLES }

export interface Account {
  /** Stable pseudonym: `u:` and 16 hex digits. */
  readonly id: string
  readonly name: string
  readonly roles: readonly Role[]
  /** True while the password is a one-time one: nothing else may be done until it is changed. */
  readonly mustChangePassword: boolean
  readonly disabled: boolean
  readonly createdAt: string
  /** Changes whenever the password does: a session made before is over. */
  readonly passwordSetAt: string
  /**
   * Does it need more than its password? `on`: a code of its authenticator app. `due`: one of its roles must have one,
   * and nothing else may be done until it is set up.
   */
  readonly secondFactor: 'off' | 'on' | 'due'
  /** One of its roles must have a second factor. */
  readonly secondFactorRequired: boolean
  /** The OpenID Connect provider that vouches for it, by its address; '' for a local account. */
  readonly provider: string
}

export interface Accounts {
  /**
   * The account, when name and password are right and it is not disabled. A name nobody has takes as long as a wrong
   * password.
   */
  login(name: string, password: string): Promise<Account | undefined>
  /**
   * The account of somebody a provider vouches for: made when it is the first time, its roles as the provider's claims
   * have them now. Never an account somebody else made: a name that is taken gets the provider's beside it.
   *
   * @throws {ArchiveError} `LOGIN_DISABLED`
   */
  enter(identity: ProviderIdentity): Entered
  byId(id: string): Account | undefined
  byName(name: string): Account | undefined
  list(): readonly Account[]
  /** @throws {ArchiveError} `ACCOUNT_EXISTS`, `BAD_REQUEST` for a role there is not, or one that goes with no other */
  create(name: string, roles: readonly string[]): Promise<{ readonly account: Account; readonly password: string }>
  /** A new one-time password; every session and the old password end. @throws `NOT_FOUND`, `ACCOUNT_PROVIDER` */
  reset(name: string): Promise<{ readonly account: Account; readonly password: string }>
  /** @throws {ArchiveError} `ACCESS_BAD_CREDENTIALS` when `current` is wrong, `ACCESS_WEAK_PASSWORD` */
  changePassword(id: string, current: string, next: string): Promise<void>
  /**
   * @throws {ArchiveError} `ACCOUNT_LAST_ADMINISTRATOR`: somebody must be able to let others in, without a provider too;
   *   `ACCOUNT_PROVIDER` for roles that a provider gives
   */
  change(name: string, change: { readonly roles?: readonly string[]; readonly disabled?: boolean }): Account
  /**
   * At first start: makes the account `admin` and gives its one-time password. While nobody has ever logged in as it,
   * each start gives a new one, since the old may have scrolled away unread. Afterwards undefined.
   */
  administratorPassword(): Promise<string | undefined>
}

/** A login by a provider, and what it changed: roles that are not as before, or an account that was not there. */
export interface Entered {
  readonly account: Account
  readonly changed: 'made' | 'roles' | undefined
}

/** What stands where a password would: no text has this hash, and none is computed for it. */
const NO_PASSWORD = ''

/** What names are compared by: `Ärzte` typed on two keyboards is one name. */
const keyOf = (name: string) => name.trim().normalize('NFKC').toLowerCase()

function rolesText(roles: readonly string[]): string {
  const unknown = roles.find((role) => !ROLES.includes(role as Role))
  if (unknown !== undefined || roles.length === 0)
    throw new ArchiveError('BAD_REQUEST', { why: `a role is one of ${ROLES.join(', ')}` })
  const alone = LONE_ROLES.find((role) => roles.includes(role))
  if (alone !== undefined && roles.some((role) => role !== alone))
    throw new ArchiveError('BAD_REQUEST', { why: `${alone} goes with no other role: make a second account` })
  return JSON.stringify(ROLES.filter((role) => roles.includes(role)))
}

/** Length decides (12 at least, asked by the api); a name, or one letter again and again, is no password. */
function checkStrength(next: string, name: string): void {
  const key = keyOf(next)
  if ([...next].length < 12) throw new ArchiveError('ACCESS_WEAK_PASSWORD', { why: 'it is shorter than 12 characters' })
  if (new Set(key).size < 5) throw new ArchiveError('ACCESS_WEAK_PASSWORD', { why: 'it repeats the same characters' })
  if (key.includes(keyOf(name)) && keyOf(name).length >= 4)
    throw new ArchiveError('ACCESS_WEAK_PASSWORD', { why: 'it holds the login name' })
}

/** Lets others in whatever becomes of a provider. */
const isReigning = ({ disabled, provider, roles }: Account) =>
  !disabled && provider === '' && roles.includes('administrator')

/** @param withSecondFactor  roles whose accounts must have one */
export function openAccounts(store: ControlStore, now: () => Date, withSecondFactor: readonly Role[] = []): Accounts {
  const accountOf = (row: AccountRow): Account => {
    const roles = JSON.parse(row.roles) as Role[]
    const provider = row.issuer ?? ''
    // Whether a login was strong enough its provider says (`oidc.acr`, `oidc.amr`).
    const secondFactorRequired = provider === '' && roles.some((role) => withSecondFactor.includes(role))
    return {
      id: row.account_id,
      name: row.name,
      roles,
      mustChangePassword: row.must_change === 1,
      disabled: row.disabled === 1,
      createdAt: row.created_at,
      passwordSetAt: row.password_set_at,
      secondFactor: row.factor === 1 ? 'on' : secondFactorRequired ? 'due' : 'off',
      secondFactorRequired,
      provider,
    }
  }
  const named = (name: string): AccountRow => {
    const row = accountByName(store, keyOf(name))
    if (row === undefined) throw new ArchiveError('NOT_FOUND', { what: 'such account' })
    return row
  }
  const found = (row: AccountRow | undefined) => (row === undefined ? undefined : accountOf(row))
  const byName = (name: string) => found(accountByName(store, keyOf(name)))

  async function create(name: string, roles: readonly string[]) {
    const wanted = rolesText(roles)
    const shown = name.trim().normalize('NFKC')
    if (shown === '' || /[\p{Cc}\p{Cf}]/u.test(shown))
      throw new ArchiveError('BAD_REQUEST', { why: 'a name needs letters' })
    if (byName(name) !== undefined) throw new ArchiveError('ACCOUNT_EXISTS')
    const password = oneTimePassword()
    const hash = await hashPassword(password)
    // Asked again: the name may have been taken while the password was hashed.
    if (byName(name) !== undefined) throw new ArchiveError('ACCOUNT_EXISTS')
    const at = now().toISOString()
    insertAccount(store, {
      account_id: `u:${randomBytes(8).toString('hex')}`,
      name: shown,
      name_key: keyOf(name),
      roles: wanted,
      password: hash,
      must_change: 1,
      disabled: 0,
      created_at: at,
      password_set_at: at,
      last_login_at: null,
    })
    return { account: accountOf(named(name)), password }
  }

  function enter({ issuer, subject, name, roles }: ProviderIdentity): Entered {
    const wanted = rolesText(roles)
    const at = now().toISOString()
    const known = accountOfIdentity(store, issuer, subject)
    if (known === undefined) {
      const id = `u:${randomBytes(8).toString('hex')}`
      const shown = freeName(name, issuer)
      insertAccount(store, {
        account_id: id,
        name: shown,
        name_key: keyOf(shown),
        roles: wanted,
        password: NO_PASSWORD,
        must_change: 0,
        disabled: 0,
        created_at: at,
        password_set_at: at,
        last_login_at: at,
      })
      insertIdentity(store, issuer, subject, id)
      return { account: accountOf(named(shown)), changed: 'made' }
    }
    if (known.disabled === 1) throw new ArchiveError('LOGIN_DISABLED')
    if (known.roles !== wanted) setRoles(store, known.account_id, wanted)
    noteLogin(store, known.account_id, at)
    return { account: accountOf(named(known.name)), changed: known.roles === wanted ? undefined : 'roles' }
  }

  /** A name nobody has: two people of two houses may be called the same. */
  function freeName(name: string, issuer: string): string {
    const house = new URL(issuer).host
    for (let next = 1; ; next += 1) {
      const candidate = next === 1 ? name : `${name} (${house}${next === 2 ? '' : ` ${next - 1}`})`
      if (byName(candidate) === undefined) return candidate
    }
  }

  async function reset(name: string) {
    const { account_id: id, issuer } = named(name)
    if (issuer !== null) throw new ArchiveError('ACCOUNT_PROVIDER', { what: 'password' })
    const password = oneTimePassword()
    setPassword(store, id, await hashPassword(password), 1, now().toISOString())
    return { account: accountOf(named(name)), password }
  }

  return {
    async login(name, password) {
      const row = accountByName(store, keyOf(name))
      const right = await verifyPassword(password, row?.password === NO_PASSWORD ? undefined : row?.password)
      if (!right || row === undefined) return undefined
      // Read again: it may have been disabled, or given another password, while we computed.
      const after = accountById(store, row.account_id)
      if (after === undefined || after.disabled === 1 || after.password !== row.password) return undefined
      noteLogin(store, row.account_id, now().toISOString())
      return accountOf(after)
    },

    enter: (identity) => store.together(() => enter(identity)),
    byId: (id) => found(accountById(store, id)),
    byName,
    list: () => allAccounts(store).map(accountOf),
    create,
    reset,

    async changePassword(id, current, next) {
      const row = accountById(store, id)
      if (row !== undefined && row.issuer !== null) throw new ArchiveError('ACCOUNT_PROVIDER', { what: 'password' })
      if (row === undefined || !(await verifyPassword(current, row.password)))
        throw new ArchiveError('ACCESS_BAD_CREDENTIALS')
      checkStrength(next, row.name)
      if (next.normalize('NFKC') === current.normalize('NFKC'))
        throw new ArchiveError('ACCESS_WEAK_PASSWORD', { why: 'it is the old one' })
      setPassword(store, id, await hashPassword(next), 0, now().toISOString())
    },

    change(name, { roles, disabled }) {
      const wanted = roles === undefined ? undefined : rolesText(roles)
      return store.together(() => {
        const { account_id: id, issuer } = named(name)
        if (wanted !== undefined && issuer !== null) throw new ArchiveError('ACCOUNT_PROVIDER', { what: 'roles' })
        if (wanted !== undefined) setRoles(store, id, wanted)
        if (disabled !== undefined) setDisabled(store, id, disabled ? 1 : 0)
        const reigning = allAccounts(store).map(accountOf)
        if (!reigning.some(isReigning)) throw new ArchiveError('ACCOUNT_LAST_ADMINISTRATOR')
        return accountOf(named(name))
      })
    },

    async administratorPassword() {
      const accounts = allAccounts(store).filter(({ issuer }) => issuer === null)
      if (accounts.length === 0) return (await create('admin', ['administrator'])).password
      const [only] = accounts
      const untouched = accounts.length === 1 && only?.must_change === 1 && only.last_login_at === null
      return untouched && only !== undefined ? (await reset(only.name)).password : undefined
    },
  }
}
