/**
 * WADO-URI (PS3.18 section 9): one object by an address with parameters, as older viewers and reports link to it.
 *
 * Without `contentType` an image of one frame, or a frame that is named, is a JPEG and everything else the object itself.
 * What would have to change the object (`anonymize`) is refused: an answer without it would be mistaken for one with it.
 */
import type { FastifyReply } from 'fastify'
import type { Archive, InstanceRecord } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import { uid } from '../../dicom/uid.ts'
import { isPresentationState } from '../../pixels/presentation.ts'
import type { PictureType, Region } from '../../pixels/rendering.ts'
import { sendStream } from '../answers.ts'
import { covers, parseAccept } from '../media-types.ts'
import { type Ask, type Route, route } from '../routes.ts'
import { KEPT, notModified, weakTag } from './caching.ts'
import { chooseInstances } from './media.ts'
import {
  type Parameters,
  PICTURE_TYPES,
  pictureAsk,
  type RenderingAsk,
  readAnnotation,
  readViewport,
  readWindow,
} from './rendering-parameters.ts'

const DICOM = 'application/dicom'
const QUALITY = 90
/** Parameters of section 9.1.2 that ask for another object than the one that is kept. */
const REFUSED = ['anonymize']

const wrong = (why: string) => new ArchiveError('BAD_REQUEST', { why })

export function wadoUriRoutes(archive: Archive): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/wado',
      act: 'read',
      says: 'Gives one object, or a picture of it (WADO-URI).',
      answers: [
        { status: 200, says: 'The object or the picture.', types: [DICOM, ...PICTURE_TYPES] },
        { status: 304, says: 'As the asker has it.' },
        { status: 400, says: 'A parameter is missing or not understood.' },
        { status: 404, says: 'There is no such object.' },
        { status: 406, says: 'Not to be had in any media type that is asked for.' },
      ],
      handle: (ask, reply) => answer(archive, ask, reply),
    }),
  ]
}

async function answer(archive: Archive, ask: Ask, reply: FastifyReply): Promise<FastifyReply> {
  const { context, request } = ask
  const parameters = request.query as Parameters
  const one = (name: string): string => {
    const value = parameters[name]
    return typeof value === 'string' ? value : (value?.[0] ?? '')
  }
  if (one('requestType') !== 'WADO') throw wrong('requestType must be WADO')
  for (const name of REFUSED) if (one(name) !== '') throw wrong(`${name} is not supported`)
  const [study, series, instance] = ['studyUID', 'seriesUID', 'objectUID'].map((name) => {
    if (one(name) === '') throw wrong(`${name} is missing`)
    return uid(one(name))
  })
  if (study === undefined || series === undefined || instance === undefined) throw wrong('a UID is missing')
  const [record] = await archive.instances(context, { study, series, instance })
  if (record === undefined) throw new ArchiveError('NOT_FOUND', { what: `instance ${instance}` })

  const type = typeFor(one('contentType'), record, one('frameNumber') !== '')
  const state = await stateFor(archive, ask, one)
  if (state !== undefined && type === DICOM) throw wrong('presentationUID is for pictures; name one as contentType')
  const etag = weakTag(ask, [record], type, request.query)
  const headers = { ...KEPT, etag }
  if (type === DICOM) {
    const syntax = one('transferSyntax')
    // `*`, as it is stored, is not of section 9 but of section 8.7.3.5.2; viewers send it here too.
    const wanted = syntax === '' ? DICOM : `${DICOM}; transfer-syntax=${syntax === '*' ? '*' : uid(syntax)}`
    const { form } = chooseInstances(parseAccept(wanted), [record])
    if (await notModified(archive, ask, reply, etag, [record])) return reply
    const { transferSyntax, bytes } = archive.file(context, record, form)
    return sendStream(reply, 200, { ...headers, 'content-type': `${DICOM}; transfer-syntax=${transferSyntax}` }, bytes)
  }
  const frame = one('frameNumber') === '' ? 1 : Number(one('frameNumber'))
  if (!Number.isInteger(frame) || frame < 1) throw wrong('frameNumber is a number from 1')
  const { region, ...picked } = pictureAsk(readLegacy(one, record), type, record)
  if (state !== undefined && region !== undefined) throw wrong('region and presentationUID do not go together')
  const wanted = { ...picked, ...(region && { region }), ...(state && { state }) }
  if (await notModified(archive, ask, reply, etag, [record])) return reply
  const picture = await archive.picture(context, record, frame, wanted)
  return reply.headers(headers).type(type).send(Buffer.from(picture))
}

/** The presentation state that is named (9.1.2.2.8 and 9.1.2.2.9). @throws {ArchiveError} `BAD_REQUEST`, `NOT_FOUND` */
async function stateFor(
  archive: Archive,
  { context }: Ask,
  one: (name: string) => string,
): Promise<InstanceRecord | undefined> {
  const [series, instance] = [one('presentationSeriesUID'), one('presentationUID')]
  if (series === '' && instance === '') return undefined
  if (series === '' || instance === '') throw wrong('presentationUID and presentationSeriesUID come together')
  const scope = { study: uid(one('studyUID')), series: uid(series), instance: uid(instance) }
  const [state] = await archive.instances(context, scope)
  if (state === undefined || !isPresentationState(state.sopClass))
    throw wrong('presentationUID names no presentation state')
  return state
}

/** @throws {ArchiveError} `NOT_ACCEPTABLE` */
function typeFor(contentType: string, { frames }: InstanceRecord, frameNamed: boolean): PictureType | typeof DICOM {
  const picture = frames === 1 || (frames > 1 && frameNamed)
  const offers = frames === 0 ? [DICOM] : picture ? [...PICTURE_TYPES, DICOM] : [DICOM, ...PICTURE_TYPES]
  const ranges = contentType === '' ? parseAccept('*/*') : parseAccept(contentType)
  for (const range of ranges) {
    const offer = offers.find((name) => covers(range, name))
    if (offer !== undefined) return offer as PictureType | typeof DICOM
  }
  throw new ArchiveError('NOT_ACCEPTABLE', { accept: contentType.slice(0, 300), offer: offers.join(', ') })
}

/** The parameters of section 9.1.2.2 as those of section 8.3.5. @throws {ArchiveError} `BAD_REQUEST` */
export function readLegacy(
  one: (name: string) => string,
  image: { readonly rows: number; readonly columns: number },
): RenderingAsk {
  const quality = one('imageQuality') === '' ? QUALITY : Number(one('imageQuality'))
  if (!Number.isInteger(quality) || quality < 1 || quality > 100) throw wrong('imageQuality is a number from 1 to 100')
  const [center, width] = [one('windowCenter'), one('windowWidth')]
  if ((center === '') !== (width === '')) throw wrong('windowCenter and windowWidth come together')
  const [rows, columns] = [one('rows'), one('columns')]
  // One of them alone bounds that side only: the other may be as long as a picture can be.
  const viewport = rows === '' && columns === '' ? undefined : `${columns || 8192},${rows || 8192}`
  const { annotations, ignored } = readAnnotation(one('annotation'))
  return {
    quality,
    ignored,
    ...(annotations.length === 0 ? {} : { annotations }),
    ...(center === '' ? {} : { window: readWindow(`${center},${width}`) }),
    ...(viewport === undefined ? {} : readViewport(viewport)),
    ...(one('region') === '' ? {} : { source: regionOf(one('region'), image) }),
  }
}

/** `xmin,ymin,xmax,ymax`, each a part of the image from 0 to 1 (9.1.2.2.4). */
function regionOf(text: string, { rows, columns }: { readonly rows: number; readonly columns: number }): Region {
  const edges = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const [left = 0, top = 0, right = 0, bottom = 0] = edges
  if (edges.length !== 4 || !edges.every((edge) => edge >= 0 && edge <= 1) || right <= left || bottom <= top)
    throw wrong('region is xmin,ymin,xmax,ymax, from 0 to 1')
  const [x, y] = [Math.floor(left * columns), Math.floor(top * rows)]
  return {
    left: x,
    top: y,
    width: Math.max(1, Math.round(right * columns) - x),
    height: Math.max(1, Math.round(bottom * rows) - y),
    mirrored: false,
    upsideDown: false,
  }
}
