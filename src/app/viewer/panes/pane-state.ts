/** What a pane shows and how; a reducer, so that every key, drag and button means the same wherever it comes from. */
import { ORIGINAL, type Recipe } from '../../../pixels/filters.ts'
import type { ShownFrame } from '../frames/frame-source.ts'
import type { FrameSet } from '../model/frame-sets.ts'
import { FIT, type View } from '../model/view.ts'
import { dragged, firstWindow, fullWindow, type ValueRange, type Voi } from '../model/voi.ts'

export interface PaneState {
  readonly set: FrameSet
  /** The frame one asked for; the one on the screen may lag behind. */
  readonly index: number
  readonly direction: 1 | -1
  /** Set by the person; undefined means each frame's own window. */
  readonly voi: Voi | undefined
  readonly invert: boolean
  readonly view: View
  /** Filters for viewing; never any until a person asks. */
  readonly recipe: Recipe
  /** The values of the first frame shown, for sets that bring no window: one brightness for the whole set. */
  readonly range: ValueRange | undefined
  /** How a saved view begins; undefined until its first frame is here, and where there is none. */
  readonly home: Home | undefined
}

export interface Home {
  readonly invert: boolean
  readonly view: View
}

export type PaneAction =
  | { readonly type: 'open'; readonly set: FrameSet; readonly index: number }
  | { readonly type: 'go'; readonly index: number }
  | { readonly type: 'by'; readonly delta: number }
  | { readonly type: 'window'; readonly voi: Voi | undefined }
  | { readonly type: 'drag window'; readonly from: Voi; readonly right: number; readonly down: number }
  | { readonly type: 'invert' }
  | { readonly type: 'view'; readonly change: (view: View) => View }
  | { readonly type: 'enhance'; readonly recipe: Recipe }
  | { readonly type: 'range'; readonly range: ValueRange }
  | { readonly type: 'present'; readonly home: Home }
  | { readonly type: 'reset' }

export function opened(set: FrameSet, index = firstIndex(set)): PaneState {
  return {
    set,
    index,
    direction: 1,
    voi: undefined,
    invert: false,
    view: FIT,
    recipe: ORIGINAL,
    range: undefined,
    home: undefined,
  }
}

export function reducePane(state: PaneState, action: PaneAction): PaneState {
  switch (action.type) {
    case 'open':
      return opened(action.set, action.index)
    case 'go':
      return moved(state, action.index)
    case 'by':
      return moved(state, state.index + action.delta)
    case 'window':
      return { ...state, voi: action.voi }
    case 'drag window':
      return { ...state, voi: dragged(action.from, action.right, action.down) }
    case 'invert':
      return { ...state, invert: !state.invert }
    case 'view':
      return { ...state, view: action.change(state.view) }
    case 'enhance':
      return { ...state, recipe: action.recipe }
    case 'range':
      return state.range ? state : { ...state, range: action.range }
    case 'reset':
      return { ...state, voi: undefined, invert: false, view: FIT, recipe: ORIGINAL, ...state.home }
    case 'present':
      return presented(state, action.home)
  }
}

/** What a person turned or moved stays; what stands as it was saved follows the next frame and the size of the pane. */
function presented(state: PaneState, home: Home): PaneState {
  const asSaved = state.home === undefined || (state.view === state.home.view && state.invert === state.home.invert)
  return asSaved ? { ...state, ...home, home } : { ...state, home }
}

function moved(state: PaneState, to: number): PaneState {
  const index = Math.max(0, Math.min(state.set.frames.length - 1, to))
  if (index === state.index) return state
  return { ...state, index, direction: index > state.index ? 1 : -1 }
}

/** Slices begin in the middle, where the anatomy is; clips begin at the beginning. */
export function firstIndex({ frames }: FrameSet): number {
  const isClip = (frames[0]?.object.image?.frames ?? 1) > 1
  return isClip ? 0 : Math.max(0, Math.floor((frames.length - 1) / 2))
}

/** The window a frame is shown with. */
export function voiOf(state: Pick<PaneState, 'voi' | 'range'>, frame: ShownFrame): Voi {
  if (state.voi) return state.voi
  const { pixels, facts, image } = frame
  if (pixels.kind === 'rgb') return { center: 128, width: 256, shape: 'LINEAR' }
  // Bytes without a window are grey levels already.
  const isPlainBytes =
    facts.windows.length + frame.tables.length === 0 && image.bitsStored <= 8 && image.bitsStored > 1 && !facts.rescale
  if (isPlainBytes) return fullWindow({ least: 0, greatest: 2 ** image.bitsStored - 1 })
  return firstWindow(facts, frame.tables, state.range ?? pixels)
}
