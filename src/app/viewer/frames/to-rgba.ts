/**
 * A frame as 8-bit colours through a window (PS3.3 C.11.2.1.2 and C.11.2.1.3): thumbnails, and the surface without a
 * graphics processor.
 */
import { shadeOf, type Voi } from '../model/voi.ts'
import type { Displayable } from './displayable.ts'

export function toRgba(pixels: Displayable, voi: Voi, invert: boolean, out: Uint8ClampedArray): void {
  const { data } = pixels
  if (pixels.kind === 'rgb') {
    const flip = invert ? 255 : 0
    for (let at = 0, to = 0; at < data.length; at += 3, to += 4) {
      out[to] = (data[at] ?? 0) ^ flip
      out[to + 1] = (data[at + 1] ?? 0) ^ flip
      out[to + 2] = (data[at + 2] ?? 0) ^ flip
      out[to + 3] = 255
    }
    return
  }
  const grey = greyOf(voi)
  for (let at = 0, to = 0; at < data.length; at++, to += 4) {
    const level = grey(data[at] ?? 0)
    const shown = invert ? 255 - level : level
    out[to] = shown
    out[to + 1] = shown
    out[to + 2] = shown
    out[to + 3] = 255
  }
}

/** From a value to a grey level, 0 to 255. */
export function greyOf(voi: Voi): (value: number) => number {
  const shade = shadeOf(voi)
  return (value) => 255 * shade(value)
}
