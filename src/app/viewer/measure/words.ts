/** A measurement in words and numbers, line by line, as it stands beside the drawing and is spoken. */
import { formatNumber } from '../../words/numbers.ts'
import type { ShownFrame } from '../frames/frame-source.ts'
import { calibrationOf } from './calibration.ts'
import {
  angleOf,
  ellipseArea,
  ellipseStatistics,
  lengthOf,
  type Measurement,
  type Point,
  valueAt,
} from './measurement.ts'

export function wordsOf({ kind, points }: Measurement, frame: ShownFrame): readonly string[] {
  const [first, second, third] = points
  if (!first || !second) return []
  const calibration = calibrationOf(frame.ref.object.json, frame.ref.frame, points)
  const note = calibration.note === '' ? [] : [calibration.note]
  const digits = calibration.unit === 'mm' ? 1 : 0
  if (kind === 'length')
    return [`Length ${formatNumber(lengthOf(first, second, calibration), digits)} ${calibration.unit}`, ...note]
  if (kind === 'angle') {
    const angle = third && angleOf(first, second, third, calibration)
    return [angle === undefined ? 'Angle' : `Angle ${formatNumber(angle, 1)}°`]
  }
  const found = ellipseStatistics(first, second, valuesOf(frame))
  const unit = frame.facts.rescale?.unit ?? ''
  const area = `Area ${formatNumber(ellipseArea(first, second, calibration), digits)} ${calibration.unit}²`
  if (!found) return [area, ...note]
  const value = (number: number) => shownNumber(number, 1)
  return [
    `Mean ${value(found.mean)} SD ${value(found.deviation)}${unit && ` ${unit}`}`,
    `Min ${value(found.least)} Max ${value(found.greatest)}`,
    `${area} (${formatNumber(found.count, 0)} px)`,
    ...note,
  ]
}

/** What lies under the pointer: the value of the pixel as it came. */
export function probeWords(point: Point, frame: ShownFrame): string {
  const found = valueAt(point, valuesOf(frame))
  if (!found) return ''
  const unit = frame.facts.rescale?.unit ?? ''
  const place = `x ${Math.floor(point[0]) + 1} y ${Math.floor(point[1]) + 1}`
  const names = ['R', 'G', 'B']
  return found.length === 1
    ? `${place} · ${shownNumber(found[0] ?? 0, 2)}${unit && ` ${unit}`}`
    : `${place} · ${found.map((value, at) => `${names[at]} ${value}`).join(' ')}`
}

/** With a true minus: a hyphen is lost between words on a picture. */
const shownNumber = (value: number, digits: number) => formatNumber(value, digits).replace('-', '−')

export const valuesOf = ({ image, pixels }: ShownFrame) => ({ columns: image.columns, rows: image.rows, pixels })
