/**
 * How the received file comes back from the stored one, to the bit (product section 5, "Compression that can be undone").
 *
 * A recipe is literal bytes before and after the pixels and a rule for the pixels. It wants a decoder and nothing else: no
 * encoder, no dictionary of tags, no knowledge of VRs. It stands beside the stored file as JSON; the shapes here are on
 * disk for ever (docs/disk-layout.md).
 */

export interface Literal {
  /** Bytes it inflates to. */
  readonly length: number
  /** Raw deflate (RFC 1951), base64; the preset dictionary is the range `dictionary` of the stored file. */
  readonly deflate: string
}

export interface Recipe {
  readonly v: 1
  readonly original: { readonly length: number; readonly sha256: string }
  /** Bytes of the stored file: start and end. At most 32 KiB. */
  readonly dictionary: readonly [number, number]
  readonly head: Literal
  readonly pixels: {
    readonly codec: 'htj2k'
    readonly frames: number
    /** Bytes of one frame as received. */
    readonly frameLength: number
    /** Colour by pixel, as decoders give it, or by plane. */
    readonly order: 'pixel' | 'plane'
    /** 2: each pair of bytes stands the other way round (big endian). */
    readonly swap: 1 | 2
  }
  readonly tail: Literal
}

/** Literals longer than this, together, are not worth a recipe: the file is kept as received. */
export const MOST_LITERAL = 4 * 1024 * 1024

/** Undefined when the text is no recipe. */
export function parseRecipe(text: string): Recipe | undefined {
  try {
    const value = JSON.parse(text) as Partial<Recipe>
    const { v, original, dictionary, head, tail, pixels } = value
    return v === 1 && original && dictionary && head && tail && pixels?.codec === 'htj2k'
      ? (value as Recipe)
      : undefined
  } catch {
    return undefined
  }
}
