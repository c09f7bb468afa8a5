/**
 * Objects in a compressed transfer syntax that they are not kept in, by each door: WADO-RS and frames by name, C-GET and
 * C-MOVE for peers that take nothing else. DCMTK decodes what it can; lossy syntaxes are never made.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gather } from '../../src/base/bytes.ts'
import { openFrameDecoder } from '../../src/codecs/open.ts'
import { T, UIDS } from '../../src/dicom/dictionary.ts'
import { frameRanges } from '../../src/dicom/encapsulation.ts'
import { ENCODED_SYNTAXES } from '../../src/dicom/encoded-syntaxes.ts'
import { metaGroup } from '../../src/dicom/part10.ts'
import { readWhole } from '../../src/dicom/reader.ts'
import { transferSyntax } from '../../src/dicom/transfer-syntaxes.ts'
import { get, move } from '../../src/network/services/query.ts'
import { describeImage } from '../../src/pixels/image.ts'
import { stow } from '../support/client.ts'
import { hasDcmtk, run } from '../support/dcmtk.ts'
import { type Destination, openDestination } from '../support/round-trip.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const JPEG_LS = '1.2.840.10008.1.2.4.80'
const RLE = '1.2.840.10008.1.2.5'
const image = syntheticInstance({ seed: 71, study: 71, value: (column, row) => (column * row) % 4096 })
const STUDY_KEYS = {
  '00080052': { vr: 'CS', Value: ['STUDY'] },
  '0020000D': { vr: 'UI', Value: [image.study] },
} as const

describe('retrieval in transfer syntaxes nothing is kept in', () => {
  const decoder = openFrameDecoder({ workers: 1, timeoutMs: 30_000 })
  const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-transcode-'))
  let server: RunningServer
  let onlyJpegLs: Destination
  let onlyBaseline: Destination

  beforeAll(async () => {
    onlyJpegLs = await openDestination((uid) => uid === JPEG_LS)
    onlyBaseline = await openDestination((uid) => uid === '1.2.840.10008.1.2.4.50')
    const destinations = [
      { aet: 'JPEGLS', host: '127.0.0.1', port: onlyJpegLs.port },
      { aet: 'BASELINE', host: '127.0.0.1', port: onlyBaseline.port },
    ]
    const config = join(scratch, 'config.json')
    writeFileSync(config, JSON.stringify({ dicom: { destinations } }))
    server = await startServer({ flags: ['--config', config] })
    expect((await stow(server.dicomweb, image.bytes)).status).toBe(200)
  })
  afterAll(async () => {
    await server?.stop()
    await decoder.close()
    await onlyJpegLs?.close()
    await onlyBaseline?.close()
    rmSync(scratch, { recursive: true, force: true })
  })

  const address = () => `${server.dicomweb}/studies/${image.study}/series/${image.series}/instances/${image.instance}`
  /** Stored values as they were sent, of a Part 10 file in any syntax. */
  const samplesOf = async (part10: Uint8Array): Promise<Buffer> => {
    const { dataSet, transferSyntax: syntax } = readWhole(part10)
    const described = describeImage(dataSet, syntax)
    if (described === undefined) throw new Error('no image')
    if (!transferSyntax(syntax).encapsulated) {
      const value = dataSet.elements.get(T.PixelData)?.value
      if (value?.kind !== 'distant') throw new Error('no pixels')
      return Buffer.from(part10.subarray(value.range.start, value.range.end))
    }
    const [ranges = []] = frameRanges(dataSet, 1)
    const frame = Buffer.concat(ranges.map(({ start, end }) => part10.subarray(start, end)))
    if (transferSyntax(syntax).codec === 'native') return frame
    return Buffer.from((await decoder.decode(frame, described, 1)).bytes)
  }
  const sent = () => samplesOf(image.bytes)

  it.each(ENCODED_SYNTAXES.map((uid) => [transferSyntax(uid).keyword, uid] as const))(
    'WADO-RS gives it in %s',
    async (keyword, uid) => {
      const answer = await fetch(address(), { headers: { accept: `application/dicom; transfer-syntax=${uid}` } })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toBe(`application/dicom; transfer-syntax=${uid}`)
      const bytes = Buffer.from(await answer.arrayBuffer())
      expect((await samplesOf(bytes)).equals(await sent())).toBe(true)

      const decompress = {
        RLELossless: 'dcmdrle',
        JPEGLosslessSV1: 'dcmdjpeg',
        JPEGLossless: 'dcmdjpeg',
        JPEGLSLossless: 'dcmdjpls',
      }[keyword]
      if (decompress === undefined || !hasDcmtk()) return
      const [from, to] = [join(scratch, `${keyword}.dcm`), join(scratch, `${keyword}.out`)]
      writeFileSync(from, bytes)
      const { code, said } = await run(decompress, from, to)
      expect(code, said).toBe(0)
      expect((await samplesOf(readFileSync(to))).equals(await sent())).toBe(true)
    },
  )

  it.each(['1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2.4.91', '1.2.840.10008.1.2.4.203'])(
    'WADO-RS makes nothing lossy: %s',
    async (uid) => {
      const answer = await fetch(address(), { headers: { accept: `application/dicom; transfer-syntax=${uid}` } })
      expect(answer.status).toBe(406)
    },
  )

  it('gives a frame in the media type of a syntax', async () => {
    const answer = await fetch(`${address()}/frames/1`, { headers: { accept: 'image/jls' } })
    expect(answer.headers.get('content-type')).toBe(`image/jls; transfer-syntax=${JPEG_LS}`)
    const { dataSet } = readWhole(image.bytes)
    const described = describeImage(dataSet, transferSyntax(JPEG_LS).uid)
    if (described === undefined) throw new Error('no image')
    const { bytes } = await decoder.decode(new Uint8Array(await answer.arrayBuffer()), described, 1)
    expect(Buffer.from(bytes).equals(await sent())).toBe(true)
  })

  const peer = () => ({
    ...{ host: '127.0.0.1', port: server.dicomPort, calledAet: server.aet, callingAet: 'TRANSCODE' },
    root: 'study' as const,
  })

  it('C-GET gives it to who takes nothing but RLE', async () => {
    const came: { syntax: string; dataSet: Buffer }[] = []
    const offer = { classes: [UIDS.CTImageStorage], syntaxes: [RLE] }
    const got = await get(
      STUDY_KEYS,
      offer,
      peer(),
      async ({ transferSyntax: syntax, dataSet }) => {
        came.push({ syntax, dataSet: Buffer.from(await gather(dataSet)) })
      },
      () => undefined,
    )
    expect(got).toMatchObject({ completed: 1, failed: 0 })
    const [{ syntax, dataSet } = { syntax: '', dataSet: Buffer.alloc(0) }] = came
    expect(syntax).toBe(RLE)
    const meta = metaGroup({ sopClass: UIDS.CTImageStorage, sopInstance: image.instance, transferSyntax: syntax })
    expect((await samplesOf(Buffer.concat([meta, dataSet]))).equals(await sent())).toBe(true)
  })

  it('C-MOVE gives it to who takes nothing but JPEG-LS, and says why it cannot to who takes baseline JPEG only', async () => {
    expect(await move(STUDY_KEYS, 'JPEGLS', peer(), () => undefined)).toMatchObject({ completed: 1, failed: 0 })
    const came = onlyJpegLs.take().get(image.instance)
    expect(came?.transferSyntax).toBe(JPEG_LS)
    const meta = metaGroup({ sopClass: UIDS.CTImageStorage, sopInstance: image.instance, transferSyntax: JPEG_LS })
    expect((await samplesOf(Buffer.concat([meta, came?.dataSet ?? Buffer.alloc(0)]))).equals(await sent())).toBe(true)
    expect(await move(STUDY_KEYS, 'BASELINE', peer(), () => undefined)).toMatchObject({ completed: 0, failed: 1 })
  })
})
