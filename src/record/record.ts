/**
 * The record of a patient as the doors see it: the timeline of the studies, and which earlier one matters.
 *
 * A person is issuer and ID as received, and every other ID that was merged or linked with it (docs/record.md). Where two of its studies
 * contradict each other about who the patient is, neither is offered as a prior of the other.
 */
import type { ByteStream } from '../base/bytes.ts'
import type { Context } from '../base/context.ts'
import type { PriorRule, StoredPriorRule } from '../compliance/prior-wishes.ts'
import type { Uid } from '../dicom/uid.ts'
import type { MeasurementsAnswer } from './measurements.ts'
import type { Normalised } from './normalise.ts'
import type { Prior } from './priors.ts'

export interface RecordStudy extends Normalised {
  readonly study: Uid
  /** The key that stands for the person. */
  readonly patientKey: string
  readonly patientName: string
  readonly patientId: string
  readonly issuer: string
  readonly birthDate: string
  readonly sex: string
  readonly studyDate: string // YYYYMMDD, or ''
  readonly studyTime: string
  readonly accession: string
  readonly description: string
  readonly modalities: readonly string[]
  readonly seriesCount: number
  readonly instances: number
  readonly bytes: number
  readonly receivedLast: string
  readonly images: boolean
  /** Objects that were rejected and are not shown. */
  readonly rejected: number
}

export interface ChosenPrior extends Prior {
  readonly of: RecordStudy
}

export interface PriorsAnswer {
  readonly current: RecordStudy
  /** Best first. */
  readonly priors: readonly ChosenPrior[]
  /** The study that the asker chose for this one, if it can stand beside it. */
  readonly chosen: Uid | undefined
  /** All that might stand beside it: earlier ones of the same patient. */
  readonly earlier: readonly RecordStudy[]
  /** How many of those show something else. */
  readonly others: number
  /** Studies under the same ID whose birth date or sex is another: perhaps another person. */
  readonly contradicted: readonly { readonly study: Uid; readonly why: string }[]
}

export interface TimelineAnswer {
  /** The key that stands for the person, whichever of its keys was asked for. */
  readonly patientKey: string
  /** All its keys. */
  readonly keys: readonly string[]
  /** Oldest first, those without a date last. */
  readonly studies: readonly RecordStudy[]
  readonly contradictions: readonly string[]
  /** Those that a legal hold covers. */
  readonly held: ReadonlySet<string>
  /** Studies all of which is rejected. */
  readonly rejected: number
}

export interface PatientRecord {
  /** @throws {ArchiveError} `NOT_FOUND` */
  priors(context: Context, study: Uid): Promise<PriorsAnswer>
  /**
   * Which prior the asker wants beside a study from now on; undefined: whichever the archive chooses.
   * @throws {ArchiveError} `NOT_FOUND`, `BAD_REQUEST` when it is no earlier study of the same patient
   */
  choosePrior(context: Context, study: Uid, prior: Uid | undefined): Promise<PriorsAnswer>
  priorRules(context: Context): Promise<readonly StoredPriorRule[]>
  /** @throws {ArchiveError} `PRIOR_RULE_INVALID` */
  addPriorRule(context: Context, rule: PriorRule): Promise<StoredPriorRule>
  /** @throws {ArchiveError} `PRIOR_RULE_INVALID`, `NOT_FOUND` */
  changePriorRule(context: Context, id: number, rule: PriorRule): Promise<StoredPriorRule>
  /** @throws {ArchiveError} `NOT_FOUND` */
  removePriorRule(context: Context, id: number): Promise<void>
  /** The priors of a study by the rules that count with this one beside them, in place of that of its number if it has one. */
  tryPriorRule(
    context: Context,
    study: Uid,
    rule: PriorRule & { readonly id?: number | undefined },
  ): Promise<{ readonly now: PriorsAnswer; readonly tried: PriorsAnswer }>
  /** @throws {ArchiveError} `NOT_FOUND` when no study has the key */
  timeline(context: Context, patientKey: string): Promise<TimelineAnswer>
  /** What was measured in the patient of a study. @throws {ArchiveError} `NOT_FOUND` */
  measurements(context: Context, study: Uid): Promise<MeasurementsAnswer>
}

export interface Capsules {
  /**
   * Everything there is of a patient as a ZIP that opens without this archive: told of before its first byte.
   * @throws {ArchiveError} `NOT_FOUND`, `CAPSULE_PAGE` when its page was not built
   */
  capsule(context: Context, patientKey: string): Promise<{ readonly name: string; readonly bytes: ByteStream }>
}
