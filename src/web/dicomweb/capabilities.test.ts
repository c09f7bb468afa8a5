import { afterAll, describe, expect, it } from 'vitest'
import { memoryArchive, webDoor } from '../../../test/support/web-door.ts'

const door = await webDoor(memoryArchive())
afterAll(() => door.close())

const options = (path: string, accept = '*/*') => fetch(door.url + path, { method: 'OPTIONS', headers: { accept } })
interface Told {
  readonly base: string
  readonly resources: readonly { readonly path: string; readonly methods: readonly { readonly name: string }[] }[]
}
const told = async (path: string) => (await (await options(path, 'application/json')).json()) as Told

describe('capabilities (PS3.18 section 8.9)', () => {
  it('are WADL unless JSON is wanted', async () => {
    const wadl = await options('/dicom-web')
    expect(wadl.headers.get('content-type')).toBe('application/vnd.sun.wadl+xml')
    expect(await wadl.text()).toContain(`<resources base="${door.dicomweb}/">`)
    expect((await told('/dicom-web')).base).toBe(door.dicomweb)
    expect((await options('/dicom-web', 'text/csv')).status).toBe(406)
  })

  it('name everything at the root, and one resource at its address', async () => {
    const { resources } = await told('/dicom-web/')
    expect(resources.length).toBeGreaterThan(20)
    expect((await told('/dicom-web/studies/1.2/series/1.3')).resources.map(({ path }) => path)).toEqual([
      'studies/{study}/series/{series}',
    ])
    const bulk = await told('/dicom-web/studies/1.2/series/1.3/instances/1.4/bulkdata/54000100/1/54001010')
    expect(bulk.resources[0]?.path).toBe('studies/{study}/series/{series}/instances/{instance}/bulkdata/{path}')
  })

  it('say which methods may be used', async () => {
    expect((await options('/dicom-web/studies')).headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS')
    expect((await options('/dicom-web/series')).headers.get('allow')).toBe('GET, HEAD, OPTIONS')
    expect((await told('/wado')).resources).toMatchObject([{ path: 'wado', methods: [{ name: 'GET' }] }])
  })

  it('are not given of what is not there', async () => {
    for (const path of ['/dicom-web/patients', '/dicom-web/studies/1/2/3', '/dicom-web/studies//series'])
      expect((await options(path)).status).toBe(404)
  })
})
