/** A surface on an element, as large as the element; told what to draw whenever that changes. */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Area } from '../model/view.ts'
import { openSurface } from '../surface/open.ts'
import type { Scene, Surface } from '../surface/surface.ts'

export interface SurfaceState {
  readonly area: Area
  /** The scene that stands on the screen, drawn and done. */
  readonly drawn: Scene | undefined
  readonly kind: Surface['kind'] | undefined
}

const NO_AREA: Area = { width: 1, height: 1 }

export function useSurface(element: RefObject<HTMLDivElement | null>, scene: Scene | undefined): SurfaceState {
  const surface = useRef<Surface>(undefined)
  const [state, setState] = useState<SurfaceState>({ area: NO_AREA, drawn: undefined, kind: undefined })

  useLayoutEffect(() => {
    if (!element.current) return
    const opened = openSurface(element.current)
    surface.current = opened
    const resize = () => {
      const area = opened.resize()
      setState((state) => ({ ...state, area, kind: opened.kind }))
    }
    resize()
    const observer = new ResizeObserver(resize)
    observer.observe(element.current)
    return () => {
      observer.disconnect()
      opened.close()
      surface.current = undefined
    }
  }, [element])

  const onDrawn = useCallback((drawn: Scene) => setState((state) => ({ ...state, drawn })), [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a resized surface must draw again
  useEffect(() => {
    const on = surface.current
    if (!on) return
    if (scene) on.draw(scene, () => onDrawn(scene))
    else {
      on.clear()
      setState((state) => (state.drawn ? { ...state, drawn: undefined } : state))
    }
  }, [scene, state.area, onDrawn])

  return state
}
