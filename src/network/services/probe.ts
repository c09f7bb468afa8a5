/**
 * Asks another DICOM node whether it is there and what it would do with us: an association that proposes what an archive has
 * to do with others, and a C-ECHO. What comes back is for a person who sets a device up.
 */
import { asArchiveError } from '../../base/errors.ts'
import { UIDS } from '../../dicom/dictionary.ts'
import { EXPLICIT_LITTLE, IMPLICIT_LITTLE } from '../../dicom/transfer-syntaxes.ts'
import { type AssociationOptions, openAssociation } from './client.ts'

export interface Probed {
  readonly answered: boolean
  /** From the first byte to the answer to the echo. */
  readonly milliseconds: number
  /** Why it did not answer, and what to do about it; empty when it did. */
  readonly fact: string
  readonly remedy: string
  /** As it calls itself. */
  readonly implementation: string
  /** Bytes it takes in one PDU; 0 means no limit. */
  readonly maxPdu: number
  /** Of what was proposed, what it agreed to. */
  readonly services: readonly string[]
}

/** What we propose, in words. CT stands for images. */
const PROPOSED: readonly (readonly [abstractSyntax: string, says: string])[] = [
  [UIDS.Verification, 'echo'],
  [UIDS.CTImageStorage, 'takes images'],
  [UIDS.StudyRootQueryRetrieveInformationModelFind, 'answers queries'],
  [UIDS.StudyRootQueryRetrieveInformationModelMove, 'sends on request (C-MOVE)'],
  [UIDS.StudyRootQueryRetrieveInformationModelGet, 'gives on request (C-GET)'],
  [UIDS.StorageCommitmentPushModel, 'commits storage'],
]

/** A person waits for the answer. */
const TIMEOUTS = { connectMs: 5000, associateMs: 10_000, responseMs: 10_000, releaseMs: 2000 }

export async function probe(
  to: Pick<AssociationOptions, 'host' | 'port' | 'calledAet' | 'callingAet' | 'tls' | 'signal'>,
): Promise<Probed> {
  const began = performance.now()
  const nothing = { milliseconds: 0, fact: '', remedy: '', implementation: '', maxPdu: 0, services: [] }
  try {
    const association = await openAssociation({
      ...to,
      contexts: PROPOSED.map(([abstractSyntax]) => ({
        abstractSyntax,
        transferSyntaxes: [EXPLICIT_LITTLE.uid, IMPLICIT_LITTLE.uid],
      })),
      timeouts: TIMEOUTS,
    })
    try {
      const agreed = new Set(association.contexts.map(({ abstractSyntax }) => abstractSyntax))
      const { user } = association.answer
      const known = {
        implementation: user.implementationVersion ?? user.implementationClassUid ?? '',
        maxPdu: user.maximumLength ?? 0,
        services: PROPOSED.filter(([uid]) => agreed.has(uid)).map(([, says]) => says),
      }
      const { is, status } = await association.echo()
      const milliseconds = Math.round(performance.now() - began)
      const code = `${status.toString(16).toUpperCase().padStart(4, '0')}H`
      const fact = is === 'success' ? '' : `${to.calledAet} answers the echo with status ${code}.`
      return { ...nothing, ...known, answered: is === 'success', milliseconds, fact }
    } finally {
      await association.release()
    }
  } catch (thrown) {
    const { fact, remedy } = asArchiveError(thrown)
    return { ...nothing, answered: false, fact, remedy }
  }
}
