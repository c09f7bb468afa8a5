import { describe, expect, it } from 'vitest'
import type { Placed } from '../measure/drawing.ts'
import type { FrameSet } from '../model/frame-sets.ts'
import { readObject } from '../model/image.ts'
import { planeOfFrame } from '../model/slice-plane.ts'
import { type GhostAsk, ghostsOn } from './ghosts.ts'

const setOf = (study: string, reference: string, x = 0): FrameSet => ({
  key: study,
  series: study,
  frames: [0, 5, 10].map((z) => ({
    frame: 1,
    object: readObject({
      '0020000D': { vr: 'UI', Value: [study] },
      '00080018': { vr: 'UI', Value: [`${study}.${z}`] },
      '00200052': { vr: 'UI', Value: [reference] },
      '00200032': { vr: 'DS', Value: [x, 0, z] },
      '00200037': { vr: 'DS', Value: [1, 0, 0, 0, 1, 0] },
      '00280030': { vr: 'DS', Value: [0.5, 0.5] },
      '00280010': { vr: 'US', Value: [100] },
      '00280011': { vr: 'US', Value: [100] },
      '00280100': { vr: 'US', Value: [16] },
    }),
  })),
})
const lesion = (study: string, z: number, uid = '2.25.900') =>
  ({
    id: 1,
    kind: 'length',
    points: [
      [10, 20],
      [30, 20],
    ],
    place: { study, instance: `${study}.${z}`, sopClass: '', frame: undefined },
    lesion: { uid, name: 'L1' },
  }) as unknown as Placed

const [PRIOR, SAME, OTHER] = [setOf('1.1', '9.1'), setOf('1.2', '9.1', 5), setOf('1.3', '9.2')]
const ask = (set: FrameSet, at: number, more: Partial<GhostAsk> = {}) =>
  ghostsOn({
    study: set.series,
    plane: planeOfFrame(set.frames[at]!)!,
    thickness: 5,
    all: [lesion('1.1', 5)],
    others: [PRIOR],
    offset: 0,
    ...more,
  })

describe('the ghost of a lesion', () => {
  it('lies at the same place of one Frame of Reference, wherever the picture begins', () => {
    expect(ask(SAME, 1)).toMatchObject([
      {
        points: [
          [0, 20],
          [20, 20],
        ],
        tier: 'frame of reference',
      },
    ])
    expect(ask(SAME, 1, { offset: 40 })).toMatchObject([{ tier: 'frame of reference' }])
  })
  it('is seen on the slice it lies on and on no other', () => {
    expect([0, 1, 2].map((at) => ask(SAME, at).length)).toEqual([0, 1, 0])
  })
  it('of another space follows the slices a person linked, and says so', () => {
    expect(ask(OTHER, 2, { offset: 5 })).toMatchObject([
      {
        points: [
          [10, 20],
          [30, 20],
        ],
        tier: 'linked slice',
      },
    ])
    expect(ask(OTHER, 1)).toMatchObject([{ tier: 'table position' }])
  })
  it('is gone when the lesion is measured here, or its image is not shown', () => {
    expect(ask(SAME, 1, { all: [lesion('1.1', 5), lesion('1.2', 10)] })).toEqual([])
    expect(ask(SAME, 1, { others: [] })).toEqual([])
  })
})
