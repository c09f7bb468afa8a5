import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { memoryArchive, SERIES, STUDY, webDoor } from '../../../test/support/web-door.ts'

const archive = memoryArchive()
const door = await webDoor(archive)
afterAll(() => door.close())
archive.add({ uid: '1.4.1', bytes: Buffer.from('first object'), frames: [Buffer.from('one'), Buffer.from('two')] })
archive.add({ uid: '1.4.2', bytes: Buffer.from('second object'), frames: [Buffer.from('three')] })
beforeEach(() => {
  archive.looks = 0
})

const study = `/dicom-web/studies/${STUDY}`
const instance = `${study}/series/${SERIES}/instances/1.4.1`
const ask = (path: string, headers: Record<string, string> = {}) => fetch(door.url + path, { headers })

describe('what was given out and is asked for again (RFC 9110 section 13)', () => {
  it.each([
    ['a study', study, '*/*'],
    ['a study as a ZIP', study, 'application/zip'],
    ['an instance', instance, 'application/dicom'],
    ['metadata', `${study}/metadata`, '*/*'],
    ['one frame', `${instance}/frames/1`, 'application/octet-stream'],
    ['frames', `${instance}/frames/1,2`, '*/*'],
    ['bulk data', `${instance}/bulkdata/7FE00010`, '*/*'],
    ['bulk data in a multipart', `${instance}/bulkdata/7FE00010`, 'multipart/related; type="application/octet-stream"'],
    ['pixel data', `${study}/pixeldata`, '*/*'],
    ['pixel data of one instance', `${instance}/pixeldata`, 'application/octet-stream'],
    ['a picture', `${instance}/rendered?window=40,400,linear`, '*/*'],
    ['pictures', `${study}/rendered`, '*/*'],
    ['a thumbnail', `${study}/thumbnail`, '*/*'],
    ['an object by WADO-URI', `/wado?requestType=WADO&studyUID=${STUDY}&seriesUID=${SERIES}&objectUID=1.4.1`, '*/*'],
  ])('%s is not given again to who has it, and he is on record as having looked', async (_, path, accept) => {
    const first = await ask(path, { accept })
    expect(first.status).toBe(200)
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^(W\/)?"[^"]+"$/)
    expect(first.headers.get('cache-control')).toBe('private, no-cache')
    expect(first.headers.get('vary')).toMatch(/^accept, origin/)
    await first.arrayBuffer()
    archive.looks = 0
    for (const known of [etag, `"other", ${etag.replace(/^W\//, '')}`, '*']) {
      const again = await ask(path, { accept, 'if-none-match': known })
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, ''])
    }
    expect(archive.looks).toBe(3)
    const other = await ask(path, { accept, 'if-none-match': '"other"' })
    expect([other.status, (await other.text()) === '']).toEqual([200, false])
    expect(archive.openStreams).toBe(0)
  })

  it('has another tag when it is to be made otherwise', async () => {
    const tagOf = async (path: string, accept = '*/*') => (await ask(path, { accept })).headers.get('etag')
    const tags = await Promise.all([
      tagOf(`${instance}/rendered`),
      tagOf(`${instance}/rendered`, 'image/png'),
      tagOf(`${instance}/rendered?quality=50`),
      tagOf(`${instance}/rendered?viewport=10,10`),
      tagOf(`${instance}/frames/1/rendered`),
      tagOf(`${instance}/frames/2/rendered`),
      tagOf(`${study}/series/${SERIES}/instances/1.4.2/rendered`),
    ])
    expect(new Set(tags).size).toBe(6) // the first frame is what the instance is shown by
  })

  it('gives a range in one part, whatever is accepted', async () => {
    const accept = 'multipart/related; type="application/octet-stream"'
    const answer = await ask(`${instance}/bulkdata/7FE00010`, { accept, range: 'bytes=0-4' })
    expect([answer.status, answer.headers.get('content-range')]).toEqual([206, 'bytes 0-4/12'])
    expect(await answer.text()).toBe('first')
  })
})
