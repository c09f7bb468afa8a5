import { describe, expect, it } from 'vitest'
import type { ShownFrame } from '../frames/frame-source.ts'
import type { FrameSet } from '../model/frame-sets.ts'
import { type ImageFacts, readObject } from '../model/image.ts'
import { firstIndex, opened, reducePane, voiOf } from './pane-state.ts'

function setOf(count: number, framesPerObject = 1): FrameSet {
  const object = readObject({
    '00280010': { vr: 'US', Value: [2] },
    '00280011': { vr: 'US', Value: [2] },
    '00280100': { vr: 'US', Value: [16] },
    '00280008': { vr: 'IS', Value: [framesPerObject] },
  })
  return { key: 'k', series: 's', frames: Array.from({ length: count }, (_, at) => ({ object, frame: at + 1 })) }
}

function shown(image: Partial<ImageFacts>, windows: ShownFrame['facts']['windows'] = []): ShownFrame {
  const set = setOf(1)
  const [ref] = set.frames
  if (!ref?.object.image) throw new Error('no image')
  return {
    ref,
    image: { ...ref.object.image, ...image },
    facts: { rescale: undefined, windows, position: [], orientation: [], spacing: [], sliceThickness: undefined },
    tables: [],
    pixels: { kind: 'values', data: new Uint16Array(4), least: 5, greatest: 100 },
  }
}

describe('a pane', () => {
  it('opens slices in the middle and clips at their beginning', () => {
    expect(firstIndex(setOf(11))).toBe(5)
    expect(firstIndex(setOf(30, 30))).toBe(0)
    expect(firstIndex(setOf(0))).toBe(0)
  })

  it('stays within its frames', () => {
    const state = opened(setOf(3), 1)
    expect(reducePane(state, { type: 'by', delta: 10 }).index).toBe(2)
    expect(reducePane(state, { type: 'by', delta: -10 })).toMatchObject({ index: 0, direction: -1 })
    expect(reducePane(state, { type: 'go', index: 1 })).toBe(state)
  })

  it('goes back to how the image came on reset, and stays at the same image', () => {
    let state = reducePane(opened(setOf(3), 1), { type: 'window', voi: { center: 1, width: 2, shape: 'LINEAR' } })
    state = reducePane(state, { type: 'invert' })
    state = reducePane(state, { type: 'by', delta: 1 })
    expect(reducePane(state, { type: 'reset' })).toMatchObject({ index: 2, voi: undefined, invert: false })
  })

  it('uses the window of each frame until the person sets one', () => {
    const frame = shown({}, [{ center: 40, width: 400, says: '', shape: 'LINEAR' }])
    expect(voiOf({ voi: undefined, range: undefined }, frame)).toMatchObject({ center: 40, width: 400 })
    const own = { center: 1, width: 2, shape: 'LINEAR' } as const
    expect(voiOf({ voi: own, range: undefined }, frame)).toBe(own)
  })

  it('keeps one brightness through a set that brings no windows', () => {
    const range = { least: 0, greatest: 1000 }
    expect(voiOf({ voi: undefined, range }, shown({ bitsStored: 12 })).width).toBe(1001)
  })

  it('shows plain bytes as the grey levels they are', () => {
    const voi = voiOf({ voi: undefined, range: undefined }, shown({ bitsStored: 8 }))
    expect(voi).toMatchObject({ width: 256, center: 128 })
  })
})
