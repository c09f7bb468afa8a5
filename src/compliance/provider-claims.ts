/**
 * What an OpenID Connect provider says of a person, read by our rules: the name of the account, and its roles. Pure;
 * whoever nothing is mapped for is not let in, and is told so.
 */
import type { Role } from '../base/context.ts'
import { ArchiveError } from '../base/errors.ts'
import { LONE_ROLES } from './access.ts'
import { ROLES } from './roles.ts'

/** Who has this value in the claim of roles has these roles here. */
export interface RoleRule {
  readonly value: string
  readonly roles: readonly Role[]
}

export interface ClaimRules {
  /** Claims by name; one within another by a dot. */
  readonly nameClaim: string
  readonly rolesClaim: string
  readonly roles: readonly RoleRule[]
  /** One of these, unless there are none (OpenID Connect Core 2: acr, amr). */
  readonly acr: readonly string[]
  readonly amr: readonly string[]
}

export type Claims = Readonly<Record<string, unknown>>

export interface ProviderIdentity {
  readonly issuer: string
  readonly subject: string
  readonly name: string
  readonly roles: readonly Role[]
}

/** Names longer than this are no names. */
const LONGEST_NAME = 200

/** `oidc.roles` of the configuration. @throws {ArchiveError} `CONFIG_INVALID` */
export function readRoleRules(key: string, given: unknown): readonly RoleRule[] {
  const wrong = (why: string) => new ArchiveError('CONFIG_INVALID', { key, why })
  if (!Array.isArray(given)) throw wrong('a list is needed')
  return given.map((item: unknown) => {
    const { value, roles, ...rest } = Object(item) as Record<string, unknown>
    const unknown = Object.keys(rest)[0]
    if (unknown !== undefined) throw wrong(`an entry has no ${unknown}`)
    if (typeof value !== 'string' || value === '') throw wrong('value is what the claim must hold, a text')
    if (!Array.isArray(roles) || roles.length === 0) throw wrong(`roles is a list out of ${ROLES.join(', ')}`)
    const known = roles.map((role: unknown) => {
      const found = ROLES.find((one) => one === role)
      if (found === undefined) throw wrong(`roles is a list out of ${ROLES.join(', ')}`)
      return found
    })
    return { value, roles: known }
  })
}

/** A claim by its name, or by its way through others. */
export function claimOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let at: unknown = claims
  for (const part of name.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined
    at = (at as Claims)[part]
  }
  return at
}

const listOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')

/**
 * Who it is, and what the roles are.
 *
 * @param claims  of a token whose signature, issuer, audience, time and nonce were right
 * @throws {ArchiveError} `LOGIN_WEAK`, `LOGIN_NO_NAME`, `LOGIN_NO_ROLE`, `LOGIN_LONE_ROLE`
 */
export function identityOf(claims: Claims, rules: ClaimRules): ProviderIdentity {
  const { acr, amr } = rules
  if (acr.length > 0 && !acr.includes(String(claims['acr'])))
    throw new ArchiveError('LOGIN_WEAK', { wanted: acr.join(' or '), claim: 'acr' })
  if (amr.length > 0 && !listOf(claims['amr']).some((way) => amr.includes(way)))
    throw new ArchiveError('LOGIN_WEAK', { wanted: amr.join(' or '), claim: 'amr' })
  const name = claimOf(claims, rules.nameClaim)
  const { iss, sub } = claims
  if (typeof name !== 'string' || name.trim() === '' || name.length > LONGEST_NAME || /[\p{Cc}\p{Cf}]/u.test(name))
    throw new ArchiveError('LOGIN_NO_NAME', { claim: rules.nameClaim })
  if (typeof iss !== 'string' || typeof sub !== 'string' || sub === '')
    throw new ArchiveError('LOGIN_NO_NAME', { claim: 'sub' })
  const said = listOf(claimOf(claims, rules.rolesClaim))
  const given = new Set(rules.roles.filter(({ value }) => said.includes(value)).flatMap(({ roles }) => roles))
  const roles = ROLES.filter((role) => given.has(role))
  if (roles.length === 0) throw new ArchiveError('LOGIN_NO_ROLE', { claim: rules.rolesClaim })
  const alone = LONE_ROLES.find((role) => given.has(role))
  if (alone !== undefined && roles.length > 1)
    throw new ArchiveError('LOGIN_LONE_ROLE', {
      role: alone,
      others: roles.filter((role) => role !== alone).join(', '),
    })
  return { issuer: iss, subject: sub, name: name.trim().normalize('NFKC'), roles }
}
