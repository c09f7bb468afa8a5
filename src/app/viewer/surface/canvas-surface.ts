/** Draws with the 2D canvas alone, for browsers without WebGL: slower, the same picture. */
import { toRgba } from '../frames/to-rgba.ts'
import { place } from '../model/view.ts'
import { sameVoi } from '../model/voi.ts'
import { isSmooth, pictureOf, type Scene, type Surface } from './surface.ts'

export function openCanvasSurface(element: HTMLElement): Surface {
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d')
  const picture = document.createElement('canvas')
  const pictureContext = picture.getContext('2d')
  element.append(canvas)
  let painted: Pick<Scene, 'frame' | 'voi' | 'invert'> | undefined // its frame is the one on the screen
  let frameRequest = 0

  function paint(scene: Scene): void {
    const { voi, invert } = scene
    const frame = pictureOf(scene)
    if (!pictureContext) return
    if (painted?.frame === frame && painted.invert === invert && sameVoi(painted.voi, voi)) return
    picture.width = frame.image.columns
    picture.height = frame.image.rows
    const image = pictureContext.createImageData(picture.width, picture.height)
    toRgba(frame.pixels, voi, invert !== isMonochrome1(frame.image.photometricInterpretation), image.data)
    pictureContext.putImageData(image, 0, 0)
    painted = { frame, voi, invert }
  }

  return {
    kind: 'canvas',
    draw(scene, onDrawn) {
      cancelAnimationFrame(frameRequest)
      frameRequest = requestAnimationFrame(() => {
        if (!context) return
        paint(scene)
        const { image } = scene.frame
        const { zoom, centre } = place(scene.view, image, canvas)
        context.setTransform(1, 0, 0, 1, 0, 0)
        context.clearRect(0, 0, canvas.width, canvas.height)
        context.translate(centre[0], centre[1])
        context.rotate((scene.view.quarter * Math.PI) / 2)
        context.scale(scene.view.flipped ? -zoom : zoom, zoom * image.aspect)
        context.imageSmoothingEnabled = isSmooth(zoom)
        context.imageSmoothingQuality = 'high'
        context.drawImage(picture, -image.columns / 2, -image.rows / 2)
        onDrawn()
      })
    },
    clear() {
      cancelAnimationFrame(frameRequest)
      context?.setTransform(1, 0, 0, 1, 0, 0)
      context?.clearRect(0, 0, canvas.width, canvas.height)
    },
    resize() {
      const scale = window.devicePixelRatio
      canvas.width = Math.max(1, Math.round(element.clientWidth * scale))
      canvas.height = Math.max(1, Math.round(element.clientHeight * scale))
      canvas.style.width = `${canvas.width / scale}px`
      canvas.style.height = `${canvas.height / scale}px`
      return { width: canvas.width, height: canvas.height }
    },
    close() {
      cancelAnimationFrame(frameRequest)
      canvas.remove()
    },
  }
}

export const isMonochrome1 = (photometric: string) => photometric === 'MONOCHROME1'
