import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArchiveError } from '../../base/errors.ts'
import { acceptable } from '../media-types.ts'
import { choosePicture, cutOut, pictureAsk, readRendering, readViewport, readWindow } from './rendering-parameters.ts'

const image = { rows: 100, columns: 200 }
const source = { left: 0, top: 0, width: 0, height: 0, mirrored: false, upsideDown: false }

describe('parameters of rendered resources (PS3.18 section 8.3.5)', () => {
  it('have defaults: quality 90, the image as it is, the window of the data set', () => {
    expect(readRendering({})).toEqual({ quality: 90, ignored: [] })
    expect(pictureAsk(readRendering({}), 'image/png', image)).toEqual({ type: 'image/png', quality: 90 })
  })

  it.each([
    ['40,400', { center: 40, width: 400, function: 'LINEAR' }],
    ['-600,1500,linear-exact', { center: -600, width: 1500, function: 'LINEAR_EXACT' }],
    ['0.5,0.25,SIGMOID', { center: 0.5, width: 0.25, function: 'SIGMOID' }],
  ])('window %s', (text, window) => {
    expect(readWindow(text)).toMatchObject(window)
  })

  it.each(['', '40', '40,', '40,0', '40,-1,linear', '40,400,cubic', 'a,b', '1,2,linear,3', '40,NaN', 'Infinity,1'])(
    'window %s is refused',
    (text) => {
      expect(() => readWindow(text)).toThrow(ArchiveError)
    },
  )

  it('viewport: a size to fit in, and a part of the source, which negative sizes mirror', () => {
    expect(readViewport('100,50')).toEqual({ within: { width: 100, height: 50 } })
    expect(readViewport('100,50,10,20,-30,40').source).toEqual({
      ...source,
      left: 10,
      top: 20,
      width: 30,
      height: 40,
      mirrored: true,
    })
    expect(readViewport('100,50,,,,-0.0').source).toEqual(source)
  })

  it.each(['', '100', '100,50,1', '0,50', '100,9000', 'a,b', ',', '1,1,1,1,1,1,1'])(
    'viewport %s is refused',
    (text) => {
      expect(() => readViewport(text)).toThrow(ArchiveError)
    },
  )

  it('a region is cut to what is there; outside there is nothing to show', () => {
    expect(cutOut(source, image)).toEqual({ ...source, width: 200, height: 100 })
    expect(cutOut({ ...source, left: -10, top: 50, width: 40, height: 500 }, image)).toEqual({
      ...source,
      top: 50,
      width: 30,
      height: 50,
    })
    expect(() => cutOut({ ...source, left: 200, width: 5 }, image)).toThrow('outside the image')
  })

  it('whatever is asked for, what is cut out lies inside the image', () => {
    const side = fc.integer({ min: -300, max: 300 })
    fc.assert(
      fc.property(side, side, side, side, (left, top, width, height) => {
        const { source: asked } = readViewport(`10,10,${left},${top},${width},${height}`)
        if (asked === undefined) return
        try {
          const cut = cutOut(asked, image)
          expect(cut.left >= 0 && cut.top >= 0 && cut.width > 0 && cut.height > 0).toBe(true)
          expect(cut.left + cut.width <= image.columns && cut.top + cut.height <= image.rows).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(ArchiveError)
        }
      }),
    )
  })

  it.each(['0', '101', '9.5', 'high'])('quality %s is refused', (quality) => {
    expect(() => readRendering({ quality })).toThrow(ArchiveError)
  })

  it('annotation is about the patient, the technique or both', () => {
    expect(readRendering({ annotation: 'technique,Patient' })).toMatchObject({
      annotations: ['patient', 'technique'],
      ignored: [],
    })
    expect(readRendering({})).not.toHaveProperty('annotations')
  })

  it('iccprofile is yes, no, or a colour space', () => {
    expect(readRendering({ iccprofile: 'no' })).not.toHaveProperty('colours')
    expect(readRendering({ iccprofile: 'yes' }).colours).toBe('own')
    for (const name of ['srgb', 'adobergb', 'rommrgb', 'displayp3'])
      expect(readRendering({ iccprofile: name }).colours).toBe(name)
    expect(() => readRendering({ iccprofile: 'cmyk' })).toThrow('iccprofile is no, yes')
  })

  it('names what is not followed', () => {
    expect(readRendering({ annotation: 'patient,institution' }).ignored).toEqual(['annotation'])
  })
})

describe('the media type of a picture (PS3.18 Table 8.7.4-1)', () => {
  it.each([
    ['*/*', false, 'single image/jpeg'],
    ['image/png', false, 'single image/png'],
    ['image/*;q=0.5, image/gif', false, 'single image/gif'],
    ['text/html, image/webp, */*;q=0.8', false, 'single image/jpeg'],
    ['image/png', true, 'multipart image/png'],
    ['multipart/related; type="image/jpeg"', false, 'multipart image/jpeg'],
  ])('%s, several: %s', (accept, several, told) => {
    const { type, package: packed } = choosePicture(acceptable(accept, ''), several)
    expect(`${packed} ${type}`).toBe(told)
  })

  it('others are not made', () => {
    expect(() => choosePicture(acceptable('image/jp2', ''), false)).toThrow('image/jpeg, image/png, image/gif')
  })
})
