/**
 * QIDO-RS (PS3.18 section 10.6): studies, series and instances, at every nesting.
 *
 * Nothing found is answered 200 with an empty array. PS3.18 asked for 204 for some years and CP-2473 takes that back;
 * every client reads an empty array, while a program that parses the body stumbles over none at all.
 */
import type { FastifyReply } from 'fastify'
import type { Archive, Level } from '../../archive/archive.ts'
import type { Context } from '../../base/context.ts'
import { type DicomJson, jsonText } from '../../dicom/json.ts'
import { uid } from '../../dicom/uid.ts'
import { jsonBytes, sendStream } from '../answers.ts'
import { headerOf } from '../authenticate.ts'
import { acceptable } from '../media-types.ts'
import { type Ask, type Route, route } from '../routes.ts'
import { addressOf, ROOT } from './addresses.ts'
import { described } from './descriptions.ts'
import { chooseDescription } from './media.ts'
import { nextLink, openPages, type Pages, questionOf } from './pages.ts'
import { readQuery } from './query.ts'
import { newBoundary } from './wado.ts'

/** PS3.18 Table 10.6.1-1. */
const RESOURCES: readonly (readonly [path: string, level: Level, says: string])[] = [
  ['/studies', 'study', 'studies'],
  ['/studies/:study/series', 'series', 'the series of a study'],
  ['/studies/:study/instances', 'instance', 'the instances of a study'],
  ['/studies/:study/series/:series/instances', 'instance', 'the instances of a series'],
  ['/series', 'series', 'series'],
  ['/instances', 'instance', 'instances'],
]

export function qidoRoutes(archive: Archive): readonly Route[] {
  const pages = openPages()
  return RESOURCES.map(([path, level, says]) =>
    route({
      method: 'GET',
      url: ROOT + path,
      act: 'find',
      says: `Searches ${says} (QIDO-RS).`,
      answers: [
        {
          status: 200,
          says: 'What matches, an empty array when nothing does; where more follows, Link leads to it.',
          types: ['application/dicom+json', 'multipart/related; type="application/dicom+xml"'],
        },
        { status: 400, says: 'A parameter is not understood; the answer names it.' },
      ],
      handle: (ask, reply) => search(archive, pages, level, ask, reply),
    }),
  )
}

async function search(archive: Archive, pages: Pages, level: Level, ask: Ask, reply: FastifyReply): Promise<unknown> {
  const { context, params, request } = ask
  const mark = request.url.indexOf('?')
  const raw = mark === -1 ? '' : request.url.slice(mark + 1)
  const type = chooseDescription(acceptable(headerOf(request, 'accept'), new URLSearchParams(raw).get('accept') ?? ''))
  const { study, series } = params
  const within = {
    ...(study === undefined ? {} : { study: uid(study) }),
    ...(series === undefined ? {} : { series: uid(series) }),
  }
  const query = readQuery(raw, level, within)
  const { offset = 0 } = query
  const asker = askerOf(context)
  const question = questionOf(request)
  const behind = query.after ?? (offset === 0 ? undefined : pages.endedAt(asker, question, offset))
  const { results, truncated, more, end } = await archive.find(
    context,
    behind === undefined || query.after !== undefined ? query : { ...query, offset: 0, after: behind },
  )
  if (end !== undefined) {
    if (more === true) reply.header('link', nextLink(request, end))
    if (query.after === undefined) pages.ended(asker, question, offset + results.length, end)
  }
  if (truncated) {
    const text = `There are more than the ${results.length} results given. Use offset, or ask for less.`
    reply.header('warning', `299 clearkeep "${text}"`)
  }
  const root = addressOf(request)
  const told = results.map((result) => withRetrieveUrl(result, level, root, within))
  if (type !== 'application/dicom+xml') return reply.type(type).send(jsonBytes(told))
  async function* texts() {
    for (const one of told) yield jsonText(one)
  }
  const { contentType, bytes } = described(texts(), type, newBoundary())
  return sendStream(reply, 200, { 'content-type': contentType }, bytes)
}

/** Pages are remembered for whoever asks. */
const askerOf = ({ principal }: Context): string => (principal.kind === 'user' ? principal.id : principal.kind)

const textAt = (result: DicomJson, tag: string): string | undefined => {
  const value = result[tag]?.Value?.[0]
  return typeof value === 'string' ? value : undefined
}

/** Retrieve URL (0008,1190): where what was found is (PS3.18 Tables 10.6.3-3 to 10.6.3-5). */
function withRetrieveUrl(
  result: DicomJson,
  level: Level,
  root: string,
  within: { readonly study?: string; readonly series?: string },
): DicomJson {
  const study = textAt(result, '0020000D') ?? within.study
  const series = textAt(result, '0020000E') ?? within.series
  const instance = textAt(result, '00080018')
  if (study === undefined) return result
  let url = `${root}/studies/${study}`
  if (level !== 'study' && series !== undefined) url += `/series/${series}`
  if (level === 'instance' && instance !== undefined) url += `/instances/${instance}`
  return inOrder(result, '00081190', { vr: 'UR', Value: [url] })
}

/** With one element more, at its place: a DICOM JSON object is ordered by tag. */
function inOrder(result: DicomJson, tag: string, element: DicomJson[string]): DicomJson {
  const wider: Record<string, DicomJson[string]> = {}
  let placed = false
  for (const [key, value] of Object.entries(result)) {
    if (!placed && key >= tag) {
      wider[tag] = element
      placed = true
    }
    if (key !== tag) wider[key] = value
  }
  if (!placed) wider[tag] = element
  return wider
}
