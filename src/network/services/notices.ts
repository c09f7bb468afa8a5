/**
 * Tells others of performed procedure steps: each N-CREATE and N-SET on to the systems that are named (MPPS as SCU, PS3.4
 * Annex F), and when a step is complete which of its instances are here (Instance Availability Notification, Annex R).
 *
 * The queue is the table of `compliance/notices.ts`: what is not heard is told again, ever more seldom, and given up after
 * `giveUpMs`. Of availability others are told once all instances are here, or after some time of what is.
 */
import { randomUUID } from 'node:crypto'
import type { Archive } from '../../archive/archive.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import type { NewNotice, Notice, Notices } from '../../compliance/notices.ts'
import { tagText } from '../../dicom/data-set.ts'
import { T, UIDS } from '../../dicom/dictionary.ts'
import { type DicomJson, fromDicomJson } from '../../dicom/json.ts'
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts'
import type { Uid } from '../../dicom/uid.ts'
import { encodeElements } from '../../dicom/writer.ts'
import { COMMAND_FIELD, type CommandSet } from '../dimse/commands.ts'
import { STATUS, statusClass, statusInWords } from '../dimse/statuses.ts'
import { asReceiver } from '../receiver.ts'
import { openAssociation } from './client.ts'
import { type Destination, peerOf } from './link.ts'
import { availabilityOf, instancesOf } from './notice-data.ts'

export interface NoticesOptions {
  readonly archive: Pick<Archive, 'procedure' | 'record'>
  readonly notices: Notices
  readonly aeTitle: string
  readonly destination: (aet: string) => Destination | undefined
  /** AE titles that are told of steps, and of what is available. */
  readonly stepsTo: readonly string[]
  readonly availabilityTo: readonly string[]
  readonly retryMs: number
  readonly giveUpMs: number
  /** How long a complete step waits for all of its instances. */
  readonly wholeMs: number
  readonly log: { info(facts: object, message: string): void; warn(facts: object, message: string): void }
  readonly now: () => Date
}

export interface Telling {
  /** A step was taken in: synced when it returns. */
  performed(kind: 'create' | 'set', sop: string, attributes: DicomJson): void
  close(): Promise<void>
}

const LONGEST_WAIT = 3_600_000
/** How often a step is looked at for instances that were not here yet. */
const LOOK_MS = 10_000
/** PS3.7 Annex C: it has it already. */
const DUPLICATE = 0x0111
const ENDS: readonly string[] = ['COMPLETED', 'DISCONTINUED']

export function openTelling(options: NoticesOptions): Telling {
  const { archive, notices, log, now } = options
  const stop = new AbortController()
  const context: Context = {
    principal: { kind: 'job', name: 'notices' },
    client: { address: '' },
    now,
    signal: stop.signal,
  }
  const running = new Map<string, Promise<void>>()
  const timers = new Map<string, NodeJS.Timeout>()

  function start(destination: string): void {
    if (stop.signal.aborted || running.has(destination)) return
    clearTimeout(timers.get(destination))
    const next = notices.next(destination)
    if (next === undefined) return
    const wait = next.nextAt.getTime() - now().getTime()
    if (wait > 0) {
      timers.set(destination, setTimeout(() => start(destination), Math.min(wait, LONGEST_WAIT)).unref())
      return
    }
    const work = tell(next)
      .catch((thrown: unknown) => log.warn({ why: asArchiveError(thrown).fact }, 'a notice met a defect'))
      .finally(() => {
        running.delete(destination)
        start(destination)
      })
    running.set(destination, work)
  }

  async function tell(notice: Notice): Promise<void> {
    const { destination, kind, sop } = notice
    const age = now().getTime() - notice.queuedAt.getTime()
    try {
      const to = options.destination(destination)
      if (to === undefined) throw new ArchiveError('NET_DESTINATION', { aet: destination })
      // Of a patient kept from the destination it is told nothing.
      const { study, attributes, here } = await archive.procedure(asReceiver(context, destination), sop as Uid)
      if (kind === 'availability') {
        const expected = instancesOf(attributes)
        if (expected.some((one) => !here.has(one)) && age < options.wholeMs) {
          notices.failed({ ...notice, attempts: -1 }, new Date(now().getTime() + LOOK_MS), 'not all of it is here yet')
          return
        }
        const told = availabilityOf(sop, study, attributes, here, options.aeTitle)
        const uid = `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`
        await ask(to, UIDS.InstanceAvailabilityNotification, 'create', uid, told)
        await record(notice, study, expected.length)
      } else {
        await ask(to, UIDS.ModalityPerformedProcedureStep, kind, sop, JSON.parse(notice.attributes) as DicomJson)
        await record(notice, '', 0)
      }
      notices.done(notice)
    } catch (thrown) {
      if (stop.signal.aborted) return
      const { code, fact, remedy } = asArchiveError(thrown)
      if (code === 'NOT_FOUND') {
        notices.done(notice)
        log.info(
          { destination, kind, step: sop },
          'a performed procedure is not told on: the destination may not see it',
        )
        return
      }
      const facts = { destination, kind, step: sop, why: fact, remedy }
      if (age > options.giveUpMs) {
        log.warn(facts, 'telling of a performed procedure was given up')
        notices.done(notice)
        return
      }
      const wait = Math.min(options.retryMs * 2 ** Math.min(Math.max(notice.attempts, 0), 20), LONGEST_WAIT)
      notices.failed(notice, new Date(now().getTime() + wait), fact)
      log.warn(facts, 'telling of a performed procedure did not get through; it is tried again')
    }
  }

  async function ask(
    to: Destination,
    sopClass: string,
    kind: 'create' | 'set',
    uid: string,
    told: DicomJson,
  ): Promise<void> {
    const association = await openAssociation({
      ...peerOf(to, options.aeTitle),
      contexts: [{ abstractSyntax: sopClass, transferSyntaxes: [EXPLICIT_LITTLE.uid, IMPLICIT_LITTLE.uid] }],
      signal: stop.signal,
    })
    try {
      const [accepted] = association.contexts
      if (accepted === undefined) throw new ArchiveError('NET_NOT_NEGOTIATED', { peer: to.aet, what: 'this notice' })
      const command: CommandSet =
        kind === 'create'
          ? { commandField: COMMAND_FIELD['N-CREATE-RQ'], affectedSopClassUid: sopClass, affectedSopInstanceUid: uid }
          : { commandField: COMMAND_FIELD['N-SET-RQ'], requestedSopClassUid: sopClass, requestedSopInstanceUid: uid }
      const bytes = encodeElements(fromDicomJson(told), accepted.transferSyntax)
      const reply = await association.request(
        accepted.id,
        command,
        (async function* () {
          yield bytes
        })(),
      )
      for await (const _ of reply.dataSet ?? []); // an answer says nothing here
      const { status = STATUS.processingFailure, errorComment = '' } = reply.command
      const is = statusClass(status)
      // Told before a crash: it is there.
      if (is !== 'success' && is !== 'warning' && !(kind === 'create' && status === DUPLICATE))
        throw new ArchiveError('NET_REFUSED', { peer: to.aet, why: errorComment || statusInWords(status) })
    } finally {
      if (association.isOpen) await association.release()
    }
  }

  const record = (notice: Notice, study: string, instances: number): Promise<void> =>
    archive
      .record(
        { ...context, signal: new AbortController().signal },
        {
          type: 'aud.110104',
          action: 'R',
          outcome: 0,
          ...(study !== '' && { study }),
          detail: { what: `notice-${notice.kind}`, to: notice.destination, procedure: notice.sop, instances },
        },
        'soon',
      )
      .catch((thrown: unknown) => log.warn({ why: asArchiveError(thrown).fact }, 'a notice was not recorded'))

  for (const destination of notices.destinations()) start(destination)
  return {
    performed(kind, sop, attributes) {
      const text = JSON.stringify(attributes)
      const ended = ENDS.includes(String(attributes[tagText(T.PerformedProcedureStepStatus)]?.Value?.[0] ?? ''))
      const all: NewNotice[] = [
        ...options.stepsTo.map((destination) => ({ destination, kind, sop, attributes: text })),
        ...(ended
          ? options.availabilityTo.map((destination) => ({
              destination,
              kind: 'availability' as const,
              sop: sop,
              attributes: '',
            }))
          : []),
      ]
      notices.add(all, now())
      for (const { destination } of all) start(destination)
    },
    close: async () => {
      for (const timer of timers.values()) clearTimeout(timer)
      stop.abort(new ArchiveError('NET_ABORTED', { peer: 'itself', why: 'the archive is stopping' }))
      await Promise.all(running.values())
    },
  }
}
