/**
 * What the panes of a viewer share: where the active one puts its tools and its panel, which slice each of them shows
 * (for reference lines), and which images somebody marked as key images.
 */
import { createContext, useContext, useMemo, useState } from 'react'
import type { Link } from '../compare/link.ts'
import type { FrameRef, FrameSet } from '../model/frame-sets.ts'
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
  readonly pair: PairBoard
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

/** What the two sides of a pair show, and how far their places lie apart. */
export interface PairBoard {
  readonly show: (pane: string, set: FrameSet | undefined) => void
  readonly subscribe: (call: () => void) => () => void
  /** What the other panes show; one and the same as long as that does not change. */
  readonly others: (pane: string) => readonly FrameSet[]
  /** Millimetres from a place on the other side to the same place here, as a person linked them. */
  readonly offsetTo: (pane: string) => number
}

export function openPairBoard(link: Pick<Link, 'sync' | 'subscribe'>): PairBoard {
  const sets = new Map<string, FrameSet>()
  const others = new Map<string, readonly FrameSet[]>()
  const listeners = new Set<() => void>()
  return {
    show: (pane, set) => {
      if (sets.get(pane) === set) return
      if (set) sets.set(pane, set)
      else sets.delete(pane)
      others.clear()
      for (const call of listeners) call()
    },
    subscribe: (call) => {
      listeners.add(call)
      const leave = link.subscribe(call)
      return () => {
        listeners.delete(call)
        leave()
      }
    },
    others: (pane) => {
      const known = others.get(pane) ?? [...sets].filter(([name]) => name !== pane).map(([, set]) => set)
      others.set(pane, known)
      return known
    },
    offsetTo: (pane) => (pane === 'a' ? -link.sync().offset : link.sync().offset),
  }
}

export const StageContext = createContext<Stage | undefined>(undefined)

/** @throws {Error} outside a viewer */
export function useStage(): Stage {
  const stage = useContext(StageContext)
  if (!stage) throw new Error('a pane stands in a viewer')
  return stage
}
