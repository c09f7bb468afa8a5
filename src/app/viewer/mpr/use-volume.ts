/** The frames of a set as a volume: read one after the other, told how far it is, refused with a reason. */
import { useEffect, useState } from 'react'
import { geometryOf, type Volume, type VolumeGeometry } from '../../../pixels/volume.ts'
import type { ShownFrame } from '../frames/frame-source.ts'
import type { FrameStore } from '../frames/frame-store.ts'
import { text } from '../model/dicom-json.ts'
import type { FrameSet } from '../model/frame-sets.ts'
import { readFrame } from '../model/image.ts'
import { type Cutter, openCutter } from './cutter.ts'

/** A browser tab holds so much beside everything else. */
const LARGEST_BYTES = 768 * 1024 * 1024

export type VolumeState =
  | { readonly state: 'refused'; readonly why: string }
  | { readonly state: 'reading'; readonly read: number; readonly of: number }
  | { readonly state: 'failed'; readonly error: unknown; readonly retry: () => void }
  | {
      readonly state: 'ready'
      readonly geometry: VolumeGeometry
      readonly notes: readonly string[]
      readonly cutter: Cutter
      /** One of its frames: identity, window and units are its. */
      readonly sample: ShownFrame
      readonly least: number
      readonly greatest: number
    }

export function useVolume(set: FrameSet, store: FrameStore): VolumeState {
  const [attempt, setAttempt] = useState(0)
  const [state, setState] = useState<VolumeState>({ state: 'reading', read: 0, of: set.frames.length })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt reads again
  useEffect(() => {
    let current = true
    let cutter: Cutter | undefined
    const retry = () => setAttempt((before) => before + 1)
    const fail = (error: unknown) => current && setState({ state: 'failed', error, retry })
    async function read() {
      const why = whyNot(set)
      if (why !== undefined) return setState({ state: 'refused', why })
      const built = geometryOf(set.frames.map(sliceOf))
      if (!built.ok) return setState({ state: 'refused', why: built.why })
      const { geometry, notes } = built
      const filled = await valuesOf(set, store, geometry.order, (count) => {
        if (current) setState({ state: 'reading', read: count, of: set.frames.length })
        return current
      })
      if (!filled || !current) return
      if ('why' in filled) return setState({ state: 'refused', why: filled.why })
      const { values, least, greatest, sample } = filled
      cutter = openCutter({ ...geometry, values, least } satisfies Volume, fail)
      setState({ state: 'ready', geometry, notes, cutter, sample, least, greatest })
    }
    setState({ state: 'reading', read: 0, of: set.frames.length })
    read().catch(fail)
    return () => {
      current = false
      cutter?.close()
    }
  }, [set, store, attempt])
  return state
}

function whyNot({ frames }: FrameSet): string | undefined {
  const image = frames[0]?.object.image
  if (!image) return 'it holds no images'
  if (image.samplesPerPixel > 1 || image.photometricInterpretation === 'PALETTE COLOR') return 'it is in colour'
  const references = new Set(frames.map(({ object }) => text(object.json, '00200052')))
  if (references.size > 1) return 'its images are of several Frames of Reference'
  const bytes = frames.length * image.rows * image.columns * 2
  if (bytes > LARGEST_BYTES) return `it needs ${Math.round(bytes / 2 ** 20)} MB, more than a page should take`
  return undefined
}

function sliceOf({ object, frame }: FrameSet['frames'][number]) {
  const { position, orientation, spacing } = readFrame(object.json, frame)
  return { position, orientation, spacing, rows: object.image?.rows ?? 0, columns: object.image?.columns ?? 0 }
}

interface Filled {
  readonly values: Volume['values']
  readonly least: number
  readonly greatest: number
  readonly sample: ShownFrame
}

/** @param onRead  false ends the reading */
async function valuesOf(
  { frames }: FrameSet,
  store: FrameStore,
  order: readonly number[],
  onRead: (count: number) => boolean,
): Promise<Filled | { readonly why: string } | undefined> {
  let values: Volume['values'] | undefined
  let sample: ShownFrame | undefined
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const [slice, index] of order.entries()) {
    const ref = frames[index]
    if (!ref) continue
    store.prefetch(frames, index, (order[1] ?? 0) > (order[0] ?? 0) ? 1 : -1)
    const frame = await store.get(ref)
    if (frame.pixels.kind !== 'values') return { why: 'it is in colour' }
    const { data } = frame.pixels
    const size = data.length
    values ??= new Int16Array(size * order.length)
    // Whole numbers of 16 bits take half the room; what does not fit makes room for all.
    if (values instanceof Int16Array && !fits(frame.pixels)) values = new Float32Array(values)
    values.set(data, slice * size)
    least = Math.min(least, frame.pixels.least)
    greatest = Math.max(greatest, frame.pixels.greatest)
    if (slice === Math.floor(order.length / 2)) sample = frame
    if (!onRead(slice + 1)) return undefined
  }
  return values && sample ? { values, least, greatest, sample } : undefined
}

const fits = ({ data }: { readonly data: ArrayLike<number> & ArrayBufferView }): boolean =>
  data instanceof Int16Array ||
  data instanceof Uint8Array ||
  (data instanceof Uint16Array && data.every((value) => value <= 32_767))
