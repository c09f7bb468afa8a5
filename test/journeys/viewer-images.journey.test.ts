/**
 * The viewer shows each kind of image as it is: what stands on the canvas, one image pixel on one screen pixel, is
 * compared with the object as the archive gives it in Explicit VR Little Endian (whose pixels are proved elsewhere),
 * made grey or coloured here by the formulas of the standard.
 */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { T } from '../../src/dicom/dictionary.ts'
import { type ReadResult, readWhole } from '../../src/dicom/reader.ts'
import { int, text } from '../../src/dicom/values.ts'
import { paletteOf, renderColour } from '../../src/pixels/colour.ts'
import { frameLength, storedValues } from '../../src/pixels/frame.ts'
import type { ImageDescription } from '../../src/pixels/image.ts'
import { modalityOf, renderGrey, transformSets, type Window, type WindowFunction } from '../../src/pixels/windowing.ts'
import { browserPath, openBrowser, type RunningBrowser } from '../support/browser.ts'
import { stow } from '../support/client.ts'
import { corpusDir } from '../support/corpus.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { withIdentity } from '../support/with-identity.ts'

const KINDS: readonly (readonly [what: string, file: string])[] = [
  ['MONOCHROME1, 8 bits', 'modalities/cr-dx-mg/dx_image.dcm'],
  ['MONOCHROME1, 10 bits', 'modalities/cr-dx-mg/gdcm-CR-MONO1-10-chest.dcm'],
  ['signed, 16 bits', 'modalities/ct/01.dcm'],
  ['a rescale with fractions', 'modalities/mr/3.dcm'],
  ['big endian, several frames', 'multiframe/emri_small_big_endian.dcm'],
  ['32 bits', 'rt/small/rtdose.dcm'],
  ['one bit', 'seg/24x38x3/seg/label.seg'],
  ['RGB by plane, big endian', 'modalities/us/ExplVR_BigEnd.dcm'],
  ['RGB, 16 bits', 'transfer-syntaxes/rgb-small/SC_rgb_16bit.dcm'],
  ['YBR_FULL', 'transfer-syntaxes/rgb-small/SC_ybr_full_uncompressed.dcm'],
  ['YBR_FULL_422', 'transfer-syntaxes/rgb-small/SC_ybr_full_422_uncompressed.dcm'],
  ['a palette, RLE', 'palette-colour-images/OBXXXX1A_rle.dcm'],
  ['JPEG, YBR_FULL_422', 'modalities/secondary-capture/JPEGwithIcon.dcm'],
  ['JPEG, RGB without a transform', 'transfer-syntaxes/rgb-small/SC_jpeg_no_color_transform.dcm'],
  ['JPEG lossless, 16 bits', 'transfer-syntaxes/jpeg-lossless/JPEGLosslessP14SV1_1s_1f_u_16_16.dcm'],
  ['JPEG-LS, signed, 15 bits', 'transfer-syntaxes/jpeg-ls/JLSL_16_15_1_1F.dcm'],
  ['JPEG-LS, RGB', 'transfer-syntaxes/testpattern/TestPattern_JPEG-LS-Lossless.dcm'],
  ['JPEG 2000, 16 bits', 'transfer-syntaxes/j2k-quirks/TOSHIBA_J2K_SIZ1_PixRep0.dcm'],
  ['JPEG 2000, YBR_ICT', 'transfer-syntaxes/wg04/VL1_J2KI'],
  ['HTJ2K, RGB', 'transfer-syntaxes/htj2k/HTJ2KLossless_08_RGB.dcm'],
  ['JPEG XL, recompressed', 'transfer-syntaxes/jpeg-xl/will-jxl.dcm'],
]

const VIEWPORT = '[data-viewport]'

interface OnScreen {
  readonly data: Readonly<Record<string, string | undefined>>
  readonly columns: number
  readonly rows: number
  /** Red, green and blue of the middle part that fits the pane. */
  readonly rgb: Uint8Array
  /** The first pixel of that part in the picture. */
  readonly left: number
  readonly top: number
}

/** Reads the canvas where a picture of this size lies at zoom 1. */
async function readScreen(page: Page, { columns, rows }: ImageDescription): Promise<OnScreen> {
  await page.locator(`${VIEWPORT}[data-state="shown"][data-zoom="1"]`).waitFor()
  const { base64, ...rest } = await page.evaluate<Omit<OnScreen, 'rgb'> & { readonly base64: string }>(`(() => {
    const viewport = document.querySelector('${VIEWPORT}')
    const canvas = viewport.querySelector('canvas')
    const x = Math.round((canvas.width - ${columns}) / 2)
    const y = Math.round((canvas.height - ${rows}) / 2)
    const left = Math.max(0, -x)
    const top = Math.max(0, -y)
    const columns = Math.min(${columns}, canvas.width - x) - left
    const rows = Math.min(${rows}, canvas.height - y) - top
    const pixels = canvas.getContext('2d').getImageData(x + left, y + top, columns, rows).data
    let binary = ''
    for (let at = 0; at < pixels.length; at += 4)
      binary += String.fromCharCode(pixels[at], pixels[at + 1], pixels[at + 2])
    return { data: { ...viewport.dataset }, columns, rows, left, top, base64: btoa(binary) }
  })()`)
  return { ...rest, rgb: Buffer.from(base64, 'base64') }
}

function describeImage({ dataSet, transferSyntax }: ReadResult): ImageDescription {
  const bitsStored = int(dataSet, T.BitsStored) ?? 0
  return {
    transferSyntax,
    rows: int(dataSet, T.Rows) ?? 0,
    columns: int(dataSet, T.Columns) ?? 0,
    frames: int(dataSet, T.NumberOfFrames) ?? 1,
    samplesPerPixel: int(dataSet, T.SamplesPerPixel) ?? 1,
    bitsAllocated: int(dataSet, T.BitsAllocated) ?? 0,
    bitsStored,
    highBit: int(dataSet, T.HighBit) ?? bitsStored - 1,
    signed: int(dataSet, T.PixelRepresentation) === 1,
    planarConfiguration: int(dataSet, T.PlanarConfiguration) === 1 ? 1 : 0,
    photometricInterpretation: text(dataSet, T.PhotometricInterpretation),
  }
}

/** Red, green and blue of a frame of an object in Explicit VR Little Endian, through the window the screen tells. */
function expected(bytes: Uint8Array, read: ReadResult, image: ImageDescription, frame: number, window: Window) {
  const { dataSet } = read
  const element = dataSet.elements.get(T.PixelData)
  if (element?.value.kind !== 'distant') throw new Error('no pixels')
  const { photometricInterpretation, planarConfiguration } = image
  const half = photometricInterpretation.endsWith('_422')
  const length = half ? (frameLength(image) * 2) / 3 : frameLength(image)
  const start = element.value.range.start + (frame - 1) * length
  const pixels = bytes.subarray(start, start + length)
  const palette = paletteOf(dataSet, image.signed)
  const colour = renderColour({ bytes: pixels, photometricInterpretation, planarConfiguration }, image, palette)
  if (colour) return colour
  const stored = storedValues(pixels, image)
  const modality = modalityOf(transformSets(dataSet, frame).modality, image)
  const grey = renderGrey(stored, image, modality, { kind: 'window', window })
  return Uint8Array.from({ length: grey.length * 3 }, (_, at) => grey[Math.floor(at / 3)] ?? 0)
}

describe.skipIf(corpusDir() === undefined || browserPath() === undefined)('the viewer shows as it is', () => {
  let server: RunningServer
  let browser: RunningBrowser
  beforeAll(async () => {
    server = await startServer()
    browser = await openBrowser({ height: 1000, ignore: /no dataType provided/ })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  it.each(KINDS)('%s (%s)', async (what, path) => {
    // Some share their UIDs with another file of the corpus, some have none.
    const at = KINDS.findIndex(([kind]) => kind === what)
    const file = await withIdentity(readFileSync(`${corpusDir()}/${path}`), at)
    expect((await stow(server.dicomweb, file)).status).toBe(200)
    const { dataSet } = readWhole(file)
    const [study, series, sop] = [T.StudyInstanceUID, T.SeriesInstanceUID, T.SOPInstanceUID].map((tag) =>
      text(dataSet, tag),
    )
    const answer = await fetch(`${server.dicomweb}/studies/${study}/series/${series}/instances/${sop}`, {
      headers: { accept: 'application/dicom; transfer-syntax=1.2.840.10008.1.2.1' },
    })
    const bytes = Buffer.from(await answer.arrayBuffer())
    const read = readWhole(bytes)
    const image = describeImage(read)

    const { page } = browser
    await page.goto(`${server.url}/v/${study}?series=${series}&image=${sop}`)
    await page.locator(`${VIEWPORT}[data-state="shown"]`).waitFor()
    await page.keyboard.press('Shift+O')
    const screen = await readScreen(page, image)
    expect(screen.data['sop']).toBe(sop)
    const window: Window = {
      center: Number(screen.data['windowCenter']),
      width: Number(screen.data['windowWidth']),
      function: (screen.data['voiFunction'] ?? 'LINEAR') as WindowFunction,
      explanation: '',
    }
    const rgb = expected(bytes, read, image, Number(screen.data['frame']), window)
    let largest = 0
    for (let row = 0; row < screen.rows; row++)
      for (let column = 0; column < screen.columns; column++)
        for (let sample = 0; sample < 3; sample++) {
          const want = rgb[((row + screen.top) * image.columns + column + screen.left) * 3 + sample] ?? -999
          const got = screen.rgb[(row * screen.columns + column) * 3 + sample] ?? 0
          largest = Math.max(largest, Math.abs(want - got))
        }
    expect(largest).toBeLessThanOrEqual(1)
  })

  it('gave the browser nothing to complain of', () => {
    expect(browser.complaints).toEqual([])
  })
})
