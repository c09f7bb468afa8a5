/**
 * The DICOM door with a small archive behind it that keeps what it is given in memory: for tests of the network room
 * that need no disk. It implements the one function the door calls to store, with the outcomes the archive gives.
 */
import { createHash } from 'node:crypto'
import type { Archive, Arrival, Happening, Receipt } from '../../src/archive/archive.ts'
import type { Context } from '../../src/base/context.ts'
import { ArchiveError } from '../../src/base/errors.ts'
import { openCommitments } from '../../src/compliance/commitments.ts'
import { CONTROL_MIGRATIONS } from '../../src/compliance/control.queries.ts'
import { uid } from '../../src/dicom/uid.ts'
import {
  type DicomListener,
  type DicomListenerOptions,
  type Log,
  openDicomListener,
} from '../../src/network/listener.ts'
import { openControlStore } from '../../src/storage/sql/control-store.ts'

export interface Kept {
  readonly context: Context
  readonly arrival: Arrival
  readonly length: number
  readonly sha256: string
  /** Pieces the data set came in. */
  readonly pieces: number
}

export interface MemoryArchive
  extends Pick<
    Archive,
    | 'receive'
    | 'record'
    | 'find'
    | 'inSight'
    | 'instances'
    | 'file'
    | 'commit'
    | 'scheduled'
    | 'createProcedure'
    | 'setProcedure'
    | 'procedure'
  > {
  readonly kept: Kept[]
  readonly recorded: { readonly context: Context; readonly happened: Happening }[]
  /** Called for each arrival before its bytes are taken; what it throws is the archive's refusal. */
  before: (arrival: Arrival) => Promise<void> | void
  /** Called for each piece of a data set. */
  onPiece: (bytes: Uint8Array) => Promise<void> | void
}

export function memoryArchive(): MemoryArchive {
  const kept: Kept[] = []
  const recorded: { context: Context; happened: Happening }[] = []
  const archive: MemoryArchive = {
    kept,
    recorded,
    before: () => undefined,
    onPiece: () => undefined,
    receive: async (context, arrival): Promise<Receipt> => {
      await archive.before(arrival)
      const hash = createHash('sha256')
      let length = 0
      let pieces = 0
      for await (const bytes of arrival.bytes) {
        await archive.onPiece(bytes)
        hash.update(bytes)
        length += bytes.length
        pieces += 1
      }
      if (length === 0) throw new ArchiveError('DICOM_TRUNCATED', { at: 0, why: 'it is empty' })
      const sha256 = hash.digest('hex')
      const sopInstance = arrival.stream?.sopInstance ?? ''
      const same = kept.filter((one) => one.arrival.stream?.sopInstance === sopInstance)
      const outcome = same.length === 0 ? 'stored' : same.some((one) => one.sha256 === sha256) ? 'already' : 'conflict'
      kept.push({ context, arrival, length, sha256, pieces })
      return {
        outcome,
        key: { study: uid('1.2'), series: uid('1.2.3'), instance: uid(sopInstance) },
        sopClass: arrival.stream?.sopClass ?? '',
        ds: sha256,
        version: same.length + 1,
        leniencies: [],
      }
    },
    commit: async (_context, _transaction, asked) =>
      asked.map((one) => ({
        ...one,
        outcome: kept.some(({ arrival }) => arrival.stream?.sopInstance === one.instance) ? 'kept' : 'absent',
      })),
    find: async () => ({ results: [], truncated: false }),
    scheduled: async () => ({ items: [], truncated: false }),
    createProcedure: async () => undefined,
    setProcedure: async () => undefined,
    procedure: async () => ({ study: '', attributes: {}, here: new Set() }),
    inSight: async (_context, studies) => new Set(studies),
    instances: async () => [],
    file: () => ({
      transferSyntax: uid('1.2.840.10008.1.2.1'),
      bytes: (async function* () {})(),
      begin: async () => {},
      end: async () => {},
    }),
    record: async (context, happened) => {
      recorded.push({ context, happened })
    },
  }
  return archive
}

export interface DoorForTests extends DicomListener {
  readonly archive: MemoryArchive
  readonly refused: { readonly aet: string; readonly address: string }[]
  readonly logged: { readonly level: string; readonly facts: object; readonly message: string }[]
}

/** A door on a free port of loopback that takes every caller, unless told otherwise. */
export async function openDoor(options: Partial<DicomListenerOptions> = {}): Promise<DoorForTests> {
  const archive = memoryArchive()
  const refused: { aet: string; address: string }[] = []
  const logged: { level: string; facts: object; message: string }[] = []
  const at = (level: string) => (facts: object, message: string) => void logged.push({ level, facts, message })
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  const listener = await openDicomListener({
    archive,
    devices: {
      isKnown: (aet) => aet === 'LISTED',
      actsOf: () => undefined,
      noteRefused: (aet, address) => void refused.push({ aet, address }),
    },
    commitments: openCommitments(openControlStore(':memory:', CONTROL_MIGRATIONS)),
    aeTitle: 'CLEARKEEP',
    host: '127.0.0.1',
    port: 0,
    unknownCallers: 'accept',
    graceMs: 500,
    log,
    now: () => new Date(),
    ...options,
  })
  return { ...listener, archive, refused, logged }
}
