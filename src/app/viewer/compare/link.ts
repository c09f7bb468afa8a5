/**
 * Two panes that follow each other. A pane joins with a way to ask how it stands and a way to be told; what a person does
 * to one is told to the other, which does not tell it back.
 */
import type { PaneAction } from '../panes/pane-state.ts'
import { following, offsetBetween, type Stance, type Sync, TOGETHER } from './following.ts'

export type Side = 'a' | 'b'

export interface LinkedPane {
  readonly stance: () => Stance
  readonly follow: (action: PaneAction) => void
}

/** One pane's place in a link. */
export interface Joint {
  readonly join: (pane: LinkedPane) => () => void
  /** @param stance  how the pane stands after the act */
  readonly acted: (action: PaneAction, stance: Stance) => void
}

export interface Link {
  readonly sync: () => Sync
  /** For `useSyncExternalStore`. */
  readonly subscribe: (call: () => void) => () => void
  /** Scrolling that is switched on keeps the places as they stand then: that links them. */
  readonly set: (change: Partial<Pick<Sync, 'scroll' | 'zoom' | 'window'>>) => void
  /** The two places seen now are the same place from here on. */
  readonly linkHere: () => void
  /** Back to the coordinates of the table. */
  readonly unlink: () => void
  readonly join: (side: Side, pane: LinkedPane) => () => void
  /** @param stance  how the pane stands after the act */
  readonly acted: (side: Side, action: PaneAction, stance: Stance) => void
  /** The same for one side; one and the same each time. */
  readonly joints: Readonly<Record<Side, Joint>>
}

export function openLink(): Link {
  let sync: Sync = TOGETHER
  const panes = new Map<Side, LinkedPane>()
  const listeners = new Set<() => void>()

  function change(next: Sync): void {
    sync = next
    for (const call of listeners) call()
  }
  function placesNow(): number {
    const [a, b] = [panes.get('a')?.stance(), panes.get('b')?.stance()]
    return (a && b && offsetBetween(a, b)) ?? sync.offset
  }
  function tell(from: Side, action: PaneAction['type'], stance: Stance): void {
    const other = panes.get(from === 'a' ? 'b' : 'a')
    if (!other) return
    const offset = from === 'a' ? sync.offset : -sync.offset
    for (const each of following(action, stance, other.stance(), sync, offset)) other.follow(each)
  }

  const joint = (side: Side): Joint => ({
    join: (pane) => link.join(side, pane),
    acted: (action, stance) => link.acted(side, action, stance),
  })
  const link: Link = {
    joints: { a: joint('a'), b: joint('b') },
    sync: () => sync,
    subscribe: (call) => {
      listeners.add(call)
      return () => listeners.delete(call)
    },
    set: (next) => {
      const links = next.scroll === true && !sync.scroll
      change({ ...sync, ...next, ...(links && { offset: placesNow() }) })
    },
    linkHere: () => change({ ...sync, scroll: true, offset: placesNow() }),
    unlink: () => {
      change({ ...sync, scroll: true, offset: 0 })
      const a = panes.get('a')
      if (a) tell('a', 'go', a.stance())
    },
    join: (side, pane) => {
      panes.set(side, pane)
      const pair = [panes.get('a')?.stance(), panes.get('b')?.stance()] as const
      const comparable = !pair[0] || !pair[1] || offsetBetween(pair[0], pair[1]) !== undefined
      if (comparable !== sync.comparable) change({ ...sync, comparable })
      // Whichever came, or shows another set now: B takes its place, size and window from A.
      const there = panes.get('a')
      if (there && panes.has('b'))
        for (const type of ['open', 'view', 'window'] as const) tell('a', type, there.stance())
      return () => {
        if (panes.get(side) === pane) panes.delete(side)
      }
    },
    acted: (side, action, stance) => tell(side, action.type, stance),
  }
  return link
}
