import { describe, expect, it } from 'vitest'
import { dataSetOf } from '../../../dicom/attributes.ts'
import { UIDS } from '../../../dicom/dictionary.ts'
import type { ShownFrame } from '../frames/frame-source.ts'
import { presentedOf } from './presented.ts'
import { turnedAs, viewOf } from './presented-view.ts'
import { toPicture, type View } from './view.ts'

const PICTURE = { columns: 200, rows: 100, aspect: 1 }
const PANE = { width: 400, height: 300 }
const frameOf = (photometricInterpretation: string, rescale?: { slope: number; intercept: number }) =>
  ({
    ref: { object: { sop: '2.25.5' }, frame: 1 },
    image: {
      ...PICTURE,
      bitsAllocated: 16,
      bitsStored: 12,
      highBit: 11,
      samplesPerPixel: 1,
      photometricInterpretation,
    },
    facts: { rescale },
    pixels: { kind: 'values', least: 0, greatest: 4095 },
  }) as unknown as ShownFrame
const stateOf = (more: Parameters<typeof dataSetOf>[0]) =>
  dataSetOf({ SOPClassUID: UIDS.GrayscaleSoftcopyPresentationStateStorage, PresentationLUTShape: 'IDENTITY', ...more })
const WINDOW = { SoftcopyVOILUTSequence: [{ WindowCenter: 40, WindowWidth: 400 }] }

describe('a frame as a presentation state shows it', () => {
  it('has its window as it is where both have the same transform', () => {
    const state = stateOf({ ...WINDOW, RescaleSlope: 1, RescaleIntercept: -1024 })
    const { voi } = presentedOf(state, frameOf('MONOCHROME2', { slope: 1, intercept: -1024 }))
    expect(voi).toMatchObject({ center: 40, width: 400, shape: 'LINEAR' })
  })
  it('has its window moved to the values of the pane where the state has no transform: they are stored values', () => {
    const { voi } = presentedOf(stateOf(WINDOW), frameOf('MONOCHROME2', { slope: 2, intercept: -1000 }))
    expect(voi).toMatchObject({ center: -920, width: 800 })
  })
  it.each([
    ['MONOCHROME2', 'IDENTITY', false],
    ['MONOCHROME2', 'INVERSE', true],
    ['MONOCHROME1', 'IDENTITY', true],
    ['MONOCHROME1', 'INVERSE', false],
  ])('of %s with %s inverts what the pane would do: %s', (photometric, shape, invert) => {
    expect(presentedOf(stateOf({ ...WINDOW, PresentationLUTShape: shape }), frameOf(photometric)).invert).toBe(invert)
  })
})

describe('the part a state shows', () => {
  const turns = [0, 1, 2, 3].flatMap((quarter) => [false, true].map((flipped) => ({ quarter, flipped }) as View))
  it.each(turns)('comes back as it was saved: %j', (turn) => {
    const { rotation, flipped } = turnedAs(turn)
    const area = { left: 20, top: 10, right: 120, bottom: 60, magnification: undefined, aspect: 1 }
    const view = viewOf({ rotation, flipped, area } as Parameters<typeof viewOf>[0], PICTURE, PANE)
    expect([view.quarter, view.flipped]).toEqual([turn.quarter, turn.flipped])
    const [x, y] = toPicture(view, PICTURE, PANE, [PANE.width / 2, PANE.height / 2])
    expect([Math.round(x), Math.round(y)]).toEqual([70, 35])
    const wide = turn.quarter % 2 === 0 ? 100 : 50
    expect(view.zoom).toBeCloseTo(Math.min(400 / wide, 300 / (150 - wide)))
  })
  it('fits with the pane when it is the whole image', () => {
    const area = { left: 0, top: 0, right: 200, bottom: 100, magnification: undefined, aspect: 1 }
    expect(viewOf({ rotation: 0, flipped: false, area } as Parameters<typeof viewOf>[0], PICTURE, PANE).zoom).toBe(
      undefined,
    )
  })
})
