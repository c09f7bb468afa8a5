/** A slice as a rectangle in space, and the line in which another lies in it (IHE BIR: reference lines). Pure. */
import { text } from './dicom-json.ts'
import type { FrameRef } from './frame-sets.ts'
import { type FrameFacts, readFrame } from './image.ts'

type Vector = readonly [x: number, y: number, z: number]
type Point = readonly [x: number, y: number]

export interface SlicePlane {
  readonly frameOfReference: string
  /** Middle of the first pixel, mm. */
  readonly origin: Vector
  /** Directions along a row and down a column, of length 1. */
  readonly right: Vector
  readonly down: Vector
  /** Width and height of a pixel, mm. */
  readonly pixel: Point
  readonly columns: number
  readonly rows: number
}

/** Undefined for a picture that lies nowhere in particular: without position, orientation, spacing or Frame of Reference. */
export function planeOfFrame(
  { object, frame }: FrameRef,
  facts: FrameFacts = readFrame(object.json, frame),
): SlicePlane | undefined {
  const { position, orientation, spacing } = facts
  const frameOfReference = text(object.json, '00200052')
  if (position.length !== 3 || orientation.length !== 6 || spacing.length !== 2 || !object.image || !frameOfReference)
    return undefined
  const [height = 0, width = 0] = spacing
  return {
    frameOfReference,
    origin: vector(position, 0),
    right: vector(orientation, 0),
    down: vector(orientation, 3),
    pixel: [width, height],
    columns: object.image.columns,
    rows: object.image.rows,
  }
}

/** A point of the picture (its own pixels, from its top left corner) in space, mm. */
export function inSpace({ origin, right, down, pixel }: SlicePlane, [x, y]: Point): Vector {
  const [across, along] = [(x - 0.5) * pixel[0], (y - 0.5) * pixel[1]]
  return [0, 1, 2].map(
    (axis) => at(origin, axis) + at(right, axis) * across + at(down, axis) * along,
  ) as unknown as Vector
}

/** The other way: where a point in space lies on the picture, and how far before it, mm. */
export function onPicture(plane: SlicePlane, point: Vector): { readonly at: Point; readonly away: number } {
  const from = [0, 1, 2].map((axis) => at(point, axis) - at(plane.origin, axis)) as unknown as Vector
  return {
    at: [dot(from, plane.right) / plane.pixel[0] + 0.5, dot(from, plane.down) / plane.pixel[1] + 0.5],
    away: dot(from, normalOf(plane)),
  }
}

/** Where the rectangle of `other` cuts the plane of `own`, in the picture of `own`; undefined when it does not. */
export function cutOf(own: SlicePlane, other: SlicePlane): readonly [Point, Point] | undefined {
  if (own.frameOfReference !== other.frameOfReference) return undefined
  const corners = [
    [0, 0],
    [other.columns, 0],
    [other.columns, other.rows],
    [0, other.rows],
  ].map(([x = 0, y = 0]) => onPicture(own, inSpace(other, [x, y])))
  const cuts: Point[] = []
  corners.forEach((from, index) => {
    const to = corners[(index + 1) % 4] ?? from
    if (from.away < 0 === to.away < 0 || Math.abs(from.away - to.away) < 1e-6) return
    const part = from.away / (from.away - to.away)
    cuts.push([from.at[0] + (to.at[0] - from.at[0]) * part, from.at[1] + (to.at[1] - from.at[1]) * part])
  })
  const [first, second] = cuts
  return first && second ? [first, second] : undefined
}

/** Unit vector that stands on the slice. */
export function normalOf({ right: [a, b, c], down: [d, e, f] }: SlicePlane): Vector {
  return [b * f - c * e, c * d - a * f, a * e - b * d]
}

const vector = (values: readonly number[], from: number): Vector => [
  values[from] ?? 0,
  values[from + 1] ?? 0,
  values[from + 2] ?? 0,
]
const at = (of: Vector, axis: number) => of[axis as 0 | 1 | 2]
const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
