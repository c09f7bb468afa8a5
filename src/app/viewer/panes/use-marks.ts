/** What is marked on a pane's picture: measurements, the region a window is taken from, and what lies under the pointer. */
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import { useBook } from '../measure/book.ts'
import { keyOfPlace, type Place } from '../measure/drawing.ts'
import { valuesOf } from '../measure/measured.ts'
import { boxStatistics, type MeasureKind, type Point } from '../measure/measurement.ts'
import { probeWords, wordsOf } from '../measure/words.ts'
import { type Area, toPicture } from '../model/view.ts'
import { fullWindow, type Voi } from '../model/voi.ts'
import type { Scene } from '../surface/surface.ts'
import type { GestureActions } from './gestures.ts'
import type { MeasurementsProps } from './Measurements.tsx'

export interface Marks {
  readonly mark: GestureActions['mark']
  readonly hover: GestureActions['hover']
  /** From the keyboard: in the middle of what is seen. */
  readonly placeOne: (tool: MeasureKind | 'region') => void
  /** The frame that stands there. */
  readonly place: Place
  readonly cancel: () => void
  readonly remove: () => void
  readonly undo: () => void
  readonly redo: () => void
  readonly probe: string
  /** What was measured last, to be spoken. */
  readonly says: string
  readonly drawing: Omit<MeasurementsProps, 'drawn' | 'area'>
  /** The box being drawn, in CSS pixels. */
  readonly region:
    | { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
    | undefined
  readonly glass: { readonly point: Point; readonly at: Point }
}

export interface MarksParts {
  readonly element: RefObject<HTMLElement | null>
  readonly drawn: Scene | undefined
  readonly area: Area
  readonly setVoi: (voi: Voi) => void
}

export function useMarks({ element, drawn, area, setVoi }: MarksParts): Marks {
  const { state, dispatch, newLesion, seen } = useBook()
  const [pointer, setPointer] = useState<Point>()
  const [box, setBox] = useState<readonly [from: Point, to: Point]>()
  const boxFrom = useRef<Point>(undefined)
  const scale = window.devicePixelRatio
  const frame = drawn?.frame
  const ref = frame?.ref
  const place = useMemo(
    (): Place => ({
      study: ref?.object.study ?? '',
      sopClass: ref?.object.sopClass ?? '',
      instance: ref?.object.sop ?? '',
      frame: (ref?.object.image?.frames ?? 1) > 1 ? ref?.frame : undefined,
    }),
    [ref],
  )
  const on = keyOfPlace(place)
  useEffect(() => {
    if (frame) seen(frame)
  }, [frame, seen])

  const pictureOf = ([x, y]: Point): Point =>
    drawn ? toPicture(drawn.view, drawn.frame.image, area, [x * scale, y * scale]) : [0, 0]
  const middle: Point = [area.width / scale / 2, area.height / scale / 2]

  function takeWindow(from: Point, to: Point) {
    const found = frame && boxStatistics(pictureOf(from), pictureOf(to), valuesOf(frame))
    if (found) setVoi(fullWindow(found))
  }

  const placed = useMemo(() => state.all.filter((one) => keyOfPlace(one.place) === on), [state.all, on])
  const chosen = placed.find(({ id }) => id === state.selected)
  const at = pointer ?? middle
  return {
    mark: (tool, phase, where) => {
      if (tool !== 'region') {
        dispatch({ type: phase, kind: tool, place, lesion: newLesion(), at: pictureOf(where) })
        return
      }
      if (phase === 'down') boxFrom.current = where
      const from = boxFrom.current
      if (!from) return
      setBox(phase === 'up' ? undefined : [from, where])
      if (phase !== 'up') return
      boxFrom.current = undefined
      takeWindow(from, where)
    },
    hover: setPointer,
    place,
    placeOne: (tool) => {
      if (tool === 'region') {
        takeWindow([0, 0], [area.width / scale, area.height / scale])
        return
      }
      const by = (x: number, y: number) => pictureOf([middle[0] + x, middle[1] + y])
      const points = {
        length: [by(-60, 0), by(60, 0)],
        bidirectional: [by(-60, 0), by(60, 0), by(0, -30), by(0, 30)],
        cobb: [by(-60, -40), by(60, -60), by(-60, 40), by(60, 60)],
        freehand: [by(-40, -40), by(40, -40), by(40, 40), by(-40, 40)],
        probe: [by(0, 0)],
        arrow: [by(0, 0), by(60, 60)],
        angle: [by(60, -60), by(-30, 30), by(60, 30)],
        ellipse: [by(-50, -50), by(50, 50)],
      }[tool]
      dispatch({ type: 'place', kind: tool, place, lesion: newLesion(), points })
    },
    cancel: () => {
      dispatch({ type: 'cancel' })
      boxFrom.current = undefined
      setBox(undefined)
    },
    remove: () => {
      dispatch({ type: 'remove', place })
      // The handle that had the focus may be gone; keys go on working from the picture.
      element.current?.focus({ preventScroll: true })
    },
    undo: () => dispatch({ type: 'undo' }),
    redo: () => dispatch({ type: 'redo' }),
    probe: pointer && frame ? probeWords(pictureOf(pointer), frame) : '',
    says: chosen && frame ? wordsOf(chosen, frame, chosen.kept?.measured).join(', ') : '',
    drawing: {
      placed,
      begun: state.begun && keyOfPlace(state.begun.place) === on ? state.begun : undefined,
      selected: state.selected,
      onHandle: (id, point, where, begins) => dispatch({ type: 'handle', id, point, at: where, begins }),
      onSelect: (id) => dispatch({ type: 'select', id }),
      pointOf: (clientX, clientY) => {
        const rect = element.current?.getBoundingClientRect()
        return pictureOf([clientX - (rect?.left ?? 0), clientY - (rect?.top ?? 0)])
      },
    },
    region: box && {
      left: Math.min(box[0][0], box[1][0]),
      top: Math.min(box[0][1], box[1][1]),
      width: Math.abs(box[1][0] - box[0][0]),
      height: Math.abs(box[1][1] - box[0][1]),
    },
    glass: { point: pictureOf(at), at },
  }
}
