/**
 * What we take on an association, as a table: the listener negotiates with it, and `docs/conformance.md` is printed from
 * it, so that the statement cannot say anything else than the server does.
 */
import type { Bytes } from '../base/bytes.ts'
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../dicom/transfer-syntaxes.ts'
import { transferSyntaxFor } from './accepted-syntaxes.ts'
import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION } from './implementation.ts'
import { isCommitted } from './services/commitment.ts'
import { isEcho } from './services/echo.ts'
import { foundExtended, isFound } from './services/find.ts'
import { isPerformed } from './services/performed.ts'
import { isGot, isMoved } from './services/retrieve.ts'
import { isStored, STORE_EXTENDED } from './services/store.ts'
import { isScheduled } from './services/worklist.ts'
import { UPPER_LAYER_DEFAULTS } from './upper-layer/association.ts'
import type { Policy } from './upper-layer/negotiation.ts'
import type { CommonExtendedNegotiation } from './upper-layer/user-information.ts'

export interface PolicyOptions {
  /** Default true. */
  readonly acceptUnknownSopClasses?: boolean
  /** Transfer syntaxes that are not in our table and are taken nevertheless, by UID. */
  readonly extraTransferSyntaxes?: readonly string[]
  readonly maxPdu?: number
  /** Operations of one association performed at the same time. Default 8. */
  readonly asyncWindow?: number
}

export interface Served {
  readonly name: string
  /** The DIMSE service that peers ask for. */
  readonly command: string
  readonly standard: string
  readonly serves: (
    abstractSyntax: string,
    options: { readonly acceptUnknownSopClasses: boolean },
    common?: CommonExtendedNegotiation,
  ) => boolean
  /** Only identifiers and reports come: they are read and not kept, in the syntaxes every peer knows. */
  readonly identifiersOnly: boolean
  /** May we be the SCU of it, when the peer takes the role of the SCP (PS3.7 D.3.3.4)? */
  readonly provided: boolean
  /** Answers a SOP Class Extended Negotiation. */
  readonly extended?: (asked: Bytes) => Bytes
}

export const SERVED: readonly Served[] = [
  {
    name: 'Verification',
    command: 'C-ECHO',
    standard: 'PS3.4 Annex A',
    serves: isEcho,
    identifiersOnly: false,
    provided: false,
  },
  {
    name: 'Storage',
    command: 'C-STORE',
    standard: 'PS3.4 Annex B',
    serves: isStored,
    identifiersOnly: false,
    provided: true,
    extended: () => STORE_EXTENDED,
  },
  {
    name: 'Query/Retrieve: query',
    command: 'C-FIND',
    standard: 'PS3.4 Annex C',
    serves: isFound,
    identifiersOnly: true,
    provided: false,
    extended: foundExtended,
  },
  {
    name: 'Modality Worklist',
    command: 'C-FIND',
    standard: 'PS3.4 Annex K',
    serves: isScheduled,
    identifiersOnly: true,
    provided: false,
  },
  {
    name: 'Modality Performed Procedure Step',
    command: 'N-CREATE, N-SET',
    standard: 'PS3.4 Annex F',
    serves: isPerformed,
    identifiersOnly: true,
    provided: false,
  },
  {
    name: 'Query/Retrieve: move',
    command: 'C-MOVE',
    standard: 'PS3.4 Annex C',
    serves: isMoved,
    identifiersOnly: true,
    provided: false,
  },
  {
    name: 'Query/Retrieve: get',
    command: 'C-GET',
    standard: 'PS3.4 Annex C',
    serves: isGot,
    identifiersOnly: true,
    provided: false,
  },
  {
    name: 'Storage Commitment, push model',
    command: 'N-ACTION, N-EVENT-REPORT',
    standard: 'PS3.4 Annex J',
    serves: isCommitted,
    identifiersOnly: true,
    provided: false,
  },
]

/** Identifiers are read and written, not kept: in the syntaxes every peer knows. */
const IDENTIFIER_SYNTAXES: ReadonlySet<string> = new Set([IMPLICIT_LITTLE.uid, EXPLICIT_LITTLE.uid])

export function policyOf(options: PolicyOptions): Policy {
  const stored = { acceptUnknownSopClasses: options.acceptUnknownSopClasses ?? true }
  const syntaxOf = transferSyntaxFor(new Set(options.extraTransferSyntaxes))
  const rowOf = (abstractSyntax: string, common?: CommonExtendedNegotiation): Served | undefined =>
    SERVED.find(({ serves }) => serves(abstractSyntax, stored, common))
  return {
    serves: (abstractSyntax, common) => rowOf(abstractSyntax, common) !== undefined,
    transferSyntax: (syntax, abstractSyntax) =>
      rowOf(abstractSyntax)?.identifiersOnly === true && !IDENTIFIER_SYNTAXES.has(syntax)
        ? undefined
        : syntaxOf(syntax),
    extended: (abstractSyntax, asked) => rowOf(abstractSyntax)?.extended?.(asked),
    provides: (abstractSyntax) => rowOf(abstractSyntax)?.provided === true,
    maxPdu: options.maxPdu ?? UPPER_LAYER_DEFAULTS.maxPdu,
    window: options.asyncWindow ?? 8,
    implementationClassUid: IMPLEMENTATION_CLASS_UID,
    implementationVersion: IMPLEMENTATION_VERSION,
  }
}
