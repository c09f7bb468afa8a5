import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { memoryArchive, webDoor } from '../../../test/support/web-door.ts'

const archive = memoryArchive()
const door = await webDoor(archive)
afterAll(() => door.close())
beforeEach(() => {
  archive.queries.length = 0
  archive.found = { results: [], truncated: false }
})

const search = (path: string, headers: Record<string, string> = {}) => fetch(door.dicomweb + path, { headers })

describe('QIDO-RS (PS3.18 section 10.6)', () => {
  it.each([
    ['/studies', { level: 'study' }],
    ['/series', { level: 'series' }],
    ['/instances', { level: 'instance' }],
    ['/studies/1.2/series', { level: 'series', study: '1.2' }],
    ['/studies/1.2/instances', { level: 'instance', study: '1.2' }],
    ['/studies/1.2/series/1.3/instances', { level: 'instance', study: '1.2', series: '1.3' }],
  ])('searches %s', async (path, query) => {
    expect((await search(`${path}?limit=5`)).status).toBe(200)
    expect(archive.queries).toEqual([
      { ...query, matches: [], include: 'default', fuzzy: false, limit: 5, raw: 'limit=5' },
    ])
  })

  it('answers with DICOM JSON, and an empty array when nothing matches', async () => {
    const response = await search('/studies?PatientID=nobody')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/dicom+json')
    expect(await response.text()).toBe('[]')
  })

  it('says where what it found is, under the address it was asked at', async () => {
    const result = (...tags: [string, string][]) =>
      Object.fromEntries(tags.map(([tag, uid]) => [tag, { vr: 'UI' as const, Value: [uid] }]))
    const url = async (path: string) => {
      const [first] = (await (await search(path)).json()) as Record<string, { Value: string[] }>[]
      return first?.['00081190']?.Value[0]
    }
    archive.found = {
      results: [result(['0020000D', '1.2'], ['0020000E', '1.3'], ['00080018', '1.4'])],
      truncated: false,
    }
    expect(await url('/studies')).toBe(`${door.dicomweb}/studies/1.2`)
    expect(await url('/series')).toBe(`${door.dicomweb}/studies/1.2/series/1.3`)
    expect(await url('/instances')).toBe(`${door.dicomweb}/studies/1.2/series/1.3/instances/1.4`)
    archive.found = { results: [result(['00080018', '1.4'])], truncated: false }
    expect(await url('/studies/1.2/series/1.3/instances')).toBe(`${door.dicomweb}/studies/1.2/series/1.3/instances/1.4`)
  })

  it('names addresses by the scheme a proxy in front says was used', async () => {
    archive.found = { results: [{ '0020000D': { vr: 'UI', Value: ['1.2'] } }], truncated: false }
    const [first] = (await (await search('/studies', { 'x-forwarded-proto': 'https' })).json()) as object[]
    expect(first).toMatchObject({ '00081190': { Value: [`${door.dicomweb.replace('http:', 'https:')}/studies/1.2`] } })
  })

  it('keeps the elements in order of their tags', async () => {
    const element = { vr: 'SH' as const }
    archive.found = {
      results: [{ '00080050': element, '0020000D': { vr: 'UI', Value: ['1.2'] }, '00200010': element }],
      truncated: false,
    }
    const [first] = (await (await search('/studies')).json()) as object[]
    expect(Object.keys(first ?? {})).toEqual(['00080050', '00081190', '0020000D', '00200010'])
  })

  it('warns when there is more than it gives', async () => {
    archive.found = { results: [], truncated: true }
    expect((await search('/studies')).headers.get('warning')).toMatch(/^299 \S+ "There are more/)
    archive.found = { results: [], truncated: false }
    expect((await search('/studies')).headers.get('warning')).toBeNull()
  })

  it('leads to the page after, and goes on behind a page for who counts with offset', async () => {
    archive.found = { results: [{}, {}], truncated: false, more: true, end: 'PLACE' }
    const link = (await search('/studies?limit=2&PatientName=A%2A')).headers.get('link')
    expect(link).toBe(`<${door.dicomweb}/studies?limit=2&PatientName=A*&after=PLACE>; rel="next"`)
    archive.found = { results: [{}], truncated: false, more: false, end: 'LAST' }
    expect((await search('/studies?PatientName=A*&limit=2&offset=2')).headers.get('link')).toBeNull()
    await search('/studies?PatientName=A*&offset=3')
    await search('/studies?PatientName=A*&offset=7')
    await search('/studies?PatientName=B*&offset=2')
    await search('/studies?after=THERE')
    const { queries } = archive
    expect(queries.map(({ offset, after }) => [offset, after])).toEqual([
      [undefined, undefined],
      [0, 'PLACE'],
      [0, 'LAST'],
      [7, undefined],
      [2, undefined],
      [undefined, 'THERE'],
    ])
  })

  it('refuses what it does not understand, naming the parameter', async () => {
    const response = await search('/studies?PatientNam=X')
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'BAD_REQUEST', fact: expect.stringContaining('PatientNam') })
    expect((await search('/studies/x/series')).status).toBe(400)
    expect((await search('/studies', { accept: 'text/csv' })).status).toBe(406)
    expect(archive.queries).toEqual([])
  })

  it('answers plain JSON to who asks for it, in the header or the address', async () => {
    expect((await search('/studies', { accept: 'application/json' })).headers.get('content-type')).toBe(
      'application/json',
    )
    expect((await search('/studies?accept=application/json')).headers.get('content-type')).toBe('application/json')
  })
})
