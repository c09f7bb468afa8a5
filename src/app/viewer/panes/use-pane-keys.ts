/** The keys of a pane. */
import { type Shortcut, useShortcuts } from '../../shell/keys.ts'
import type { Preset } from '../model/voi.ts'
import { isMarking, type Tool } from './gestures.ts'
import type { Cine } from './use-cine.ts'
import type { Marks } from './use-marks.ts'
import type { PaneActions } from './use-pane-actions.ts'

export interface PaneKeys {
  readonly actions: PaneActions
  readonly presets: readonly Preset[]
  readonly count: number
  readonly setTool: (tool: Tool) => void
  readonly cine: Cine
  readonly toggleOverlays: () => void
  readonly toggleEnhance: () => void
  readonly toggleMeasure: () => void
  readonly toggleKeep: () => void
  readonly markKeyImage: () => void
  readonly holdOriginal: () => void
  readonly trueSize: () => void
  readonly tool: Tool
  readonly marks: Marks
  /** Of two panes one takes the keys. */
  readonly active: boolean
}

const PAN_PX = 40
const ZOOM_STEP = 1.25
/** One press moves the window by a fiftieth of its width. */
const WINDOW_STEP = 10

export function usePaneKeys(parts: PaneKeys): void {
  const {
    actions,
    presets,
    count,
    tool,
    setTool,
    cine,
    toggleOverlays,
    toggleEnhance,
    toggleMeasure,
    toggleKeep,
    markKeyImage,
    holdOriginal,
    trueSize,
    marks,
    active,
  } = parts
  // A pane that does not take keys lists none, and so stands in no help.
  const useListed = (title: string, shortcuts: readonly Shortcut[]) => useShortcuts(title, active ? shortcuts : [])
  useListed('Image', [
    { keys: ['ArrowDown', 'ArrowRight'], does: 'Next image', run: () => actions.scroll(1) },
    { keys: ['ArrowUp', 'ArrowLeft'], does: 'Image before', run: () => actions.scroll(-1) },
    { keys: ['Shift+PageDown'], does: 'Ten images on', run: () => actions.scroll(10) },
    { keys: ['Shift+PageUp'], does: 'Ten images back', run: () => actions.scroll(-10) },
    { keys: ['Home'], does: 'First image', run: () => actions.go(0) },
    { keys: ['End'], does: 'Last image', run: () => actions.go(count - 1) },
    { keys: ['c'], does: 'Play and stop', run: cine.toggle },
  ])
  useListed('Window', [
    ...presets.map((preset, at) => ({
      keys: [String(at + 1)],
      does: preset.shape === 'TABLE' ? preset.says : `${preset.says} (W ${preset.width} L ${preset.center})`,
      run: () => actions.choosePreset(at),
    })),
    { keys: ['Alt+Shift+ArrowRight'], does: 'Wider', run: () => actions.nudgeVoi(WINDOW_STEP, 0) },
    { keys: ['Alt+Shift+ArrowLeft'], does: 'Narrower', run: () => actions.nudgeVoi(-WINDOW_STEP, 0) },
    { keys: ['Alt+Shift+ArrowUp'], does: 'Brighter', run: () => actions.nudgeVoi(0, -WINDOW_STEP) },
    { keys: ['Alt+Shift+ArrowDown'], does: 'Darker', run: () => actions.nudgeVoi(0, WINDOW_STEP) },
    { keys: ['i'], does: 'Invert', run: actions.invert },
  ])
  useListed('Zoom and place', [
    { keys: ['+'], does: 'Larger', run: () => actions.zoomCentre(ZOOM_STEP) },
    { keys: ['-'], does: 'Smaller', run: () => actions.zoomCentre(1 / ZOOM_STEP) },
    { keys: ['='], does: 'Fit', run: actions.fit },
    { keys: ['Shift+o'], does: 'One image pixel on one screen pixel', run: actions.oneToOne },
    { keys: ['t'], does: 'True size, as large as it is in the body', run: trueSize },
    { keys: ['Shift+ArrowRight'], does: 'Move right', run: () => actions.pan(PAN_PX, 0) },
    { keys: ['Shift+ArrowLeft'], does: 'Move left', run: () => actions.pan(-PAN_PX, 0) },
    { keys: ['Shift+ArrowDown'], does: 'Move down', run: () => actions.pan(0, PAN_PX) },
    { keys: ['Shift+ArrowUp'], does: 'Move up', run: () => actions.pan(0, -PAN_PX) },
    { keys: ['r'], does: 'Turn right', run: () => actions.turn(1) },
    { keys: ['l'], does: 'Turn left', run: () => actions.turn(-1) },
    { keys: ['h'], does: 'Flip left to right', run: () => actions.flip('horizontal') },
    { keys: ['v'], does: 'Flip top to bottom', run: () => actions.flip('vertical') },
    { keys: ['Space'], does: 'As it came: window, size, place', run: actions.reset },
  ])
  useListed('Left button', [
    { keys: ['s'], does: 'scrolls', run: () => setTool('scroll') },
    { keys: ['Shift+w'], does: 'sets the window', run: () => setTool('window') },
    { keys: ['w'], does: 'takes the window from a region', run: () => setTool('region') },
    { keys: ['z'], does: 'zooms', run: () => setTool('zoom') },
    { keys: ['Shift+m'], does: 'moves', run: () => setTool('pan') },
    { keys: ['m'], does: 'magnifies under the pointer', run: () => setTool(tool === 'lens' ? 'scroll' : 'lens') },
    { keys: ['u'], does: 'Facts on the image on and off', run: toggleOverlays },
    { keys: ['e'], does: 'Enhance: filters for viewing', run: toggleEnhance },
    { keys: ['o'], does: 'The original, for as long as it is held', run: holdOriginal },
  ])
  useListed('Measure', [
    { keys: ['d'], does: 'Length', run: () => setTool('length') },
    { keys: ['b'], does: 'Two axes: long, and short across it', run: () => setTool('bidirectional') },
    { keys: ['a'], does: 'Angle', run: () => setTool('angle') },
    { keys: ['Shift+a'], does: 'Cobb angle: between two lines', run: () => setTool('cobb') },
    { keys: ['q'], does: 'Ellipse with mean and deviation', run: () => setTool('ellipse') },
    { keys: ['Shift+q'], does: 'Outline drawn by hand', run: () => setTool('freehand') },
    { keys: ['x'], does: 'Value of a point', run: () => setTool('probe') },
    { keys: ['Shift+d'], does: 'Arrow with words', run: () => setTool('arrow') },
    { keys: ['n'], does: 'Measurements, to name and keep them', run: toggleMeasure },
    { keys: ['Shift+k'], does: 'Mark the image as a key image, or take the mark away', run: markKeyImage },
    { keys: ['Shift+v'], does: 'Keep the view and the key images', run: toggleKeep },
    ...(isMarking(tool)
      ? [
          {
            keys: ['Enter'],
            does:
              tool === 'region' ? 'Take the window from what is seen' : 'Put one in the middle, to be moved by keys',
            run: () => marks.placeOne(tool),
          },
          {
            keys: ['Escape'],
            does: 'Back to scrolling',
            run: () => {
              marks.cancel()
              setTool('scroll')
            },
          },
        ]
      : []),
    { keys: ['Backspace', 'Delete'], does: 'Remove the measurement chosen, or the last', run: marks.remove },
    { keys: ['Ctrl+z'], does: 'Take back', run: marks.undo },
    { keys: ['Ctrl+y', 'Ctrl+Shift+z'], does: 'Do again', run: marks.redo },
  ])
}
