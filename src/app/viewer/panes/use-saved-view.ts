/** A set that is a saved view: its frame as the state shows it, and the pane brought there. */
import { type Dispatch, useLayoutEffect, useMemo } from 'react'
import type { ShownFrame } from '../frames/frame-source.ts'
import { type Presented, viewOf } from '../model/presented-view.ts'
import type { Area } from '../model/view.ts'
import type { PaneAction, PaneState } from './pane-state.ts'

export function useSavedView({ set }: PaneState, frame: ShownFrame | undefined): Presented | undefined {
  const { savedView } = set
  return useMemo(() => frame && savedView?.present(frame), [savedView, frame])
}

export function usePresented(
  presented: Presented | undefined,
  frame: ShownFrame | undefined,
  area: Area,
  dispatch: Dispatch<PaneAction>,
): void {
  const { width, height } = area
  useLayoutEffect(() => {
    // Before it is measured a pane is one pixel.
    if (!presented || !frame || width <= 1) return
    const view = viewOf(presented.presentation, frame.image, { width, height })
    dispatch({ type: 'present', home: { invert: presented.invert, view } })
  }, [presented, frame, width, height, dispatch])
}
