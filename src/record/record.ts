/**
 * The record of a patient as the doors see it: the timeline of the studies, and which earlier one matters.
 *
 * A person is issuer and ID as received, and every other ID that was merged or linked with it (docs/record.md). Where two of its studies
 * contradict each other about who the patient is, neither is offered as a prior of the other.
 */
import type { ByteStream } from '../base/bytes.ts'
import type { Context } from '../base/context.ts'
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
  /** Earlier studies of the patient that show something else. */
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
