/**
 * What the archive knows of the work around images: messages of the hospital's systems, persons, the worklist, what
 * modalities say they performed, and whether a study is whole.
 */
import type { Bytes } from '../../base/bytes.ts'
import type { Context } from '../../base/context.ts'
import type { DicomJson } from '../../dicom/json.ts'
import type { Uid } from '../../dicom/uid.ts'
import type { Database } from '../../storage/sql/database.ts'
import { oneAtATime } from '../../storage/sql/one-at-a-time.ts'
import type { Acts } from '../acts.ts'
import type { Match } from '../archive.ts'
import type { Learn } from '../known/known.ts'
import { openPersons, type Persons } from '../persons/persons.ts'
import type { Op } from '../persons/relations.ts'
import { openMessages } from './messages.ts'
import type { OrderChange, OrderDetails } from './orders.ts'
import { openProcedures } from './procedures.ts'
import { openReports } from './reports.ts'
import { openScheduled } from './scheduled.ts'
import { openWholeness } from './wholeness.ts'
import type { StepStatus } from './workflow-rows.ts'

/** Of each text: undefined where nothing is said, '' where it is taken away. */
export interface PersonChange {
  readonly patient: { readonly id: string; readonly issuer: string }
  readonly name?: string | undefined
  readonly birthDate?: string | undefined
  readonly sex?: string | undefined
}

/** What a message says of two patient IDs. */
export interface RelationChange {
  readonly op: Op
  readonly from: PersonChange['patient']
  readonly into: PersonChange['patient']
}

/** What a message says of a patient's contacts with the house; days YYYYMMDD. */
export interface ContactChange {
  readonly patient: PersonChange['patient']
  readonly death?: string
  readonly lastSeen?: string
  readonly discharge?: string
}

/** A message as a door has understood it. */
export interface IncomingMessage {
  readonly raw: Bytes
  /** MSH-3|MSH-4, MSH-10, MSH-9; '' as far as they could not be read. */
  readonly sender: string
  readonly control: string
  readonly type: string
  readonly characterSet: string
  /** `messageDigest` of it. */
  readonly digest: string
  /** MSH-7 in microseconds since 1970; without it the time of receipt counts. */
  readonly at?: number | undefined
  /** Of a report: what it is about. */
  readonly accession?: string | undefined
  readonly study?: string | undefined
  /** What it asks for … */
  readonly asked?:
    | {
        readonly persons: readonly PersonChange[]
        readonly orders: readonly OrderChange[]
        readonly relations: readonly RelationChange[]
        readonly contacts?: readonly ContactChange[]
      }
    | undefined
  /** … or why it cannot be followed. */
  readonly fault?: { readonly code: 'AE' | 'AR'; readonly why: string } | undefined
}

export interface MessageAnswer {
  readonly outcome: 'AA' | 'AE' | 'AR'
  readonly why: string
  /** It was here before; nothing followed again. */
  readonly again: boolean
}

export interface MessageView {
  readonly id: number
  readonly at: string
  readonly address: string
  readonly sender: string
  readonly control: string
  readonly type: string
  readonly outcome: 'AA' | 'AE' | 'AR'
  readonly why: string
  readonly note: string
  /** `issuer|id` */
  readonly patient: string
  readonly accession: string
  readonly study: string
  readonly characterSet: string
  /** A person should look at it. */
  readonly attention: boolean
  readonly settled: { readonly by: string; readonly at: string; readonly reason: string } | undefined
}

export interface OrderView extends OrderDetails {
  readonly key: string
  readonly placer: string
  readonly filler: string
  readonly accession: string
  readonly step: string
  readonly study: string
  readonly patient: { readonly id: string; readonly issuer: string; readonly name: string; readonly birthDate: string }
  readonly modality: string
  readonly stationAet: string
  readonly date: string
  readonly time: string
  readonly status: StepStatus
}

export interface ScheduledQuery {
  readonly matches: readonly Match[]
  /** How the question is journaled. */
  readonly raw: string
}

/** An N-CREATE or N-SET of a Modality Performed Procedure Step. */
export interface ProcedureChange {
  readonly sop: Uid
  readonly aet: string
  readonly attributes: DicomJson
}

/** Is all there that a modality said it made? */
export interface Wholeness {
  /**
   * `whole`: all that completed steps name is here. `lacks`: something is missing. `underway`: a step has not ended.
   * `unknown`: no step told.
   */
  readonly state: 'whole' | 'lacks' | 'underway' | 'unknown'
  readonly expected: number
  readonly received: number
  /** By series: how many are missing there. */
  readonly lacking: readonly { readonly series: string; readonly missing: number }[]
  /** Series of slices with empty places between them: their positions in millimetres along the series. */
  readonly gaps: readonly SliceGap[]
}

export interface SliceGap {
  readonly series: string
  /** How many slices would fill the gaps. */
  readonly slices: number
  readonly after: readonly number[]
}

export interface Workflow extends Persons {
  /**
   * Resolves when the message is durable, with how it is answered.
   * @throws {ArchiveError} `ACCESS_DENIED`, `STORE_WRITE_FAILED`, `STORE_NO_SPACE`: not kept
   */
  takeMessage(context: Context, message: IncomingMessage): Promise<MessageAnswer>
  /** Newest first; how many need attention, of all. */
  messages(
    context: Context,
    ask: { readonly attention?: boolean; readonly before?: number | undefined; readonly limit: number },
  ): Promise<{
    readonly messages: readonly MessageView[]
    readonly next: number | undefined
    readonly attention: number
  }>
  /** With its bytes as they came. @throws {ArchiveError} `NOT_FOUND` */
  message(context: Context, id: number): Promise<MessageView & { readonly raw: Bytes }>
  /** Somebody has looked at it. @throws {ArchiveError} `NOT_FOUND`, `HL7_SETTLED` */
  settleMessage(context: Context, id: number, reason: string): Promise<void>
  /** Items of the Modality Worklist (PS3.4 Annex K) that match, by date and time; cut above some thousands. */
  scheduled(
    context: Context,
    query: ScheduledQuery,
  ): Promise<{ readonly items: readonly DicomJson[]; readonly truncated: boolean }>
  /** Every step there is, newest message first. */
  orders(context: Context, ask: { readonly open: boolean; readonly limit: number }): Promise<readonly OrderView[]>
  /** PS3.4 F.7.2.1. @throws {ArchiveError} `MPPS_INVALID`, `MPPS_DUPLICATE` */
  createProcedure(context: Context, change: ProcedureChange): Promise<void>
  /** PS3.4 F.7.2.2. @throws {ArchiveError} `MPPS_INVALID`, `MPPS_UNKNOWN`, `MPPS_STATE` */
  setProcedure(context: Context, change: ProcedureChange): Promise<void>
  /** A performed procedure step, its study, and which of its instances were received. @throws {ArchiveError} `MPPS_UNKNOWN` */
  procedure(
    context: Context,
    sop: Uid,
  ): Promise<{ readonly study: string; readonly attributes: DicomJson; readonly here: ReadonlySet<string> }>
  /** Reports of a study as they came, the last one first. @throws {ArchiveError} `NOT_FOUND` */
  reportsOf(
    context: Context,
    study: Uid,
  ): Promise<readonly { readonly message: number; readonly at: string; readonly raw: Bytes }[]>
  /** Of each study; without gaps, which cost more. */
  wholeness(context: Context, studies: readonly string[]): Promise<ReadonlyMap<string, Wholeness>>
  /** Of one study, with gaps. */
  wholenessOf(context: Context, study: Uid): Promise<Wholeness>
}

export function openWorkflow(parts: { readonly db: Database; readonly acts: Acts; readonly learn: Learn }): Workflow {
  // What a step rests on is read before it is journaled: of messages and of people's acts one at a time.
  const inTurn = oneAtATime()
  return {
    ...openMessages({ ...parts, inTurn }),
    ...openPersons({ ...parts, inTurn }),
    ...openScheduled(parts),
    ...openProcedures(parts),
    ...openWholeness(parts),
    ...openReports(parts),
  }
}
