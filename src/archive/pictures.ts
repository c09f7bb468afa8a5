/** What is asked of a picture, and what a presentation state shows: types of the archive's face. */
import type { Annotation } from '../pixels/annotation.ts'
import type { ColourSpace } from '../pixels/icc.ts'
import type { PictureOptions } from '../pixels/rendering.ts'
import type { Window } from '../pixels/windowing.ts'
import type { InstanceRecord } from './archive.ts'

export interface PictureAsk extends Pick<PictureOptions, 'type' | 'quality' | 'region' | 'within'> {
  /** In place of what the data set asks for; of monochrome images. */
  readonly window?: Window
  /** What is written into it. */
  readonly annotations?: readonly Annotation[]
  /** The colours it is given in, said by a profile in it. */
  readonly colours?: ColourSpace | 'own'
  /** A presentation state it is shown by; then there is no `region`. */
  readonly state?: InstanceRecord
}

/** The images a presentation state shows. */
export interface Presented {
  readonly images: readonly { readonly record: InstanceRecord; readonly frames: readonly number[] }[]
  /** How many it names that are not here. */
  readonly absent: number
  /** What it asks for that is not carried out, in words. */
  readonly lacking: readonly string[]
}
