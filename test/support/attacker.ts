/**
 * An attacker with the disk in his hands and the format in front of him: he takes a data folder apart, changes what he likes, and
 * mends whatever can be mended: lengths, CRCs, group digests, the chain of segments, tiles, and with the key signatures.
 */
import { createPrivateKey, sign } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Bytes, concat, fromHex } from '../../src/base/bytes.ts'
import { canonicalJson, type Json } from '../../src/base/canonical-json.ts'
import { bodyCommitment } from '../../src/ledger/leaf.ts'
import { noteText, SIGNATURE_TYPE, verifierKey } from '../../src/proof/note.ts'
import {
  beginDigest,
  decodeRecord,
  decodeRecordStart,
  decodeSegmentHeader,
  encodeFrame,
  encodeRecord,
  encodeSegmentHeader,
  endDigest,
  FRAME_BYTES,
  FRAME_KIND,
  KIND,
  NO_DIGEST,
  RECORD_START,
  recordSeed,
  type SegmentHeader,
} from '../../src/vault/inbox/journal-format.ts'
import type { EventRecord, InstanceRecord, JournalRecord } from '../../src/vault/inbox/records.ts'
import { type Signer, writeLog } from './made-log.ts'

export type Members = { [key: string]: Json | undefined }

interface TakenSegment {
  readonly name: string
  readonly header: SegmentHeader
  readonly groups: JournalRecord[][]
}

/** A journal taken apart: every record in memory, to be changed in place. */
export interface TakenJournal {
  readonly segments: TakenSegment[]
  /** Every group, over all segments. */
  groups(): JournalRecord[][]
  events(): EventRecord[]
  instances(): InstanceRecord[]
  /** Puts another in a record's place; none drops it. */
  replace(record: JournalRecord, ...others: JournalRecord[]): void
  /** Writes it all again, sound from end to end. */
  putBack(): void
}

const nameOf = (number: number): string => `${String(number).padStart(8, '0')}.journal`

export function takeJournal(data: string): TakenJournal {
  const inbox = join(data, 'inbox')
  const names = readdirSync(inbox)
    .filter((name) => name.endsWith('.journal'))
    .sort()
  const segments = names.map((name) => takeSegment(name, readFileSync(join(inbox, name))))
  const groups = () => segments.flatMap((segment) => segment.groups)
  return {
    segments,
    groups,
    events: () =>
      groups()
        .flat()
        .filter((record) => record.kind === 'event'),
    instances: () =>
      groups()
        .flat()
        .filter((record) => record.kind === 'instance'),
    replace: (record, ...others) => {
      for (const group of groups()) {
        const at = group.indexOf(record)
        if (at >= 0) return void group.splice(at, 1, ...others)
      }
      throw new Error('there is no such record')
    },
    putBack: () => putBack(inbox, segments),
  }
}

function takeSegment(name: string, bytes: Uint8Array): TakenSegment {
  const decoded = decodeSegmentHeader(bytes)
  if (decoded === undefined) throw new Error(`${name} has no header`)
  const groups: JournalRecord[][] = []
  let group: JournalRecord[] = []
  for (let at = decoded.length; at < bytes.length; ) {
    if (bytes[at] === FRAME_KIND) {
      groups.push(group)
      group = []
      at += FRAME_BYTES
      continue
    }
    const start = decodeRecordStart(bytes.subarray(at, at + RECORD_START))
    if (start === undefined) break
    const headerAt = at + RECORD_START
    const payloadAt = headerAt + start.headerLength
    const record = decodeRecord(start.kind, bytes.subarray(headerAt, payloadAt))
    if (record === undefined || record.kind === 'erased') throw new Error(`${name} has a record that cannot be read`)
    at = payloadAt + start.payloadLength
    const inside = start.kind === KIND.instance && start.payloadLength > 0
    group.push(inside ? { ...(record as InstanceRecord), payload: [bytes.subarray(payloadAt, at)] } : record)
  }
  return { name, header: decoded.header, groups }
}

function putBack(inbox: string, segments: readonly TakenSegment[]): void {
  let end: SegmentHeader['previous'] = null
  let number = 0
  let digest = NO_DIGEST
  for (const { name, header, groups } of segments) {
    rmSync(join(inbox, name))
    const parts: Bytes[] = [encodeSegmentHeader({ ...header, previous: end })]
    let at = parts[0]?.length ?? 0
    for (const records of groups.filter(({ length }) => length > 0)) {
      const start = at
      const hash = beginDigest()
      for (const record of records) {
        const encoded = encodeRecord(record, recordSeed(header.mark, at))
        for (const part of [encoded.head, ...encoded.covered]) hash.update(part)
        parts.push(encoded.head, ...encoded.payload)
        at += encoded.head.length + encoded.payloadLength
      }
      number += 1
      const own = endDigest(hash, digest)
      parts.push(
        encodeFrame({ mark: header.mark, count: records.length, group: number, start, previous: digest, digest: own }),
      )
      at += FRAME_BYTES
      digest = own
    }
    writeFileSync(join(inbox, nameOf(header.segment)), concat(parts))
    end = { segment: header.segment, end: at, group: number, digest }
  }
}

/** An event that says something else, its commitments mended: what only somebody who knows the salts can do. */
export function retold(event: EventRecord, change: { readonly leaf?: Members; readonly body?: Members }): EventRecord {
  const body = canonicalJson({ ...(JSON.parse(event.body) as Members), ...change.body })
  const leaf = canonicalJson({
    ...(JSON.parse(event.leaf) as Members),
    b: bodyCommitment(body, fromHex(event.salt)),
    ...change.leaf,
  })
  return { ...event, leaf, body, n: (JSON.parse(leaf) as { n: number }).n }
}

/** The log’s own key, stolen. */
export function stolenKey(data: string, origin: string): Signer {
  const key = createPrivateKey(readFileSync(join(data, 'keys/log-ed25519.pem')))
  const known = verifierKey(
    origin,
    SIGNATURE_TYPE.ed25519,
    new Uint8Array(Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url')),
  )
  return {
    key: known,
    sign: (text) =>
      noteText({
        text,
        signatures: [{ name: origin, id: known.id, bytes: new Uint8Array(sign(null, Buffer.from(text), key)) }],
      }),
  }
}

/** Tiles, bundles and checkpoint made again from these leaves; the checkpoint only by who can sign one. */
export function remakeLog(log: string, leaves: readonly string[], signer: Signer, published = true): void {
  const checkpoint = readFileSync(join(log, 'checkpoint'))
  rmSync(join(log, 'tile'), { recursive: true, force: true })
  writeLog(
    log,
    leaves.map((leaf) => Buffer.from(leaf)),
    signer,
  )
  if (!published) writeFileSync(join(log, 'checkpoint'), checkpoint)
}
