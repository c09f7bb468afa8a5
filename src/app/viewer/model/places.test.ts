import { describe, expect, it } from 'vitest'
import type { JsonDataSet } from './dicom-json.ts'
import { type FrameSet, frameSetsOf } from './frame-sets.ts'
import { readObject } from './image.ts'
import { areParallel, nearestTo, placesOf, planeOf } from './places.ts'

const AXIAL = [1, 0, 0, 0, 1, 0]
const UPSIDE_DOWN = [1, 0, 0, 0, -1, 0]
const CORONAL = [1, 0, 0, 0, 0, -1]

function slices(orientation: readonly number[], positions: readonly (readonly number[])[]): FrameSet {
  const objects = positions.map((position, at) => {
    const json: Record<string, JsonDataSet[string]> = {
      '0020000E': { vr: 'UI', Value: ['1.2'] },
      '00080018': { vr: 'UI', Value: [`1.2.${at}`] },
      '00280010': { vr: 'US', Value: [4] },
      '00280011': { vr: 'US', Value: [4] },
      '00280100': { vr: 'US', Value: [16] },
      '00200032': { vr: 'DS', Value: position },
      '00200037': { vr: 'DS', Value: orientation },
    }
    return readObject(json)
  })
  const [set] = frameSetsOf(objects)
  if (!set) throw new Error('no set')
  return set
}

describe('where slices lie', () => {
  const axial = slices(AXIAL, [
    [0, 0, 10],
    [0, 0, 15],
    [0, 0, 20],
  ])

  it('is told in millimetres along their normal, towards the head', () => {
    expect(placesOf(axial)?.depths).toEqual([20, 15, 10])
  })

  it('is the same whichever way the rows were written', () => {
    const turned = slices(UPSIDE_DOWN, [
      [0, 0, 10],
      [0, 0, 15],
    ])
    expect(placesOf(turned)?.depths).toEqual([15, 10])
    expect(areParallel(placesOf(axial)!, placesOf(turned)!)).toBe(true)
  })

  it('knows the plane, and that another plane is not the same', () => {
    const coronal = slices(CORONAL, [
      [0, 3, 0],
      [0, 6, 0],
    ])
    expect([planeOf(axial), planeOf(coronal)]).toEqual(['axial', 'coronal'])
    expect(areParallel(placesOf(axial)!, placesOf(coronal)!)).toBe(false)
  })

  it('finds the slice nearest to a place', () => {
    expect(nearestTo(placesOf(axial)!, 16)).toBe(1)
    expect(nearestTo(placesOf(axial)!, -400)).toBe(2)
  })

  it('is not known of a picture without a place', () => {
    expect(placesOf(slices([], [[]]))).toBeUndefined()
  })
})
