/**
 * Tiles of one study that follow each other. Only what shares a Frame of Reference and lies parallel is one place, and so
 * scrolls and zooms together; windows stay each series' own.
 */
import { areParallel, placesOf } from '../model/places.ts'
import { following, TOGETHER } from './following.ts'
import type { Joint, LinkedPane } from './link.ts'

export interface TileLink {
  /** One and the same each time. */
  readonly joint: (tile: number) => Joint
  readonly isOn: () => boolean
  readonly set: (on: boolean) => void
  /** For `useSyncExternalStore`. */
  readonly subscribe: (call: () => void) => () => void
}

export function openTileLink(): TileLink {
  const panes = new Map<number, LinkedPane>()
  const joints = new Map<number, Joint>()
  const listeners = new Set<() => void>()
  let on = true

  function jointOf(tile: number): Joint {
    const known = joints.get(tile)
    if (known) return known
    const made: Joint = {
      join: (pane) => {
        panes.set(tile, pane)
        return () => {
          if (panes.get(tile) === pane) panes.delete(tile)
        }
      },
      acted: (action, stance) => {
        if (!on || action.type === 'open') return
        for (const [other, pane] of panes) {
          if (other === tile) continue
          const there = pane.stance()
          const [mine, theirs] = [placesOf(stance.state.set), placesOf(there.state.set)]
          if (!mine || !theirs || mine.frameOfReference === '' || mine.frameOfReference !== theirs.frameOfReference)
            continue
          if (!areParallel(mine, theirs)) continue
          for (const each of following(action.type, stance, there, { ...TOGETHER, window: false }, 0)) pane.follow(each)
        }
      },
    }
    joints.set(tile, made)
    return made
  }
  return {
    joint: jointOf,
    isOn: () => on,
    set: (next) => {
      on = next
      for (const call of listeners) call()
    },
    subscribe: (call) => {
      listeners.add(call)
      return () => listeners.delete(call)
    },
  }
}
