import { describe, expect, it } from 'vitest'
import { errorsOf, hasDciodvfy } from '../../test/support/dciodvfy.ts'
import { concat } from '../base/bytes.ts'
import { dataSetOf } from '../dicom/attributes.ts'
import { T, UIDS } from '../dicom/dictionary.ts'
import { metaGroup } from '../dicom/part10.ts'
import { text } from '../dicom/values.ts'
import { encodeElements } from '../dicom/writer.ts'
import { imagesOf, presentationOf } from './presentation.ts'
import { type NewPresentation, presentationState } from './write-presentation.ts'

const IMAGE = {
  rows: 256,
  columns: 512,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 12,
  highBit: 11,
  signed: false,
  planarConfiguration: 0,
  photometricInterpretation: 'MONOCHROME2',
  frames: 1,
  transferSyntax: '1.2.840.10008.1.2.1',
} as unknown as Parameters<typeof presentationOf>[3]

const VIEW: NewPresentation = {
  of: dataSetOf({ PatientName: 'SYNTHETIC^PATIENT', PatientID: 'SYN-1' }),
  study: '2.25.1',
  series: '2.25.2',
  instance: '2.25.3',
  instanceNumber: 1,
  date: '20260101',
  time: '120000',
  creator: 'Reader',
  name: 'Läsion, left',
  images: [
    { series: '2.25.4', instance: '2.25.5', sopClass: UIDS.CTImageStorage, frames: [] },
    { series: '2.25.4', instance: '2.25.6', sopClass: UIDS.EnhancedCTImageStorage, frames: [2, 3] },
  ],
  grey: {
    window: { center: 40, width: 400, function: 'LINEAR' },
    rescale: { slope: 2, intercept: -1024 },
    inverse: true,
  },
  rotation: 90,
  flipped: true,
  area: { from: [101, 51], to: [300, 200] },
  spacing: [0.5, 0.5],
  aspect: 1,
  drawn: [
    {
      instance: '2.25.5',
      frame: undefined,
      shapes: [
        {
          kind: 'POLYLINE',
          points: [
            [1.5, 2.5],
            [30, 40],
          ],
        },
      ],
      words: [{ lines: ['L1', 'Length 25 mm'], at: [30, 40] }],
    },
  ],
}

describe('a saved view', () => {
  const state = presentationState(VIEW)
  const read = presentationOf(state, '2.25.5', 1, IMAGE)

  it('names its images', () => {
    expect(imagesOf(state)).toEqual([
      { series: '2.25.4', instance: '2.25.5', frames: [] },
      { series: '2.25.4', instance: '2.25.6', frames: [2, 3] },
    ])
  })
  it('is read again as it was: transforms, part, turn', () => {
    expect(read).toMatchObject({
      modality: { kind: 'rescale', slope: 2, intercept: -1024 },
      voi: { kind: 'window', window: { center: 40, width: 400, function: 'LINEAR' } },
      lut: 'INVERSE',
      area: { left: 100, top: 50, right: 300, bottom: 200, aspect: 1 },
      rotation: 90,
      flipped: true,
    })
  })
  it('has what was drawn on the image it was drawn on, and on no other', () => {
    expect(read.graphics).toMatchObject([
      {
        kind: 'POLYLINE',
        units: 'PIXEL',
        points: [
          [1.5, 2.5],
          [30, 40],
        ],
      },
      { kind: 'TEXT', lines: ['L1', 'Length 25 mm'], anchor: { units: 'PIXEL', at: [30, 40], visible: false } },
    ])
    expect(presentationOf(state, '2.25.6', 2, IMAGE).graphics).toEqual([])
  })
  it('is one of the patient, and has every attribute its modules ask for without a value too', () => {
    expect(state.elements.has(T.PatientID)).toBe(true)
    expect(state.elements.has(T.StudyID)).toBe(true)
  })
  it('is a color state for pictures in colour, with the profile of their colours', () => {
    const colour = presentationState({ ...VIEW, grey: undefined })
    expect(colour.elements.has(T.ICCProfile)).toBe(true)
    expect(colour.elements.has(T.SoftcopyVOILUTSequence)).toBe(false)
    expect(presentationOf(colour, '2.25.5', 1, IMAGE).voi).toBeUndefined()
  })
  it.skipIf(!hasDciodvfy())('has nothing for dciodvfy to find, in grey and in colour', async () => {
    for (const made of [state, presentationState({ ...VIEW, grey: undefined, spacing: undefined })]) {
      const transferSyntax = '1.2.840.10008.1.2.1'
      const sopClass = text(made, T.SOPClassUID)
      const meta = metaGroup({ sopClass, sopInstance: VIEW.instance, transferSyntax })
      expect(await errorsOf(concat([meta, encodeElements(made, transferSyntax)]))).toEqual([])
    }
  })
})
