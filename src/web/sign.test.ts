import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Bytes } from '../base/bytes.ts'
import type { Context } from '../base/context.ts'
import type { Account } from '../compliance/accounts.ts'
import { type Control, openControl } from '../compliance/control.ts'
import { type LoginLimit, loginLimit } from '../compliance/login-limit.ts'
import { hotp, stepAt } from '../compliance/totp.ts'
import type { Visitor } from './authenticate.ts'
import { openSessions } from './sessions.ts'
import { openSigning } from './sign.ts'

let clock = new Date('2026-11-27T12:00:00Z')
const now = () => clock
const PASSWORD = 'a right long password'

describe('a signature', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clearkeep-sign-'))
  let control: Control
  let limit: LoginLimit
  let told: string[] = []
  let secret: Bytes
  let recovery: readonly string[]

  const named = (name: string): Account => {
    const account = control.accounts.byName(name)
    if (account === undefined) throw new Error(`no account ${name}`)
    return account
  }
  /** At a browser; without a session, by a token. */
  const at = (name: string, idToken?: string): Visitor => {
    const account = named(name)
    const session = openSessions(now).begin(account, { address: '127.0.0.1' }, { idToken })
    return { kind: 'account', principal: contextOf(account).principal, account, session }
  }
  const byToken = (name: string): Visitor => {
    const account = named(name)
    return { kind: 'account', principal: contextOf(account).principal, account, session: undefined }
  }
  const contextOf = ({ id, name, roles }: Account): Context => ({
    principal: { kind: 'user', id, name, roles, authMethod: 'password' },
    client: { address: '127.0.0.1' },
    now,
    signal: new AbortController().signal,
  })
  const sign = (visitor: Visitor, given: { readonly password?: string; readonly code?: string }) =>
    openSigning({
      archive: { record: async (_, { detail }) => void told.push(String(detail['why'])) },
      control,
      limit,
      now,
    })(contextOf(named('paul')), visitor, given)

  beforeAll(async () => {
    control = openControl(join(folder, 'control.db'), { configuredDevices: [], now })
    for (const name of ['paul', 'ada']) {
      const { account, password } = await control.accounts.create(name, ['privacy'])
      await control.accounts.changePassword(account.id, password, PASSWORD)
    }
    secret = control.secondFactors.begin(named('ada').id)
    recovery = control.secondFactors.confirm(named('ada').id, hotp(secret, stepAt(clock)))
    const vouched = { issuer: 'https://id.example', subject: 's-1', name: 'petra', roles: ['privacy'] } as const
    control.accounts.enter(vouched)
  }, 60_000)
  afterAll(() => {
    control.close()
    rmSync(folder, { recursive: true })
  })
  beforeEach(() => {
    clock = new Date(clock.getTime() + 60_000)
    limit = loginLimit(now)
    told = []
  })

  it('is the password of who approves, at a browser and beside a token; none is none', async () => {
    expect(await sign(at('paul'), { password: PASSWORD })).toBe('password')
    expect(await sign(byToken('paul'), { password: PASSWORD })).toBe('password')
    expect(await sign(byToken('paul'), {})).toBeUndefined()
    expect(await sign({ kind: 'nobody' }, { password: PASSWORD })).toBeUndefined()
  })

  it('takes the code too where there is a second factor', async () => {
    const password = PASSWORD
    await expect(sign(at('ada'), { password })).rejects.toMatchObject({ code: 'ACCESS_CODE_NEEDED' })
    expect(await sign(at('ada'), { password, code: hotp(secret, stepAt(clock)) })).toBe('password and code')
    const [spare = ''] = recovery
    expect(await sign(at('ada'), { password, code: spare })).toBe('password and recovery code')
    await expect(sign(at('ada'), { password, code: spare })).rejects.toMatchObject({ code: 'ACCESS_BAD_CODE' })
    expect(told).toEqual(['second factor wrong'])
  })

  it('that is wrong counts as a failed login, and not for ever', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1)
      await expect(sign(at('paul'), { password: 'wrong' })).rejects.toMatchObject({ code: 'ACCESS_BAD_CREDENTIALS' })
    expect(told).toHaveLength(5)
    await expect(sign(at('paul'), { password: PASSWORD })).rejects.toMatchObject({ code: 'ACCESS_TOO_MANY' })
  }, 30_000)

  it.each([
    ['signs, who has just come from there', 2, undefined, 'provider'],
    ['does not sign, who came a while ago', 6, undefined, undefined],
    ['does not sign, who only came back and proved himself there long before', 1, 90, undefined],
    ['signs, who has just proved himself there', 1, 2, 'provider'],
  ])('of somebody a provider vouches for %s', async (_, came, proved, signature) => {
    const minutes = (count: number) => Math.floor(clock.getTime() / 1000) - count * 60
    const claims = Buffer.from(JSON.stringify({ auth_time: minutes(proved ?? 0) })).toString('base64url')
    const here = clock
    clock = new Date(here.getTime() - came * 60_000)
    const visitor = at('petra', proved === undefined ? 'x.e30.y' : `x.${claims}.y`)
    clock = here
    expect(await sign(visitor, { password: PASSWORD })).toBe(signature)
    expect(await sign(byToken('petra'), {})).toBeUndefined()
  })
})
