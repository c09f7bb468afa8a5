/**
 * What a DIMSE service is to the rest of the room: a row that says what it serves and how it performs. A new service is
 * a file beside this one, a row in `policy.ts` and an entry in the list of `listener.ts`.
 */
import type { Bytes } from '../../base/bytes.ts'
import type { Context, Principal } from '../../base/context.ts'
import type { ArchiveError } from '../../base/errors.ts'
import type { Act } from '../../compliance/access.ts'
import type { Account } from '../../compliance/accounts.ts'
import { tagOf } from '../../dicom/dictionary.ts'
import { errorComment } from '../dimse/commands.ts'
import type { Operation, Response } from '../dimse/exchange.ts'
import type { CommonExtendedNegotiation } from '../upper-layer/user-information.ts'

/** The other end of an association, as a service sees it. */
export interface Peer {
  readonly callingAet: string
  readonly calledAet: string
  readonly address: string
  readonly port: number
  readonly implementationClassUid: string | undefined
  readonly implementationVersion: string | undefined
  /** Is the caller a listed device, or does the door vouch for everybody (`unknownCallers: accept`)? */
  readonly known: boolean
  /** What was agreed on by SOP Class Extended Negotiation, by SOP class. */
  readonly extended?: ReadonlyMap<string, Bytes>
  /** The person whose identity was proved on the association. */
  readonly person?: { readonly account: Pick<Account, 'id' | 'name' | 'roles'>; readonly method: 'password' | 'token' }
  /** What its line in the list of devices lets it do; undefined: whatever devices may. */
  readonly acts?: readonly string[]
}

/** What a service reports about an operation, for the association's summary. */
export type Outcome =
  | 'echo'
  | 'stored'
  | 'already'
  | 'conflict'
  | 'found'
  | 'retrieved'
  | 'committed'
  | 'performed'
  | 'refused'

export interface Performed {
  readonly response: Response
  readonly dataSet?: readonly Bytes[] | undefined
  readonly outcome: Outcome
  /** Told when the answer has left, or cannot leave any more. */
  readonly answered?: () => void
}

export interface Service {
  /** PS3.7 Table E.1-1. */
  readonly commandField: number
  /** The act compliance is asked about, by the archive before anything is done. */
  readonly act: Act
  readonly serves: (abstractSyntax: string, common?: CommonExtendedNegotiation) => boolean
  /** @throws {ArchiveError} answered by `refusal` */
  readonly perform: (operation: Operation, peer: Peer) => Promise<Performed>
}

function principalOf({ callingAet, known, acts, person }: Peer): Principal {
  const device = { kind: 'device', aeTitle: callingAet, known, ...(acts !== undefined && { acts }) } as const
  if (person === undefined) return device
  const { id, name, roles } = person.account
  return { kind: 'user', id, name, roles, authMethod: person.method, device }
}

export function contextOf(peer: Peer, operation: Pick<Operation, 'signal'>, now: () => Date): Context {
  return {
    principal: principalOf(peer),
    client: { address: peer.address, port: peer.port, aeTitle: peer.callingAet },
    now,
    signal: operation.signal,
  }
}

/**
 * A failure as a response: the error's own status, what happened in 64 characters (0000,0902), and the attribute it is
 * about (0000,0901) where there is one. The comment holds facts of the error table only, which never name a patient.
 */
export function refusal(error: ArchiveError): Response {
  const attribute = error.facts['attribute']
  const tag = typeof attribute === 'string' ? tagOf(attribute) : undefined
  const isDefect = error.code === 'DEFECT'
  return {
    status: error.dimse,
    errorComment: errorComment(isDefect ? 'The archive met a defect of its own; see its log.' : error.fact),
    ...(tag === undefined ? {} : { offendingElements: [tag] }),
  }
}
