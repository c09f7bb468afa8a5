/** Shapes of what a reader leaves in a study beside measurements: saved views and key images. */
import { z } from 'zod'

const Image = z.object({
  instance: z.string().min(1).max(64),
  /** From 1; empty for all frames. */
  frames: z.array(z.number().int().positive()).max(5000),
})
const Images = z.array(Image).min(1).max(2000)
/** Columns and rows of the image, from its top left corner. */
const Point = z.tuple([z.number(), z.number()])
/** Columns and rows counted from 1, perhaps beyond the image. */
const Pixel = z.tuple([z.number().int().min(-100_000).max(100_000), z.number().int().min(-100_000).max(100_000)])

export const SaveView = z.object({
  name: z.string().trim().min(1).max(64),
  images: Images,
  /** Null for pictures in colour. */
  grey: z
    .object({
      window: z.object({
        center: z.number(),
        width: z.number().positive(),
        function: z.enum(['LINEAR', 'LINEAR_EXACT', 'SIGMOID']),
      }),
      rescale: z.object({ slope: z.number(), intercept: z.number() }).nullable(),
      inverse: z.boolean(),
    })
    .nullable(),
  rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  /** After it is turned, left to right. */
  flipped: z.boolean(),
  /** Which pixel stands top left of the picture, and which bottom right. */
  area: z.object({ from: Pixel, to: Pixel }),
  spacing: z.tuple([z.number().positive(), z.number().positive()]).nullable(),
  aspect: z.number().positive(),
  drawn: z
    .array(
      z.object({
        instance: z.string().min(1).max(64),
        frame: z.number().int().positive().nullable(),
        shapes: z
          .array(z.object({ kind: z.enum(['POINT', 'POLYLINE', 'ELLIPSE']), points: z.array(Point).min(1).max(5000) }))
          .max(100),
        words: z.array(z.object({ lines: z.array(z.string().max(200)).min(1).max(20), at: Point })).max(100),
      }),
    )
    .max(2000),
})
export type SaveView = z.infer<typeof SaveView>

export const SaveKeyImages = z.object({
  title: z.enum(['interest', 'referrer', 'surgery', 'teaching', 'conference']),
  words: z.string().trim().max(1000),
  images: Images,
})
export type SaveKeyImages = z.infer<typeof SaveKeyImages>

export const SavedObject = z.object({ instance: z.string(), series: z.string() })
