/** Objects the archive makes itself: what all of them carry of the study they are put into. */
import { dataSetOf } from './attributes.ts'
import { withElements } from './build.ts'
import type { DataSet } from './data-set.ts'

/**
 * Puts what was made into a study.
 *
 * @param of  attributes of patient and study, as the instances of the study have them
 */
export function inStudy(of: DataSet, made: DataSet): DataSet {
  // Type 2 attributes of the Patient and General Study modules: there, with or without a value.
  const empty = dataSetOf({
    StudyDate: '',
    StudyTime: '',
    AccessionNumber: '',
    ReferringPhysicianName: '',
    PatientName: '',
    PatientID: '',
    PatientBirthDate: '',
    PatientSex: '',
    StudyID: '',
  })
  return withElements(withElements(empty, of.elements.values()), made.elements.values())
}
