/** A set's middle frame, small; a sign for documents and for frames that cannot be shown. */
import { useEffect, useRef, useState } from 'react'
import { Icon, type IconName } from '../ui/icons.tsx'
import type { ShownFrame } from './frames/frame-source.ts'
import type { FrameStore } from './frames/frame-store.ts'
import { toRgba } from './frames/to-rgba.ts'
import type { FrameSet } from './model/frame-sets.ts'
import { voiOf } from './panes/pane-state.ts'
import styles from './SeriesStrip.module.css'
import { isMonochrome1 } from './surface/canvas-surface.ts'

const SIDE = 96

export interface ThumbnailProps {
  readonly set: FrameSet
  readonly store: FrameStore | undefined
  readonly modality: string
}

export function Thumbnail({ set, store, modality }: ThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [state, setState] = useState<'waiting' | 'shown' | 'failed'>('waiting')
  const middle = set.frames[Math.floor((set.frames.length - 1) / 2)]

  useEffect(() => {
    if (!store || !middle) return
    let current = true
    store.whenIdle(middle).then(
      (frame) => {
        if (!current || !canvas.current) return
        paint(canvas.current, frame)
        setState('shown')
      },
      () => current && setState('failed'),
    )
    return () => {
      current = false
    }
  }, [store, middle])

  const sign: IconName | undefined = set.document
    ? modality === 'ECG' || modality === 'HD'
      ? 'wave'
      : 'document'
    : state === 'failed'
      ? 'conflict'
      : undefined
  return (
    <span className={styles.thumbnail} data-state={set.document ? 'document' : state}>
      {sign ? <Icon name={sign} size={30} /> : <canvas ref={canvas} width={SIDE} height={SIDE} />}
    </span>
  )
}

function paint(canvas: HTMLCanvasElement, frame: ShownFrame): void {
  const { image, pixels } = frame
  const full = document.createElement('canvas')
  full.width = image.columns
  full.height = image.rows
  const context = full.getContext('2d')
  const target = canvas.getContext('2d')
  if (!context || !target) return
  const data = context.createImageData(image.columns, image.rows)
  const voi = voiOf({ voi: undefined, range: undefined }, frame)
  toRgba(pixels, voi, isMonochrome1(image.photometricInterpretation), data.data)
  context.putImageData(data, 0, 0)
  const scale = Math.min(SIDE / image.columns, SIDE / (image.rows * image.aspect))
  const [width, height] = [image.columns * scale, image.rows * image.aspect * scale]
  target.imageSmoothingQuality = 'high'
  target.drawImage(full, (SIDE - width) / 2, (SIDE - height) / 2, width, height)
}
