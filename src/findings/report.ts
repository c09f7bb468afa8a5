/** A measurement report as values. */
import type { Coded } from './codes.ts'

export type Point = readonly [x: number, y: number]

/**
 * Drawn on one frame (PS3.3 C.18.6): columns and rows of the picture, [0, 0] at the top left corner of the first pixel.
 * An ellipse has the ends of its long axis, then those of its short one; a closed line ends where it began.
 */
export interface Shape {
  readonly graphic: 'POINT' | 'MULTIPOINT' | 'POLYLINE' | 'CIRCLE' | 'ELLIPSE'
  readonly points: readonly Point[]
  readonly image: ImageReference
}

export interface ImageReference {
  readonly sopClass: string
  readonly instance: string
  /** From 1; undefined for an object of one frame. */
  readonly frame: number | undefined
}

export interface Measured {
  readonly concept: Coded
  readonly value: number
  readonly unit: Coded
  /** Mean, least, …; undefined for a plain value. */
  readonly derivation: Coded | undefined
  /** Index of the shape it was taken from; undefined when it is of the whole finding. */
  readonly shape: number | undefined
}

/** One measurement group (TID 1501). */
export interface Finding {
  readonly trackingId: string
  /** '' where the maker gave none: it cannot be followed then. */
  readonly trackingUid: string
  /** Label of the visit (TID 1502); '' for none. */
  readonly timePoint: string
  readonly site: Coded | undefined
  /** Target, non-target or new. */
  readonly role: Coded | undefined
  readonly comment: string
  readonly shapes: readonly Shape[]
  readonly measured: readonly Measured[]
}

export interface MeasurementReport {
  readonly study: string
  readonly series: string
  readonly instance: string
  /** Content Date and Time as they stand in it. */
  readonly date: string
  readonly time: string
  readonly maker: string
  readonly observer: string
  /** Who signed it, and when (YYYYMMDDHHMMSS); undefined while nobody has. */
  readonly signed: { readonly name: string; readonly at: string } | undefined
  readonly conclusion: string
  /** Reports this one takes the place of. */
  readonly predecessors: readonly string[]
  readonly findings: readonly Finding[]
}
