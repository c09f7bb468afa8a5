/**
 * How large a pixel is, and of what: the number that turns pixels into millimetres, with the words that belong to it.
 *
 * Where nothing says how large a pixel is, lengths stay pixels. A projection's pixel is measured at the detector, where the
 * body is not: it is said so beside the number (PS3.3 10.7.1.3, IHE BIR 4.16.4.2.2.5.9).
 */
import { items, type JsonDataSet, number, numbers, text } from '../model/dicom-json.ts'
import { readFrame } from '../model/image.ts'
import type { Point } from './measurement.ts'

export interface Calibration {
  /** Width and height of a pixel, in `unit`. */
  readonly x: number
  readonly y: number
  readonly unit: 'mm' | 'px'
  /** What else has to be known of the number; '' when nothing. */
  readonly note: string
}

const PIXELS: Calibration = { x: 1, y: 1, unit: 'px', note: 'not calibrated' }

/** Modalities whose pixels lie on a detector, not in the body. */
const PROJECTIONS = new Set(['CR', 'DX', 'MG', 'XA', 'RF', 'RG', 'PX', 'IO'])

/** @param points  what is measured: ultrasound has regions of their own scale (PS3.3 C.8.5.5) */
export function calibrationOf(json: JsonDataSet, frame: number, points: readonly Point[]): Calibration {
  const regions = items(json, '00186011')
  if (regions.length > 0) return ofRegion(regions, points) ?? PIXELS
  const [rows = 0, columns = 0] = readFrame(json, frame).spacing
  if (rows <= 0 || columns <= 0) return PIXELS
  return { x: columns, y: rows, unit: 'mm', note: noteOf(json) }
}

function noteOf(json: JsonDataSet): string {
  if (!PROJECTIONS.has(text(json, '00080060'))) return ''
  const stated = numbers(json, '00280030')
  const imager = numbers(json, '00181164')
  const differ = stated.some((value, at) => imager[at] !== undefined && Math.abs(value - imager[at]) > 1e-6)
  // Pixel Spacing Calibration Type, or values that differ from the detector's: somebody measured an object of known size.
  const calibrated = stated.length === 2 && (text(json, '00280A02') !== '' || differ)
  return calibrated ? 'calibrated' : 'at detector plane'
}

const CENTIMETRES = 3
const TWO_DIMENSIONAL = 1

/** The 2D region, scaled in centimetres, that holds every point. */
function ofRegion(regions: readonly JsonDataSet[], points: readonly Point[]): Calibration | undefined {
  for (const region of regions) {
    const at = (tag: string) => number(region, tag) ?? 0
    const inCentimetres =
      at('00186024') === CENTIMETRES && at('00186026') === CENTIMETRES && at('00186012') === TWO_DIMENSIONAL
    const [x, y] = [Math.abs(at('0018602C')) * 10, Math.abs(at('0018602E')) * 10]
    const holds = points.every(
      (point) =>
        point[0] >= at('00186018') &&
        point[0] <= at('0018601C') + 1 &&
        point[1] >= at('0018601A') &&
        point[1] <= at('0018601E') + 1,
    )
    if (inCentimetres && x > 0 && y > 0 && holds) return { x, y, unit: 'mm', note: '' }
  }
  return undefined
}
