/**
 * Metadata of a study, series or instance (PS3.18 section 10.4.1.1.2): made at intake, streamed as it lies.
 *
 * The entity tag names which received versions it speaks of, so a viewer that has it already is answered in one query.
 */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { constants, createGzip } from 'node:zlib'
import type { FastifyReply } from 'fastify'
import type { Archive } from '../../archive/archive.ts'
import type { ByteStream, Bytes } from '../../base/bytes.ts'
import { sendStream } from '../answers.ts'
import { headerOf } from '../authenticate.ts'
import { type Ask, scopeOf } from '../routes.ts'
import { addressOf } from './addresses.ts'
import { hasAlready, KEPT } from './caching.ts'
import { described } from './descriptions.ts'
import { chooseDescription } from './media.ts'
import { acceptedBy } from './wado.ts'

/** Below this many instances the bytes saved are not worth the work. */
const GZIP_FROM = 8

export async function metadata(archive: Archive, ask: Ask, reply: FastifyReply): Promise<FastifyReply> {
  const { context, request } = ask
  const type = chooseDescription(acceptedBy(ask))
  const scope = scopeOf(ask)
  const records = await archive.instances(context, scope)
  const root = addressOf(request)
  const gzip =
    records.length >= GZIP_FROM && /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(headerOf(request, 'accept-encoding'))

  const names = createHash('sha256').update(`${root}\n${type}\n${gzip}`)
  for (const { id } of records) names.update(`\n${id}`)
  const digest = names.digest('base64url').slice(0, 24)
  const etag = `"m${digest}"`
  const objects = archive.metadata(context, scope, root)
  const { contentType, bytes } = described(objects, type, `clearkeep-${digest}`)
  const headers = {
    'content-type': contentType,
    ...KEPT,
    vary: `${KEPT.vary}, accept-encoding`,
    etag,
    ...(gzip ? { 'content-encoding': 'gzip' } : {}),
  }
  if (hasAlready(request, etag)) {
    // Who looks at what he kept sees it all the same: begun, the reading is journaled like any other.
    for await (const _ of objects) break
    return reply.status(304).headers({ etag, vary: headers.vary, 'cache-control': headers['cache-control'] }).send()
  }
  return sendStream(reply, 200, headers, gzip ? compressed(bytes) : bytes)
}

/** Level 1: on a hospital's network the point is bytes saved per millisecond. */
async function* compressed(plain: ByteStream): AsyncGenerator<Bytes, void> {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 64 * 1024 })
  const source = Readable.from(plain)
  source.on('error', (error) => gzip.destroy(error))
  try {
    yield* source.pipe(gzip)
  } finally {
    source.destroy()
    gzip.destroy()
  }
}
