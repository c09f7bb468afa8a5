/**
 * A series cut into sets of frames that are scrolled together (IHE BIR: never fewer sets than series, series never
 * merged): each multi-frame object is a set of its own, all single images of one series make another, and an object
 * without an image stands alone.
 *
 * Slices are ordered along their normal when all of them lie parallel at different places: axial from the head down,
 * coronal from the front, sagittal from the patient's right. Otherwise by Instance Number.
 */
import type { ReferencedImage } from '../../../pixels/presentation.ts'
import type { ShownFrame } from '../frames/frame-source.ts'
import { type ObjectFacts, readFrame } from './image.ts'
import type { Presented } from './presented-view.ts'

export interface FrameRef {
  readonly object: ObjectFacts
  readonly frame: number // 1-based
}

export interface FrameSet {
  readonly key: string
  readonly series: string
  readonly frames: readonly FrameRef[]
  /** Set instead of frames when the object holds no image. */
  readonly document?: ObjectFacts
  /** The frames are shown as this presentation state says; beside a document, the state that it is. */
  readonly savedView?: SavedView
}

/** A presentation state, and what people call it. */
export interface SavedView {
  readonly name: string
  readonly creator: string
  /** What it asks for that is not carried out. */
  readonly lacking: readonly string[]
  readonly images: readonly ReferencedImage[]
  readonly present: (frame: ShownFrame) => Presented
}

export function frameSetsOf(objects: readonly ObjectFacts[]): readonly FrameSet[] {
  const singles: ObjectFacts[] = []
  const sets: FrameSet[] = []
  for (const object of [...objects].sort(byNumber)) {
    const { image, series, sop } = object
    if (image === undefined) sets.push({ key: sop, series, frames: [], document: object })
    else if (image.frames === 1) singles.push(object)
    else
      sets.push({
        key: sop,
        series,
        frames: Array.from({ length: image.frames }, (_, at) => ({ object, frame: at + 1 })),
      })
  }
  const [first] = singles
  if (first) {
    const frames = inSpace(singles).map((object) => ({ object, frame: 1 }))
    sets.unshift({ key: `${first.series} singles`, series: first.series, frames })
  }
  return sets
}

function byNumber(a: ObjectFacts, b: ObjectFacts): number {
  return (a.number ?? 0) - (b.number ?? 0) || (a.sop < b.sop ? -1 : 1)
}

/** Two slices closer than this, in mm along the normal, lie at the same place. */
const SAME_PLACE = 0.01

function inSpace(objects: readonly ObjectFacts[]): readonly ObjectFacts[] {
  const places = objects.map(({ json }) => readFrame(json, 1))
  const orientation = places[0]?.orientation ?? []
  if (orientation.length !== 6) return objects
  const parallel = places.every(
    (place) =>
      place.position.length === 3 &&
      place.orientation.length === 6 &&
      place.orientation.every((cosine, at) => Math.abs(cosine - (orientation[at] ?? 0)) < 0.01),
  )
  if (!parallel) return objects
  const normal = normalOf(orientation)
  const direction = towards(normal)
  const placed = objects
    .map((object, at) => ({ object, depth: direction * dot(normal, places[at]?.position ?? []) }))
    .sort((a, b) => a.depth - b.depth)
  const distinct = placed.every(({ depth }, at) => at === 0 || depth - (placed[at - 1]?.depth ?? 0) > SAME_PLACE)
  return distinct ? placed.map(({ object }) => object) : objects
}

/** Which way along the normal one scrolls. Patient axes are LPS: x to the left, y to the back, z to the head. */
function towards([x = 0, y = 0, z = 0]: readonly number[]): 1 | -1 {
  const [ax, ay, az] = [Math.abs(x), Math.abs(y), Math.abs(z)]
  if (az >= ax && az >= ay) return z > 0 ? -1 : 1
  if (ay >= ax) return y > 0 ? 1 : -1
  return x > 0 ? 1 : -1
}

function normalOf([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]: readonly number[]): readonly number[] {
  return [b * f - c * e, c * d - a * f, a * e - b * d]
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)
