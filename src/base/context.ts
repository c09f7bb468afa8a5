/**
 * Who asks, when, and how to stop: made by a door, judged by compliance, passed down with every act.
 */
export type Role =
  | 'administrator'
  | 'radiologist'
  | 'clinician'
  | 'technologist'
  | 'records'
  | 'privacy'
  | 'auditor'
  | 'student'
  | 'service'

export type Principal =
  | {
      readonly kind: 'user'
      /** Stable pseudonym, `u:` and 16 hex digits; the only name of a person a leaf may hold. */
      readonly id: string
      /** Login name; goes into audit bodies, never into leaves. */
      readonly name: string
      readonly roles: readonly Role[]
      readonly session?: string
      /** `provider`: an OpenID Connect provider vouched for the person. */
      readonly authMethod: 'password' | 'token' | 'open' | 'provider'
      /** What the API token may that is used; undefined: whatever the roles may. */
      readonly acts?: readonly string[]
      /** The device this person sits at, on an association: nothing may be done that it may not do either. */
      readonly device?: {
        readonly kind: 'device'
        readonly aeTitle: string
        readonly known: boolean
        readonly acts?: readonly string[]
      }
    }
  | {
      readonly kind: 'device'
      readonly aeTitle: string
      /** Is it one of the configured or allowed devices? Unknown callers reach a room only under `accept`. */
      readonly known: boolean
      /** What its line in the list of devices lets it do; undefined: whatever devices may. */
      readonly acts?: readonly string[]
    }
  | { readonly kind: 'job'; readonly name: string }

/** Where the asker sits; goes into audit bodies. */
export interface Client {
  readonly address: string
  readonly port?: number
  readonly aeTitle?: string
  readonly userAgent?: string
}

export interface Context {
  readonly principal: Principal
  readonly client: Client
  readonly now: () => Date
  readonly signal: AbortSignal
  /** Whoever asks has just proved again who he is: with what. */
  readonly signature?: Signature
}

/** `provider`: logged in with an OpenID Connect provider minutes ago. */
export type Signature = 'password' | 'password and code' | 'password and recovery code' | 'provider'

/** Login name of a principal; of a device its title: as facts and bodies have it. */
export const nameOf = (principal: Principal): string =>
  principal.kind === 'device' ? `ae:${principal.aeTitle}` : principal.name

/** The pseudonym of a principal, as a leaf's `a` has it (compliance: leaves name nobody). */
export function pseudonym(principal: Principal): string {
  if (principal.kind === 'user') return principal.id
  return principal.kind === 'device' ? `ae:${principal.aeTitle}` : `sys:${principal.name}`
}
