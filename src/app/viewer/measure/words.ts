/** A measurement in words and numbers, line by line, as it stands beside the drawing and is spoken. */
import { CONCEPTS, type Coded, DERIVATIONS, sameCode, UNITS } from '../../../findings/codes.ts'
import { formatNumber } from '../../words/numbers.ts'
import type { ShownFrame } from '../frames/frame-source.ts'
import { calibrationOf } from './calibration.ts'
import { type MeasuredRow, measuredOf, valuesOf } from './measured.ts'
import { ellipseStatistics, type Measurement, outlineStatistics, type Point, valueAt } from './measurement.ts'

/** @param kept  numbers it was kept with, in place of those that follow from the drawing */
export function wordsOf(one: Measurement, frame: ShownFrame, kept?: readonly MeasuredRow[]): readonly string[] {
  const { kind, points } = one
  const { note, unit } = calibrationOf(frame.ref.object.json, frame.ref.frame, points)
  const rows = kept ?? measuredOf(one, frame)
  const lines = [...measuredWords(rows)]
  const count =
    kind === 'ellipse'
      ? ellipseStatistics(points[0] ?? [0, 0], points[1] ?? [0, 0], valuesOf(frame))?.count
      : kind === 'freehand'
        ? outlineStatistics(points, valuesOf(frame))?.count
        : undefined
  if (count !== undefined) {
    const at = lines.findIndex((line) => line.startsWith('Area'))
    if (at >= 0) lines[at] = `${lines[at]} (${formatNumber(count, 0)} px)`
  }
  if (lines.length === 0 && kind === 'angle') return ['Angle']
  if (kind === 'probe' && lines.length === 0) return [probeWords(points[0] ?? [0, 0], frame)]
  const isOfSize = kind !== 'angle' && kind !== 'cobb' && kind !== 'probe' && kind !== 'arrow'
  // What a pixel is measured at belongs to lengths and areas; angles of square pixels do not need it.
  return [...lines, ...(isOfSize && note !== '' && (unit === 'mm' || rows.length > 0) ? [note] : [])]
}

/** Numbers as lines: statistics on two of them, everything else on its own. */
export function measuredWords(rows: readonly MeasuredRow[]): readonly string[] {
  const derived = (derivation: Coded) => rows.find((row) => sameCode(row.derivation ?? undefined, derivation))
  const [mean, deviation] = [derived(DERIVATIONS.mean), derived(DERIVATIONS.deviation)]
  const [least, greatest] = [derived(DERIVATIONS.least), derived(DERIVATIONS.greatest)]
  const inUnit = (row: MeasuredRow) => unitWords(row.unit)
  return [
    ...(mean
      ? [
          `Mean ${shownNumber(mean.value, 1)}${deviation ? ` SD ${shownNumber(deviation.value, 1)}` : ''}${inUnit(mean)}`,
        ]
      : []),
    ...(least && greatest ? [`Min ${shownNumber(least.value, 1)} Max ${shownNumber(greatest.value, 1)}`] : []),
    ...rows
      .filter(({ derivation }) => derivation === null)
      .map((row) => `${nameOf(row.concept)}${shownNumber(row.value, digitsOf(row))}${inUnit(row)}`),
  ]
}

function nameOf(concept: Coded): string {
  if (sameCode(concept, CONCEPTS.attenuation) || sameCode(concept, CONCEPTS.pixelValue)) return ''
  if (sameCode(concept, CONCEPTS.longAxis)) return 'Long '
  if (sameCode(concept, CONCEPTS.shortAxis)) return 'Short '
  return `${concept.meaning} `
}

const digitsOf = ({ unit }: MeasuredRow): number => (sameCode(unit, UNITS.pixels) ? 0 : 1)

function unitWords(unit: Coded): string {
  if (sameCode(unit, UNITS.hu)) return ' HU'
  if (sameCode(unit, UNITS.mm2)) return ' mm²'
  if (sameCode(unit, UNITS.deg)) return '°'
  if (sameCode(unit, UNITS.pixels)) return ' px'
  return unit.value === '1' ? '' : ` ${unit.value}`
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
