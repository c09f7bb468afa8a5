/**
 * Puts the archive together: recovery first, then the sequencer, then the ways in and out on top of it.
 */
import { join } from 'node:path'
import { type Context, pseudonym } from '../base/context.ts'
import { asArchiveError } from '../base/errors.ts'
import type { FrameDecoder } from '../codecs/frame-decoder.ts'
import { countLeaves, eventStatements, eventsFrom, lastEventTime, leavesFrom } from '../ledger/events.queries.ts'
import { openLog } from '../ledger/log/log.ts'
import { openStamping, type Stamping } from '../ledger/log/stamping.ts'
import { openWitnessing, type Witnessing, type WitnessPeer } from '../ledger/log/witnessing.ts'
import { NO_REPORTING, openReporting, type Reporting, type ReportingOptions } from '../ledger/repository/reporting.ts'
import type { Files } from '../storage/files/files.ts'
import type { Database } from '../storage/sql/database.ts'
import { mendedBefore, openMender } from '../vault/copies/mender.ts'
import { alone, type Copy, vaultOf } from '../vault/copies/places.ts'
import { openStubs, STUBS, tiered } from '../vault/copies/tiered.ts'
import type { Inbox } from '../vault/inbox/inbox.ts'
import type { Sealer } from '../vault/seal/open.ts'
import { abandonUnfinished } from '../vault/seal/unfinished.ts'
import type { Acts } from './acts.ts'
import type { Archive, GroupFigures, Receipt } from './archive.ts'
import { openAudit } from './audit.ts'
import { openCalendar } from './calendar.ts'
import { openChanges } from './changes.ts'
import { openCommit } from './commit.ts'
import { openCompare } from './compare.ts'
import { unfinishedTombstones } from './disposition/disposition.queries.ts'
import { type DispositionOptions, openDispositions } from './disposition/disposition.ts'
import { openDue, openMayGo } from './disposition/due.ts'
import { openErasure } from './erasure/erasure.ts'
import { openEvidence } from './evidence/evidence.ts'
import { openFind } from './find.ts'
import { studyOfPack } from './fixity.queries.ts'
import { openFixity } from './fixity.ts'
import { type FixityOptions, openFixityPass } from './fixity-pass.ts'
import { openGrowth } from './growth.ts'
import { openHeartbeat } from './heartbeat.ts'
import { openHolding } from './holding.ts'
import { openHolds } from './holds.ts'
import { intakeStatements, knownSpools } from './intake.queries.ts'
import { INTAKE_OPTIONS, type IntakeOptions, openIntake } from './intake.ts'
import { openInventories } from './inventory/inventory.ts'
import { type Log, openJournalWriter } from './journal-writer.ts'
import { openKnown } from './known/known.ts'
import { openLocate } from './locate.ts'
import { openLookouts } from './lookouts/lookouts.ts'
import { openWatchKeeper, type WatchKeeper } from './lookouts/watch-keeper.ts'
import { openMeasuring } from './measurements.ts'
import { openMigrations } from './migration.ts'
import { openMirrors } from './mirrors.ts'
import { application, logAlarm, logOpen, witnessRefused } from './own-acts.ts'
import { openQuestions } from './questions/open.ts'
import { patientOf } from './read.queries.ts'
import { openRead } from './read.ts'
import { openReaderObjects } from './reader-objects.ts'
import { recover } from './recover.ts'
import { openRedactions } from './redaction/redaction.ts'
import { openNoteDesk, openRejections } from './rejections.ts'
import { type Emergencies, openEmergencies } from './restrictions/emergencies.ts'
import { openRestrictions } from './restrictions/restrictions.ts'
import { openRetention } from './retention.ts'
import { openRouting } from './routing/routing.ts'
import { openAdoption } from './rules/adopt.ts'
import { openSiteRules } from './rules/site-rules.ts'
import { openSealing, type SealingOptions } from './sealing.ts'
import { openSightings } from './sightings.ts'
import { openSpace } from './space.ts'
import { openStatus } from './status.ts'
import { studyLocks } from './study-locks.ts'
import { openTierRoom, type TierOptions } from './tiers/open.ts'
import { openTiering } from './tiers/tiering.ts'
import { openWorkflow } from './workflow/workflow.ts'

export interface ArchiveParts {
  readonly db: Database
  readonly inbox: Inbox
  readonly files: Files
  /** Where free space is looked at. */
  readonly dataFolder: string
  readonly decoder: FrameDecoder
  /** Every place the vault is kept in, each by itself: its own first, then mirrors. */
  readonly copies: readonly Copy[]
  /** Where studies go that nobody looks at; undefined: they stay. */
  readonly cold?: Copy
  readonly sealer: Sealer
  readonly now: () => Date
  /** That many random bytes. */
  readonly random: (bytes: number) => Uint8Array
  readonly log: Log
  /** The program's version, for the leaves of its start. */
  readonly version: string
  /** Told of each group the sequencer commits or refuses. */
  readonly grouped?: (figures: GroupFigures) => void
  readonly options?: Partial<ArchiveOptions>
  /** The verifier that goes into evidence packs; the built one unless given. */
  readonly verifier?: string
}

const VERIFIER = new URL('../../dist/verifier/verify.mjs', import.meta.url)

export interface ArchiveOptions extends IntakeOptions {
  /** Bytes of the disk never given to arriving objects (`storage.reserveBytes`). */
  readonly reserveBytes: number
  /** What the names of the log's shards begin with (`log.origin`). */
  readonly logOrigin: string
  readonly seal: SealingOptions
  readonly fixity: FixityOptions
  /** How often a mirror that is away is looked for, in milliseconds. */
  readonly copyMs: number
  readonly tiers: TierOptions
  readonly disposition: DispositionOptions
  /** AE titles of devices whose rejection notes are taken. */
  readonly rejectionNotesFrom: readonly string[]
  /** How long leaves may wait for a checkpoint, in milliseconds: less than a second. */
  readonly checkpointMs: number
  /** After how long without an entry one says that the archive runs, in milliseconds. */
  readonly heartbeatMs: number
  /** Who cosigns the log (`log.witnesses`), and how often they are asked at most, in milliseconds. */
  readonly witnesses: readonly WitnessPeer[]
  readonly witnessMs: number
  /** A time-stamping authority, '' for none, and how often it is asked, in milliseconds. */
  readonly tsaUrl: string
  readonly stampMs: number
  /** Who is told of every act, and as whom. */
  readonly reporting: ReportingOptions
  /** Bodies of events are kept at least so long (`audit.keepDays`). */
  readonly auditKeepDays: number
}

/** In the data folder: what was mended before there was an archive to journal it. */
export const MENDED = 'mended.json'

/** In the data folder: what is to go to the cold store and to come back. */
export const TIERS = 'tiers.json'

/** In the data folder: what mirrors lack. */
export const MIRRORS = 'mirrors.json'

/** Recovers what a crash left, puts the leaf of its start in line, and is open; or leaves nothing running. */
export async function openArchive(parts: ArchiveParts): Promise<Archive> {
  const opened: (() => Promise<void> | void)[] = []
  try {
    return await open(parts, opened)
  } catch (thrown) {
    for (const close of opened.reverse()) await close()
    throw thrown
  }
}

/** @param opened  is given how to close each thing that runs, for when a later one does not open */
async function open(parts: ArchiveParts, opened: (() => Promise<void> | void)[]): Promise<Archive> {
  const { db, inbox, files, dataFolder, decoder, copies, cold, sealer, now, random, log, version } = parts
  const options: ArchiveOptions = {
    ...INTAKE_OPTIONS,
    reserveBytes: 0,
    logOrigin: 'clearkeep',
    seal: { automatic: false, quietSeconds: 1800 },
    fixity: { days: 0, bytesPerSecond: 1e9 },
    copyMs: 10_000,
    tiers: { rules: [], everyMs: 86_400_000, retryMs: 60_000 },
    disposition: { coolingDays: 30, automatic: false },
    rejectionNotesFrom: [],
    checkpointMs: 500,
    heartbeatMs: 300_000,
    witnesses: [],
    witnessMs: 300_000,
    tsaUrl: '',
    stampMs: 86_400_000,
    reporting: NO_REPORTING,
    auditKeepDays: 3653,
    ...parts.options,
  }
  const site = openSiteRules(db)
  const vault = vaultOf(copies, { fellBack: (name) => fellBack(name) })
  /** Given by another copy than the vault's own: the study is looked at next, unless it is known that the vault is away. */
  let fellBack: (name: string) => void = () => {}
  const intakeSql = intakeStatements(db.read)
  const events = eventStatements(db.read)

  const stubs = await openStubs(files, dataFolder)
  const sealedStore = tiered(vault, stubs, cold)
  const mendedPath = join(dataFolder, MENDED)
  const mend = openMender(files, mendedPath, copies)
  const unfinished = await abandonUnfinished(files, vault, join(dataFolder, 'inbox'), mend).catch((thrown: unknown) => {
    // A vault that is away has time: the next seal looks after it first.
    if (asArchiveError(thrown).code !== 'COPY_AWAY') throw thrown
    return undefined
  })
  if (unfinished !== undefined) log.info({ study: unfinished }, 'what a crash left of a seal was removed')
  const recovered = await recover({ db, inbox, vault: sealedStore, decoder, log, mend })
  if (recovered.groups > 0) log.info(recovered, 'the index was brought up to the journal')
  for (const damage of inbox.damage) log.error({ ...damage }, 'the journal is damaged; the rest was recovered')
  const swept = await inbox.sweepSpools(() => knownSpools(db))
  if (swept.length > 0) log.info({ files: swept.length }, 'spool files of objects that never arrived were removed')

  const sequence = { nextN: recovered.nextN, lastTs: await lastEventTime(db) }
  const itself: Context = {
    principal: { kind: 'job', name: 'archive' },
    client: { address: '' },
    now,
    signal: new AbortController().signal,
  }

  let witnessing: Witnessing | undefined
  let stamping: Stamping | undefined
  let reporting: Reporting | undefined
  let emergencies: Emergencies | undefined
  let watchKeeper: WatchKeeper | undefined
  const ledger = await openLog({
    files,
    folder: join(dataFolder, 'log'),
    keys: join(dataFolder, 'keys'),
    origin: options.logOrigin,
    intervalMs: options.checkpointMs,
    leaves: (from) => leavesFrom(db, from),
    nextN: recovered.nextN,
    complain: (facts, message) => log.error(facts, message),
    published: () => {
      witnessing?.nudge()
      stamping?.nudge()
    },
  })
  opened.push(() => ledger.close())
  const writer = openJournalWriter({
    db,
    inbox,
    intake: intakeSql,
    events,
    sequence,
    now,
    random,
    log,
    grouped: (figures) => {
      parts.grouped?.(figures)
      reporting?.nudge()
      watchKeeper?.nudge()
    },
    synced: (records) => ledger.append(records.filter((record) => record.kind === 'event')),
    before: (ts) => {
      const opening = ledger.opening(ts)
      if (opening === undefined) return undefined
      const { principal, client } = itself
      return {
        kind: 'act',
        event: { ...logOpen(version, opening), ts, actor: pseudonym(principal) },
        who: { principal, client },
      }
    },
  })
  opened.push(() => writer.close())
  const event: Acts['event'] = async ({ principal, client, signature }, happening, when, fact) => {
    // Who asks what was done with a patient's images asks by patient: an act that knows its study alone is told whose it is.
    const { study = '', patient = study === '' ? '' : await patientOf(db, study) } = happening
    const actor = pseudonym(principal)
    const purpose = patient === '' ? undefined : emergencies?.purpose(actor, patient)
    await writer.act(
      {
        kind: 'act',
        event: {
          ...happening,
          ...((signature !== undefined || purpose !== undefined) && {
            detail: {
              ...happening.detail,
              ...(signature !== undefined && { signature }),
              ...(purpose !== undefined && { purposeOfUse: purpose }),
            },
          }),
          ...(patient !== '' && { patient }),
          ts: now().toISOString(),
          actor,
        },
        who: { principal, client },
        ...(fact && { fact }),
      },
      when,
    )
  }
  const sightings = openSightings({
    event,
    now,
    opened: async (context, study, patient) => emergencies?.opened(context, study, patient),
  })
  opened.push(() => sightings.close())
  const acts: Acts = { event, seeing: sightings.seeing, seen: sightings.seen }
  emergencies = await openEmergencies({
    db,
    acts,
    itself,
    complain: (facts, message) => log.warn(facts, message),
  })
  opened.push(emergencies.close)

  // `soon`: a full disk must not keep the archive from starting. They stand first in line, so they are the first leaves.
  if (recovered.nextN === 0) await acts.event(itself, logOpen(version, ledger.first(now().toISOString())), 'soon')
  await acts.event(itself, application('start', version), 'soon')
  if (ledger.state.alarm !== '') await acts.event(itself, logAlarm(ledger.state.alarm), 'soon')
  const stopHeartbeat = openHeartbeat({
    event: (happening) => acts.event(itself, happening, 'soon'),
    leaves: () => ledger.state.leaves,
    everyMs: options.heartbeatMs,
  })
  opened.push(stopHeartbeat)

  witnessing = openWitnessing({
    log: ledger,
    witnesses: options.witnesses,
    intervalMs: options.witnessMs,
    now,
    complain: (facts, message) => log.warn(facts, message),
    refused: (witness, why) => {
      log.error({ witness, why }, 'a witness refuses the log')
      void acts.event(itself, witnessRefused(witness, why), 'soon').catch(() => {})
    },
  })
  opened.push(witnessing.close)
  witnessing.nudge()
  stamping = openStamping({
    log: ledger,
    url: options.tsaUrl,
    intervalMs: options.stampMs,
    now,
    complain: (facts, message) => log.warn(facts, message),
  })
  opened.push(stamping.close)
  stamping.nudge()
  reporting = await openReporting({
    files,
    folder: join(dataFolder, 'reports'),
    leaves: () => countLeaves(db),
    events: (from, most) => eventsFrom(db, from, most),
    now,
    log,
    options: options.reporting,
  })
  opened.push(reporting.close)

  watchKeeper = await openWatchKeeper({
    db,
    acts,
    itself,
    files,
    folder: join(dataFolder, 'cache'),
    complain: (facts, message) => log.warn(facts, message),
  })
  opened.push(watchKeeper.close)

  const space = openSpace({ files, folder: dataFolder, reserveBytes: options.reserveBytes, now })
  const locate = openLocate({ db, inbox, vault: sealedStore, decoder })
  const compare = openCompare({ kept: async (version) => (await locate(version)).payload, decoder })
  const notes = openNoteDesk({ db, acts, trusted: options.rejectionNotesFrom })
  const intake = openIntake({ inbox, writer, space, acts, compare, notes, options, now })
  opened.push(() => intake.close())
  const holding = openHolding({ inbox, space, acts, options })
  const find = openFind({ db, acts })
  const lock = studyLocks()
  const judge = openFixity({
    db,
    copies,
    ...(cold && { cold }),
    locate,
    acts,
    lock,
    now,
    mayGoFrom: openMayGo({ db, site, now }),
    complain: (facts, message) => log.warn(facts, message),
  })
  try {
    for (const one of await mendedBefore(files, mendedPath)) await judge.tellMended(itself, one)
    if ((await files.size(mendedPath)) !== undefined) await files.remove(mendedPath)
  } catch (thrown) {
    // A full disk must not keep the archive from starting: it is told of at the next start.
    log.warn({ error: asArchiveError(thrown).code }, 'what was mended could not be journaled yet')
  }
  const mirrors = await openMirrors({
    db,
    copies,
    fixity: judge,
    acts,
    files,
    path: join(dataFolder, MIRRORS),
    log,
    itself,
    everyMs: options.copyMs,
  })
  opened.push(() => mirrors.close())
  const fixity = await openFixityPass({
    db,
    fixity: judge,
    inbox,
    acts,
    files,
    path: join(dataFolder, 'cache', 'fixity.json'),
    now,
    log,
    itself,
    options: options.fixity,
  })
  opened.push(() => fixity.close())
  // What came again for a study whose removal a crash came into waits until that is finished.
  const barred = new Set((await unfinishedTombstones(db)).map(({ study_uid }) => study_uid))
  const tiering =
    cold &&
    (await openTierRoom({
      ...{ db, copies, cold, stubs, decoder, acts, lock, barred, files, now, log, itself, options: options.tiers },
      path: join(dataFolder, TIERS),
    }))
  if (tiering !== undefined) opened.push(tiering.close)
  const tiers = tiering?.tiers
  fellBack = (name) => {
    if (mirrors.states[0]?.state !== 'good') return
    void studyOfPack(db, name).then(async (study) => {
      // Of what went to the cold store the vault's own folder has to give nothing.
      if (study !== undefined && (await tiers?.isCold(study)) !== true) fixity.soon(study)
    })
  }
  const read = openRead({
    db,
    locate,
    acts,
    decoder,
    harmed: fixity.soon,
    ...(tiers && { recall: async (study) => (await tiers.ask(study))?.seconds ?? 1 }),
  })
  const status = openStatus({
    db,
    fixity: () => fixity.state,
    copies: () => mirrors.states,
    inbox,
    writer,
    space,
    acts,
    ledger,
    witnessing,
    stamping,
    reporting,
    reserveBytes: options.reserveBytes,
  })

  const retention = openRetention({ db, acts, site, now })
  const { learn, ...known } = openKnown({ db, acts, site })
  const evidence = openEvidence({
    db,
    acts,
    locate,
    ledger,
    retention: retention.retention,
    verifier: parts.verifier ?? VERIFIER,
    version,
  })
  const sealing = openSealing({
    barred,
    mend,
    ...(tiers && { recall: (study) => tiers.recall(study) }),
    db,
    vault,
    sealer,
    lock,
    mirrors,
    writer,
    acts,
    inbox,
    ledger,
    now,
    log,
    itself,
    options: options.seal,
  })
  opened.push(() => sealing.close())
  const rejections = openRejections({ db, acts }, intake, random)
  const dispositions = openDispositions({
    db,
    copies: cold === undefined ? copies : [...copies, cold, { ...alone(stubs), name: STUBS }],
    lock,
    inbox,
    writer,
    sealing,
    barred,
    whyNot: openDue({ db, site, now }),
    itself,
    acts,
    site,
    hide: rejections,
    waiting: new Map(),
    // Under a checkpoint with the time of an authority at once (compliance specification 2.6).
    destroyed: () => {
      void ledger.sign().then(() => stamping?.soon())
    },
    log,
    ledger,
    options: options.disposition,
  })
  opened.push(() => dispositions.close())

  const redactions = openRedactions({ db, acts, inbox, itself, log, keepDays: options.auditKeepDays })
  const erasing = redactions.finish()
  const measuring = openMeasuring({ db, acts }, intake, random)
  const readerObjects = openReaderObjects({ db, acts }, intake, random)
  const questions = openQuestions({
    db,
    acts,
    ledger,
    locate,
    site,
    version,
    fixity: () => fixity.state,
    copies: () => mirrors.states,
    harmed: fixity.soon,
  })

  const listeners = new Set<(receipt: Receipt) => void>()
  const told = (receipt: Receipt): Receipt => {
    for (const call of listeners) call(receipt)
    return receipt
  }

  return {
    ...holding,
    receive: async (context, arrival) => told(await intake.receive(context, arrival)),
    onReceived: (call) => {
      listeners.add(call)
      return () => listeners.delete(call)
    },
    ...find,
    ...read,
    ...status,
    seal: sealing.seal,
    storage: async (context) => ({
      ...(await sealing.storage(context)),
      fixity: fixity.state,
      copies: mirrors.states,
      tiers: await tiering?.report(),
    }),
    ...openTiering({ db, acts, tiers }),
    ...openGrowth({ db, acts, space, reserveBytes: options.reserveBytes, now }),
    fixity: fixity.fixity,
    ...retention,
    ...evidence,
    ...openInventories({ db, acts, vault, random, version }),
    ...openHolds({ db, acts }),
    ...openWorkflow({ db, acts, learn }),
    ...openRestrictions({ db, acts }),
    ...openLookouts({ db, acts, changed: () => watchKeeper?.changed() }),
    redactions: redactions.redactions,
    proposeRedaction: redactions.proposeRedaction,
    approveRedaction: redactions.approveRedaction,
    endRedaction: redactions.endRedaction,
    breakGlass: emergencies.breakGlass,
    endEmergency: emergencies.endEmergency,
    emergencies: emergencies.emergencies,
    accessReviews: emergencies.accessReviews,
    review: emergencies.review,
    ...openRouting({ db, acts }),
    ...openMigrations({ db, acts, ledger, version }),
    ...rejections,
    measure: async (context, ask) => told(await measuring.measure(context, ask)),
    keepView: async (context, ask) => told(await readerObjects.keepView(context, ask)),
    keepKeyImages: async (context, ask) => told(await readerObjects.keepKeyImages(context, ask)),
    preSteps: dispositions.preSteps,
    ...openAdoption({ db, acts, site }),
    ...known,
    ...openErasure({ db, acts, site }),
    dispositions: dispositions.dispositions,
    proposeDisposition: dispositions.proposeDisposition,
    approveDisposition: dispositions.approveDisposition,
    endDisposition: dispositions.endDisposition,
    tombstones: dispositions.tombstones,
    certificate: dispositions.certificate,
    carryOutDispositions: dispositions.carryOut,
    ...openCalendar({ db, acts, site }),
    ...openAudit({ db, acts }),
    ...openChanges({ db, acts }),
    ...questions,
    ...openCommit({ db, locate, acts }),
    record: acts.event,
    log: ledger,
    close: async () => {
      stopHeartbeat()
      emergencies?.close()
      await erasing
      await intake.close()
      await dispositions.close()
      await tiering?.close()
      await fixity.close()
      await mirrors.close()
      await sealing.close()
      await sightings.close()
      await watchKeeper?.close()
      await acts.event(itself, application('stop', version), 'now').catch((thrown: unknown) => {
        log.warn({ error: String(thrown) }, 'the leaf of the stop could not be written')
      })
      await writer.close()
      await ledger.close()
      await witnessing?.close()
      await stamping?.close()
      await reporting?.close()
    },
  }
}
