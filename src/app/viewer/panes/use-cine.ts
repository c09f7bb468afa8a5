/** Plays a clip at the rate it was made for (PS3.3 C.7.6.5), never faster than frames arrive; stops on leaving it. */
import { useEffect, useState } from 'react'
import { number } from '../model/dicom-json.ts'
import type { FrameSet } from '../model/frame-sets.ts'

export interface Cine {
  readonly playing: boolean
  readonly toggle: () => void
  /** Images a second. */
  readonly rate: number
  readonly setRate: (rate: number) => void
}

export function useCine(set: FrameSet, index: number, ready: boolean, next: () => void): Cine {
  const [playing, setPlaying] = useState<FrameSet>()
  const [own, setOwn] = useState<{ readonly set: FrameSet; readonly rate: number }>()
  const on = playing === set
  const rate = own?.set === set ? own.rate : rateOf(set)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new frame starts the wait for the next
  useEffect(() => {
    if (!on || !ready) return
    const timer = setTimeout(next, 1000 / rate)
    return () => clearTimeout(timer)
  }, [on, ready, next, set, index, rate])
  return {
    playing: on,
    toggle: () => setPlaying(on ? undefined : set),
    rate,
    setRate: (wanted) => setOwn({ set, rate: bounded(wanted) }),
  }
}

/** Frames a second. */
export function rateOf({ frames }: FrameSet): number {
  const json = frames[0]?.object.json
  const frameTime = number(json, '00181063')
  const rate =
    number(json, '00082144') ??
    number(json, '00180040') ??
    (frameTime && frameTime > 0 ? 1000 / frameTime : undefined) ??
    10
  return bounded(rate)
}

const bounded = (rate: number) => Math.round(Math.max(1, Math.min(60, rate)) * 100) / 100
