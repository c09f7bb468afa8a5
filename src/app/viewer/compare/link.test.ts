import { describe, expect, it } from 'vitest'
import type { JsonDataSet } from '../model/dicom-json.ts'
import { type FrameSet, frameSetsOf } from '../model/frame-sets.ts'
import { readObject } from '../model/image.ts'
import { opened, type PaneAction, type PaneState, reducePane } from '../panes/pane-state.ts'
import { type Link, type LinkedPane, openLink, type Side } from './link.ts'
import { pairOf } from './pairing.ts'

interface Made {
  readonly from?: number
  readonly count?: number
  readonly step?: number
  readonly modality?: string
  readonly description?: string
  readonly thickness?: number
  readonly side?: string
}

function setOf({
  from = 0,
  count = 11,
  step = 5,
  modality = 'CT',
  description = '',
  thickness = 5,
  side = '',
}: Made): FrameSet {
  const objects = Array.from({ length: count }, (_, at) => {
    const json: Record<string, JsonDataSet[string]> = {
      '0020000E': { vr: 'UI', Value: ['1.2'] },
      '00080018': { vr: 'UI', Value: [`1.2.${at}`] },
      '00080060': { vr: 'CS', Value: [modality] },
      '0008103E': { vr: 'LO', Value: [description] },
      '00180050': { vr: 'DS', Value: [thickness] },
      '00200062': { vr: 'CS', Value: [side] },
      '00280010': { vr: 'US', Value: [100] },
      '00280011': { vr: 'US', Value: [100] },
      '00280100': { vr: 'US', Value: [16] },
      '00200032': { vr: 'DS', Value: [0, 0, from - at * step] },
      '00200037': { vr: 'DS', Value: [1, 0, 0, 0, 1, 0] },
    }
    return readObject(json)
  })
  const [set] = frameSetsOf(objects)
  if (!set) throw new Error('no set')
  return set
}

/** One picture that lies nowhere, as a radiograph does. */
function radiograph(): FrameSet {
  const json: Record<string, JsonDataSet[string]> = {
    '00280010': { vr: 'US', Value: [100] },
    '00280011': { vr: 'US', Value: [100] },
    '00280100': { vr: 'US', Value: [16] },
  }
  const [set] = frameSetsOf([readObject(json)])
  if (!set) throw new Error('no set')
  return set
}

/** A pane without a screen. */
function pane(link: Link, side: Side, set: FrameSet, spacing = 1) {
  let state: PaneState = opened(set, 0)
  const stance = () => ({
    state,
    area: { width: 200, height: 200 },
    picture: { columns: 100, rows: 100, aspect: 1 },
    spacing,
  })
  const linked: LinkedPane = {
    stance,
    follow: (action) => {
      state = reducePane(state, action)
    },
  }
  return {
    join: () => link.join(side, linked),
    act: (action: PaneAction) => {
      state = reducePane(state, action)
      link.acted(side, action, stance())
    },
    get state() {
      return state
    },
  }
}

function two(a: Made, b: Made, spacing?: number) {
  const link = openLink()
  const [left, right] = [pane(link, 'a', setOf(a)), pane(link, 'b', setOf(b), spacing)]
  left.join()
  right.join()
  return { link, left, right }
}

describe('two panes that follow each other', () => {
  it('show the same place of the table, though their slices begin elsewhere and lie closer', () => {
    const { left, right } = two({ from: 100 }, { from: 90, step: 2, count: 30 })
    left.act({ type: 'go', index: 4 }) // 80 mm
    expect(right.state.index).toBe(5) // 90 - 5 * 2
    right.act({ type: 'go', index: 10 }) // 70 mm
    expect(left.state.index).toBe(6)
  })

  it('take the place of the one that was there first', () => {
    const link = openLink()
    const [left, right] = [pane(link, 'a', setOf({ from: 100 })), pane(link, 'b', setOf({ from: 100 }))]
    left.join()
    left.act({ type: 'go', index: 7 })
    right.join()
    expect(right.state.index).toBe(7)
  })

  it('keep the offset a person linked them at', () => {
    const { link, left, right } = two({ from: 100 }, { from: 100 })
    link.set({ scroll: false })
    right.act({ type: 'go', index: 2 })
    expect(left.state.index).toBe(0)
    link.linkHere()
    expect(link.sync()).toMatchObject({ scroll: true, offset: -10 })
    left.act({ type: 'by', delta: 3 })
    expect(right.state.index).toBe(5)
    link.unlink()
    expect(right.state.index).toBe(3)
  })

  it('share the window within one modality only', () => {
    const voi = { center: -600, width: 1500, shape: 'LINEAR' } as const
    const same = two({}, {})
    same.left.act({ type: 'window', voi })
    expect(same.right.state.voi).toEqual(voi)
    const other = two({}, { modality: 'MR' })
    other.left.act({ type: 'window', voi })
    expect(other.right.state.voi).toBeUndefined()
  })

  it('show a millimetre as large in both', () => {
    const { left, right } = two({}, {}, 0.5)
    left.act({ type: 'view', change: (view) => ({ ...view, zoom: 4 }) })
    expect(right.state.view.zoom).toBe(2)
  })

  it('say so when their slices have no places in common', () => {
    expect(two({}, {}).link.sync().comparable).toBe(true)
    const link = openLink()
    pane(link, 'a', setOf({})).join()
    pane(link, 'b', radiograph()).join()
    expect(link.sync().comparable).toBe(false)
  })

  it('let each alone when they are told to', () => {
    const { link, left, right } = two({ from: 100 }, { from: 100 })
    link.set({ scroll: false, zoom: false, window: false })
    left.act({ type: 'go', index: 5 })
    left.act({ type: 'invert' })
    left.act({ type: 'view', change: (view) => ({ ...view, zoom: 4 }) })
    expect(right.state).toMatchObject({ index: 0, invert: false, view: { zoom: undefined } })
  })
})

describe('the set that stands beside', () => {
  it('has slices as thick and a name alike', () => {
    const [soft, sharp] = [
      setOf({ description: 'Chest 5.0 soft' }),
      setOf({ description: 'Lung 1.5 sharp', thickness: 1.5 }),
    ]
    const now = setOf({ description: 'Lung sharp 1.5', thickness: 1.5, from: 3 })
    expect(pairOf(now, [soft, sharp])).toBe(sharp)
  })

  it('is of the same side', () => {
    const sides = ['L', 'R'].map((side) => setOf({ modality: 'MG', side, count: 1 }))
    expect(pairOf(setOf({ modality: 'MG', side: 'R', count: 1 }), sides)).toBe(sides[1])
  })

  it('is none where there is no image', () => {
    expect(pairOf(setOf({}), [])).toBeUndefined()
  })
})
