/**
 * Three planes at right angles through one point of a volume: how they lie, move and turn. Pure.
 *
 * Each is seen as radiologists look at it: axial from the feet, coronal from the front, sagittal from the patient's left side.
 * Turning in one plane turns the other two about its normal; the one that is looked at stays as it is.
 */
import {
  add,
  type CutPlane,
  cornersOfVolume,
  cross,
  dot,
  type Vector,
  type VolumeGeometry,
} from '../../../pixels/volume.ts'

export const PLANES = ['axial', 'coronal', 'sagittal'] as const
export type PlaneName = (typeof PLANES)[number]

export interface Frame {
  readonly right: Vector
  readonly down: Vector
}

export interface Crossing {
  readonly centre: Vector
  readonly frames: Readonly<Record<PlaneName, Frame>>
}

/** Axes of the patient are LPS: x to the left, y to the back, z to the head. */
const STRAIGHT: Crossing['frames'] = {
  axial: { right: [1, 0, 0], down: [0, 1, 0] },
  coronal: { right: [1, 0, 0], down: [0, 0, -1] },
  sagittal: { right: [0, 1, 0], down: [0, 0, -1] },
}

/** Straight, through the middle. */
export function begin(volume: VolumeGeometry): Crossing {
  const corners = cornersOfVolume(volume)
  const middle = [0, 1, 2].map((axis) => {
    const all = corners.map((corner) => corner[axis as 0 | 1 | 2])
    return (Math.min(...all) + Math.max(...all)) / 2
  })
  return { centre: middle as unknown as Vector, frames: STRAIGHT }
}

export const normalOf = ({ right, down }: Frame): Vector => cross(right, down)

/** Turns the planes other than `name` about its normal, clockwise as it is seen. */
export function turned({ centre, frames }: Crossing, name: PlaneName, degrees: number): Crossing {
  const axis = normalOf(frames[name])
  const angle = (degrees * Math.PI) / 180
  const turn = (one: Vector) => unit(about(one, axis, angle))
  const others = PLANES.filter((one) => one !== name).map((one) => {
    const { right, down } = frames[one]
    return [one, { right: turn(right), down: turn(down) }] as const
  })
  return { centre, frames: { ...frames, ...Object.fromEntries(others) } }
}

/** Which way one scrolls, as in series: from the head down, from the front, from the patient's right. */
const ONWARD: Readonly<Record<PlaneName, 1 | -1>> = { axial: -1, coronal: 1, sagittal: -1 }

/** Moves the point along the normal of a plane: the plane is scrolled. It stays in the volume. */
export function scrolled(volume: VolumeGeometry, crossing: Crossing, name: PlaneName, millimetres: number): Crossing {
  const normal = normalOf(crossing.frames[name])
  const depths = cornersOfVolume(volume).map((corner) => dot(corner, normal))
  const depth = dot(crossing.centre, normal)
  const wanted = depth + millimetres * ONWARD[name]
  const within = Math.max(Math.min(...depths), Math.min(Math.max(...depths), wanted))
  return { ...crossing, centre: add(crossing.centre, normal, within - depth) }
}

/** The larger side of what is cut out, in pixels. */
const LARGEST = 768

/** What of the plane the volume fills, with the point's plane through it. */
export function planeOf(volume: VolumeGeometry, { centre, frames }: Crossing, name: PlaneName): CutPlane {
  const { right, down } = frames[name]
  const corners = cornersOfVolume(volume)
  const [a, b] = [corners.map((corner) => dot(corner, right)), corners.map((corner) => dot(corner, down))]
  const [left, top] = [Math.min(...a), Math.min(...b)]
  const [wide, high] = [Math.max(...a) - left, Math.max(...b) - top]
  const pixel = Math.max(Math.min(...volume.pixel), Math.max(wide, high) / LARGEST)
  const normal = normalOf(frames[name])
  const depth = dot(centre, normal)
  const origin = add(add(add([0, 0, 0], right, left), down, top), normal, depth)
  return {
    origin,
    right,
    down,
    pixel,
    columns: Math.floor(wide / pixel + 1e-6) + 1,
    rows: Math.floor(high / pixel + 1e-6) + 1,
  }
}

/** Where a point lies in a plane, in pixels from the corner of its first; and the other way. */
export function pixelOf(plane: CutPlane, point: Vector): readonly [number, number] {
  const from = add(point, plane.origin, -1)
  return [dot(from, plane.right) / plane.pixel + 0.5, dot(from, plane.down) / plane.pixel + 0.5]
}

export function pointOf(plane: CutPlane, [x, y]: readonly [number, number]): Vector {
  return add(add(plane.origin, plane.right, (x - 0.5) * plane.pixel), plane.down, (y - 0.5) * plane.pixel)
}

/** The direction in which another plane cuts this one, in its pixels. */
export function lineOf({ frames }: Crossing, name: PlaneName, other: PlaneName): readonly [number, number] {
  const along = cross(normalOf(frames[name]), normalOf(frames[other]))
  return [dot(along, frames[name].right), dot(along, frames[name].down)]
}

/** How far the planes are turned from the axes of the patient, in whole degrees. */
export function obliquityOf({ frames }: Crossing, name: PlaneName): number {
  const cosine = Math.abs(dot(normalOf(frames[name]), normalOf(STRAIGHT[name])))
  return Math.round((Math.acos(Math.min(1, cosine)) * 180) / Math.PI)
}

/** Rodrigues' rotation. */
function about(one: Vector, axis: Vector, angle: number): Vector {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
  const along = dot(one, axis) * (1 - cosine)
  const across = cross(axis, one)
  return [0, 1, 2].map((at) => {
    const of = (vector: Vector) => vector[at as 0 | 1 | 2]
    return of(one) * cosine + of(across) * sine + of(axis) * along
  }) as unknown as Vector
}

function unit(one: Vector): Vector {
  const length = Math.hypot(...one)
  return [one[0] / length, one[1] / length, one[2] / length]
}
