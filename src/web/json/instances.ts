/**
 * `/api/instances/…/original`: the received bytes, with their digest; `…/versions`: everything received under a SOP
 * Instance UID.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Versions } from '../../api/studies.ts'
import type { Archive, InstanceRecord } from '../../archive/archive.ts'
import { giveBack } from '../../base/bytes.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { InstanceKey } from '../../dicom/uid.ts'
import { rangeHeaders, rangeOf, sendStream } from '../answers.ts'
import { headerOf } from '../authenticate.ts'
import { type Ask, type Route, route, uidParam } from '../routes.ts'
import { instanceRow } from './studies.ts'

const INSTANCE = '/api/instances/:study/:series/:instance'
const OriginalAsk = z.object({ version: z.coerce.number().int().min(1).optional() })

const DIGESTS_AT_MOST = 10_000

export function instanceRoutes(archive: Archive): readonly Route[] {
  /** SHA-256 of whole originals, base64, by record id: received bytes never change. */
  const digests = new Map<number, string>()

  /**
   * The digest is made by a pass of its own before the answer begins, since it stands in the header: originals are
   * asked for as evidence, where a second read is cheaper than a doubt.
   */
  async function digestOf(context: Context, record: InstanceRecord): Promise<string> {
    const known = digests.get(record.id)
    if (known !== undefined) return known
    const hash = createHash('sha256')
    for await (const bytes of archive.original(context, record)) {
      context.signal.throwIfAborted()
      hash.update(bytes)
      giveBack(bytes)
    }
    const digest = hash.digest('base64')
    for (const oldest of digests.keys()) {
      if (digests.size < DIGESTS_AT_MOST) break
      digests.delete(oldest)
    }
    digests.set(record.id, digest)
    return digest
  }

  const keyOf = (ask: Ask): InstanceKey => ({
    study: uidParam(ask, 'study'),
    series: uidParam(ask, 'series'),
    instance: uidParam(ask, 'instance'),
  })

  return [
    route({
      method: 'GET',
      url: `${INSTANCE}/original`,
      act: 'original',
      says: 'The instance as it was received: all bytes of a file; of a C-STORE the data set behind the meta group written at intake.',
      query: OriginalAsk,
      answers: [
        { status: 200, says: 'The bytes; Repr-Digest has their SHA-256.', types: ['application/dicom'] },
        { status: 206, says: 'The range asked for.', types: ['application/dicom'] },
        { status: 404, says: 'There is no such instance, or no such version of it.' },
        { status: 416, says: 'The range lies outside.' },
      ],
      handle: async (ask, reply) => {
        const { context, query, request } = ask
        const key = keyOf(ask)
        const versions = await archive.versions(context, key)
        const record = versions.find(({ version, current }) =>
          query.version === undefined ? current : version === query.version,
        )
        if (record === undefined)
          throw new ArchiveError('NOT_FOUND', { what: 'such instance, or no such version of it' })
        const etag = `"o${record.id}"`
        const condition = headerOf(request, 'if-range')
        const wanted = condition === '' || condition === etag ? headerOf(request, 'range') : ''
        const range = rangeOf(wanted, record.length)
        const digest =
          range === undefined || headerOf(request, 'want-repr-digest') !== ''
            ? await digestOf(context, record)
            : digests.get(record.id)
        return sendStream(
          reply,
          range === undefined ? 200 : 206,
          {
            'content-type': 'application/dicom',
            'content-disposition': `attachment; filename="${record.key.instance}.dcm"`,
            etag,
            ...(digest === undefined ? {} : { 'repr-digest': `sha-256=:${digest}:` }), // RFC 9530
            ...rangeHeaders(range, record.length),
          },
          archive.original(context, record, range),
        )
      },
    }),
    route({
      method: 'GET',
      url: `${INSTANCE}/versions`,
      act: 'original',
      says: 'Everything received under a SOP Instance UID; the first is current.',
      answers: [
        { status: 200, says: 'The versions.', shape: Versions },
        { status: 404, says: 'There is no such instance.' },
      ],
      handle: async (ask): Promise<z.infer<typeof Versions>> => {
        const versions = await archive.versions(ask.context, keyOf(ask))
        return { versions: versions.map(instanceRow) }
      },
    }),
  ]
}
