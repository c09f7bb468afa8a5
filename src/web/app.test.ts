import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { memoryArchive, webDoor } from '../../test/support/web-door.ts'

const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-app-'))
const folder = join(scratch, 'app')
mkdirSync(join(folder, 'assets'), { recursive: true })
writeFileSync(join(scratch, 'secret.txt'), 'secret')
writeFileSync(join(folder, 'index.html'), '<!doctype html><title>page</title>')
writeFileSync(join(folder, 'mark.svg'), '<svg/>')
writeFileSync(join(folder, 'assets', 'main-1a2b3c.js'), 'run()')
writeFileSync(join(folder, '.hidden.txt'), 'hidden')

const door = await webDoor(memoryArchive(), { appFolder: folder })
const bare = await webDoor(memoryArchive(), { appFolder: join(scratch, 'nothing') })
afterAll(async () => {
  await door.close()
  await bare.close()
  rmSync(scratch, { recursive: true })
})

describe('the app', () => {
  it.each(['/', '/study/1.2.3', '/admin/callers?x=1', '/index.html'])(
    'answers %s with its page, asked for anew each time',
    async (path) => {
      const response = await fetch(door.url + path)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toContain('text/html')
      expect(response.headers.get('cache-control')).toMatch(/no-cache|max-age=0/)
      expect(await response.text()).toContain('<title>page</title>')
    },
  )

  it('lets browsers keep for ever what has its digest in its name, and only that', async () => {
    const asset = await fetch(`${door.url}/assets/main-1a2b3c.js`)
    expect(asset.headers.get('content-type')).toContain('javascript')
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    const mark = await fetch(`${door.url}/mark.svg`)
    expect(mark.headers.get('cache-control')).not.toContain('immutable')
  })

  it.each([
    '/assets/gone-000000.js',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/.hidden.txt',
    '/%2ehidden.txt',
    '/x%00.js',
    '/api/nothing',
    '/dicom-web/nothing',
  ])('has nothing at %s', async (path) => {
    const response = await fetch(door.url + path)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('refuses an address that cannot be read', async () => {
    const response = await fetch(`${door.url}/%ff.js`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('answers nothing but reading', async () => {
    expect((await fetch(`${door.url}/`, { method: 'POST' })).status).toBe(404)
  })

  it('says how to build it when it is not built', async () => {
    const response = await fetch(`${bare.url}/`)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('npm run build')
  })
})
