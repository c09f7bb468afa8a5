/**
 * The measurements of a pane while they are drawn, changed, taken back: a reducer, so that pointer and keys mean the same.
 *
 * A measurement belongs to one frame of one object and stays there when one scrolls on.
 */
import { type MeasureKind, type Measurement, POINTS, type Point } from './measurement.ts'

export interface Placed extends Measurement {
  /** Object and frame it lies on. */
  readonly on: string
}

export interface Drawing {
  readonly all: readonly Placed[]
  /** Being drawn: its last point follows the pointer. */
  readonly begun: Placed | undefined
  readonly selected: number | undefined
  readonly before: readonly (readonly Placed[])[]
  readonly after: readonly (readonly Placed[])[]
  readonly nextId: number
}

export const NOTHING_DRAWN: Drawing = {
  all: [],
  begun: undefined,
  selected: undefined,
  before: [],
  after: [],
  nextId: 1,
}

export type DrawingAction =
  /** The pointer goes down: a new measurement, or the next point of the one begun. */
  | { readonly type: 'down'; readonly kind: MeasureKind; readonly on: string; readonly at: Point }
  | { readonly type: 'move'; readonly at: Point }
  | { readonly type: 'up'; readonly at: Point }
  | { readonly type: 'cancel' }
  /** All at once, from the keyboard. */
  | { readonly type: 'place'; readonly kind: MeasureKind; readonly on: string; readonly points: readonly Point[] }
  /** `begins`: the first move of a drag, to which undo goes back. */
  | {
      readonly type: 'handle'
      readonly id: number
      readonly point: number
      readonly at: Point
      readonly begins: boolean
    }
  | { readonly type: 'select'; readonly id: number }
  /** The selected one, or the last one drawn on this frame. */
  | { readonly type: 'remove'; readonly on: string }
  | { readonly type: 'undo' }
  | { readonly type: 'redo' }

/** How many steps can be taken back. */
const STEPS = 100
/** Closer than this, in pixels of the picture, nothing was drawn: a click. */
const LEAST = 0.5

export function reduceDrawing(state: Drawing, action: DrawingAction): Drawing {
  const { all, begun, nextId } = state
  switch (action.type) {
    case 'down':
      if (begun?.kind === action.kind && begun.on === action.on) return follow(state, action.at)
      return {
        ...state,
        begun: { id: nextId, kind: action.kind, on: action.on, points: [action.at, action.at] },
        nextId: nextId + 1,
        selected: undefined,
      }
    case 'move':
      return follow(state, action.at)
    case 'up':
      return released(follow(state, action.at))
    case 'cancel':
      return begun ? { ...state, begun: undefined } : state
    case 'place':
      return kept({ ...state, nextId: nextId + 1 }, { id: nextId, ...action })
    case 'handle': {
      const moved = all.map((one) =>
        one.id === action.id ? { ...one, points: one.points.with(action.point, action.at) } : one,
      )
      return action.begins
        ? { ...changed(state, moved), selected: action.id }
        : { ...state, all: moved, selected: action.id }
    }
    case 'select':
      return { ...state, selected: action.id }
    case 'remove': {
      const here = all.filter(({ on }) => on === action.on)
      const gone = here.find(({ id }) => id === state.selected) ?? here.at(-1)
      if (!gone) return state
      return {
        ...changed(
          state,
          all.filter((one) => one !== gone),
        ),
        selected: undefined,
      }
    }
    case 'undo': {
      const back = state.before.at(-1)
      if (!back) return state
      return { ...state, all: back, before: state.before.slice(0, -1), after: [...state.after, all], begun: undefined }
    }
    case 'redo': {
      const on = state.after.at(-1)
      if (!on) return state
      return { ...state, all: on, after: state.after.slice(0, -1), before: [...state.before, all], begun: undefined }
    }
  }
}

function follow(state: Drawing, at: Point): Drawing {
  const { begun } = state
  return begun ? { ...state, begun: { ...begun, points: begun.points.with(-1, at) } } : state
}

function released(state: Drawing): Drawing {
  const { begun } = state
  if (!begun) return state
  const [last, previous] = [begun.points.at(-1), begun.points.at(-2)]
  if (!last || !previous || Math.hypot(last[0] - previous[0], last[1] - previous[1]) < LEAST)
    // A click begins nothing; of an angle whose first arm stands, the second waits on.
    return begun.points.length > 2 ? state : { ...state, begun: undefined }
  if (begun.points.length < POINTS[begun.kind])
    return { ...state, begun: { ...begun, points: [...begun.points, last] } }
  return kept({ ...state, begun: undefined }, begun)
}

const kept = (state: Drawing, { id, kind, on, points }: Placed): Drawing => ({
  ...changed(state, [...state.all, { id, kind, on, points }]),
  selected: id,
})

const changed = (state: Drawing, all: readonly Placed[]): Drawing => ({
  ...state,
  all,
  before: [...state.before, state.all].slice(-STEPS),
  after: [],
})
