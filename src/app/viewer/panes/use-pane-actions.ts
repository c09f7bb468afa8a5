/** Everything one can do to a pane, once; keys, pointers and buttons call it. */
import { type Dispatch, useMemo } from 'react'
import type { Recipe } from '../../../pixels/filters.ts'
import { type Area, FIT, flippedView, type Picture, panBy, turned, zoomAt } from '../model/view.ts'
import type { Preset, Voi } from '../model/voi.ts'
import type { GestureActions } from './gestures.ts'
import type { PaneAction } from './pane-state.ts'

export interface PaneActions extends Omit<GestureActions, 'mark' | 'hover'> {
  readonly go: (index: number) => void
  readonly setVoi: (voi: Voi | undefined) => void
  readonly nudgeVoi: (right: number, down: number) => void
  readonly choosePreset: (at: number) => void
  readonly invert: () => void
  readonly fit: () => void
  readonly oneToOne: () => void
  readonly zoomCentre: (factor: number) => void
  readonly turn: (clockwise: 1 | -1) => void
  readonly flip: (axis: 'horizontal' | 'vertical') => void
  readonly enhance: (recipe: Recipe) => void
  readonly reset: () => void
}

export interface PaneParts {
  readonly dispatch: Dispatch<PaneAction>
  readonly picture: Picture | undefined
  readonly area: Area
  readonly presets: readonly Preset[]
  readonly voi: Voi | undefined
}

const withoutName = ({ says: _, ...voi }: Preset): Voi => voi

export function usePaneActions({ dispatch, picture, area, presets, voi }: PaneParts): PaneActions {
  return useMemo(() => {
    const zoom = (factor: number, [x, y]: readonly [number, number]) => {
      const scale = window.devicePixelRatio
      if (picture)
        dispatch({ type: 'view', change: (view) => zoomAt(view, picture, area, factor, [x * scale, y * scale]) })
    }
    return {
      scroll: (delta) => dispatch({ type: 'by', delta }),
      go: (index) => dispatch({ type: 'go', index }),
      window: (from, right, down) => dispatch({ type: 'drag window', from, right, down }),
      setVoi: (next) => dispatch({ type: 'window', voi: next }),
      nudgeVoi: (right, down) => voi && dispatch({ type: 'drag window', from: voi, right, down }),
      choosePreset: (at) => {
        const preset = presets[at]
        if (preset) dispatch({ type: 'window', voi: withoutName(preset) })
      },
      invert: () => dispatch({ type: 'invert' }),
      zoom,
      zoomCentre: (factor) => zoom(factor, [0, 0]),
      pan: (right, down) => {
        const scale = window.devicePixelRatio
        if (picture)
          dispatch({ type: 'view', change: (view) => panBy(view, picture, area, right * scale, down * scale) })
      },
      fit: () => dispatch({ type: 'view', change: (view) => ({ ...view, zoom: FIT.zoom, pan: FIT.pan }) }),
      oneToOne: () => dispatch({ type: 'view', change: (view) => ({ ...view, zoom: 1, pan: FIT.pan }) }),
      turn: (clockwise) => dispatch({ type: 'view', change: (view) => turned(view, clockwise) }),
      flip: (axis) => dispatch({ type: 'view', change: (view) => flippedView(view, axis) }),
      enhance: (recipe) => dispatch({ type: 'enhance', recipe }),
      reset: () => dispatch({ type: 'reset' }),
    }
  }, [dispatch, picture, area, presets, voi])
}
