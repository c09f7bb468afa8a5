/**
 * Is this leaf in that log? Each step of the answer apart, never one green tick (compliance specification 4.5): who reads
 * it must see what was checked and what was not.
 */
import type { Bytes } from '../base/bytes.ts'
import { asArchiveError } from '../base/errors.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { leafHash, verifyInclusion } from './merkle.ts'
import { SIGNATURE_TYPE, type Signed, signersOf, type VerifierKey } from './note.ts'
import { parseTlogProof } from './tlog-proof.ts'

export interface Step {
  readonly what: string
  readonly passed: boolean
  readonly fact: string
}

/** Whom the reader trusts. */
export interface Policy {
  readonly logs: readonly VerifierKey[]
  readonly witnesses: readonly VerifierKey[]
  /** How many of the witnesses must have cosigned. */
  readonly quorum: number
}

/** The steps that check a `.tlog-proof` of a leaf. It holds when every one passed; the first that fails ends them. */
export function verifyProof(leaf: Bytes, proofText: string, policy: Policy): readonly Step[] {
  const steps: Step[] = []
  const step = (what: string, passed: boolean, fact: string): boolean => {
    steps.push({ what, passed, fact })
    return passed
  }
  try {
    const proof = parseTlogProof(proofText)
    const checkpoint = parseCheckpoint(proof.checkpoint)
    step('form', true, `leaf ${proof.index} of ${checkpoint.size} in ${checkpoint.origin}`)
    if (!signatureSteps(checkpoint, policy, step)) return steps
    const included = verifyInclusion(proof.index, checkpoint.size, leafHash(leaf), proof.hashes, checkpoint.root)
    step(
      'inclusion',
      included,
      included ? 'the leaf is in the tree the checkpoint signs' : 'the leaf is not in that tree',
    )
  } catch (thrown) {
    step('form', false, asArchiveError(thrown).fact)
  }
  return steps
}

/** The steps about who signed a checkpoint. */
export function signatureSteps(
  { origin, note }: ReturnType<typeof parseCheckpoint>,
  { logs, witnesses, quorum }: Policy,
  step: (what: string, passed: boolean, fact: string) => boolean,
): boolean {
  let signed: readonly Signed[]
  try {
    signed = signersOf(note, [...logs, ...witnesses])
  } catch (thrown) {
    return step('signature', false, asArchiveError(thrown).fact)
  }
  const byLog = signed.some(({ key }) => logs.includes(key) && key.name === origin)
  if (!step('signature', byLog, byLog ? `signed by ${origin}` : `not signed by a known key of ${origin}`)) return false
  const cosigners = signed.filter(({ key }) => witnesses.includes(key))
  const times = cosigners.map(({ key, seen }) => `${key.name}${seen === undefined ? '' : ` at ${isoTime(seen)}`}`)
  if (quorum === 0 && cosigners.length === 0) return true
  return step(
    'witnesses',
    cosigners.length >= quorum,
    `${cosigners.length} of ${quorum} needed${times.length > 0 ? `: ${times.join(', ')}` : ''}`,
  )
}

/** Whether a key is one that cosigns. */
export const isWitnessKey = ({ type }: VerifierKey): boolean => type === SIGNATURE_TYPE.cosignature

export const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString()
