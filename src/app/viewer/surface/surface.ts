/** A place where one picture is drawn. Two kinds: Cornerstone3D with the graphics processor, and a plain canvas without. */
import type { ShownFrame } from '../frames/frame-source.ts'
import type { Area, View } from '../model/view.ts'
import type { Voi } from '../model/voi.ts'

export interface Scene {
  /** As it came: what is measured and told is always of this. */
  readonly frame: ShownFrame
  /** The same frame filtered for viewing; it stands on the screen in its place. */
  readonly processed?: ShownFrame | undefined
  readonly voi: Voi
  readonly invert: boolean
  readonly view: View
}

/** What stands on the screen. */
export const pictureOf = ({ frame, processed }: Pick<Scene, 'frame' | 'processed'>): ShownFrame => processed ?? frame

export interface Surface {
  readonly kind: 'gpu' | 'canvas'
  /** Draws soon; `onDrawn` tells when the picture stands. */
  draw(scene: Scene, onDrawn: () => void): void
  /** Empties the surface: nothing old may stand under new facts. */
  clear(): void
  /** The size of the drawing in device pixels, after fitting it to its element. */
  resize(): Area
  close(): void
}

/** Between pixels, enlargement interpolates; at one pixel for one pixel nothing is invented. */
export const isSmooth = (zoom: number) => zoom !== 1
