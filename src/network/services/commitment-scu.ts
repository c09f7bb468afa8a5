/**
 * Storage commitment as SCU (PS3.4 Annex J): asks whether a peer keeps what it was sent, and waits for its report, on
 * the same association and, when a port is given, on one that the peer opens.
 */
import type { Referenced } from '../../archive/archive.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import { UIDS } from '../../dicom/dictionary.ts'
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts'
import { COMMAND_FIELD } from '../dimse/commands.ts'
import { EXCHANGE_LIMITS, type Final, type Operation } from '../dimse/exchange.ts'
import { STATUS, statusClass, statusInWords } from '../dimse/statuses.ts'
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION } from '../implementation.ts'
import { Session } from '../session.ts'
import { UPPER_LAYER_DEFAULTS } from '../upper-layer/association.ts'
import { listenForTransport, type TransportListener } from '../upper-layer/listener.ts'
import { type AssociationOptions, openAssociation } from './client.ts'
import { ACTION, type CommitmentReport, readReport, requestBytes } from './commitment-data.ts'
import { dataSetOf } from './data-set-of.ts'
import { echoService } from './echo.ts'
import type { Service } from './service.ts'

export interface CommitOptions extends Omit<AssociationOptions, 'contexts' | 'perform'> {
  readonly transaction: string
  readonly waitMs: number
  /** Where the peer may open an association to report; it must know our AE title and this port. */
  readonly listen?: { readonly host: string; readonly port: number }
}

const COMMITMENT = UIDS.StorageCommitmentPushModel
const SYNTAXES: readonly string[] = [EXPLICIT_LITTLE.uid, IMPLICIT_LITTLE.uid]
const MAX_REPORT = 64 * 1024 * 1024

/** @throws {ArchiveError} `NET_*`; `NET_QUERY` when it will not be asked, `NET_NO_REPORT` when it is not told in time */
export async function askCommitment(asked: readonly Referenced[], options: CommitOptions): Promise<CommitmentReport> {
  const peer = `${options.calledAet} (${options.host}:${options.port})`
  let told: (report: CommitmentReport) => void = () => undefined
  const report = new Promise<CommitmentReport>((resolve) => {
    told = resolve
  })
  const hear = async (operation: Operation): Promise<Final> => {
    if (operation.command.commandField !== COMMAND_FIELD['N-EVENT-REPORT-RQ'])
      return { response: { status: STATUS.unrecognizedOperation } }
    const invalid = (why: string) => new ArchiveError('COMMIT_INVALID', { why })
    const bytes = await dataSetOf(operation.dataSet, MAX_REPORT, invalid)
    const one = readReport(bytes, operation.context.transferSyntax)
    const { eventTypeId } = operation.command
    if (one.transaction !== options.transaction) return { response: { status: STATUS.invalidArgumentValue } }
    return { response: { status: STATUS.success, ...(eventTypeId && { eventTypeId }) }, answered: () => told(one) }
  }
  const door = options.listen && (await openDoor(options.listen.host, options.listen.port, hear))
  let timer: NodeJS.Timeout | undefined
  try {
    const association = await openAssociation({
      ...options,
      contexts: [{ abstractSyntax: COMMITMENT, transferSyntaxes: SYNTAXES }],
      perform: hear,
    })
    try {
      const [context] = association.contexts
      if (context === undefined) throw new ArchiveError('NET_NOT_NEGOTIATED', { peer, what: 'Storage Commitment' })
      const bytes = requestBytes({ transaction: options.transaction, asked }, context.transferSyntax)
      const { command } = await association.request(
        context.id,
        {
          commandField: COMMAND_FIELD['N-ACTION-RQ'],
          requestedSopClassUid: COMMITMENT,
          requestedSopInstanceUid: UIDS.StorageCommitmentPushModelInstance,
          actionTypeId: ACTION.request,
        },
        (async function* () {
          yield bytes
        })(),
      )
      const { status = STATUS.processingFailure, errorComment = '' } = command
      if (statusClass(status) === 'failure')
        throw new ArchiveError('NET_QUERY', { peer, why: errorComment || statusInWords(status) })
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new ArchiveError('NET_NO_REPORT', { peer, seconds: options.waitMs / 1000 })),
          options.waitMs,
        )
      })
      const gone = association.ended.then(() => new Promise<never>(() => undefined)) // it may still call us
      return await Promise.race([report, late, door === undefined ? hungUp(association.ended, peer) : gone])
    } finally {
      if (association.isOpen) await association.release()
    }
  } finally {
    clearTimeout(timer)
    await door?.close()
  }
}

async function hungUp(ended: Promise<{ readonly why: string }>, peer: string): Promise<never> {
  const { why } = await ended
  throw new ArchiveError('NET_ABORTED', { peer, why: why || 'it hung up before it said what it keeps' })
}

/** A door for reports and nothing else. */
function openDoor(
  host: string,
  port: number,
  hear: (operation: Operation) => Promise<Final>,
): Promise<TransportListener> {
  const reports: Service = {
    commandField: COMMAND_FIELD['N-EVENT-REPORT-RQ'],
    act: 'echo', // an answer to what we asked: nothing of ours is done or shown
    serves: (abstractSyntax) => abstractSyntax === COMMITMENT,
    perform: async (operation) => {
      const { response, answered } = await hear(operation)
      return { response, outcome: 'committed', ...(answered && { answered }) }
    },
  }
  const services = [echoService, reports]
  let sessions = 0
  return listenForTransport(host, port, { maxConnections: 16, maxConnectionsPerAddress: 16 }, (socket, address) => {
    sessions += 1
    new Session(sessions, socket, address, {
      services,
      policy: {
        serves: (abstractSyntax) => services.some((service) => service.serves(abstractSyntax)),
        transferSyntax: (syntax) => (SYNTAXES.includes(syntax) ? { lossy: false } : undefined),
        extended: () => undefined,
        provides: (abstractSyntax) => abstractSyntax === COMMITMENT,
        maxPdu: UPPER_LAYER_DEFAULTS.maxPdu,
        window: 1,
        implementationClassUid: IMPLEMENTATION_CLASS_UID,
        implementationVersion: IMPLEMENTATION_VERSION,
      },
      layer: UPPER_LAYER_DEFAULTS,
      limits: EXCHANGE_LIMITS,
      now: () => new Date(),
      judge: () => undefined,
      isListed: () => true,
      vouchForAll: false,
      rejected: () => undefined,
      failed: (error) => asArchiveError(error),
      ended: () => undefined,
      closed: () => undefined,
    }).start()
  })
}
