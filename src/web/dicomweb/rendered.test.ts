import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { memoryArchive, SERIES, STUDY, webDoor } from '../../../test/support/web-door.ts'

const archive = memoryArchive()
const door = await webDoor(archive)
afterAll(() => door.close())
beforeEach(() => {
  archive.kept.length = 0
  archive.pictures.length = 0
  archive.add({ uid: '1.2.9.1', frames: [] })
  archive.add({ uid: '1.2.9.2', frames: [Buffer.from('1')], rows: 10, columns: 20 })
  archive.add({ uid: '1.2.9.3', frames: ['1', '2', '3', '4', '5'].map((text) => Buffer.from(text)) })
  archive.add({ uid: '1.2.9.4', frames: [Buffer.from('1')] })
})

const series = `${door.dicomweb}/studies/${STUDY}/series/${SERIES}`
const instance = (name: string) => `${series}/instances/${name}`
const get = (url: string, accept = '*/*') => fetch(url, { headers: { accept } })

describe('rendered resources (PS3.18 section 10.4.1.1.3)', () => {
  it('gives an image as a JPEG unless another type is asked for', async () => {
    const response = await get(`${instance('1.2.9.2')}/rendered`)
    expect(response.headers.get('content-type')).toBe('image/jpeg')
    expect(await response.text()).toBe('picture of frame 1')
    expect((await get(`${instance('1.2.9.2')}/rendered`, 'image/png')).headers.get('content-type')).toBe('image/png')
    expect((await get(`${instance('1.2.9.2')}/rendered?accept=image/gif`)).headers.get('content-type')).toBe(
      'image/gif',
    )
  })

  it('hands window, viewport and quality on', async () => {
    await get(`${instance('1.2.9.2')}/rendered?window=40,400,linear&viewport=64,64,5,0,10,-5&quality=75`)
    expect(archive.pictures[0]?.ask).toEqual({
      type: 'image/jpeg',
      quality: 75,
      window: { center: 40, width: 400, function: 'LINEAR', explanation: '' },
      within: { width: 64, height: 64 },
      region: { left: 5, top: 0, width: 10, height: 5, mirrored: false, upsideDown: true },
    })
  })

  it('gives the frames that are named, a part each', async () => {
    const response = await get(`${instance('1.2.9.3')}/frames/2,4/rendered`)
    expect(response.headers.get('content-type')).toMatch(/^multipart\/related; type="image\/jpeg"/)
    const text = await response.text()
    expect(text).toContain('picture of frame 2')
    expect(text).toContain(`Content-Location: ${instance('1.2.9.3')}/frames/4/rendered`)
    expect((await get(`${instance('1.2.9.3')}/frames/6/rendered`)).status).toBe(404)
    expect(await (await get(`${instance('1.2.9.3')}/frames/3/rendered`)).text()).toBe('picture of frame 3')
  })

  it('gives a series a part an image, passing over what has none', async () => {
    await (await get(`${series}/rendered`)).text()
    expect(archive.pictures.map((one) => one.instance)).toEqual(['1.2.9.2', '1.2.9.3', '1.2.9.4'])
  })

  it('says which parameters it does not follow', async () => {
    const response = await get(`${instance('1.2.9.2')}/rendered?annotation=patient,institution`)
    expect(response.headers.get('warning')).toBe('299 clearkeep "not followed: annotation"')
    expect(archive.pictures.at(-1)?.ask.annotations).toEqual(['patient'])
    const gif = await get(`${instance('1.2.9.2')}/rendered?iccprofile=srgb`, 'image/gif')
    expect(gif.headers.get('warning')).toBe('299 clearkeep "not followed: iccprofile"')
  })

  it('hands annotation and colours on', async () => {
    await get(`${instance('1.2.9.2')}/rendered?annotation=patient,technique&iccprofile=srgb`)
    expect(archive.pictures.at(-1)?.ask).toMatchObject({ annotations: ['patient', 'technique'], colours: 'srgb' })
    await get(`${instance('1.2.9.2')}/thumbnail?annotation=patient&window=40,400,linear&iccprofile=yes`)
    expect(archive.pictures.at(-1)?.ask).toMatchObject({
      annotations: ['patient'],
      colours: 'own',
      window: { center: 40 },
      within: { width: 192, height: 192 },
    })
  })

  it('shows a presentation state by its images, and says how many are not here', async () => {
    archive.add({ uid: '1.2.9.5', frames: [], sopClass: '1.2.840.10008.5.1.4.1.1.11.1' })
    const [image, clip] = [archive.kept[1]?.record, archive.kept[2]?.record]
    if (image === undefined || clip === undefined) throw new Error('no images')
    archive.presented = async () => ({
      images: [
        { record: image, frames: [1] },
        { record: clip, frames: [2, 3] },
      ],
      absent: 1,
      lacking: ['overlays'],
    })
    const response = await get(`${instance('1.2.9.5')}/rendered?viewport=64,64,1,1,2,2`)
    expect(response.headers.get('warning')).toBe(
      '299 clearkeep "not followed: region of the viewport, overlays, 1 images of the presentation state, which are not here"',
    )
    expect(await response.text()).toContain(`Content-Location: ${instance('1.2.9.3')}/frames/3/rendered`)
    expect(archive.pictures.map((one) => `${one.instance} ${one.frame}`)).toEqual([
      '1.2.9.2 1',
      '1.2.9.3 2',
      '1.2.9.3 3',
    ])
    expect(archive.pictures[0]?.ask.state?.key.instance).toBe('1.2.9.5')
    expect(archive.pictures[0]?.ask).not.toHaveProperty('region')
  })

  it('gives a report as a page or as text, in which nothing is markup', async () => {
    const concept = (CodeMeaning: string) => ({ vr: 'SQ', Value: [{ '00080104': { vr: 'LO', Value: [CodeMeaning] } }] })
    const item = {
      '0040A040': { vr: 'CS', Value: ['TEXT'] },
      '0040A043': concept('Finding'),
      '0040A160': { vr: 'UT', Value: ['<script>alert(1)</script> & more'] },
    }
    const report = {
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'A^B' }] },
      '0040A040': { vr: 'CS', Value: ['CONTAINER'] },
      '0040A043': concept('Radiology "Report"'),
      '0040A730': { vr: 'SQ', Value: [item] },
    }
    const { metadata } = archive
    archive.metadata = async function* () {
      yield JSON.stringify(report)
    }
    try {
      const page = await get(`${instance('1.2.9.1')}/rendered`)
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(page.headers.get('content-security-policy')).toContain('sandbox')
      const html = await page.text()
      expect(html).toContain('<h1>Radiology &quot;Report&quot;</h1>')
      expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; more')
      expect(html).not.toContain('<script')
      const plain = await (await get(`${instance('1.2.9.1')}/rendered`, 'text/plain')).text()
      expect(plain).toContain('Finding: <script>alert(1)</script> & more')
      expect((await get(`${instance('1.2.9.1')}/rendered`, 'image/png')).status).toBe(406)
    } finally {
      archive.metadata = metadata
    }
  })

  it('gives an encapsulated PDF as itself, without its padding', async () => {
    const { metadata, bulkData } = archive
    archive.metadata = async function* () {
      yield JSON.stringify({
        '00420012': { vr: 'LO', Value: ['application/pdf'] },
        '00420015': { vr: 'UL', Value: [5] },
      })
    }
    archive.bulkData = async (_context, _record, _path, range) => {
      const whole = Buffer.from('%PDF-\0')
      const bytes = whole.subarray(range?.start ?? 0, range?.end)
      return { size: bytes.length, bytes: archive.giving(bytes) }
    }
    try {
      const answer = await get(`${instance('1.2.9.1')}/rendered`)
      expect(answer.headers.get('content-type')).toBe('application/pdf')
      expect(await answer.text()).toBe('%PDF-')
    } finally {
      Object.assign(archive, { metadata, bulkData })
    }
  })

  it('has no picture of what has no pixels, and none in types it does not make', async () => {
    expect((await get(`${instance('1.2.9.1')}/rendered`)).status).toBe(406)
    expect((await get(`${instance('1.2.9.2')}/rendered`, 'image/jp2')).status).toBe(406)
    expect((await get(`${instance('1.2.9.2')}/rendered?window=wide`)).status).toBe(400)
  })
})

describe('thumbnails (PS3.18 section 10.4.1.1.4)', () => {
  it('show the middle of what they stand for', async () => {
    expect((await get(`${series}/thumbnail`)).status).toBe(200)
    expect(archive.pictures.at(-1)).toMatchObject({ instance: '1.2.9.3', frame: 3 })
    await get(`${door.dicomweb}/studies/${STUDY}/thumbnail?viewport=32,32`)
    expect(archive.pictures.at(-1)?.ask.within).toEqual({ width: 32, height: 32 })
    await get(`${instance('1.2.9.3')}/frames/5/thumbnail`)
    expect(archive.pictures.at(-1)?.frame).toBe(5)
  })
})

describe('WADO-URI (PS3.18 section 9)', () => {
  const wado = (rest: string, name = '1.2.9.2') =>
    get(`${door.url}/wado?requestType=WADO&studyUID=${STUDY}&seriesUID=${SERIES}&objectUID=${name}${rest}`)

  it('gives a JPEG of an image, and the object itself of what has no pixels or several frames', async () => {
    expect((await wado('')).headers.get('content-type')).toBe('image/jpeg')
    for (const name of ['1.2.9.1', '1.2.9.3'])
      expect((await wado('', name)).headers.get('content-type')).toMatch(/^application\/dicom; transfer-syntax=/)
    expect((await wado('&frameNumber=2', '1.2.9.3')).headers.get('content-type')).toBe('image/jpeg')
    expect(archive.pictures.at(-1)?.frame).toBe(2)
  })

  it('gives the object when asked for it, in a transfer syntax when one is named', async () => {
    const response = await wado('&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.1')
    expect(response.headers.get('content-type')).toBe('application/dicom; transfer-syntax=1.2.840.10008.1.2.1')
    expect(await response.text()).toBe('1.2.9.2')
    expect((await wado('&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.4.91')).status).toBe(406)
  })

  it('follows rows, columns, region, window and quality', async () => {
    await wado(
      '&contentType=image/png&rows=5&columns=8&region=0.5,0,1,0.5&windowCenter=1&windowWidth=2&imageQuality=50',
    )
    expect(archive.pictures.at(-1)?.ask).toEqual({
      type: 'image/png',
      quality: 50,
      window: { center: 1, width: 2, function: 'LINEAR', explanation: '' },
      within: { width: 8, height: 5 },
      region: { left: 10, top: 0, width: 10, height: 5, mirrored: false, upsideDown: false },
    })
  })

  it('shows an image by a presentation state', async () => {
    archive.add({ uid: '1.2.9.5', frames: [], sopClass: '1.2.840.10008.5.1.4.1.1.11.1' })
    const by = (more: string) =>
      wado(`&contentType=image/png&presentationUID=1.2.9.5&presentationSeriesUID=${SERIES}${more}`)
    expect((await by('&annotation=patient')).status).toBe(200)
    expect(archive.pictures.at(-1)?.ask).toMatchObject({
      state: { sopClass: '1.2.840.10008.5.1.4.1.1.11.1' },
      annotations: ['patient'],
    })
    expect((await by('&region=0,0,1,0.5')).status).toBe(400)
    expect((await wado('&presentationUID=1.2.9.5')).status).toBe(400)
    expect((await wado(`&presentationUID=1.2.9.2&presentationSeriesUID=${SERIES}`)).status).toBe(400)
  })

  it.each([
    ['no request type', '&requestType=FIND', 400],
    ['a window by halves', '&windowCenter=40', 400],
    ['a region that is none', '&region=1,1,0,0', 400],
    ['what would change the object', '&anonymize=yes', 400],
    ['what would lie over it', '&presentationUID=1.2.3', 400],
    ['a type it does not make', '&contentType=image/jp2', 406],
    ['a frame that is none', '&frameNumber=first', 400],
  ])('refuses %s', async (_, rest, status) => {
    const url = `${door.url}/wado?studyUID=${STUDY}&seriesUID=${SERIES}&objectUID=1.2.9.2${rest}`
    expect((await get(rest.includes('requestType') ? url : `${url}&requestType=WADO`)).status).toBe(status)
  })

  it('answers 404 for what is not there', async () => {
    expect((await wado('', '1.2.9.99')).status).toBe(404)
  })
})
