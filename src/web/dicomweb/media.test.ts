import { describe, expect, it } from 'vitest'
import { acceptable } from '../media-types.ts'
import {
  type Choice,
  chooseAnswer,
  chooseBulk,
  chooseDescription,
  chooseFrames,
  chooseInstances,
  frameTypes,
  type Representable,
} from './media.ts'

const EXPLICIT = '1.2.840.10008.1.2.1'
const JPEG = '1.2.840.10008.1.2.4.50'
const JPEG_LS = '1.2.840.10008.1.2.4.80'
const HTJ2K = '1.2.840.10008.1.2.4.202'

const ct: Representable = { transferSyntax: EXPLICIT, frames: 1 }
const ls: Representable = { transferSyntax: JPEG_LS, frames: 1 }
const video: Representable = { transferSyntax: '1.2.840.10008.1.2.4.102', frames: 1 }
const report: Representable = { transferSyntax: EXPLICIT, frames: 0 }

/** A choice as `package type form`, or 406. */
function told(choose: () => Choice): string {
  try {
    const { package: packed, type, form } = choose()
    return `${packed} ${type} ${typeof form === 'string' ? form : `as ${form.as}`}`
  } catch (error) {
    return String((error as { http?: number }).http)
  }
}

const DICOM = 'multipart/related; type="application/dicom"'

describe('instances, series and studies (PS3.18 Table 8.7.3-2)', () => {
  it.each([
    ['nothing asked: several parts, Explicit VR LE', '', [ct, ls], 'multipart application/dicom explicit'],
    ['anything', '*/*', [ls], 'multipart application/dicom explicit'],
    ['as a browser asks', 'text/html,application/xhtml+xml,*/*;q=0.8', [ls], 'multipart application/dicom explicit'],
    ['no transfer syntax', DICOM, [ls], 'multipart application/dicom explicit'],
    ['Explicit VR LE by name', `${DICOM}; transfer-syntax=${EXPLICIT}`, [ls], 'multipart application/dicom explicit'],
    ['as stored', `${DICOM}; transfer-syntax=*`, [ct, ls], 'multipart application/dicom stored'],
    ['as stored, quoted', `${DICOM}; transfer-syntax="*"`, [ls], 'multipart application/dicom stored'],
    ['unquoted type', 'multipart/related; type=application/dicom', [ct], 'multipart application/dicom explicit'],
    ['the syntax it is stored in', `${DICOM}; transfer-syntax=${JPEG_LS}`, [ls], 'multipart application/dicom stored'],
    [
      'a compressed syntax, a report beside the images',
      `${DICOM}; transfer-syntax=${JPEG_LS}`,
      [ls, report],
      'multipart application/dicom stored',
    ],
    ['a lossy syntax it is not stored in', `${DICOM}; transfer-syntax=${JPEG}`, [ls], '406'],
    [
      'a lossless syntax it is not stored in',
      `${DICOM}; transfer-syntax=${HTJ2K}`,
      [ls],
      `multipart application/dicom as ${HTJ2K}`,
    ],
    [
      'a syntax only some are stored in',
      `${DICOM}; transfer-syntax=${JPEG_LS}`,
      [ls, ct],
      `multipart application/dicom as ${JPEG_LS}`,
    ],
    ['a compressed syntax of a video', `${DICOM}; transfer-syntax=${JPEG_LS}`, [video], '406'],
    [
      'what must be encoded after what need not be',
      `${DICOM}; transfer-syntax=${HTJ2K}, ${DICOM}; q=0.1`,
      [ls],
      'multipart application/dicom explicit',
    ],
    [
      'several wishes: the first that can be had',
      `${DICOM}; transfer-syntax=${JPEG}, ${DICOM}; transfer-syntax=*`,
      [ls],
      'multipart application/dicom stored',
    ],
    [
      'the dearest first',
      `${DICOM}; q=0.1, ${DICOM}; transfer-syntax=*; q=0.9`,
      [ls],
      'multipart application/dicom stored',
    ],
    ['one part of one', 'application/dicom', [ls], 'single application/dicom explicit'],
    ['one part of one, as stored', 'application/dicom; transfer-syntax=*', [ls], 'single application/dicom stored'],
    ['one part of several', 'application/dicom', [ls, ct], '406'],
    ['any application', 'application/*', [ct], 'multipart application/dicom explicit'],
    ['any parts', 'multipart/related', [ct], 'multipart application/dicom explicit'],
    ['XML', 'multipart/related; type="application/dicom+xml"', [ct], '406'],
    ['a picture', 'image/jpeg', [ct], '406'],
  ])('%s', (_, accept, all, choice) => {
    expect(told(() => chooseInstances(acceptable(accept, ''), all))).toBe(choice)
  })

  it('says what may be asked for instead', () => {
    expect(() => chooseInstances(acceptable('image/png', ''), [ct])).toThrow(/image\/png.*application\/dicom/)
  })
})

const PARTS = 'multipart/related; type='

describe('frames (PS3.18 Tables 8.7.3-4 and 8.7.3-5)', () => {
  it.each([
    ['nothing asked: bytes in Explicit VR LE', '', ls, 1, 'multipart application/octet-stream explicit'],
    ['anything', '*/*', ls, 1, 'multipart application/octet-stream explicit'],
    ['bytes', `${PARTS}"application/octet-stream"`, ls, 3, 'multipart application/octet-stream explicit'],
    [
      'bytes, as the viewer asks',
      `${PARTS}application/octet-stream; transfer-syntax=*`,
      ls,
      1,
      'multipart application/octet-stream stored',
    ],
    [
      'the syntax it is stored in',
      `${PARTS}"image/jls"; transfer-syntax=${JPEG_LS}`,
      ls,
      1,
      'multipart image/jls stored',
    ],
    ['its media type, any syntax', `${PARTS}"image/jls"`, ls, 1, 'multipart image/jls stored'],
    ['a media type of old', `${PARTS}"image/x-jls"`, ls, 1, 'multipart image/x-jls stored'],
    ['another media type', `${PARTS}"image/jp2"`, ls, 1, 'multipart image/jp2 as 1.2.840.10008.1.2.4.90'],
    [
      'another media type in a syntax of it',
      `${PARTS}"image/jphc"; transfer-syntax=${HTJ2K}`,
      ls,
      1,
      `multipart image/jphc as ${HTJ2K}`,
    ],
    ['another media type in a syntax that is not of it', `${PARTS}"image/jp2"; transfer-syntax=${HTJ2K}`, ls, 1, '406'],
    ['a lossy syntax', `${PARTS}"image/jpeg"; transfer-syntax=${JPEG}`, ls, 1, '406'],
    ['a compressed type of a video', `${PARTS}"image/jls"`, video, 1, '406'],
    [
      'another media type, then bytes',
      `${PARTS}"image/jp2", ${PARTS}"application/octet-stream"`,
      ls,
      1,
      'multipart application/octet-stream explicit',
    ],
    ['a compressed type of what is not', `${PARTS}"image/jls"`, ct, 1, `multipart image/jls as ${JPEG_LS}`],
    [
      'HTJ2K',
      `${PARTS}"image/jphc"; transfer-syntax=*`,
      { transferSyntax: HTJ2K, frames: 1 },
      1,
      'multipart image/jphc stored',
    ],
    ['one part of one frame', 'image/jls', ls, 1, 'single image/jls stored'],
    ['one part of one frame, bytes', 'application/octet-stream', ls, 1, 'single application/octet-stream explicit'],
    ['one part of two frames', 'image/jls', ls, 2, '406'],
    ['any picture: as stored', `${PARTS}"image/*"`, ls, 1, 'multipart image/jls stored'],
    ['a rendered picture', 'image/png', ls, 1, '406'],
  ])('%s', (_, accept, one, count, choice) => {
    expect(told(() => chooseFrames(acceptable(accept, ''), one, count))).toBe(choice)
  })

  it('have media types by what is in them', () => {
    expect(frameTypes(JPEG)).toEqual(['image/jpeg'])
    expect(frameTypes('1.2.840.10008.1.2.4.90')).toEqual(['image/jp2'])
    expect(frameTypes('1.2.840.10008.1.2.4.93')).toEqual(['image/jpx'])
    expect(frameTypes('1.2.840.10008.1.2.5')).toEqual(['image/dicom-rle', 'image/x-dicom-rle'])
    expect(frameTypes(EXPLICIT)).toEqual([])
  })
})

describe('bulk data and JSON', () => {
  it('is one part by default, several when asked', () => {
    expect(told(() => chooseBulk(acceptable('*/*', '')))).toBe('single application/octet-stream stored')
    expect(told(() => chooseBulk(acceptable(`${PARTS}"application/octet-stream"`, '')))).toBe(
      'multipart application/octet-stream stored',
    )
    expect(told(() => chooseBulk(acceptable('image/png', '')))).toBe('406')
  })

  it('is called DICOM JSON unless plain JSON is asked for', () => {
    expect(chooseAnswer(acceptable('', ''))).toBe('application/dicom+json')
    expect(chooseAnswer(acceptable('application/json', ''))).toBe('application/json')
    expect(chooseAnswer(acceptable('application/json, application/dicom+json', ''))).toBe('application/json')
    expect(chooseAnswer(acceptable('application/dicom+xml', ''))).toBe('application/dicom+xml')
    expect(chooseDescription(acceptable('', ''))).toBe('application/dicom+json')
    for (const accept of ['multipart/related; type="application/dicom+xml"', 'application/dicom+xml'])
      expect(chooseDescription(acceptable(accept, ''))).toBe('application/dicom+xml')
    expect(() => chooseDescription(acceptable('text/html', ''))).toThrow('dicom+xml')
    expect(() => chooseAnswer(acceptable('multipart/related; type="application/dicom+xml"', ''))).toThrow('dicom+json')
  })
})
