/**
 * WADO-RS (PS3.18 section 10.4): instances of a study, a series or one; their metadata.
 */
import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import type { Archive, Form, InstanceRecord } from '../../archive/archive.ts'
import { FilesInTurn } from '../../archive/file-out.ts'
import type { ByteStream } from '../../base/bytes.ts'
import { EXPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts'
import { sendStream } from '../answers.ts'
import { headerOf } from '../authenticate.ts'
import { acceptable, type MediaRange } from '../media-types.ts'
import { writeMultipart } from '../multipart.ts'
import { type Ask, type Route, route, scopeOf } from '../routes.ts'
import { writeZip } from '../zip-stream.ts'
import { addressOf, pathOf, ROOT } from './addresses.ts'
import { KEPT, notModified, weakTag } from './caching.ts'
import { chooseInstances } from './media.ts'
import { metadata } from './metadata.ts'

/** The resources a scope may name. */
export const SCOPES: readonly (readonly [path: string, says: string])[] = [
  ['/studies/:study', 'a study'],
  ['/studies/:study/series/:series', 'a series'],
  ['/studies/:study/series/:series/instances/:instance', 'an instance'],
]

export function wadoRoutes(archive: Archive): readonly Route[] {
  return SCOPES.flatMap(([path, says]) => [
    route({
      method: 'GET',
      url: ROOT + path,
      act: 'read',
      says: `Gives ${says} (WADO-RS).`,
      answers: [
        {
          status: 200,
          says: 'The instances.',
          types: ['multipart/related; type="application/dicom"', 'application/dicom', 'application/zip'],
        },
        { status: 304, says: 'As the asker has it.' },
        { status: 404, says: 'There is none.' },
        { status: 406, says: 'Not to be had in any media type or transfer syntax that is accepted.' },
      ],
      handle: (ask, reply) => instances(archive, ask, reply),
    }),
    route({
      method: 'GET',
      url: `${ROOT}${path}/metadata`,
      act: 'read',
      says: `Gives the attributes of ${says}, bulk data by address (WADO-RS).`,
      answers: [
        {
          status: 200,
          says: 'A DICOM JSON object, or an XML document, for each instance.',
          types: ['application/dicom+json', 'multipart/related; type="application/dicom+xml"'],
        },
        { status: 304, says: 'As the asker has it.' },
        { status: 404, says: 'There is none.' },
      ],
      handle: (ask, reply) => metadata(archive, ask, reply),
    }),
  ])
}

/** What the asker takes, header and query together. */
export function acceptedBy(ask: Ask): readonly MediaRange[] {
  const { url } = ask.request
  const mark = url.indexOf('?')
  const parameter = mark === -1 ? '' : (new URLSearchParams(url.slice(mark + 1)).get('accept') ?? '')
  return acceptable(headerOf(ask.request, 'accept'), parameter)
}

/** A boundary no part can hold but by a chance of one in 2^128. */
export const newBoundary = () => `clearkeep-${randomBytes(16).toString('hex')}`

async function instances(archive: Archive, ask: Ask, reply: FastifyReply): Promise<FastifyReply> {
  const { context, params, request } = ask
  const ranges = acceptedBy(ask)
  const records = await archive.instances(context, scopeOf(ask))
  const choice = chooseInstances(ranges, records)
  const [first] = records
  // The stored form is another after sealing, and has another tag then.
  const single = choice.package === 'single' && first !== undefined
  const etag = single ? `"i${first.id}-${syntaxOf(first, choice.form)}"` : weakTag(ask, records, choice)
  if (await notModified(archive, ask, reply, etag, records)) return reply
  const headers = { ...KEPT, etag }

  if (single) {
    const { transferSyntax, bytes } = archive.file(context, first, choice.form)
    const type = `application/dicom; transfer-syntax=${transferSyntax}`
    return sendStream(reply, 200, { ...headers, 'content-type': type }, bytes)
  }
  if (choice.package === 'zip') {
    const zip = {
      ...headers,
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename="${params['instance'] ?? params['series'] ?? params['study']}.zip"`,
    }
    return sendStream(reply, 200, zip, writeZip(filesOf(archive, ask, records, choice.form)))
  }
  const root = addressOf(request)
  const boundary = newBoundary()
  async function* parts(): AsyncGenerator<{ headers: Record<string, string>; bytes: ByteStream }> {
    const files = new FilesInTurn(archive, context, records)
    try {
      for (const record of records) {
        const { transferSyntax, bytes } = await files.of(record, choice.form)
        yield {
          headers: {
            'Content-Type': `application/dicom; transfer-syntax=${transferSyntax}`,
            'Content-Location': locationOf(root, record),
          },
          bytes,
        }
      }
    } finally {
      await files.end()
    }
  }
  const type = `multipart/related; type="application/dicom"; boundary=${boundary}`
  return sendStream(reply, 200, { ...headers, 'content-type': type }, writeMultipart(boundary, parts()))
}

const syntaxOf = ({ transferSyntax }: InstanceRecord, form: Form): string => {
  if (typeof form !== 'string') return form.as
  return form === 'stored' ? transferSyntax : EXPLICIT_LITTLE.uid
}

/** A folder a series, a Part 10 file an instance. */
async function* filesOf(archive: Archive, { context }: Ask, records: readonly InstanceRecord[], form: Form) {
  const files = new FilesInTurn(archive, context, records)
  try {
    for (const record of records) {
      const { bytes } = await files.of(record, form)
      yield { name: `${record.key.series}/${record.key.instance}.dcm`, bytes }
    }
  } finally {
    await files.end()
  }
}

export const locationOf = (root: string, { key }: InstanceRecord): string => root + pathOf(key)
