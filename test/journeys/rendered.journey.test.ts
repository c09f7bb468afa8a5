/**
 * Pictures of real images by WADO-RS beside those DCMTK makes of the same files, and by WADO-URI the same again.
 */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { T } from '../../src/dicom/dictionary.ts'
import { readWhole } from '../../src/dicom/reader.ts'
import { text } from '../../src/dicom/values.ts'
import { stow } from '../support/client.ts'
import { corpusDir } from '../support/corpus.ts'
import { hasDcmtk, run } from '../support/dcmtk.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { withIdentity } from '../support/with-identity.ts'

/** What DCMTK is told, so that it shows what the data set asks for. */
const KINDS: readonly (readonly [what: string, file: string, words: readonly string[]])[] = [
  ['CT, signed, through its window', 'modalities/ct/01.dcm', ['+Wi', '1']],
  ['CR, MONOCHROME1, through its window', 'modalities/cr-dx-mg/gdcm-CR-MONO1-10-chest.dcm', ['+Wi', '1']],
  ['ultrasound in colour, by plane, big endian', 'modalities/us/ExplVR_BigEnd.dcm', []],
  ['a palette, RLE', 'palette-colour-images/OBXXXX1A_rle.dcm', []],
  ['YBR_FULL', 'transfer-syntaxes/rgb-small/SC_ybr_full_uncompressed.dcm', []],
  ['JPEG lossless, CT, from the darkest to the lightest', 'transfer-syntaxes/ct1-wg04/nema-ct1_jpll.dcm', ['+Wm']],
]

describe.skipIf(corpusDir() === undefined || !hasDcmtk())('rendered images', () => {
  let server: RunningServer
  let scratch: string
  beforeAll(async () => {
    server = await startServer()
    scratch = await mkdtemp(join(tmpdir(), 'clearkeep-rendered-'))
  })
  afterAll(async () => {
    await server?.stop()
    await rm(scratch, { recursive: true, force: true })
  })

  it.each(KINDS)('%s', async (what, path, words) => {
    const at = KINDS.findIndex(([kind]) => kind === what)
    const file = await withIdentity(readFileSync(join(corpusDir() ?? '', path)), 500 + at)
    expect((await stow(server.dicomweb, file)).status).toBe(200)
    const { dataSet } = readWhole(file)
    const [study, series, instance] = [T.StudyInstanceUID, T.SeriesInstanceUID, T.SOPInstanceUID].map((tag) =>
      text(dataSet, tag),
    )
    const address = `${server.dicomweb}/studies/${study}/series/${series}/instances/${instance}`
    const answer = await fetch(`${address}/rendered`, { headers: { accept: 'image/png' } })
    expect(answer.status).toBe(200)
    const ours = await sharp(Buffer.from(await answer.arrayBuffer()))
      .raw()
      .toBuffer({ resolveWithObject: true })

    const png = join(scratch, `${at}.png`)
    const { code, said } = await run('dcmj2pnm', ...words, '+on', join(corpusDir() ?? '', path), png)
    expect(code, said).toBe(0)
    const theirs = await sharp(png).raw().toBuffer({ resolveWithObject: true })
    expect([ours.info.width, ours.info.height, ours.info.channels]).toEqual([
      theirs.info.width,
      theirs.info.height,
      theirs.info.channels,
    ])
    let largest = 0
    for (const [index, value] of ours.data.entries())
      largest = Math.max(largest, Math.abs(value - (theirs.data[index] ?? -999)))
    expect(largest).toBeLessThanOrEqual(2)

    const legacy = await fetch(
      `${server.url}/wado?requestType=WADO&studyUID=${study}&seriesUID=${series}&objectUID=${instance}&contentType=image/png`,
    )
    expect(
      await sharp(Buffer.from(await legacy.arrayBuffer()))
        .raw()
        .toBuffer(),
    ).toEqual(ours.data)

    const thumbnail = await fetch(`${address}/thumbnail?viewport=64,64`)
    const { width = 0, height = 0 } = await sharp(Buffer.from(await thumbnail.arrayBuffer())).metadata()
    expect(Math.max(width, height)).toBe(64)
  })
})
