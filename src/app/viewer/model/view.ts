/**
 * How a picture lies on the screen: magnification, place, turn and flip; pure arithmetic.
 *
 * Measured in device pixels, so that one image pixel on one screen pixel is zoom 1 on every display. Places are whole
 * device pixels: a picture at zoom 1 keeps its pixels.
 */

/** Clockwise quarter turns, after an optional flip left to right. */
export interface Turn {
  readonly quarter: 0 | 1 | 2 | 3
  readonly flipped: boolean
}

export interface View extends Turn {
  /** Device pixels per image column; undefined means as large as fits. */
  readonly zoom: number | undefined
  /** From the centre of the pane to the centre of the picture, in device pixels, right and down. */
  readonly pan: readonly [x: number, y: number]
}

export const FIT: View = { zoom: undefined, pan: [0, 0], quarter: 0, flipped: false }

export interface Picture {
  readonly columns: number
  readonly rows: number
  /** Height of a pixel by its width. */
  readonly aspect: number
}

/** Width and height in device pixels. */
export interface Area {
  readonly width: number
  readonly height: number
}

export const SMALLEST_ZOOM = 0.05
export const LARGEST_ZOOM = 64

/** The zoom at which the whole picture fits. */
export function fitZoom({ columns, rows, aspect }: Picture, { quarter }: Turn, area: Area): number {
  const height = rows * aspect
  const [wide, high] = quarter % 2 === 0 ? [columns, height] : [height, columns]
  return Math.max(SMALLEST_ZOOM, Math.min(area.width / wide, area.height / high))
}

export function zoomOf(view: View, picture: Picture, area: Area): number {
  return view.zoom ?? fitZoom(picture, view, area)
}

/** Zooms by a factor and keeps the point under the pointer (from the pane's centre, device pixels) where it is. */
export function zoomAt(
  view: View,
  picture: Picture,
  area: Area,
  factor: number,
  point: readonly [number, number],
): View {
  const before = zoomOf(view, picture, area)
  const zoom = Math.max(SMALLEST_ZOOM, Math.min(LARGEST_ZOOM, before * factor))
  const ratio = zoom / before
  const pan = [0, 1].map((axis) => {
    const at = point[axis] ?? 0
    return at - (at - (view.pan[axis] ?? 0)) * ratio
  })
  return { ...view, zoom, pan: [pan[0] ?? 0, pan[1] ?? 0] }
}

export function panBy(view: View, picture: Picture, area: Area, x: number, y: number): View {
  return { ...view, zoom: zoomOf(view, picture, area), pan: [view.pan[0] + x, view.pan[1] + y] }
}

/** Where the picture's first pixel comes to lie, and its size, before turn and flip: whole device pixels. */
export interface Placement {
  readonly zoom: number
  /** Centre of the picture in the pane, device pixels from its top left. */
  readonly centre: readonly [x: number, y: number]
}

export function place(view: View, picture: Picture, area: Area): Placement {
  const zoom = zoomOf(view, picture, area)
  const [wide, high] = [picture.columns * zoom, picture.rows * picture.aspect * zoom]
  const [spanX, spanY] = view.quarter % 2 === 0 ? [wide, high] : [high, wide]
  const centre = (size: number, span: number, pan: number) => Math.round(size / 2 + pan - span / 2) + span / 2
  return { zoom, centre: [centre(area.width, spanX, view.pan[0]), centre(area.height, spanY, view.pan[1])] }
}

export function turned(view: View, clockwise: 1 | -1): View {
  return { ...view, quarter: ((view.quarter + clockwise + 4) % 4) as Turn['quarter'] }
}

/**
 * Flips as seen on the screen. A view is a flip left to right (F) and then q quarter turns (R): R^q F^f. Flipping that
 * again gives F R^q F^f = R^-q F^(1-f); top to bottom is the same with half a turn more.
 */
export function flippedView(view: View, axis: 'horizontal' | 'vertical'): View {
  const quarter = ((axis === 'horizontal' ? 4 : 6) - view.quarter) % 4
  return { ...view, flipped: !view.flipped, quarter: quarter as Turn['quarter'] }
}

type Pair = readonly [x: number, y: number]

/** Where a point of the picture (its own pixels, from its top left corner) comes to lie, in device pixels from the pane's top left. */
export function toScreen(view: View, picture: Picture, area: Area, [x, y]: Pair): Pair {
  const { zoom, centre } = place(view, picture, area)
  const right = (x - picture.columns / 2) * zoom * (view.flipped ? -1 : 1)
  const down = (y - picture.rows / 2) * zoom * picture.aspect
  const [dx, dy] = quarterTurned([right, down], view.quarter)
  return [centre[0] + dx, centre[1] + dy]
}

/** The other way: what point of the picture lies there. */
export function toPicture(view: View, picture: Picture, area: Area, [x, y]: Pair): Pair {
  const { zoom, centre } = place(view, picture, area)
  const [right, down] = quarterTurned([x - centre[0], y - centre[1]], 4 - view.quarter)
  return [
    (right / zoom) * (view.flipped ? -1 : 1) + picture.columns / 2,
    down / (zoom * picture.aspect) + picture.rows / 2,
  ]
}

/** Clockwise as seen, with y pointing down. */
function quarterTurned([x, y]: Pair, quarters: number): Pair {
  const turn = quarters % 4
  return turn === 1 ? [-y, x] : turn === 2 ? [-x, -y] : turn === 3 ? [y, -x] : [x, y]
}
