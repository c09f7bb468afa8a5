/**
 * Records for tests of the journal: small, all of their kinds, each telling from its number which it is.
 */
import { createHash } from 'node:crypto'
import { concat } from '../../src/base/bytes.ts'
import type { Uid } from '../../src/dicom/uid.ts'
import type { Inbox } from '../../src/vault/inbox/inbox.ts'
import type { EventRecord, FactRecord, InstanceHeader, InstanceRecord } from '../../src/vault/inbox/records.ts'
import { below, type Random, randomBytes } from './random.ts'

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export function instanceHeader(n: number, payload: Uint8Array, dsStart: number): InstanceHeader {
  return {
    v: 1,
    n,
    study: '1.2.1' as Uid,
    series: '1.2.2' as Uid,
    instance: `1.2.3.${n}` as Uid,
    sopClass: '1.2.840.10008.5.1.4.1.1.2',
    version: 1,
    transferSyntax: '1.2.840.10008.1.2.1' as Uid,
    origin: 'stream',
    source: {
      door: 'c-store',
      address: '192.0.2.1',
      callingAet: 'CT1',
      calledAet: 'CLEARKEEP',
      implementationClassUid: '1.2.9',
      commandSet: 'AAAA',
      actor: 'ae:CT1',
    },
    receivedAt: '2026-11-24T12:00:00.000Z',
    ds: sha256(payload.subarray(dsStart)),
    length: payload.length,
    dsStart,
    leniencies: ['uid-leading-zeros'],
  }
}

/** An instance whose payload is given in pieces, as a socket would. */
export function instanceRecord(n: number, payload: Uint8Array, dsStart = Math.min(10, payload.length)): InstanceRecord {
  const cut = Math.floor(payload.length / 3)
  return {
    kind: 'instance',
    header: instanceHeader(n, payload, dsStart),
    payload: [payload.subarray(0, cut), payload.subarray(cut, cut), payload.subarray(cut)],
  }
}

export const eventRecord = (n: number): EventRecord => ({
  kind: 'event',
  n,
  leaf: `{"n":${n},"t":"obj.ingest"}`,
  body: `{"name":"Müller^${n}","emoji":"\u{1f9e0}"}`,
  salt: 'ab'.repeat(32),
  ...(n % 2 === 0 && { study: { id: '1.2.1', salt: 'cd'.repeat(32) } }),
  ...(n % 3 === 0 && { patient: { id: 'HOSPITAL|4711', salt: 'ef'.repeat(32) } }),
})

export const factRecord = (n: number): FactRecord => ({ kind: 'fact', type: 'conflict', n, text: `{"kept":${n}}` })

/** A payload in a spool file, and the record that names it. */
export async function spooledRecord(
  inbox: Inbox,
  n: number,
  payload: Uint8Array,
  dsStart = 10,
): Promise<InstanceRecord> {
  const spool = await inbox.spool()
  const cut = Math.floor(payload.length / 2)
  await spool.append([payload.subarray(0, cut)])
  await spool.append([payload.subarray(cut)])
  return { kind: 'instance', header: instanceHeader(n, payload, dsStart), payload: await spool.finish(dsStart) }
}

export interface Made {
  readonly record: InstanceRecord | EventRecord | FactRecord
  /** What `read` must give for it. */
  readonly payload: Uint8Array
}

/** One to four records, numbered on from `n`. */
export async function randomGroup(random: Random, inbox: Inbox, n: number): Promise<readonly Made[]> {
  const made: Made[] = []
  for (let count = 1 + below(random, 4); count > 0; count -= 1) {
    const kind = below(random, 5)
    const number = n + made.length
    const payload = randomBytes(random, kind < 2 ? 10 + below(random, 3000) : kind === 2 ? 10 + below(random, 6000) : 0)
    if (kind < 2) made.push({ record: instanceRecord(number, payload), payload })
    else if (kind === 2) made.push({ record: await spooledRecord(inbox, number, payload), payload })
    else made.push({ record: kind === 3 ? eventRecord(number) : factRecord(number), payload })
  }
  return made
}

export async function gathered(inbox: Inbox, placement: Parameters<Inbox['read']>[0], length: number) {
  const parts: Uint8Array[] = []
  for await (const part of inbox.read(placement, { start: 0, end: length })) parts.push(part)
  return concat(parts)
}
