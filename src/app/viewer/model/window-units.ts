/**
 * What the windows of an object are measured in.
 *
 * PS3.3 C.11.2 has them after the modality transform. IHE Basic Image Review (RAD-16, 4.16.4.2.2.5.4) has the windows of MR,
 * PET, XA and XRF on stored values, since many of those machines write them so and a rescale for other ends beside them. Both
 * kinds of file are met, so the values themselves are asked: the window is taken for what it fits better, and where both
 * fit alike for what IHE says. What comes out is always in the units of the modality transform, as everything shown is.
 */
import type { FrameFacts, StoredWindow } from './image.ts'
import type { ValueRange } from './voi.ts'

type Rescale = NonNullable<FrameFacts['rescale']>

/** Modalities whose windows IHE has on stored values. */
const ON_STORED = new Set(['MR', 'PT', 'XA', 'RF', 'XRF'])

/**
 * Are the windows on stored values?
 *
 * @param range  least and greatest value of a frame, after the rescale
 */
export function isOnStored(
  modality: string,
  { rescale, windows }: Pick<FrameFacts, 'rescale' | 'windows'>,
  range: ValueRange,
): boolean {
  const [window] = windows
  if (!window || !rescale || !ON_STORED.has(modality) || (rescale.slope === 1 && rescale.intercept === 0)) return false
  const ends = edgesOf(window)
  const stored = [range.least, range.greatest].map((value) => (value - rescale.intercept) / rescale.slope)
  return likeness(ends, sorted(stored)) >= likeness(ends, [range.least, range.greatest])
}

/** Windows on stored values as windows on the values after the rescale: the same picture. */
export function afterRescale(windows: readonly StoredWindow[], { slope, intercept }: Rescale): readonly StoredWindow[] {
  return windows.map((window) => {
    if (window.shape === 'SIGMOID')
      return { ...window, center: window.center * slope + intercept, width: window.width * Math.abs(slope) }
    const [lower, upper] = sorted(edgesOf(window).map((value) => value * slope + intercept))
    // Between the same ends: the half values of LINEAR (C.11.2.1.2) are those of stored values.
    return { ...window, shape: 'LINEAR_EXACT', center: (lower + upper) / 2, width: Math.max(upper - lower, 1e-6) }
  })
}

function edgesOf({ center, width, shape }: StoredWindow): readonly [lower: number, upper: number] {
  return shape === 'LINEAR'
    ? [center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2]
    : [center - width / 2, center + width / 2]
}

/** What two spans have in common, as part of what they cover together: 0 to 1. */
function likeness([a, b]: readonly [number, number], [c, d]: readonly [number, number]): number {
  const shared = Math.min(b, d) - Math.max(a, c)
  const covered = Math.max(b, d) - Math.min(a, c)
  return covered > 0 ? Math.max(0, shared) / covered : 1
}

const sorted = ([a = 0, b = 0]: readonly number[]): readonly [number, number] => (a <= b ? [a, b] : [b, a])
