/**
 * Answers an A-ASSOCIATE-RQ: facts in, A-ASSOCIATE-AC out (PS3.8 section 9.3.3, PS3.7 Annex D.3). Pure.
 *
 * Which transfer syntax: of those proposed in a presentation context that we know, the first in the requestor's order,
 * so that a modality keeps what it prefers and nobody transcodes; but a lossy one only when nothing else is offered
 * there. The standard leaves the choice to the acceptor, and an archive has no reason to want less than there is.
 */
import type { Bytes } from '../../base/bytes.ts'
import type { AcceptedContext } from '../dimse/exchange.ts'
import {
  type AnsweredContext,
  type AssociateAc,
  type AssociateRj,
  type AssociateRq,
  DICOM_APPLICATION_CONTEXT,
  PROTOCOL_VERSION,
  type ProposedContext,
} from './pdu.ts'
import type { AsynchronousOperations, CommonExtendedNegotiation, ExtendedNegotiation } from './user-information.ts'

/** What we do, as far as negotiation needs to know it. */
export interface Policy {
  /** Does a service of ours take this abstract syntax? `common`: what the peer says about a SOP class of its own. */
  readonly serves: (abstractSyntax: string, common: CommonExtendedNegotiation | undefined) => boolean
  /** Undefined for transfer syntaxes that are refused. */
  readonly transferSyntax: (uid: string, abstractSyntax: string) => { readonly lossy: boolean } | undefined
  /** Our answer to a SOP Class Extended Negotiation of an accepted context; undefined for none. */
  readonly extended: (abstractSyntax: string, asked: Bytes) => Bytes | undefined
  /** May we send objects of this class to the peer when it asks for them (C-GET, PS3.4 C.4.3)? */
  readonly provides: (abstractSyntax: string) => boolean
  readonly maxPdu: number
  /** Operations of one peer we perform at the same time, if it asks for more than one. */
  readonly window: number
  readonly implementationClassUid: string
  readonly implementationVersion: string
}

export interface Negotiated {
  readonly answer: AssociateAc
  readonly contexts: ReadonlyMap<number, AcceptedContext>
  /** Operations the peer may have outstanding at us. */
  readonly performed: number
}

const ACCEPTANCE = 0
const ABSTRACT_SYNTAX_NOT_SUPPORTED = 3
const TRANSFER_SYNTAXES_NOT_SUPPORTED = 4

/** @param identified  the user identity of the request was accepted */
export function negotiate(request: AssociateRq, policy: Policy, identified = false): Negotiated {
  const common = new Map((request.user.commonExtended ?? []).map((entry) => [entry.sopClass, entry]))
  const contexts = new Map<number, AcceptedContext>()
  const answered = request.contexts.map((context): AnsweredContext => {
    const answer = answerContext(context, common.get(context.abstractSyntax), policy)
    if (answer.result === ACCEPTANCE)
      contexts.set(context.id, {
        id: context.id,
        abstractSyntax: context.abstractSyntax,
        transferSyntax: answer.transferSyntax,
      })
    return answer
  })
  const accepted = new Set([...contexts.values()].map((context) => context.abstractSyntax))
  const operations = grantedWindow(request.user.asynchronousOperations, policy.window)
  const extended = answerExtended(request.user.extended ?? [], accepted, policy)
  // PS3.7 D.3.3.4: only what was proposed is answered. The peer is SCP where it gets what it asked for.
  const roles = (request.user.roles ?? [])
    .filter((role) => accepted.has(role.sopClass))
    .map(({ sopClass, scu, scp }) => ({ sopClass, scu, scp: scp && policy.provides(sopClass) }))

  const answer: AssociateAc = {
    type: 'A-ASSOCIATE-AC',
    protocolVersion: PROTOCOL_VERSION,
    calledAet: request.calledAet,
    callingAet: request.callingAet,
    applicationContext: DICOM_APPLICATION_CONTEXT,
    contexts: answered,
    user: {
      maximumLength: policy.maxPdu,
      implementationClassUid: policy.implementationClassUid,
      implementationVersion: policy.implementationVersion,
      ...(operations === undefined ? {} : { asynchronousOperations: operations }),
      ...(roles.length === 0 ? {} : { roles }),
      ...(extended.length === 0 ? {} : { extended }),
      // PS3.7 D.3.3.7: only what was accepted is answered, and only when an answer was asked for. Of zero length (D.3.3.7.2).
      ...(identified && request.user.identity?.responseRequested === true
        ? { identityResponse: new Uint8Array(0) }
        : {}),
    },
  }
  return { answer, contexts, performed: operations?.invoked ?? 1 }
}

/** PS3.8 section 9.3.3.2: the transfer syntax is not significant in a refusal, yet some peers want one to read. */
function answerContext(
  context: ProposedContext,
  common: CommonExtendedNegotiation | undefined,
  policy: Policy,
): AnsweredContext {
  const [first = ''] = context.transferSyntaxes
  if (!policy.serves(context.abstractSyntax, common))
    return { id: context.id, result: ABSTRACT_SYNTAX_NOT_SUPPORTED, transferSyntax: first }
  const chosen = chooseTransferSyntax(context.transferSyntaxes, context.abstractSyntax, policy)
  if (chosen === undefined) return { id: context.id, result: TRANSFER_SYNTAXES_NOT_SUPPORTED, transferSyntax: first }
  return { id: context.id, result: ACCEPTANCE, transferSyntax: chosen }
}

export function chooseTransferSyntax(
  proposed: readonly string[],
  abstractSyntax: string,
  policy: Pick<Policy, 'transferSyntax'>,
): string | undefined {
  const known = proposed.filter((uid) => policy.transferSyntax(uid, abstractSyntax) !== undefined)
  return known.find((uid) => policy.transferSyntax(uid, abstractSyntax)?.lossy === false) ?? known[0]
}

/** PS3.7 D.3.3.3: never more than asked, 0 means no limit; an absent item means one at a time both ways. */
function grantedWindow(asked: AsynchronousOperations | undefined, window: number): AsynchronousOperations | undefined {
  if (asked === undefined) return undefined
  const invoked = asked.invoked === 0 ? window : Math.min(asked.invoked, window)
  return { invoked, performed: 1 }
}

function answerExtended(
  asked: readonly ExtendedNegotiation[],
  accepted: ReadonlySet<string>,
  policy: Policy,
): ExtendedNegotiation[] {
  const answers: ExtendedNegotiation[] = []
  for (const { sopClass, information } of asked) {
    const answer = accepted.has(sopClass) ? policy.extended(sopClass, information) : undefined
    if (answer !== undefined) answers.push({ sopClass, information: answer })
  }
  return answers
}

// --- rejections (PS3.8 section 9.3.4) ----------------------------------------------------

const rejection = (result: 1 | 2, source: 1 | 2 | 3, reason: number): AssociateRj => ({
  type: 'A-ASSOCIATE-RJ',
  result,
  source,
  reason,
})

/** Ours to give as service user (1) and as service provider, presentation related (3). */
export const REJECTION = {
  applicationContextNotSupported: rejection(1, 1, 2),
  callingAeTitleNotRecognized: rejection(1, 1, 3),
  calledAeTitleNotRecognized: rejection(1, 1, 7),
  noReason: rejection(1, 1, 1),
  temporaryCongestion: rejection(2, 3, 1),
  localLimitExceeded: rejection(2, 3, 2),
} as const
