/** The worker that holds a volume and cuts planes through it, on the processor. The last request of each plane is answered. */
import { type CutPlane, cut, type Slab, type Volume } from '../../../pixels/volume.ts'

export type MprTask =
  | { readonly type: 'volume'; readonly volume: Volume }
  | { readonly type: 'cut'; readonly id: number; readonly plane: CutPlane; readonly slab: Slab }

export interface MprResult {
  readonly id: number
  readonly values: Float32Array<ArrayBuffer>
}

let volume: Volume | undefined

self.addEventListener('message', ({ data }: MessageEvent<MprTask>) => {
  if (data.type === 'volume') {
    volume = data.volume
    return
  }
  if (!volume) return
  const values = cut(volume, data.plane, data.slab)
  self.postMessage({ id: data.id, values } satisfies MprResult, { transfer: [values.buffer] })
})
