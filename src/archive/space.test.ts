import { describe, expect, it } from 'vitest'
import { ArchiveError } from '../base/errors.ts'
import type { Files } from '../storage/files/files.ts'
import { isNoSpace, openSpace } from './space.ts'

const MIB = 1024 * 1024

/** A disk of which only the free space matters here. */
function disk(free: number) {
  let time = 0
  let asked = 0
  const seen = { free }
  const files = {
    space: async () => {
      asked += 1
      return { free: seen.free, total: 1000 * MIB }
    },
  } as Partial<Files> as Files
  const space = openSpace({ files, folder: '/data', reserveBytes: 100 * MIB, now: () => new Date(time) })
  return {
    space,
    seen,
    pass: (ms: number) => {
      time += ms
    },
    asked: () => asked,
  }
}

describe('room on the disk', () => {
  it('takes what leaves the reserve alone', async () => {
    const { space } = disk(110 * MIB)
    await space.claim(10 * MIB)
    await expect(space.claim(1)).rejects.toMatchObject({ code: 'STORE_NO_SPACE' })
  })

  it('counts what is in hand against the disk, and no more once it left', async () => {
    const { space, pass } = disk(110 * MIB)
    await space.claim(8 * MIB)
    pass(2000)
    await expect(space.claim(4 * MIB)).rejects.toMatchObject({ code: 'STORE_NO_SPACE' })
    space.release(8 * MIB) // refused elsewhere: it never reached the disk
    await space.claim(4 * MIB)
  })

  it('goes on by itself when there is room again', async () => {
    const { space, seen } = disk(100 * MIB)
    await expect(space.claim(1)).rejects.toMatchObject({ code: 'STORE_NO_SPACE' })
    seen.free = 200 * MIB
    await space.claim(1)
  })

  it('asks the file system once a second or every 16 MiB, not for every object', async () => {
    const { space, asked, pass } = disk(900 * MIB)
    for (let at = 0; at < 100; at += 1) {
      await space.claim(1000)
      space.release(1000)
    }
    expect(asked()).toBe(1)
    pass(1001)
    await space.claim(1000)
    expect(asked()).toBe(2)
    await space.claim(17 * MIB)
    space.release(17 * MIB)
    await space.claim(1)
    expect(asked()).toBe(3)
  })
})

describe('a full disk', () => {
  it('is known by the system’s word, wherever in the chain of causes it stands', () => {
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' })
    expect(isNoSpace(full)).toBe(true)
    expect(isNoSpace(new ArchiveError('STORE_WRITE_FAILED', {}, { cause: full }))).toBe(true)
    expect(isNoSpace(Object.assign(new Error('full'), { code: 'SQLITE_FULL' }))).toBe(true)
    expect(isNoSpace(Object.assign(new Error('io'), { code: 'EIO' }))).toBe(false)
    expect(isNoSpace(new ArchiveError('STORE_WRITE_FAILED'))).toBe(false)
  })
})
