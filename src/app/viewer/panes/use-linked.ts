/** Joins a pane to its link: what is done to it is told to the other, what the other tells is done. */
import { type Dispatch, useCallback, useEffect, useRef } from 'react'
import type { Stance } from '../compare/following.ts'
import type { Joint } from '../compare/link.ts'
import type { Area, Picture } from '../model/view.ts'
import { type PaneAction, type PaneState, reducePane } from './pane-state.ts'

export interface LinkedParts {
  readonly joint: Joint | undefined
  readonly state: PaneState
  readonly dispatch: Dispatch<PaneAction>
  readonly picture: Picture | undefined
  readonly area: Area
  readonly spacing: number | undefined
}

/** The way to act on the pane. */
export function useLinked(parts: LinkedParts): Dispatch<PaneAction> {
  const { joint, dispatch, state } = parts
  const latest = useRef(parts)
  // Acts may come faster than renders: each is worked out on what the one before left.
  const after = useRef(state)
  useEffect(() => {
    latest.current = parts
    after.current = parts.state
  })
  const stance = useCallback((): Stance => {
    const { picture, area, spacing } = latest.current
    return { state: after.current, picture, area, spacing }
  }, [])
  const apply = useCallback(
    (action: PaneAction) => {
      after.current = reducePane(after.current, action)
      dispatch(action)
    },
    [dispatch],
  )
  // Another set joins anew, and so takes its place from the other pane; so does one whose spacing has just been read.
  const ready = parts.picture !== undefined
  const { set } = state
  // biome-ignore lint/correctness/useExhaustiveDependencies: another set, or the first picture of it, joins anew
  useEffect(() => joint?.join({ stance, follow: apply }), [joint, stance, apply, set, ready])
  return useCallback(
    (action: PaneAction) => {
      apply(action)
      joint?.acted(action, stance())
    },
    [apply, joint, stance],
  )
}
