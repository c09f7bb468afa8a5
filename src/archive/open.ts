/**
 * Puts the archive together: recovery first, then the sequencer, then the ways in and out on top of it.
 */
import { type Context, pseudonym } from '../base/context.ts'
import type { FrameDecoder } from '../codecs/frame-decoder.ts'
import { eventStatements, lastEventTime } from '../ledger/events.queries.ts'
import type { Files } from '../storage/files/files.ts'
import type { Database } from '../storage/sql/database.ts'
import type { Inbox } from '../vault/inbox/inbox.ts'
import type { Acts } from './acts.ts'
import type { Archive, Happening, Receipt } from './archive.ts'
import { openCompare } from './compare.ts'
import { openFind } from './find.ts'
import { intakeStatements, knownSpools } from './intake.queries.ts'
import { INTAKE_OPTIONS, type IntakeOptions, openIntake } from './intake.ts'
import { type Log, openJournalWriter } from './journal-writer.ts'
import { openRead } from './read.ts'
import { recover } from './recover.ts'
import { openSightings } from './sightings.ts'
import { openSpace } from './space.ts'
import { openStatus } from './status.ts'

export interface ArchiveParts {
  readonly db: Database
  readonly inbox: Inbox
  readonly files: Files
  /** Where free space is looked at. */
  readonly dataFolder: string
  readonly decoder: FrameDecoder
  readonly now: () => Date
  /** That many random bytes. */
  readonly random: (bytes: number) => Uint8Array
  readonly log: Log
  /** The program's version, for the leaves of its start. */
  readonly version: string
  readonly options?: Partial<ArchiveOptions>
}

export interface ArchiveOptions extends IntakeOptions {
  /** Bytes of the disk never given to arriving objects (`storage.reserveBytes`). */
  readonly reserveBytes: number
}

/** Recovers what a crash left, puts the leaf of its start in line, and is open. */
export async function openArchive(parts: ArchiveParts): Promise<Archive> {
  const { db, inbox, files, dataFolder, decoder, now, random, log, version } = parts
  const options: ArchiveOptions = { ...INTAKE_OPTIONS, reserveBytes: 0, ...parts.options }
  const intakeSql = intakeStatements(db.read)
  const events = eventStatements(db.read)

  const recovered = await recover({ db, inbox, log })
  if (recovered.groups > 0) log.info(recovered, 'the index was brought up to the journal')
  for (const damage of inbox.damage) log.error({ ...damage }, 'the journal is damaged; the rest was recovered')
  const swept = await inbox.sweepSpools(() => knownSpools(db))
  if (swept.length > 0) log.info({ files: swept.length }, 'spool files of objects that never arrived were removed')

  const sequence = { nextN: recovered.nextN, lastTs: await lastEventTime(db) }
  const writer = openJournalWriter({ db, inbox, intake: intakeSql, events, sequence, now, random, log })
  const event: Acts['event'] = ({ principal, client }, happening, when) =>
    writer.act(
      {
        kind: 'act',
        event: { ...happening, ts: now().toISOString(), actor: pseudonym(principal) },
        who: { principal, client },
      },
      when,
    )
  const sightings = openSightings({ event, now })
  const acts: Acts = { event, seeing: sightings.seeing, seen: sightings.seen }
  const itself: Context = {
    principal: { kind: 'job', name: 'archive' },
    client: { address: '' },
    now,
    signal: new AbortController().signal,
  }

  // `soon`: a full disk must not keep the archive from starting. They stand first in line, so they are the first leaves.
  if (recovered.nextN === 0) await acts.event(itself, logOpen(version), 'soon')
  await acts.event(itself, application('start', version), 'soon')

  const space = openSpace({ files, folder: dataFolder, reserveBytes: options.reserveBytes, now })
  const compare = openCompare({ inbox, decoder })
  const intake = openIntake({ inbox, writer, space, acts, compare, options, now })
  const find = openFind({ db, acts })
  const read = openRead({ db, inbox, acts, decoder })
  const status = openStatus({ db, inbox, writer, space, acts, reserveBytes: options.reserveBytes })

  const listeners = new Set<(receipt: Receipt) => void>()

  return {
    receive: async (context, arrival) => {
      const receipt = await intake.receive(context, arrival)
      for (const call of listeners) call(receipt)
      return receipt
    },
    onReceived: (call) => {
      listeners.add(call)
      return () => listeners.delete(call)
    },
    ...find,
    ...read,
    ...status,
    record: acts.event,
    close: async () => {
      await intake.close()
      await sightings.close()
      await acts.event(itself, application('stop', version), 'now').catch((thrown: unknown) => {
        log.warn({ error: String(thrown) }, 'the leaf of the stop could not be written')
      })
      await writer.close()
    },
  }
}

/** The first leaf of a log: which one it goes on from (none), and by which software it was begun. */
const logOpen = (version: string): Happening => ({
  type: 'log.open',
  action: 'C',
  outcome: 0,
  detail: {},
  publicDetail: { prev: null, sw: version },
})

/** PS3.15 A.5.3.1. */
const application = (what: 'start' | 'stop', version: string): Happening => ({
  type: 'aud.110100',
  action: 'E',
  outcome: 0,
  detail: { subtype: what === 'start' ? '110120' : '110121', sw: version },
})
