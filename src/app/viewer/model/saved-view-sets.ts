/** Saved views as sets: a presentation state is shown as the images it names, in the order of their series. */
import type { FrameSet } from './frame-sets.ts'

/** Puts in the place of each state the images it names; a state whose images are not here stays a document. */
export function withSavedViews(sets: readonly FrameSet[], of: readonly FrameSet[]): readonly FrameSet[] {
  return sets.map((set) => {
    const { savedView } = set
    if (!savedView || !set.document) return set
    const named = new Map(savedView.images.map((image) => [image.instance, image.frames]))
    const frames = of
      .filter(({ document }) => document === undefined)
      .flatMap((one) => one.frames)
      .filter(({ object, frame }) => {
        const only = named.get(object.sop)
        return only !== undefined && (only.length === 0 || only.includes(frame))
      })
    return frames.length === 0 ? set : { key: set.key, series: set.series, frames, savedView }
  })
}
