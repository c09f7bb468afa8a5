/**
 * Passwords: scrypt (RFC 7914) with its parameters beside the hash, so that they can be raised later without asking
 * anyone for a new password.
 *
 * One hash takes 128 MiB and a third of a second on purpose. They run one after another, off the main thread, and the
 * queue is bounded: a storm of guesses must not take the memory or the time of those who work.
 */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { ArchiveError } from '../base/errors.ts'

/** OWASP's first choice: N=2^17, r=8, p=1. */
const COST = { N: 2 ** 17, r: 8, p: 1 }
const KEY_BYTES = 32
const WAITING_AT_MOST = 32

let tail: Promise<unknown> = Promise.resolve()
let waiting = 0

/** @throws {ArchiveError} `STORE_BUSY` when too many wait already */
async function derive(password: string, salt: Buffer, { N, r, p }: typeof COST): Promise<Buffer> {
  if (waiting >= WAITING_AT_MOST) throw new ArchiveError('STORE_BUSY')
  waiting += 1
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r }
  // NFKC: the same word typed on two keyboards is the same password.
  const mine = tail.then(
    () =>
      new Promise<Buffer>((resolve, reject) => {
        scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
          error === null ? resolve(key) : reject(error),
        )
      }),
  )
  tail = mine.catch(() => undefined)
  try {
    return await mine
  } finally {
    waiting -= 1
  }
}

const text = (cost: typeof COST, salt: Buffer, key: Buffer) =>
  `scrypt$N=${cost.N},r=${cost.r},p=${cost.p}$${salt.toString('base64url')}$${key.toString('base64url')}`

/** A hash as it is stored: `scrypt$N=131072,r=8,p=1$salt$key`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return text(COST, salt, await derive(password, salt, COST))
}

/** A hash no password has: checked against for names nobody has, so that both answers take the same time. */
const NOBODY = text(COST, randomBytes(16), randomBytes(KEY_BYTES))

/** Is it this password? `hash` undefined: no, after the time an answer takes. */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, N, r, p, salt, key] = /^scrypt\$N=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(hash ?? NOBODY) ?? []
  if (salt === undefined || key === undefined)
    throw new ArchiveError('DEFECT', { what: 'a password hash of unknown form' })
  const expected = Buffer.from(key, 'base64url')
  const actual = await derive(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) })
  return timingSafeEqual(actual, expected) && hash !== undefined
}

/** Without the look-alikes 0 O 1 l I: it is read from a terminal and typed. */
const LETTERS = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** A password for one use, about 116 bits: five groups of four letters. */
export function oneTimePassword(): string {
  const groups = Array.from({ length: 5 }, () => {
    let group = ''
    while (group.length < 4) {
      const letter = LETTERS[(randomBytes(1)[0] ?? 255) % 64]
      if (letter !== undefined) group += letter
    }
    return group
  })
  return groups.join('-')
}
