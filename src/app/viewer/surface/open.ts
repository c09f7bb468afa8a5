/** Opens the best surface this browser has. */
import { openCanvasSurface } from './canvas-surface.ts'
import { openCornerstoneSurface } from './cornerstone-surface.ts'
import type { Surface } from './surface.ts'

/** Without WebGL 2, or when it fails to start, the plain canvas draws. */
export function openSurface(element: HTMLDivElement): Surface {
  if (hasWebGl()) {
    try {
      return openCornerstoneSurface(element)
    } catch (error) {
      console.warn('The graphics processor cannot be used; drawing without it.', error)
      element.replaceChildren()
    }
  }
  return openCanvasSurface(element)
}

function hasWebGl(): boolean {
  const context = document.createElement('canvas').getContext('webgl2')
  context?.getExtension('WEBGL_lose_context')?.loseContext()
  return context !== null
}
