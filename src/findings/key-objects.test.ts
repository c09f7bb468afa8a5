import { describe, expect, it } from 'vitest'
import { errorsOf, hasDciodvfy } from '../../test/support/dciodvfy.ts'
import { concat } from '../base/bytes.ts'
import { dataSetOf } from '../dicom/attributes.ts'
import { T, UIDS } from '../dicom/dictionary.ts'
import { metaGroup } from '../dicom/part10.ts'
import { item, items, numbers, text } from '../dicom/values.ts'
import { encodeElements } from '../dicom/writer.ts'
import { keyObjects, type NewKeyObjects } from './write-key-objects.ts'

const EXPLICIT = '1.2.840.10008.1.2.1'
const MARKS: NewKeyObjects = {
  of: dataSetOf({ PatientName: 'SYNTHETIC^PATIENT', PatientID: 'SYN-1', StudyInstanceUID: '2.25.1' }),
  study: '2.25.1',
  series: '2.25.2',
  instance: '2.25.3',
  instanceNumber: 1,
  date: '20260101',
  time: '120000',
  observer: 'Reader',
  title: 'conference',
  words: 'For Tuesday',
  images: [
    { series: '2.25.4', instance: '2.25.5', sopClass: UIDS.CTImageStorage, frames: [] },
    { series: '2.25.6', instance: '2.25.7', sopClass: UIDS.EnhancedCTImageStorage, frames: [3] },
  ],
}

describe('a key object selection (PS3.16 TID 2010)', () => {
  const made = keyObjects(MARKS)
  it('says why, and names its images and frames', () => {
    expect(text(item(made, T.ConceptNameCodeSequence)!, T.CodeValue)).toBe('113005')
    const images = items(made, T.ContentSequence).flatMap((one) => items(one, T.ReferencedSOPSequence))
    expect(images.map((one) => text(one, T.ReferencedSOPInstanceUID))).toEqual(['2.25.5', '2.25.7'])
    expect(images.map((one) => numbers(one, T.ReferencedFrameNumber))).toEqual([[], [3]])
  })
  it.skipIf(!hasDciodvfy())('has nothing for dciodvfy to find', async () => {
    for (const one of [MARKS, { ...MARKS, words: '' }]) {
      const meta = metaGroup({
        sopClass: UIDS.KeyObjectSelectionDocumentStorage,
        sopInstance: one.instance,
        transferSyntax: EXPLICIT,
      })
      expect(await errorsOf(concat([meta, encodeElements(keyObjects(one), EXPLICIT)]))).toEqual([])
    }
  })
})
