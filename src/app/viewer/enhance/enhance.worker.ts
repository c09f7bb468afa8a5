/** The worker that filters frames. One message in, one out, under the same id. */
import type { Recipe, Span } from '../../../pixels/filters.ts'
import type { Displayable } from '../frames/displayable.ts'
import { enhanced } from './enhanced.ts'

export interface EnhanceTask {
  readonly id: number
  readonly pixels: Displayable
  readonly columns: number
  readonly rows: number
  readonly recipe: Recipe
  readonly span: Span
}

export type EnhanceResult =
  | { readonly id: number; readonly shown: Displayable }
  | { readonly id: number; readonly failed: string }

self.addEventListener('message', ({ data }: MessageEvent<EnhanceTask>) => {
  const { id } = data
  try {
    const shown = enhanced(data)
    self.postMessage({ id, shown } satisfies EnhanceResult, { transfer: [shown.data.buffer] })
  } catch (error) {
    self.postMessage({ id, failed: error instanceof Error ? error.message : String(error) } satisfies EnhanceResult)
  }
})
