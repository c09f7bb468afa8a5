import { describe, expect, it } from 'vitest'
import { ACTS, COLUMNS, mayBy, scopeOf } from '../../test/support/access-matrix.ts'
import type { Principal, Role } from '../base/context.ts'
import { ACCESS, type Act, actsOfScopes, may, SCOPES } from './access.ts'
import { ROLES } from './accounts.ts'

const user = (...roles: Role[]): Principal => ({
  kind: 'user',
  id: 'u:0000000000000000',
  name: 'x',
  roles,
  authMethod: 'password',
})
const device = (known: boolean): Principal => ({ kind: 'device', aeTitle: 'CT1', known })

describe('who may do what', () => {
  it.each<[Role, Act, boolean]>([
    ['radiologist', 'read', true],
    ['radiologist', 'devices.manage', false],
    ['clinician', 'store', false],
    ['technologist', 'store', true],
    ['student', 'find', false],
    ['student', 'status.see', true],
    ['privacy', 'conflicts.see', true],
    ['privacy', 'audit.see', true],
    ['radiologist', 'audit.see', false],
    ['administrator', 'audit.see', false],
    ['administrator', 'read', false],
    ['auditor', 'audit.see', true],
    ['auditor', 'hold.place', false],
    ['service', 'audit.see', false],
    ['service', 'accounts.manage', false],
    ['administrator', 'accounts.manage', true],
  ])('a %s asking for %s: %s', (role, act, allowed) => expect(may(user(role), act).allowed).toBe(allowed))

  it('is the table of the specification, written down a second time: no act and no role without a row', () => {
    expect([...ACTS].sort()).toEqual(Object.keys(ACCESS).sort())
    expect([...COLUMNS]).toEqual([...ROLES])
    for (const act of ACTS)
      for (const role of ROLES) expect(may(user(role), act).allowed, `${role}, ${act}`).toBe(mayBy(role, act))
  })

  it('lets a device do no more than its line in the list says', () => {
    const only: Principal = { kind: 'device', aeTitle: 'CT1', known: true, acts: ['store'] }
    const allowed = ACTS.filter((act) => may(only, act).allowed)
    expect(allowed.sort()).toEqual(['echo', 'store'])
  })

  it('takes the sum of a user’s roles', () => {
    expect(may(user('student', 'technologist'), 'store').allowed).toBe(true)
    expect(may(user(), 'read').allowed).toBe(false)
  })

  it('lets listed devices store, find and read, and nothing that manages', () => {
    expect((['store', 'find', 'read', 'echo'] as const).every((act) => may(device(true), act).allowed)).toBe(true)
    expect(may(device(true), 'original').allowed).toBe(false)
    expect(may(device(true), 'accounts.manage').allowed).toBe(false)
  })

  it('lets a device nobody listed do no more than echo', () => {
    for (const act of Object.keys(ACCESS) as Act[]) expect(may(device(false), act).allowed, act).toBe(act === 'echo')
  })

  it('lets a person at a device do what both may, and no more', () => {
    const at = (role: Role, known: boolean): Principal => ({ ...user(role), device: device(known) }) as Principal
    expect(may(at('technologist', true), 'store').allowed).toBe(true)
    expect(may(at('student', true), 'read').allowed).toBe(false)
    expect(may(at('radiologist', true), 'original').allowed).toBe(false)
    expect(may(at('radiologist', false), 'read').allowed).toBe(false)
  })

  it('lets a token limited to scopes do what its account may and its scopes name, and no more', () => {
    for (const role of ROLES)
      for (const scope of SCOPES)
        for (const act of ACTS)
          expect(
            may({ ...user(role), acts: actsOfScopes([scope]) } as Principal, act).allowed,
            `${scope} of a ${role}, ${act}`,
          ).toBe(mayBy(role, act) && scopeOf(act) === scope)
    // A new act is in a scope, or in none on purpose.
    expect(ACTS.map(scopeOf)).not.toContain('an act without a scope')
    const two = { ...user('technologist'), acts: actsOfScopes(['store', 'read']) } as Principal
    expect(ACTS.filter((act) => may(two, act).allowed).sort()).toEqual(
      ['changes.see', 'echo', 'find', 'original', 'read', 'store'].filter((act) => mayBy('technologist', act as Act)),
    )
  })

  it('keeps other people’s tokens from everybody', () => {
    expect(may(user('administrator'), 'tokens.own', { own: false }).allowed).toBe(false)
  })

  it('gives a reason with every refusal', () => {
    const refusal = may(user('student'), 'read')
    expect(refusal.allowed ? '' : refusal.because).toContain('radiologist')
  })
})
