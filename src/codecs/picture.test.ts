import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { EXPLICIT_LITTLE } from '../dicom/transfer-syntaxes.ts'
import { profileOf } from '../pixels/icc.ts'
import type { ImageDescription } from '../pixels/image.ts'
import type { Presentation } from '../pixels/presentation.ts'
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

  it('is shown as a presentation state says: its part, turned, shutters closed, the shape of greys', async () => {
    const presentation: Presentation = {
      modality: undefined,
      voi: undefined,
      lut: 'INVERSE',
      area: { left: 0, top: 0, right: 2, bottom: 3, magnification: undefined, aspect: 1 },
      rotation: 90,
      flipped: false,
      shutters: [{ kind: 'rectangle', left: 1, top: 0, right: 6, bottom: 4 }],
      shutterShade: 0,
      graphics: [],
    }
    const picture = await make({ presentation }, image, { ...grey, lut: 'INVERSE' })
    expect(await sharp(picture).metadata()).toMatchObject({ width: 3, height: 2 })
    // Columns 0 and 1 of rows 0 to 2; the first is shut. Turned clockwise the lowest row stands first.
    expect(await pixels(picture)).toEqual([0, 0, 0, ...[13, 7, 1].map((at) => 255 - (greys[at] ?? 0))])
    const doubled = { ...presentation, area: { left: 0, top: 0, right: 2, bottom: 3, magnification: 2, aspect: 2 } }
    expect(await sharp(await make({ presentation: doubled })).metadata()).toMatchObject({ width: 12, height: 4 })
  })

  it('has lines and letters drawn upon it', async () => {
    const graphics = [
      {
        kind: 'POLYLINE',
        units: 'DISPLAY',
        points: [
          [0, 0.5125],
          [1, 0.5125],
        ],
        filled: false,
        shade: 1,
      },
    ] as const
    const presentation: Presentation = {
      modality: undefined,
      voi: undefined,
      lut: 'IDENTITY',
      area: undefined,
      rotation: 0,
      flipped: false,
      shutters: [],
      shutterShade: 0,
      graphics,
    }
    const within = { width: 60, height: 40 }
    const drawn = await pixels(await make({ presentation, within }))
    expect(drawn).toHaveLength(2400)
    expect(drawn[20 * 60 + 1]).toBeGreaterThan(200)
    expect(drawn[10 * 60 + 1]).toBeLessThan(120)
    const corners = { topLeft: ['ABC'], topRight: [], bottomLeft: [] }
    const written = await pixels(await make({ corners, within: { width: 600, height: 400 } }))
    expect(written).not.toEqual(await pixels(await make({ within: { width: 600, height: 400 } })))
  })

  it('says its colours by a profile, as JPEG and as PNG', async () => {
    for (const type of ['image/jpeg', 'image/png'] as const)
      for (const space of ['own', 'adobergb'] as const) {
        const picture = await make({ type, colours: { space, profile: undefined } })
        const { icc, channels } = await sharp(picture).metadata()
        expect(channels).toBe(3)
        expect(String(icc)).toContain(space === 'own' ? 'sRGB' : 'Adobe RGB')
      }
    const own = profileOf('displayp3')
    const kept = await make({ colours: { space: 'own', profile: own } })
    expect(Buffer.from((await sharp(kept).metadata()).icc ?? []).equals(own)).toBe(true)
  })

  it('turns the colours of an image with a profile of its own into those asked for', async () => {
    const rgb = {
      ...image,
      samplesPerPixel: 3,
      bitsAllocated: 8,
      bitsStored: 8,
      highBit: 7,
      signed: false,
      photometricInterpretation: 'RGB',
    }
    const bytes = Uint8Array.from({ length: 72 }, (_, at) => (at % 3 === 0 ? 219 : 0))
    const picture = await make(
      { colours: { space: 'srgb', profile: profileOf('adobergb') } },
      rgb,
      { kind: 'colour', palette: undefined },
      bytes,
    )
    const [r = 0, g = 0, b = 0] = await pixels(picture)
    expect(r).toBeGreaterThan(250)
    expect(Math.max(g, b)).toBeLessThan(12)
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
