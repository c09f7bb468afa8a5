/** The frame as the recipe makes it, when it is done; the last few are kept, so that scrolling back costs nothing. */
import { useEffect, useState } from 'react'
import { isProcessing, type Recipe } from '../../../pixels/filters.ts'
import type { ShownFrame } from '../frames/frame-source.ts'
import { edges, type Voi } from '../model/voi.ts'
import { enhanceInWorker } from './in-worker.ts'

export interface Enhanced {
  /** Undefined while it is being made, and without a recipe. */
  readonly shown: ShownFrame | undefined
  readonly pending: boolean
  /** It could not be made: the original is shown. */
  readonly failed: boolean
}

const KEPT = 12

export function useEnhanced(frame: ShownFrame | undefined, recipe: Recipe, voi: Voi | undefined): Enhanced {
  const [made, setMade] = useState<ReadonlyMap<string, Made>>(new Map())
  const wanted = frame && voi && isProcessing(recipe) ? keyOf(recipe, voi) : undefined
  const known =
    wanted === undefined ? undefined : [...made.values()].find((one) => one.of === frame && one.key === wanted)

  useEffect(() => {
    if (!frame || !voi || wanted === undefined || known) return
    const stop = new AbortController()
    const keep = (shown: ShownFrame | undefined) =>
      setMade((made) => {
        const { sop } = frame.ref.object
        const next = new Map([...made, [`${sop} ${frame.ref.frame} ${wanted}`, { of: frame, key: wanted, shown }]])
        return new Map([...next].slice(-KEPT))
      })
    const { columns, rows } = frame.image
    enhanceInWorker({ pixels: frame.pixels, columns, rows, recipe, span: edges(voi) }, stop.signal).then(
      (pixels) => !stop.signal.aborted && keep({ ...frame, pixels }),
      () => !stop.signal.aborted && keep(undefined),
    )
    return () => stop.abort()
  }, [frame, voi, recipe, wanted, known])

  return {
    shown: known?.shown,
    pending: wanted !== undefined && known === undefined,
    failed: known !== undefined && known.shown === undefined,
  }
}

interface Made {
  readonly of: ShownFrame
  readonly key: string
  readonly shown: ShownFrame | undefined
}

/** The window counts only where contrast or likeness is reckoned within it. */
function keyOf(recipe: Recipe, voi: Voi): string {
  const { lower, upper } = edges(voi)
  const span = recipe.contrast > 0 || recipe.denoise === 'bilateral' ? `${lower} ${upper}` : ''
  return `${recipe.denoise} ${recipe.contrast} ${recipe.sharpen} ${recipe.radius} ${span}`
}
