/**
 * Rendered resources and thumbnails (PS3.18 sections 10.4.1.1.3 and 10.4.1.1.4): pictures for who has no viewer.
 *
 * An instance with several frames is shown by its first one, since JPEG and PNG hold one picture; `frames/…/rendered`
 * gives each. A thumbnail shows the middle of what it stands for, where there is most to see.
 */
import type { FastifyReply } from 'fastify'
import type { Archive, InstanceRecord } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import { sendStream } from '../answers.ts'
import { writeMultipart } from '../multipart.ts'
import { type Ask, type Route, route, scopeOf } from '../routes.ts'
import { addressOf, ROOT } from './addresses.ts'
import { KEPT, notModified, weakTag } from './caching.ts'
import { frameNumbers } from './frames.ts'
import { choosePicture, type Parameters, PICTURE_TYPES, pictureAsk, readRendering } from './rendering-parameters.ts'
import { acceptedBy, locationOf, newBoundary, SCOPES } from './wado.ts'

const FRAMES = '/studies/:study/series/:series/instances/:instance/frames/:frames'
const THUMBNAIL = { width: 192, height: 192 }

export function renderedRoutes(archive: Archive): readonly Route[] {
  const answers = [
    { status: 200, says: 'The pictures.', types: [...PICTURE_TYPES, 'multipart/related; type="image/jpeg"'] },
    { status: 304, says: 'As the asker has it.' },
    { status: 400, says: 'A parameter is not understood.' },
    { status: 404, says: 'There is none.' },
    { status: 406, says: 'Not to be had in any media type that is accepted, or not to be shown as a picture.' },
  ]
  const all = [...SCOPES, [FRAMES, 'frames of an instance'] as const]
  return all.flatMap(([path, says]) => [
    route({
      method: 'GET',
      url: `${ROOT}${path}/rendered`,
      act: 'read',
      says: `Gives ${says} as pictures; window, viewport, quality (WADO-RS).`,
      answers,
      handle: (ask, reply) => rendered(archive, ask, reply),
    }),
    route({
      method: 'GET',
      url: `${ROOT}${path}/thumbnail`,
      act: 'read',
      says: `Gives one small picture that stands for ${says} (WADO-RS).`,
      answers,
      handle: (ask, reply) => thumbnail(archive, ask, reply),
    }),
  ])
}

interface Shown {
  readonly record: InstanceRecord
  readonly frame: number
}

/** Instances in scope that have pixels. */
async function images(archive: Archive, ask: Ask): Promise<readonly InstanceRecord[]> {
  const records = (await archive.instances(ask.context, scopeOf(ask))).filter(({ frames }) => frames > 0)
  if (records.length === 0)
    throw new ArchiveError('NOT_ACCEPTABLE', {
      accept: 'a picture',
      offer: ask.params['instance'] === undefined ? 'the instances themselves' : 'the instance itself',
    })
  return records
}

async function rendered(archive: Archive, ask: Ask, reply: FastifyReply): Promise<FastifyReply> {
  const { context, params, request } = ask
  const ranges = acceptedBy(ask)
  const rendering = readRendering(request.query as Parameters)
  const records = await images(archive, ask)
  const shown = records.flatMap((record): Shown[] =>
    params['frames'] === undefined
      ? [{ record, frame: 1 }]
      : frameNumbers(params['frames'], record).map((frame) => ({ record, frame })),
  )
  const choice = choosePicture(ranges, shown.length > 1)
  const make = ({ record, frame }: Shown) =>
    archive.picture(context, record, frame, pictureAsk(rendering, choice.type, record))
  const etag = weakTag(
    ask,
    shown.map(({ record }) => record),
    shown.map(({ frame }) => frame),
    choice,
    rendering,
  )
  if (await notModified(archive, ask, reply, etag, records)) return reply
  const headers = { ...KEPT, etag, ...warningOf(rendering.ignored) }
  const [first] = shown
  if (choice.package === 'single' && first !== undefined) {
    const bytes = await make(first)
    return reply.headers(headers).type(choice.type).send(Buffer.from(bytes))
  }
  const root = addressOf(request)
  async function* parts() {
    for (const one of shown) {
      const bytes = await make(one)
      const location = `${locationOf(root, one.record)}${params['frames'] === undefined ? '' : `/frames/${one.frame}`}`
      yield {
        headers: {
          'Content-Type': choice.type,
          'Content-Length': String(bytes.length),
          'Content-Location': `${location}/rendered`,
        },
        bytes: (async function* () {
          yield bytes
        })(),
      }
    }
  }
  const boundary = newBoundary()
  const type = `multipart/related; type="${choice.type}"; boundary=${boundary}`
  return sendStream(reply, 200, { ...headers, 'content-type': type }, writeMultipart(boundary, parts()))
}

async function thumbnail(archive: Archive, ask: Ask, reply: FastifyReply): Promise<FastifyReply> {
  const { context, params, request } = ask
  const { type } = choosePicture(acceptedBy(ask), false)
  const { within = THUMBNAIL, quality, ignored } = readRendering(request.query as Parameters)
  const records = await images(archive, ask)
  // Of the first series that has pictures: the middle of a mixture of series stands for none of them.
  const series = records.filter(({ key }) => key.series === records[0]?.key.series)
  const record = series[Math.floor(series.length / 2)] as InstanceRecord
  const [frame] =
    params['frames'] === undefined ? [Math.ceil(record.frames / 2)] : frameNumbers(params['frames'], record)
  const etag = weakTag(ask, [record], 'thumbnail', frame, type, quality, within)
  if (await notModified(archive, ask, reply, etag, [record])) return reply
  const bytes = await archive.picture(context, record, frame ?? 1, { type, quality, within })
  return reply
    .headers({ ...KEPT, etag, ...warningOf(ignored) })
    .type(type)
    .send(Buffer.from(bytes))
}

const warningOf = (ignored: readonly string[]): Record<string, string> =>
  ignored.length === 0 ? {} : { warning: `299 clearkeep "not followed: ${ignored.join(', ')}"` }
