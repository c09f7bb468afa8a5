import { describe, expect, it } from 'vitest'
import type { JsonDataSet } from './dicom-json.ts'
import { frameSetsOf } from './frame-sets.ts'
import { readObject } from './image.ts'

interface Made {
  readonly sop: string
  readonly number: number
  readonly position?: readonly number[]
  readonly orientation?: readonly number[]
  readonly frames?: number
  readonly image?: boolean
}

function made({ sop, number, position, orientation, frames = 1, image = true }: Made) {
  const json: Record<string, JsonDataSet[string]> = {
    '0020000E': { vr: 'UI', Value: ['1.2'] },
    '00080018': { vr: 'UI', Value: [sop] },
    '00200013': { vr: 'IS', Value: [number] },
    '00280008': { vr: 'IS', Value: [frames] },
  }
  if (position) json['00200032'] = { vr: 'DS', Value: position }
  if (orientation) json['00200037'] = { vr: 'DS', Value: orientation }
  if (image)
    Object.assign(json, {
      '00280010': { vr: 'US', Value: [4] },
      '00280011': { vr: 'US', Value: [4] },
      '00280100': { vr: 'US', Value: [16] },
    })
  return readObject(json)
}

const order = (objects: readonly Made[]) =>
  frameSetsOf(objects.map(made)).map((set) => set.document?.sop ?? set.frames.map(({ object }) => object.sop).join(' '))

const axial = [1, 0, 0, 0, 1, 0]

describe('sets of frames', () => {
  it('order axial slices from the head down, whatever their numbers', () => {
    expect(
      order([
        { sop: 'a', number: 1, position: [0, 0, 5], orientation: axial },
        { sop: 'b', number: 2, position: [0, 0, 15], orientation: axial },
        { sop: 'c', number: 3, position: [0, 0, 10], orientation: axial },
      ]),
    ).toEqual(['b c a'])
  })

  it('order coronal slices from the front and sagittal ones from the patient’s right', () => {
    const coronal = [1, 0, 0, 0, 0, -1]
    const sagittal = [0, 1, 0, 0, 0, -1]
    expect(
      order([
        { sop: 'a', number: 1, position: [0, 9, 0], orientation: coronal },
        { sop: 'b', number: 2, position: [0, -9, 0], orientation: coronal },
      ]),
    ).toEqual(['b a'])
    expect(
      order([
        { sop: 'a', number: 1, position: [9, 0, 0], orientation: sagittal },
        { sop: 'b', number: 2, position: [-9, 0, 0], orientation: sagittal },
      ]),
    ).toEqual(['b a'])
  })

  it('go by number when slices share a place, lie askew, or know no place', () => {
    const same = { position: [0, 0, 5], orientation: axial }
    expect(
      order([
        { sop: 'a', number: 2, ...same },
        { sop: 'b', number: 1, ...same },
      ]),
    ).toEqual(['b a'])
    expect(
      order([
        { sop: 'a', number: 2, position: [0, 0, 9], orientation: axial },
        { sop: 'b', number: 1, position: [0, 0, 5], orientation: [0, 1, 0, 0, 0, -1] },
      ]),
    ).toEqual(['b a'])
    expect(
      order([
        { sop: 'a', number: 2 },
        { sop: 'b', number: 1 },
      ]),
    ).toEqual(['b a'])
  })

  it('keep each multi-frame object by itself, and documents apart', () => {
    expect(
      order([
        { sop: 'clip', number: 1, frames: 3 },
        { sop: 'still', number: 2 },
        { sop: 'report', number: 3, image: false },
      ]),
    ).toEqual(['still', 'clip clip clip', 'report'])
  })
})
