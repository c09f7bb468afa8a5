/**
 * Looks at what storage commitments were asked for, and tells the askers (N-EVENT-REPORT, PS3.4 J.3.3): on the
 * association they asked on while it lasts, else on a new one to the destination of that AE title. What does not get
 * through is tried again, ever more seldom, and looked at anew before; after `giveUpMs` it is given up.
 *
 * The queue is the table of `compliance/commitments.ts`: a start goes on where a crash ended.
 */
import type { Archive } from '../../archive/archive.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import type { Commitment, Commitments } from '../../compliance/commitments.ts'
import { UIDS } from '../../dicom/dictionary.ts'
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts'
import { COMMAND_FIELD, type CommandSet } from '../dimse/commands.ts'
import { statusClass, statusInWords } from '../dimse/statuses.ts'
import { openAssociation } from './client.ts'
import type { Ask } from './commitment.ts'
import { type CommitmentReport, eventOf, reportBytes, reportOf } from './commitment-data.ts'
import { type Destination, peerOf } from './link.ts'

export interface ReportsOptions {
  readonly archive: Pick<Archive, 'commit' | 'record'>
  readonly commitments: Commitments
  readonly aeTitle: string
  readonly destination: (aet: string) => Destination | undefined
  readonly retryMs: number
  readonly giveUpMs: number
  readonly log: { info(facts: object, message: string): void; warn(facts: object, message: string): void }
  readonly now: () => Date
}

export interface Reports {
  /** A request was taken, on an association that may still be there. */
  taken(device: string, transaction: string, by: Ask): void
  /** Stops at once; what is not told yet is told after the next start. */
  close(): Promise<void>
}

/** Requests looked at and told of at the same time. */
const AT_ONCE = 4
/** Between two attempts, at most. */
const LONGEST_WAIT = 3_600_000
const LONGEST_TIMER = 2_000_000_000

export function openReports(options: ReportsOptions): Reports {
  const { archive, commitments, aeTitle, log, now } = options
  const stop = new AbortController()
  const asking = new Map<string, Ask>()
  const running = new Map<string, Promise<void>>()
  let timer: NodeJS.Timeout | undefined

  function nudge(): void {
    clearTimeout(timer)
    if (stop.signal.aborted) return
    const moment = now().getTime()
    for (const one of commitments.next(AT_ONCE + running.size)) {
      const wait = one.nextAt.getTime() - moment
      if (wait > 0) {
        timer = setTimeout(nudge, Math.min(wait, LONGEST_TIMER)).unref()
        return
      }
      const key = keyOf(one.device, one.transaction)
      if (running.has(key)) continue
      if (running.size >= AT_ONCE) return
      const work = perform(one)
        .catch((thrown: unknown) => log.warn({ why: asArchiveError(thrown).fact }, 'a storage commitment met a defect'))
        .finally(() => {
          running.delete(key)
          nudge()
        })
      running.set(key, work)
    }
  }

  async function perform(one: Commitment): Promise<void> {
    const by = asking.get(keyOf(one.device, one.transaction))
    asking.delete(keyOf(one.device, one.transaction))
    const context = contextOf(one, now, stop.signal)
    try {
      const asked = one.asked.map(([sopClass, instance]) => ({ sopClass, instance }))
      const report = reportOf(one.transaction, await archive.commit(context, one.transaction, asked))
      await tell(one, report, by)
      // A crash between the two tells it again, which does no harm; the other way round its event could be missing.
      await note(one, 'commitment-report', report.failed.length)
      commitments.done(one)
    } catch (thrown) {
      if (stop.signal.aborted) return
      await failed(one, asArchiveError(thrown))
    }
  }

  async function tell(one: Commitment, report: CommitmentReport, by: Ask | undefined): Promise<void> {
    if (by !== undefined)
      try {
        const { id, transferSyntax } = by.context
        await ask(one.device, report, transferSyntax, (command, bytes) => by.ask(id, command, bytes))
        return
      } catch (thrown) {
        const { code } = asArchiveError(thrown)
        if (code !== 'NET_ABORTED' && code !== 'NET_TIMEOUT') throw thrown // else it has hung up: a new one
      }
    const to = options.destination(one.device)
    if (to === undefined) throw new ArchiveError('NET_DESTINATION', { aet: one.device })
    const association = await openAssociation({
      ...peerOf(to, aeTitle),
      contexts: [{ abstractSyntax: COMMITMENT, transferSyntaxes: [EXPLICIT_LITTLE.uid, IMPLICIT_LITTLE.uid] }],
      // PS3.4 J.3.3: the SCP asks for the association, so it must say that it stays the SCP.
      user: { roles: [{ sopClass: COMMITMENT, scu: false, scp: true }] },
      signal: stop.signal,
    })
    try {
      const [context] = association.contexts
      if (context === undefined)
        throw new ArchiveError('NET_NOT_NEGOTIATED', { peer: to.aet, what: 'Storage Commitment as SCP' })
      await ask(one.device, report, context.transferSyntax, (command, bytes) =>
        association.request(context.id, command, bytes),
      )
    } finally {
      if (association.isOpen) await association.release()
    }
  }

  async function ask(peer: string, report: CommitmentReport, transferSyntax: string, send: Send): Promise<void> {
    const command: CommandSet = {
      commandField: COMMAND_FIELD['N-EVENT-REPORT-RQ'],
      affectedSopClassUid: COMMITMENT,
      affectedSopInstanceUid: UIDS.StorageCommitmentPushModelInstance,
      eventTypeId: eventOf(report),
    }
    const bytes = reportBytes(report, aeTitle, transferSyntax)
    const reply = await send(
      command,
      (async function* () {
        yield bytes
      })(),
    )
    for await (const _ of reply.dataSet ?? []); // an Event Reply says nothing here
    const { status = 0, errorComment = '' } = reply.command
    const is = statusClass(status)
    if (is !== 'success' && is !== 'warning')
      throw new ArchiveError('NET_REFUSED', { peer, why: errorComment || statusInWords(status) })
  }

  async function failed(one: Commitment, error: ArchiveError): Promise<void> {
    const attempts = one.attempts + 1
    const moment = now().getTime()
    const facts = { device: one.device, transaction: one.transaction, attempts, why: error.fact, remedy: error.remedy }
    if (moment - one.askedAt.getTime() > options.giveUpMs) {
      log.warn(facts, 'the answer to a storage commitment was given up')
      await note(one, 'commitment-given-up', one.asked.length)
      commitments.done(one)
      return
    }
    const wait = Math.min(options.retryMs * 2 ** Math.min(attempts - 1, 20), LONGEST_WAIT)
    commitments.failed(one, attempts, new Date(moment + wait), error.fact)
    log.warn(facts, 'the answer to a storage commitment did not get through; it is tried again')
  }

  async function note(one: Commitment, what: string, failures: number): Promise<void> {
    await archive
      .record(
        {
          principal: { kind: 'job', name: 'commitment' },
          client: { address: one.address, aeTitle: one.device },
          now,
          signal: new AbortController().signal,
        },
        {
          type: 'aud.110104',
          action: 'R',
          outcome: what === 'commitment-report' ? 0 : 4,
          detail: {
            what,
            transaction: one.transaction,
            to: one.device,
            instances: one.asked.length,
            failures,
            attempts: one.attempts + 1,
          },
        },
        'now',
      )
      .catch((thrown: unknown) => log.warn({ why: asArchiveError(thrown).fact }, 'a report was not recorded'))
  }

  nudge()
  return {
    taken: (device, transaction, by) => {
      asking.set(keyOf(device, transaction), by)
      nudge()
    },
    close: async () => {
      clearTimeout(timer)
      stop.abort(new ArchiveError('NET_ABORTED', { peer: 'itself', why: 'the archive is stopping' }))
      await Promise.all(running.values())
    },
  }
}

const COMMITMENT = UIDS.StorageCommitmentPushModel
type Send = (command: CommandSet, bytes: Parameters<Ask['ask']>[2]) => ReturnType<Ask['ask']>

const keyOf = (device: string, transaction: string): string => `${device}\n${transaction}`

/** A device that was known when it asked, else it would not be in the queue. */
function contextOf(one: Commitment, now: () => Date, signal: AbortSignal): Context {
  return {
    principal: { kind: 'device', aeTitle: one.device, known: true },
    client: { address: one.address, aeTitle: one.device },
    now,
    signal,
  }
}
