/**
 * The bytes of a leaf and its commitments (compliance specification 4.3, docs/decisions/0003): what the log keeps for
 * ever and shows to strangers, and so names nobody.
 *
 * Frozen: a leaf written today must be recomputed in forty years from its body, its salts and this file alone. The test
 * beside it holds the vectors. A new form of leaf gets `v: 2` and a function of its own.
 */
import { createHash } from 'node:crypto'
import type { Bytes } from '../base/bytes.ts'
import { canonicalJson, type Json } from '../base/canonical-json.ts'
import { ArchiveError } from '../base/errors.ts'

/** Bytes of every salt. */
export const SALT_LENGTH = 32

/** A leaf's members before they are written; those that are undefined are left out. */
export interface Leaf {
  readonly n: number
  readonly type: string
  /** `YYYY-MM-DDTHH:MM:SS.mmmZ` */
  readonly ts: string
  /** Pseudonym of who did it. */
  readonly actor: string
  /** Commitments, hex. */
  readonly study?: string | undefined
  readonly patient?: string | undefined
  readonly body?: string | undefined
  /** Public details: nothing that names a person or identifies content. */
  readonly public?: { readonly [key: string]: Json | undefined } | undefined
}

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** The leaf's exact text; its bytes are this text as UTF-8. */
export function leafText(leaf: Leaf): string {
  if (!TIMESTAMP.test(leaf.ts)) throw new ArchiveError('DEFECT', { what: 'a leaf with a timestamp of another form' })
  return canonicalJson({
    a: leaf.actor,
    b: leaf.body,
    n: leaf.n,
    p: leaf.patient,
    s: leaf.study,
    t: leaf.type,
    ts: leaf.ts,
    v: 1,
    x: leaf.public,
  })
}

/** `s` and `p`: what stands in a leaf for a Study Instance UID or for `issuer|patient id`. */
export const subjectCommitment = (id: string, salt: Bytes): string => commitment('c1', salt, id)

/** `b`: what stands in a leaf for the body. */
export const bodyCommitment = (body: string, salt: Bytes): string => commitment('b1', salt, body)

/** hex(SHA-256(label ‖ 00 ‖ salt ‖ utf8(text))): the label keeps the two kinds of commitment apart. */
function commitment(label: 'b1' | 'c1', salt: Bytes, text: string): string {
  if (salt.length !== SALT_LENGTH) throw new ArchiveError('DEFECT', { what: `a salt of ${salt.length} bytes` })
  return createHash('sha256').update(`${label}\0`, 'latin1').update(salt).update(text, 'utf8').digest('hex')
}
