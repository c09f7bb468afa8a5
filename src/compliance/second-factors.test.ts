import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Bytes } from '../base/bytes.ts'
import { type Control, openControl } from './control.ts'
import { openIdentities } from './identities.ts'
import { openSealingKey, seal, unseal } from './sealing.ts'
import { hotp, stepAt } from './totp.ts'

const folder = mkdtempSync(join(tmpdir(), 'clearkeep-factor-'))
afterAll(() => rmSync(folder, { recursive: true }))

let clock = new Date('2026-11-27T10:00:00.000Z')
const later = (seconds: number) => {
  clock = new Date(clock.getTime() + seconds * 1000)
}
const codeOf = (secret: Bytes, away = 0) => hotp(secret, stepAt(clock) + away)

describe('a second factor', () => {
  let path: string
  let control: Control
  let id: string
  let secret: Bytes
  let recovery: readonly string[]

  const open = (keys = folder) =>
    openControl(path, {
      configuredDevices: [],
      sealingKey: openSealingKey(keys),
      withSecondFactor: ['privacy'],
      now: () => clock,
    })

  const named = (name: string) => {
    const account = control.accounts.byName(name)
    if (account === undefined) throw new Error(`no account ${name}`)
    return account
  }

  // Made once: hashing passwords takes its time on purpose.
  beforeAll(async () => {
    path = join(folder, 'all.db')
    control = open()
    const { account, password } = await control.accounts.create('ada', ['clinician'])
    await control.accounts.changePassword(account.id, password, 'a right long password')
    await control.accounts.create('eve', ['clinician'])
    await control.accounts.create('paul', ['privacy'])
    id = account.id
    control.close()
  })
  beforeEach(() => {
    path = join(folder, `${crypto.randomUUID()}.db`)
    copyFileSync(join(folder, 'all.db'), path)
    control = open()
    secret = control.secondFactors.begin(id)
    recovery = control.secondFactors.confirm(id, codeOf(secret))
  })

  it('is there once a code of it was confirmed, and not before', () => {
    expect(control.accounts.byId(id)?.secondFactor).toBe('on')
    const account = named('eve')
    control.secondFactors.begin(account.id)
    expect(control.accounts.byId(account.id)?.secondFactor).toBe('off')
    expect(() => control.secondFactors.confirm(account.id, '000000')).toThrow(/wrong/)
    later(601)
    expect(() => control.secondFactors.confirm(account.id, '000000')).toThrow(/begun more than ten minutes ago/)
  })

  it('is due for who has a role that must have one', () => {
    expect(named('paul')).toMatchObject({ secondFactor: 'due', secondFactorRequired: true })
    expect(control.accounts.byId(id)).toMatchObject({ secondFactor: 'on', secondFactorRequired: false })
  })

  it('takes each code once, whatever comes between', () => {
    expect(control.secondFactors.check(id, codeOf(secret))).toBe('wrong')
    expect(control.secondFactors.check(id, codeOf(secret, 1))).toBe('app')
    expect(control.secondFactors.check(id, codeOf(secret, 1))).toBe('wrong')
    control.close()
    control = open()
    expect(control.secondFactors.check(id, codeOf(secret, 1))).toBe('wrong')
    later(60)
    expect(control.secondFactors.check(id, codeOf(secret))).toBe('app')
  })

  it('takes each recovery code once, as it is typed', () => {
    expect(recovery).toHaveLength(10)
    for (const code of recovery) expect(code).toMatch(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/)
    const [first = '', second = ''] = recovery
    expect(control.secondFactors.check(id, first)).toBe('recovery')
    expect(control.secondFactors.check(id, first)).toBe('wrong')
    expect(control.secondFactors.check(id, ` ${second.toLowerCase().replaceAll('-', ' ')} `)).toBe('recovery')
    expect(control.secondFactors.of(id)).toMatchObject({ recoveryCodes: 8 })
    const renewed = control.secondFactors.renewRecoveryCodes(id)
    expect(control.secondFactors.check(id, recovery[5] ?? '')).toBe('wrong')
    expect(control.secondFactors.check(id, renewed[5] ?? '')).toBe('recovery')
  })

  it('makes who guesses wait, longer each time, from wherever they guess; a right code ends it', () => {
    for (let guess = 0; guess < 5; guess += 1) expect(control.secondFactors.check(id, '000000')).toBe('wrong')
    expect(control.secondFactors.check(id, recovery[0] ?? '')).toEqual({ wait: 30 })
    later(30)
    expect(control.secondFactors.check(id, '000000')).toBe('wrong')
    expect(control.secondFactors.check(id, '000000')).toEqual({ wait: 60 })
    for (let guess = 0; guess < 10; guess += 1) {
      later(3600)
      control.secondFactors.check(id, '000000')
    }
    expect(control.secondFactors.check(id, '000000')).toEqual({ wait: 3600 })
    later(3600)
    expect(control.secondFactors.check(id, recovery[0] ?? '')).toBe('recovery')
    expect(control.secondFactors.check(id, '000000')).toBe('wrong')
  })

  it('is another’s for nobody: a code of one account opens no other', () => {
    const account = named('eve')
    const other = control.secondFactors.begin(account.id)
    control.secondFactors.confirm(account.id, codeOf(other))
    expect(control.secondFactors.check(account.id, codeOf(secret, 1))).toBe('wrong')
    expect(control.secondFactors.check(account.id, recovery[0] ?? '')).toBe('wrong')
  })

  it('goes when it is removed, recovery codes and all', () => {
    expect(control.secondFactors.remove(id)).toBe(true)
    expect(control.secondFactors.remove(id)).toBe(false)
    expect(control.accounts.byId(id)?.secondFactor).toBe('off')
    expect(control.secondFactors.check(id, recovery[0] ?? '')).toBe('wrong')
  })

  it('stands in no file as it is: neither the secret nor a recovery code', () => {
    control.close()
    const bytes = readFileSync(path)
    expect(bytes.includes(Buffer.from(secret))).toBe(false)
    for (const code of recovery) expect(bytes.includes(code.replaceAll('-', ''))).toBe(false)
    expect(statSync(join(folder, 'second-factor.key')).mode & 0o777).toBe(0o600)
  })

  it('without the key it was sealed with says so; recovery codes go on', () => {
    control.close()
    const elsewhere = join(folder, crypto.randomUUID())
    control = open(elsewhere)
    expect(() => control.secondFactors.check(id, codeOf(secret, 1))).toThrow(/keys\/second-factor\.key/)
    expect(control.secondFactors.check(id, recovery[0] ?? '')).toBe('recovery')
  })

  it('a password alone proves nobody on an association any more', async () => {
    const identities = openIdentities({ accounts: control.accounts, now: () => clock })
    const text = (words: string) => new Uint8Array(Buffer.from(words))
    const stated = { type: 2, primary: text('ada'), secondary: text('a right long password') }
    expect(await identities.identify(stated, '10.0.0.7')).toMatchObject({
      is: 'wrong',
      why: 'the account needs a second factor; its password alone is not taken',
    })
    control.secondFactors.remove(id)
    expect(await identities.identify(stated, '10.0.0.7')).toMatchObject({ is: 'person' })
  })
})

describe('a sealed secret', () => {
  const key = new Uint8Array(32).fill(7)

  it('opens with its key, as its owner’s, and in no other way', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.string(), fc.nat(), (secret, of, at) => {
        const sealed = seal(key, secret, of)
        expect(new Uint8Array(unseal(key, sealed, of))).toEqual(secret)
        expect(() => unseal(key, sealed, `${of}x`)).toThrow()
        expect(() => unseal(new Uint8Array(32).fill(8), sealed, of)).toThrow()
        const bytes = Buffer.from(sealed, 'base64url')
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ 1
        expect(() => unseal(key, bytes.toString('base64url'), of)).toThrow()
      }),
    )
  })

  it('may be any text, and is refused in words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        expect(() => unseal(key, text, 'u:1')).toThrow(/second factors cannot be read/)
      }),
    )
  })

  it('a crash while the key is made leaves none, and the next start makes it', () => {
    const keys = mkdtempSync(join(folder, 'keys-'))
    writeFileSync(join(keys, 'second-factor.key.new'), 'half')
    const made = openSealingKey(keys)
    expect(made).toHaveLength(32)
    expect(openSealingKey(keys)).toEqual(made)
  })
})
