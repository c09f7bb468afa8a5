/**
 * A grayscale presentation state rendered by WADO-RS, beside what DCMTK's dcmp2pgm makes of the same two files; its
 * graphics, which that program does not draw; and the same image by WADO-URI.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Attributes, dataSetOf } from '../../src/dicom/attributes.ts'
import { UIDS } from '../../src/dicom/dictionary.ts'
import { metaGroup } from '../../src/dicom/part10.ts'
import { EXPLICIT_LITTLE } from '../../src/dicom/transfer-syntaxes.ts'
import { encodeElements } from '../../src/dicom/writer.ts'
import { stow } from '../support/client.ts'
import { hasDcmtk, run } from '../support/dcmtk.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { syntheticInstance } from '../support/synthetic.ts'

const image = syntheticInstance({
  seed: 81,
  study: 81,
  rows: 96,
  columns: 128,
  value: (column, row) => column * 20 + row * 10,
})
const STATE_SERIES = '2.25.8100'

function stateOf(number: number, more: Attributes): { readonly uid: string; readonly bytes: Buffer } {
  const uid = `2.25.8101${number}`
  const reference = { ReferencedSOPClassUID: UIDS.CTImageStorage, ReferencedSOPInstanceUID: image.instance }
  const dataSet = dataSetOf({
    SOPClassUID: UIDS.GrayscaleSoftcopyPresentationStateStorage,
    SOPInstanceUID: uid,
    StudyInstanceUID: image.study,
    SeriesInstanceUID: STATE_SERIES,
    StudyDate: '20260101',
    StudyTime: '120000',
    Modality: 'PR',
    Manufacturer: 'SYNTHETIC',
    PatientName: 'SYNTHETIC^PATIENT',
    PatientID: 'SYN-1',
    PatientBirthDate: '',
    PatientSex: '',
    StudyID: '1',
    SeriesNumber: 9,
    InstanceNumber: number,
    AccessionNumber: '',
    ReferringPhysicianName: '',
    ContentLabel: 'SYNTHETIC',
    ContentDescription: '',
    ContentCreatorName: '',
    PresentationCreationDate: '20260101',
    PresentationCreationTime: '120000',
    ReferencedSeriesSequence: [{ SeriesInstanceUID: image.series, ReferencedImageSequence: [reference] }],
    DisplayedAreaSelectionSequence: [
      {
        DisplayedAreaTopLeftHandCorner: [1, 1],
        DisplayedAreaBottomRightHandCorner: [128, 96],
        PresentationSizeMode: 'SCALE TO FIT',
        PresentationPixelAspectRatio: [1, 1],
      },
    ],
    SoftcopyVOILUTSequence: [{ WindowCenter: 1200, WindowWidth: 1500 }],
    PresentationLUTShape: 'IDENTITY',
    ...more,
  })
  const meta = metaGroup({
    sopClass: UIDS.GrayscaleSoftcopyPresentationStateStorage,
    sopInstance: uid,
    transferSyntax: EXPLICIT_LITTLE.uid,
  })
  return { uid, bytes: Buffer.concat([meta, encodeElements(dataSet, EXPLICIT_LITTLE.uid)]) }
}

const STATES: readonly (readonly [what: string, state: Attributes])[] = [
  ['a window', {}],
  ['a window, inverted', { PresentationLUTShape: 'INVERSE' }],
  ['turned by 90 degrees', { ImageRotation: 90, ImageHorizontalFlip: 'N' }],
  ['turned by 270 degrees and mirrored', { ImageRotation: 270, ImageHorizontalFlip: 'Y' }],
]

/** A portable grey map, plain or raw, of 8 bits. */
function pgmOf(bytes: Buffer) {
  const head = /^P([25])\s+(?:#[^\n]*\s+)*(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 300))
  if (head === null) throw new Error(`no PGM: ${bytes.toString('latin1', 0, 60)}`)
  const [all, kind, width, height] = head
  const rest = bytes.subarray(all.length)
  const data = kind === '5' ? rest : Buffer.from(rest.toString('latin1').trim().split(/\s+/).map(Number))
  return { data, info: { width: Number(width), height: Number(height) } }
}

describe('presentation states', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'clearkeep-states-'))
  let server: RunningServer
  beforeAll(async () => {
    server = await startServer()
    expect((await stow(server.dicomweb, image.bytes)).status).toBe(200)
    writeFileSync(join(scratch, 'image.dcm'), image.bytes)
  })
  afterAll(async () => {
    await server?.stop()
    rmSync(scratch, { recursive: true, force: true })
  })

  const rendered = async (uid: string, query = '') =>
    fetch(`${server.dicomweb}/studies/${image.study}/series/${STATE_SERIES}/instances/${uid}/rendered${query}`, {
      headers: { accept: 'image/png' },
    })
  const greysOf = (bytes: ArrayBuffer | Buffer) =>
    sharp(Buffer.from(bytes as ArrayBuffer))
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true })

  it.skipIf(!hasDcmtk()).each(STATES)('show their image as DCMTK does: %s', async (what, more) => {
    const number = STATES.findIndex(([name]) => name === what)
    const { uid, bytes } = stateOf(number, more)
    expect((await stow(server.dicomweb, bytes)).status).toBe(200)
    const answer = await rendered(uid)
    expect(answer.status).toBe(200)
    const ours = await greysOf(await answer.arrayBuffer())

    const [state, pgm] = [join(scratch, `${number}.dcm`), join(scratch, `${number}.pgm`)]
    writeFileSync(state, bytes)
    const { code, said } = await run('dcmp2pgm', '-p', state, join(scratch, 'image.dcm'), pgm)
    expect(code, said).toBe(0)
    const theirs = pgmOf(readFileSync(pgm))
    expect([ours.info.width, ours.info.height]).toEqual([theirs.info.width, theirs.info.height])
    let worst = 0
    for (const [at, value] of ours.data.entries()) worst = Math.max(worst, Math.abs(value - (theirs.data[at] ?? -999)))
    expect(worst).toBeLessThanOrEqual(2)
  })

  it('are shut where they say so, which that program does not follow', async () => {
    const shutter = {
      ShutterShape: 'RECTANGULAR',
      ShutterLeftVerticalEdge: 20,
      ShutterRightVerticalEdge: 100,
      ShutterUpperHorizontalEdge: 10,
      ShutterLowerHorizontalEdge: 80,
      ShutterPresentationValue: 0xffff,
    }
    const [open, shut] = await Promise.all(
      [stateOf(40, {}), stateOf(41, shutter)].map(async ({ uid, bytes }) => {
        await stow(server.dicomweb, bytes)
        return (await greysOf(await (await rendered(uid)).arrayBuffer())).data
      }),
    )
    for (let row = 1; row <= 96; row += 1)
      for (let column = 1; column <= 128; column += 1) {
        const at = (row - 1) * 128 + column - 1
        const within = column >= 20 && column <= 100 && row >= 10 && row <= 80
        expect(shut?.[at], `column ${column}, row ${row}`).toBe(within ? open?.[at] : 255)
      }
  })

  it('have their graphics and text drawn, in the part that is shown', async () => {
    const { uid, bytes } = stateOf(50, {
      DisplayedAreaSelectionSequence: [
        {
          DisplayedAreaTopLeftHandCorner: [33, 17],
          DisplayedAreaBottomRightHandCorner: [96, 80],
          PresentationSizeMode: 'SCALE TO FIT',
          PresentationPixelAspectRatio: [1, 1],
        },
      ],
      GraphicLayerSequence: [
        { GraphicLayer: 'MARKS', GraphicLayerOrder: 1, GraphicLayerRecommendedDisplayGrayscaleValue: 0xffff },
      ],
      GraphicAnnotationSequence: [
        {
          GraphicLayer: 'MARKS',
          GraphicObjectSequence: [
            {
              GraphicAnnotationUnits: 'PIXEL',
              GraphicDimensions: 2,
              NumberOfGraphicPoints: 2,
              GraphicData: [64, 48, 84, 48],
              GraphicType: 'CIRCLE',
              GraphicFilled: 'N',
            },
            {
              GraphicAnnotationUnits: 'DISPLAY',
              GraphicDimensions: 2,
              NumberOfGraphicPoints: 2,
              GraphicData: [0, 0.9, 1, 0.9],
              GraphicType: 'POLYLINE',
              GraphicFilled: 'N',
            },
          ],
          TextObjectSequence: [
            {
              UnformattedTextValue: 'SYNTHETIC 12 mm',
              AnchorPointAnnotationUnits: 'PIXEL',
              AnchorPoint: [40, 24],
              AnchorPointVisibility: 'N',
            },
          ],
        },
      ],
    })
    expect((await stow(server.dicomweb, bytes)).status).toBe(200)
    const answer = await rendered(uid, '?viewport=512,512&annotation=patient,technique')
    expect(answer.status).toBe(200)
    const picture = Buffer.from(await answer.arrayBuffer())
    const { data, info } = await greysOf(picture)
    expect([info.width, info.height]).toEqual([512, 512])
    // The circle about column 64 and row 48 has its rightmost point at column 84: (84 - 32) / 64 of the width.
    expect(data[256 * 512 + 416]).toBeGreaterThan(200)
    expect(data[Math.round(0.9 * 512) * 512 + 256]).toBeGreaterThan(200)
    const folder = process.env['SCREENSHOTS']
    if (folder !== undefined) writeFileSync(join(folder, 'presentation-state.png'), picture)

    const legacy = await fetch(
      `${server.url}/wado?requestType=WADO&studyUID=${image.study}&seriesUID=${image.series}&objectUID=${image.instance}` +
        `&contentType=image/png&presentationUID=${uid}&presentationSeriesUID=${STATE_SERIES}&rows=512&columns=512&annotation=patient,technique`,
    )
    expect((await greysOf(await legacy.arrayBuffer())).data.equals(data)).toBe(true)
  })

  it('are not found when no image of theirs is here', async () => {
    const { uid, bytes } = stateOf(60, {
      ReferencedSeriesSequence: [
        {
          SeriesInstanceUID: '2.25.1',
          ReferencedImageSequence: [{ ReferencedSOPClassUID: UIDS.CTImageStorage, ReferencedSOPInstanceUID: '2.25.2' }],
        },
      ],
    })
    await stow(server.dicomweb, bytes)
    expect((await rendered(uid)).status).toBe(404)
  })
})
