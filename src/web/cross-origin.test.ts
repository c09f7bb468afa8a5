import { afterAll, describe, expect, it } from 'vitest'
import { memoryArchive, webDoor } from '../../test/support/web-door.ts'

const VIEWER = 'https://viewer.example'
const door = await webDoor(memoryArchive(), { origins: [VIEWER] })
const shut = await webDoor(memoryArchive())
afterAll(() => Promise.all([door.close(), shut.close()]))

const PREFLIGHT = { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' }
const ask = (url: string, origin: string, more: Record<string, string> = {}, method = 'GET') =>
  fetch(url, { method, headers: { origin, ...more } })
const allowed = (response: Response) => response.headers.get('access-control-allow-origin')

describe('pages of other origins', () => {
  it.each(['/dicom-web/studies', '/wado', '/fhir/metadata'])('may ask for %s when they are named', async (path) => {
    const preflight = await ask(door.url + path, VIEWER, PREFLIGHT, 'OPTIONS')
    expect([preflight.status, allowed(preflight)]).toEqual([204, VIEWER])
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/Authorization.*If-None-Match.*Range/)
    const answer = await ask(door.url + path, VIEWER)
    expect(allowed(answer)).toBe(VIEWER)
    expect(answer.headers.get('access-control-expose-headers')).toMatch(/Content-Range.*ETag.*Link/)
    expect(answer.headers.get('vary')).toContain('origin')
  })

  it('are told of failures too', async () => {
    const answer = await ask(`${door.url}/dicom-web/studies?NoSuchKey=1`, VIEWER)
    expect([answer.status, allowed(answer)]).toEqual([400, VIEWER])
  })

  it('never get what our cookie opens', async () => {
    for (const method of ['GET', 'OPTIONS']) {
      const answer = await ask(`${door.url}/dicom-web/studies`, VIEWER, method === 'GET' ? {} : PREFLIGHT, method)
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
    }
  })

  it.each(['/api/studies', '/api/session', '/log', '/'])('may not ask for %s', async (path) => {
    expect(allowed(await ask(door.url + path, VIEWER, PREFLIGHT, 'OPTIONS'))).toBeNull()
    expect(allowed(await ask(door.url + path, VIEWER))).toBeNull()
  })

  it.each(['https://other.example', 'https://viewer.example.evil.example', 'null'])(
    'are refused as %s',
    async (origin) => {
      const url = `${door.url}/dicom-web/studies`
      expect(allowed(await ask(url, origin, PREFLIGHT, 'OPTIONS'))).toBeNull()
      const answer = await ask(url, origin)
      expect([answer.status, allowed(answer)]).toEqual([403, null])
    },
  )

  it('are all refused when none is named', async () => {
    const preflight = await ask(`${shut.url}/dicom-web/studies`, VIEWER, PREFLIGHT, 'OPTIONS')
    expect([preflight.status, allowed(preflight)]).toEqual([403, null])
  })
})
