/** The data set of an Instance Availability Notification (PS3.4 Table R.3.2-1), from a performed procedure step. Pure. */
import { type Tag, tagText } from '../../dicom/data-set.ts'
import { T, UIDS } from '../../dicom/dictionary.ts'
import type { DicomJson, DicomJsonElement } from '../../dicom/json.ts'

/**
 * @param here       the instances of it that are in this archive
 * @param retrieveAet where they are to be had
 */
export function availabilityOf(
  sop: string,
  study: string,
  step: DicomJson,
  here: ReadonlySet<string>,
  retrieveAet: string,
): DicomJson {
  const series = items(step, T.PerformedSeriesSequence).map((one) => ({
    ...put(T.SeriesInstanceUID, 'UI', textAt(one, T.SeriesInstanceUID)),
    ...sequence(
      T.ReferencedSOPSequence,
      [T.ReferencedImageSequence, T.ReferencedNonImageCompositeSOPInstanceSequence]
        .flatMap((tag) => items(one, tag))
        .map((object) => ({
          ...put(T.ReferencedSOPClassUID, 'UI', textAt(object, T.ReferencedSOPClassUID)),
          ...put(T.ReferencedSOPInstanceUID, 'UI', textAt(object, T.ReferencedSOPInstanceUID)),
          ...put(
            T.InstanceAvailability,
            'CS',
            here.has(textAt(object, T.ReferencedSOPInstanceUID)) ? 'ONLINE' : 'UNAVAILABLE',
          ),
          ...put(T.RetrieveAETitle, 'AE', retrieveAet),
        })),
    ),
  }))
  return {
    ...sequence(T.ReferencedPerformedProcedureStepSequence, [
      {
        ...put(T.ReferencedSOPClassUID, 'UI', UIDS.ModalityPerformedProcedureStep),
        ...put(T.ReferencedSOPInstanceUID, 'UI', sop),
        ...sequence(T.PerformedWorkitemCodeSequence, []),
      },
    ]),
    ...put(T.StudyInstanceUID, 'UI', study),
    ...sequence(T.ReferencedSeriesSequence, series),
  }
}

/** The instances a step names. */
export const instancesOf = (step: DicomJson): readonly string[] =>
  items(step, T.PerformedSeriesSequence)
    .flatMap((one) =>
      [T.ReferencedImageSequence, T.ReferencedNonImageCompositeSOPInstanceSequence].flatMap((tag) => items(one, tag)),
    )
    .map((object) => textAt(object, T.ReferencedSOPInstanceUID))
    .filter((instance) => instance !== '')

const put = (tag: Tag, vr: DicomJsonElement['vr'], value: string): DicomJson => ({
  [tagText(tag)]: value === '' ? { vr } : { vr, Value: [value] },
})
const sequence = (tag: Tag, of: readonly DicomJson[]): DicomJson => ({
  [tagText(tag)]: of.length === 0 ? { vr: 'SQ' } : { vr: 'SQ', Value: of },
})
const items = (item: DicomJson, tag: Tag): readonly DicomJson[] =>
  (item[tagText(tag)]?.Value ?? []).filter((value): value is DicomJson => typeof value === 'object' && value !== null)
const textAt = (item: DicomJson, tag: Tag): string => {
  const [value] = item[tagText(tag)]?.Value ?? []
  return typeof value === 'string' ? value.trim() : ''
}
