/** Restricted patients, emergencies and the second look, as the doors see them. */
import type { Context } from '../../base/context.ts'
import type { EmergencyCause, RestrictionKind, RestrictionLevel } from './access-rows.ts'

export type { EmergencyCause, RestrictionKind, RestrictionLevel } from './access-rows.ts'

export interface Restriction {
  readonly id: number
  readonly kind: RestrictionKind
  /** `issuer|id`, a Study Instance UID, InstitutionName, AE title or Confidentiality Code. */
  readonly subject: string
  readonly level: RestrictionLevel
  /** `u:…`, `role:…`, `ae:…`, `ae:*`. */
  readonly admits: readonly string[]
  readonly reason: string
  /** Studies it covers now. */
  readonly covers: number
  readonly placed: { readonly by: string; readonly at: string }
  readonly lifted: { readonly by: string; readonly at: string; readonly reason: string } | undefined
}

export type RestrictionAsk = Pick<Restriction, 'kind' | 'subject' | 'level' | 'admits' | 'reason'>

export interface Emergency {
  readonly id: number
  /** `issuer|id` */
  readonly patient: string
  readonly cause: EmergencyCause
  readonly reason: string
  readonly begunAt: string
  readonly until: string
}

export interface EmergencyAsk {
  readonly patientId: string
  /** Needed where the ID is known under several. */
  readonly issuer?: string
  readonly cause: EmergencyCause
  readonly reason: string
  readonly minutes: number
}

export interface Review {
  /** The number of the event that is looked at. */
  readonly id: number
  /** `emergency`: the glass was broken. `watched`: images of somebody watched were opened. */
  readonly kind: 'emergency' | 'watched'
  readonly who: string
  /** Pseudonym. */
  readonly actor: string
  readonly patient: string
  readonly study: string
  readonly reason: string
  readonly at: string
  /** The day, YYYY-MM-DD, by which somebody looks at it: five working days later. */
  readonly dueOn: string
  /** Emergencies of this person in the ninety days before today. */
  readonly times: number
  readonly reviewed:
    | {
        readonly by: string
        readonly at: string
        readonly outcome: 'justified' | 'unjustified'
        readonly words: string
      }
    | undefined
}

export interface Restricting {
  /** Newest first, lifted ones too. */
  restrictions(context: Context): Promise<readonly Restriction[]>
  /** @throws {ArchiveError} `BAD_REQUEST` */
  restrict(context: Context, ask: RestrictionAsk): Promise<Restriction>
  /** @throws {ArchiveError} `NOT_FOUND`, `RESTRICTION_STATE` */
  liftRestriction(context: Context, restriction: number, reason: string): Promise<Restriction>
  /** Which of these studies the asker may see. */
  inSight(context: Context, studies: readonly string[]): Promise<ReadonlySet<string>>
  /** Which of them are restricted for nobody. */
  unrestricted(studies: readonly string[]): Promise<ReadonlySet<string>>
  /**
   * Opens what a restriction keeps from the asker, of one patient, for a while: told of at once, and looked at afterwards.
   * @throws {ArchiveError} `NOT_FOUND`, `BAD_REQUEST` when the ID is not one patient's, `EMERGENCY_NEEDLESS`
   */
  breakGlass(context: Context, ask: EmergencyAsk): Promise<Emergency>
  /** @throws {ArchiveError} `NOT_FOUND` */
  endEmergency(context: Context, emergency: number): Promise<void>
  /** One's own that last. */
  emergencies(context: Context): Promise<readonly Emergency[]>
  /** What a person has to look at, or has looked at; newest first. */
  accessReviews(
    context: Context,
    ask: { readonly waiting: boolean },
  ): Promise<{
    readonly reviews: readonly Review[]
    readonly waiting: number
  }>
  /** @throws {ArchiveError} `NOT_FOUND`, `REVIEW_STATE`, `REVIEW_SAME_PERSON` */
  review(context: Context, review: number, outcome: 'justified' | 'unjustified', words: string): Promise<Review>
}
