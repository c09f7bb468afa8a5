/**
 * The nodule as a reader measured it: a measurement report in each examination (PS3.16 TID 1500), under one Tracking Unique
 * Identifier. The axes are as long as the truth says, drawn through the middle of the nodule in the slice nearest to it.
 */
import { dataSetOf } from '../dicom/attributes.ts'
import { UIDS } from '../dicom/dictionary.ts'
import { metaGroup } from '../dicom/part10.ts'
import { encodeElements } from '../dicom/writer.ts'
import { CONCEPTS, ROLES, SITES, UNITS } from '../findings/codes.ts'
import type { Point } from '../findings/report.ts'
import { measurementReport } from '../findings/write-report.ts'
import { commonModules, instanceUid, later, type Series, seriesUid } from './modules.ts'
import { EXAMINATIONS, type Examination, type NoduleExamination, noduleHistory, onThinSlice } from './nodule-story.ts'
import type { SyntheticObject } from './object.ts'
import { uidOf } from './uids.ts'

const SYNTAX = UIDS.ExplicitVRLittleEndian
/** The nodule's, in every examination. */
export const NODULE_TRACKING_UID = uidOf('lesion nodule 1')

export function* noduleMeasurements(): Generator<SyntheticObject> {
  const history = noduleHistory()
  for (const [at, examination] of EXAMINATIONS.entries()) {
    const truth = history[at]
    if (truth !== undefined) yield report(examination, truth)
  }
}

function report({ study }: Examination, truth: NoduleExamination): SyntheticObject {
  const series: Series = { study, number: 11, modality: 'SR', description: 'Measurements', model: 'Phantom reader' }
  const image = { sopClass: UIDS.CTImageStorage, instance: truth.instance, frame: undefined }
  const [middle, mm] = onThinSlice(truth.position)
  const axis = (length: number, [x, y]: Point): readonly Point[] =>
    [-1, 1].map(
      (side): Point => [
        Math.fround(middle[0] + (side * x * length) / 2 / mm),
        Math.fround(middle[1] + (side * y * length) / 2 / mm),
      ],
    )
  const instance = instanceUid(series, 1)
  const made = measurementReport({
    of: dataSetOf(commonModules(series, 1, 'ComprehensiveSRStorage')),
    study: truth.study,
    series: seriesUid(series),
    instance,
    instanceNumber: 1,
    date: study.date,
    time: later(study.time, 1800),
    observer: 'Reader^Phantom',
    signed: undefined,
    conclusion: '',
    predecessors: [],
    evidence: [{ series: truth.series, instance: truth.instance, sopClass: UIDS.CTImageStorage }],
    findings: [
      {
        trackingId: 'L1',
        trackingUid: NODULE_TRACKING_UID,
        timePoint: `${study.date.slice(0, 4)}-${study.date.slice(4, 6)}-${study.date.slice(6)}`,
        site: SITES.lung,
        role: ROLES.target,
        comment: '',
        shapes: [
          { graphic: 'POLYLINE', points: axis(truth.longAxis, [1, 0]), image },
          { graphic: 'POLYLINE', points: axis(truth.shortAxis, [0, 1]), image },
        ],
        measured: [
          { concept: CONCEPTS.longAxis, value: truth.longAxis, unit: UNITS.mm, derivation: undefined, shape: 0 },
          { concept: CONCEPTS.shortAxis, value: truth.shortAxis, unit: UNITS.mm, derivation: undefined, shape: 1 },
        ],
      },
    ],
  })
  const sopClass = UIDS.ComprehensiveSRStorage
  const meta = metaGroup({ sopClass, sopInstance: instance, transferSyntax: SYNTAX })
  const elements = encodeElements(made, SYNTAX)
  return {
    study: truth.study,
    series: seriesUid(series),
    instance,
    sopClass,
    bytes: meta.length + elements.length,
    async *open() {
      yield meta
      yield elements
    },
  }
}
