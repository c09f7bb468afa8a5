import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { memoryArchive, webDoor } from '../../../test/support/web-door.ts'
import { gather } from '../../base/bytes.ts'
import { T } from '../../dicom/dictionary.ts'
import type { DicomJson } from '../../dicom/json.ts'
import { nativeXml } from '../../dicom/native-xml.ts'
import { type ReadResult, readWhole } from '../../dicom/reader.ts'
import { uid } from '../../dicom/uid.ts'
import { int, text } from '../../dicom/values.ts'

const archive = memoryArchive()
const door = await webDoor(archive)
afterAll(() => door.close())

/** What came, in the order in which it came. */
const taken: ReadResult[] = []
beforeEach(() => {
  taken.length = 0
  archive.arrivals.length = 0
  archive.take = async ({ bytes }) => {
    const read = readWhole(await gather(bytes), { format: 'part10', keepUpTo: 100_000 })
    taken.push(read)
    const key = { study: uid('1.2.3'), series: uid('1.2.3.4'), instance: uid(text(read.dataSet, T.SOPInstanceUID)) }
    return { outcome: 'stored', key, sopClass: text(read.dataSet, T.SOPClassUID), ds: '', version: 1, leniencies: [] }
  }
})

const instance = (name: string, more: DicomJson = {}): DicomJson => ({
  '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
  '00080018': { vr: 'UI', Value: [name] },
  '7FE00010': { vr: 'OW', BulkDataURI: `${name}/pixels` },
  ...more,
})
const part = (type: string, body: string | Buffer, location = ''): Buffer =>
  Buffer.concat([
    Buffer.from(`--b\r\nContent-Type: ${type}\r\n${location === '' ? '' : `Content-Location: ${location}\r\n`}\r\n`),
    Buffer.from(body),
    Buffer.from('\r\n'),
  ])
const json = (...objects: readonly unknown[]) => part('application/dicom+json', JSON.stringify(objects))
const pixels = (name: string, bytes: readonly number[], type = 'application/octet-stream', more = '') =>
  part(type, Buffer.from(bytes), `${name}/pixels${more}`)

interface Stored {
  readonly status: number
  readonly stored: readonly string[]
  readonly failed: readonly string[]
  readonly others: readonly string[]
}

async function post(parts: readonly Buffer[], type = 'application/dicom+json'): Promise<Stored> {
  const response = await fetch(`${door.dicomweb}/studies`, {
    method: 'POST',
    headers: { 'content-type': `multipart/related; type="${type}"; boundary=b` },
    body: new Uint8Array(Buffer.concat([...parts, Buffer.from('--b--\r\n')])),
  })
  const answer = (await response.json()) as Record<string, { Value?: Record<string, { Value?: string[] }>[] }>
  const list = (sequence: string, tag: string) =>
    (answer[sequence]?.Value ?? []).map((one) => one[tag]?.Value?.[0] ?? '')
  return {
    status: response.status,
    stored: list('00081199', '00081155'),
    failed: list('00081198', '00091002'),
    others: list('0008119A', '00091002'),
  }
}

const JPEG = Buffer.from('ffd8ffc0000b080010002001011100ffda00080101000000ffd9', 'hex')

describe('STOW-RS with metadata and bulk data (PS3.18 section 10.5.2)', () => {
  it('makes the object of its attributes and its pixels, and says where that came from', async () => {
    expect(await post([json(instance('1.2.9')), pixels('1.2.9', [1, 2, 3, 4])])).toEqual({
      status: 200,
      stored: ['1.2.9'],
      failed: [],
      others: [],
    })
    expect(taken[0]?.transferSyntax).toBe('1.2.840.10008.1.2.1')
    const { arrival } = archive.arrivals[0] ?? {}
    expect(arrival?.door).toBe('stow')
    expect(arrival?.assembled?.metadata).toBe('application/dicom+json')
    expect(arrival?.assembled?.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('takes XML, a part for each instance', async () => {
    const xml = (name: string) => part('application/dicom+xml', nativeXml(instance(name)))
    const { stored } = await post(
      [xml('1.2.1'), xml('1.2.2'), pixels('1.2.2', [1, 2]), pixels('1.2.1', [3, 4])],
      'application/dicom+xml',
    )
    expect(stored).toEqual(['1.2.1', '1.2.2'])
  })

  it('takes what needs no bulk data', async () => {
    const { '7FE00010': _, ...report } = instance('1.2.9')
    expect((await post([json(report)])).stored).toEqual(['1.2.9'])
  })

  it('stores each instance as soon as its bulk data are there, and lets them go', async () => {
    const held: number[] = []
    const { take } = archive
    archive.take = async (arrival) => {
      held.push(archive.held)
      return take(arrival)
    }
    const names = ['1.2.1', '1.2.2', '1.2.3']
    await post([json(...names.map((name) => instance(name))), ...names.map((name) => pixels(name, [1, 2]))])
    expect(held).toHaveLength(3)
    expect(archive.held).toBe(0)
  })

  it('gives bulk data to every instance that names them', async () => {
    const shared = { '7FE00010': { vr: 'OW', BulkDataURI: 'one/pixels' } } as const
    const { stored } = await post([json(instance('1.2.1', shared), instance('1.2.2', shared)), pixels('one', [1, 2])])
    expect(stored).toEqual(['1.2.1', '1.2.2'])
    expect(archive.held).toBe(0)
  })

  it('knows a relative address and a whole one for the same', async () => {
    const whole = { '7FE00010': { vr: 'OW', BulkDataURI: `${door.dicomweb}/studies/1.2.9/pixels` } } as const
    expect((await post([json(instance('1.2.9', whole)), pixels('1.2.9', [1, 2])])).stored).toEqual(['1.2.9'])
  })

  it('makes a compressed object of compressed pixels, and completes its description from them', async () => {
    await post([json(instance('1.2.9')), pixels('1.2.9', [...JPEG], 'image/jpeg')])
    const [read] = taken
    expect(read?.transferSyntax).toBe('1.2.840.10008.1.2.4.50')
    if (read === undefined) return
    expect([int(read.dataSet, T.Rows), int(read.dataSet, T.Columns), int(read.dataSet, T.BitsStored)]).toEqual([
      16, 32, 8,
    ])
    expect(text(read.dataSet, T.PhotometricInterpretation)).toBe('MONOCHROME2')
    expect(text(read.dataSet, T.LossyImageCompression)).toBe('01')
  })

  it('takes the frames of a compressed image one by one, under one address or each its own', async () => {
    const two = { '00280008': { vr: 'IS', Value: [2] } } as const
    const frame = (more: string) => pixels('1.2.9', [...JPEG], 'image/jpeg', more)
    for (const [first, second] of [
      ['', ''],
      ['/frames/1', '/frames/2'],
    ] as const)
      expect((await post([json(instance('1.2.9', two)), frame(first), frame(second)])).stored).toEqual(['1.2.9'])
    expect(taken[1]?.dataSet.elements.get(T.PixelData)?.value).toMatchObject({ kind: 'fragments' })
  })

  it('believes the transfer syntax that is stated', async () => {
    const type = 'image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.51'
    await post([json(instance('1.2.9')), pixels('1.2.9', [...JPEG], type)])
    expect(taken[0]?.transferSyntax).toBe('1.2.840.10008.1.2.4.51')
  })

  it('says of each refused instance why, and stores the rest', async () => {
    const wrong = { '00280010': { vr: 'US', Value: ['many'] } } as unknown as DicomJson
    const answer = await post([
      json(instance('1.2.1'), instance('1.2.2', wrong), instance('1.2.3')),
      pixels('1.2.2', [1, 2]),
      pixels('1.2.3', [1, 2]),
    ])
    expect(answer.status).toBe(202)
    expect(answer.stored).toEqual(['1.2.3'])
    expect(answer.failed).toEqual([
      'Bulk data of 7FE00010 did not come. Send it by its Content-Location.',
      expect.stringContaining('a value is no US'),
    ])
  })

  it('tells of a part that belongs to nothing', async () => {
    const answer = await post([json(instance('1.2.9')), pixels('1.2.9', [1, 2]), pixels('other', [1, 2])])
    expect(answer.status).toBe(202)
    expect(answer.others).toEqual([expect.stringContaining('no Content-Location that a BulkDataURI')])
  })

  it.each([
    ['attributes that are no JSON', [part('application/dicom+json', '{')], 'not JSON'],
    ['attributes in another encoding', [part('application/dicom+json', Buffer.from([0x22, 0xff, 0x22]))], 'UTF-8'],
  ])('refuses %s as a whole', async (_, parts, why) => {
    const response = await fetch(`${door.dicomweb}/studies`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/related; type="application/dicom+json"; boundary=b' },
      body: new Uint8Array(Buffer.concat([...parts, Buffer.from('--b--\r\n')])),
    })
    expect(response.status).toBe(400)
    expect(((await response.json()) as { fact: string }).fact).toContain(why)
  })

  it('refuses what is no attribute list at all, and does not fall over how deep it is', async () => {
    expect((await post([json(5)])).status).toBe(409)
    const deep = `${'{"0040A730":{"vr":"SQ","Value":['.repeat(5000)}${']}}'.repeat(5000)}`
    const { failed, others } = await post([part('application/dicom+json', `[${deep}]`)])
    expect([...failed, ...others]).toEqual([expect.stringContaining('limit depth')])
  })
})
