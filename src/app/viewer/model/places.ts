/** Where the frames of a set lie in the patient, along their common normal: what scrolling together goes by. Pure. */

import type { FrameSet } from './frame-sets.ts'
import { type FrameFacts, readFrame } from './image.ts'

export interface Places {
  /** Unit vector, pointing to the patient's left, back or head (LPS), whichever it is nearest to. */
  readonly normal: readonly number[]
  /** Millimetres along the normal, a frame each. */
  readonly depths: readonly number[]
  readonly frameOfReference: string
}

const known = new WeakMap<FrameSet, Places | 'none'>()

/** Undefined when the frames are not slices that lie parallel. */
export function placesOf(set: FrameSet): Places | undefined {
  const before = known.get(set)
  if (before !== undefined) return before === 'none' ? undefined : before
  const found = measure(set)
  known.set(set, found ?? 'none')
  return found
}

function measure({ frames }: FrameSet): Places | undefined {
  const facts = frames.map(({ object, frame }) => readFrame(object.json, frame))
  const normal = normalOf(facts[0]?.orientation ?? [])
  if (normal === undefined) return undefined
  const depths: number[] = []
  for (const { position, orientation } of facts) {
    const own = normalOf(orientation)
    if (own === undefined || position.length !== 3 || dot(own, normal) < PARALLEL) return undefined
    depths.push(dot(position, normal))
  }
  const { json } = frames[0]?.object ?? {}
  const frameOfReference = json?.['00200052']?.Value?.[0]
  return { normal, depths, frameOfReference: typeof frameOfReference === 'string' ? frameOfReference : '' }
}

/** Cosine of 8 degrees: less is another plane. */
const PARALLEL = 0.99

export const areParallel = (a: Places, b: Places): boolean => dot(a.normal, b.normal) >= PARALLEL

export type Plane = 'axial' | 'coronal' | 'sagittal'

/** The plane of the body a set lies nearest to. */
export function planeOf(set: FrameSet): Plane | undefined {
  const places = placesOf(set)
  if (!places) return undefined
  const [x = 0, y = 0, z = 0] = places.normal.map(Math.abs)
  return z >= x && z >= y ? 'axial' : y >= x ? 'coronal' : 'sagittal'
}

/** The frame nearest to a place; of two as near, the first. */
export function nearestTo({ depths }: Places, depth: number): number {
  let best = 0
  for (const [at, one] of depths.entries()) if (Math.abs(one - depth) < Math.abs((depths[best] ?? 0) - depth)) best = at
  return best
}

function normalOf(orientation: FrameFacts['orientation']): readonly number[] | undefined {
  if (orientation.length !== 6) return undefined
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = orientation
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d]
  const largest = normal.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0)
  return largest < 0 ? normal.map((value) => -value) : normal
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)
