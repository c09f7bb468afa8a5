/**
 * What the panes of a viewer share: where the active one puts its tools and its panel, which slice each of them shows
 * (for reference lines), and which images somebody marked as key images.
 */
import { createContext, useContext } from 'react'
import type { SlicePlane } from '../model/slice-plane.ts'

export type PanelName = 'enhance' | 'measure'

export interface Stage {
  readonly tools: HTMLElement | null
  readonly side: HTMLElement | null
  readonly panel: PanelName | undefined
  readonly setPanel: (panel: PanelName | undefined) => void
  readonly planes: PlaneBoard
  /** SOP Instance UIDs, with the frame where one is named: `uid` or `uid 3`. */
  readonly keyImages: ReadonlySet<string>
}

/** Where each pane says what it shows; `active` is the pane last acted on. */
export interface PlaneBoard {
  readonly show: (pane: string, plane: SlicePlane | undefined, active: boolean) => void
  readonly subscribe: (call: () => void) => () => void
  /** The slice the active pane shows, when it is another than `pane`. */
  readonly other: (pane: string) => SlicePlane | undefined
}

export function openPlaneBoard(): PlaneBoard {
  const planes = new Map<string, SlicePlane>()
  const listeners = new Set<() => void>()
  let active = ''
  return {
    show: (pane, plane, isActive) => {
      const before = isActive ? pane : active
      if (planes.get(pane) === plane && before === active) return
      if (plane) planes.set(pane, plane)
      else planes.delete(pane)
      active = before
      for (const call of listeners) call()
    },
    subscribe: (call) => {
      listeners.add(call)
      return () => listeners.delete(call)
    },
    other: (pane) => (pane === active ? undefined : planes.get(active)),
  }
}

export const StageContext = createContext<Stage | undefined>(undefined)

/** @throws {Error} outside a viewer */
export function useStage(): Stage {
  const stage = useContext(StageContext)
  if (!stage) throw new Error('a pane stands in a viewer')
  return stage
}
