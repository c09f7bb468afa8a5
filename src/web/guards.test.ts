import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Account } from '../compliance/accounts.ts'
import { loginLimit } from '../compliance/login-limit.ts'
import { rangeHeaders, rangeOf } from './answers.ts'
import { openSessions } from './sessions.ts'

let at = Date.parse('2026-11-24T10:00:00Z')
const now = () => new Date(at)
const later = (seconds: number) => {
  at += seconds * 1000
}

const account: Account = {
  id: 'u:0123456789abcdef',
  name: 'someone',
  roles: ['clinician'],
  mustChangePassword: false,
  secondFactor: 'off',
  secondFactorRequired: false,
  provider: '',
  disabled: false,
  createdAt: '',
  passwordSetAt: '2026-01-01',
}

const HERE = { address: '10.0.0.1', userAgent: 'test' }

describe('sessions', () => {
  it('have ids nobody guesses, new ones each time', () => {
    const sessions = openSessions(now)
    const [one, two] = [sessions.begin(account, HERE), sessions.begin(account, HERE)]
    expect(one.id).toMatch(/^[\w-]{43}$/)
    expect(one.id).not.toBe(two.id)
    expect(one.csrf).not.toBe(two.csrf)
    expect(sessions.use(one.id)?.account).toBe(account.id)
    expect(sessions.use('no such id')).toBeUndefined()
  })

  it('end when nobody used them for a while, and not before', () => {
    const sessions = openSessions(now, { idleSeconds: 60, absoluteSeconds: 3600 })
    const { id } = sessions.begin(account, HERE)
    for (let times = 0; times < 10; times += 1) {
      later(59)
      expect(sessions.use(id)).toBeDefined()
    }
    later(60)
    expect(sessions.use(id)).toBeUndefined()
  })

  it('are not kept by a page that asks by itself while nobody touches it', () => {
    const sessions = openSessions(now, { idleSeconds: 60, absoluteSeconds: 3600 })
    const [watched, streamed] = [sessions.begin(account, HERE), sessions.begin(account, HERE)]
    for (const idle of [20, 40]) {
      later(20)
      expect(sessions.use(watched.id, idle)).toBeDefined()
      expect(sessions.use(streamed.id, Number.POSITIVE_INFINITY)).toBeDefined()
    }
    later(20)
    expect(sessions.use(watched.id, 60)).toBeUndefined()
    expect(sessions.use(streamed.id, Number.POSITIVE_INFINITY)).toBeUndefined()
  })

  it('are told once when they ended by themselves, and why, and not when they were ended', () => {
    const sessions = openSessions(now, { idleSeconds: 60, absoluteSeconds: 100 })
    const [used, forgotten, asked, closed] = [1, 2, 3, 4].map(() => sessions.begin(account, HERE))
    sessions.end(closed?.id ?? '')
    later(50)
    sessions.use(used?.id ?? '')
    later(50)
    expect(sessions.use(asked?.id ?? '')).toBeUndefined()
    expect(sessions.of(account.id)).toEqual([])
    const told = sessions.sweep().map(([{ tail }, why]) => [tail, why])
    expect(told.sort()).toEqual([used, forgotten, asked].map((one) => [one?.tail, 'absolute']).sort())
    expect(sessions.sweep()).toEqual([])
    const { tail } = sessions.begin(account, HERE)
    later(60)
    expect(sessions.sweep().map(([one, why]) => [one.tail, why])).toEqual([[tail, 'idle']])
  })

  it('end after their time, however much used', () => {
    const sessions = openSessions(now, { idleSeconds: 60, absoluteSeconds: 300 })
    const { id } = sessions.begin(account, HERE)
    for (let times = 0; times < 5; times += 1) {
      later(59)
      expect(sessions.use(id)).toBeDefined()
    }
    later(5)
    expect(sessions.use(id)).toBeUndefined()
  })

  it('end one by one and all of an account', () => {
    const sessions = openSessions(now)
    const [one, two, other] = [
      sessions.begin(account, HERE),
      sessions.begin(account, HERE),
      sessions.begin({ ...account, id: 'u:x' }, HERE),
    ]
    sessions.end(one.id)
    expect(sessions.use(one.id)).toBeUndefined()
    sessions.endAll(account.id)
    expect(sessions.use(two.id)).toBeUndefined()
    expect(sessions.use(other.id)).toBeDefined()
  })
})

describe('guessing passwords', () => {
  it('is stopped after five attempts at a name from one address, for a quarter of an hour', () => {
    const limit = loginLimit(now)
    for (let times = 0; times < 5; times += 1) expect(limit.attempt('Admin', '10.0.0.1')).toBe(0)
    expect(limit.attempt('admin ', '10.0.0.1')).toBe(900)
    later(600)
    expect(limit.attempt('admin', '10.0.0.1')).toBe(300)
    later(300)
    expect(limit.attempt('admin', '10.0.0.1')).toBe(0)
  })

  it('leaves the same name free from elsewhere, and other names from there', () => {
    const limit = loginLimit(now)
    for (let times = 0; times < 9; times += 1) limit.attempt('admin', '10.0.0.1')
    expect(limit.attempt('admin', '10.0.0.2')).toBe(0)
    expect(limit.attempt('nurse', '10.0.0.1')).toBe(0)
  })

  it('is stopped for an address that tries many names, and for a name tried from many addresses', () => {
    const limit = loginLimit(now)
    for (let times = 0; times < 60; times += 1) limit.attempt(`name${times}`, '10.0.0.1')
    expect(limit.attempt('another', '10.0.0.1')).toBeGreaterThan(0)
    for (let times = 0; times < 60; times += 1) limit.attempt('admin', `10.0.1.${times}`)
    expect(limit.attempt('admin', '10.0.2.1')).toBeGreaterThan(0)
  })

  it('is forgotten by a right password', () => {
    const limit = loginLimit(now)
    for (let times = 0; times < 100; times += 1) {
      expect(limit.attempt('nurse', '10.0.0.9')).toBe(0)
      limit.succeeded('nurse', '10.0.0.9')
    }
  })
})

describe('byte ranges (RFC 9110 section 14)', () => {
  it.each([
    ['bytes=0-9', 100, 0, 10],
    ['bytes=90-', 100, 90, 100],
    ['bytes=-5', 100, 95, 100],
    ['bytes=-500', 100, 0, 100],
    ['bytes=90-500', 100, 90, 100],
    ['BYTES= 0-0', 1, 0, 1],
  ])('%s of %i is %i to %i', (header, size, start, end) => {
    expect(rangeOf(header, size)).toEqual({ start, end })
  })

  it.each(['', 'bytes=', 'bytes=-', 'bytes=5-2', 'bytes=0-1,3-4', 'lines=0-1', 'bytes=a-b'])(
    'ignores %j, and gives the whole',
    (header) => {
      expect(rangeOf(header, 100)).toBeUndefined()
    },
  )

  it.each([
    ['bytes=100-', 100],
    ['bytes=-0', 100],
    ['bytes=0-', 0],
  ])('refuses %s of %i', (header, size) => {
    expect(() => rangeOf(header, size)).toThrow(`outside the ${size} bytes`)
  })

  it('lie inside, whatever is asked', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 1e9 }), (from, to, size) => {
        for (const header of [`bytes=${from}-${to}`, `bytes=${from}-`, `bytes=-${to}`])
          try {
            const range = rangeOf(header, size)
            if (range === undefined) continue
            expect(range.start).toBeGreaterThanOrEqual(0)
            expect(range.end).toBeGreaterThan(range.start)
            expect(range.end).toBeLessThanOrEqual(size)
          } catch (error) {
            expect(error).toMatchObject({ http: 416 })
          }
      }),
    )
  })

  it('are named with both ends counted', () => {
    expect(rangeHeaders({ start: 2, end: 5 }, 10)).toMatchObject({
      'content-range': 'bytes 2-4/10',
      'content-length': 3,
    })
  })
})
