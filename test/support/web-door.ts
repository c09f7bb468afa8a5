/**
 * The web door with a small archive behind it that keeps what it is given in memory: for tests of the web room that
 * need no disk. Started with `--open`, so that tests of what is asked and answered need no login.
 */
import { createHash } from 'node:crypto'
import type {
  Archive,
  Arrival,
  FindAnswer,
  Happening,
  InstanceRecord,
  PictureAsk,
  Query,
  Receipt,
} from '../../src/archive/archive.ts'
import { type ByteStream, gather } from '../../src/base/bytes.ts'
import { ArchiveError } from '../../src/base/errors.ts'
import { openControl } from '../../src/compliance/control.ts'
import { type Uid, uid } from '../../src/dicom/uid.ts'
import { openWeb, type WebOptions } from '../../src/web/open.ts'

export interface MemoryInstance {
  readonly record: InstanceRecord
  readonly bytes: Buffer
  readonly frames: readonly Buffer[]
}

export interface MemoryArchive extends Archive {
  readonly kept: MemoryInstance[]
  readonly arrivals: { readonly arrival: Arrival; readonly length: number; readonly sha256: string }[]
  readonly queries: Query[]
  readonly recorded: Happening[]
  /** Parts set aside and not yet released. */
  held: number
  /** Streams given out and not yet read to their end or given up. */
  openStreams: number
  /** How often metadata was begun to be read, or something was looked at again. */
  looks: number
  /** Pictures asked for. */
  readonly pictures: { readonly instance: string; readonly frame: number; readonly ask: PictureAsk }[]
  /** What the next searches find. */
  found: FindAnswer
  /** Takes an arrival in; tests replace it. */
  take: (arrival: Arrival) => Promise<Receipt>
  add(
    instance: Partial<Omit<InstanceRecord, 'key' | 'frames'>> & {
      uid: string
      bytes?: Buffer
      frames?: readonly Buffer[]
    },
  ): void
  /** Bytes given out in place of what is kept. */
  giving: (bytes: Buffer) => ByteStream
}

export const STUDY = uid('1.2.3')
export const SERIES = uid('1.2.3.4')
export const EXPLICIT = uid('1.2.840.10008.1.2.1')

export function memoryArchive(): MemoryArchive {
  const nothing = (): never => {
    throw new ArchiveError('NOT_FOUND', { what: 'such study' })
  }

  async function* watched(bytes: ByteStream): AsyncGenerator<Uint8Array, void> {
    archive.openStreams += 1
    try {
      yield* bytes
    } finally {
      archive.openStreams -= 1
    }
  }
  const give = (bytes: Buffer): ByteStream => watched(archive.giving(bytes))
  const of = (record: InstanceRecord): MemoryInstance => archive.kept[record.id - 1] ?? nothing()

  const listeners = new Set<(receipt: Receipt) => void>()
  const archive: MemoryArchive = {
    kept: [],
    arrivals: [],
    queries: [],
    recorded: [],
    held: 0,
    openStreams: 0,
    looks: 0,
    pictures: [],
    found: { results: [], truncated: false },
    giving: async function* (bytes) {
      yield bytes
    },

    take: async ({ bytes }) => {
      const whole = Buffer.from(await gather(bytes))
      const [name = '', reason] = String(whole.subarray(0, 40)).trim().split(' ')
      if (reason !== undefined)
        throw new ArchiveError('DICOM_NOT_DICOM', { why: reason, sopClass: '1.9', sopInstance: name })
      const again = archive.kept.find(({ record }) => record.key.instance === name)
      if (again === undefined) archive.add({ uid: name, bytes: whole })
      const outcome = again === undefined ? 'stored' : again.bytes.equals(whole) ? 'already' : 'conflict'
      const key = { study: STUDY, series: SERIES, instance: uid(name) }
      return { outcome, key, sopClass: '1.2.840.10008.5.1.4.1.1.2', ds: '', version: 1, leniencies: [] }
    },

    commit: async (_context, _transaction, asked) => asked.map((one) => ({ ...one, outcome: 'absent' })),
    async picture(_context, record, frame, ask) {
      archive.pictures.push({ instance: record.key.instance, frame, ask })
      return Buffer.from(`picture of frame ${frame}`)
    },

    presented: async () => nothing(),

    add({ uid: instance, bytes = Buffer.from(instance), frames = [], ...rest }) {
      const record: InstanceRecord = {
        id: archive.kept.length + 1,
        key: { study: STUDY, series: SERIES, instance: uid(instance) },
        version: 1,
        current: true,
        sopClass: '1.2.840.10008.5.1.4.1.1.2',
        instanceNumber: archive.kept.length + 1,
        transferSyntax: EXPLICIT,
        rows: 1,
        columns: 1,
        frames: frames.length,
        ds: createHash('sha256').update(bytes).digest('hex'),
        origin: 'file',
        source: 'test',
        receivedAt: '2026-11-24T10:00:00.000Z',
        leniencies: [],
        length: bytes.length,
        dsStart: 0,
        ...rest,
      }
      archive.kept.push({ record, bytes, frames })
    },

    async receive(_context, arrival) {
      const hash = createHash('sha256')
      let length = 0
      const counted = (async function* () {
        for await (const piece of arrival.bytes) {
          hash.update(piece)
          length += piece.length
          yield piece
        }
      })()
      const receipt = await archive.take({ ...arrival, bytes: counted })
      archive.arrivals.push({ arrival, length, sha256: hash.digest('hex') })
      for (const call of listeners) call(receipt)
      return receipt
    },
    async hold(_context, bytes) {
      const whole = Buffer.from(await gather(bytes))
      archive.held += 1
      return {
        length: whole.length,
        read: async function* (range) {
          yield whole.subarray(range?.start ?? 0, range?.end)
        },
        release: async () => {
          archive.held -= 1
        },
      }
    },
    onReceived(call) {
      listeners.add(call)
      return () => listeners.delete(call)
    },
    async find(_context, query) {
      archive.queries.push(query)
      return archive.found
    },
    worklist: async () => ({ studies: [], next: undefined }),
    inSight: async (_context, studies) => new Set(studies),
    unrestricted: async (studies) => new Set(studies),
    restrictions: async () => [],
    restrict: async () => nothing(),
    liftRestriction: async () => nothing(),
    breakGlass: async () => nothing(),
    endEmergency: async () => nothing(),
    emergencies: async () => [],
    accessReviews: async () => ({ reviews: [], waiting: 0 }),
    review: async () => nothing(),
    availability: async () => ({ availability: 'ONLINE' as const }),
    recall: async () => ({ availability: 'ONLINE' as const }),
    moveToCold: async () => nothing(),
    lookouts: async () => [],
    saveLookout: async () => nothing(),
    stopLookout: async () => nothing(),
    warnings: async () => ({ warnings: [], waiting: 0, next: undefined }),
    settleWarning: async () => nothing(),
    redactions: async () => [],
    proposeRedaction: async () => nothing(),
    approveRedaction: async () => nothing(),
    endRedaction: async () => nothing(),
    study: async () => nothing(),
    async instances(_context, { study, series, instance }) {
      const records = archive.kept
        .map(({ record }) => record)
        .filter(({ key }) => key.study === study && (series ?? key.series) === key.series)
        .filter(({ key }) => (instance ?? key.instance) === key.instance)
      return records.length === 0 ? nothing() : records
    },
    versions: async (context, key) => archive.instances(context, key),
    original: (_context, record, range) => give(of(record).bytes.subarray(range?.start ?? 0, range?.end)),
    file: (_context, record, form) => ({
      transferSyntax: form === 'explicit' ? EXPLICIT : record.transferSyntax,
      bytes: give(of(record).bytes),
      begin: async () => {
        of(record)
      },
      end: async () => {},
    }),
    async *frames(_context, record, numbers, form) {
      for (const frame of numbers) {
        const bytes = of(record).frames[frame - 1] ?? nothing()
        const transferSyntax: Uid = form === 'explicit' ? EXPLICIT : record.transferSyntax
        yield { frame, transferSyntax, bytes: give(bytes), size: bytes.length }
      }
    },
    async *metadata(_context, scope, base) {
      const records = await archive.instances(_context, scope)
      archive.looks += 1
      for (const { key } of records) yield JSON.stringify({ '00080018': { vr: 'UI', Value: [key.instance] }, base })
    },
    async seenAgain() {
      archive.looks += 1
    },
    async bulkData(_context, record, path, range) {
      const { bytes } = of(record)
      if (path !== '7FE00010' && path !== '54000100/1/54001010')
        throw new ArchiveError('NOT_FOUND', { what: 'such bulk data' })
      return { bytes: give(bytes.subarray(range?.start ?? 0, range?.end)), size: bytes.length }
    },
    conflicts: async () => [],
    changes: async (_context, { after }) => ({ changes: [], next: after, more: false }),
    audit: async () => ({ events: [], next: undefined }),
    record: async (_context, happened) => void archive.recorded.push(happened),
    retention: async () => ({
      configured: false,
      holds: [],
      jurisdictions: [],
      status: 'INDEFINITE',
      retainThrough: undefined,
      eligibleOn: undefined,
      destroyBy: undefined,
      governing: [],
      flags: [],
      missing: [],
      rules: '',
      stands: undefined,
    }),
    toldFacts: async () => ({ facts: [], tags: [] }),
    tellFacts: async () => nothing(),
    reductions: async () => [],
    proposeReduction: async () => nothing(),
    approveReduction: async () => nothing(),
    endReduction: async () => nothing(),
    erasures: async () => [],
    erasure: async () => nothing(),
    recordErasure: async () => nothing(),
    answerErasure: async () => nothing(),
    erasureLetter: async () => nothing(),
    evidence: async () => nothing(),
    inventory: async () => nothing(),
    subjects: async () => ({ patients: [], studies: [], truncated: false }),
    accessReport: async () => nothing(),
    integrity: async () => nothing(),
    destruction: async () => nothing(),
    completeness: async () => nothing(),
    reportFile: async () => nothing(),
    holds: async () => [],
    preSteps: async () => [],
    siteRules: async () => ({ adoptions: [], shipped: [], institutions: [] }),
    proposeRules: async () => nothing(),
    approveRules: async () => nothing(),
    endRules: async () => nothing(),
    dispositions: async () => [],
    proposeDisposition: async () => nothing(),
    approveDisposition: async () => nothing(),
    endDisposition: async () => nothing(),
    tombstones: async () => [],
    certificate: async () => nothing(),
    carryOutDispositions: async () => {},
    rejections: async () => [],
    rejected: async () => nothing(),
    reject: async () => nothing(),
    measure: async () => nothing(),
    keepView: async () => nothing(),
    keepKeyImages: async () => nothing(),
    restore: async () => nothing(),
    instancesAsOf: async () => nothing(),
    takeMessage: async () => ({ outcome: 'AA', why: '', again: false }),
    messages: async () => ({ messages: [], next: undefined, attention: 0 }),
    message: async () => nothing(),
    settleMessage: async () => nothing(),
    beginMigration: async () => ({ keys: [], software: '' }),
    sealMigration: async () => nothing(),
    reportsOf: async () => [],
    procedure: async () => nothing(),
    lastArrival: async () => -1,
    arrivedSince: async (_context, { after }) => ({ arrived: [], next: after }),
    tryRoute: async () => [],
    person: async () => nothing(),
    relate: async () => nothing(),
    reviews: async () => ({ reviews: [], open: 0 }),
    settleReview: async () => nothing(),
    scheduled: async () => ({ items: [], truncated: false }),
    orders: async () => [],
    createProcedure: async () => undefined,
    setProcedure: async () => undefined,
    wholeness: async () => new Map(),
    wholenessOf: async () => ({ state: 'unknown', expected: 0, received: 0, lacking: [], gaps: [] }),
    placeHold: async () => nothing(),
    askRelease: async () => nothing(),
    keepHold: async () => nothing(),
    releaseHold: async () => nothing(),
    calendar: async () => nothing(),
    dueStudies: async () => ({ studies: [], truncated: false }),
    seal: async function* () {},
    fixity: async function* () {},
    growth: async () => ({ unit: 'day', from: '', modalities: [], free: 0, reserve: 0 }),
    storage: async () => ({
      kept: [],
      waiting: { studies: 0, instances: 0, bytes: 0 },
      fixity: { days: 0, began: '', ended: '', next: '', running: false, studies: 0, bytes: 0, mended: 0, damaged: [] },
      copies: [],
      tiers: undefined,
    }),
    status: async () => ({
      studies: 0,
      instances: 0,
      bytes: 0,
      freeBytes: 0,
      accepting: true,
      damage: 0,
      inboxBytes: 0,
      oldest: '',
      fixity: { ended: '', mended: 0, damaged: 0, harmed: 0 },
      copies: [],
      log: { leaves: 0, signed: 0, alarm: '', witnesses: [], stamps: null, repositories: [] },
    }),
    log: {
      years: () => [],
      checkpoint: () => undefined,
      key: () => undefined,
      tile: async () => undefined,
      proof: async () => undefined,
      stamps: async () => [],
      stampFile: async () => undefined,
    },
    close: async () => undefined,
  }
  return archive
}

export async function webDoor(archive: MemoryArchive, options: Partial<WebOptions> = {}) {
  const control = openControl(':memory:', { configuredDevices: [] })
  const web = await openWeb({
    archive,
    control,
    host: '127.0.0.1',
    port: 0,
    open: true,
    aeTitle: 'CLEARKEEP',
    dicomPort: 11112,
    appFolder: '/nowhere',
    version: '0.0.0',
    ...options,
  })
  return {
    url: web.url,
    port: web.port,
    dicomweb: `${web.url}/dicom-web`,
    control,
    async close() {
      await web.close()
      control.close()
    },
  }
}
