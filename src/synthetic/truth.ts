/** What is known of the demonstration because it was made so: for whoever wants to know how well something measures. */
import { type NoduleExamination, noduleHistory } from './nodule-story.ts'

export interface DemonstrationTruth {
  /** Lengths in mm, volumes in mm³, positions in the coordinates of each examination. */
  readonly nodule: readonly NoduleExamination[]
}

export const demonstrationTruth = (): DemonstrationTruth => ({ nodule: noduleHistory() })
