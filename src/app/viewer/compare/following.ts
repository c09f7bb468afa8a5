/** What one pane does when the other was acted on: scroll by place, size in millimetres, window. Pure. */
import { areParallel, nearestTo, placesOf } from '../model/places.ts'
import { type Area, type Picture, type View, zoomOf } from '../model/view.ts'
import type { PaneAction, PaneState } from '../panes/pane-state.ts'

export interface Sync {
  readonly scroll: boolean
  readonly zoom: boolean
  readonly window: boolean
  /** Millimetres from a place in A to the same place in B, along their normal: what a person linked, else 0. */
  readonly offset: number
  /** Do the slices of both lie parallel in space? Else there is no place to scroll by. */
  readonly comparable: boolean
}

export const TOGETHER: Sync = { scroll: true, zoom: true, window: true, offset: 0, comparable: true }

/** One pane as it stands. */
export interface Stance {
  readonly state: PaneState
  readonly area: Area
  readonly picture: Picture | undefined
  /** Width of a pixel, mm; undefined when nothing tells. */
  readonly spacing: number | undefined
}

/** @param offset  added to a place of the one acted on: `sync.offset` from A to B, its opposite from B to A */
export function following(
  action: PaneAction['type'],
  acted: Stance,
  other: Stance,
  sync: Sync,
  offset: number,
): readonly PaneAction[] {
  switch (action) {
    case 'go':
    case 'by':
    case 'open':
      return sync.scroll ? scrolled(acted, other, offset) : []
    case 'window':
    case 'drag window':
      return sync.window ? windowed(acted, other) : []
    case 'invert':
      return sync.window && acted.state.invert !== other.state.invert ? [{ type: 'invert' }] : []
    case 'view':
      return sync.zoom ? viewed(acted, other) : []
    case 'reset':
      return [
        ...(sync.window ? windowed(acted, other) : []),
        ...(sync.window && other.state.invert ? [{ type: 'invert' } as const] : []),
        ...(sync.zoom ? viewed(acted, other) : []),
      ]
    case 'range':
    case 'enhance':
    case 'present':
      return []
  }
}

/** The place one sees, in the other's set; undefined when their frames do not lie parallel. */
export function placeThere(acted: Stance, other: Stance, offset: number): number | undefined {
  const [mine, theirs] = [placesOf(acted.state.set), placesOf(other.state.set)]
  if (!mine || !theirs || !areParallel(mine, theirs)) return undefined
  const depth = mine.depths[acted.state.index]
  return depth === undefined ? undefined : nearestTo(theirs, depth + offset)
}

/** Millimetres from what A shows to what B shows. */
export function offsetBetween(a: Stance, b: Stance): number | undefined {
  const [mine, theirs] = [placesOf(a.state.set), placesOf(b.state.set)]
  if (!mine || !theirs || !areParallel(mine, theirs)) return undefined
  return (theirs.depths[b.state.index] ?? 0) - (mine.depths[a.state.index] ?? 0)
}

function scrolled(acted: Stance, other: Stance, offset: number): readonly PaneAction[] {
  const index = placeThere(acted, other, offset)
  return index === undefined ? [] : [{ type: 'go', index }]
}

function windowed(acted: Stance, other: Stance): readonly PaneAction[] {
  const modality = ({ state }: Stance) => state.set.frames[0]?.object.modality
  return modality(acted) === modality(other) ? [{ type: 'window', voi: acted.state.voi }] : []
}

/** Both fit, and a millimetre is as large in both: they may go on fitting when the window changes. */
function isAsLarge(a: Stance, b: Stance): boolean {
  const [here, there] = [a.picture, b.picture]
  // Before it has its size on the screen nothing can be told.
  if (!here || !there || a.area.width <= 1) return true
  return here.columns === there.columns && here.rows === there.rows && a.spacing === b.spacing
}

/** The same size of a millimetre, the same shift, turn and flip. Without spacing, or with another, both fit. */
function viewed(acted: Stance, other: Stance): readonly PaneAction[] {
  const { view } = acted.state
  const { quarter, flipped } = view
  const zoom =
    acted.picture && acted.spacing && other.spacing && !(view.zoom === undefined && isAsLarge(acted, other))
      ? (zoomOf(view, acted.picture, acted.area) / acted.spacing) * other.spacing
      : undefined
  const next: View = { zoom, pan: zoom === undefined ? [0, 0] : view.pan, quarter, flipped }
  return [{ type: 'view', change: () => next }]
}
