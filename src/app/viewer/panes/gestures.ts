/**
 * What pointers do on an image: the left button (or one finger) uses the chosen tool, the right one sets the window, the
 * middle one moves, the wheel scrolls, Ctrl and wheel (or two fingers) zoom. Every act has a key as well.
 */
import { type RefObject, useEffect, useRef } from 'react'
import { MEASURE_KINDS, type MeasureKind } from '../measure/measurement.ts'
import type { Voi } from '../model/voi.ts'

export type Tool = 'scroll' | 'window' | 'zoom' | 'pan' | 'lens' | 'region' | MeasureKind

/** Tools that mark places on the picture. */
export const isMarking = (tool: Tool): tool is MeasureKind | 'region' =>
  tool === 'region' || MEASURE_KINDS.some((kind) => kind === tool)

export interface GestureActions {
  readonly scroll: (images: number) => void
  readonly window: (from: Voi, right: number, down: number) => void
  /** `at` is in CSS pixels from the centre of the element. */
  readonly zoom: (factor: number, at: readonly [number, number]) => void
  /** CSS pixels. */
  readonly pan: (right: number, down: number) => void
  /** A marking tool's pointer, in CSS pixels from the top left of the element. */
  readonly mark: (tool: MeasureKind | 'region', phase: 'down' | 'move' | 'up', at: readonly [number, number]) => void
  /** Where the pointer is; undefined when it has left. */
  readonly hover: (at: readonly [number, number] | undefined) => void
}

export interface GestureInput {
  readonly tool: Tool
  readonly voi: Voi | undefined
  readonly images: number
  readonly actions: GestureActions
}

interface Drag {
  readonly tool: Tool
  readonly startX: number
  readonly startY: number
  readonly voi: Voi | undefined
  x: number
  y: number
  scrolled: number
}

export function useGestures(element: RefObject<HTMLElement | null>, input: GestureInput): void {
  const latest = useRef(input)
  useEffect(() => {
    latest.current = input
  })

  useEffect(() => {
    const target = element.current
    if (!target) return
    const fingers = new Map<number, readonly [number, number]>()
    let drag: Drag | undefined
    let wheel = 0

    const fromCentre = (x: number, y: number): readonly [number, number] => {
      const box = target.getBoundingClientRect()
      return [x - box.left - box.width / 2, y - box.top - box.height / 2]
    }

    const fromCorner = (event: PointerEvent): readonly [number, number] => {
      const box = target.getBoundingClientRect()
      return [event.clientX - box.left, event.clientY - box.top]
    }

    function down(event: PointerEvent) {
      if (!target) return
      // The end of a measurement moves by itself.
      if (event.target instanceof Element && event.target.closest('[data-handle]')) return
      target.focus({ preventScroll: true })
      target.setPointerCapture(event.pointerId)
      fingers.set(event.pointerId, [event.clientX, event.clientY])
      const tool = event.button === 2 ? 'window' : event.button === 1 ? 'pan' : latest.current.tool
      const { clientX: x, clientY: y } = event
      drag = fingers.size > 1 ? undefined : { tool, startX: x, startY: y, x, y, voi: latest.current.voi, scrolled: 0 }
      if (drag && isMarking(tool)) latest.current.actions.mark(tool, 'down', fromCorner(event))
      event.preventDefault()
    }

    function move(event: PointerEvent) {
      const { actions, tool } = latest.current
      actions.hover(fromCorner(event))
      // The second arm of an angle follows the pointer without a press.
      if (!drag && fingers.size === 0 && isMarking(tool)) actions.mark(tool, 'move', fromCorner(event))
      const before = fingers.get(event.pointerId)
      if (!before) return
      if (fingers.size === 2) pinch(event, before)
      fingers.set(event.pointerId, [event.clientX, event.clientY])
      if (drag) dragTo(drag, event)
    }

    function pinch(event: PointerEvent, before: readonly [number, number]) {
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1]
      if (!other) return
      const now = [event.clientX, event.clientY] as const
      const apart = (a: readonly [number, number]) => Math.hypot(a[0] - other[0], a[1] - other[1])
      const { actions } = latest.current
      actions.zoom(
        apart(now) / Math.max(1, apart(before)),
        fromCentre((now[0] + other[0]) / 2, (now[1] + other[1]) / 2),
      )
      actions.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2)
    }

    function dragTo(drag: Drag, event: PointerEvent) {
      const { clientX: x, clientY: y } = event
      const { actions, images } = latest.current
      const [right, downward] = [x - drag.x, y - drag.y]
      drag.x = x
      drag.y = y
      if (drag.tool === 'pan') actions.pan(right, downward)
      if (drag.tool === 'window' && drag.voi) actions.window(drag.voi, x - drag.startX, y - drag.startY)
      if (drag.tool === 'zoom') actions.zoom(1.006 ** -downward, fromCentre(drag.startX, drag.startY))
      if (isMarking(drag.tool)) actions.mark(drag.tool, 'move', fromCorner(event))
      if (drag.tool === 'scroll') {
        // The height of the pane runs through the whole set, but no slower than 24 pixels an image.
        const step = Math.max(2, Math.min(24, (target?.clientHeight ?? 500) / Math.max(1, images)))
        const to = Math.trunc((y - drag.startY) / step)
        if (to !== drag.scrolled) actions.scroll(to - drag.scrolled)
        drag.scrolled = to
      }
    }

    function up(event: PointerEvent) {
      fingers.delete(event.pointerId)
      if (drag && isMarking(drag.tool)) latest.current.actions.mark(drag.tool, 'up', fromCorner(event))
      drag = undefined
    }

    function turn(event: WheelEvent) {
      event.preventDefault()
      const { actions } = latest.current
      if (event.ctrlKey || event.metaKey) {
        actions.zoom(1.0015 ** -pixels(event), fromCentre(event.clientX, event.clientY))
        return
      }
      // Wheels turn in notches of about 100, trackpads in many small steps: both come to whole images.
      wheel += pixels(event)
      const images = Math.abs(wheel) >= 40 ? Math.sign(wheel) * Math.max(1, Math.round(Math.abs(wheel) / 100)) : 0
      if (images === 0) return
      wheel = 0
      actions.scroll(images)
    }

    const leave = () => latest.current.actions.hover(undefined)
    const stay = (event: Event) => event.preventDefault()
    target.addEventListener('pointerdown', down)
    target.addEventListener('pointermove', move)
    target.addEventListener('pointerup', up)
    target.addEventListener('pointercancel', up)
    target.addEventListener('pointerleave', leave)
    target.addEventListener('wheel', turn, { passive: false })
    target.addEventListener('contextmenu', stay)
    return () => {
      target.removeEventListener('pointerdown', down)
      target.removeEventListener('pointermove', move)
      target.removeEventListener('pointerup', up)
      target.removeEventListener('pointercancel', up)
      target.removeEventListener('pointerleave', leave)
      target.removeEventListener('wheel', turn)
      target.removeEventListener('contextmenu', stay)
    }
  }, [element])
}

const LINE = 40
const pixels = ({ deltaY, deltaMode }: WheelEvent) =>
  deltaMode === 1 ? deltaY * LINE : deltaMode === 2 ? deltaY * 400 : deltaY
