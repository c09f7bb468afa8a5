/**
 * The measurements of a viewer while they are drawn, changed, taken back: a reducer, so that pointer and keys mean the same.
 *
 * A measurement belongs to one frame of one object and stays there when one scrolls on. What it is of, a lesion, has a UID of
 * its own that other studies may share.
 */
import type { FindingRow } from '../../../api/measurements.ts'
import type { Coded } from '../../../findings/codes.ts'
import { type MeasureKind, type Measurement, POINTS, type Point } from './measurement.ts'

/** What was measured. */
export interface Lesion {
  /** Tracking Unique Identifier. */
  readonly uid: string
  /** Tracking Identifier: `L1`. */
  readonly name: string
  readonly site: Coded | undefined
  readonly role: Coded | undefined
  readonly comment: string
}

/** The frame it lies on. */
export interface Place {
  readonly study: string
  readonly sopClass: string
  readonly instance: string
  /** From 1; undefined for an object of one frame. */
  readonly frame: number | undefined
}

export interface Placed extends Measurement {
  readonly place: Place
  readonly lesion: Lesion
  /** As it was kept: the numbers stay those until an end is moved. */
  readonly kept?: Pick<FindingRow, 'measured' | 'shapes' | 'timePoint'> | undefined
}

export const keyOfPlace = ({ instance, frame }: Pick<Place, 'instance' | 'frame'>): string =>
  `${instance} ${frame ?? 1}`

export interface Drawing {
  readonly all: readonly Placed[]
  /** Being drawn: its last point follows the pointer. */
  readonly begun: Placed | undefined
  /** The first line of two stands; the pointer is free until it goes down again. */
  readonly waits: boolean
  readonly selected: number | undefined
  readonly before: readonly (readonly Placed[])[]
  readonly after: readonly (readonly Placed[])[]
  readonly nextId: number
}

export const NOTHING_DRAWN: Drawing = {
  all: [],
  begun: undefined,
  waits: false,
  selected: undefined,
  before: [],
  after: [],
  nextId: 1,
}

interface New {
  readonly kind: MeasureKind
  readonly place: Place
  /** What it is of, should it come to stand. */
  readonly lesion: Lesion
}

export type DrawingAction =
  /** The pointer goes down: a new measurement, or the next point of the one begun. */
  | ({ readonly type: 'down'; readonly at: Point } & New)
  | { readonly type: 'move'; readonly at: Point }
  | { readonly type: 'up'; readonly at: Point }
  | { readonly type: 'cancel' }
  /** All at once, from the keyboard. */
  | ({ readonly type: 'place'; readonly points: readonly Point[] } & New)
  /** `begins`: the first move of a drag, to which undo goes back. */
  | {
      readonly type: 'handle'
      readonly id: number
      readonly point: number
      readonly at: Point
      readonly begins: boolean
    }
  | { readonly type: 'select'; readonly id: number }
  | { readonly type: 'describe'; readonly id: number; readonly lesion: Partial<Lesion> }
  /** The selected one, or the last one drawn on this frame. */
  | { readonly type: 'remove'; readonly place: Place }
  /** What was kept of a study: takes the place of what the viewer has of it. Cannot be taken back. */
  | { readonly type: 'load'; readonly study: string; readonly all: readonly Omit<Placed, 'id'>[] }
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
      if (begun?.kind === action.kind && keyOfPlace(begun.place) === keyOfPlace(action.place))
        return state.waits
          ? { ...state, waits: false, begun: { ...begun, points: [...begun.points, action.at, action.at] } }
          : follow(state, action.at)
      return {
        ...state,
        begun: placed(nextId, action, action.kind === 'probe' ? [action.at] : [action.at, action.at]),
        nextId: nextId + 1,
        selected: undefined,
        waits: false,
      }
    case 'move':
      return state.waits ? state : follow(state, action.at)
    case 'up':
      return state.waits ? state : released(follow(state, action.at))
    case 'cancel':
      return begun ? { ...state, begun: undefined, waits: false } : state
    case 'place':
      return kept({ ...state, nextId: nextId + 1 }, placed(nextId, action, action.points))
    case 'handle': {
      const moved = all.map((one) =>
        one.id === action.id ? { ...one, points: one.points.with(action.point, action.at), kept: undefined } : one,
      )
      return action.begins
        ? { ...changed(state, moved), selected: action.id }
        : { ...state, all: moved, selected: action.id }
    }
    case 'select':
      return { ...state, selected: action.id }
    case 'describe':
      return changed(
        state,
        all.map((one) => (one.id === action.id ? { ...one, lesion: { ...one.lesion, ...action.lesion } } : one)),
      )
    case 'remove': {
      const here = all.filter(({ place }) => keyOfPlace(place) === keyOfPlace(action.place))
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
    case 'load': {
      const loaded = action.all.map((one, at): Placed => ({ ...one, id: nextId + at }))
      return {
        ...NOTHING_DRAWN,
        all: [...all.filter(({ place }) => place.study !== action.study), ...loaded],
        nextId: nextId + loaded.length,
      }
    }
    case 'undo': {
      const back = state.before.at(-1)
      if (!back) return state
      return {
        ...state,
        all: back,
        before: state.before.slice(0, -1),
        after: [...state.after, all],
        begun: undefined,
        waits: false,
      }
    }
    case 'redo': {
      const on = state.after.at(-1)
      if (!on) return state
      return {
        ...state,
        all: on,
        after: state.after.slice(0, -1),
        before: [...state.before, all],
        begun: undefined,
        waits: false,
      }
    }
  }
}

const placed = (id: number, { kind, place, lesion }: New, points: readonly Point[]): Placed => ({
  id,
  kind,
  place,
  lesion,
  points,
})

function follow(state: Drawing, at: Point): Drawing {
  const { begun } = state
  if (!begun) return state
  if (begun.kind !== 'freehand') return { ...state, begun: { ...begun, points: begun.points.with(-1, at) } }
  // A line drawn by hand takes a point a pixel; its last one is where the pointer is.
  const previous = begun.points.at(-2) ?? at
  const far = Math.hypot(at[0] - previous[0], at[1] - previous[1]) >= 1
  return { ...state, begun: { ...begun, points: far ? [...begun.points, at] : begun.points.with(-1, at) } }
}

function released(state: Drawing): Drawing {
  const { begun } = state
  if (!begun) return state
  if (begun.kind === 'probe') return kept({ ...state, begun: undefined }, begun)
  if (begun.kind === 'freehand')
    // Fewer than three points enclose nothing.
    return begun.points.length < 4 ? { ...state, begun: undefined } : kept({ ...state, begun: undefined }, begun)
  const [last, previous] = [begun.points.at(-1), begun.points.at(-2)]
  if (!last || !previous || Math.hypot(last[0] - previous[0], last[1] - previous[1]) < LEAST)
    // A click begins nothing; of an angle whose first arm stands, the second waits on.
    return begun.points.length > 2 ? state : { ...state, begun: undefined }
  if (begun.kind === 'bidirectional') return kept({ ...state, begun: undefined }, across(begun))
  if (begun.kind === 'cobb' && begun.points.length === 2) return { ...state, waits: true }
  if (begun.points.length < POINTS[begun.kind])
    return { ...state, begun: { ...begun, points: [...begun.points, last] } }
  return kept({ ...state, begun: undefined }, begun)
}

/** The long axis stands: the short one through its middle, half as long, to be moved where it belongs. */
function across(begun: Placed): Placed {
  const [[x1, y1], [x2, y2]] = begun.points as readonly [Point, Point]
  const [mx, my] = [(x1 + x2) / 2, (y1 + y2) / 2]
  const [dx, dy] = [(x2 - x1) / 4, (y2 - y1) / 4]
  return { ...begun, points: [...begun.points.slice(0, 2), [mx - dy, my + dx], [mx + dy, my - dx]] }
}

const kept = (state: Drawing, one: Placed): Drawing => ({
  ...changed(state, [...state.all, one]),
  selected: one.id,
})

const changed = (state: Drawing, all: readonly Placed[]): Drawing => ({
  ...state,
  all,
  before: [...state.before, state.all].slice(-STEPS),
  after: [],
})
