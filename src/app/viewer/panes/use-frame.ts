/** The frame a pane waits for: from the store at once when it is there, else fetched; failures are kept to be shown. */
import { useEffect, useState } from 'react'
import type { ShownFrame } from '../frames/frame-source.ts'
import type { FrameStore } from '../frames/frame-store.ts'
import type { PaneState } from './pane-state.ts'

export interface FrameState {
  /** The last frame that came; may be an earlier one than asked for while that is under way. */
  readonly frame: ShownFrame | undefined
  readonly loading: boolean
  readonly error: unknown
  readonly retry: () => void
}

export function useFrame(store: FrameStore, { set, index, direction }: PaneState): FrameState {
  const ref = set.frames[index]
  const [arrived, setArrived] = useState<ShownFrame>()
  const [failure, setFailure] = useState<{ readonly ref: typeof ref; readonly error: unknown }>()
  const [attempt, setAttempt] = useState(0)
  const here = ref && store.ready(ref)

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is another try at the same frame
  useEffect(() => {
    if (!ref) return
    let current = true
    setFailure(undefined)
    store.get(ref).then(
      (frame) => {
        if (current) setArrived(frame)
      },
      (error: unknown) => {
        if (current) setFailure({ ref, error })
      },
    )
    store.prefetch(set.frames, index, direction)
    return () => {
      current = false
    }
  }, [store, ref, set, index, direction, attempt])

  const failed = failure !== undefined && failure.ref === ref
  // A frame of another set must not stand under this set's name.
  const kept = arrived && set.frames.some(({ object }) => object === arrived.ref.object) ? arrived : undefined
  const frame = failed ? undefined : (here ?? kept)
  return {
    frame,
    loading: !failed && ref !== undefined && frame?.ref !== ref,
    error: failed ? failure.error : undefined,
    retry: () => setAttempt(attempt + 1),
  }
}
