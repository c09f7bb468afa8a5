import { describe, expect, it } from 'vitest'
import { dataSetOf } from '../dicom/attributes.ts'
import { cornersOf } from './annotation.ts'

const IMAGE = dataSetOf({
  PatientName: 'Yamada^Tarou=山田^太郎',
  PatientID: 'P1',
  PatientBirthDate: '19500102',
  PatientSex: 'M',
  StudyDate: '20260101',
  Modality: 'CT',
  SeriesDescription: 'Thorax',
  KVP: '120',
  Exposure: 80,
  NumberOfFrames: 9,
  SeriesNumber: 3,
  InstanceNumber: 7,
  SliceThickness: '1.25',
})

describe('annotation (PS3.18 section 8.3.5.1.1)', () => {
  it('is none unless it is asked for', () => {
    expect(cornersOf(IMAGE, [], 1)).toBeUndefined()
  })

  it('says who the patient is', () => {
    expect(cornersOf(IMAGE, ['patient'], 1)).toEqual({
      topLeft: ['Yamada, Tarou', 'P1', '1950-01-02  M', '2026-01-01'],
      topRight: [],
      bottomLeft: [],
    })
  })

  it('says how the image was made', () => {
    expect(cornersOf(IMAGE, ['technique'], 2)).toEqual({
      topLeft: [],
      topRight: ['CT  Thorax', '120 kV  80 mAs'],
      bottomLeft: ['Se 3  Im 7', 'frame 2 of 9', 'slice 1.25 mm'],
    })
  })
})
