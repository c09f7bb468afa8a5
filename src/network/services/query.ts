/**
 * Query/Retrieve as SCU (PS3.4 Annex C): C-FIND, C-MOVE and C-GET of another archive. Identifiers come and go as DICOM
 * JSON; what a C-GET brings is handed on as it arrives, and is not read here.
 */
import type { ByteStream, Bytes } from '../../base/bytes.ts'
import { ArchiveError, asArchiveError } from '../../base/errors.ts'
import { registeredUid, registeredUids, UIDS } from '../../dicom/dictionary.ts'
import { type DicomJson, fromDicomJson, toDicomJson } from '../../dicom/json.ts'
import { readWhole } from '../../dicom/reader.ts'
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE, TRANSFER_SYNTAXES } from '../../dicom/transfer-syntaxes.ts'
import { encodeElements } from '../../dicom/writer.ts'
import { transferSyntaxFor } from '../accepted-syntaxes.ts'
import { COMMAND_FIELD, type CommandSet, PRIORITY } from '../dimse/commands.ts'
import type { Final, Operation, Reply } from '../dimse/exchange.ts'
import { STATUS, type StatusClass, statusClass, statusInWords } from '../dimse/statuses.ts'
import { type Association, type AssociationOptions, MOST_CONTEXTS, openAssociation } from './client.ts'
import { dataSetOf } from './data-set-of.ts'
import { refusal } from './service.ts'

export type Root = 'patient' | 'study'
export type QueryOptions = Omit<AssociationOptions, 'contexts' | 'perform'> & { readonly root: Root }

/** PS3.4 Annex C: what we ask of others with. */
export const MODEL = {
  find: {
    patient: UIDS.PatientRootQueryRetrieveInformationModelFind,
    study: UIDS.StudyRootQueryRetrieveInformationModelFind,
  },
  move: {
    patient: UIDS.PatientRootQueryRetrieveInformationModelMove,
    study: UIDS.StudyRootQueryRetrieveInformationModelMove,
  },
  get: {
    patient: UIDS.PatientRootQueryRetrieveInformationModelGet,
    study: UIDS.StudyRootQueryRetrieveInformationModelGet,
  },
} as const

/** Identifiers are small: every peer takes one of these. */
const IDENTIFIER_SYNTAXES = [EXPLICIT_LITTLE.uid, IMPLICIT_LITTLE.uid]
const MAX_IDENTIFIER = 16 * 1024 * 1024

/** Sub-operations of a retrieval, as the peer last told. */
export interface Progress {
  readonly remaining: number | undefined
  readonly completed: number
  readonly failed: number
  readonly warning: number
}

export interface Retrieved extends Progress {
  readonly status: number
  readonly is: StatusClass
  readonly why: string
}

/** Matches, one by one as they come. @throws {ArchiveError} `NET_*`; `NET_QUERY` when the peer fails the query */
export async function* find(keys: DicomJson, options: QueryOptions): AsyncGenerator<DicomJson> {
  const model = MODEL.find[options.root]
  const association = await openAssociation({
    ...options,
    contexts: [{ abstractSyntax: model, transferSyntaxes: IDENTIFIER_SYNTAXES }],
  })
  try {
    const [context] = association.contexts
    if (context === undefined) throw notNegotiated(options, 'C-FIND')
    const replies = new Replies()
    const last = association.request(
      context.id,
      { commandField: COMMAND_FIELD['C-FIND-RQ'], affectedSopClassUid: model, priority: PRIORITY.medium },
      once(encodeElements(fromDicomJson(keys), context.transferSyntax)),
      replies.push,
    )
    last.then(replies.end, replies.end)
    for await (const { dataSet } of replies) {
      const bytes = await dataSetOf(dataSet, MAX_IDENTIFIER, invalidAnswer)
      const format = { transferSyntax: context.transferSyntax }
      yield toDicomJson(readWhole(bytes, { format, keepUpTo: bytes.length }).dataSet)
    }
    const { command } = await last
    if (statusClass(command.status ?? 0) !== 'success') throw failed(options, command)
    await association.release()
  } finally {
    if (association.isOpen) association.abort()
  }
}

/** Has the peer send what the keys name to a destination it knows. @throws {ArchiveError} `NET_*` */
export async function move(
  keys: DicomJson,
  destination: string,
  options: QueryOptions,
  progress: (told: Progress) => void,
): Promise<Retrieved> {
  const model = MODEL.move[options.root]
  const association = await openAssociation({
    ...options,
    contexts: [{ abstractSyntax: model, transferSyntaxes: IDENTIFIER_SYNTAXES }],
  })
  const command = { commandField: COMMAND_FIELD['C-MOVE-RQ'], moveDestination: destination }
  return retrieve(association, model, command, keys, options, progress)
}

export interface Arriving {
  readonly sopClass: string
  readonly instance: string
  readonly transferSyntax: string
  readonly dataSet: ByteStream
}

/**
 * Fetches what the keys name over this association.
 *
 * @param offer    what may come: SOP classes (all we know, as many as fit, when there are none) and transfer syntaxes
 * @param keep     takes one object to its end; what it throws is answered as a failure
 */
export async function get(
  keys: DicomJson,
  offer: { readonly classes: readonly string[]; readonly syntaxes?: readonly string[] },
  options: QueryOptions,
  keep: (object: Arriving) => Promise<void>,
  progress: (told: Progress) => void,
): Promise<Retrieved> {
  const model = MODEL.get[options.root]
  const contexts = [
    { abstractSyntax: model, transferSyntaxes: IDENTIFIER_SYNTAXES },
    ...storageContexts(offer.classes, offer.syntaxes),
  ]
  const offered = new Set(contexts.slice(1).map(({ abstractSyntax }) => abstractSyntax))
  const association = await openAssociation({
    ...options,
    contexts,
    user: { ...options.user, roles: [...offered].map((sopClass) => ({ sopClass, scu: false, scp: true })) },
    perform: (operation) => stored(operation, keep),
  })
  return retrieve(association, model, { commandField: COMMAND_FIELD['C-GET-RQ'] }, keys, options, progress)
}

/**
 * For few classes a context for each transfer syntax, so that the peer can send each object as it has it; for all classes
 * one context each, in which it chooses.
 */
function storageContexts(
  classes: readonly string[],
  syntaxes: readonly string[] = [...new Set([...IDENTIFIER_SYNTAXES, ...TAKEN])],
) {
  const few = classes.flatMap((abstractSyntax) => syntaxes.map((one) => ({ abstractSyntax, transferSyntaxes: [one] })))
  if (few.length > 0 && few.length < MOST_CONTEXTS) return few
  const all = classes.length > 0 ? classes : KNOWN_CLASSES
  return all.slice(0, MOST_CONTEXTS - 1).map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: syntaxes }))
}

const isTaken = transferSyntaxFor(new Set())
/** DCMTK hangs up on a context of more than fifty: retired ones, which hardly anything is in, are left out. */
const TAKEN = TRANSFER_SYNTAXES.map(({ uid }) => uid as string)
  .filter((uid) => isTaken(uid) !== undefined && registeredUid(uid)?.retired === false)
  .slice(0, 46)
const KNOWN_CLASSES = registeredUids('storage')
  .filter(({ retired }) => !retired)
  .map(({ uid }) => uid)

async function stored(operation: Operation, keep: (object: Arriving) => Promise<void>): Promise<Final> {
  const { command, context, dataSet } = operation
  if (command.commandField !== COMMAND_FIELD['C-STORE-RQ'] || dataSet === undefined)
    return { response: { status: STATUS.unrecognizedOperation } }
  try {
    await keep({
      sopClass: command.affectedSopClassUid ?? '',
      instance: command.affectedSopInstanceUid ?? '',
      transferSyntax: context.transferSyntax,
      dataSet,
    })
    return { response: { status: STATUS.success } }
  } catch (thrown) {
    return { response: refusal(asArchiveError(thrown)) }
  }
}

async function retrieve(
  association: Association,
  model: string,
  command: CommandSet,
  keys: DicomJson,
  options: QueryOptions,
  progress: (told: Progress) => void,
): Promise<Retrieved> {
  try {
    const context = association.contexts.find(({ abstractSyntax }) => abstractSyntax === model)
    if (context === undefined) throw notNegotiated(options, 'retrieval')
    const reply = await association.request(
      context.id,
      { ...command, affectedSopClassUid: model, priority: PRIORITY.medium },
      once(encodeElements(fromDicomJson(keys), context.transferSyntax)),
      (pending) => {
        discard(pending)
        progress(progressOf(pending.command))
      },
    )
    discard(reply)
    const { status = STATUS.processingFailure, errorComment = '' } = reply.command
    await association.release()
    const is = statusClass(status)
    return {
      ...progressOf(reply.command),
      status,
      is,
      why: is === 'success' ? '' : errorComment || statusInWords(status),
    }
  } finally {
    if (association.isOpen) association.abort()
  }
}

function progressOf(command: CommandSet): Progress {
  return {
    remaining: command.numberOfRemainingSuboperations,
    completed: command.numberOfCompletedSuboperations ?? 0,
    failed: command.numberOfFailedSuboperations ?? 0,
    warning: command.numberOfWarningSuboperations ?? 0,
  }
}

/** Answers before the last, in the order they came, at the pace they are taken. */
class Replies {
  readonly #waiting: Reply[] = []
  #ended = false
  #wake: (() => void) | undefined

  readonly push = (reply: Reply): void => {
    this.#waiting.push(reply)
    this.#wake?.()
  }

  readonly end = (): void => {
    this.#ended = true
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Reply> {
    for (;;) {
      const reply = this.#waiting.shift()
      if (reply !== undefined) yield reply
      else if (this.#ended) return
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
    }
  }
}

/** What is not read must still be taken, since the next message comes behind it. */
function discard({ dataSet }: Reply): void {
  void dataSetOf(dataSet, MAX_IDENTIFIER, invalidAnswer).catch(() => undefined)
}

async function* once(bytes: Bytes): AsyncGenerator<Bytes> {
  yield bytes
}

const peerOf = ({ calledAet, host, port }: QueryOptions): string => `${calledAet} (${host}:${port})`
const notNegotiated = (options: QueryOptions, what: string): ArchiveError =>
  new ArchiveError('NET_NOT_NEGOTIATED', { peer: peerOf(options), what })
const failed = (options: QueryOptions, { status = 0, errorComment = '' }: CommandSet): ArchiveError =>
  new ArchiveError('NET_QUERY', { peer: peerOf(options), why: errorComment || statusInWords(status) })
const invalidAnswer = (why: string): ArchiveError => new ArchiveError('IDENTIFIER_INVALID', { why })
