/**
 * Conditional requests (RFC 9110 section 13) on what DICOMweb gives out.
 *
 * An answer may be kept by whoever got it, and is asked about again before it is used: that asks for the permission again,
 * and the audit log hears that it was looked at. Tags are weak where two answers that mean the same differ in their bytes,
 * as boundaries of multipart answers do, which are random so that nothing sent to us can hold one.
 */
import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Archive, InstanceRecord } from '../../archive/archive.ts'
import { headerOf } from '../authenticate.ts'
import type { Ask } from '../routes.ts'
import { addressOf } from './addresses.ts'

/** Of every answer that has an entity tag. */
export const KEPT = { 'cache-control': 'private, no-cache', vary: 'accept, origin' } as const

/**
 * A weak entity tag of what is made from these versions of instances in this way.
 *
 * @param way  what tells this answer from another one of the same instances, such as its media type and parameters
 */
export function weakTag(ask: Ask, records: readonly InstanceRecord[], ...way: readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify([addressOf(ask.request), ...way]))
  for (const { id, transferSyntax } of records) hash.update(`\n${id} ${transferSyntax}`)
  return `W/"${hash.digest('base64url').slice(0, 24)}"`
}

/** Does the asker have it already? Compared weakly, as RFC 9110 section 13.1.2 wants of If-None-Match. */
export function hasAlready(request: FastifyRequest, etag: string): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '')
  const known = headerOf(request, 'if-none-match')
  return known.trim() === '*' || known.split(',').some((one) => opaque(one) === opaque(etag))
}

/** Answers 304 when the asker has it already, and journals that he looks at it again. Else false, and nothing is done. */
export async function notModified(
  archive: Archive,
  { context, request }: Ask,
  reply: FastifyReply,
  etag: string,
  [first]: readonly InstanceRecord[],
): Promise<boolean> {
  if (first === undefined || !hasAlready(request, etag)) return false
  await archive.seenAgain(context, first)
  // A reply is a thenable that waits for its own end: it is no value to return here.
  void reply
    .status(304)
    .headers({ ...KEPT, etag })
    .send()
  return true
}
