/** The picture of a pane as a view to be saved: what `presented.ts` reads again. */
import type { SaveView } from '../../../api/views.ts'
import type { Placed } from '../measure/drawing.ts'
import type { MeasureKind, Point } from '../measure/measurement.ts'
import type { Scene } from '../surface/surface.ts'
import type { FrameRef, FrameSet } from './frame-sets.ts'
import { readFrame } from './image.ts'
import { turnedAs } from './presented-view.ts'
import { type Area, toPicture } from './view.ts'

/** What one view may name. */
const MOST = 2000

export interface ToSave {
  readonly body: SaveView
  /** How many of the frames of the set it covers: those of the same size and the same transform of values. */
  readonly covers: number
}

/**
 * @param wordsOf  what stands beside a measurement
 * @returns        undefined when it is shown through a table, which is not written
 */
export function viewToSave(
  name: string,
  set: FrameSet,
  { frame, voi, invert, view }: Scene,
  area: Area,
  placed: readonly Placed[],
  wordsOf: (one: Placed) => readonly string[],
): ToSave | undefined {
  const { image, facts, pixels } = frame
  if (pixels.kind === 'values' && (voi.shape === 'TABLE' || frame.ref.object.json['00283000'] !== undefined))
    return undefined
  const frames = alike(set, frame.ref)
  const covered = new Set(frames.map(({ object, frame: number }) => `${object.sop} ${number}`))
  const isMonochrome1 = image.photometricInterpretation === 'MONOCHROME1'
  const [row, column] = facts.spacing
  const { rescale } = facts
  const body: SaveView = {
    name,
    images: imagesOf(frames),
    grey:
      pixels.kind === 'values'
        ? {
            window: { center: voi.center, width: voi.width, function: voi.shape === 'TABLE' ? 'LINEAR' : voi.shape },
            rescale: rescale ? { slope: rescale.slope, intercept: rescale.intercept } : null,
            inverse: invert !== isMonochrome1,
          }
        : null,
    ...turnedAs(view),
    area: areaOf(view, image, area),
    spacing: row !== undefined && column !== undefined ? [row, column] : null,
    aspect: image.aspect,
    drawn: placed
      .filter(({ place }) => covered.has(`${place.instance} ${place.frame ?? 1}`))
      .map((one) => ({
        instance: one.place.instance,
        frame: one.place.frame ?? null,
        shapes: shapesOf(one.kind, one.points),
        words: [{ lines: [one.lesion.name, ...wordsOf(one)], at: pair(one.points.at(-1) ?? [0, 0]) }],
      })),
  }
  return { body, covers: frames.length }
}

/** Frames that the same window and the same part fit; of very many those around the one shown. */
function alike({ frames }: FrameSet, shown: FrameRef): readonly FrameRef[] {
  const { image } = shown.object
  const own = readFrame(shown.object.json, shown.frame).rescale
  const fitting = frames.filter(({ object, frame }) => {
    const { rescale } = readFrame(object.json, frame)
    return (
      object.image?.rows === image?.rows &&
      object.image?.columns === image?.columns &&
      rescale?.slope === own?.slope &&
      rescale?.intercept === own?.intercept
    )
  })
  const from = Math.max(0, Math.min(fitting.indexOf(shown) - MOST / 2, fitting.length - MOST))
  return fitting.slice(from, from + MOST)
}

function imagesOf(frames: readonly FrameRef[]): SaveView['images'] {
  return [...Map.groupBy(frames, ({ object }) => object)].map(([object, refs]) => ({
    instance: object.sop,
    frames: refs.length === (object.image?.frames ?? 1) ? [] : refs.map(({ frame }) => frame),
  }))
}

/** Which pixels stand in the corners: of the whole image when it fits, else of what is seen. */
function areaOf(view: Scene['view'], picture: Scene['frame']['image'], pane: Area): SaveView['area'] {
  const { columns, rows } = picture
  const whole = view.zoom === undefined
  const corner = (x: number, y: number): Point => {
    const [column, row] = toPicture(view, picture, pane, [x, y])
    return whole ? [column > columns / 2 ? columns : 0, row > rows / 2 ? rows : 0] : [column, row]
  }
  const [from, to] = [corner(0, 0), corner(pane.width, pane.height)]
  // Pixels are counted from 1 and both are shown: the lesser end is the one after its edge, the greater that before.
  const pixel = (one: number, other: number) => (one < other ? Math.round(one) + 1 : Math.round(one))
  const ends = (axis: 0 | 1) => [pixel(from[axis], to[axis]), pixel(to[axis], from[axis])] as const
  const [x, y] = [ends(0), ends(1)]
  return { from: [x[0], y[0]], to: [x[1], y[1]] }
}

type Shapes = SaveView['drawn'][number]['shapes']
const pair = ([x, y]: Point): [number, number] => [x, y]
const line = (points: readonly Point[]): Shapes[number] => ({ kind: 'POLYLINE', points: points.map(pair) })

function shapesOf(kind: MeasureKind, points: readonly Point[]): Shapes {
  const [first = [0, 0], second = [0, 0]] = points
  if (kind === 'probe') return [{ kind: 'POINT', points: [pair(first)] }]
  if (kind === 'freehand') return [line([...points, first])]
  if (kind === 'bidirectional' || kind === 'cobb') return [line(points.slice(0, 2)), line(points.slice(2, 4))]
  if (kind !== 'ellipse') return [line(points)]
  // Ends of the axes: the longer first (PS3.3 C.10.5.1.2).
  const [mx, my] = [(first[0] + second[0]) / 2, (first[1] + second[1]) / 2]
  const across: [number, number][] = [
    [first[0], my],
    [second[0], my],
  ]
  const down: [number, number][] = [
    [mx, first[1]],
    [mx, second[1]],
  ]
  const wide = Math.abs(first[0] - second[0]) >= Math.abs(first[1] - second[1])
  return [{ kind: 'ELLIPSE', points: wide ? [...across, ...down] : [...down, ...across] }]
}
