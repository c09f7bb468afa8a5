import { describe, expect, it } from 'vitest'
import { dataSetOf } from './attributes.ts'
import type { DataSet } from './data-set.ts'
import { T, UIDS } from './dictionary.ts'
import { type InventoryPart, inventoryPart } from './inventory.ts'
import { int, item, items, text } from './values.ts'

const PART: InventoryPart = {
  instance: '2.25.1',
  date: '20260102',
  time: '030405',
  base: 'file:///srv/images/',
  software: '1',
  others: [],
  partial: false,
  studies: [
    {
      study: '1.2',
      attributes: dataSetOf({ SpecificCharacterSet: 'ISO_IR 192', PatientName: 'DOE^ÉVA', StudyDate: '20250101' }),
      modalities: ['CT', 'SR'],
      updated: '20250102000000+0000',
      listed: '20260102030405+0000',
      series: [
        {
          series: '1.2.1',
          attributes: dataSetOf({ Modality: 'CT', SeriesNumber: 3 }),
          instances: [
            {
              sopClass: UIDS.CTImageStorage,
              instance: '1.2.1.1',
              number: 7,
              file: {
                uri: './vault/a/v1-s0001-CT.zip',
                container: { type: 'ZIP', name: '000001.dcm' },
                offset: 58,
                length: 1000,
                transferSyntax: '1.2.840.10008.1.2.4.202',
                sha256: new Uint8Array(32).fill(1),
              },
            },
            {
              sopClass: UIDS.CTImageStorage,
              instance: '1.2.1.2',
              number: undefined,
              file: {
                uri: './inbox/00000001.journal',
                container: { type: 'BLOB' },
                offset: 5_000_000_000,
                length: 9,
                transferSyntax: '1.2.840.10008.1.2',
              },
            },
            { sopClass: UIDS.CTImageStorage, instance: '1.2.1.3', number: 9, file: undefined },
          ],
        },
      ],
    },
  ],
}

const study = (set: DataSet) => item(set, T.InventoriedStudiesSequence) as DataSet
const instances = (set: DataSet) =>
  items(item(study(set), T.InventoriedSeriesSequence) as DataSet, T.InventoriedInstancesSequence)
const files = (set: DataSet) => instances(set).map((one) => item(one, T.FileAccessSequence))

describe('an inventory', () => {
  it('says what it is, when it was begun, and how far it goes (PS3.3 Table C.38.1-1)', () => {
    const made = inventoryPart(PART)
    expect(text(made, T.SOPClassUID)).toBe('1.2.840.10008.5.1.4.1.1.201.1')
    expect([text(made, T.ContentDate), text(made, T.ContentTime)]).toEqual(['20260102', '030405'])
    expect([text(made, T.InventoryLevel), text(made, T.InventoryCompletionStatus)]).toEqual(['INSTANCE', 'COMPLETE'])
    expect(made.elements.has(T.InventoryPurpose)).toBe(true)
    expect(items(made, T.ScopeOfInventorySequence)).toEqual([])
    expect(int(made, T.NumberOfStudyRecordsInInstance)).toBe(1)
  })

  it('counts the studies of the others it completes, and names those', () => {
    const made = inventoryPart({ ...PART, others: [{ instance: '2.25.9', studies: 40 }] })
    expect(made.elements.get(T.TotalNumberOfStudyRecords)?.vr).toBe('UV')
    expect(int(made, T.TotalNumberOfStudyRecords)).toBe(41)
    const named = items(made, T.IncorporatedInventoryInstanceSequence)
    expect(named.map((one) => text(one, T.ReferencedSOPInstanceUID))).toEqual(['2.25.9'])
    expect(inventoryPart(PART).elements.has(T.IncorporatedInventoryInstanceSequence)).toBe(false)
  })

  it('says of a part that the inventory is more than it', () => {
    expect(text(inventoryPart({ ...PART, partial: true }), T.InventoryCompletionStatus)).toBe('PARTIAL')
  })

  it('of nothing has no sequence of studies', () => {
    const made = inventoryPart({ ...PART, studies: [] })
    expect(made.elements.has(T.InventoriedStudiesSequence)).toBe(false)
    expect(int(made, T.NumberOfStudyRecordsInInstance)).toBe(0)
  })

  it('lists studies with the patient, and what a study must have with or without a value', () => {
    const listed = study(inventoryPart(PART))
    expect(text(listed, T.PatientName)).toBe('DOE^ÉVA')
    expect(listed.elements.has(T.AccessionNumber)).toBe(true)
    expect(text(listed, T.ModalitiesInStudy)).toBe('CT')
    expect([int(listed, T.NumberOfStudyRelatedSeries), int(listed, T.NumberOfStudyRelatedInstances)]).toEqual([1, 3])
    expect(listed.elements.has(T.SpecificCharacterSet)).toBe(false)
  })

  it('names the entry of a ZIP, and the bytes of any other file (PS3.3 Table C.38.2-2)', () => {
    const [zip, blob, none] = files(inventoryPart(PART))
    expect(zip && text(zip, T.ContainerFileType)).toBe('ZIP')
    expect(zip && text(zip, T.FilenameInContainer)).toBe('000001.dcm')
    expect(zip && text(zip, T.StoredInstanceTransferSyntaxUID)).toBe('1.2.840.10008.1.2.4.202')
    expect(zip && [text(zip, T.MACAlgorithm), zip.elements.has(T.MAC)]).toEqual(['SHA256', true])
    expect(blob && text(blob, T.ContainerFileType)).toBe('BLOB')
    expect(blob?.elements.has(T.FilenameInContainer)).toBe(false)
    expect(blob && [int(blob, T.FileOffsetInContainer), int(blob, T.FileLengthInContainer)]).toEqual([5_000_000_000, 9])
    expect(blob?.elements.has(T.MAC)).toBe(false)
    expect(none).toBeUndefined()
  })
})
