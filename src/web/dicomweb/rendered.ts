/**
 * Rendered resources and thumbnails (PS3.18 sections 10.4.1.1.3 and 10.4.1.1.4): pictures for who has no viewer.
 *
 * An instance with several frames is shown by its first one, since JPEG and PNG hold one picture; `frames/…/rendered`
 * gives each. A GIF has them all. Reports and PDFs are `rendered-document.ts`. A presentation state is shown by the images it names, as it wants them shown. A thumbnail
 * shows the middle of what it stands for, where there is most to see.
 */
import type { FastifyReply } from 'fastify'
import type { Archive, InstanceRecord } from '../../archive/archive.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { DicomJson } from '../../dicom/json.ts'
import { movingGif } from '../../pixels/gif.ts'
import { isPresentationState } from '../../pixels/presentation.ts'
import type { PictureType } from '../../pixels/rendering.ts'
import { sendStream } from '../answers.ts'
import { writeMultipart } from '../multipart.ts'
import { type Ask, type Route, route, scopeOf } from '../routes.ts'
import { addressOf, ROOT } from './addresses.ts'
import { KEPT, notModified, weakTag } from './caching.ts'
import { frameNumbers } from './frames.ts'
import { DOCUMENT_TYPES, renderedDocument } from './rendered-document.ts'
import {
  choosePicture,
  type Parameters,
  PICTURE_TYPES,
  pictureAsk,
  type RenderingAsk,
  readRendering,
} from './rendering-parameters.ts'
import { acceptedBy, locationOf, newBoundary, SCOPES } from './wado.ts'

const FRAMES = '/studies/:study/series/:series/instances/:instance/frames/:frames'
const THUMBNAIL = { width: 192, height: 192 }

export function renderedRoutes(archive: Archive): readonly Route[] {
  const answersWith = (more: readonly string[]) => [
    {
      status: 200,
      says: 'The pictures.',
      types: [...PICTURE_TYPES, 'multipart/related; type="image/jpeg"', ...more],
    },
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
      says: `Gives ${says} as pictures; window, viewport, quality, annotation, iccprofile (WADO-RS).`,
      answers: answersWith(path.endsWith('/instances/:instance') ? DOCUMENT_TYPES : []),
      handle: (ask, reply) => rendered(archive, ask, reply),
    }),
    route({
      method: 'GET',
      url: `${ROOT}${path}/thumbnail`,
      act: 'read',
      says: `Gives one small picture that stands for ${says} (WADO-RS).`,
      answers: answersWith([]),
      handle: (ask, reply) => thumbnail(archive, ask, reply),
    }),
  ])
}

interface Shown {
  readonly record: InstanceRecord
  readonly frame: number
  /** The presentation state it is shown by. */
  readonly state?: InstanceRecord
}

/** What is to be shown, and of it what is not. */
interface Asked {
  readonly shown: readonly Shown[]
  readonly lacking: readonly string[]
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

/** The one instance that is asked for as a whole; undefined for frames, series and studies. */
async function instanceOf(archive: Archive, ask: Ask): Promise<InstanceRecord | undefined> {
  if (ask.params['instance'] === undefined || ask.params['frames'] !== undefined) return undefined
  const [one] = await archive.instances(ask.context, scopeOf(ask))
  return one
}

/** The pictures of a presentation state, of frames, or of the first frame of each image in scope. */
async function askedFor(archive: Archive, ask: Ask, one: InstanceRecord | undefined): Promise<Asked> {
  const { context, params } = ask
  if (one !== undefined && isPresentationState(one.sopClass)) {
    const { images: named, absent, lacking } = await archive.presented(context, one)
    return {
      shown: named.flatMap(({ record, frames }) => frames.map((frame): Shown => ({ record, frame, state: one }))),
      lacking: [
        ...lacking,
        ...(absent === 0 ? [] : [`${absent} images of the presentation state, which are not here`]),
      ],
    }
  }
  const shown = (await images(archive, ask)).flatMap((record): Shown[] =>
    params['frames'] === undefined
      ? [{ record, frame: 1 }]
      : frameNumbers(params['frames'], record).map((frame) => ({ record, frame })),
  )
  return { shown, lacking: [] }
}

async function rendered(archive: Archive, ask: Ask, reply: FastifyReply): Promise<FastifyReply> {
  const { context, params, request } = ask
  const ranges = acceptedBy(ask)
  const rendering = readRendering(request.query as Parameters)
  const one = await instanceOf(archive, ask)
  if (one !== undefined && one.frames === 0 && !isPresentationState(one.sopClass))
    return renderedDocument(archive, ask, reply, one, ranges)
  const { shown, lacking } = await askedFor(archive, ask, one)
  const records = shown.map(({ record }) => record)
  const choice = choosePicture(ranges, shown.length > 1)
  const { source, ...whole } = rendering
  const make = ({ record, frame, state }: Shown) => {
    const how =
      state === undefined ? pictureAsk(rendering, choice.type, record) : pictureAsk(whole, choice.type, record)
    return archive.picture(context, record, frame, { ...how, ...(state && { state }) })
  }
  const etag = weakTag(
    ask,
    shown.map(({ record }) => record),
    shown.map(({ frame }) => frame),
    shown[0]?.state?.id,
    choice,
    rendering,
  )
  if (await notModified(archive, ask, reply, etag, records)) return reply
  // A region is of one image; what a presentation state shows is of its own size.
  const regionLess = shown[0]?.state !== undefined && source !== undefined
  const ignored = [...ignoredIn(rendering, choice.type), ...(regionLess ? ['region of the viewport'] : []), ...lacking]
  const headers = { ...KEPT, etag, ...warningOf(ignored) }
  const [first] = shown
  // Of one instance asked for as it is, a GIF has every frame.
  const moving = choice.type === 'image/gif' && choice.package === 'single' && params['instance'] !== undefined
  if (
    moving &&
    params['frames'] === undefined &&
    first !== undefined &&
    first.state === undefined &&
    first.record.frames > 1
  )
    return reply
      .headers(headers)
      .type(choice.type)
      .send(Buffer.from(await clipOf(archive, context, first.record, make)))
  if (choice.package === 'single' && first !== undefined) {
    const bytes = await make(first)
    return reply.headers(headers).type(choice.type).send(Buffer.from(bytes))
  }
  const root = addressOf(request)
  async function* parts() {
    for (const one of shown) {
      const bytes = await make(one)
      const byFrame = params['frames'] !== undefined || one.state !== undefined
      const location = `${locationOf(root, one.record)}${byFrame ? `/frames/${one.frame}` : ''}`
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

/** Frames of a clip that are made a GIF: more would take minutes, and hundreds of megabytes. */
const MOST_FRAMES = 500

async function clipOf(
  archive: Pick<Archive, 'metadata'>,
  context: Context,
  record: InstanceRecord,
  make: (shown: Shown) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  if (record.frames > MOST_FRAMES)
    throw new ArchiveError('NOT_ACCEPTABLE', {
      accept: `a GIF of ${record.frames} frames`,
      offer: `frames/…/rendered, or GIFs of ${MOST_FRAMES} frames at most`,
    })
  const stills: Uint8Array[] = []
  for (let frame = 1; frame <= record.frames; frame += 1) stills.push(await make({ record, frame }))
  return movingGif(stills, await frameTime(archive, context, record))
}

/** How long a frame lasts, in ms (PS3.3 C.7.6.5); undefined when the object does not say. */
async function frameTime(
  archive: Pick<Archive, 'metadata'>,
  context: Context,
  { key }: InstanceRecord,
): Promise<number | undefined> {
  for await (const text of archive.metadata(context, key, '')) {
    const json = JSON.parse(text) as DicomJson
    const of = (tag: string) => Number(json[tag]?.Value?.[0] ?? Number.NaN)
    const [time, rate, recommended] = [of('00181063'), of('00180040'), of('00082144')]
    const found = [time, 1000 / rate, 1000 / recommended].find((one) => Number.isFinite(one) && one > 0)
    return found
  }
  return undefined
}

async function thumbnail(archive: Archive, ask: Ask, reply: FastifyReply): Promise<FastifyReply> {
  const { context, params, request } = ask
  const { type } = choosePicture(acceptedBy(ask), false)
  const rendering = readRendering(request.query as Parameters)
  const records = await images(archive, ask)
  // Of the first series that has pictures: the middle of a mixture of series stands for none of them.
  const series = records.filter(({ key }) => key.series === records[0]?.key.series)
  const record = series[Math.floor(series.length / 2)] as InstanceRecord
  const [frame] =
    params['frames'] === undefined ? [Math.ceil(record.frames / 2)] : frameNumbers(params['frames'], record)
  const picture = pictureAsk({ within: THUMBNAIL, ...rendering }, type, record)
  const etag = weakTag(ask, [record], 'thumbnail', frame, picture)
  if (await notModified(archive, ask, reply, etag, [record])) return reply
  const bytes = await archive.picture(context, record, frame ?? 1, picture)
  return reply
    .headers({ ...KEPT, etag, ...warningOf(ignoredIn(rendering, type)) })
    .type(type)
    .send(Buffer.from(bytes))
}

/** A GIF has no place for a colour profile. */
const ignoredIn = ({ ignored, colours }: RenderingAsk, type: PictureType): readonly string[] =>
  colours !== undefined && type === 'image/gif' ? [...ignored, 'iccprofile'] : ignored

const warningOf = (ignored: readonly string[]): Record<string, string> =>
  ignored.length === 0 ? {} : { warning: `299 clearkeep "not followed: ${ignored.join(', ')}"` }
