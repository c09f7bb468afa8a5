/**
 * What a frame looks like to somebody without a viewer (PS3.18 section 8.7.4): the transforms the data set asks for, as
 * plain values that can be handed to a worker, and the picture they make of a decoded frame.
 */
import type { Bytes } from '../base/bytes.ts'
import type { DataSet } from '../dicom/data-set.ts'
import { type Palette, paletteOf, renderColour } from './colour.ts'
import { storedValues } from './frame.ts'
import type { DecodedFrame, ImageDescription } from './image.ts'
import { type Modality, modalityOf, renderGrey, transformSets, type Voi, voiOf, type Window } from './windowing.ts'

export type Rendering =
  /** Without `voi`: from the darkest to the lightest value there is. */
  | { readonly kind: 'grey'; readonly modality: Modality; readonly voi: Voi | undefined }
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
}

/** Eight bits a sample: grey, or red, green and blue. */
export interface Picture {
  readonly bytes: Bytes
  readonly channels: 1 | 3
}

/**
 * @param frame   number from 1: enhanced objects have transforms of their own for each
 * @param window  in place of what the data set asks for
 */
export function renderingOf(dataSet: DataSet, image: ImageDescription, frame: number, window?: Window): Rendering {
  if (!image.photometricInterpretation.startsWith('MONOCHROME'))
    return { kind: 'colour', palette: paletteOf(dataSet, image.signed) }
  const sets = transformSets(dataSet, frame)
  const modality = modalityOf(sets.modality, image)
  if (window !== undefined) return { kind: 'grey', modality, voi: { kind: 'window', window } }
  // A table's first entry is for a value that has left the modality transform (PS3.3 C.11.2.1.1).
  const signed = modality.kind === 'rescale' && (image.signed || modality.intercept < 0)
  return { kind: 'grey', modality, voi: voiOf(sets.voi, signed) }
}

/** Undefined for what cannot be shown so: other colour models, a palette image without its palette. */
export function renderPicture(frame: DecodedFrame, image: ImageDescription, rendering: Rendering): Picture | undefined {
  if (rendering.kind === 'colour') {
    const bytes = renderColour(frame, image, rendering.palette)
    return bytes && { bytes, channels: 3 }
  }
  const values = storedValues(frame.bytes, image)
  return { bytes: renderGrey(values, image, rendering.modality, rendering.voi), channels: 1 }
}
