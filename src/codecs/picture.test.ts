import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { EXPLICIT_LITTLE } from '../dicom/transfer-syntaxes.ts'
import type { ImageDescription } from '../pixels/image.ts'
import type { PictureOptions, Rendering } from '../pixels/rendering.ts'
import { openFrameDecoder } from './open.ts'

const decoder = openFrameDecoder({ workers: 1, timeoutMs: 60_000 })
afterAll(() => decoder.close())

const image: ImageDescription = {
  transferSyntax: EXPLICIT_LITTLE.uid,
  rows: 4,
  columns: 6,
  frames: 1,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 16,
  highBit: 15,
  signed: true,
  planarConfiguration: 0,
  photometricInterpretation: 'MONOCHROME2',
}
/** Hounsfield units from -1000 in steps of 100. */
const samples: Uint8Array = new Uint8Array(Int16Array.from({ length: 24 }, (_, at) => at * 100 - 1000).buffer)
const window = { center: 150, width: 2300, function: 'LINEAR_EXACT', explanation: '' } as const
const grey: Rendering = {
  kind: 'grey',
  modality: { kind: 'rescale', slope: 1, intercept: 0 },
  voi: { kind: 'window', window },
}
const greys = Array.from({ length: 24 }, (_, at) => Math.round((at / 23) * 255))

const make = (options: Partial<PictureOptions>, of = image, rendering: Rendering = grey, bytes = samples) =>
  decoder.picture(bytes, of, 1, rendering, { type: 'image/png', quality: 90, ...options })
const pixels = async (picture: Uint8Array) => {
  const { channels } = await sharp(picture).metadata()
  const read = channels === 1 ? sharp(picture).toColourspace('b-w') : sharp(picture)
  return [...(await read.raw().toBuffer())]
}

describe('a picture of a frame', () => {
  it('has, as PNG, exactly the greys the window makes', async () => {
    const picture = await make({})
    expect(await sharp(picture).metadata()).toMatchObject({ format: 'png', width: 6, height: 4, channels: 1 })
    expect(await pixels(picture)).toEqual(greys)
  })

  it('shows the lowest value lightest when the image says so', async () => {
    const picture = await make({}, { ...image, photometricInterpretation: 'MONOCHROME1' })
    expect(await pixels(picture)).toEqual(greys.map((value) => 255 - value))
  })

  it('may be a part of the image, mirrored', async () => {
    const region = { left: 1, top: 2, width: 3, height: 1, mirrored: true, upsideDown: false }
    expect(await pixels(await make({ region }))).toEqual([greys[15], greys[14], greys[13]])
  })

  it('is scaled to fit, its proportions kept', async () => {
    expect(await sharp(await make({ within: { width: 60, height: 60 } })).metadata()).toMatchObject({
      width: 60,
      height: 40,
    })
  })

  it('may be a JPEG or a GIF', async () => {
    expect((await sharp(await make({ type: 'image/jpeg' })).metadata()).format).toBe('jpeg')
    expect((await sharp(await make({ type: 'image/gif' })).metadata()).format).toBe('gif')
  })

  it('is coloured when the image is', async () => {
    const rgb = { ...image, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 8, highBit: 7, signed: false } as const
    const bytes = Uint8Array.from({ length: 72 }, (_, at) => at * 3)
    const colour: Rendering = { kind: 'colour', palette: undefined }
    const picture = await make({}, { ...rgb, photometricInterpretation: 'RGB' }, colour, bytes)
    expect(await pixels(picture)).toEqual([...bytes])
  })

  it('is refused for colour models that have none, and the worker goes on', async () => {
    const cmyk = { ...image, samplesPerPixel: 4, bitsAllocated: 8, bitsStored: 8, photometricInterpretation: 'CMYK' }
    await expect(make({}, cmyk, { kind: 'colour', palette: undefined }, new Uint8Array(96))).rejects.toMatchObject({
      code: 'PIXELS_UNSUPPORTED',
    })
    expect(await pixels(await make({}))).toEqual(greys)
  })

  it('is refused when the frame is too short', async () => {
    await expect(make({}, image, grey, samples.subarray(0, 20))).rejects.toMatchObject({ code: 'PIXELS_DAMAGED' })
  })
})
