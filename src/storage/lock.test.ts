import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockFolder, readHolder } from './lock.ts'

describe('the lock on a data folder', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clearkeep-lock-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('refuses a second holder and names the first, with its address once that is known', () => {
    const lock = lockFolder(folder, { pid: 4711, command: 'serve' })
    expect(() => lockFolder(folder, { pid: 1, command: 'import' })).toThrow('process 4711 (clearkeep serve)')
    lock.announce('http://127.0.0.1:8080')
    expect(() => lockFolder(folder, { pid: 1, command: 'import' })).toThrow('at http://127.0.0.1:8080')
    expect(() => lockFolder(folder, { pid: 1, command: 'import' })).toThrow('--server')
    lock.release()
  })

  it('is free again after its release, and nothing says otherwise', () => {
    const first = lockFolder(folder, { pid: 1, command: 'serve' })
    first.release()
    first.release()
    first.announce('http://nowhere')
    expect(existsSync(join(folder, 'lock.json'))).toBe(false)
    lockFolder(folder, { pid: 2, command: 'rebuild' }).release()
  })

  it('still refuses when it cannot be read who holds it', () => {
    const lock = lockFolder(folder, { pid: 1, command: 'serve' })
    rmSync(join(folder, 'lock.json'))
    expect(readHolder(folder)).toBeUndefined()
    expect(() => lockFolder(folder, { pid: 2, command: 'serve' })).toThrow('another process')
    lock.release()
  })

  it('dies with a process that is killed, and leaves the next one nothing to clear away', async () => {
    const program = `
      import { lockFolder } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)}
      lockFolder(${JSON.stringify(folder)}, { pid: process.pid, command: 'serve' })
      console.log('locked')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    expect(() => lockFolder(folder, { pid: 1, command: 'import' })).toThrow(`process ${child.pid}`)
    child.kill('SIGKILL')
    await once(child, 'exit')
    lockFolder(folder, { pid: 1, command: 'import' }).release()
  })
})
