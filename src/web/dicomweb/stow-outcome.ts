/**
 * What became of each object of a STOW-RS request, and the answer that says so (PS3.18 section 10.5.3 and Annex I): its
 * status, and a Store Instances Response.
 */
import { isDeepStrictEqual } from 'node:util'
import { privateBlock } from '../../api/store-answer.ts'
import type { PartialIdentity, Receipt } from '../../archive/archive.ts'
import type { ArchiveError, ErrorCode } from '../../base/errors.ts'
import type { DicomJson, DicomJsonValue } from '../../dicom/json.ts'
import type { Uid } from '../../dicom/uid.ts'

/** PS3.7 Annex C, Duplicate SOP Instance: what the content met. Table I.2-1 leaves other codes open. */
const DUPLICATE = 0x0111

export interface Stored {
  readonly receipt: Receipt
}
/** Only what the answer needs: a body may hold thousands of refusals, and an error drags its causes along. */
export interface Refused {
  readonly code: ErrorCode
  readonly http: number
  readonly dimse: number
  readonly fact: string
  readonly words: string
  readonly identity: PartialIdentity
}
export type Outcome = Stored | Refused

export const isStored = (outcome: Outcome): outcome is Stored => 'receipt' in outcome
const isRefused = (outcome: Outcome): outcome is Refused => 'code' in outcome
export const refused = (error: ArchiveError): Refused => {
  const { code, http, dimse, fact, message: words } = error
  return { code, http, dimse, fact, words, identity: identityOf(error) }
}

export interface Outcomes {
  readonly parts: readonly Outcome[]
  /** What ended the body early. */
  readonly broken: ArchiveError | undefined
}

/** Gives equal refusals in a row as one: of thousands of parts that hold nothing, each is refused in the same words. */
export function sharing(): (outcome: Outcome) => Outcome {
  let last: Refused | undefined
  return (outcome) => {
    if (isStored(outcome)) return outcome
    const { code, words, identity } = outcome
    const same = last?.code === code && last.words === words && isDeepStrictEqual(last.identity, identity)
    if (!same) last = outcome
    return last ?? outcome
  }
}

/** Intake puts what it had read of a refused object into the facts of the error. */
function identityOf({ facts }: ArchiveError): PartialIdentity {
  const [sopClass, sopInstance] = [facts['sopClass'], facts['sopInstance']]
  return {
    ...(typeof sopClass === 'string' ? { sopClass } : {}),
    ...(typeof sopInstance === 'string' ? { sopInstance } : {}),
  }
}

/** PS3.18 Table 10.5.3-1. */
export function statusOf(parts: readonly Outcome[], broken: ArchiveError | undefined): number {
  const failed = parts.filter(isRefused)
  const warned = parts.some((part) => isStored(part) && part.receipt.outcome === 'conflict')
  if (failed.length === 0) return warned || broken !== undefined ? 202 : 200
  if (failed.length < parts.length) return 202
  const [first] = failed
  if (first === undefined) return 409
  const { http, code } = first
  const alike = failed.every((one) => one.http === http)
  // 5xx asks for another attempt, 403 and 415 concern the request; a fault of the instances themselves is a 409.
  return alike && (http >= 500 || http === 403 || code === 'UNSUPPORTED_MEDIA_TYPE') ? http : 409
}

const element = (vr: DicomJson[string]['vr'], ...Value: DicomJsonValue[]) => ({ vr, Value })

/** The Store Instances Response (PS3.18 section 10.5.3 and Annex I). */
export function answerOf(parts: readonly Outcome[], root: string, onlyStudy: Uid | undefined): DicomJson {
  const stored: DicomJson[] = []
  const failed: DicomJson[] = []
  const others: DicomJson[] = []
  const studies = new Set<string>(onlyStudy === undefined ? [] : [onlyStudy])
  for (const part of parts) {
    if (isStored(part)) {
      const { key, sopClass, outcome } = part.receipt
      studies.add(key.study)
      stored.push({
        '00081150': element('UI', sopClass),
        '00081155': element('UI', key.instance),
        '00081190': element('UR', `${root}/studies/${key.study}/series/${key.series}/instances/${key.instance}`),
        ...(outcome === 'conflict' ? { '00081196': element('US', DUPLICATE) } : {}),
        ...privateBlock(outcome.toUpperCase()),
      })
      continue
    }
    const { identity, code, dimse, fact, words } = part
    const reason = {
      '00081197': element('US', dimse),
      '00000902': element('LO', fact.slice(0, 64)), // Error Comment: 64 characters at most
      ...privateBlock(code, words),
    }
    const { sopClass, sopInstance } = identity
    if (sopInstance === undefined) others.push(reason)
    else
      failed.push({
        ...(sopClass === undefined ? {} : { '00081150': element('UI', sopClass) }),
        '00081155': element('UI', sopInstance),
        ...reason,
      })
  }
  const [study] = studies
  return {
    ...(studies.size === 1 && study !== undefined ? { '00081190': element('UR', `${root}/studies/${study}`) } : {}),
    ...(failed.length === 0 ? {} : { '00081198': element('SQ', ...failed) }),
    ...(stored.length === 0 ? {} : { '00081199': element('SQ', ...stored) }),
    ...(others.length === 0 ? {} : { '0008119A': element('SQ', ...others) }),
  }
}
