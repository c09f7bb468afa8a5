/**
 * Lesions of the other study of a pair, at the place they would have in this one (their ghosts). Pure.
 *
 * How well the place is known is said: one Frame of Reference is one space; slices that a person linked are the same place along
 * the patient; the table's position alone is a guess. Nothing is matched here: a person looks, and says that it is the same.
 */
import type { Placed } from '../measure/drawing.ts'
import type { Point } from '../measure/measurement.ts'
import type { FrameRef, FrameSet } from '../model/frame-sets.ts'
import { inSpace, normalOf, onPicture, planeOfFrame, type SlicePlane } from '../model/slice-plane.ts'

export type Tier = 'frame of reference' | 'linked slice' | 'table position'

export interface Ghost {
  readonly of: Placed
  /** Pixels of the picture it is shown on. */
  readonly points: readonly Point[]
  readonly tier: Tier
}

export interface GhostAsk {
  readonly study: string
  /** The slice that is shown, and how thick it is, mm. */
  readonly plane: SlicePlane
  readonly thickness: number
  readonly all: readonly Placed[]
  /** What the other panes show. */
  readonly others: readonly FrameSet[]
  /** Millimetres from a place there to the same place here, along the normal. */
  readonly offset: number
}

/** Cosine of 8 degrees: slices that lie farther apart show another plane. */
const PARALLEL = 0.99

export function ghostsOn({ study, plane, thickness, all, others, offset }: GhostAsk): readonly Ghost[] {
  const here = new Set(all.filter(({ place }) => place.study === study).map(({ lesion }) => lesion.uid))
  return all
    .filter(({ place, lesion }) => place.study !== study && !here.has(lesion.uid))
    .flatMap((of): readonly Ghost[] => {
      const ref = refOf(of, others)
      const there = ref && planeOfFrame(ref)
      if (!there || !isParallel(plane, there)) return []
      const same = there.frameOfReference === plane.frameOfReference
      const normal = towardsHead(there)
      const by = same ? 0 : offset
      const found = of.points.map((point) => {
        const [x, y, z] = inSpace(there, point)
        return onPicture(plane, [x + normal[0] * by, y + normal[1] * by, z + normal[2] * by])
      })
      // Half a slice before and behind: on the slice it would have been measured on, and on one only.
      if (found.some(({ away }) => Math.abs(away) > thickness / 2 + 1e-6)) return []
      const tier = same ? 'frame of reference' : offset === 0 ? 'table position' : 'linked slice'
      return [{ of, points: found.map(({ at }) => at), tier }]
    })
}

function refOf({ place }: Placed, sets: readonly FrameSet[]): FrameRef | undefined {
  for (const { frames } of sets) {
    const found = frames.find(({ object, frame }) => object.sop === place.instance && frame === (place.frame ?? 1))
    if (found) return found
  }
  return undefined
}

/** The sense in which places are counted (`places.ts`): to the left, the back or the head, whichever is nearest. */
function towardsHead(plane: SlicePlane): readonly [number, number, number] {
  const normal = normalOf(plane)
  const largest = normal.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0)
  return largest < 0 ? [-normal[0], -normal[1], -normal[2]] : normal
}

function isParallel(a: SlicePlane, b: SlicePlane): boolean {
  const [one, other] = [normalOf(a), normalOf(b)]
  return Math.abs(one[0] * other[0] + one[1] * other[1] + one[2] * other[2]) >= PARALLEL
}
