import { describe, expect, it } from 'vitest'
import { type Attributes, dataSetOf } from '../dicom/attributes.ts'
import { bytesElement, withElements } from '../dicom/build.ts'
import { tag } from '../dicom/data-set.ts'
import { UIDS } from '../dicom/dictionary.ts'
import type { ImageDescription } from './image.ts'
import { imagesOf, isPresentationState, lackingOf, type Presentation, presentationOf } from './presentation.ts'

const IMAGE: ImageDescription = {
  transferSyntax: UIDS.ExplicitVRLittleEndian,
  rows: 4,
  columns: 6,
  frames: 3,
  samplesPerPixel: 1,
  bitsAllocated: 16,
  bitsStored: 12,
  highBit: 11,
  signed: false,
  planarConfiguration: 0,
  photometricInterpretation: 'MONOCHROME2',
}
const GREY = UIDS.GrayscaleSoftcopyPresentationStateStorage
const about = (instance: string, ...frames: number[]): Attributes['ReferencedImageSequence'] => [
  {
    ReferencedSOPClassUID: UIDS.CTImageStorage,
    ReferencedSOPInstanceUID: instance,
    ...(frames.length === 0 ? {} : { ReferencedFrameNumber: frames }),
  },
]
const read = (attributes: Attributes, instance = '1.2.1', frame = 1): Presentation =>
  presentationOf(dataSetOf({ SOPClassUID: GREY, ...attributes }), instance, frame, IMAGE)

describe('a presentation state (PS3.3 A.33)', () => {
  it('is of two kinds here', () => {
    expect(isPresentationState(GREY)).toBe(true)
    expect(isPresentationState(UIDS.ColorSoftcopyPresentationStateStorage)).toBe(true)
    expect(isPresentationState(UIDS.BlendingSoftcopyPresentationStateStorage)).toBe(false)
  })

  it('names its images series by series, with the frames it is about', () => {
    const state = dataSetOf({
      ReferencedSeriesSequence: [
        { SeriesInstanceUID: '1.2', ReferencedImageSequence: about('1.2.1', 1, 3) },
        { SeriesInstanceUID: '1.3', ReferencedImageSequence: about('1.3.1') },
      ],
    })
    expect(imagesOf(state)).toEqual([
      { series: '1.2', instance: '1.2.1', frames: [1, 3] },
      { series: '1.3', instance: '1.3.1', frames: [] },
    ])
  })

  it('shows values as they are stored when it speaks of nothing', () => {
    expect(read({})).toEqual({
      modality: { kind: 'rescale', slope: 1, intercept: 0 },
      voi: undefined,
      lut: 'IDENTITY',
      area: undefined,
      rotation: 0,
      flipped: false,
      shutters: [],
      shutterShade: 0,
      graphics: [],
    })
  })

  it('has the window of the item that is about the image and frame, or about all', () => {
    const SoftcopyVOILUTSequence: Attributes['SoftcopyVOILUTSequence'] = [
      { ReferencedImageSequence: about('1.2.1', 2), WindowCenter: 40, WindowWidth: 400 },
      { WindowCenter: 50, WindowWidth: 350, VOILUTFunction: 'SIGMOID' },
    ]
    const center = (instance: string, frame: number) => {
      const { voi } = read({ SoftcopyVOILUTSequence }, instance, frame)
      return voi?.kind === 'window' ? `${voi.window.center} ${voi.window.function}` : voi
    }
    expect(center('1.2.1', 2)).toBe('40 LINEAR')
    expect(center('1.2.1', 1)).toBe('50 SIGMOID')
    expect(center('1.9', 2)).toBe('50 SIGMOID')
  })

  it('has a modality transform of its own, and a table of greys or a shape', () => {
    expect(read({ RescaleSlope: 2, RescaleIntercept: -1000 }).modality).toEqual({
      kind: 'rescale',
      slope: 2,
      intercept: -1000,
    })
    expect(read({ PresentationLUTShape: 'INVERSE' }).lut).toBe('INVERSE')
    const table: Attributes = { LUTDescriptor: [2, 0, 8] }
    const data = bytesElement(tag(0x00283006), 'OW', Uint8Array.of(0, 0, 128, 0))
    const state = dataSetOf({ SOPClassUID: GREY })
    const sequence = {
      tag: tag(0x20500010),
      vr: 'SQ',
      value: { kind: 'items', items: [withElements(dataSetOf(table), [data])] },
    } as const
    expect(presentationOf(withElements(state, [sequence]), '1', 1, IMAGE).lut).toMatchObject({ first: 0, bits: 8 })
  })

  it('shows a part of the image, counted from 1, whichever corner the turn puts first', () => {
    const area = (first: readonly number[], second: readonly number[]) =>
      read({
        DisplayedAreaSelectionSequence: [
          {
            DisplayedAreaTopLeftHandCorner: first,
            DisplayedAreaBottomRightHandCorner: second,
            PresentationSizeMode: 'MAGNIFY',
            PresentationPixelMagnificationRatio: 2,
            PresentationPixelAspectRatio: [3, 2],
          },
        ],
        ImageRotation: 450,
        ImageHorizontalFlip: 'Y',
      })
    const expected = { left: 1, top: 0, right: 5, bottom: 3, magnification: 2, aspect: 1.5 }
    expect(area([2, 1], [5, 3]).area).toEqual(expected)
    expect(area([5, 3], [2, 1]).area).toEqual(expected)
    expect(area([2, 1], [5, 3])).toMatchObject({ rotation: 90, flipped: true })
  })

  it('has shutters of every shape but the bitmap, which it says it lacks', () => {
    const state: Attributes = {
      ShutterShape: ['RECTANGULAR', 'CIRCULAR', 'POLYGONAL', 'BITMAP'],
      ShutterLeftVerticalEdge: 1,
      ShutterRightVerticalEdge: 5,
      ShutterUpperHorizontalEdge: 2,
      ShutterLowerHorizontalEdge: 4,
      CenterOfCircularShutter: [2, 3],
      RadiusOfCircularShutter: 2,
      VerticesOfThePolygonalShutter: [1, 1, 1, 5, 4, 5],
      ShutterPresentationValue: 0xffff,
    }
    const { shutters, shutterShade } = read(state)
    expect(shutters).toEqual([
      { kind: 'rectangle', left: 0, top: 1, right: 5, bottom: 4 },
      { kind: 'circle', center: [2.5, 1.5], radius: 2 },
      {
        kind: 'polygon',
        vertices: [
          [0.5, 0.5],
          [4.5, 0.5],
          [4.5, 3.5],
        ],
      },
    ])
    expect(shutterShade).toBe(1)
    expect(lackingOf(dataSetOf(state))).toEqual(['bitmap shutter'])
  })

  it('has graphics by layer, and text in its box or at its anchor', () => {
    const { graphics } = read({
      GraphicLayerSequence: [
        { GraphicLayer: 'UPPER', GraphicLayerOrder: 2, GraphicLayerRecommendedDisplayGrayscaleValue: 0 },
        { GraphicLayer: 'LOWER', GraphicLayerOrder: 1 },
      ],
      GraphicAnnotationSequence: [
        {
          GraphicLayer: 'UPPER',
          TextObjectSequence: [
            {
              UnformattedTextValue: 'one\r\ntwo',
              AnchorPointAnnotationUnits: 'PIXEL',
              AnchorPoint: [1, 2],
              AnchorPointVisibility: 'Y',
            },
          ],
        },
        {
          GraphicLayer: 'LOWER',
          ReferencedImageSequence: about('1.2.1'),
          GraphicObjectSequence: [
            {
              GraphicType: 'POLYLINE',
              GraphicAnnotationUnits: 'DISPLAY',
              GraphicData: [0, 0, 1, 1],
              GraphicFilled: 'N',
            },
          ],
        },
        {
          GraphicLayer: 'LOWER',
          ReferencedImageSequence: about('1.2.9'),
          GraphicObjectSequence: [{ GraphicType: 'POINT', GraphicData: [0, 0] }],
        },
      ],
    })
    expect(graphics).toEqual([
      {
        kind: 'POLYLINE',
        units: 'DISPLAY',
        points: [
          [0, 0],
          [1, 1],
        ],
        filled: false,
        shade: 1,
      },
      {
        kind: 'TEXT',
        lines: ['one', 'two'],
        box: undefined,
        justify: 'LEFT',
        anchor: { units: 'PIXEL', at: [1, 2], visible: true },
        shade: 0,
      },
    ])
  })
})
