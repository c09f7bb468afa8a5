import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Control, openControl } from './control.ts'
import { hashPassword, oneTimePassword, verifyPassword } from './password.ts'
import { usableFrom } from './tokens.ts'

const folder = mkdtempSync(join(tmpdir(), 'clearkeep-control-'))
const open: Control[] = []
let clock = new Date('2026-11-24T10:00:00.000Z')
const later = (seconds: number) => {
  clock = new Date(clock.getTime() + seconds * 1000)
}

function control(
  configuredDevices: { aet: string; host: string }[] = [],
  path = join(folder, `${crypto.randomUUID()}.db`),
) {
  const opened = openControl(path, { configuredDevices, now: () => clock })
  open.push(opened)
  return { opened, path }
}

afterAll(() => {
  for (const each of open)
    try {
      each.close()
    } catch {
      // closed by its own test
    }
  rmSync(folder, { recursive: true })
})

describe('passwords', () => {
  it('are kept as scrypt with the parameters beside the hash, salted anew each time', async () => {
    const [one, two] = [await hashPassword('correct horse battery'), await hashPassword('correct horse battery')]
    expect(one).toMatch(/^scrypt\$N=131072,r=8,p=1\$[\w-]{22}\$[\w-]{43}$/)
    expect(one).not.toBe(two)
    expect(await verifyPassword('correct horse battery', one)).toBe(true)
    expect(await verifyPassword('correct horse batterY', one)).toBe(false)
  })

  it('are verified with the parameters they were made with', async () => {
    const old = 'scrypt$N=1024,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$'
    const { scryptSync } = await import('node:crypto')
    const key = scryptSync('old', Buffer.from('c2FsdHNhbHRzYWx0c2FsdA', 'base64url'), 32, { N: 1024, r: 8, p: 1 })
    expect(await verifyPassword('old', old + key.toString('base64url'))).toBe(true)
  })

  it('are the same word whatever keyboard composed it', async () => {
    const hash = await hashPassword('r\u00f6ntgen')
    expect(await verifyPassword('ro\u0308ntgen', hash)).toBe(true)
  })

  it('of one use are five groups without look-alikes', () => {
    const made = new Set(Array.from({ length: 50 }, oneTimePassword))
    expect(made.size).toBe(50)
    for (const each of made) expect(each).toMatch(/^([a-km-zA-HJ-NP-Z2-9]{4}-){4}[a-km-zA-HJ-NP-Z2-9]{4}$/)
  })
})

describe('the first start', () => {
  it('makes an administrator with a password for one use, and a new one until it was used', async () => {
    const { opened, path } = control()
    const first = await opened.accounts.administratorPassword()
    opened.close()

    const { opened: again } = control([], path)
    const second = await again.accounts.administratorPassword()
    expect(second).not.toBe(first)
    expect(await again.accounts.login('admin', first ?? '')).toBeUndefined()
    const account = await again.accounts.login('admin', second ?? '')
    expect(account).toMatchObject({ name: 'admin', roles: ['administrator'], mustChangePassword: true })
    expect(account?.id).toMatch(/^u:[0-9a-f]{16}$/)
    again.close()

    expect(await control([], path).opened.accounts.administratorPassword()).toBeUndefined()
  })

  it('keeps no password and no token as it is', async () => {
    const { opened, path } = control()
    const password = (await opened.accounts.administratorPassword()) ?? ''
    const admin = opened.accounts.byName('admin')
    const { secret } = opened.tokens.create(admin?.id ?? '', 'script', 1)
    opened.close()
    const bytes = readFileSync(path, 'latin1')
    expect(bytes).not.toContain(password)
    expect(bytes).not.toContain(secret)
  })
})

describe('accounts', () => {
  let opened: Control
  let password: string
  beforeAll(async () => {
    opened = control().opened
    await opened.accounts.administratorPassword()
    password = (await opened.accounts.create('Dr. Grünwald', ['radiologist'])).password
  })

  it('are found whatever case the name is typed in', async () => {
    expect(await opened.accounts.login('dr. GRÜNWALD ', password)).toMatchObject({ name: 'Dr. Grünwald' })
  })

  it('have names once', async () => {
    await expect(opened.accounts.create('DR. grünwald', ['clinician'])).rejects.toThrow(
      'There is an account of that name',
    )
  })

  it('have only roles there are', async () => {
    await expect(opened.accounts.create('x', ['emperor'])).rejects.toThrow('a role is one of')
    await expect(opened.accounts.create('x', [])).rejects.toThrow('a role is one of')
  })

  it('change their password knowing the old one, and not to a weak one', async () => {
    const { id } = opened.accounts.byName('dr. grünwald') ?? { id: '' }
    await expect(opened.accounts.changePassword(id, 'wrong', 'quite another thing')).rejects.toThrow('is wrong')
    await expect(opened.accounts.changePassword(id, password, 'aaaaaaaaaaaaaaa')).rejects.toThrow('repeats')
    await expect(opened.accounts.changePassword(id, password, 'x Dr. Grünwald 1')).rejects.toThrow('login name')
    await expect(opened.accounts.changePassword(id, password, password)).rejects.toThrow('the old one')
    const before = opened.accounts.byId(id)?.passwordSetAt
    later(60)
    await opened.accounts.changePassword(id, password, 'quite another thing')
    expect(opened.accounts.byId(id)).toMatchObject({ mustChangePassword: false })
    expect(opened.accounts.byId(id)?.passwordSetAt).not.toBe(before)
    expect(await opened.accounts.login('Dr. Grünwald', password)).toBeUndefined()
    expect(await opened.accounts.login('Dr. Grünwald', 'quite another thing')).toBeDefined()
  })

  it('log in no more when disabled, and again when enabled', async () => {
    opened.accounts.change('Dr. Grünwald', { disabled: true })
    expect(await opened.accounts.login('Dr. Grünwald', 'quite another thing')).toBeUndefined()
    opened.accounts.change('Dr. Grünwald', { disabled: false })
    expect(await opened.accounts.login('Dr. Grünwald', 'quite another thing')).toBeDefined()
  })

  it('always leave one administrator who can let others in', () => {
    expect(() => opened.accounts.change('admin', { disabled: true })).toThrow('last administrator')
    expect(() => opened.accounts.change('admin', { roles: ['clinician'] })).toThrow('last administrator')
    expect(opened.accounts.byName('admin')).toMatchObject({ disabled: false, roles: ['administrator'] })
  })
})

describe('API tokens', () => {
  it('name their account until they expire or are removed', async () => {
    const { opened } = control()
    await opened.accounts.administratorPassword()
    const id = opened.accounts.byName('admin')?.id ?? ''
    const { token, secret } = opened.tokens.create(id, 'nightly script', 30)
    expect(secret).toMatch(/^ckt_[\w-]{43}$/)
    expect(opened.tokens.use(secret)?.account).toBe(id)
    expect(opened.tokens.list(id)).toMatchObject([{ label: 'nightly script', lastUsedAt: clock.toISOString() }])
    expect(opened.tokens.use(`${secret}x`)).toBeUndefined()

    later(30 * 86_400)
    expect(opened.tokens.use(secret)).toBeUndefined()

    const other = opened.tokens.create(id, 'other', 1)
    expect(opened.tokens.remove('u:0000000000000000', other.token.id)).toBe(false)
    expect(opened.tokens.remove(id, other.token.id)).toBe(true)
    expect(opened.tokens.use(other.secret)).toBeUndefined()
    expect(opened.tokens.list(id).map(({ id }) => id)).toEqual([token.id])
  })

  it('may be limited to scopes and addresses, which are kept in one spelling', async () => {
    const { opened, path } = control()
    const { account } = await opened.accounts.create('prog', ['service'])
    const { token } = opened.tokens.create(account.id, 'script', 1, {
      scopes: ['store', 'read', 'store'],
      addresses: ['10.1.2.3', ' 10.0.0.0/16 ', 'fd00::/8', '10.1.2.3/32'],
    })
    opened.close()
    const { opened: again } = control([], path)
    const kept = { scopes: ['read', 'store'], addresses: ['10.1.2.3/32', '10.0.0.0/16', 'fd00::/8'] }
    expect(token).toMatchObject(kept)
    expect(again.tokens.list(account.id)).toMatchObject([kept])
    for (const no of ['10.0.0.0/33', '10.0.0/8', 'fd00::/129', 'everywhere', '10.0.0.0/8/8', '10.0.0.0/', ''])
      expect(() => again.tokens.create(account.id, 'x', 1, { addresses: [no] }), no).toThrow(/address range/)
  })

  it.each([
    ['10.0.5.9', true],
    ['10.1.0.1', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['fd12::1', true],
    ['fe80::1', false],
    ['', false],
  ])('limited to some addresses may be used from %s: %s', (address, usable) => {
    expect(usableFrom(['10.0.0.0/16', '192.0.2.7/32', 'fd00::/8'], address)).toBe(usable)
    expect(usableFrom([], address)).toBe(true)
  })
})

describe('devices', () => {
  it('are known by AE title and address; an empty host matches any', () => {
    const { opened } = control([
      { aet: 'CT1', host: '10.0.0.7' },
      { aet: 'ANY', host: '' },
      { aet: 'HERE', host: 'localhost' },
    ])
    expect(opened.devices.isKnown('CT1', '10.0.0.7')).toBe(true)
    expect(opened.devices.isKnown('CT1 ', '::ffff:10.0.0.7')).toBe(true)
    expect(opened.devices.isKnown('CT1', '10.0.0.8')).toBe(false)
    expect(opened.devices.isKnown('ANY', '10.9.9.9')).toBe(true)
    expect(opened.devices.isKnown('any', '10.9.9.9')).toBe(false)
    expect(opened.devices.isKnown('HERE', '127.0.0.1')).toBe(true)
  })

  it('are allowed with one click, which takes them off the list of refused callers', () => {
    const { opened, path } = control()
    opened.devices.noteRefused('MR2', '10.0.0.9', clock)
    opened.devices.noteRefused('MR2', '10.0.0.9', clock)
    opened.devices.noteRefused('PROBE', '10.0.0.66', clock)
    expect(opened.devices.refused()).toMatchObject([
      { aet: 'PROBE', times: 1 },
      { aet: 'MR2', host: '10.0.0.9', times: 2 },
    ])
    opened.devices.allow('MR2', '10.0.0.9')
    expect(opened.devices.isKnown('MR2', '10.0.0.9')).toBe(true)
    opened.close()

    const { opened: again } = control([], path)
    expect(again.devices.isKnown('MR2', '10.0.0.9')).toBe(true)
    expect(again.devices.list()).toEqual([{ aet: 'MR2', host: '10.0.0.9', from: 'allowed' }])
    expect(again.devices.refused()).toMatchObject([{ aet: 'PROBE' }])
  })

  it('that were refused are a bounded list, the oldest going first', () => {
    const { opened } = control()
    for (let at = 0; at < 5000; at += 1) opened.devices.noteRefused(`A${at % 1000}`, '10.0.0.1', clock)
    expect(opened.devices.refused()).toHaveLength(200)
    expect(opened.devices.refused()[0]).toMatchObject({ aet: 'A999' })
  })
})
