/**
 * What the panes of a viewer share: where the active one puts its tools and its panel, which slice each of them shows
 * (for reference lines), and which images somebody marked as key images.
 */
import { createContext, useContext, useMemo, useState } from 'react'
import type { FrameRef } from '../model/frame-sets.ts'
import type { SlicePlane } from '../model/slice-plane.ts'

export type PanelName = 'enhance' | 'measure' | 'keep'

export interface Stage {
  readonly tools: HTMLElement | null
  readonly side: HTMLElement | null
  readonly panel: PanelName | undefined
  readonly setPanel: (panel: PanelName | undefined) => void
  readonly planes: PlaneBoard
  /** SOP Instance UIDs, with the frame where one is named: `uid` or `uid 3`. */
  readonly keyImages: ReadonlySet<string>
  readonly marks: KeyMarks
}

/** Images marked as key images and not kept yet. */
export interface KeyMarks {
  readonly all: readonly FrameRef[]
  readonly toggle: (ref: FrameRef) => void
  /** Those of a study: they are kept. */
  readonly clear: (study: string) => void
}

export function useKeyMarks(): KeyMarks {
  const [all, setAll] = useState<readonly FrameRef[]>([])
  return useMemo(
    () => ({
      all,
      toggle: (ref) => setAll((all) => (all.includes(ref) ? all.filter((one) => one !== ref) : [...all, ref])),
      clear: (study) => setAll((all) => all.filter(({ object }) => object.study !== study)),
    }),
    [all],
  )
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
