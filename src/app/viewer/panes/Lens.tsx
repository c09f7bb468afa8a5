/** A round glass under the pointer: the picture itself two and a half times larger, not the screen's pixels blown up. */
import { useEffect, useRef } from 'react'
import type { Displayable } from '../frames/displayable.ts'
import { toRgba } from '../frames/to-rgba.ts'
import type { Point } from '../measure/measurement.ts'
import { isMonochrome1 } from '../surface/canvas-surface.ts'
import { pictureOf, type Scene } from '../surface/surface.ts'
import styles from './Measurements.module.css'

const SIZE = 220 // CSS pixels
const TIMES = 2.5

export interface LensProps {
  readonly drawn: Scene
  readonly zoom: number
  /** The point of the picture under it, and where that is in CSS pixels of the pane. */
  readonly point: Point
  readonly at: Point
}

export function Lens({ drawn, zoom, point, at }: LensProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    const { voi, invert, view } = drawn
    const frame = pictureOf(drawn)
    const size = Math.round(SIZE * window.devicePixelRatio)
    const glass = zoom * TIMES
    context.canvas.width = size
    context.canvas.height = size
    // Turned by a quarter the circle needs the same square; one pixel more on each side for what lies half inside.
    const [reachX, reachY] = [size / 2 / glass + 1, size / 2 / (glass * frame.image.aspect) + 1]
    const reach = Math.max(reachX, reachY)
    const left = Math.max(0, Math.floor(point[0] - reach))
    const top = Math.max(0, Math.floor(point[1] - reach))
    const right = Math.min(frame.image.columns, Math.ceil(point[0] + reach))
    const bottom = Math.min(frame.image.rows, Math.ceil(point[1] + reach))
    if (right <= left || bottom <= top) return
    const [columns, rows] = [right - left, bottom - top]
    const piece = new OffscreenCanvas(columns, rows)
    const pieceContext = piece.getContext('2d')
    if (!pieceContext) return
    const shown = pieceContext.createImageData(columns, rows)
    const cut = cutOut(frame.pixels, frame.image.columns, { left, top, columns, rows })
    toRgba(cut, voi, invert !== isMonochrome1(frame.image.photometricInterpretation), shown.data)
    pieceContext.putImageData(shown, 0, 0)
    context.translate(size / 2, size / 2)
    context.rotate((view.quarter * Math.PI) / 2)
    context.scale(view.flipped ? -glass : glass, glass * frame.image.aspect)
    context.imageSmoothingQuality = 'high'
    context.drawImage(piece, left - point[0], top - point[1])
  }, [drawn, zoom, point])
  return (
    <canvas
      ref={canvas}
      className={styles.lens}
      data-lens=""
      style={{ width: SIZE, height: SIZE, left: at[0] - SIZE / 2, top: at[1] - SIZE / 2 }}
    />
  )
}

interface Piece {
  readonly left: number
  readonly top: number
  readonly columns: number
  readonly rows: number
}

function cutOut(pixels: Displayable, width: number, { left, top, columns, rows }: Piece): Displayable {
  const samples = pixels.kind === 'rgb' ? 3 : 1
  const data = pixels.data.slice(0, 0)
  const cut = new (data.constructor as new (length: number) => typeof pixels.data)(columns * rows * samples)
  for (let row = 0; row < rows; row++) {
    const start = ((top + row) * width + left) * samples
    cut.set(pixels.data.subarray(start, start + columns * samples), row * columns * samples)
  }
  return { ...pixels, data: cut } as Displayable
}
