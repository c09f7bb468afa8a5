/** What the archive is asked and answers about keeping: retention, holds, rejection, disposition. Part of `archive.ts`. */
import type { Decision } from '../compliance/retention/decide.ts'
import type { Rule } from '../compliance/retention/rules.ts'
import type { RejectionCode } from '../dicom/rejection-note.ts'
import type { Uid } from '../dicom/uid.ts'
import type { CopyGone } from './disposition/disposition-rows.ts'
import type { AnsweredStudy } from './erasure/erasure-rows.ts'
import type { HoldScope } from './hold-rows.ts'
import type { DateChange, Subject } from './known/known-rows.ts'
import type { RetentionMode } from './rules/rule-rows.ts'

export type { DateChange, Subject } from './known/known-rows.ts'

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
  /** The day by which a law wants them destroyed is past, or comes within a year; told of, never acted on. */
  readonly pastMaximum: Tally
  readonly nearMaximum: Tally
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
  readonly copies: readonly CopyGone[]
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

/** What a request for erasure comes to for one study: as it was answered; until then, as it would be today. */
export interface ErasureStudy extends AnsweredStudy {
  /** False where it is not here any more. */
  readonly here: boolean
  readonly studyDate: string
  readonly modalities: readonly string[]
  readonly description: string
}

export interface ErasureAsk {
  /** `issuer|id`. */
  readonly patient: string
  /** Those it names; none: all of the patient's. */
  readonly studies: readonly string[]
  /** YYYY-MM-DD */
  readonly askedOn: string
  /** Who asked, and how. */
  readonly askedBy: string
  /** How it was made sure who asked. */
  readonly identity: string
}

/** A patient's request that data be erased (GDPR Art. 17). */
export interface ErasureRequest extends Omit<ErasureAsk, 'studies'> {
  /** The number of the leaf that recorded it. */
  readonly id: number
  /** It names studies, and is not of all the patient has. */
  readonly named: boolean
  readonly recorded: { readonly by: string; readonly at: string }
  /** YYYY-MM-DD: within a month (Art. 12(3)). */
  readonly answerBy: string
  readonly state: 'recorded' | 'answered in part' | 'answered'
  readonly answered: { readonly by: string; readonly at: string; readonly reason: string } | undefined
  readonly studies: readonly ErasureStudy[]
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
  /** A date that reaches further than the rules; undefined when none does. */
  readonly stands: StandingDate | undefined
}

export interface StandingDate {
  /** 9999-12-31: without end. */
  readonly through: string
  /** `promised`: what was known before reached further. `asked for`: people set it. */
  readonly because: 'promised' | 'asked for'
}

/** What people said of a study, a patient or a trial. */
export interface ToldFact {
  readonly name: string
  readonly value: string
  readonly reason: string
  readonly by: string
  readonly at: string
}

export interface TellAsk {
  readonly about: Subject
  /** By name; '' takes back what was said. */
  readonly set: { readonly [name: string]: string }
  readonly reason: string
  /** Only what would follow: nothing is journaled. */
  readonly preview?: boolean
}

export interface TellAnswer {
  /** Studies whose date changes, or would end earlier and stands. */
  readonly dates: readonly DateChange[]
  /** How many were decided anew. */
  readonly studies: number
}

export interface ReductionAsk {
  readonly study: Uid
  /** The paper it rests on. */
  readonly evidence: string
  readonly reason: string
}

/** A date that stands, and is to be let go: proposed by one person, approved by two others. */
export interface Reduction {
  /** The number of the leaf that proposed it. */
  readonly id: number
  readonly study: string
  /** The last day that stands. */
  readonly floor: string
  readonly reason: string
  readonly evidence: string
  readonly state: 'proposed' | 'approved' | 'let go' | 'ended'
  readonly proposed: { readonly by: string; readonly at: string }
  readonly first: { readonly by: string; readonly at: string } | undefined
  readonly adopted: { readonly by: string; readonly at: string } | undefined
  readonly ended: { readonly by: string; readonly at: string; readonly reason: string } | undefined
}
