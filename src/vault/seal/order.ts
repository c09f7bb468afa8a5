/**
 * What sealing is asked to do and what it answers: plain data, since it goes to a thread of its own and back.
 */
import type { Placement } from '../inbox/records.ts'

export interface SealItem {
  /** Ledger number of its `obj.ingest` leaf. */
  readonly n: number
  readonly sopClass: string
  readonly instance: string
  readonly version: number
  readonly transferSyntax: string
  readonly origin: string
  readonly receivedAt: string
  /** Canonical JSON, as the index has it. */
  readonly source: string
  readonly leniencies: readonly string[]
  readonly ds: string
  readonly length: number
  readonly dsStart: number
  readonly placement: Placement
}

export interface SealSeries {
  readonly series: string
  /** Modality as the series says, letters only; may be empty. */
  readonly modality: string
  readonly items: readonly SealItem[]
}

export interface SealOrder {
  readonly study: string
  readonly created: string // RFC 3339
  /** The newest version the log knows; 0 before the first. */
  readonly sealed: number
  /** Small series share a pack. */
  readonly series: readonly SealSeries[]
  /** Keep everything as received: it could not be sealed otherwise. */
  readonly verbatim: boolean
}

/** Why an instance lies as it does. */
export type Form = 'htj2k' | 'received'

/** One instance in `study.json`: what it was when it came, and where it lies. On disk for ever (docs/disk-layout.md). */
export interface SealedInstance {
  readonly n: number
  readonly series: string
  readonly instance: string
  readonly sopClass: string
  readonly version: number
  readonly transferSyntax: string
  readonly origin: string
  readonly receivedAt: string
  readonly source: string
  readonly leniencies: readonly string[]
  readonly ds: string
  readonly dsStart: number
  readonly original: { readonly length: number; readonly sha256: string; readonly sha512: string }
  /** SHA-256 of the decoded pixels, colour by pixel, little endian, frame after frame; of those that were encoded here. */
  readonly pixels?: string
  readonly form: Form
  /** Why it lies as received. */
  readonly why?: string
  readonly pack: string
  readonly entry: string
  /** Bytes of the pack. */
  readonly start: number
  readonly length: number
  readonly sha256: string
  /** Bytes of the pack that hold its recipe. */
  readonly recipe?: readonly [start: number, length: number]
}

export interface SealedStudy {
  readonly v: 1
  readonly study: string
  readonly instances: readonly SealedInstance[]
}

export interface SealAnswer {
  readonly study: string
  /** Path of the study's object under the storage root. */
  readonly object: string
  readonly version: number
  /** SHA-512 of the inventory, which holds the digests of everything else. */
  readonly inventory: string
  readonly received: { readonly instances: number; readonly bytes: number }
  readonly kept: { readonly bytes: number }
  /** Mirrors that have not got all of it. */
  readonly behind?: readonly string[]
}

/** The text of a fact record of type `seal`. */
export interface SealFact {
  readonly v: 1
  readonly study: string
  readonly version: number
  /** SHA-512 of the object's inventory as of this version. */
  readonly inventory: string
  readonly sealedAt: string
}
