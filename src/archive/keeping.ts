/** What the archive is asked and answers about keeping: retention, holds, rejection, disposition. Part of `archive.ts`. */
import type { Decision } from '../compliance/retention/decide.ts'
import type { Rule } from '../compliance/retention/rules.ts'
import type { RejectionCode } from '../dicom/rejection-note.ts'
import type { Uid } from '../dicom/uid.ts'
import type { HoldScope } from './hold-rows.ts'
import type { RetentionMode } from './rules/rule-rows.ts'

/** What if: rules other than the site's, beside them or instead. */
export interface CalendarAsk {
  readonly jurisdictions?: readonly string[]
  readonly institution?: string
  readonly instead?: boolean
}

export interface RuleProposal {
  readonly jurisdictions: readonly string[]
  /** Kind of institution; '': not stated. */
  readonly institution: string
  /** Recommendations that count, by rule. */
  readonly optIn: readonly string[]
  readonly mode: RetentionMode
  /** Of those adopted before, which may shorten; else beside them. */
  readonly instead: boolean
  readonly reason: string
}

export interface RuleAdoption extends RuleProposal {
  /** The number of the leaf that proposed them. */
  readonly id: number
  readonly state: 'proposed' | 'approved' | 'in force' | 'replaced' | 'ended'
  /** SHA-256 of the rule sets. */
  readonly digest: string
  readonly rules: readonly Pick<Rule, 'id' | 'title' | 'keep' | 'source' | 'confidence'>[]
  readonly proposed: { readonly by: string; readonly at: string }
  /** Where a first approval is wanted. */
  readonly first: { readonly by: string; readonly at: string } | undefined
  readonly adopted: { readonly by: string; readonly at: string } | undefined
  readonly ended: { readonly by: string; readonly at: string; readonly reason: string } | undefined
  readonly replacedAt: string | undefined
}

export interface SiteRulesReport {
  /** Newest first. */
  readonly adoptions: readonly RuleAdoption[]
  /** What may be chosen from. */
  readonly shipped: readonly {
    readonly set: string
    readonly version: string
    readonly rules: number
    readonly recommended: readonly { readonly id: string; readonly title: string }[]
  }[]
  readonly institutions: readonly string[]
}

export interface Tally {
  readonly studies: number
  readonly bytes: number
}

export interface RetentionCalendar {
  readonly jurisdictions: readonly string[]
  readonly institution: string
  /** YYYY-MM-DD, UTC. */
  readonly today: string
  /** SHA-256 of the rule sets. */
  readonly rules: string
  readonly all: Tally
  /** May be considered today, and on a later day. */
  readonly due: Tally
  readonly later: Tally
  readonly indefinite: Tally
  /** Until more is known. */
  readonly undetermined: Tally
  readonly held: Tally
  /** By the month from which it may be considered, YYYY-MM; only those that have some. */
  readonly months: readonly (Tally & { readonly month: string })[]
  /** By the rules that reach furthest; a study may have several. */
  readonly governing: readonly (Tally & { readonly id: string; readonly title: string; readonly source: string })[]
}

export interface DueStudy {
  readonly study: string
  readonly eligibleOn: string
  readonly studyDate: string
  readonly modalities: readonly string[]
  readonly description: string
  readonly bytes: number
  readonly governing: readonly string[]
  /** Something was assumed: a person has to look at it. */
  readonly assumed: boolean
}

export interface DispositionAsk {
  readonly reason: string
  readonly studies: readonly string[]
  /** Those of them where something was assumed, and the person has looked at it. */
  readonly acknowledged: readonly string[]
  /** What the law wants first, by its name: the paper that says it was done. */
  readonly papers: { readonly [step: string]: string }
}

/** `cooling`: approved by two, hidden, and destroyed from `destroyFrom` on. */
export type DispositionState = 'proposed' | 'approved' | 'cooling' | 'destroying' | 'destroyed' | 'ended'

export interface Disposition {
  /** The number of the leaf that proposed it. */
  readonly id: number
  readonly reason: string
  readonly papers: { readonly [step: string]: string }
  /** SHA-256 of the rule sets. */
  readonly rules: string
  readonly state: DispositionState
  readonly proposed: { readonly by: string; readonly at: string }
  readonly first: { readonly by: string; readonly at: string } | undefined
  readonly second: { readonly by: string; readonly at: string } | undefined
  /** RFC 3339; '' until two have approved. */
  readonly destroyFrom: string
  readonly ended: { readonly by: string; readonly at: string; readonly reason: string } | undefined
  readonly studies: readonly {
    readonly study: string
    readonly eligibleOn: string
    readonly governing: readonly string[]
    readonly acknowledged: readonly string[]
    /** Why it was not destroyed though it is due; '' when nothing stood in the way. */
    readonly stopped: string
    readonly tombstone: StudyTombstone | undefined
  }[]
}

export interface StudyTombstone {
  /** The number of its leaf. */
  readonly id: number
  readonly disposition: number
  readonly study: string
  readonly studyDate: string
  readonly modalities: readonly string[]
  readonly series: number
  readonly instances: number
  readonly bytes: number
  /** SHA-256 of leaf, series, SOP Instance UID and digest of each instance, a line each. */
  readonly manifest: string
  readonly at: string
  /** The number of the leaf that says every copy is gone; 0 until then. */
  readonly done: number
  readonly doneAt: string
  readonly copies: readonly { readonly where: string; readonly method: string; readonly objects: number }[]
}

export interface RejectAsk {
  readonly study: Uid
  readonly code: RejectionCode
  readonly reason: string
  readonly series?: readonly string[]
  readonly instances?: readonly string[]
}

export interface Rejection {
  /** The number of the leaf that tells of it. */
  readonly id: number
  /** `destroyed`: no note's, but the archive's own: what was destroyed here and came again waits for a person. */
  readonly code: RejectionCode | 'destroyed'
  readonly study: Uid
  /** SOP Instance UID of the rejection note; '' without one. */
  readonly note: string
  readonly reason: string
  /** How many it is of, the note not counted. */
  readonly instances: number
  readonly rejected: { readonly by: string; readonly at: string }
  readonly restored: { readonly by: string; readonly at: string; readonly reason: string } | undefined
}

export interface LegalHold {
  /** The number of the leaf that placed it. */
  readonly id: number
  readonly matter: string
  readonly reason: string
  readonly scope: HoldScope
  readonly placed: { readonly by: string; readonly at: string }
  /** Who asked for its release. */
  readonly asked: { readonly by: string; readonly at: string; readonly reason: string } | undefined
  readonly released: { readonly by: string; readonly at: string } | undefined
  /** Studies it covers now; a search is counted to 10,000. */
  readonly covers: number
}

export interface StudyRetention extends Omit<Decision, 'governing'> {
  /** Has the site said which law it is under? */
  readonly configured: boolean
  /** Legal holds that cover it. */
  readonly holds: readonly { readonly id: number; readonly matter: string; readonly since: string }[]
  readonly jurisdictions: readonly string[]
  readonly governing: readonly (Pick<Rule, 'id' | 'title' | 'keep' | 'basis' | 'confidence' | 'source'> & {
    readonly note: string
  })[]
  /** SHA-256 of the rule sets it was decided by. */
  readonly rules: string
}
