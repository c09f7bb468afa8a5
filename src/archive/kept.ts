/**
 * What the archive says of the places it keeps things in: bytes by modality, copies, and whether it is still what came.
 */
import type { Uid } from '../dicom/uid.ts'
import type { Attached } from '../vault/copies/places.ts'
import type { Finding } from '../vault/copies/reconcile.ts'
import type { Recall } from './tiers/tiers.ts'

/** An instance that does not come back as it was received, and where in the damaged file it lies; end exclusive. */
export interface HarmedInstance {
  readonly series: Uid
  readonly instance: Uid
  readonly version: number
  readonly start: number
  readonly end: number
}

/** A file of the vault that no copy has in good state. */
export interface DamagedFile {
  readonly study: Uid
  /** In the storage root. */
  readonly file: string
  readonly copies: readonly { readonly copy: string; readonly flaw: string }[]
  /** None: no image is reached by it; the reader and the directories of the file may be. */
  readonly harmed: readonly HarmedInstance[]
  readonly foundAt: string
}

export interface FixityReport {
  readonly study: Uid
  /** `mended`: something was bad and is good again. `behind`: a copy is not there, or could not be written. */
  readonly outcome: 'good' | 'mended' | 'damaged' | 'behind'
  /** Files that were bad in one copy, and from which they were written again. */
  readonly findings: readonly Finding[]
  readonly damaged: readonly DamagedFile[]
  /** Files a mirror did not have yet. */
  readonly copied: number
  /** Copies that lack something a good one has: they are not there, or could not be written. */
  readonly behind: readonly string[]
  /** Why they could not, by copy: the system's word, or a code of the table of errors. */
  readonly problems: Readonly<Record<string, string>>
  /** Read, of all copies. */
  readonly bytes: number
}

/** A place the vault is kept in: its own folder, or a mirror. */
export interface CopyState {
  /** `vault`, or the mirror's folder. */
  readonly copy: string
  readonly state: 'good' | 'behind' | 'away' | 'foreign' | 'locked' | 'read-only' | 'full' | 'failing'
  /** Studies it is known to lack. */
  readonly behind: number
  /** In plain words. */
  readonly says: string
}

/** Where reading everything again has come to. */
export interface FixityState {
  /** How often it comes by itself; 0: only when asked. */
  readonly days: number
  /** RFC 3339, or '' when there was none. */
  readonly began: string
  readonly ended: string
  readonly next: string
  readonly running: boolean
  /** Of the pass that runs, or of the last one. */
  readonly studies: number
  readonly bytes: number
  /** Files written again since the start. */
  readonly mended: number
  readonly damaged: readonly DamagedFile[]
}

export interface StorageReport {
  /** By modality, form and reason. */
  readonly kept: readonly KeptBytes[]
  /** What only the inbox has. */
  readonly waiting: { readonly studies: number; readonly instances: number; readonly bytes: number }
  readonly fixity: FixityState
  /** The vault first. */
  readonly copies: readonly CopyState[]
  /** Undefined: there is no cold store. */
  readonly tiers: TiersReport | undefined
}

export interface TiersReport {
  /** The folder or address of the cold store. */
  readonly cold: string
  readonly state: Attached
  /** In plain words. */
  readonly says: string
  /** What is there. */
  readonly studies: number
  readonly bytes: number
  /** Waiting to go there. */
  readonly moving: number
  /** What is on its way back, the next one first. */
  readonly recalls: readonly Recall[]
}

export interface KeptBytes {
  readonly modality: string
  readonly form: 'htj2k' | 'received'
  /** Why it is kept as received; '' otherwise. */
  readonly why: string
  readonly instances: number
  /** Bytes as received and as kept, recipes counted. */
  readonly received: number
  readonly kept: number
}
