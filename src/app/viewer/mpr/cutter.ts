/** A volume in a worker of its own; of requests that come faster than they are answered the last of each plane counts. */
import type { CutPlane, Slab, Volume } from '../../../pixels/volume.ts'
import type { MprResult, MprTask } from './mpr.worker.ts'

export interface Cutter {
  /** Answers with the values, or never when a later request for the same place came first. */
  readonly cut: (
    place: string,
    plane: CutPlane,
    slab: Slab,
    onDone: (values: Float32Array<ArrayBuffer>) => void,
  ) => void
  readonly close: () => void
}

interface Waiting {
  readonly plane: CutPlane
  readonly slab: Slab
  readonly onDone: (values: Float32Array<ArrayBuffer>) => void
}

export function openCutter(volume: Volume, onError: (error: Error) => void): Cutter {
  const worker = new Worker(new URL('./mpr.worker.ts', import.meta.url), { type: 'module' })
  const waiting = new Map<string, Waiting>()
  let busy: Waiting | undefined
  let id = 0
  worker.postMessage({ type: 'volume', volume } satisfies MprTask, [volume.values.buffer])
  worker.addEventListener('message', ({ data }: MessageEvent<MprResult>) => {
    const done = busy
    busy = undefined
    done?.onDone(data.values)
    pump()
  })
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    onError(new Error(event.message || 'the planes could not be computed'))
  })
  function pump(): void {
    if (busy) return
    const [next] = waiting
    if (!next) return
    const [place, one] = next
    waiting.delete(place)
    busy = one
    id += 1
    worker.postMessage({ type: 'cut', id, plane: one.plane, slab: one.slab } satisfies MprTask)
  }
  return {
    cut: (place, plane, slab, onDone) => {
      waiting.delete(place)
      waiting.set(place, { plane, slab, onDone })
      pump()
    },
    close: () => worker.terminate(),
  }
}
