/**
 * The query parameters of rendered resources (PS3.18 section 8.3.5): how a picture is to be made.
 */
import type { PictureAsk } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import { ANNOTATIONS, type Annotation } from '../../pixels/annotation.ts'
import { type ColourSpace, isColourSpace } from '../../pixels/icc.ts'
import type { PictureType, Region } from '../../pixels/rendering.ts'
import type { Window, WindowFunction } from '../../pixels/windowing.ts'
import { covers, type MediaRange } from '../media-types.ts'

/** PS3.18 Table 8.7.4-1, dearest first. JPEG is the default of single frames. */
export const PICTURE_TYPES: readonly PictureType[] = ['image/jpeg', 'image/png', 'image/gif']

const QUALITY = 90
/** Pixels a side of a picture that is asked for. */
const LARGEST_SIDE = 8192

export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>

export interface RenderingAsk {
  readonly window?: Window
  readonly quality: number
  readonly within?: { readonly width: number; readonly height: number }
  /** As asked for: in pixels of the source, perhaps beyond its edges. Sizes of 0 stand for all there is. */
  readonly source?: Region
  readonly annotations?: readonly Annotation[]
  readonly colours?: ColourSpace | 'own'
  /** Parameters that are not followed, which the answer's Warning names (PS3.18 section 8.3.5.1). */
  readonly ignored: readonly string[]
}

const wrong = (why: string) => new ArchiveError('BAD_REQUEST', { why })

function numbersOf(text: string, name: string): (number | undefined)[] {
  return text.split(',').map((part) => {
    const number = Number(part)
    if (part.trim() !== '' && !Number.isFinite(number)) throw wrong(`${name} has numbers, separated by commas`)
    return part.trim() === '' ? undefined : number
  })
}

/** `center,width,function` (8.3.5.1.4). @throws {ArchiveError} `BAD_REQUEST` */
export function readWindow(text: string): Window {
  const [center = '', width = '', stated = 'linear', ...rest] = text.split(',')
  const shape = stated.trim().toUpperCase().replaceAll('-', '_')
  const values = [center, width].map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const [middle = Number.NaN, range = Number.NaN] = values
  const functions: readonly string[] = ['LINEAR', 'LINEAR_EXACT', 'SIGMOID']
  if (rest.length > 0 || !functions.includes(shape) || !values.every(Number.isFinite))
    throw wrong('window is center,width,function; the function is linear, linear-exact or sigmoid')
  if (shape === 'LINEAR' ? range < 1 : range <= 0) throw wrong('the width of a linear window is 1 at least')
  return { center: middle, width: range, function: shape as WindowFunction, explanation: '' }
}

/** `vw,vh` and for images `,sx,sy,sw,sh` (8.3.5.1.3); negative sizes mirror. @throws {ArchiveError} `BAD_REQUEST` */
export function readViewport(text: string): Pick<RenderingAsk, 'within' | 'source'> {
  const values = numbersOf(text, 'viewport')
  const [width, height, left = 0, top = 0, sourceWidth = 0, sourceHeight = 0] = values
  if (width === undefined || height === undefined || (values.length !== 2 && values.length !== 6))
    throw wrong('viewport is width,height or width,height,x,y,width,height')
  const within = { width: Math.round(width), height: Math.round(height) }
  for (const side of Object.values(within))
    if (side < 1 || side > LARGEST_SIDE) throw wrong(`a viewport has from 1 to ${LARGEST_SIDE} pixels a side`)
  if (values.length === 2) return { within }
  const source = {
    left: Math.round(left),
    top: Math.round(top),
    width: Math.round(Math.abs(sourceWidth)),
    height: Math.round(Math.abs(sourceHeight)),
    mirrored: sourceWidth < 0,
    upsideDown: sourceHeight < 0,
  }
  return { within, source }
}

/** @throws {ArchiveError} `BAD_REQUEST` */
export function readRendering(parameters: Parameters): RenderingAsk {
  const one = (name: string): string | undefined => {
    const value = parameters[name]
    return typeof value === 'string' ? value : value?.[0]
  }
  const quality = Number(one('quality') ?? QUALITY)
  if (!Number.isInteger(quality) || quality < 1 || quality > 100) throw wrong('quality is a number from 1 to 100')
  const [window, viewport] = [one('window'), one('viewport')]
  const annotation = readAnnotation(one('annotation') ?? '')
  const colours = readProfile(one('iccprofile') ?? 'no')
  return {
    quality,
    ignored: annotation.ignored,
    ...(annotation.annotations.length === 0 ? {} : { annotations: annotation.annotations }),
    ...(colours === undefined ? {} : { colours }),
    ...(window === undefined ? {} : { window: readWindow(window) }),
    ...(viewport === undefined ? {} : readViewport(viewport)),
  }
}

/** `patient`, `technique` or both (8.3.5.1.1); what else is asked for is not followed, and said to be. */
export function readAnnotation(text: string): {
  readonly annotations: readonly Annotation[]
  readonly ignored: readonly string[]
} {
  const asked = text
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())
  return {
    annotations: ANNOTATIONS.filter((one) => asked.includes(one)),
    ignored: asked.some((word) => word !== '' && !ANNOTATIONS.some((one) => one === word)) ? ['annotation'] : [],
  }
}

/** 8.3.5.1.5: `no`, `yes`, or a colour space. @throws {ArchiveError} `BAD_REQUEST` */
export function readProfile(text: string): ColourSpace | 'own' | undefined {
  const name = text.trim().toLowerCase()
  if (name === 'no') return undefined
  if (name === 'yes') return 'own'
  if (!isColourSpace(name)) throw wrong('iccprofile is no, yes, srgb, adobergb, rommrgb or displayp3')
  return name
}

/** The part of an image that is there. @throws {ArchiveError} `BAD_REQUEST` when it lies outside */
export function cutOut(source: Region, image: { readonly rows: number; readonly columns: number }): Region {
  const left = Math.max(0, source.left)
  const top = Math.max(0, source.top)
  const right = Math.min(image.columns, source.width === 0 ? image.columns : source.left + source.width)
  const bottom = Math.min(image.rows, source.height === 0 ? image.rows : source.top + source.height)
  if (right <= left || bottom <= top) throw wrong('the region lies outside the image')
  return { ...source, left, top, width: right - left, height: bottom - top }
}

/** What the archive is asked for. */
export function pictureAsk(
  { quality, window, within, source, annotations, colours }: RenderingAsk,
  type: PictureType,
  image: { readonly rows: number; readonly columns: number },
): PictureAsk {
  return {
    type,
    quality,
    ...(annotations === undefined ? {} : { annotations }),
    ...(colours === undefined ? {} : { colours }),
    ...(window === undefined ? {} : { window }),
    ...(within === undefined ? {} : { within }),
    ...(source === undefined ? {} : { region: cutOut(source, image) }),
  }
}

/** The dearest type we make, and whether it is to come in parts. @throws {ArchiveError} `NOT_ACCEPTABLE` */
export function choosePicture(
  ranges: readonly MediaRange[],
  several: boolean,
): { readonly type: PictureType; readonly package: 'single' | 'multipart' } {
  for (const range of ranges) {
    const multipart = range.name === 'multipart/related'
    const wanted = multipart ? (range.parameters.get('type') ?? '*/*').toLowerCase() : range.name
    const type = PICTURE_TYPES.find((name) => covers({ name: wanted, parameters: new Map() }, name))
    if (type !== undefined) return { type, package: multipart || several ? 'multipart' : 'single' }
  }
  throw new ArchiveError('NOT_ACCEPTABLE', {
    accept: ranges
      .map(({ name }) => name)
      .join(', ')
      .slice(0, 300),
    offer: PICTURE_TYPES.join(', '),
  })
}
