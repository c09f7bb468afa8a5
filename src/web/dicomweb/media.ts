/**
 * Which representation of a resource an asker gets (PS3.18 sections 8.7.3 and 8.7.8, Tables 8.7.3-2, 8.7.3-4,
 * 8.7.3-5), as tables and pure functions.
 *
 * A choice is a package (one part or several), the media type of the parts, and the form the archive is asked for.
 * What is kept, or is Explicit VR Little Endian, goes before whatever must be encoded, wherever it stands among what is
 * accepted; a lossy syntax that nothing is kept in is never made: 406.
 *
 * Departures: a media type asked for without a transfer syntax takes any syntax of that type and not only the default
 * of Table 8.7.3-5, since the answer says which it is and the other choice is none at all. Pixel Data in a lossy syntax
 * is decoded for Explicit VR Little Endian too, as who asks without a parameter can read nothing else.
 */
import type { Form } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import { canBeGivenIn } from '../../dicom/encoded-syntaxes.ts'
import { type Codec, EXPLICIT_LITTLE, isTransferSyntax, transferSyntax } from '../../dicom/transfer-syntaxes.ts'
import { covers, type MediaRange } from '../media-types.ts'

export interface Choice {
  readonly package: 'multipart' | 'single' | 'zip'
  /** Of each part. */
  readonly type: string
  readonly form: Form
}

/** What must be known of an instance to choose: its syntax, and whether it has frames that syntax is about. */
export interface Representable {
  readonly transferSyntax: string
  readonly frames: number
}

/** Media types of compressed frames, by what is in them (PS3.18 Table 8.7.3-5). */
const FRAME_TYPES: Readonly<Partial<Record<Codec, readonly string[]>>> = {
  jpeg: ['image/jpeg'],
  'jpeg-lossless': ['image/jpeg'],
  'jpeg-ls': ['image/jls', 'image/x-jls'],
  'jpeg-2000': ['image/jp2', 'image/jpx'],
  htj2k: ['image/jphc'],
  'jpeg-xl': ['image/jxl'],
  rle: ['image/dicom-rle', 'image/x-dicom-rle'],
  deflate: ['application/x-deflate'],
}

/** The first part of JPEG 2000 is jp2, its second jpx. */
const TYPES_OF_SYNTAX: Readonly<Record<string, readonly string[]>> = {
  '1.2.840.10008.1.2.4.90': ['image/jp2'],
  '1.2.840.10008.1.2.4.91': ['image/jp2'],
  '1.2.840.10008.1.2.4.92': ['image/jpx'],
  '1.2.840.10008.1.2.4.93': ['image/jpx'],
}

const ZIP = 'application/zip'
const OCTETS = 'application/octet-stream'
const DICOM = 'application/dicom'
const XML = 'application/dicom+xml'

/** Media types the stored frames of a syntax may be called by, the standard's first; none for uncompressed ones. */
export function frameTypes(syntax: string): readonly string[] {
  return TYPES_OF_SYNTAX[syntax] ?? FRAME_TYPES[transferSyntax(syntax).codec] ?? []
}

interface Wish {
  readonly package: Choice['package']
  /** `*` in it stands for whatever the resource's default is. */
  readonly type: string
  readonly syntax: string | undefined
}

/** A range as a wish: multipart/related names the type of its parts in a parameter. */
function wishOf(range: MediaRange): Wish {
  const syntax = range.parameters.get('transfer-syntax')
  if (range.name === 'multipart/related' || range.name === 'multipart/*')
    return { package: 'multipart', type: (range.parameters.get('type') ?? '*/*').toLowerCase(), syntax }
  return { package: 'single', type: range.name, syntax }
}

const notAcceptable = (ranges: readonly MediaRange[], offer: string) =>
  new ArchiveError('NOT_ACCEPTABLE', { accept: ranges.map(textOf).join(', ').slice(0, 300), offer })

const textOf = ({ name, parameters }: MediaRange) =>
  [name, ...[...parameters].map(([key, value]) => `${key}=${value}`)].join('; ')

/**
 * The form that gives every one of them in the syntax asked for; a compressed one concerns only what has frames.
 *
 * @param encode  may frames be encoded for it?
 */
function formFor(syntax: string | undefined, all: readonly Representable[], encode: boolean): Form | undefined {
  if (syntax === undefined || syntax === EXPLICIT_LITTLE.uid) return 'explicit'
  if (syntax === '*') return 'stored'
  if (all.some((one) => one.transferSyntax === syntax))
    if (all.every((one) => one.transferSyntax === syntax || isPlainReport(one))) return 'stored'
  return encode && canBeGivenIn(syntax) && all.every(hasFramesOrNone) ? { as: syntax } : undefined
}

/** Video and references to a server cannot be decoded frame by frame, and so not encoded. */
const hasFramesOrNone = ({ transferSyntax: syntax, frames }: Representable) =>
  frames === 0 || transferSyntax(syntax).image

/** What is asked of a media type of frames without a transfer syntax (Table 8.7.3-5): where one is encoded. */
const DEFAULT_SYNTAX: Readonly<Record<string, string>> = {
  'image/jpeg': '1.2.840.10008.1.2.4.70',
  'image/jls': '1.2.840.10008.1.2.4.80',
  'image/jp2': '1.2.840.10008.1.2.4.90',
  'image/jphc': '1.2.840.10008.1.2.4.201',
  'image/jxl': '1.2.840.10008.1.2.4.110',
  'image/dicom-rle': '1.2.840.10008.1.2.5',
  'application/x-deflate': '1.2.840.10008.1.2.8.1',
}

/** First what can be given as it is kept or decoded, in the order of what is accepted; then what must be encoded. */
function eachWish<Made>(
  ranges: readonly MediaRange[],
  make: (wish: Wish, encode: boolean) => Made | undefined,
): Made | undefined {
  for (const encode of [false, true])
    for (const range of ranges) {
      const made = make(wishOf(range), encode)
      if (made !== undefined) return made
    }
  return undefined
}

/** Nothing in it could be compressed, and as it lies everybody can read it. */
const isPlainReport = ({ transferSyntax: syntax, frames }: Representable) =>
  frames === 0 && syntax === EXPLICIT_LITTLE.uid

/**
 * Instances, series, studies.
 *
 * @param all  what is asked for
 * @throws {ArchiveError} `NOT_ACCEPTABLE`
 */
export function chooseInstances(ranges: readonly MediaRange[], all: readonly Representable[]): Choice {
  const choice = eachWish(ranges, (wish, encode): Choice | undefined => {
    const form = formFor(wish.syntax, all, encode)
    if (form === undefined) return undefined
    // Never meant by a wildcard.
    if (wish.package === 'single' && wish.type === ZIP) return { package: 'zip', type: DICOM, form }
    if (!covers({ name: wish.type, parameters: new Map() }, DICOM)) return undefined
    // A wildcard gets the default, which is multipart; one part holds one instance.
    if (wish.package === 'multipart' || wish.type.includes('*')) return { package: 'multipart', type: DICOM, form }
    return all.length === 1 ? { package: 'single', type: DICOM, form } : undefined
  })
  if (choice !== undefined) return choice
  const offer = `multipart/related; type="${DICOM}" with transfer-syntax=* or ${EXPLICIT_LITTLE.uid}, ${ZIP}`
  throw notAcceptable(ranges, all.length === 1 ? `${offer}, ${DICOM}` : offer)
}

/**
 * Frames of one instance.
 *
 * @param count  how many are asked for
 * @throws {ArchiveError} `NOT_ACCEPTABLE`
 */
export function chooseFrames(ranges: readonly MediaRange[], one: Representable, count: number): Choice {
  const compressed = frameTypes(one.transferSyntax)
  const choice = eachWish(ranges, (wish, encode): Choice | undefined => {
    const wanted = { name: wish.type, parameters: new Map<string, string>() }
    const single = wish.package === 'single' && !wish.type.includes('*')
    if (single && count !== 1) return undefined
    const packed = single ? 'single' : 'multipart'
    if (covers(wanted, OCTETS)) {
      const form = formFor(wish.syntax, [one], false)
      if (form !== undefined) return { package: packed, type: OCTETS, form }
    }
    const type = compressed.find((name) => covers(wanted, name))
    if (type !== undefined && [undefined, '*', one.transferSyntax].includes(wish.syntax))
      return { package: packed, type, form: 'stored' }
    const syntax = encode ? (wish.syntax ?? DEFAULT_SYNTAX[wish.type]) : undefined
    if (syntax === undefined || !isTransferSyntax(syntax) || !frameTypes(syntax).includes(wish.type)) return undefined
    const form = formFor(syntax, [one], true)
    return form === undefined ? undefined : { package: packed, type: wish.type, form }
  })
  if (choice !== undefined) return choice
  const offers = [
    `multipart/related; type="${OCTETS}"`,
    ...compressed.map((type) => `multipart/related; type="${type}"`),
  ]
  throw notAcceptable(ranges, offers.join(', '))
}

/** Bulk data: one part by default, so that ranges and plain programs work. @throws {ArchiveError} `NOT_ACCEPTABLE` */
export function chooseBulk(ranges: readonly MediaRange[]): Choice {
  for (const range of ranges) {
    const wish = wishOf(range)
    if (!covers({ name: wish.type, parameters: new Map() }, OCTETS)) continue
    return { package: wish.package, type: OCTETS, form: 'stored' }
  }
  throw notAcceptable(ranges, `${OCTETS}, multipart/related; type="${OCTETS}"`)
}

/** The answer to a store: one object. Gives the content type. @throws {ArchiveError} `NOT_ACCEPTABLE` */
export function chooseAnswer(ranges: readonly MediaRange[]): DescriptionType {
  const types = ['application/dicom+json', 'application/json', XML] as const
  for (const range of ranges) for (const type of types) if (covers(range, type)) return type
  throw notAcceptable(ranges, `application/dicom+json, ${XML}`)
}

export type DescriptionType = 'application/dicom+json' | 'application/json' | 'application/dicom+xml'

/**
 * Metadata and search results (PS3.18 Table 8.7.3-2): JSON in one array, or XML, of which each object is a part of a
 * multipart. @throws {ArchiveError} `NOT_ACCEPTABLE`
 */
export function chooseDescription(ranges: readonly MediaRange[]): DescriptionType {
  for (const range of ranges) {
    for (const type of ['application/dicom+json', 'application/json'] as const) if (covers(range, type)) return type
    const wish = wishOf(range)
    if (covers({ name: wish.type, parameters: new Map() }, XML)) return XML
  }
  throw notAcceptable(ranges, `application/dicom+json, multipart/related; type="${XML}"`)
}
