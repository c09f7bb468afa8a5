/**
 * What a frame looks like to somebody without a viewer (PS3.18 section 8.7.4): the transforms the data set asks for, as
 * plain values that can be handed to a worker, and the picture they make of a decoded frame.
 */
import type { Bytes } from '../base/bytes.ts'
import type { DataSet } from '../dicom/data-set.ts'
import { type Palette, paletteOf, renderColour } from './colour.ts'
import { storedValues } from './frame.ts'
import type { Corners } from './graphics.ts'
import type { ColourSpace } from './icc.ts'
import type { DecodedFrame, ImageDescription } from './image.ts'
import type { Presentation } from './presentation.ts'
import { type Modality, modalityOf, renderGrey, transformSets, type Voi, voiOf, type Window } from './windowing.ts'

export type Rendering =
  /** Without `voi`: from the darkest to the lightest value there is. Without `lut`: by the photometric interpretation. */
  | {
      readonly kind: 'grey'
      readonly modality: Modality
      readonly voi: Voi | undefined
      readonly lut?: Presentation['lut'] | undefined
    }
  | { readonly kind: 'colour'; readonly palette: Palette | undefined }

export type PictureType = 'image/jpeg' | 'image/png' | 'image/gif'

/** A part of the source image in its pixels, perhaps mirrored. */
export interface Region {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly mirrored: boolean
  readonly upsideDown: boolean
}

export interface PictureOptions {
  readonly type: PictureType
  /** 1 to 100, of JPEG. */
  readonly quality: number
  readonly region?: Region
  /** Scaled to fit, larger or smaller, its proportions kept. */
  readonly within?: { readonly width: number; readonly height: number }
  /** Text in the corners. */
  readonly corners?: Corners
  /** What part is shown, how it is turned, shutters and graphics; then there is no `region`. */
  readonly presentation?: Presentation
  /** The colours it is given in, said by a profile in it; `own`: those of the image, with its own profile. */
  readonly colours?: {
    readonly space: ColourSpace | 'own'
    /** The image's own, when it has one. */
    readonly profile: Bytes | undefined
  }
}

/** Eight bits a sample: grey, or red, green and blue. */
export interface Picture {
  readonly bytes: Bytes
  readonly channels: 1 | 3
}

/**
 * @param frame         number from 1: enhanced objects have transforms of their own for each
 * @param window        in place of what the data set, or the presentation, asks for
 * @param presentation  its transforms are in place of the data set's (PS3.4 N.2)
 */
export function renderingOf(
  dataSet: DataSet,
  image: ImageDescription,
  frame: number,
  window?: Window,
  presentation?: Presentation,
): Rendering {
  if (!image.photometricInterpretation.startsWith('MONOCHROME'))
    return { kind: 'colour', palette: paletteOf(dataSet, image.signed) }
  const sets = transformSets(dataSet, frame)
  const modality = presentation?.modality ?? modalityOf(sets.modality, image)
  const lut = presentation?.lut
  if (window !== undefined) return { kind: 'grey', modality, voi: { kind: 'window', window }, lut }
  if (presentation !== undefined) return { kind: 'grey', modality, voi: presentation.voi, lut }
  // A table's first entry is for a value that has left the modality transform (PS3.3 C.11.2.1.1).
  const signed = modality.kind === 'rescale' && (image.signed || modality.intercept < 0)
  return { kind: 'grey', modality, voi: voiOf(sets.voi, signed), lut }
}

/** Undefined for what cannot be shown so: other colour models, a palette image without its palette. */
export function renderPicture(frame: DecodedFrame, image: ImageDescription, rendering: Rendering): Picture | undefined {
  if (rendering.kind === 'colour') {
    const bytes = renderColour(frame, image, rendering.palette)
    return bytes && { bytes, channels: 3 }
  }
  const values = storedValues(frame.bytes, image)
  return { bytes: renderGrey(values, image, rendering.modality, rendering.voi, rendering.lut), channels: 1 }
}
